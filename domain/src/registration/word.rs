//! The words for where a registration stands, what is done with it and why.

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident $code:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$word_doc])* $word,)+
        }

        impl $name {
            /// Every one of them.
            pub const ALL: &[Self] = &[$(Self::$word,)+];

            /// The stable code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$word => $code,)+
                }
            }

            /// What a code stands for.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.code() == code)
            }
        }
    };
}

pub(super) use words;

words! {
    /// Where a registration stands. Only [`RegistrationState::Accepted`] protects.
    RegistrationState {
        /// It waits for a master.
        Submitted "submitted",
        /// A master examines it.
        InReview "in_review",
        /// The partner has to add something (D2).
        ActionRequired "action_required",
        /// A master accepted it: no other partner competes for the prospect (R35, R36).
        Accepted "accepted",
        /// A master did not.
        Rejected "rejected",
        /// The prospect signed.
        Won "won",
        /// The prospect will not sign.
        Lost "lost",
        /// The partner took it back.
        Withdrawn "withdrawn",
        /// Its protection ran out (D3).
        Expired "expired",
        /// A master ended its protection.
        Released "released",
    }
}

words! {
    /// What can be done with a registration.
    RegistrationAction {
        /// Hand it in, at first or again.
        Submit "submit",
        /// Start examining it.
        BeginReview "begin_review",
        /// Ask the partner for more.
        RequestAction "request_action",
        /// Accept it.
        Accept "accept",
        /// Reject it.
        Reject "reject",
        /// Note that the prospect signed.
        Win "win",
        /// Note that it will not.
        Lose "lose",
        /// Take it back.
        Withdraw "withdraw",
        /// End it because its protection ran out.
        Expire "expire",
        /// End its protection.
        Release "release",
        /// Protect longer.
        Extend "extend",
    }
}

words! {
    /// Why a registration stands where it stands.
    RegistrationReason {
        /// The prospect is registered already.
        DuplicateRegistration "duplicate_registration",
        /// It is a customer already.
        ExistingCustomer "existing_customer",
        /// A master pursues it itself.
        MasterDirectPursuit "master_direct_pursuit",
        /// No evidence that negotiation has started (D2).
        NegotiationNotStarted "negotiation_not_started",
        /// Less evidence than the network asks for (D2).
        InsufficientEvidence "insufficient_evidence",
        /// Something in it is wrong.
        InvalidData "invalid_data",
        /// The partner may not register.
        PartnerNotEligible "partner_not_eligible",
        /// The partner has no active agreement.
        NoActiveAgreement "no_active_agreement",
        /// The partner's agreement does not cover it.
        OutOfScope "out_of_scope",
        /// The partner has as many as it can serve.
        CapacityExceeded "capacity_exceeded",
        /// Nothing happened for too long (D3).
        Inactivity "inactivity",
        /// The prospect does not want the partner.
        CustomerDeclinedPartner "customer_declined_partner",
        /// The prospect is free again.
        CustomerReleased "customer_released",
        /// A dispute was decided so (R37).
        Arbitration "arbitration",
        /// The partner failed (R49).
        PartnerFailed "partner_failed",
        /// A later registration takes its place.
        Superseded "superseded",
        /// Something else, in the words that go with it.
        Other "other",
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
