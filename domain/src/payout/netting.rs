//! What a payout pays: statements in the partner's favour, each in full, less a part of its debts (D20).

use std::cmp::Ordering;

use crate::money::{Currency, Money, Rate};

/// A statement of which something is open between a payer and a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open<S> {
    /// The statement.
    pub statement: S,
    /// What is open: above nothing it is owed to the partner, below nothing the partner owes it back.
    pub amount: Money,
}

/// What a payout takes of one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NettedPart<S> {
    /// The statement.
    pub statement: S,
    /// How much of it: all of what is owed to the partner, or less than nothing for a debt.
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

/// Nets what is open between a payer and a partner, oldest first. Debts take at most `debt_part` of what is owed to the partner;
/// what is left of them waits for a later payout. Nothing where nothing is owed to the partner, `None` for amounts of another
/// currency, or too large.
#[must_use]
pub fn net<S: Copy>(open: &[Open<S>], debt_part: Rate, currency: Currency) -> Option<Option<Netted<S>>> {
    let owed = open.iter().filter(|open| open.amount.sign() == Ordering::Greater);
    let gross = Money::sum(owed.clone().map(|open| open.amount), currency)?;
    if gross.sign() != Ordering::Greater {
        return Some(None);
    }
    let mut parts: Vec<_> =
        owed.map(|Open { statement, amount }| NettedPart { statement: *statement, amount: *amount }).collect();
    // Rounded in the partner's favour: a debt never takes more than its part.
    let most = i128::from(gross.minor()).checked_mul(i128::from(debt_part.ppm()))?.checked_div(i128::from(Rate::ONE.ppm()))?;
    let mut left = Money::from_minor(i64::try_from(most).ok()?, currency);
    for debt in open.iter().filter(|open| open.amount.sign() == Ordering::Less) {
        let taken = smaller(debt.amount.checked_abs()?, left)?;
        if taken.sign() == Ordering::Greater {
            left = left.checked_sub(taken)?;
            parts.push(NettedPart { statement: debt.statement, amount: Money::zero(currency).checked_sub(taken)? });
        }
    }
    let amount = Money::sum(parts.iter().map(|part| part.amount), currency)?;
    Some(Some(Netted { amount, parts }))
}

fn smaller(one: Money, other: Money) -> Option<Money> {
    Some(if one.compare(other)? == Ordering::Greater { other } else { one })
}
