//! The JSON of registrations.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use domain::registration::{self as rules, Registration as Status};
use persistence::registration as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use super::words::{AskCode, EvidenceKind, RegistrationReason, RegistrationState};
use crate::{extract::present, network::definition::Code, pages, wire::ExternalReference, write::Resource};

/// A partner's claim that it negotiates with a prospect (R33, R34).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Registration {
    /// Its id.
    #[schema(example = "registration_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master that supervises it.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The partner whose it is.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// The agreement it was made under.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// Whom it claims.
    pub prospect: Prospect,
    /// The product lines that it claims, in the order of their codes; null where it claims the whole prospect (D17).
    #[serde(default)]
    #[schema(required, value_type = Option<Vec<Code>>, example = json!(["crm", "erp"]))]
    pub product_lines: Option<BTreeSet<String>>,
    /// Where it stands.
    pub state: RegistrationState,
    /// Why, where there is a reason.
    #[schema(required)]
    pub reason: Option<RegistrationReason>,
    /// What was said about it.
    #[schema(required, example = json!(null))]
    pub note: Option<String>,
    /// What its partner is asked for, as long as it is `action_required`.
    #[serde(default)]
    #[schema(required)]
    pub asks: Vec<RegistrationAsk>,
    /// The earlier registration of the same prospect that it takes the place of.
    #[serde(default)]
    #[schema(required, example = json!(null))]
    pub supersedes_id: Option<String>,
    /// The later registration that took its place.
    #[serde(default)]
    #[schema(required, example = json!(null))]
    pub superseded_by_id: Option<String>,
    /// The evidence, in the order it was handed in.
    pub evidence: Vec<Evidence>,
    /// When it was last handed in; null as long as it is a draft.
    #[schema(required)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// Who accepted, rejected or released it.
    #[schema(required, example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub decided_by: Option<String>,
    /// When.
    #[schema(required)]
    pub decided_at: Option<DateTime<Utc>>,
    /// From when it protects: the instant of its acceptance. An ended registration keeps what it had.
    #[schema(required)]
    pub protected_from: Option<DateTime<Utc>>,
    /// The first instant at which it protects no more (D3).
    #[schema(required)]
    pub protected_until: Option<DateTime<Utc>>,
    /// When it ended, if it did.
    #[schema(required)]
    pub ended_at: Option<DateTime<Utc>>,
    /// The customer that the prospect became.
    #[schema(required, example = "customer_01h2xcejqtf2nbrexx3vqjhp41")]
    pub customer_id: Option<String>,
    /// Whether a dispute over its protection is open, which goes on all the same. The holder is told once both sides are heard.
    #[serde(default)]
    pub disputed: bool,
    /// The registration that its protection came from by a master's decision, for the master that supervises that one.
    #[serde(default)]
    #[schema(required, example = "registration_01h2xcejqtf2nbrexx3vqjhp42")]
    pub taken_from_id: Option<String>,
    /// The registration that its protection went to by a master's decision, for the master that supervises that one.
    #[serde(default)]
    #[schema(required, example = "registration_01h2xcejqtf2nbrexx3vqjhp43")]
    pub passed_to_id: Option<String>,
    /// The names that your other systems have for it.
    pub external_references: Vec<ExternalReference>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// A potential customer, known by tax id or registered domain (D17).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Prospect {
    /// Its name.
    #[schema(example = "Conservas do Mar, S.A.")]
    pub name: String,
    /// Where it is established (ISO 3166-1 alpha-2).
    #[schema(example = "PT")]
    pub country: String,
    /// Its tax id, as it was written.
    #[schema(required, example = "502 011 475")]
    pub tax_id: Option<String>,
    /// Its registered domain.
    #[schema(required, example = "conservas.pt")]
    pub domain: Option<String>,
    /// Where it is written to.
    #[schema(required, example = "compras@conservas.pt")]
    pub email: Option<String>,
}

/// A piece of dated evidence that negotiation has started or goes on (D2, D3).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// Its id.
    #[schema(example = "evidence_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// What it shows.
    pub kind: EvidenceKind,
    /// The day it happened.
    pub dated_on: NaiveDate,
    /// What happened.
    #[schema(example = "Presentation at their site, minutes attached.")]
    pub description: String,
    /// Where the document is.
    #[schema(required, example = "https://crm.douro.example/files/4711")]
    pub document: Option<String>,
    /// When it was handed in.
    pub recorded_at: DateTime<Utc>,
}

impl Resource for Registration {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/registrations/{}", self.id))
    }
}

