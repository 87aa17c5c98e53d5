//! Payouts: where companies are paid, what is paid to them exactly once, and what their banks say of it (R10, R15, R25, R47, D20).

mod account;
