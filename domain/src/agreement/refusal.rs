//! Why an agreement is inadmissible, or an action on it is refused.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::{
    agreement::{AgreementAction, AgreementState, ExclusivityScope, SupervisionRefusal},
    id::{AgreementId, MasterId},
    network::{LegalForm, Requirement, TermsFault},
};

/// One of the two parties of an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// The partner whose agreement it is.
    Partner,
    /// The other one.
    Counterparty,
}

/// One broken rule. An answer lists all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgreementRefusal {
    /// The type is not open to the partner's legal form (R9, R13).
    LegalFormNotAllowed {
        /// The partner's.
        form: LegalForm,
        /// Those that may.
        allowed: BTreeSet<LegalForm>,
    },
    /// Something the type asks for is not on the partner's record (R13, R14, R56, R64).
    RequirementNotOnRecord {
        /// What is missing.
        requirement: Requirement,
        /// The rule that asks for it.
        rule: String,
    },
    /// The tax id is one that only natural persons have, but the partner is none (R13).
    PersonalTaxId,
    /// Partner and counterparty are one and the same.
    SameParties,
    /// A party does not belong to the agreement's network.
    OtherNetwork {
        /// Which.
        party: Party,
    },
    /// The type does not contract with masters, at least not in an agreement of this kind (R26, D5).
    MasterNotAllowed,
    /// The type contracts with masters only (R29).
    PartnerNotAllowed,
    /// The counterparty holds no active agreement of a type that the partner may contract with (R26).
    CounterpartyNotQualified {
        /// Codes of the types of which it needs one.
        types: BTreeSet<String>,
    },
    /// The counterparty may not contract end customers, so it is no network company (R26, D6).
    CounterpartyNotNetworkCompany,
    /// The counterparty's stage does not let it have a sub-network yet (R44).
    NoSubNetwork,
    /// A sub-network has promoters, never somebody who contracts customers: that contract is made with a master (R29, R44).
    ResellerInSubNetwork,
    /// The partner is in another one's sub-network at the same time, where nobody contracts customers (R44).
    PromoterContracts,
    /// Another agreement of the type is active at the same time (D4).
    SecondAgreement {
        /// The other one of the same partner.
        agreement: AgreementId,
    },
    /// Exclusivity by territory is never granted (R30).
    TerritoryExclusivity,
    /// The type grants no exclusivity by sector or activity (D1).
    ExclusivityNotAllowed {
        /// By what.
        scope: ExclusivityScope,
    },
    /// Exclusivity by sector or activity needs a special agreement (D1).
    ExclusivityNeedsSpecial {
        /// By what.
        scope: ExclusivityScope,
    },
    /// Exclusivity by sector or activity needs a master's explicit approval (D1).
    ExclusivityNotApproved {
        /// By what.
        scope: ExclusivityScope,
    },
    /// Exclusivity by sector or activity needs a reason (D1).
    ExclusivityWithoutReason {
        /// By what.
        scope: ExclusivityScope,
    },
    /// A standard agreement changes nothing of its type's terms (R2, R6).
    SpecialTermsInStandard,
    /// The terms, special ones included, contradict themselves.
    ContradictoryTerms {
        /// How.
        fault: TermsFault,
    },
    /// It ends before it starts.
    EndBeforeStart,
    /// The terms do not exist in the language (R90).
    LanguageNotOffered {
        /// The language asked for.
        language: String,
        /// Those in which they do.
        offered: BTreeSet<String>,
    },
    /// The version of the terms is not effective yet on the signing date (R86).
    TermsNotEffective {
        /// From when it is.
        from: NaiveDate,
    },
    /// A later version of the terms is effective on the signing date (R86, R90).
    TermsSuperseded {
        /// Since when.
        since: NaiveDate,
    },
    /// Another master supervises such an agreement (D21).
    WrongSupervisingMaster {
        /// The one that does.
        expected: MasterId,
    },
    /// The caller is not the master that supervises the agreement (R7).
    NotSupervisingMaster,
    /// The action is none of this state's.
    WrongState {
        /// What was asked.
        action: AgreementAction,
        /// Where the agreement stands.
        state: AgreementState,
    },
    /// The supervision is incomplete, or does not carry the decision (R28).
    Supervision(SupervisionRefusal),
    /// It has no end, or its last day is not over.
    NotEnded {
        /// Its last day.
        end: Option<NaiveDate>,
    },
}

