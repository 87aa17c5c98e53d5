//! The words for where a registration stands, what is done with it and why.

use crate::code::coded;

/// Where a registration stands. Only [`RegistrationState::Accepted`] protects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegistrationState {
    /// Its partner is still writing it: nobody else knows of it, and it claims nothing.
    Draft,
    /// It waits for a master.
    Submitted,
    /// A master examines it.
    InReview,
    /// The partner has to add something (D2).
    ActionRequired,
    /// A master accepted it: no other partner competes for the prospect (R35, R36).
    Accepted,
    /// A master did not.
    Rejected,
    /// The prospect signed.
    Won,
    /// The prospect will not sign.
    Lost,
    /// The partner took it back.
    Withdrawn,
    /// Its protection ran out (D3).
    Expired,
    /// A master ended its protection.
    Released,
}

coded! {
    RegistrationState {
        Draft => "draft",
        Submitted => "submitted",
        InReview => "in_review",
        ActionRequired => "action_required",
        Accepted => "accepted",
        Rejected => "rejected",
        Won => "won",
        Lost => "lost",
        Withdrawn => "withdrawn",
        Expired => "expired",
        Released => "released",
    }
}

/// What can be done with a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegistrationAction {
    /// Hand it in, at first or again.
    Submit,
    /// Start examining it.
    BeginReview,
    /// Ask the partner for more.
    RequestAction,
    /// Accept it.
    Accept,
    /// Reject it.
    Reject,
    /// Note that the prospect signed.
    Win,
    /// Note that it will not.
    Lose,
    /// Take it back.
    Withdraw,
    /// End it because its protection ran out.
    Expire,
    /// End its protection.
    Release,
    /// Protect longer.
    Extend,
    /// Put a later one in its place.
    Supersede,
    /// Pass its protection on to another partner.
    Transfer,
}

coded! {
    RegistrationAction {
        Submit => "submit",
        BeginReview => "begin_review",
        RequestAction => "request_action",
        Accept => "accept",
        Reject => "reject",
        Win => "win",
        Lose => "lose",
        Withdraw => "withdraw",
        Expire => "expire",
        Release => "release",
        Extend => "extend",
        Supersede => "supersede",
        Transfer => "transfer",
    }
}

/// Why a registration stands where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegistrationReason {
    /// The prospect is registered already.
    DuplicateRegistration,
    /// It is a customer already.
    ExistingCustomer,
    /// A master pursues it itself.
    MasterDirectPursuit,
    /// No evidence that negotiation has started (D2).
    NegotiationNotStarted,
    /// Less evidence than the network asks for (D2).
    InsufficientEvidence,
    /// Something in it is wrong.
    InvalidData,
    /// The partner may not register.
    PartnerNotEligible,
    /// The partner has no active agreement.
    NoActiveAgreement,
    /// The partner's agreement does not cover it.
    OutOfScope,
    /// The partner has as many as it can serve.
    CapacityExceeded,
    /// Nothing happened for too long (D3).
    Inactivity,
    /// The prospect does not want the partner.
    CustomerDeclinedPartner,
    /// The prospect is free again.
    CustomerReleased,
    /// A dispute was decided so (R37).
    Arbitration,
    /// The partner failed (R49).
    PartnerFailed,
    /// A later registration takes its place.
    Superseded,
    /// Something else, in the words that go with it.
    Other,
}

coded! {
    RegistrationReason {
        DuplicateRegistration => "duplicate_registration",
        ExistingCustomer => "existing_customer",
        MasterDirectPursuit => "master_direct_pursuit",
        NegotiationNotStarted => "negotiation_not_started",
        InsufficientEvidence => "insufficient_evidence",
        InvalidData => "invalid_data",
        PartnerNotEligible => "partner_not_eligible",
        NoActiveAgreement => "no_active_agreement",
        OutOfScope => "out_of_scope",
        CapacityExceeded => "capacity_exceeded",
        Inactivity => "inactivity",
        CustomerDeclinedPartner => "customer_declined_partner",
        CustomerReleased => "customer_released",
        Arbitration => "arbitration",
        PartnerFailed => "partner_failed",
        Superseded => "superseded",
        Other => "other",
    }
}

impl RegistrationReason {
    /// Whether somebody who takes this action may give this reason: the others are no reason for it, or are given by the service
    /// itself.
    #[must_use]
    pub fn fits(self, action: RegistrationAction) -> bool {
        Self::fitting(action).contains(&self)
    }

