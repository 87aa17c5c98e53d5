//! What can go wrong with a database, and which rule of the schema was broken.

use diesel::result::{DatabaseErrorKind, Error};
use thiserror::Error as ThisError;

/// A failure of the database or of what stands in it.
#[derive(Debug, ThisError)]
pub enum DbError {
    /// No connection or no turn within the time allowed: the caller may try again soon.
    #[error("the database is busy")]
    Busy,
    /// The database does not answer.
    #[error("the database does not answer: {0}")]
    Unavailable(String),
    /// What was read cannot have been written by this program.
    #[error("corrupt: {0}")]
    Corrupt(String),
    /// The command panicked; nothing of it was kept.
    #[error("the command panicked")]
    Panicked,
    /// A rule of the schema was broken that the statement can break alone, where the engine does not name it.
    #[error("broken: {0:?}")]
    Broken(Constraint),
    /// Any other failure of a statement.
    #[error(transparent)]
    Query(#[from] Error),
}

/// An error of a command, which may come from the database.
pub trait CommandError: From<DbError> + Send + 'static {
    /// The database's failure, if that is what it is.
    fn database(&self) -> Option<&DbError>;
}

impl CommandError for DbError {
    fn database(&self) -> Option<&DbError> {
        Some(self)
    }
}

impl DbError {
    /// Whether running the whole command again may succeed.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        let Self::Query(Error::DatabaseError(kind, info)) = self else { return false };
        match kind {
            DatabaseErrorKind::SerializationFailure => true,
            DatabaseErrorKind::Unknown => {
                let message = info.message();
                message.contains("deadlock detected") || message.contains("database is locked")
            }
            _ => false,
        }
    }

    /// Whether a key stood in the way: by running again the command sees the row that holds it.
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Broken(_) | Self::Query(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)))
    }

    /// Whether the connection is lost or the server refuses work for the moment.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Busy | Self::Unavailable(_) => true,
            // SQLite gives a transaction up by itself when the disk is full; what follows finds none.
            Self::Query(
                Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _)
                | Error::BrokenTransactionManager
                | Error::NotInTransaction,
            ) => true,
            Self::Query(Error::DatabaseError(DatabaseErrorKind::Unknown, info)) => {
                let message = info.message();
                [
                    "database or disk is full",
                    "disk I/O error",
                    "unable to open database",
                    "no such savepoint",
                    "no connection to the server",
                    "server closed the connection",
                    "terminating connection",
                    "canceling statement due to",
                ]
                .iter()
                .any(|sign| message.contains(sign))
            }
            _ => false,
        }
    }

    /// The named constraint that was broken, if it is one that commands expect.
    #[must_use]
    pub fn broken(&self) -> Option<Constraint> {
        if let Self::Broken(constraint) = self {
            return Some(*constraint);
        }
        let Self::Query(Error::DatabaseError(kind, info)) = self else { return None };
        let unique = *kind == DatabaseErrorKind::UniqueViolation;
        Constraint::ALL.into_iter().find(|constraint| {
            let (name, columns) = constraint.names();
            // Where a trigger holds a rule, its message is the name.
            info.message() == name || unique && (info.constraint_name() == Some(name) || info.message().ends_with(columns))
        })
    }
}

macro_rules! constraints {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $columns:literal;)+) => {
        /// A unique key whose violation means something to a command.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Constraint { $($(#[$doc])* $variant,)+ }
        impl Constraint {
            /// Every constraint.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];
            /// Its name on PostgreSQL, and the end of SQLite's message, which names the columns.
            #[must_use]
            pub const fn names(self) -> (&'static str, &'static str) { match self { $(Self::$variant => ($name, $columns),)+ } }
        }
    };
}

