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
use super::uncountable::told;
use crate::{
    network::{
        definition::{Language, TermsDocument, TermsTextDocument},
        read,
    },
    pages,
    problem::{Language as ProblemLanguage, Problem, Violation, say},
    words::mirrored,
    write::Resource,
};

mirrored! {
    stored;

    /// Where an amendment stands: `proposed`; `withdrawn` by the master that proposed it, or `rejected` by a second person; or
    /// approved by a second person, which publishes its terms: `applying` while what it changes of past sales is being posted,
    /// `approved` once all of that is, or `incomplete` where some sales could not be counted.
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
        /// It is published, and what it changes is posted but for some sales, which stay as they were.
        Incomplete,
    }

    /// Why a sale could not be counted: a rule takes its rate from a stage of growth and the sale was made in none
    /// (`no_stage_in_force`), its amounts are too large (`amounts_too_large`), or it met a fault of the service (`failed`).
    UncountedSaleReason of domain::amendment::UncountableReason {
        /// It was made in no stage of growth.
        NoStageInForce,
        /// Its amounts are too large.
        AmountsTooLarge,
        /// It met a fault of the service.
        Failed,
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
    /// How many past sales could not be counted, where it is `incomplete`: see `/v1/amendments/{amendment_id}/uncounted-sales`.
    #[schema(minimum = 0, example = 0)]
    pub uncounted_sales: i32,
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
            turn: _,
            uncounted_sales,
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
            uncounted_sales: *uncounted_sales,
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

/// A sale that an amendment could not count: it brings what it brought before.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UncountedSale {
    /// The sale.
    #[schema(example = "contract_01h2xcejqtf2nbrexx3vqjhp41")]
    pub contract_id: String,
    /// Why.
    pub reason: UncountedSaleReason,
    /// The codes of the rules that could not be counted, where it is for rules.
    pub rules: Vec<String>,
    /// Why, in words, in your language.
    #[schema(example = "The rule margin takes its rate from a stage of growth, and the sale was made in none.")]
    pub detail: String,
    /// When that was found.
    pub recorded_at: DateTime<Utc>,
}

impl UncountedSale {
    pub(super) fn of(sale: &store::UncountedSale, language: ProblemLanguage) -> Self {
        let store::UncountedSale { id: _, amendment: _, contract, turn: _, why, recorded_at } = sale;
        let Violation { code, params, .. } = told(*contract, why);
        Self {
            contract_id: contract.to_string(),
            reason: why.reason.into(),
            rules: why.rules.clone(),
            detail: say(language, &format!("violation.{code}"), &params),
            recorded_at: *recorded_at,
        }
    }
}

pages!(UncountedSalePage of UncountedSale);

/// A version of its type's terms by which sales of an agreement are counted from a day on, although an earlier one was signed (R90).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AgreementAmendment {
    /// The agreement.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The version.
    #[schema(example = "terms_01h2xcejqtf2nbrexx3vqjhp41")]
    pub terms_id: String,
    /// Its number.
    #[schema(minimum = 1, example = 2)]
    pub terms_version: i32,
    /// The version by which they were counted before.
    #[schema(example = "terms_01h2xcejqtf2nbrexx3vqjhp41")]
    pub replaced_terms_id: String,
    /// From which day of signing on sales are counted by it.
    pub effective_from: NaiveDate,
    /// Where it says something else than the version before, as JSON pointers into the terms of both.
    #[schema(example = json!(["/rules/first_annuity/rate/rate"]))]
    pub changes: Vec<String>,
    /// When it was published.
    pub published_at: DateTime<Utc>,
}

pages!(AgreementAmendmentPage of AgreementAmendment);

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
