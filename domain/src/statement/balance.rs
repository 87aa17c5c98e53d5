//! From one balance to the next.

use crate::money::{Currency, Money};

/// What a statement comes to. Amounts above nothing are owed by the payer, amounts below nothing are owed back by the payee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// What was owed when the statement before was closed.
    pub opening: Money,
    /// The sum of the lines, net of tax.
    pub lines: Money,
    /// The value added tax on the lines.
    pub vat: Money,
    /// What the payer keeps back for the tax office: taken off.
    pub withheld: Money,
    /// What was paid since the statement before: taken off.
    pub paid: Money,
    /// What is owed now.
    pub closing: Money,
}

/// Why amounts make no balance: they are of several currencies, or too large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BalanceFault {
    /// The statement's currency.
    pub currency: Currency,
}

impl Totals {
    /// `opening + lines + vat − withheld − paid`.
    ///
    /// # Errors
    /// [`BalanceFault`] when the amounts are of several currencies, or too large.
    pub fn close(opening: Money, lines: Money, vat: Money, withheld: Money, paid: Money) -> Result<Self, BalanceFault> {
        let closing = opening
            .checked_add(lines)
            .and_then(|sum| sum.checked_add(vat))
            .and_then(|sum| sum.checked_sub(withheld))
            .and_then(|sum| sum.checked_sub(paid))
            .ok_or(BalanceFault { currency: opening.currency() })?;
        Ok(Self { opening, lines, vat, withheld, paid, closing })
    }

    /// What the statement itself makes due: its lines with their tax, whatever was owed before.
    #[must_use]
    pub fn due(&self) -> Option<Money> {
        self.lines.checked_add(self.vat)?.checked_sub(self.withheld)
    }
}
