//! The JSON of cases.

use chrono::{DateTime, NaiveDate, Utc};
use domain::id::{
    AgreementId, ContractId, CustomerId, IntroductionId, PortfolioPlaceId, ProjectId, ProposalId, RegistrationId,
    SupportRequestId,
};
use persistence::continuity as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use super::super::words::{ContinuityReason, ContinuityState, TakeoverProtections};
use crate::{
    pages,
    sale::commands::succession::Uncarried,
    wire::{Company, Money},
    write::Resource,
};

/// What masters do about a partner company that fails its customers (R49 to R51).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ContinuityCase {
    /// Its id.
    #[schema(example = "continuity_case_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The master that opened it.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The partner that it is about.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// Why it was opened.
    pub reason: ContinuityReason,
    /// What is said about it.
    #[schema(example = "Nobody answers since the middle of February.")]
    pub statement: String,
    /// Where it stands.
    pub state: ContinuityState,
    /// What it stands on.
    pub evidence: Vec<ContinuityEvidence>,
    /// Who suspended the partner.
    #[schema(required, example = json!(null))]
    pub suspended_by: Option<String>,
    /// When.
    #[schema(required)]
    pub suspended_at: Option<DateTime<Utc>>,
    /// What was made of the partner's own guarantees.
    pub guarantees: Vec<ConsideredGuarantee>,
    /// Who takes over; null while nobody is named.
    #[schema(required)]
    pub plan: Option<TakeoverPlan>,
    /// How far the plan was carried out.
    pub progress: TakeoverProgress,
    /// Who opened it.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub opened_by: String,
    /// What was said when it was given up.
    #[schema(required, example = json!(null))]
    pub note: Option<String>,
    /// When it was closed or given up.
    #[schema(required)]
    pub ended_at: Option<DateTime<Utc>>,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for ContinuityCase {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/continuity-cases/{}", self.id))
    }
}

pages!(ContinuityCasePage of ContinuityCase);

/// A piece of evidence of a case.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ContinuityEvidence {
    /// Its number in the case, from 1.
    #[schema(example = 1)]
    pub number: i32,
    /// Which day it is of.
    pub dated_on: NaiveDate,
    /// What it shows.
    #[schema(example = "Three customers complain that nobody answers.")]
    pub description: String,
    /// Where it is kept.
    #[schema(required, example = "crm://complaints/118")]
    pub document: Option<String>,
    /// Who recorded it.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub recorded_by: String,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

/// Whether a guarantee was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GuaranteeOutcome {
    /// It was.
    Used,
    /// It was not, for the reason that is given.
    NotUsed,
}

/// What a case made of one of the partner's own guarantees (R50).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConsideredGuarantee {
    /// The guarantee.
    #[schema(example = "guarantee_01h2xcejqtf2nbrexx3vqjhp41")]
    pub guarantee_id: String,
    /// Whether it was used.
    pub outcome: GuaranteeOutcome,
    /// For how much, if that is known.
    #[schema(required)]
    pub amount: Option<Money>,
    /// How, or why not.
    #[schema(example = "The bank was asked to pay.")]
    pub reason: String,
    /// Who decided.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub decided_by: String,
    /// When.
    pub decided_at: DateTime<Utc>,
}

/// Who takes over the partner's customers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TakeoverPlan {
    /// Its number: each change makes the next one.
    #[schema(example = 1)]
    pub number: i32,
    /// Who takes over all that no assignment names.
    pub company: Company,
    /// The agreement under which it does; null for a master.
    #[schema(required, example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: Option<String>,
    /// The first day on which it answers.
    pub from: NaiveDate,
    /// What becomes of the partner's protections.
    pub protections: TakeoverProtections,
    /// How many customers somebody else is named for.
    #[schema(example = 2)]
    pub assigned_otherwise: i64,
    /// How many protected prospects somebody is named for by themselves.
    #[schema(example = 1)]
    pub prospects_assigned: i64,
    /// Who approved it: it takes two different people.
    pub approvals: Vec<TakeoverApproval>,
}

/// That a person approved a plan.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TakeoverApproval {
    /// Who.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub approved_by: String,
    /// When.
    pub approved_at: DateTime<Utc>,
}

