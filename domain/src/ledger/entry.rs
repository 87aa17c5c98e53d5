//! One amount from a debtor to a creditor.

use std::cmp::Ordering;

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
}

coded! { EntryKind { Commission => "commission", Share => "share", BuyPrice => "buy_price", } }

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

/// How far an entry has come on its way to being paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryState {
    /// It is due.
    Accrued,
    /// Something keeps it from being paid.
    Held,
    /// It may be paid.
    Payable,
    /// It stands on a statement.
    Stated,
    /// It was paid.
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

impl EntryState {
    /// Whether `next` may follow: one step forward, where an accrued entry that nothing holds becomes payable at once.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Accrued, Self::Held | Self::Payable)
                | (Self::Held, Self::Payable)
                | (Self::Payable, Self::Stated)
                | (Self::Stated, Self::Paid)
        )
    }
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

/// One amount from a debtor to a creditor. Its parties, amount, kind and correction never change (§7.3); its state goes forward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    parties: Parties,
    amount: Money,
    kind: EntryKind,
    correction: Option<Correction>,
    state: EntryState,
}

/// A state that cannot follow the one an entry is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotNext {
    /// The state the entry is in.
    pub from: EntryState,
    /// The state it was asked to take.
    pub to: EntryState,
}

impl Entry {
    /// A new entry, accrued.
    ///
    /// # Errors
    /// [`EntryFault::NotPositive`] when it would move nothing, or something the other way.
    pub fn new(parties: Parties, amount: Money, kind: EntryKind, correction: Option<Correction>) -> Result<Self, EntryFault> {
        if amount.sign() != Ordering::Greater {
            return Err(EntryFault::NotPositive { amount });
        }
        Ok(Self { parties, amount, kind, correction, state: EntryState::Accrued })
    }

    /// The same entry in its next state.
    ///
    /// # Errors
    /// [`NotNext`] when that state cannot follow.
    pub fn become_state(self, next: EntryState) -> Result<Self, NotNext> {
        if self.state.may_become(next) { Ok(Self { state: next, ..self }) } else { Err(NotNext { from: self.state, to: next }) }
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

    /// How far it has come.
    #[must_use]
    pub const fn state(&self) -> EntryState {
        self.state
    }
}
