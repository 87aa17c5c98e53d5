//! The closed lists of words that terms are written with, on the wire. Each mirrors one list of the domain.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::words::mirrored;

mirrored! {
    /// The legal form of a partner (R5): `natural_person`, `independent_professional` (a natural person too), `company`, or
    /// `other_legal_entity` (association, foundation, public body).
    LegalForm of domain::network::LegalForm {
        /// A natural person.
        NaturalPerson,
        /// An independent professional: a natural person too.
        IndependentProfessional,
        /// A company.
        Company,
        /// Another legal entity: association, foundation, public body.
        OtherLegalEntity,
    }

    /// What must be on a partner's record before its agreement becomes active: `registration_number`, `tax_id` and
    /// `billing_ability` (R13, R14), `support_structure` (R56), `technical_qualification` (R64, R72).
    Requirement of domain::network::Requirement {
        /// A company registration number (R13, R14).
        RegistrationNumber,
        /// A valid tax id (R13, R14).
        TaxId,
        /// The recorded ability to bill customers (R13, R14).
        BillingAbility,
        /// Structure and competence for technical support (R56).
        SupportStructure,
        /// Technical qualification to start up a customer (R64, R72).
        TechnicalQualification,
    }

    /// What exclusivity beside the per-prospect protection an agreement may grant (R30, D1): `never`, or
    /// `special_sector_or_activity`: in a special agreement, with a master's explicit approval and reason. Territory never.
    Exclusivity of domain::network::Exclusivity {
        /// None at all.
        Never,
        /// For a sector or activity, in a special agreement, with a master's explicit approval and reason (D1).
        SpecialSectorOrActivity,
    }

    /// What somebody does for the customer on a line (R53): `contracting`, `billing`, `start_up`, `integration`, `training`,
    /// `support` (hotline) or `maintenance` (new versions).
    DutyKind of domain::network::Duty {
        /// Contracts the customer.
        Contracting,
        /// Bills the customer.
        Billing,
        /// Starts the customer up.
        StartUp,
        /// Integrates.
        Integration,
        /// Trains.
        Training,
        /// Answers the customer's questions (hotline).
        Support,
        /// Evolutive maintenance: new versions. Always the master's on network lines (R80).
        Maintenance,
    }

    /// How an entry fee follows from a segment's potential, with its version (D14): `rate_of_potential_1`, the rate times the yearly
    /// potential, rounded once, half up.
    EntryFeeFormula of domain::network::EntryFeeFormula {
        /// The rate times the yearly potential.
        #[serde(rename = "rate_of_potential_1")]
        RateOfPotential,
    }

    /// The side that has a duty: the `partner` of the agreement, or the `master`.
    Side of domain::network::Side {
        /// The partner.
        Partner,
        /// The master.
        Master,
    }

    /// Whose a catalogue item is, which decides where its money goes (R4): `network_module` and `network_service` are
    /// network lines, `complementary` is a product of others that the network lists, `partner_own` and `partner_helpdesk`
    /// are the partner's, retained whole (R42, R43).
    ItemKind of domain::network::ItemKind {
        /// An application of the network, provided by a master (R48).
        NetworkModule,
        /// A service of the network, provided by a master.
        NetworkService,
        /// A product of others that the network lists.
        Complementary,
        /// A partner's own product or service, all of it the partner's (R42).
        PartnerOwn,
        /// A partner's daily helpdesk for its customers, all of it the partner's (R43).
        PartnerHelpdesk,
    }

    /// What a price is for: a contract `year`, a contract `month` (twelve of them make an annuity, D12), or `once` with the
    /// first annuity.
    Period of domain::network::Period {
        /// Twelve contract months.
        Year,
        /// One contract month.
        Month,
        /// Once, with the first annuity.
        Once,
    }

    /// Which way a rule's money goes: a `commission` from the company that contracted the customer to the partner, a `margin`
    /// that the partner keeps before it passes the share to the master (R15), or a `buy_price` from the partner to the master
    /// that sold it the instance (R55).
    RuleKind of domain::network::RuleKind {
        /// From the company that contracted the customer to the partner.
        Commission,
        /// Kept by the partner, which passes the rest, the share, to the master (R15).
        Margin,
        /// From the partner to the master that sold it the instance (R55).
        BuyPrice,
    }

    /// What a rate is taken of, always net of tax (D16): the year's lines at `list` or `net` prices, the seller's `margin` on
    /// them, the recurring lines of the first twelve contract months (`first_annuity`, D12) or of each year (`annuity`).
    Base of domain::network::Base {
        /// The list prices of the year's lines, before discounts.
        List,
        /// The net prices of the year's lines, recurring or not.
        Net,
        /// The seller's margin on the year's lines.
        Margin,
        /// The net recurring prices of the first twelve contract months (D12).
        FirstAnnuity,
        /// The net recurring prices of each year.
        Annuity,
    }

    /// What a fixed amount is paid for: once for the `sale`, with its first annuity, for each `year`, or for each `unit` of the
    /// lines that the rule counts, in each annuity that earns.
    AmountPer of domain::network::Per {
        /// Once for the sale, with its first annuity.
        Sale,
        /// For each annuity.
        Year,
        /// For each unit of the lines that are counted, in each annuity that earns.
        Unit,
    }

    /// What the rate of a tier is taken of: of the part of the base within the tier (`marginal`), or of the `whole` base, by the one
    /// tier that it reaches. Where the volume adds up over several sales, the base stands on top of the volume before it: the sale
    /// that crosses a threshold is split there, or has the rate of the tier that it reaches for all of it, as those after it have.
    /// What earlier sales earned stays as it is.
    TierMode of domain::network::TierMode {
        /// Of the part of the base within the tier.
        Marginal,
        /// Of the whole base, by the one tier that it reaches.
        Whole,
    }

    /// What the volume of a rule's tiers adds up over: one `annuity` by itself, the partner's sales of its agreement's type that were
    /// signed in a `calendar_year` or over its `life`, or its sales under the agreement that were signed in an `agreement_year`, from
    /// one anniversary of the agreement's first day to the day before the next. Each sale counts once, with what the rule's base
    /// comes to in its first contract year, whether it is paid or not; what came before a sale is frozen when it is signed, and a
    /// later cancellation does not change it (D11). Sales in other currencies are not added.
    VolumeOver of domain::network::VolumeOver {
        /// One annuity by itself.
        Annuity,
        /// The partner's sales of its agreement's type that were signed in the calendar year.
        CalendarYear,
        /// The partner's sales under the agreement that were signed in its anniversary year.
        AgreementYear,
        /// The partner's sales of its agreement's type, over its life.
        Life,
    }

    /// What the bounds of a rule are about: what it comes to in one `annuity`, or in all annuities of the `sale` so far, where a
    /// floor is paid with the first one and a cap uses itself up.
    BoundsPer of domain::network::BoundsPer {
        /// What the rule comes to in one annuity.
        Annuity,
        /// What it comes to in all annuities of the contract so far.
        Sale,
    }

    /// What a figure does for network companies beside selling: introduce prospects (`introductions`, R18), follow the proposals
    /// made to them (`proposal_follow_up`, R19), keep a `portfolio` of customers (R20), advise `projects` within its areas of
    /// expertise (R21), or make `courses` and webinars (R22). Whatever its terms leave out is refused to it.
    Capability of domain::network::Capability {
        /// Introduce prospects to a network company (R18).
        Introductions,
        /// Follow the proposals that a network company makes to them (R19).
        ProposalFollowUp,
        /// Keep a portfolio of customers, together with a network company (R20).
        Portfolio,
        /// Advise and follow projects within its own areas of expertise, with a network company (R21).
        Projects,
        /// Make courses and webinars, with a master (R22).
        Courses,
    }

    /// How a service is remunerated (R24): by an agreed sum (`fixed_fee`), for time spent (`time_fee`), for each course
    /// (`per_course_fee`), or `in_kind`: its value is recorded, and no money moves.
    FeeKind of domain::network::FeeKind {
        /// An agreed sum.
        FixedFee,
        /// For time spent.
        TimeFee,
        /// For each course or webinar delivered (R22).
        PerCourseFee,
        /// In goods or services.
        InKind,
    }

    /// What a fee is for one of: a `piece`, an `hour`, a `day` or a `course`.
    FeeUnit of domain::network::FeeUnit {
        /// One service.
        Piece,
        /// One hour.
        Hour,
        /// One day.
        Day,
        /// One course or webinar.
        Course,
    }

    /// How often a rule earns on one sale: `once`, on the first annuity only, or `every_year`, on each.
    Recurrence of domain::network::Recurrence {
        /// On the first annuity only.
        Once,
        /// On every annuity.
        EveryYear,
    }

    /// What an amount waits for, and what it is proportional to (D12): what was `contracted`, `invoiced` less credits, or
    /// `collected` less refunds.
    Trigger of domain::network::Trigger {
        /// The annuity's start: the whole contracted amount.
        Contracted,
        /// What was invoiced, less credits.
        Invoiced,
        /// What was collected, less refunds.
        Collected,
    }

    /// Which years a benefit is counted by: anniversary years of the `agreement`, or `calendar` years.
    BenefitYear of domain::benefit::BenefitYear {
        /// Anniversary years of the agreement.
        Agreement,
        /// Calendar years.
        Calendar,
    }

    /// What a year brings of which the agreement has a part only: all of it (`whole`), or as much as the whole months of the part are of
    /// twelve, rounded down (`pro_rata`).
    PartYears of domain::benefit::PartYears {
        /// All of it.
        Whole,
        /// As much as the whole months of the part are of twelve, rounded down.
        ProRata,
    }

    /// Which sales count for "from the 2nd sale" (D11): the partner's signed sales of its type over its life (`partner`),
    /// those under one `agreement`, or those signed in one calendar `year`.
    OrdinalScope of domain::network::OrdinalScope {
        /// The partner's signed sales of the type in the network, over its life.
        Partner,
        /// Those under one agreement.
        Agreement,
        /// Those signed in one calendar year.
        Year,
    }
}

/// How a partner is remunerated (R24): by `commission`, or else by a `fixed_fee`, a `time_fee`, a `per_course_fee` or
/// `in_kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Remuneration {
    /// By the rules of the terms.
    Commission,
    /// An agreed sum.
    FixedFee,
    /// For time spent.
    TimeFee,
    /// For each course or webinar delivered (R22).
    PerCourseFee,
    /// In goods or services.
    InKind,
}
