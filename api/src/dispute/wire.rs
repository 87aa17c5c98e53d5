//! The JSON of disputes: what each reader is shown of one, and what is asked for.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use super::words::{DisputeEffect, DisputeGrounds, DisputeKeeper, DisputeOutcome, DisputeSide, DisputeState};
use crate::{
    network::definition::Code,
    pages,
    registration::wire::{EvidenceKind, NewEvidence, NewProspect, Prospect},
    write::Resource,
};

/// A partner's objection to another's protection (R37, D18).
///
/// Masters see all of it. Each party sees its own side: of the other one it learns neither who it is nor what it said, when it
/// said it or what it is called (D22). What a reader does not see is null or left out of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Dispute {
    /// Its id.
    #[schema(example = "dispute_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// On which side you stand; null for masters.
    #[schema(required)]
    pub side: Option<DisputeSide>,
    /// Where it stands.
    pub state: DisputeState,
    /// Why the protection should not stand in the challenger's way.
    pub grounds: DisputeGrounds,
    /// The prospect, as the challenger named it; for the holder, as its own registration does.
    pub prospect: Prospect,
    /// The product lines that it is about, named by the same side; null for the whole prospect (D17).
    #[schema(required, value_type = Option<Vec<Code>>, example = json!(["crm", "erp"]))]
    pub product_lines: Option<Vec<String>>,
    /// The registration whose protection it is about; for masters and the holder.
    #[schema(required, example = "registration_01h2xcejqtf2nbrexx3vqjhp41")]
    pub registration_id: Option<String>,
    /// The master that supervises that registration and decides first; for masters and the holder.
    #[schema(required, example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: Option<String>,
    /// The master that an appeal goes to, once there is a decision that can be appealed; for masters.
    #[schema(required, example = "master_01h2xcejqtf2nbrexx3vqjhp42")]
    pub appeal_master_id: Option<String>,
    /// The partner that opened it; for masters and itself.
    #[schema(required, example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub challenger_id: Option<String>,
    /// The challenger's agreement; for masters and the challenger.
    #[schema(required, example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: Option<String>,
    /// The partner whose registration it is about; for masters and itself.
    #[schema(required, example = "partner_01h2xcejqtf2nbrexx3vqjhp42")]
    pub holder_id: Option<String>,
    /// When the hearing began.
    #[schema(required)]
    pub heard_at: Option<DateTime<Utc>>,
    /// The first instant at which the challenger adds nothing more; for masters and the challenger.
    #[schema(required)]
    pub challenger_until: Option<DateTime<Utc>>,
    /// The first instant at which the holder adds nothing more; for masters and the holder.
    #[schema(required)]
    pub holder_until: Option<DateTime<Utc>>,
    /// Whether the holder made a statement; for masters.
    #[schema(required, example = true)]
    pub holder_heard: Option<bool>,
    /// What was said, oldest first: all of it for masters, for a party its own.
    pub statements: Vec<DisputeStatement>,
    /// The decisions, the first one first: the last one is in force.
    pub decisions: Vec<DisputeDecision>,
    /// The first instant at which the first decision cannot be appealed any more.
    #[schema(required)]
    pub appealable_until: Option<DateTime<Utc>>,
    /// The appeal, if there is one.
    #[schema(required)]
    pub appeal: Option<DisputeAppeal>,
    /// When it ended: it became final or was withdrawn.
    #[schema(required)]
    pub ended_at: Option<DateTime<Utc>>,
    /// Its version, which is its `ETag`. Each side counts the changes that it sees.
    pub version: i64,
    /// When it was opened; for the holder, when the hearing began.
    pub created_at: DateTime<Utc>,
    /// When what you see of it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for Dispute {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/disputes/{}", self.id))
    }
}

pages!(DisputePage of Dispute);

/// What a side said.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DisputeStatement {
    /// Its id.
    #[schema(example = "dstatement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// Whose it is.
    pub side: DisputeSide,
    /// What was said.
    #[schema(example = "We presented our offer to them in January, as the minutes show.")]
    pub statement: String,
    /// The evidence that came with it.
    pub evidence: Vec<DisputeEvidence>,
    /// Who said it.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub made_by: String,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

/// A piece of a side's dated evidence.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DisputeEvidence {
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
    /// Whether it is dated earlier than the day on which the holder's protection began (D18); for masters.
    #[schema(required, example = true)]
    pub before_protection: Option<bool>,
    /// Whether it is dated earlier than all that the holder's registration shows; for masters.
    #[schema(required, example = true)]
    pub before_holders_evidence: Option<bool>,
}

