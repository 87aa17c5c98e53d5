//! No customer is left alone (R49 to R51, D19).

mod responsibility;