/// How far a plan was carried out.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct TakeoverProgress {
    /// How many customers went over.
    #[schema(example = 120)]
    pub over: i64,
    /// How many of them came back.
    #[schema(example = 0)]
    pub back: i64,
}

/// Everything that is kept beside a case.
pub(crate) struct CaseBeside {
    pub(crate) evidence: Vec<store::Evidence>,
    pub(crate) uses: Vec<store::GuaranteeUse>,
    pub(crate) approvals: Vec<store::Approval>,
    pub(crate) assigned: (i64, i64),
    pub(crate) moves: (i64, i64),
}

impl ContinuityCase {
    /// The case with what is kept beside it.
    pub(crate) fn of(case: store::Case, beside: CaseBeside) -> Self {
        let store::Case {
            id,
            network: _,
            master,
            partner,
            reason,
            statement,
            state,
            plan_number,
            plan,
            suspended,
            opened_by,
            note,
            ended_at,
            version,
            created_at,
            updated_at,
        } = case;
        let CaseBeside { evidence, uses, approvals, assigned: (assigned_otherwise, prospects_assigned), moves: (over, back) } =
            beside;
        let (suspended_by, suspended_at) = suspended.unzip();
        let approvals = approvals.into_iter().map(|it| {
            let store::Approval { plan: _, approved_by, approved_at } = it;
            TakeoverApproval { approved_by, approved_at }
        });
        let plan = plan.map(|plan| {
            let store::Plan { company, agreement, from, protections } = plan;
            TakeoverPlan {
                number: plan_number,
                company: company.into(),
                agreement_id: agreement.map(|id| id.to_string()),
                from,
                protections: protections.into(),
                assigned_otherwise,
                prospects_assigned,
                approvals: approvals.collect(),
            }
        });
        Self {
            id: id.to_string(),
            master_id: master.to_string(),
            partner_id: partner.to_string(),
            reason: reason.into(),
            statement,
            state: state.into(),
            evidence: evidence.into_iter().map(ContinuityEvidence::from).collect(),
            suspended_by,
            suspended_at,
            guarantees: uses.into_iter().map(ConsideredGuarantee::from).collect(),
            plan,
            progress: TakeoverProgress { over, back },
            opened_by,
            note,
            ended_at,
            version,
            created_at,
            updated_at,
        }
    }
}

impl From<store::Evidence> for ContinuityEvidence {
    fn from(evidence: store::Evidence) -> Self {
        let store::Evidence { number, dated_on, description, document, recorded_by, recorded_at } = evidence;
        Self { number, dated_on, description, document, recorded_by, recorded_at }
    }
}

impl From<store::GuaranteeUse> for ConsideredGuarantee {
    fn from(made: store::GuaranteeUse) -> Self {
        let store::GuaranteeUse { guarantee, used, amount, reason, decided_by, decided_at } = made;
        Self {
            guarantee_id: guarantee.to_string(),
            outcome: if used { GuaranteeOutcome::Used } else { GuaranteeOutcome::NotUsed },
            amount: amount.map(Into::into),
            reason,
            decided_by,
            decided_at,
        }
    }
}

/// Which cases are asked for.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ContinuityFilters {
    /// Those about a partner.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Those that stand here.
    #[param(inline, nullable = false)]
    pub state: Option<ContinuityState>,
}

/// What a case is opened with.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContinuityCase {
    /// The partner.
    #[schema(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// Why it is thought to fail its customers.
    pub reason: ContinuityReason,
    /// What you say about it.
    #[schema(min_length = 1, max_length = 4000, pattern = r"\S", example = "Nobody answers since the middle of February.")]
    pub statement: String,
    /// What it stands on: one piece at least, none dated later than today.
    #[schema(min_items = 1, max_items = 50)]
    pub evidence: Vec<NewContinuityEvidence>,
}

/// A piece of evidence to be added.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContinuityEvidence {
    /// Which day it is of.
    pub dated_on: NaiveDate,
    /// What it shows.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "Three customers complain that nobody answers.")]
    pub description: String,
    /// Where it is kept.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 500, pattern = r"\S", example = "crm://complaints/118")]
    pub document: Option<String>,
}

