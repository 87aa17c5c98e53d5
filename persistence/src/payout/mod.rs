//! Where companies are paid, and what was paid to them.

mod account;

pub use account::{AccountFilters, BankAccount, find_account, insert_account, page_accounts, payable_account, update_account};
