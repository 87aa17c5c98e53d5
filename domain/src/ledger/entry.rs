//! One amount from a debtor to a creditor.

use std::cmp::Ordering;

use chrono::{Days, NaiveDate};

use crate::{
    code::coded,
    id::{CompanyId, EntryId},
    money::Money,
};

/// What an amount is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// What a network company owes a partner for a sale.
    Commission,
    /// What a reseller owes its master: network lines less the margin (R15).
    Share,
    /// What an affiliate owes its master: a part of the list price (R55).
    BuyPrice,
    /// What a network company owes a partner for a service it did: a fixed fee, time or a course (R24, R25).
    Fee,
    /// What a partner owes its master for the segment it is conceded (R58).
    EntryFee,
}

coded! {
    EntryKind {
        Commission => "commission",
        Share => "share",
        BuyPrice => "buy_price",
        Fee => "fee",
        EntryFee => "entry_fee",
    }
}

impl EntryKind {
    /// Whether it goes to the partner whose agreement made it; what does not is the partner's to pay (R10, R15, R55, R58).
    #[must_use]
    pub const fn is_partners(self) -> bool {
        matches!(self, Self::Commission | Self::Fee)
    }
}

/// Why an entry corrects an earlier one (D20).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CorrectionKind {
    /// Less is due than was posted: a credit, a refund, a cancellation.
    Reversal,
    /// What was paid out already is owed back.
    Clawback,
    /// A master's decision changed what is due.
    Adjustment,
    /// A debt was netted from a later payout.
    Recovery,
}

coded! {
    CorrectionKind {
        Reversal => "reversal",
        Clawback => "clawback",
        Adjustment => "adjustment",
        Recovery => "recovery",
    }
}

/// What an entry corrects, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Correction {
    /// Why.
    pub kind: CorrectionKind,
    /// The entry it corrects.
    pub corrects: EntryId,
}

/// How far an entry has come on its way to being paid. It is no part of the entry, which never changes: it follows from days and
/// from what was stated and paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryState {
    /// It is due, but its day has not come: it is dated into the next open period.
    Accrued,
    /// Its day has come, and the days that its rule holds it back run.
    Held,
    /// It may be stated and paid.
    Payable,
    /// It stands on a closed statement.
    Stated,
    /// That statement was paid.
    Paid,
}

coded! {
    EntryState {
        Accrued => "accrued",
        Held => "held",
        Payable => "payable",
        Stated => "stated",
        Paid => "paid",
    }
}

/// What decides how far an entry has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The day it is dated.
    pub dated_on: NaiveDate,
    /// The first day on which it may be stated and paid.
    pub payable_on: NaiveDate,
    /// Whether it stands on a closed statement.
    pub stated: bool,
    /// Whether that statement was paid.
    pub paid: bool,
}

impl EntryState {
    /// How far an entry has come on a day.
    #[must_use]
    pub fn on(today: NaiveDate, standing: Standing) -> Self {
        let Standing { dated_on, payable_on, stated, paid } = standing;
        if paid {
            Self::Paid
        } else if stated {
            Self::Stated
        } else if today >= payable_on {
            Self::Payable
        } else if today >= dated_on {
            Self::Held
        } else {
            Self::Accrued
        }
    }
}

/// The first day on which what is dated `dated_on` may be stated and paid, where its rule holds it back for some days. `None`
/// where the calendar ends.
#[must_use]
pub fn payable_on(dated_on: NaiveDate, hold_days: u32) -> Option<NaiveDate> {
    dated_on.checked_add_days(Days::new(u64::from(hold_days)))
}

/// The two companies of an entry, never the same one twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Parties {
    debtor: CompanyId,
    creditor: CompanyId,
}

/// Why something is no entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryFault {
    /// Nobody owes itself.
    SameCompany {
        /// The company.
        company: CompanyId,
    },
    /// An entry moves more than nothing; what goes the other way has the parties swapped.
    NotPositive {
        /// The amount.
        amount: Money,
    },
}

impl Parties {
    /// Who owes whom.
    ///
    /// # Errors
    /// [`EntryFault::SameCompany`] when both are one.
    pub fn new(debtor: CompanyId, creditor: CompanyId) -> Result<Self, EntryFault> {
        if debtor == creditor { Err(EntryFault::SameCompany { company: debtor }) } else { Ok(Self { debtor, creditor }) }
    }

    /// The company that owes.
    #[must_use]
    pub const fn debtor(self) -> CompanyId {
        self.debtor
    }

    /// The company that is owed.
    #[must_use]
    pub const fn creditor(self) -> CompanyId {
        self.creditor
    }

    /// The other way round.
    #[must_use]
    pub const fn swapped(self) -> Self {
        Self { debtor: self.creditor, creditor: self.debtor }
    }
}

/// One amount from a debtor to a creditor. It never changes (§7.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    parties: Parties,
    amount: Money,
    kind: EntryKind,
    correction: Option<Correction>,
}

impl Entry {
    /// A new entry.
    ///
    /// # Errors
    /// [`EntryFault::NotPositive`] when it would move nothing, or something the other way.
    pub fn new(parties: Parties, amount: Money, kind: EntryKind, correction: Option<Correction>) -> Result<Self, EntryFault> {
        if amount.sign() != Ordering::Greater {
            return Err(EntryFault::NotPositive { amount });
        }
        Ok(Self { parties, amount, kind, correction })
    }

    /// Who owes whom.
    #[must_use]
    pub const fn parties(&self) -> Parties {
        self.parties
    }

    /// How much, always more than nothing.
    #[must_use]
    pub const fn amount(&self) -> Money {
        self.amount
    }

    /// What for.
    #[must_use]
    pub const fn kind(&self) -> EntryKind {
        self.kind
    }

    /// What it corrects, if anything.
    #[must_use]
    pub const fn correction(&self) -> Option<Correction> {
        self.correction
    }
}
