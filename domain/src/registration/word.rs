//! The words for where a registration stands, what is done with it and why.

use crate::code::coded;

/// Where a registration stands. Only [`RegistrationState::Accepted`] protects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegistrationState {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_by_its_code_and_no_two_share_one() {
        assert!(RegistrationState::ALL.iter().all(|word| RegistrationState::from_code(word.code()) == Some(*word)));
        assert!(RegistrationReason::ALL.iter().all(|word| RegistrationReason::from_code(word.code()) == Some(*word)));
        assert!(RegistrationAction::ALL.iter().all(|word| RegistrationAction::from_code(word.code()) == Some(*word)));
        assert_eq!((RegistrationState::ALL.len(), RegistrationReason::ALL.len()), (10, 17));
        assert_eq!(RegistrationReason::from_code("Other"), None);
    }
}
