//! The index of names (D17): one row for each thing whose name can match, in step with it, and the keys that it is found by.
//!
//! Whoever keeps a registration, a customer or a pursuit keeps its name in the same transaction; [`possible_matches`] finds the
//! names that may be the same prospect's in a time that hardly depends on how many there are.

mod beside;
mod find;
mod keep;
mod refresh;

use domain::{
    id::{CompanyId, MasterId, NetworkId},
    partner::Country,
    registration::matching::{NameReason, Score},
};
use uuid::Uuid;

pub use beside::{Beside, beside};
pub use find::possible_matches;
pub use keep::{index_keys, keep, keep_new, remove};
pub use refresh::refresh;

/// What a name in the index is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectKind {
    /// A registration that claims or protects.
    Registration,
    /// A customer.
    Customer,
    /// A master's own pursuit of a prospect.
    Pursuit,
}

impl SubjectKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Registration, Self::Customer, Self::Pursuit];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Customer => "customer",
            Self::Pursuit => "pursuit",
        }
    }

    /// The kind of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// A name as the index keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameEntry<'n> {
    /// What it is the name of.
    pub kind: SubjectKind,
    /// The id of that.
    pub subject: Uuid,
    /// Its network.
    pub network: NetworkId,
    /// The master that supervises it.
    pub master: MasterId,
    /// The partner that claims, the company that answers for the customer, or the master that pursues.
    pub company: CompanyId,
    /// The country that the name is of.
    pub country: Country,
    /// The name, as it was written.
    pub name: &'n str,
    /// Whether it keeps others off; otherwise it only claims.
    pub protects: bool,
}

/// A name that is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sought<'n> {
    /// The network.
    pub network: NetworkId,
    /// The country that the name is of: names of another one are no possible match.
    pub country: Country,
    /// The name, as it was written.
    pub name: &'n str,
    /// The score from which on a name is a possible match: that of the network's policies.
    pub least: Score,
}

/// A name that may be the same prospect's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What it is the name of.
    pub kind: SubjectKind,
    /// The id of that.
    pub subject: Uuid,
    /// The master that supervises it.
    pub master: MasterId,
    /// The partner that claims, the company that answers for the customer, or the master that pursues.
    pub company: CompanyId,
    /// The name, as it was written.
    pub name: String,
    /// Whether it keeps others off; otherwise it only claims.
    pub protects: bool,
    /// How alike the names are.
    pub score: Score,
    /// In what.
    pub reasons: Vec<NameReason>,
}

/// The names that were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidates {
    /// Those that protect first, then the most alike.
    pub found: Vec<Candidate>,
    /// Whether these are all: so many bear a very common name that the last of them are not looked at. Those that protect and
    /// those that have most in common with the name are looked at first.
    pub complete: bool,
}
