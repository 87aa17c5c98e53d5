//! Statements: what one company owes another for a period, with tax, from one balance to the next.
//!
//! A statement is about one partner, one payer, one period and one currency. What companies owe a partner stands on its earnings
//! statements, what the partner owes its master on its remittance statements; the two are never netted against each other.

mod account;
mod balance;
mod period;
mod tax;
#[cfg(test)]
mod tests;

pub use account::StatementKind;
pub use balance::{BalanceFault, Totals};
pub use period::{Period, UnknownPeriod};
pub use tax::{
    Assessment, Billing, TaxParty, TaxProfile, TaxProfileFault, TaxRates, TaxRules, TaxTreatment, VatNumber, VatRate, VatRegime,
    Withholding, assess,
};
