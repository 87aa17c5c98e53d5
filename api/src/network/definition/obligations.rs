//! What a network's file says of obligations.

use domain::network as rules;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// From when on something that runs out or is due counts as near.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObligationsDocument {
    /// From how many days before its day on an obligation is `due_soon`. With `0` none is.
    #[schema(maximum = 3650, example = 30)]
    pub due_soon_days: u32,
}

/// A month, where a network does not say.
impl Default for ObligationsDocument {
    fn default() -> Self {
        Self { due_soon_days: 30 }
    }
}

impl From<&ObligationsDocument> for rules::ObligationPolicy {
    fn from(document: &ObligationsDocument) -> Self {
        let ObligationsDocument { due_soon_days } = document;
        Self { due_soon_days: *due_soon_days }
    }
}
