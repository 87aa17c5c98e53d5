//! Dated evidence that a partner negotiates with a prospect (R33, R34, D2).

use chrono::{Days, NaiveDate};

use crate::{code::coded, network::NegotiationPolicy};

/// What a piece of evidence shows (D2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceKind {
    /// A proposal was sent.
    ProposalSent,
    /// A meeting took place.
    Meeting,
    /// The prospect asked in writing.
    WrittenRequest,
    /// A demonstration was given.
    Demonstration,
}

coded! {
    EvidenceKind {
        ProposalSent => "proposal_sent",
        Meeting => "meeting",
        WrittenRequest => "written_request",
        Demonstration => "demonstration",
    }
}

/// A piece of dated evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// What it shows.
    pub kind: EvidenceKind,
    /// The day it happened.
    pub dated: NaiveDate,
}

/// What is the matter with a partner's evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortcoming {
    /// A piece is dated later than the day it was handed in on, so it does not count.
    Later {
        /// Its place, from 0.
        index: usize,
        /// The last day that counts.
        latest: NaiveDate,
    },
    /// A piece is dated before what it should follow, so it does not count.
    Earlier {
        /// Its place, from 0.
        index: usize,
        /// The first day that counts.
        earliest: NaiveDate,
    },
    /// A piece is dated before any negotiation that a registration can be about.
    Absurd {
        /// Its place, from 0.
        index: usize,
        /// The first day that is believed.
        earliest: NaiveDate,
    },
    /// Fewer pieces count than are needed.
    TooFew {
        /// How many are needed.
        needed: u32,
        /// How many count.
        counted: u32,
    },
}

impl Shortcoming {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Later { .. } => "evidence_later",
            Self::Earlier { .. } => "evidence_earlier",
            Self::Absurd { .. } => "evidence_absurd_date",
            Self::TooFew { .. } => "evidence_too_few",
        }
    }
}

/// No negotiation that is still going on began before this year.
const FIRST_YEAR: i32 = 1900;

/// The pieces that are dated so long ago that something is wrong with the date: before 1900, or earlier than the policy lets
/// negotiations go back from `today`.
#[must_use]
pub fn absurdly_dated(evidence: &[Evidence], today: NaiveDate, policy: NegotiationPolicy) -> Vec<Shortcoming> {
    let first = NaiveDate::from_ymd_opt(FIRST_YEAR, 1, 1).unwrap_or(NaiveDate::MIN);
    let oldest = today.checked_sub_days(Days::new(u64::from(policy.evidence_max_age_days))).unwrap_or(first);
    let earliest = oldest.max(first);
    let absurd = evidence.iter().enumerate().filter(|(_, piece)| piece.dated < earliest);
    absurd.map(|(index, _)| Shortcoming::Absurd { index, earliest }).collect()
}

/// How many pieces are dated within the days, and what is the matter with the others.
pub(super) fn weigh(
    evidence: &[Evidence],
    earliest: Option<NaiveDate>,
    latest: NaiveDate,
    needed: u32,
) -> (u32, Vec<Shortcoming>) {
    let mut counted = 0u32;
    let mut shortcomings = Vec::new();
    for (index, piece) in evidence.iter().enumerate() {
        if piece.dated > latest {
            shortcomings.push(Shortcoming::Later { index, latest });
        } else if let Some(earliest) = earliest.filter(|earliest| piece.dated < *earliest) {
            shortcomings.push(Shortcoming::Earlier { index, earliest });
        } else {
            counted = counted.saturating_add(1);
        }
    }
    if counted < needed {
        shortcomings.push(Shortcoming::TooFew { needed, counted });
    }
    (counted, shortcomings)
}