/// What is made of a guarantee.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGuaranteeUse {
    /// The guarantee: one of the partner's own.
    #[schema(pattern = "^guarantee_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "guarantee_01h2xcejqtf2nbrexx3vqjhp41")]
    pub guarantee_id: String,
    /// Whether it is used.
    pub outcome: GuaranteeOutcome,
    /// For how much, where it is used and that is known.
    #[serde(default)]
    pub amount: Option<Money>,
    /// How, or why not.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "The bank was asked to pay.")]
    pub reason: String,
}

/// Who takes over.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTakeoverPlan {
    /// The company: your master, or another partner that it supervises: one that contracts customers or, where the failing partner
    /// only does services on its master's contracts, one whose terms and qualifications let it do these.
    #[schema(pattern = "^(master|partner)_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp42")]
    pub company_id: String,
    /// The agreement under which a partner does. Without it, its only agreement in force that lets it take over is meant.
    #[serde(default)]
    #[schema(pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: Option<String>,
    /// The first day on which it answers.
    pub from: NaiveDate,
    /// What becomes of the partner's protections: a partner may have them, a master needs none.
    pub protections: TakeoverProtections,
}

/// Who takes over some customers and protected prospects, where it is not the company of the plan. What hangs on one of them goes with
/// it: contracts, projects, its place in a portfolio and open proposals.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTakeoverAssignments {
    /// The company: your master, or another partner that it supervises.
    #[schema(pattern = "^(master|partner)_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp42")]
    pub company_id: String,
    /// The agreement under which a partner does. Without it, its only agreement in force that lets it take over is meant.
    #[serde(default)]
    #[schema(pattern = "^agreement_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub agreement_id: Option<String>,
    /// The customers: each one of the partner's.
    #[serde(default)]
    #[schema(max_items = 200, example = json!(["customer_01h2xcejqtf2nbrexx3vqjhp41"]))]
    pub customer_ids: Vec<String>,
    /// The protected prospects, by the partner's accepted registrations. A partner gets the protection, whatever the plan makes of the
    /// others; with a master it ends.
    #[serde(default)]
    #[schema(max_items = 200, example = json!([]))]
    pub registration_ids: Vec<String>,
}

/// How much is carried out by one request.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContinuityRun {
    /// How many customers, or other things, at most.
    #[serde(default = "chunk")]
    #[schema(minimum = 1, maximum = 200, default = 100)]
    pub limit: i64,
}

const fn chunk() -> i64 {
    100
}

/// Why a case is given up.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContinuityWithdrawal {
    /// Why.
    #[schema(min_length = 1, max_length = 2000, pattern = r"\S", example = "The partner answers again.")]
    pub note: String,
}

/// What can hang on a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContinuityHoldingKind {
    /// A customer that it answers for, or on whose contract with its master it does services.
    Customer,
    /// A contract that runs and that it answers for, or does services on.
    Contract,
    /// An open proposal.
    Proposal,
    /// A live registration.
    Registration,
    /// An agreement that it is a party of, its promoters' among them.
    Agreement,
    /// A project with it or advised by it that has not ended.
    Project,
    /// A customer's place in a portfolio that a client manager keeps together with it.
    PortfolioPlace,
    /// What it asked of its master's support and is not done.
    SupportRequest,
    /// An introduction to it or of its that waits for an answer: it is declined, or taken back, when the takeover is confirmed.
    Introduction,
}

impl From<ContinuityHoldingKind> for store::HoldingKind {
    fn from(kind: ContinuityHoldingKind) -> Self {
        match kind {
            ContinuityHoldingKind::Customer => Self::Customer,
            ContinuityHoldingKind::Contract => Self::Contract,
            ContinuityHoldingKind::Proposal => Self::Proposal,
            ContinuityHoldingKind::Registration => Self::Registration,
            ContinuityHoldingKind::Agreement => Self::Agreement,
            ContinuityHoldingKind::Project => Self::Project,
            ContinuityHoldingKind::PortfolioPlace => Self::PortfolioPlace,
            ContinuityHoldingKind::SupportRequest => Self::SupportRequest,
            ContinuityHoldingKind::Introduction => Self::Introduction,
        }
    }
}