impl Registration {
    /// The registration with its evidence and the names that its reader has for it.
    #[must_use]
    pub fn of(
        registration: store::Registration,
        evidence: Vec<store::Evidence>,
        external_references: Vec<ExternalReference>,
    ) -> Self {
        let store::Registration {
            id,
            network: _,
            master,
            partner,
            agreement,
            prospect,
            scope,
            tax_id_written,
            email,
            status,
            note,
            asks,
            supersedes,
            superseded_by,
            submitted_at,
            decided_by,
            decided_at,
            ended_at,
            customer,
            version,
            created_at,
            updated_at,
        } = registration;
        let Status { state, reason, protection } = status;
        let prospect = Prospect {
            name: prospect.name().to_owned(),
            country: prospect.country().code().to_owned(),
            tax_id: tax_id_written,
            domain: prospect.domain().map(ToString::to_string),
            email,
        };
        Self {
            id: id.to_string(),
            master_id: master.to_string(),
            partner_id: partner.to_string(),
            agreement_id: agreement.to_string(),
            prospect,
            product_lines: scope.lines().cloned(),
            state: state.into(),
            reason: reason.map(Into::into),
            note,
            asks: asks.into_iter().map(RegistrationAsk::from).collect(),
            supersedes_id: supersedes.map(|id| id.to_string()),
            superseded_by_id: superseded_by.map(|id| id.to_string()),
            evidence: evidence.into_iter().map(Evidence::from).collect(),
            submitted_at,
            decided_by,
            decided_at,
            protected_from: protection.map(|protection| protection.from),
            protected_until: protection.map(|protection| protection.until),
            ended_at,
            customer_id: customer.map(|id| id.to_string()),
            disputed: false,
            taken_from_id: None,
            passed_to_id: None,
            external_references,
            version,
            created_at,
            updated_at,
        }
    }
}

/// One thing that a partner is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistrationAsk {
    /// What.
    pub code: AskCode,
    /// In the master's words; needed where the code is `other`. Null where the service itself asks for evidence (D2).
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "Please add the minutes of the meeting.")]
    pub text: Option<String>,
}

impl From<rules::Ask> for RegistrationAsk {
    fn from(ask: rules::Ask) -> Self {
        let rules::Ask { code, text } = ask;
        Self { code: code.into(), text }
    }
}

impl From<&RegistrationAsk> for rules::Ask {
    fn from(ask: &RegistrationAsk) -> Self {
        let RegistrationAsk { code, text } = ask;
        Self { code: (*code).into(), text: text.clone() }
    }
}

impl From<store::Evidence> for Evidence {
    fn from(piece: store::Evidence) -> Self {
        let store::Evidence { id, registration: _, kind, dated_on, description, document, recorded_at } = piece;
        Self { id: id.to_string(), kind: kind.into(), dated_on, description, document, recorded_at }
    }
}

pages!(RegistrationPage of Registration);

/// Which registrations are listed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RegistrationFilters {
    /// Only those that stand here.
    #[param(inline, nullable = false)]
    pub state: Option<RegistrationState>,
    /// Only those of this partner.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Only those of the prospect with this tax id, of the country in `country`. With a `domain` as well: of either.
    #[param(min_length = 4, max_length = 40, example = "502 011 475", nullable = false)]
    pub tax_id: Option<String>,
    /// The country of `tax_id` (ISO 3166-1 alpha-2).
    #[param(pattern = "^[A-Z]{2}$", example = "PT", nullable = false)]
    pub country: Option<String>,
    /// Only those of the prospect with this domain; of a host name or a URL, the registered domain counts.
    #[param(min_length = 3, max_length = 300, example = "conservas.pt", nullable = false)]
    pub domain: Option<String>,
    /// For masters: only those that protected their prospect at this instant, each as it was then. A date stands for the end of that
    /// day where the master is.
    #[param(max_length = 40, example = "2026-05-01", nullable = false)]
    pub as_of: Option<String>,
}

/// When a registration is looked at.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RegistrationMoment {
    /// For masters: as it was at this instant. A date stands for the end of that day where the master is.
    #[param(max_length = 40, example = "2026-05-01", nullable = false)]
    pub as_of: Option<String>,
}

/// What a registration is made from.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRegistration {
    /// Keeps it for you alone, until you submit it: nobody else knows of a draft, it claims nothing, needs no evidence, and tells
    /// nothing of whether the prospect is to be had.
    #[serde(default)]
    pub draft: bool,
    /// The agreement it is made under. Without it, your only agreement in force is meant.
    #[serde(default)]
    #[schema(pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: Option<String>,
    /// Whom it claims.
    pub prospect: NewProspect,
    /// The product lines of the catalogue that it claims; without them, or null, it claims the whole prospect. Another partner
    /// may claim others of the same prospect (D17).
    #[serde(default)]
    #[schema(min_items = 1, max_items = 50, example = json!(["crm", "erp"]))]
    pub product_lines: Option<Vec<Code>>,
    /// Your earlier registration of the same prospect that it takes the place of, once it is handed in: one that was rejected, lost,
    /// withdrawn, released or has expired, or one that waits still, which ends as withdrawn.
    #[serde(default)]
    #[schema(pattern = "^registration_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "registration_01h2xcejqtf2nbrexx3vqjhp41")]
    pub supersedes_id: Option<String>,
    /// Dated evidence that negotiation has started (D2). With less than the network asks for, the registration comes back as
    /// `action_required`.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub evidence: Vec<NewEvidence>,
    /// The names that your other systems have for it.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub external_references: Vec<ExternalReference>,
}

