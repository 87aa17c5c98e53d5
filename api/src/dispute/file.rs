//! The JSON of a dispute's whole file.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::wire::Dispute;
use crate::{event::wire::Event, ledger::wire::LedgerEntry, registration::wire::Registration};

/// All that there is of a dispute, in one document.
#[derive(Debug, Serialize, ToSchema)]
pub struct DisputeFile {
    /// The dispute, with what both sides said and the decisions.
    pub dispute: Dispute,
    /// The registrations concerned: that of the holder first, then those that decisions made.
    pub registrations: Vec<DisputedRegistration>,
    /// The ledger entries that the decisions made, oldest first. What the sales earned later follows the decision in force.
    pub ledger_entries: Vec<LedgerEntry>,
    /// What happened to the dispute and to the registrations, oldest first, each as masters were told.
    pub events: Vec<Event>,
}

/// A registration that a dispute concerns.
#[derive(Debug, Serialize, ToSchema)]
pub struct DisputedRegistration {
    /// As it was when the dispute was opened; null where a decision made it.
    #[schema(required, value_type = Option<Registration>)]
    pub at_opening: Option<Value>,
    /// As it is.
    pub now: Registration,
}