/// Which kind is asked for.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ContinuityHoldingFilter {
    /// The kind; customers without it.
    #[param(inline, nullable = false)]
    pub kind: Option<ContinuityHoldingKind>,
}

/// Something that hangs on the partner.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ContinuityHolding {
    /// What it is.
    pub kind: ContinuityHoldingKind,
    /// Its id.
    #[schema(example = "customer_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// What it is called, where it has a name.
    #[schema(required, example = "Conservas do Mar, S.A.")]
    pub name: Option<String>,
    /// Where it stands, where it has a state.
    #[schema(required, example = json!(null))]
    pub state: Option<String>,
    /// The customer that it is about.
    #[schema(required, example = "customer_01h2xcejqtf2nbrexx3vqjhp41")]
    pub customer_id: Option<String>,
    /// Whether it is a contract that a master sold and answers for, so that only what the partner does on it goes over: start-up,
    /// integration, training or support. False for all else.
    #[schema(example = false)]
    pub services_only: bool,
    /// Who takes it over by the plan; null where it ends once the takeover is confirmed, as promoters' agreements with it do, what it
    /// asked of its master's support, and what it advises itself; and for its own agreements, which stay as they are.
    #[schema(required)]
    pub goes_to: Option<Company>,
}

pages!(ContinuityHoldingPage of ContinuityHolding);

impl ContinuityHolding {
    /// What hangs on the partner, with who takes it over.
    pub(crate) fn of(kind: ContinuityHoldingKind, holding: store::Holding, goes_to: Option<Company>) -> Self {
        let store::Holding { id, name, state, customer, registration: _, seller: _, services_only, ends: _, updated_at: _ } =
            holding;
        let written = match kind {
            ContinuityHoldingKind::Customer => CustomerId::from_uuid(id).to_string(),
            ContinuityHoldingKind::Contract => ContractId::from_uuid(id).to_string(),
            ContinuityHoldingKind::Proposal => ProposalId::from_uuid(id).to_string(),
            ContinuityHoldingKind::Registration => RegistrationId::from_uuid(id).to_string(),
            ContinuityHoldingKind::Agreement => AgreementId::from_uuid(id).to_string(),
            ContinuityHoldingKind::Project => ProjectId::from_uuid(id).to_string(),
            ContinuityHoldingKind::PortfolioPlace => PortfolioPlaceId::from_uuid(id).to_string(),
            ContinuityHoldingKind::SupportRequest => SupportRequestId::from_uuid(id).to_string(),
            ContinuityHoldingKind::Introduction => IntroductionId::from_uuid(id).to_string(),
        };
        Self { kind, id: written, name, state, customer_id: customer.map(|id| id.to_string()), services_only, goes_to }
    }
}

/// That a customer went over.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ContinuityMove {
    /// The customer.
    #[schema(example = "customer_01h2xcejqtf2nbrexx3vqjhp41")]
    pub customer_id: String,
    /// To whom.
    pub company: Company,
    /// With how many contracts.
    #[schema(example = 1)]
    pub contracts: i32,
    /// The plan by which it did.
    #[schema(example = 1)]
    pub plan: i32,
    /// When.
    pub moved_at: DateTime<Utc>,
}

pages!(ContinuityMovePage of ContinuityMove);

impl From<store::Move> for ContinuityMove {
    fn from(moved: store::Move) -> Self {
        let store::Move { case: _, plan, customer, direction: _, company, contracts, recorded_at } = moved;
        Self { customer_id: customer.to_string(), company: company.into(), contracts, plan, moved_at: recorded_at }
    }
}

/// What a plan comes to, before anything is written.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ContinuityPreview {
    /// The case.
    #[schema(example = "continuity_case_01h2xcejqtf2nbrexx3vqjhp41")]
    pub case_id: String,
    /// What still hangs on the partner.
    pub left: ContinuityLeft,
    /// The partner's guarantees in force of which nothing was said yet (R50).
    #[schema(example = json!(["guarantee_01h2xcejqtf2nbrexx3vqjhp41"]))]
    pub guarantees_to_consider: Vec<String>,
    /// What each company takes over; empty without a plan.
    pub companies: Vec<ContinuityShare>,
    /// The open proposals of which whoever takes them over cannot offer everything, or that do not stand again at all.
    pub proposals_not_carried: Vec<UncarriedProposal>,
}

