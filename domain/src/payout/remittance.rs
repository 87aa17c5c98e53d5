//! What a partner owes its master by statements: which of it a payment settles, and how old the rest is (R15, R55).

use std::cmp::Ordering;

use chrono::NaiveDate;

use crate::{
    code::coded,
    money::{Currency, Money},
};

/// A statement of which something is open between a partner and its master.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Open<S> {
    /// The statement.
    pub statement: S,
    /// What is open of it.
    pub amount: Money,
}

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
    Thirty,
    /// 31 to 60 days.
    Sixty,
    /// 61 to 90 days.
    Ninety,
    /// More than 90 days.
    Older,
}

coded! {
    Bucket {
        Current => "current",
        Thirty => "thirty",
        Sixty => "sixty",
        Ninety => "ninety",
        Older => "older",
    }
}

impl Bucket {
    /// The bucket of what was due on a day, on another day.
    #[must_use]
    pub fn of(due_on: NaiveDate, today: NaiveDate) -> Self {
        match today.signed_duration_since(due_on).num_days() {
            ..=0 => Self::Current,
            1..=30 => Self::Thirty,
            31..=60 => Self::Sixty,
            61..=90 => Self::Ninety,
            _ => Self::Older,
        }
    }

    /// How many reminders are due by then: none as long as it is current, then one for each bucket.
    #[must_use]
    pub const fn reminder_level(self) -> u32 {
        match self {
            Self::Current => 0,
            Self::Thirty => 1,
            Self::Sixty => 2,
            Self::Ninety => 3,
            Self::Older => 4,
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
