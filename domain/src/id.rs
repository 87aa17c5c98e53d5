//! Typed, prefixed, sortable ids (TypeID over UUIDv7): a partner's id is never accepted where a customer's is expected.
//!
//! Nothing here makes an id: ids come from outside, like the time.

pub use type_safe_id::StaticType;
use type_safe_id::TypeSafeId;
use uuid::Uuid;

/// The id of a `K`. Written as `prefix_` and 26 characters, ordered by time of making.
pub type Id<K> = TypeSafeId<K>;

/// An id of any kind, with the prefix of its kind: what made a journal, or what caused an entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AnyId {
    prefix: String,
    id: Uuid,
}

impl AnyId {
    /// The id of a kind that is known by its prefix.
    #[must_use]
    pub const fn new(prefix: String, id: Uuid) -> Self {
        Self { prefix, id }
    }

    /// The prefix of its kind.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The id without its kind.
    #[must_use]
    pub const fn uuid(&self) -> Uuid {
        self.id
    }
}

impl<K: StaticType> From<Id<K>> for AnyId {
    fn from(id: Id<K>) -> Self {
        Self { prefix: K::TYPE.to_owned(), id: id.uuid() }
    }
}

/// As the id is written where its kind is known.
impl std::fmt::Display for AnyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let written = NetworkId::from_uuid(self.id).to_string();
        let (_, characters) = written.rsplit_once('_').unwrap_or_default();
        write!(f, "{}_{characters}", self.prefix)
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $alias:ident $prefix:literal;)+) => {
        /// What an id may be the id of. Each kind carries its prefix.
        pub mod kind {
            $($(#[$doc])* #[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)] pub struct $kind;)+
        }
        $(impl StaticType for kind::$kind { const TYPE: &'static str = $prefix; }
          $(#[$doc])* pub type $alias = Id<kind::$kind>;)+
    };
}

kinds! {
    /// A network.
    Network NetworkId "network";
    /// A master company.
    Master MasterId "master";
    /// A partner.
    Partner PartnerId "partner";
    /// A partnership type.
    PartnershipType PartnershipTypeId "ptype";
    /// One version of a partnership type's terms.
    Terms TermsId "terms";
    /// A catalogue item.
    CatalogueItem CatalogueItemId "item";
    /// A would-be partner's application.
    Application ApplicationId "application";
    /// An agreement.
    Agreement AgreementId "agreement";
    /// A supervision decision on an agreement.
    Supervision SupervisionId "supervision";
    /// A partner's growth into the next stage of its terms.
    Promotion PromotionId "promotion";
    /// A registration of a prospect.
    Registration RegistrationId "registration";
    /// A piece of dated evidence.
    Evidence EvidenceId "evidence";
    /// A dispute over a protection.
    Dispute DisputeId "dispute";
    /// A party's statement in a dispute.
    DisputeStatement DisputeStatementId "dstatement";
    /// A master's own pursuit of a prospect.
    Pursuit PursuitId "pursuit";
    /// A promoter's introduction of a prospect to a network company.
    Introduction IntroductionId "introduction";
    /// A customer's place in a client manager's portfolio.
    PortfolioPlace PortfolioPlaceId "portfolio_place";
    /// A client manager's note of a contact.
    FollowUp FollowUpId "follow_up";
    /// An area of expertise of a project consultant.
    Expertise ExpertiseId "expertise";
    /// A project.
    Project ProjectId "project";
    /// A milestone of a project.
    Milestone MilestoneId "milestone";
    /// A piece of advice in a project.
    Advice AdviceId "advice";
    /// A check whether a prospect is to be had.
    RegistrationCheck RegistrationCheckId "check";
    /// A master's leave to sell inside another's protection.
    Override OverrideId "override";
    /// A case about a partner that fails its customers.
    ContinuityCase ContinuityCaseId "continuity_case";
    /// A guarantee that a partner gives for its customers.
    Guarantee GuaranteeId "guarantee";
    /// A transfer of a partner to another master or partnership type.
    Transfer TransferId "transfer";
    /// A customer.
    Customer CustomerId "customer";
    /// A proposal.
    Proposal ProposalId "proposal";
    /// A line of a proposal or contract.
    Line LineId "line";
    /// A contract.
    Contract ContractId "contract";
    /// A partner's place in a sale: the agreement it earns by, and the frozen ordinal.
    Attribution AttributionId "attribution";
    /// An annuity of a contract.
    Annuity AnnuityId "annuity";
    /// Something invoiced, collected or credited on an annuity.
    Instalment InstalmentId "instalment";
    /// A journal of the ledger.
    Journal JournalId "journal";
    /// An entry of the ledger.
    Entry EntryId "entry";
    /// The reason why a qualifying event earned nothing.
    Outcome OutcomeId "outcome";
    /// A bank account of a company.
    BankAccount BankAccountId "bank_account";
    /// The payouts that go to the bank together.
    PayoutRun PayoutRunId "payout_run";
    /// One amount paid to a partner.
    Payout PayoutId "payout";
    /// A bank's statement of what moved on an account.
    BankStatement BankStatementId "bank_statement";
    /// One movement of a bank's statement.
    BankEntry BankEntryId "bank_entry";
    /// What a partner paid its master.
    RemittancePayment RemittancePaymentId "remittance_payment";
    /// What a master changes of an entry.
    Adjustment AdjustmentId "adjustment";
    /// A change of a type's terms.
    Amendment AmendmentId "amendment";
    /// What an amendment would change of past sales.
    Simulation SimulationId "simulation";
    /// What an amendment would change of one rule's amount in one contract year.
    SimulatedDifference SimulatedDifferenceId "simulated_difference";
    /// A past sale that an amendment's terms could not count.
    UncountedSale UncountedSaleId "uncounted_sale";
    /// A past sale counted again by an amendment's terms.
    Restatement RestatementId "restatement";
    /// A plan by which a debt is recovered.
    RecoveryPlan RecoveryPlanId "recovery_plan";
    /// A service of a partner for a network company.
    Service ServiceId "service";
    /// An accounting period that was closed.
    Period PeriodId "period";
    /// How a company is taxed from a day on.
    TaxProfile TaxProfileId "tax_profile";
    /// A statement.
    Statement StatementId "statement";
    /// A closing run.
    StatementRun StatementRunId "statement_run";
    /// A qualification of a partner.
    Qualification QualificationId "qualification";
    /// An entry fee.
    EntryFee EntryFeeId "entry_fee";
    /// Something that a master has to look at.
    Finding FindingId "finding";
    /// A partner's request for its master's support.
    SupportRequest SupportRequestId "support_request";
    /// A course of the academy.
    Course CourseId "course";
    /// A session of a course.
    CourseSession CourseSessionId "course_session";
    /// A partner's person in a session.
    Enrolment EnrolmentId "enrolment";
    /// A certificate of somebody who passed.
    Certificate CertificateId "certificate";
    /// One use of a benefit.
    BenefitUse BenefitUseId "benefit_use";
    /// A person who signs in.
    User UserId "user";
    /// A way into the system for another system.
    Integration IntegrationId "integration";
    /// A secret of an integration.
    Secret SecretId "secret";
    /// A person's session.
    Session SessionId "session";
    /// An invitation to set a first password.
    Invitation InvitationId "invitation";
    /// An event of the audit trail.
    Event EventId "event";
}

/// A master or a partner: whoever can owe, be owed, contract or serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CompanyId {
    /// A master company.
    Master(MasterId),
    /// A partner.
    Partner(PartnerId),
}

impl CompanyId {
    /// The partner's id, if the company is a partner.
    #[must_use]
    pub fn partner(self) -> Option<PartnerId> {
        match self {
            Self::Partner(id) => Some(id),
            Self::Master(_) => None,
        }
    }

    /// The master's id, if the company is a master.
    #[must_use]
    pub fn master(self) -> Option<MasterId> {
        match self {
            Self::Master(id) => Some(id),
            Self::Partner(_) => None,
        }
    }
}

impl From<MasterId> for CompanyId {
    fn from(id: MasterId) -> Self {
        Self::Master(id)
    }
}

impl From<PartnerId> for CompanyId {
    fn from(id: PartnerId) -> Self {
        Self::Partner(id)
    }
}

impl std::fmt::Display for CompanyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Master(id) => id.fmt(f),
            Self::Partner(id) => id.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_another_kind_is_not_accepted() {
        let customer = "customer_01h2xcejqtf2nbrexx3vqjhp41";
        assert!(customer.parse::<CustomerId>().is_ok());
        assert!(customer.parse::<PartnerId>().is_err());
    }

    #[test]
    fn an_id_of_any_kind_is_written_as_its_own_kind_writes_it() {
        let customer = "customer_01h2xcejqtf2nbrexx3vqjhp41";
        let any = AnyId::from(customer.parse::<CustomerId>().unwrap());
        assert_eq!((any.to_string(), any.prefix()), (customer.to_owned(), "customer"));
        assert_eq!(AnyId::new("customer".to_owned(), any.uuid()), any);
    }
}