/// An open proposal that does not go over, or not with all of its lines.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UncarriedProposal {
    /// The proposal.
    #[schema(example = "proposal_01h2xcejqtf2nbrexx3vqjhp41")]
    pub proposal_id: String,
    /// Who would offer it from now on.
    pub company: Company,
    /// Why it does not stand again at all; null where only lines are left out.
    #[schema(required)]
    pub reason: Option<UncarriedReason>,
    /// The lines that are left out. Where none is left to offer, the proposal does not stand again.
    pub lines: Vec<UncarriedLine>,
}

/// Why a proposal does not stand again under whoever takes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UncarriedReason {
    /// It is of the partner's own instance, by a benefit that nobody else has (R84).
    OwnInstance,
    /// The prospect's protection ends or has ended: nobody offers it anything by it any more (R35).
    ProtectionEnds,
    /// Another company answers for the customer, or for one by which the prospect is known (R51).
    ProspectNotAvailable,
}

/// A line that whoever takes over cannot offer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UncarriedLine {
    /// Its number in the proposal, from 1.
    #[schema(example = 2)]
    pub line: usize,
    /// The rule that stands in the way, by the code that offering the line would be refused with.
    #[schema(example = "item_not_offered")]
    pub code: &'static str,
}

impl From<Uncarried> for UncarriedLine {
    fn from(left: Uncarried) -> Self {
        let Uncarried { line, code } = left;
        Self { line, code }
    }
}

/// What hangs on the partner, counted.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct ContinuityLeft {
    /// Customers that it answers for, or on whose contracts with its master it does services.
    #[schema(example = 120)]
    pub customers: u64,
    /// Contracts that run and that it answers for, or does services on.
    #[schema(example = 131)]
    pub contracts: u64,
    /// Open proposals.
    #[schema(example = 4)]
    pub proposals: u64,
    /// Live registrations.
    #[schema(example = 7)]
    pub registrations: u64,
    /// Projects with it or advised by it that go on.
    #[schema(example = 2)]
    pub projects: u64,
    /// Places of customers in portfolios.
    #[schema(example = 3)]
    pub portfolio_places: u64,
    /// What it asked of its master's support and is not done.
    #[schema(example = 1)]
    pub support_requests: u64,
    /// Introductions to it or of its that wait for an answer.
    #[schema(example = 1)]
    pub introductions: u64,
    /// Promoters' agreements with it that have not ended.
    #[schema(example = 2)]
    pub promoter_agreements: u64,
}

impl From<domain::continuity::Left> for ContinuityLeft {
    fn from(left: domain::continuity::Left) -> Self {
        let domain::continuity::Left {
            customers,
            contracts,
            proposals,
            registrations,
            projects,
            portfolio_places,
            support_requests,
            introductions,
            promoter_agreements,
        } = left;
        Self {
            customers,
            contracts,
            proposals,
            registrations,
            projects,
            portfolio_places,
            support_requests,
            introductions,
            promoter_agreements,
        }
    }
}

/// What one company takes over by a plan.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ContinuityShare {
    /// The company.
    pub company: Company,
    /// How many customers.
    #[schema(example = 118)]
    pub customers: u64,
    /// How many contracts that run.
    #[schema(example = 129)]
    pub contracts: u64,
    /// How many protections.
    #[schema(example = 6)]
    pub protections: u64,
    /// How many open proposals, as drafts of its own.
    #[schema(example = 4)]
    pub proposals: u64,
    /// How many projects that go on.
    #[schema(example = 2)]
    pub projects: u64,
    /// How many places in portfolios.
    #[schema(example = 3)]
    pub portfolio_places: u64,
    /// The money of the service days from the takeover on, one for each currency.
    pub money: Vec<ContinuityMoney>,
}

/// The money of the service days from a takeover on, of the contract years that are scheduled.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ContinuityMoney {
    /// What the customers pay for these days.
    pub contracted: Money,
    /// What the partner was charged for them by its master so far, share and buy price: it is taken back from the partner and is
    /// the company's to pay instead.
    pub posted: Money,
}