/// A potential customer, known by tax id or registered domain: one of the two is needed (D17).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProspect {
    /// Its name.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "Conservas do Mar, S.A.")]
    pub name: String,
    /// Where it is established (ISO 3166-1 alpha-2).
    #[schema(pattern = "^[A-Z]{2}$", example = "PT")]
    pub country: String,
    /// Its tax id, as people write it; it is checked.
    #[serde(default)]
    #[schema(min_length = 4, max_length = 40, example = "502 011 475")]
    pub tax_id: Option<String>,
    /// Its domain; of a host name or a URL, the registered domain is kept.
    #[serde(default)]
    #[schema(min_length = 3, max_length = 300, example = "www.conservas.pt")]
    pub domain: Option<String>,
    /// Where it is written to.
    #[serde(default)]
    #[schema(format = "email", max_length = 254, example = "compras@conservas.pt")]
    pub email: Option<String>,
}

/// A piece of dated evidence.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEvidence {
    /// What it shows.
    pub kind: EvidenceKind,
    /// The day it happened: on or before today where the master is, or it does not count.
    pub dated_on: NaiveDate,
    /// What happened.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "Presentation at their site, minutes attached.")]
    pub description: String,
    /// Where the document is.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, pattern = r"\S", example = "https://crm.douro.example/files/4711")]
    pub document: Option<String>,
}

/// What changes of a registration (JSON merge patch).
///
/// A change of `prospect`, `product_lines` or `evidence` is possible while the registration is a `draft`, `submitted` or
/// `action_required`, and hands it in again unless it is a draft.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistrationChange {
    /// What changes of the prospect.
    #[schema(nullable = false)]
    pub prospect: Option<ProspectChange>,
    /// The product lines that it claims, in place of those it claimed; null claims the whole prospect.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Vec<Code>>, min_items = 1, max_items = 50, example = json!(["crm", "erp"]))]
    pub product_lines: Option<Option<Vec<Code>>>,
    /// Further evidence. Evidence is added, and never changed or taken away.
    #[schema(max_items = 20, nullable = false)]
    pub evidence: Option<Vec<NewEvidence>>,
    /// The names that your other systems have for it, in place of those they had.
    #[schema(max_items = 20, nullable = false)]
    pub external_references: Option<Vec<ExternalReference>>,
}

/// What changes of a prospect: absent fields stay. Keys can be corrected, and not taken away.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProspectChange {
    /// Its name.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "Conservas do Mar, S.A.", nullable = false)]
    pub name: Option<String>,
    /// Where it is established (ISO 3166-1 alpha-2).
    #[schema(pattern = "^[A-Z]{2}$", example = "PT", nullable = false)]
    pub country: Option<String>,
    /// Its tax id, as people write it; it is checked.
    #[schema(min_length = 4, max_length = 40, example = "502 011 475", nullable = false)]
    pub tax_id: Option<String>,
    /// Its domain; of a host name or a URL, the registered domain is kept.
    #[schema(min_length = 3, max_length = 300, example = "www.conservas.pt", nullable = false)]
    pub domain: Option<String>,
    /// Where it is written to.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, format = "email", max_length = 254, example = "compras@conservas.pt")]
    pub email: Option<Option<String>>,
}

/// What the partner is asked for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistrationActionRequest {
    /// Why; `insufficient_evidence` unless you say otherwise.
    #[serde(default)]
    #[schema(nullable = false)]
    pub reason: Option<RegistrationReason>,
    /// What is missing, one by one. Without it, the note stands for what is asked.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub asks: Vec<RegistrationAsk>,
    /// What is missing, in your words.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "Please add the minutes of the meeting.")]
    pub note: String,
}

/// Why a registration ends.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistrationEnd {
    /// The reason.
    pub reason: RegistrationReason,
    /// In your words; needed where the reason is `other`.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "They chose to wait until next year.")]
    pub note: Option<String>,
}

/// Whom a protection is passed on to, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistrationTransfer {
    /// The partner that has the prospect from now on.
    #[schema(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// The agreement under which it has it. Without it, its only agreement in force is meant.
    #[serde(default)]
    #[schema(pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: Option<String>,
    /// The reason: `customer_declined_partner`, `customer_released`, `partner_failed`, `inactivity`, `arbitration` or `other`.
    pub reason: RegistrationReason,
    /// In your words, for the partner that loses the protection; needed where the reason is `other`. It must say nothing of the
    /// partner that has it from now on (D22).
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "The prospect asked for somebody nearer.")]
    pub note: Option<String>,
}

/// What a longer protection stands on (D3).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistrationExtension {
    /// Evidence of activity since the day of acceptance.
    pub evidence: NewEvidence,
}

/// How a registration was won.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistrationWin {
    /// The customer that the prospect became. Without it, it is the customer known by the prospect's tax id or domain, or a
    /// new one; the company that contracts by the agreement is responsible for it (R51).
    #[serde(default)]
    #[schema(pattern = "^customer_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "customer_01h2xcejqtf2nbrexx3vqjhp41")]
    pub customer_id: Option<String>,
}
