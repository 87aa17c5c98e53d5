//! Who answers for whom, and since when (R49 to R51).

mod responsibility;

pub use responsibility::{Responsibility, add_responsibility, responsibilities_of};
