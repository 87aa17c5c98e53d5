//! The JSON of benefits.

use chrono::{DateTime, NaiveDate, Utc};
use domain::benefit::BenefitUseState as State;
use persistence::benefit as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::given::Given;
pub use super::words::BenefitUseState;
use crate::{
    network::definition::{Code, RateText, Texts},
    pages,
    write::Resource,
};

/// A benefit that a partner has by an agreement in force, and what is left of it (R81 to R85).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartnerBenefit {
    /// The agreement whose terms give it.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// Its code in the terms.
    #[schema(example = "partner_seminars")]
    pub benefit: String,
    /// What it is, by language.
    pub texts: Texts,
    /// The discount on the list price that it is.
    #[schema(required)]
    pub discount: Option<RateText>,
    /// The first day of the year that it is counted in, by whichever agreement of the partner it is had, from the day on which the
    /// first of them gave it; null where it is not counted by years.
    #[schema(required, example = "2026-01-01")]
    pub period_from: Option<NaiveDate>,
    /// The last day of it, as far as it is the agreement's.
    #[schema(required, example = "2026-12-31")]
    pub period_until: Option<NaiveDate>,
    /// How often it may be had in that year, or at all; null without limit.
    #[schema(required, example = 2)]
    pub quantity: Option<u32>,
    /// How often it was asked for and is not decided.
    #[schema(example = 0)]
    pub requested: u32,
    /// How often it is granted and was not had yet.
    #[schema(example = 1)]
    pub granted: u32,
    /// How often it was had.
    #[schema(example = 1)]
    pub used: u32,
    /// What is left of it; null without limit.
    #[schema(required, example = 0)]
    pub left: Option<u32>,
    /// Whether anything is left.
    pub state: PartnerBenefitState,
}

/// Whether anything is left of a benefit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartnerBenefitState {
    /// It may be asked for.
    Available,
    /// Nothing is left of it.
    Exhausted,
}

impl PartnerBenefit {
    pub(super) fn of(given: Given, uses: &[store::BenefitUse]) -> Self {
        let Given { agreement, document, benefit, entitlement } = given;
        let count = |state: State| uses.iter().filter(|used| used.state == state).fold(0_u32, |count, _| count.saturating_add(1));
        let (requested, granted, used) = (count(State::Requested), count(State::Granted), count(State::Used));
        let counted = requested.saturating_add(granted).saturating_add(used);
        let left = entitlement.quantity.map(|quantity| quantity.saturating_sub(counted));
        Self {
            agreement_id: agreement.id.to_string(),
            benefit: benefit.code,
            texts: document.texts,
            discount: document.discount,
            period_from: entitlement.period.map(|period| period.start),
            period_until: entitlement.period.and_then(|period| period.end),
            quantity: entitlement.quantity,
            requested,
            granted,
            used,
            left,
            state: if left == Some(0) { PartnerBenefitState::Exhausted } else { PartnerBenefitState::Available },
        }
    }
}

pages!(PartnerBenefitPage of PartnerBenefit);

/// Which day a partner's benefits are listed for.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PartnerBenefitQuery {
    /// As of this day. Left out: today, where the partner's master is.
    #[param(example = "2026-03-02", nullable = false)]
    pub day: Option<NaiveDate>,
}

/// One use of a benefit: asked for, granted, had (R81 to R85).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BenefitUse {
    /// Its id.
    #[schema(example = "benefit_use_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master of the agreement, which grants it.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The partner.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// The agreement whose terms give it.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The benefit's code in the terms.
    #[schema(example = "partner_seminars")]
    pub benefit: String,
    /// The day that it is wanted for: the year that it lies in is the one that counts it.
    pub wanted_on: NaiveDate,
    /// The first day of that year, as far as the partner has the benefit; null where it is not counted by years.
    #[schema(required, example = "2026-01-01")]
    pub period_from: Option<NaiveDate>,
    /// The last day of it.
    #[schema(required, example = "2026-12-31")]
    pub period_until: Option<NaiveDate>,
    /// Where it stands.
    pub state: BenefitUseState,
    /// The session that it is a place in.
    #[schema(required, example = json!(null))]
    pub course_session_id: Option<String>,
    /// The proposal that it is the discount of.
    #[schema(required, example = json!(null))]
    pub proposal_id: Option<String>,
    /// What the partner said about it.
    #[schema(required, example = json!(null))]
    pub note: Option<String>,
    /// What the master said when it decided.
    #[schema(required, example = json!(null))]
    pub reason: Option<String>,
    /// When it was decided last.
    #[schema(required)]
    pub decided_at: Option<DateTime<Utc>>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<store::BenefitUse> for BenefitUse {
    fn from(used: store::BenefitUse) -> Self {
        let store::BenefitUse {
            id,
            network: _,
            master,
            partner,
            agreement,
            benefit,
            wanted_on,
            period,
            place: _,
            state,
            session,
            proposal,
            note,
            reason,
            decided,
            version,
            created_at,
            updated_at,
        } = used;
        Self {
            id: id.to_string(),
            master_id: master.to_string(),
            partner_id: partner.to_string(),
            agreement_id: agreement.to_string(),
            benefit,
            wanted_on,
            period_from: period.map(|(from, _)| from),
            period_until: period.map(|(_, until)| until),
            state: state.into(),
            course_session_id: session.map(|id| id.to_string()),
            proposal_id: proposal.map(|id| id.to_string()),
            note,
            reason,
            decided_at: decided.map(|(_, at)| at),
            version,
            created_at,
            updated_at,
        }
    }
}

impl Resource for BenefitUse {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/benefit-uses/{}", self.id))
    }
}

pages!(BenefitUsePage of BenefitUse);

/// A benefit to ask for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBenefitUse {
    /// The benefit's code in your terms.
    pub benefit: Code,
    /// The agreement whose terms give it. Left out: the one in force that does.
    #[serde(default)]
    #[schema(pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = json!(null))]
    pub agreement_id: Option<String>,
    /// The day that it is wanted for: today at the earliest. Left out: today.
    #[serde(default)]
    #[schema(example = "2026-03-02")]
    pub wanted_on: Option<NaiveDate>,
    /// In your words.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "For our two new technicians.")]
    pub note: Option<String>,
}

/// Why a benefit is refused.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BenefitRefusal {
    /// Why, as its partner reads it.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "The training of that day does not take place.")]
    pub reason: String,
}

/// Which uses of benefits are listed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BenefitUseFilters {
    /// Only those of a partner.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Only those under an agreement.
    #[param(
        pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "agreement_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub agreement_id: Option<String>,
    /// Only those of a benefit, by its code.
    #[param(inline, nullable = false)]
    pub benefit: Option<Code>,
    /// Only those that stand here.
    #[param(inline, nullable = false)]
    pub state: Option<BenefitUseState>,
}
