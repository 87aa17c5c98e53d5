//! What a payout pays: what statements owe the partner, each in full, less what it owes back (D20).

use std::cmp::Ordering;

use crate::{
    money::{Currency, Money, Rate},
    statement::TaxRates,
};

/// What a sealed statement comes to between a payer and a partner: above nothing the payer owes it, below nothing the partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stated {
    /// Its lines.
    pub lines: Money,
    /// What it makes due: the lines, with their taxes.
    pub due: Money,
    /// The lines that take back what an earlier statement stated: nothing, or less.
    pub back: Money,
    /// The rates of its taxes, where they are known.
    pub rates: Option<TaxRates>,
}

impl Stated {
    /// What the statement owes the partner by itself, and what the partner owes back by it: the two come to what is due.
    ///
    /// What it owes is what its other lines come to with their own taxes, as if they stood on it alone, so that what a debt may take is
    /// the same part of it whether the debt stands on the same statement or on an earlier one (D20). `None` for amounts of another
    /// currency, or too large.
    #[must_use]
    pub fn divide(&self) -> Option<(Money, Money)> {
        let Self { lines, due, back, rates } = *self;
        let nothing = Money::zero(due.currency());
        if back.sign() != Ordering::Less {
            return Some(if due.sign() == Ordering::Less { (nothing, due) } else { (due, nothing) });
        }
        let (owed, debt) = match rates {
            Some(rates) => {
                let owed = rates.with_taxes(lines.checked_sub(back)?)?;
                (owed, due.checked_sub(owed)?)
            }
            None => {
                let debt = self.with_taxes(back)?;
                (due.checked_sub(debt)?, debt)
            }
        };
        Some(if owed.sign() == Ordering::Less { (nothing, due) } else { (owed, debt) })
    }

    /// What of the debt goes with a part of what the lines take back, nothing or more of both: its proportion of the debt, taxes and all,
    /// so that all of it goes with the whole to the cent. `None` for amounts of another currency, or too large.
    #[must_use]
    pub fn debt_of(&self, part: Money) -> Option<Money> {
        if self.back.sign() != Ordering::Less {
            return Some(Money::zero(part.currency()));
        }
        let (_, debt) = self.divide()?;
        debt.checked_abs()?.proportion(i128::from(part.minor()), i128::from(self.back.checked_abs()?.minor()))
    }

    /// A part of the lines, with its taxes: by the rates, or, where they are not known, in the proportion of what is due to the lines.
    #[must_use]
    pub fn with_taxes(&self, part: Money) -> Option<Money> {
        if let Some(rates) = self.rates {
            return rates.with_taxes(part);
        }
        let (due, lines) = (i128::from(self.due.minor()), i128::from(self.lines.minor()));
        match lines.cmp(&0) {
            Ordering::Equal => Some(part),
            Ordering::Greater => part.proportion(due, lines),
            Ordering::Less => part.proportion(due.checked_neg()?, lines.checked_neg()?),
        }
    }
}

/// A statement of which something is open between a payer and a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unpaid<S> {
    /// The statement.
    pub statement: S,
    /// What it owes the partner: nothing where another payout has it.
    pub owed: Money,
    /// What the partner owes back by it: nothing, or less.
    pub debt: Money,
    /// The part of that which takes back what was never paid: it is set off in full.
    pub unpaid: Money,
    /// The part of the rest that a recovery plan keeps for later days: nothing, or more.
    pub deferred: Money,
}

/// What a payout takes of one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NettedPart<S> {
    /// The statement.
    pub statement: S,
    /// How much of it: all of what is owed to the partner, or less than nothing for what the partner owes back.
    pub amount: Money,
}

/// What a payout comes to. Its amount is the sum of its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Netted<S> {
    /// What is transferred: never less than nothing.
    pub amount: Money,
    /// What it takes of each statement.
    pub parts: Vec<NettedPart<S>>,
}

/// Nets what is open between a payer and a partner, oldest first. What takes back what was never paid is set off in full; of the
/// rest, debts take at most `debt_part`, and none that a recovery plan keeps for later. What is left of them waits for a later
/// payout. Nothing where nothing is owed to the partner, `None` for amounts of another currency, or too large.
#[must_use]
pub fn net<S: Copy>(open: &[Unpaid<S>], debt_part: Rate, currency: Currency) -> Option<Option<Netted<S>>> {
    let owed = open.iter().filter(|open| open.owed.sign() == Ordering::Greater);
    let gross = Money::sum(owed.clone().map(|open| open.owed), currency)?;
    if gross.sign() != Ordering::Greater {
        return Some(None);
    }
    let mut parts: Vec<_> = owed.map(|open| NettedPart { statement: open.statement, amount: open.owed }).collect();
    let (mut left, mut set_off) = (gross, Vec::with_capacity(open.len()));
    for Unpaid { unpaid, .. } in open {
        let taken = smaller(unpaid.checked_abs()?, left)?;
        left = left.checked_sub(taken)?;
        set_off.push(taken);
    }
    // Rounded in the partner's favour: a debt never takes more than its part.
    let most = i128::from(left.minor()).checked_mul(i128::from(debt_part.ppm()))?.checked_div(i128::from(Rate::ONE.ppm()))?;
    let mut left = Money::from_minor(i64::try_from(most).ok()?, currency);
    for (Unpaid { statement, debt, unpaid, deferred, .. }, set_off) in open.iter().zip(set_off) {
        let rest = debt.checked_abs()?.checked_sub(unpaid.checked_abs()?)?.checked_sub(*deferred)?;
        let taken = if rest.sign() == Ordering::Greater { smaller(rest, left)? } else { Money::zero(currency) };
        left = left.checked_sub(taken)?;
        let both = set_off.checked_add(taken)?;
        if both.sign() == Ordering::Greater {
            parts.push(NettedPart { statement: *statement, amount: Money::zero(currency).checked_sub(both)? });
        }
    }
    let amount = Money::sum(parts.iter().map(|part| part.amount), currency)?;
    Some(Some(Netted { amount, parts }))
}

fn smaller(one: Money, other: Money) -> Option<Money> {
    Some(if one.compare(other)? == Ordering::Greater { other } else { one })
}
