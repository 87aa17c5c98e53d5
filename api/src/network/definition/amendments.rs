//! What a network's file says of changes of rules.

use domain::network as rules;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a change of rules may reach. Where a network does not say, partners stay on the version that they signed (R86, R90).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AmendmentsDocument {
    /// Whether it may change what sales under agreements that exist bring, from its day on.
    pub existing_agreements: bool,
    /// How many days before its approval that day may be.
    #[schema(maximum = 3650, example = 366)]
    pub retroactive_days: u32,
}

impl From<&AmendmentsDocument> for rules::AmendmentPolicy {
    fn from(document: &AmendmentsDocument) -> Self {
        let AmendmentsDocument { existing_agreements, retroactive_days } = document;
        Self { existing_agreements: *existing_agreements, retroactive_days: *retroactive_days }
    }
}
