//! The closed lists of words of registrations, on the wire. Each mirrors one list of the domain.

use crate::words::mirrored;

mirrored! {
    stored;

    /// Where a registration stands: a `draft` is its partner's alone, `submitted`, `in_review` and `action_required` wait for somebody, `accepted` protects
    /// (R35), all others have ended.
    RegistrationState of domain::registration::RegistrationState {
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

    /// Why a registration stands where it stands. `other` needs a note.
    RegistrationReason of domain::registration::RegistrationReason {
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
        /// Something else, in the words of the note.
        Other,
    }

    /// Whether a prospect is to be had.
    CheckStatus of domain::registration::CheckStatus {
        /// Nothing stands in the way.
        Clear,
        /// It cannot be had now.
        Protected,
        /// A master may find that it is one that cannot be had (D17).
        PossibleMatch,
        /// You have it: by a live registration, or as a customer.
        Own,
    }

    /// What two prospects share: the tax id or the domain, which makes them the same, or a name that is like the other (D17).
    MatchedOn of domain::registration::MatchedOn {
        /// The tax id: the same.
        TaxId,
        /// The registered domain: the same.
        Domain,
        /// A name that is like the other, in the same country: perhaps the same.
        Name,
    }

    /// In what two names are alike.
    MatchReason of domain::registration::matching::NameReason {
        /// The same, written alike.
        SameName,
        /// The same words, written otherwise: accents, punctuation, `&` for `e`.
        SameWords,
        /// Another legal form, or none.
        SameAfterLegalForm,
        /// Another order.
        TokenOrder,
        /// Slips of the pen.
        TypingError,
        /// Another spelling of the same sound, another alphabet.
        Transliteration,
        /// Words cut short, or initials.
        Abbreviation,
        /// Words joined or split.
        JoinedWords,
        /// Another number or language of a word.
        WordForm,
        /// Words that many companies bear stand in one of the names only.
        GenericWords,
        /// Alike, but of another country.
        OtherCountry,
    }

    /// What has a name that a prospect's is held against.
    MatchKind of persistence::registration::matching::SubjectKind {
        /// A registration that claims or protects.
        Registration,
        /// A customer.
        Customer,
        /// A master's own pursuit of a prospect.
        Pursuit,
    }

    /// What a partner is asked for.
    AskCode of domain::registration::AskCode {
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
        /// Something else, in the words of the text.
        Other,
    }

    /// What a piece of evidence shows (D2): `proposal_sent`, `meeting`, `written_request` or `demonstration`.
    EvidenceKind of domain::registration::EvidenceKind {
        /// A proposal was sent.
        ProposalSent,
        /// A meeting took place.
        Meeting,
        /// The prospect asked in writing.
        WrittenRequest,
        /// A demonstration was given.
        Demonstration,
    }
}
