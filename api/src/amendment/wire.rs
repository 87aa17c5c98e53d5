//! The JSON of amendments.

use chrono::{DateTime, NaiveDate, Utc};
use indexmap::IndexMap;
use persistence::amendment as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use super::simulation::wire::{
    NewSimulation, SimulatedAmounts, SimulatedDifference, SimulatedDifferencePage, SimulatedGain, SimulatedRule, SimulatedTotal,
    SimulatedTotalPage, Simulation, SimulationFilters, SimulationPage,
};
use crate::{
    network::{
        definition::{Language, TermsDocument, TermsTextDocument},
        read,
    },
    pages,
    problem::Problem,
    words::mirrored,
    write::Resource,
};

mirrored! {
    stored;

    /// Where an amendment stands: `proposed`; `withdrawn` by the master that proposed it, or `rejected` by a second person; or
    /// approved by a second person, which publishes its terms: `applying` while what it changes of past sales is being posted,
    /// `approved` once all of that is.
    AmendmentState of domain::amendment::AmendmentState {
        /// Nothing changes by it.
        Proposed,
        /// Whoever proposed it took it back.
        Withdrawn,
        /// A second person refused it.
        Rejected,
        /// It is published, and past sales are being counted again.
        Applying,
        /// It is published, and everything that it changes is posted.
        Approved,
    }

    /// Which agreements an amendment is about. `new_agreements` are made on it from its day on; whoever signed before stays on what
    /// it signed (R86, R90). `existing_agreements` are reached, too, where the network's policy allows it: sales that are signed from
    /// its day on are counted by its rules, stage margins and uplift, and nothing else of what was signed changes. Agreements with
    /// special terms stay as they were agreed (R2, R6).
    AmendmentReach of domain::amendment::Reach {
        /// Those that are made from its day on.
        NewAgreements,
        /// Those that exist, too.
        ExistingAgreements,
    }
}

/// A proposed version of a partnership type's terms.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Amendment {
    /// What a list shows of it.
    #[serde(flatten)]
    pub head: AmendmentHead,
    /// What it changes of the version before, as pointers into `texts` and `terms`.
    #[schema(example = json!(["/terms/rules/commission/rate/rate"]))]
    pub changes: Vec<String>,
    /// What is signed, by language.
    #[schema(example = json!({"en": {"title": "Reseller", "body": "Resellers sell to and contract end customers."}}))]
    pub texts: IndexMap<Language, TermsTextDocument>,
    /// What everything is decided by.
    pub terms: TermsDocument,
}

/// An amendment, without what it says.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AmendmentHead {
    /// Its id.
    #[schema(example = "amendment_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master that proposed it.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The type whose terms it changes.
    #[schema(example = "ptype_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partnership_type_id: String,
    /// From which day it counts.
    pub effective_from: NaiveDate,
    /// Which agreements it is about.
    pub reach: AmendmentReach,
    /// Why it was proposed.
    #[schema(example = "Referrers bring more customers than we expected.")]
    pub reason: String,
    /// Where it stands.
    pub state: AmendmentState,
    /// Who proposed it.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub proposed_by: String,
    /// Who approved or rejected it, which is never the same person, or withdrew it.
    #[schema(required, example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub decided_by: Option<String>,
    /// Why it was decided so.
    #[schema(required, example = "The simulation shows that all of them gain.")]
    pub decision_reason: Option<String>,
    /// The published version that it became.
    #[schema(required, example = "terms_01h2xcejqtf2nbrexx3vqjhp41")]
    pub terms_id: Option<String>,
    /// How many past sales were counted again by it so far.
    #[schema(minimum = 0, example = 0)]
    pub restated_sales: i32,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<&store::Amendment> for AmendmentHead {
    fn from(amendment: &store::Amendment) -> Self {
        let store::Amendment {
            id,
            network: _,
            master,
            type_id,
            reach,
            effective_from,
            texts: _,
            document: _,
            reason,
            state,
            proposed_by,
            decided_by,
            decision_reason,
            terms,
            restated_sales,
            version,
            created_at,
            updated_at,
        } = amendment;
        Self {
            id: id.to_string(),
            master_id: master.to_string(),
            partnership_type_id: type_id.to_string(),
            effective_from: *effective_from,
            reach: (*reach).into(),
            reason: reason.clone(),
            state: (*state).into(),
            proposed_by: proposed_by.clone(),
            decided_by: decided_by.clone(),
            decision_reason: decision_reason.clone(),
            terms_id: terms.map(|terms| terms.to_string()),
            restated_sales: *restated_sales,
            version: *version,
            created_at: *created_at,
            updated_at: *updated_at,
        }
    }
}

impl Amendment {
    /// The amendment with what it changes.
    ///
    /// # Errors
    /// `internal_error` when what is kept cannot be read.
    pub(super) fn of(amendment: &store::Amendment, changes: Vec<String>) -> Result<Self, Problem> {
        let (texts, terms) = (read(&amendment.texts)?, read(&amendment.document)?);
        Ok(Self { head: amendment.into(), changes, texts, terms })
    }
}

impl Resource for Amendment {
    fn version(&self) -> Option<i64> {
        Some(self.head.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/amendments/{}", self.head.id))
    }
}

pages!(AmendmentPage of AmendmentHead);

/// A version of a partnership type's terms to propose.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAmendment {
    /// The type: its code or its id.
    #[schema(min_length = 1, max_length = 63, example = "reseller")]
    pub partnership_type: String,
    /// From which day it counts: later than the version before, and not past unless it reaches agreements that exist.
    pub effective_from: NaiveDate,
    /// Which agreements it is about.
    pub reach: AmendmentReach,
    /// What is signed, by language, the network's default language among them.
    pub texts: IndexMap<Language, TermsTextDocument>,
    /// What everything is decided by. A commission that says no trigger has the network's.
    pub terms: TermsDocument,
    /// Why.
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S", example = "Referrers bring more customers than we expected.")]
    pub reason: String,
}

/// A decision on a proposed amendment.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AmendmentDecision {
    /// Why.
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S", example = "The simulation shows that all of them gain.")]
    pub reason: String,
}

/// Which amendments are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AmendmentFilters {
    /// Those of a type.
    #[param(pattern = "^ptype_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "ptype_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partnership_type_id: Option<String>,
    /// Those in a state.
    #[param(inline, nullable = false)]
    pub state: Option<AmendmentState>,
}