    /// The reasons that fit an action, in the order of their declaration; none where it takes no reason.
    #[must_use]
    pub const fn fitting(action: RegistrationAction) -> &'static [Self] {
        match action {
            RegistrationAction::RequestAction => &[
                Self::DuplicateRegistration,
                Self::NegotiationNotStarted,
                Self::InsufficientEvidence,
                Self::InvalidData,
                Self::OutOfScope,
                Self::Other,
            ],
            RegistrationAction::Reject => &[
                Self::DuplicateRegistration,
                Self::ExistingCustomer,
                Self::MasterDirectPursuit,
                Self::NegotiationNotStarted,
                Self::InsufficientEvidence,
                Self::InvalidData,
                Self::PartnerNotEligible,
                Self::NoActiveAgreement,
                Self::OutOfScope,
                Self::CapacityExceeded,
                Self::Inactivity,
                Self::CustomerDeclinedPartner,
                Self::Other,
            ],
            RegistrationAction::Lose => {
                &[Self::ExistingCustomer, Self::Inactivity, Self::CustomerDeclinedPartner, Self::CustomerReleased, Self::Other]
            }
            RegistrationAction::Release => &[
                Self::ExistingCustomer,
                Self::InvalidData,
                Self::PartnerNotEligible,
                Self::NoActiveAgreement,
                Self::OutOfScope,
                Self::Inactivity,
                Self::CustomerDeclinedPartner,
                Self::CustomerReleased,
                Self::Arbitration,
                Self::PartnerFailed,
                Self::Other,
            ],
            RegistrationAction::Transfer => &[
                Self::Inactivity,
                Self::CustomerDeclinedPartner,
                Self::CustomerReleased,
                Self::Arbitration,
                Self::PartnerFailed,
                Self::Other,
            ],
            RegistrationAction::Submit
            | RegistrationAction::Supersede
            | RegistrationAction::BeginReview
            | RegistrationAction::Accept
            | RegistrationAction::Win
            | RegistrationAction::Withdraw
            | RegistrationAction::Expire
            | RegistrationAction::Extend => &[],
        }
    }
}

/// What a master asks a partner to add or correct.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AskCode {
    /// Dated evidence of negotiation (D2).
    Evidence,
    /// The prospect's name.
    ProspectName,
    /// The prospect's tax id (D17).
    ProspectTaxId,
    /// The prospect's domain (D17).
    ProspectDomain,
    /// The product lines (D17).
    ProductLines,
    /// Something else, in the words that go with it.
    Other,
}

coded! {
    AskCode {
        Evidence => "evidence",
        ProspectName => "prospect_name",
        ProspectTaxId => "prospect_tax_id",
        ProspectDomain => "prospect_domain",
        ProductLines => "product_lines",
        Other => "other",
    }
}

/// One thing that a partner is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// What.
    pub code: AskCode,
    /// In a master's words; none where the service itself asks.
    pub text: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_by_its_code_and_no_two_share_one() {
        assert!(RegistrationState::ALL.iter().all(|word| RegistrationState::from_code(word.code()) == Some(*word)));
        assert!(RegistrationReason::ALL.iter().all(|word| RegistrationReason::from_code(word.code()) == Some(*word)));
        assert!(AskCode::ALL.iter().all(|word| AskCode::from_code(word.code()) == Some(*word)));
        assert!(RegistrationAction::ALL.iter().all(|word| RegistrationAction::from_code(word.code()) == Some(*word)));
        assert_eq!((RegistrationState::ALL.len(), RegistrationReason::ALL.len()), (11, 17));
        assert_eq!(RegistrationReason::from_code("Other"), None);
    }

    /// The actions that take each reason: request action, reject, lose, release, transfer.
    #[test]
    fn each_reason_is_given_where_it_makes_sense_and_nowhere_else() {
        use RegistrationReason as R;
        let table = [
            (R::DuplicateRegistration, [true, true, false, false, false]),
            (R::ExistingCustomer, [false, true, true, true, false]),
            (R::MasterDirectPursuit, [false, true, false, false, false]),
            (R::NegotiationNotStarted, [true, true, false, false, false]),
            (R::InsufficientEvidence, [true, true, false, false, false]),
            (R::InvalidData, [true, true, false, true, false]),
            (R::PartnerNotEligible, [false, true, false, true, false]),
            (R::NoActiveAgreement, [false, true, false, true, false]),
            (R::OutOfScope, [true, true, false, true, false]),
            (R::CapacityExceeded, [false, true, false, false, false]),
            (R::Inactivity, [false, true, true, true, true]),
            (R::CustomerDeclinedPartner, [false, true, true, true, true]),
            (R::CustomerReleased, [false, false, true, true, true]),
            (R::Arbitration, [false, false, false, true, true]),
            (R::PartnerFailed, [false, false, false, true, true]),
            (R::Superseded, [false, false, false, false, false]),
            (R::Other, [true, true, true, true, true]),
        ];
        assert_eq!(table.len(), R::ALL.len());
        let takes = [
            RegistrationAction::RequestAction,
            RegistrationAction::Reject,
            RegistrationAction::Lose,
            RegistrationAction::Release,
            RegistrationAction::Transfer,
        ];
        for (reason, expected) in table {
            assert_eq!(takes.map(|action| reason.fits(action)), expected, "{reason:?}");
            let others = RegistrationAction::ALL.iter().filter(|action| !takes.contains(action));
            assert!(others.copied().all(|action| !reason.fits(action)), "{reason:?}");
        }
    }
}