impl AgreementRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::LegalFormNotAllowed { .. } => "legal_form_not_allowed",
            Self::RequirementNotOnRecord { .. } => "requirement_not_on_record",
            Self::PersonalTaxId => "personal_tax_id",
            Self::SameParties => "same_parties",
            Self::OtherNetwork { .. } => "other_network",
            Self::MasterNotAllowed => "master_not_allowed",
            Self::PartnerNotAllowed => "partner_not_allowed",
            Self::CounterpartyNotQualified { .. } => "counterparty_not_qualified",
            Self::CounterpartyNotNetworkCompany => "counterparty_not_network_company",
            Self::NoSubNetwork => "no_sub_network",
            Self::ResellerInSubNetwork => "reseller_in_sub_network",
            Self::PromoterContracts => "sub_network_member_contracts",
            Self::SecondAgreement { .. } => "second_agreement",
            Self::TerritoryExclusivity => "territory_exclusivity",
            Self::ExclusivityNotAllowed { .. } => "exclusivity_not_allowed",
            Self::ExclusivityNeedsSpecial { .. } => "exclusivity_needs_special",
            Self::ExclusivityNotApproved { .. } => "exclusivity_not_approved",
            Self::ExclusivityWithoutReason { .. } => "exclusivity_without_reason",
            Self::SpecialTermsInStandard => "special_terms_in_standard",
            Self::ContradictoryTerms { fault } => fault.code(),
            Self::EndBeforeStart => "end_before_start",
            Self::LanguageNotOffered { .. } => "language_not_offered",
            Self::TermsNotEffective { .. } => "terms_not_effective",
            Self::TermsSuperseded { .. } => "terms_superseded",
            Self::WrongSupervisingMaster { .. } => "wrong_supervising_master",
            Self::NotSupervisingMaster => "not_supervising_master",
            Self::WrongState { .. } => "wrong_state",
            Self::Supervision(refusal) => refusal.code(),
            Self::NotEnded { .. } => "not_ended",
        }
    }

    /// The rule that is broken.
    #[must_use]
    pub fn rule(&self) -> &str {
        match self {
            Self::LegalFormNotAllowed { .. } | Self::PersonalTaxId => "R13",
            Self::RequirementNotOnRecord { rule, .. } => rule,
            Self::SameParties | Self::CounterpartyNotQualified { .. } | Self::CounterpartyNotNetworkCompany => "R26",
            Self::OtherNetwork { .. } => "R8",
            Self::MasterNotAllowed => "D5",
            Self::PartnerNotAllowed => "R29",
            Self::NoSubNetwork | Self::ResellerInSubNetwork | Self::PromoterContracts => "R44",
            Self::SecondAgreement { .. } => "D4",
            Self::TerritoryExclusivity => "R30",
            Self::ExclusivityNotAllowed { .. }
            | Self::ExclusivityNeedsSpecial { .. }
            | Self::ExclusivityNotApproved { .. }
            | Self::ExclusivityWithoutReason { .. } => "D1",
            Self::SpecialTermsInStandard => "R6",
            Self::ContradictoryTerms { fault } => fault.rule(),
            Self::LanguageNotOffered { .. } => "R90",
            Self::EndBeforeStart | Self::NotEnded { .. } | Self::TermsNotEffective { .. } | Self::TermsSuperseded { .. } => "R86",
            Self::WrongSupervisingMaster { .. } => "D21",
            Self::NotSupervisingMaster | Self::WrongState { .. } => "R7",
            Self::Supervision(_) => "R28",
        }
    }
}
