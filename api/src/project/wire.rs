//! The JSON of projects.

use chrono::{DateTime, NaiveDate, Utc};
use domain::project::Project as Status;
use persistence::project as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use super::words::{ProjectParty, ProjectState};
use crate::{
    network::definition::Code,
    pages,
    wire::{Company, ExternalReference},
    write::Resource,
};

/// A customer's project that a consultant advises and follows, together with a network company (R21).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Project {
    /// Its id.
    #[schema(example = "project_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master that supervises the consultant's agreement.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The network company whose customer it is for.
    pub company: Company,
    /// Since when it is with that company, where it was with another before; null while it is with whom it began (R49).
    #[schema(required, example = json!(null))]
    pub company_from: Option<NaiveDate>,
    /// The consultant.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// Its agreement.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The customer; null as long as the consultant's proposal waits for the company to say which it is.
    #[schema(required, example = "customer_01h2xcejqtf2nbrexx3vqjhp41")]
    pub customer_id: Option<String>,
    /// The customer's name.
    #[schema(example = "Conservas do Mar, S.A.")]
    pub customer_name: String,
    /// The code of the area of expertise that it is within.
    #[schema(example = "business_management")]
    pub area: String,
    /// What it is called.
    #[schema(example = "Stock keeping in three warehouses")]
    pub title: String,
    /// What it is about.
    #[schema(required, example = json!(null))]
    pub description: Option<String>,
    /// Who proposed it.
    pub proposed_by: ProjectParty,
    /// Where it stands.
    pub state: ProjectState,
    /// Its first day.
    pub starts_on: NaiveDate,
    /// The day by which it is to be done.
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    /// The day it ended.
    #[schema(required)]
    pub ended_on: Option<NaiveDate>,
    /// Why it was declined or cancelled.
    #[schema(required, example = json!(null))]
    pub reason: Option<String>,
    /// The names that your other systems have for it.
    pub external_references: Vec<ExternalReference>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for Project {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/projects/{}", self.id))
    }
}

impl Project {
    /// The project with the names that its reader has for it.
    #[must_use]
    pub fn of(project: store::Project, external_references: Vec<ExternalReference>) -> Self {
        let store::Project {
            id,
            network: _,
            master,
            company,
            company_from,
            partner,
            agreement,
            customer,
            customer_name,
            area,
            title,
            description,
            status: Status { state, proposed_by },
            starts_on,
            due_on,
            ended_on,
            reason,
            version,
            created_at,
            updated_at,
        } = project;
        Self {
            id: id.to_string(),
            master_id: master.to_string(),
            company: company.into(),
            company_from,
            partner_id: partner.to_string(),
            agreement_id: agreement.to_string(),
            customer_id: customer.map(|id| id.to_string()),
            customer_name,
            area,
            title,
            description,
            proposed_by: proposed_by.into(),
            state: state.into(),
            starts_on,
            due_on,
            ended_on,
            reason,
            external_references,
            version,
            created_at,
            updated_at,
        }
    }
}

pages!(ProjectPage of Project);

/// Which projects are listed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProjectFilters {
    /// Only those that stand here.
    #[param(inline, nullable = false)]
    pub state: Option<ProjectState>,
    /// Only those of this consultant.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Only those with this network company.
    #[param(
        pattern = "^(master|partner)_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "partner_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub company_id: Option<String>,
    /// Only those for this customer.
    #[param(
        pattern = "^customer_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "customer_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub customer_id: Option<String>,
    /// Only those within this area of expertise.
    #[param(pattern = "^[a-z][a-z0-9_]*$", max_length = 63, example = "business_management", nullable = false)]
    pub area: Option<String>,
}

/// A project to propose: by a network company to a consultant, for a customer that it answers for, or by a consultant to a network
/// company, for a customer that it calls by name.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProject {
    /// The consultant's agreement, in force on the first day.
    #[schema(pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: String,
    /// The network company, where the consultant proposes it to a master; left out, it is the other party of its agreement.
    #[serde(default)]
    #[schema(
        pattern = "^(master|partner)_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        nullable = false,
        example = "master_01h2xcejqtf2nbrexx3vqjhp41"
    )]
    pub company_id: Option<String>,
    /// The customer, where the company proposes it.
    #[serde(default)]
    #[schema(pattern = "^customer_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "customer_01h2xcejqtf2nbrexx3vqjhp41")]
    pub customer_id: Option<String>,
    /// The customer's name, where the consultant proposes it.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = json!(null))]
    pub customer_name: Option<String>,
    /// The code of the area of expertise that it is within: confirmed for the consultant on the first day.
    pub area: Code,
    /// What it is called.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "Stock keeping in three warehouses")]
    pub title: String,
    /// What it is about.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 4000, pattern = r"\S", example = json!(null))]
    pub description: Option<String>,
    /// Its first day.
    #[schema(example = "2026-03-02")]
    pub starts_on: NaiveDate,
    /// The day by which it is to be done, not before the first.
    #[serde(default)]
    #[schema(example = "2026-06-30")]
    pub due_on: Option<NaiveDate>,
    /// The names that your other systems have for it.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub external_references: Vec<ExternalReference>,
}