constraints! {
    /// One protection for a prospect and product line (R35).
    OneProtection = "registration_keys_one_protection", ": registration_keys.network_id, registration_keys.key, registration_keys.line";
    /// One way to protect a prospect: as a whole or by product lines (D17).
    OneProtectionMode = "protected_prospects_pkey", ": protected_prospects.network_id, protected_prospects.key";
    /// One live registration of a partner for a prospect and product line.
    OneLiveRegistration = "registration_keys_one_live_per_partner", ": registration_keys.network_id, registration_keys.partner_id, registration_keys.key, registration_keys.line";
    /// One pursuit of a prospect and product line (R36).
    OnePursuit = "pursuit_keys_one_pursuit", ": pursuit_keys.network_id, pursuit_keys.key, pursuit_keys.line";
    /// One introduction of a prospect to a company that counts (R18).
    OneIntroductionThatCounts = "introduction_keys_one_that_counts", ": introduction_keys.company_id, introduction_keys.key";
    /// One live introduction of a prospect to a company for a promoter.
    OneLiveIntroduction = "introduction_keys_one_live_per_promoter", ": introduction_keys.partner_id, introduction_keys.company_id, introduction_keys.key";
    /// One open place of a customer in the portfolios of a company (R20).
    OneOpenPlace = "portfolio_places_one_open", ": portfolio_places.customer_id, portfolio_places.company_id";
    /// One open declaration of an area of expertise.
    OneOpenExpertise = "expertise_one_open", ": expertise.partner_id, expertise.area";
    /// One registration in the place of another.
    OneSuccessor = "registrations_one_successor", ": registrations.supersedes_id";
    /// One open dispute of a partner over a registration.
    OneOpenDispute = "disputes_one_open", ": disputes.challenger_id, disputes.registration_id";
    /// One qualification of a partner and kind that waits to be decided.
    OneSubmittedQualification = "qualifications_one_submitted", ": qualifications.partner_id, qualifications.kind";
    /// One promotion of an agreement that waits for its master.
    OneProposedPromotion = "promotions_one_proposed", ": promotions.agreement_id";
    /// One live enrolment of a person in a session.
    OneLiveEnrolment = "enrolments_one_live", ": enrolments.session_id, enrolments.partner_id, enrolments.person_email";
    /// Each of a year's uses of a benefit once (R85).
    BenefitOnceAYear = "benefit_uses_once_a_year", ": benefit_uses.partner_id, benefit_uses.benefit, benefit_uses.period_from, benefit_uses.place";
    /// What comes once comes once to a partner (R84).
    BenefitOnce = "benefit_uses_once", ": benefit_uses.partner_id, benefit_uses.benefit, benefit_uses.place";
    /// One case about a partner at a time.
    OneContinuityCase = "continuity_cases_one_open", ": continuity_cases.partner_id";
    /// One transfer of a partner at a time (D4).
    OneTransfer = "transfers_one_open", ": transfers.partner_id";
    /// One word of a case on a guarantee.
    OneGuaranteeUse = "guarantee_uses_pkey", ": guarantee_uses.case_id, guarantee_uses.guarantee_id";
    /// One agreement of a type in force on a day (D4), which a trigger holds.
    OneAgreementInForce = "agreements_one_in_force", ": agreements_one_in_force";
    /// One partner for a tax id.
    PartnerTaxId = "partners_one_per_tax_id", ": partners.network_id, partners.tax_key";
    /// One customer for a tax id.
    CustomerTaxId = "customers_one_per_tax_id", ": customers.network_id, customers.tax_key";
    /// One customer for a domain.
    CustomerDomain = "customers_one_per_domain", ": customers.network_id, customers.domain";
    /// One user for an e-mail address.
    UserEmail = "users_email_key", ": users.email";
    /// One resource for an external reference.
    ExternalReference = "external_references_pkey", ": external_references.company_id, external_references.resource_kind, external_references.system, external_references.external_id";
    /// One external reference to a resource for a system.
    ExternalSystem = "external_references_company_id_resource_id_system_key", ": external_references.company_id, external_references.resource_id, external_references.system";
    /// One amendment of a type at a time counts past sales again.
    OneApplyingAmendment = "amendments_one_applying", ": amendments.type_id";
    /// One active recovery plan for a debt.
    OneRecoveryPlan = "recovery_plans_one_active", ": recovery_plans.entry_id";
    /// One entry fee of an agreement for a segment.
    OneEntryFeeOfSegment = "entry_fees_one_of_segment", ": entry_fees.agreement_id, entry_fees.segment";
    /// The same, however the segment is written.
    OneEntryFeeOfSegmentKey = "entry_fees_one_of_segment_key", ": entry_fees.agreement_id, entry_fees.segment_key";
    /// One entry fee of a master for the reference of an invoice.
    InvoiceReference = "entry_fees_master_id_invoice_reference_key", ": entry_fees.master_id, entry_fees.invoice_reference";
    /// One support request by which a proposal is handed over.
    OneHandOver = "support_requests_proposal_id_key", ": support_requests.proposal_id";
    /// One service of an agreement for a reference.
    ServiceReference = "services_agreement_id_reference_key", ": services.agreement_id, services.reference";
    /// One service that counts for an introduction, by each fee that is paid by the piece (R24).
    OneServiceForIntroduction = "services_one_for_an_introduction", ": services.introduction_id, services.fee";
    /// One instalment of a kind for a reference.
    InstalmentReference = "instalments_annuity_id_kind_reference_key", ": instalments.annuity_id, instalments.kind, instalments.reference";
    /// One stored answer for an idempotency key.
    IdempotencyKey = "idempotency_keys_pkey", ": idempotency_keys.principal, idempotency_keys.key";
    /// One bank account of a company in a currency that waits to be confirmed.
    OnePendingAccount = "bank_accounts_one_pending", ": bank_accounts.company_id, bank_accounts.currency";
    /// One live payout of what a statement owes.
    StatementPaidOnce = "payout_parts_paid_once", ": payout_parts.statement_id";
    /// One payment of a partner for a reference.
    RemittanceReference = "remittance_payments_master_id_reference_key", ": remittance_payments.master_id, remittance_payments.reference";
    /// One catalogue item for a provider's code.
    ItemCode = "catalogue_items_network_id_provider_id_code_key", ": catalogue_items.network_id, catalogue_items.provider_id, catalogue_items.code";
    /// One tax profile of a company from a day on.
    TaxProfileDay = "tax_profiles_company_id_valid_from_key", ": tax_profiles.company_id, tax_profiles.valid_from";
    /// One closing run of a network and currency at a time.
    OneStatementRun = "statement_runs_one_running", ": statement_runs.network_id, statement_runs.currency";
    /// One closing run for a period of a network and currency.
    StatementRunPeriod = "statement_runs_network_id_currency_last_day_key", ": statement_runs.network_id, statement_runs.currency, statement_runs.last_day";
}
