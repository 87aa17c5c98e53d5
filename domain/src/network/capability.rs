//! What a figure of the network does for network companies (R18 to R22): data of its terms, so that each partner can do exactly
//! what its figure does.

use crate::code::coded;

/// Something that the terms of a figure let its partners do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Capability {
    /// Introduce prospects to a network company (R18).
    Introductions,
    /// Follow the proposals that a network company makes to them (R19).
    ProposalFollowUp,
    /// Keep a portfolio of customers, together with a network company (R20).
    Portfolio,
    /// Advise and follow projects within its own areas of expertise, with a network company (R21).
    Projects,
    /// Make courses and webinars, with a master (R22).
    Courses,
}

coded! {
    Capability {
        Introductions => "introductions",
        ProposalFollowUp => "proposal_follow_up",
        Portfolio => "portfolio",
        Projects => "projects",
        Courses => "courses",
    }
}

impl Capability {
    /// The requirement that gives it to a figure.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::Introductions => "R18",
            Self::ProposalFollowUp => "R19",
            Self::Portfolio => "R20",
            Self::Projects => "R21",
            Self::Courses => "R22",
        }
    }

    /// Whether it is work for the company that contracts the customer, so that nobody has it who contracts customers itself.
    #[must_use]
    pub const fn is_promotion(self) -> bool {
        match self {
            Self::Introductions | Self::ProposalFollowUp | Self::Portfolio | Self::Projects => true,
            Self::Courses => false,
        }
    }
}