/// What a master decided.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DisputeDecision {
    /// 1 for the supervising master's, 2 for that on an appeal, which is in force in its place.
    #[schema(minimum = 1, maximum = 2, example = 1)]
    pub number: i32,
    /// How it was decided.
    pub outcome: DisputeOutcome,
    /// What each side has of the commissions; null where the outcome is not shared.
    #[schema(required)]
    pub shares: Option<DisputeShares>,
    /// What the decision did.
    pub effects: Vec<DisputeEffect>,
    /// Whose the protection is by it.
    pub protection: DisputeKeeper,
    /// The registration that protects by it, where that is a new one; for masters and the partner whose it is.
    #[schema(required, example = "registration_01h2xcejqtf2nbrexx3vqjhp43")]
    pub registration_id: Option<String>,
    /// Why, for the file; for masters.
    #[schema(required, example = "The minutes of January are credible.")]
    pub reasons: Option<String>,
    /// What the challenger is told; for masters and the challenger.
    #[schema(required, example = json!(null))]
    pub challenger_note: Option<String>,
    /// What the holder is told; for masters and the holder.
    #[schema(required, example = json!(null))]
    pub holder_note: Option<String>,
    /// The master that decided; for masters.
    #[schema(required, example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: Option<String>,
    /// Who decided; for masters.
    #[schema(required, example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: DateTime<Utc>,
}

/// The parts of both sides: decimal fractions that come to exactly 1.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisputeShares {
    /// The challenger's part.
    #[schema(pattern = r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$", example = "0.4")]
    pub challenger: String,
    /// The holder's part.
    #[schema(pattern = r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$", example = "0.6")]
    pub holder: String,
}

/// An appeal to another master.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DisputeAppeal {
    /// Who appealed.
    pub by: DisputeSide,
    /// What it said; for masters and itself.
    #[schema(required, example = "The minutes were written later than they say.")]
    pub statement: Option<String>,
    /// When; for masters and itself.
    #[schema(required)]
    pub appealed_at: Option<DateTime<Utc>>,
}

/// Which disputes are listed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DisputeFilters {
    /// Only those that stand here.
    #[param(inline, nullable = false)]
    pub state: Option<DisputeState>,
    /// Only those over this registration, of those that you supervise or that is your own.
    #[param(
        pattern = "^registration_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "registration_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub registration_id: Option<String>,
}

/// What a dispute is opened with.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDispute {
    /// The agreement under which you would have the prospect. Without it, your only agreement in force is meant.
    #[serde(default)]
    #[schema(pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: Option<String>,
    /// The prospect that you cannot have.
    pub prospect: NewProspect,
    /// The product lines that you want; without them, or null, the whole prospect (D17).
    #[serde(default)]
    #[schema(min_items = 1, max_items = 50, example = json!(["crm", "erp"]))]
    pub product_lines: Option<Vec<Code>>,
    /// Why the protection should not stand in your way.
    pub grounds: DisputeGrounds,
    /// Your case, in your words. It opens the hearing of your side, to which you may add.
    #[schema(min_length = 1, max_length = 10000, pattern = r"\S", example = "We presented our offer to them in January.")]
    pub statement: String,
    /// Dated evidence.
    #[schema(min_items = 1, max_items = 50)]
    pub evidence: Vec<NewEvidence>,
}

/// Until when each side is heard.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisputeHearing {
    /// The first instant at which the challenger adds nothing more. Without it, after the days that the network's policy says.
    #[serde(default)]
    #[schema(example = "2026-04-01T12:00:00Z")]
    pub challenger_until: Option<DateTime<Utc>>,
    /// The first instant at which the holder adds nothing more. Without it, after the days that the network's policy says.
    #[serde(default)]
    #[schema(example = "2026-04-01T12:00:00Z")]
    pub holder_until: Option<DateTime<Utc>>,
}

/// What a side adds in the hearing.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDisputeStatement {
    /// What you say.
    #[schema(min_length = 1, max_length = 10000, pattern = r"\S", example = "The minutes of the meeting are attached.")]
    pub statement: String,
    /// Dated evidence, if there is more.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub evidence: Vec<NewEvidence>,
}

/// A master's decision.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisputeRuling {
    /// How it is decided.
    pub outcome: DisputeOutcome,
    /// What each side has of the commissions; needed where the outcome is `shared`, and refused elsewhere.
    #[serde(default)]
    pub shares: Option<DisputeShares>,
    /// What the decision does, in its own transaction. On an appeal it takes the place of what the first decision did.
    #[serde(default)]
    #[schema(max_items = 3)]
    pub effects: Vec<DisputeEffect>,
    /// Why, for the file that masters see.
    #[schema(min_length = 1, max_length = 10000, pattern = r"\S", example = "The minutes of January are credible.")]
    pub reasons: String,
    /// What the challenger is told. It must say nothing of the holder (D22).
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "Your evidence is dated early enough.")]
    pub challenger_note: Option<String>,
    /// What the holder is told. It must say nothing of the challenger (D22).
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "Negotiation had started elsewhere.")]
    pub holder_note: Option<String>,
}

/// An appeal to another master.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDisputeAppeal {
    /// Why the decision is wrong.
    #[schema(min_length = 1, max_length = 10000, pattern = r"\S", example = "The minutes were written later than they say.")]
    pub statement: String,
}
