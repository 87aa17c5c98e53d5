//! Whose statement an entry stands on.

use crate::{code::coded, ledger::EntryKind};

/// Which way the money of a statement goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatementKind {
    /// What a network company owes a partner (R10, R25).
    Earnings,
    /// What a partner owes its master: shares, buy prices and entry fees (R15, R55, R58).
    Remittance,
}

coded! { StatementKind { Earnings => "earnings", Remittance => "remittance", } }

impl StatementKind {
    /// The statements on which entries of a kind stand, corrections of them among them.
    #[must_use]
    pub const fn of(kind: EntryKind) -> Self {
        match kind {
            EntryKind::Share | EntryKind::BuyPrice | EntryKind::EntryFee => Self::Remittance,
            _ => Self::Earnings,
        }
    }
}
