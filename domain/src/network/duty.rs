//! Who does what on a line (R53, R88).

use std::collections::{BTreeMap, BTreeSet};

use crate::code::coded;

/// Something that somebody does for the customer on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Duty {
    /// Contracts the customer.
    Contracting,
    /// Bills the customer.
    Billing,
    /// Starts the customer up.
    StartUp,
    /// Integrates.
    Integration,
    /// Trains.
    Training,
    /// Answers the customer's questions (hotline).
    Support,
    /// Evolutive maintenance: new versions. Always the master's on network lines (R80).
    Maintenance,
}

coded! {
    Duty {
        Contracting => "contracting",
        Billing => "billing",
        StartUp => "start_up",
        Integration => "integration",
        Training => "training",
        Support => "support",
        Maintenance => "maintenance",
    }
}

impl Duty {
    /// Whether it is something done for the customer, and no part of the contract with it.
    #[must_use]
    pub const fn is_service(self) -> bool {
        match self {
            Self::Contracting | Self::Billing => false,
            Self::StartUp | Self::Integration | Self::Training | Self::Support | Self::Maintenance => true,
        }
    }
}

/// The two sides that can have a duty: the partner of the agreement, or the master.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The partner.
    Partner,
    /// The master.
    Master,
}

coded! {
    Side {
        Partner => "partner",
        Master => "master",
    }
}

/// Which side has a duty by default, and which may have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyTerms {
    /// The side that has it unless the line says otherwise.
    pub default: Side,
    /// The sides that may have it; contains `default`.
    pub allowed: BTreeSet<Side>,
}

/// Who has each duty on one line.
pub type Duties = BTreeMap<Duty, Side>;