/// What changes of a project: absent fields stay.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectChange {
    /// The names that your other systems have for it, in place of those they had.
    #[schema(max_items = 20, nullable = false)]
    pub external_references: Option<Vec<ExternalReference>>,
}

/// The other party's agreement to a project.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectAcceptance {
    /// The customer, where the consultant proposed the project: one that you answer for.
    #[serde(default)]
    #[schema(pattern = "^customer_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "customer_01h2xcejqtf2nbrexx3vqjhp41")]
    pub customer_id: Option<String>,
}

/// Why a project is declined or cancelled.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectEnd {
    /// Why, as the other party reads it.
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S", example = "The customer puts it off until next year.")]
    pub reason: String,
}

/// A piece of advice in a project. It never changes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProjectAdvice {
    /// Its id.
    #[schema(example = "advice_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The project.
    #[schema(example = "project_01h2xcejqtf2nbrexx3vqjhp41")]
    pub project_id: String,
    /// The day it was given.
    pub dated_on: NaiveDate,
    /// What was advised.
    #[schema(example = "Count the stock before the migration, not after it.")]
    pub advice: String,
    /// Where a document is.
    #[schema(required, example = json!(null))]
    pub document: Option<String>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

impl Resource for ProjectAdvice {
    fn version(&self) -> Option<i64> {
        Some(1)
    }
}

impl From<store::Advice> for ProjectAdvice {
    fn from(given: store::Advice) -> Self {
        let store::Advice { id, project, dated_on, advice, document, given_by: _, recorded_at } = given;
        Self { id: id.to_string(), project_id: project.to_string(), dated_on, advice, document, recorded_at }
    }
}

pages!(ProjectAdvicePage of ProjectAdvice);

/// A piece of advice to record.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProjectAdvice {
    /// The day it was given: today at the latest, and one for which your area of expertise is confirmed.
    #[schema(example = "2026-03-02")]
    pub dated_on: NaiveDate,
    /// What was advised.
    #[schema(
        min_length = 1,
        max_length = 8000,
        pattern = r"\S",
        example = "Count the stock before the migration, not after it."
    )]
    pub advice: String,
    /// Where a document is.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, pattern = r"\S", example = json!(null))]
    pub document: Option<String>,
}

/// A milestone of a project.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Milestone {
    /// Its id.
    #[schema(example = "milestone_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The project.
    #[schema(example = "project_01h2xcejqtf2nbrexx3vqjhp41")]
    pub project_id: String,
    /// What is reached then.
    #[schema(example = "The stock is migrated.")]
    pub title: String,
    /// The day by which it is to be reached.
    pub due_on: NaiveDate,
    /// How far it has come, in per cent.
    #[schema(minimum = 0, maximum = 100, example = 40)]
    pub progress: u8,
    /// The day it was reached.
    #[schema(required)]
    pub reached_on: Option<NaiveDate>,
    /// Whether its day is past where the master is, and it is not reached.
    pub late: bool,
    /// What was said of its progress last.
    #[schema(required, example = json!(null))]
    pub note: Option<String>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was set.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for Milestone {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/milestones/{}", self.id))
    }
}

impl Milestone {
    /// The milestone as it is on a day.
    #[must_use]
    pub fn of(milestone: store::Milestone, today: NaiveDate) -> Self {
        let store::Milestone { id, project, title, due_on, progress, note, version, created_at, updated_at } = milestone;
        Self {
            id: id.to_string(),
            project_id: project.to_string(),
            title,
            due_on,
            progress: progress.percent,
            reached_on: progress.reached_on,
            late: progress.is_late(due_on, today),
            note,
            version,
            created_at,
            updated_at,
        }
    }
}

pages!(MilestonePage of Milestone);

/// A milestone to set.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMilestone {
    /// What is reached then.
    #[schema(min_length = 1, max_length = 200, pattern = r"\S", example = "The stock is migrated.")]
    pub title: String,
    /// The day by which it is to be reached, not before the project's first.
    #[schema(example = "2026-04-30")]
    pub due_on: NaiveDate,
}

/// What changes of a milestone: absent fields stay.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MilestoneChange {
    /// The day by which it is to be reached.
    #[schema(nullable = false, example = "2026-05-15")]
    pub due_on: Option<NaiveDate>,
    /// How far it has come, in per cent; at 100 it is reached, and stays so.
    #[schema(nullable = false, minimum = 0, maximum = 100, example = 40)]
    pub progress: Option<u8>,
    /// What is to be said of its progress.
    #[schema(
        nullable = false,
        min_length = 1,
        max_length = 1000,
        pattern = r"\S",
        example = "Two of three warehouses are done."
    )]
    pub note: Option<String>,
}
