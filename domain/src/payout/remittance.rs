//! What a partner owes its master by statements: which of it a payment settles, and how old the rest is (R15, R55).

use std::cmp::Ordering;

use chrono::NaiveDate;

use super::Open;
use crate::{
    code::coded,
    money::{Currency, Money},
};

/// What a payment settles of one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allocated<S> {
    /// The statement.
    pub statement: S,
    /// How much of it.
    pub amount: Money,
}

/// Allocates a payment to what is open, in the order in which it is given: the oldest first. What is left over stays the
/// partner's and settles what comes later. `None` for amounts of another currency, or too large.
#[must_use]
pub fn allocate<S: Copy>(payment: Money, open: &[Open<S>]) -> Option<(Vec<Allocated<S>>, Money)> {
    let (mut allocated, mut left) = (Vec::new(), payment);
    for Open { statement, amount } in open {
        if left.sign() != Ordering::Greater {
            break;
        }
        let taken = if amount.compare(left)? == Ordering::Greater { left } else { *amount };
        if taken.sign() == Ordering::Greater {
            left = left.checked_sub(taken)?;
            allocated.push(Allocated { statement: *statement, amount: taken });
        }
    }
    Some((allocated, left))
}

/// How long something has been overdue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// It is not due yet, or due today.
    Current,
    /// 1 to 30 days.
    Days1To30,
    /// 31 to 60 days.
    Days31To60,
    /// 61 to 90 days.
    Days61To90,
    /// More than 90 days.
    Over90,
}

coded! {
    Bucket {
        Current => "current",
        Days1To30 => "days_1_to_30",
        Days31To60 => "days_31_to_60",
        Days61To90 => "days_61_to_90",
        Over90 => "over_90",
    }
}

impl Bucket {
    /// The bucket of what was due on a day, on another day.
    #[must_use]
    pub fn of(due_on: NaiveDate, today: NaiveDate) -> Self {
        match today.signed_duration_since(due_on).num_days() {
            ..=0 => Self::Current,
            1..=30 => Self::Days1To30,
            31..=60 => Self::Days31To60,
            61..=90 => Self::Days61To90,
            _ => Self::Over90,
        }
    }

    /// How many reminders are due by then: none as long as it is current, then one for each bucket.
    #[must_use]
    pub const fn reminder_level(self) -> u32 {
        match self {
            Self::Current => 0,
            Self::Days1To30 => 1,
            Self::Days31To60 => 2,
            Self::Days61To90 => 3,
            Self::Over90 => 4,
        }
    }
}

/// What is open, by how long it has been overdue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ageing {
    /// All of it.
    pub total: Money,
    /// What each bucket holds, in the order of [`Bucket::ALL`].
    pub buckets: [(Bucket, Money); 5],
}

/// Ages what is open, each with the day on which it was due. `None` for amounts of another currency, or too large.
#[must_use]
pub fn age(open: &[(NaiveDate, Money)], today: NaiveDate, currency: Currency) -> Option<Ageing> {
    let mut buckets = Bucket::ALL.map(|bucket| (bucket, Money::zero(currency)));
    for (bucket, sum) in &mut buckets {
        let own = open.iter().filter(|(due_on, _)| Bucket::of(*due_on, today) == *bucket);
        *sum = Money::sum(own.map(|(_, amount)| *amount), currency)?;
    }
    Some(Ageing { total: Money::sum(open.iter().map(|(_, amount)| *amount), currency)?, buckets })
}
