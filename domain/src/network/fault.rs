//! What terms can contradict themselves in.

use crate::network::{Capability, Duty};

/// A contradiction within terms. None of them can be published, and no special terms may bring one in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TermsFault {
    /// A type that no legal form may hold can never be signed (R9).
    NoLegalForm,
    /// A type with neither a counterparty master, be it for special agreements alone, nor counterparty types can never be signed.
    NoCounterparty,
    /// A commission and a buy price in the same terms are the same money twice (D10).
    CommissionAndBuyPrice,
    /// More than one margin rule.
    SeveralMargins,
    /// A margin of a stage, but no stages.
    StageMarginWithoutStages {
        /// The rule.
        rule: String,
    },
    /// A commission or buy price cannot take its rate from a stage.
    StageRateOutsideMargin {
        /// The rule.
        rule: String,
    },
    /// A margin must be taken of the net price of network lines, every year.
    MarginBase {
        /// The rule.
        rule: String,
    },
    /// A buy price must be taken of the list price of network lines.
    BuyPriceBase {
        /// The rule.
        rule: String,
    },
    /// A rule on the first annuity cannot be recurring.
    RecurringFirstAnnuity {
        /// The rule.
        rule: String,
    },
    /// A rule counts no kind of line.
    NoLines {
        /// The rule.
        rule: String,
    },
    /// "From the 0th sale" means nothing.
    SaleZero {
        /// The rule.
        rule: String,
    },
    /// A margin or buy price where the partner does not contract customers (R11, R13).
    KeepsWithoutContracting {
        /// The rule.
        rule: String,
    },
    /// The default side of a duty is not among the allowed ones.
    DefaultSideNotAllowed {
        /// The duty.
        duty: Duty,
    },
    /// A duty is missing.
    DutyMissing {
        /// The duty.
        duty: Duty,
    },
    /// Evolutive maintenance stays with the master (R80).
    MaintenanceNotMasters,
    /// The partner may contract network lines although the type does not contract customers, or the other way round (R11).
    ContractingDisagrees,
    /// A partner that contracts customers is a network company: it promotes for no other one (R11).
    PromotesAndContracts {
        /// What it would do as a promoter.
        capability: Capability,
    },
    /// The figure advises projects, but in no area (R21).
    ProjectsWithoutAreas,
    /// A stage's margin plus the uplift is more than the whole.
    MarginAboveWhole {
        /// The stage.
        stage: String,
    },
    /// The first stage begins with the agreement and not by a promotion: whatever it asked for would never be looked at (R40).
    FirstStageConditions {
        /// The stage.
        stage: String,
    },
    /// Two stages, rules or checklist items share a code.
    DuplicateCode {
        /// The code.
        code: String,
    },
    /// A rule's last sale comes before its first one.
    EmptySales {
        /// The rule.
        rule: String,
    },
    /// A rule's last contract year comes before its first one, or its first is year 0.
    EmptyYears {
        /// The rule.
        rule: String,
    },
    /// A rule that earns once has no years but the first.
    OnceBeyondFirstYear {
        /// The rule.
        rule: String,
    },
    /// An amount per sale comes once, and an amount per year comes every year.
    AmountRecurrence {
        /// The rule.
        rule: String,
    },
    /// Tiers, but not one of them.
    NoTiers {
        /// The rule.
        rule: String,
    },
    /// A tier ends before it begins.
    EmptyTier {
        /// The rule.
        rule: String,
        /// The tier's place, from 0.
        tier: usize,
    },
    /// Something lies between a tier and the one before, or before the first, or after the last.
    TierGap {
        /// The rule.
        rule: String,
        /// The place of the tier before which the gap is, from 0; the number of tiers where it is after the last.
        tier: usize,
    },
    /// A tier begins before the one before it has ended.
    TierOverlap {
        /// The rule.
        rule: String,
        /// The tier's place, from 0.
        tier: usize,
    },
    /// A volume adds up prices of sales over a time. What sellers keep of them is no such price, and no promoter's to know (D22).
    VolumeOfMargins {
        /// The rule.
        rule: String,
    },
    /// Bounds without a floor and without a cap.
    EmptyBounds {
        /// The rule.
        rule: String,
    },
    /// The floor is above the cap.
    FloorAboveCap {
        /// The rule.
        rule: String,
    },
    /// Amounts of a rule are in several currencies, so no sale could earn by it.
    SeveralCurrencies {
        /// The rule.
        rule: String,
    },
    /// An amount of a rule is less than nothing.
    NegativeAmount {
        /// The rule.
        rule: String,
    },
    /// A rule's rate, amount or cap is nothing: it could never earn.
    EarnsNothing {
        /// The rule.
        rule: String,
    },
    /// A rule counts only kinds of lines that no sale of the type can have.
    LinesNotSold {
        /// The rule.
        rule: String,
    },
    /// Points for a sub-network that no stage lets the partner have (R44, R45).
    UpliftWithoutSubNetwork,
    /// A margin is a plain rate on every sale to every customer: whatever it left out would belong to nobody.
    MarginNotPlain {
        /// The rule.
        rule: String,
    },
    /// A margin or a buy price is the seller's alone: no promoters share it.
    SplitOutsideCommission {
        /// The rule.
        rule: String,
    },
    /// The shares of a split are not the whole together.
    SplitNotWhole {
        /// The rule.
        rule: String,
    },
    /// Two rules could both count a line, with nothing to say which of them does.
    AmbiguousRules {
        /// One of them.
        rule: String,
        /// The other.
        other: String,
    },
    /// Rules that count the same lines take more than the whole of them together.
    RatesAboveWhole {
        /// The rule that they add to.
        rule: String,
        /// The additive ones.
        others: Vec<String>,
    },
}

impl TermsFault {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoLegalForm => "no_legal_form",
            Self::NoCounterparty => "no_counterparty",
            Self::CommissionAndBuyPrice => "commission_and_buy_price",
            Self::SeveralMargins => "several_margins",
            Self::StageMarginWithoutStages { .. } => "stage_margin_without_stages",
            Self::StageRateOutsideMargin { .. } => "stage_rate_outside_margin",
            Self::MarginBase { .. } => "margin_base",
            Self::BuyPriceBase { .. } => "buy_price_base",
            Self::RecurringFirstAnnuity { .. } => "recurring_first_annuity",
            Self::NoLines { .. } => "no_lines",
            Self::SaleZero { .. } => "sale_zero",
            Self::KeepsWithoutContracting { .. } => "keeps_without_contracting",
            Self::DefaultSideNotAllowed { .. } => "default_side_not_allowed",
            Self::DutyMissing { .. } => "duty_missing",
            Self::MaintenanceNotMasters => "maintenance_not_masters",
            Self::ContractingDisagrees => "contracting_disagrees",
            Self::PromotesAndContracts { .. } => "promotes_and_contracts",
            Self::ProjectsWithoutAreas => "projects_without_areas",
            Self::MarginAboveWhole { .. } => "margin_above_whole",
            Self::FirstStageConditions { .. } => "first_stage_conditions",
            Self::DuplicateCode { .. } => "duplicate_code",
            Self::EmptySales { .. } => "empty_sales",
            Self::EmptyYears { .. } => "empty_years",
            Self::OnceBeyondFirstYear { .. } => "once_beyond_first_year",
            Self::AmountRecurrence { .. } => "amount_recurrence",
            Self::NoTiers { .. } => "no_tiers",
            Self::EmptyTier { .. } => "empty_tier",
            Self::TierGap { .. } => "tier_gap",
            Self::VolumeOfMargins { .. } => "volume_of_margins",
            Self::TierOverlap { .. } => "tier_overlap",
            Self::EmptyBounds { .. } => "empty_bounds",
            Self::FloorAboveCap { .. } => "floor_above_cap",
            Self::SeveralCurrencies { .. } => "several_currencies",
            Self::NegativeAmount { .. } => "negative_amount",
            Self::EarnsNothing { .. } => "earns_nothing",
            Self::LinesNotSold { .. } => "lines_not_sold",
            Self::UpliftWithoutSubNetwork => "uplift_without_sub_network",
            Self::MarginNotPlain { .. } => "margin_not_plain",
            Self::SplitOutsideCommission { .. } => "split_outside_commission",
            Self::SplitNotWhole { .. } => "split_not_whole",
            Self::AmbiguousRules { .. } => "ambiguous_rules",
            Self::RatesAboveWhole { .. } => "rates_above_whole",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::NoLegalForm => "R9",
            Self::NoCounterparty => "R26",
            Self::CommissionAndBuyPrice => "D10",
            Self::SeveralMargins | Self::MarginBase { .. } | Self::MarginNotPlain { .. } => "R15",
            Self::StageMarginWithoutStages { .. } | Self::StageRateOutsideMargin { .. } => "R39",
            Self::BuyPriceBase { .. } => "R55",
            Self::RecurringFirstAnnuity { .. }
            | Self::EmptyYears { .. }
            | Self::OnceBeyondFirstYear { .. }
            | Self::AmountRecurrence { .. } => "D12",
            Self::NoLines { .. }
            | Self::NoTiers { .. }
            | Self::EmptyTier { .. }
            | Self::TierGap { .. }
            | Self::TierOverlap { .. }
            | Self::VolumeOfMargins { .. }
            | Self::EmptyBounds { .. }
            | Self::FloorAboveCap { .. }
            | Self::SeveralCurrencies { .. }
            | Self::NegativeAmount { .. }
            | Self::EarnsNothing { .. }
            | Self::LinesNotSold { .. }
            | Self::AmbiguousRules { .. }
            | Self::RatesAboveWhole { .. } => "D16",
            Self::SaleZero { .. } | Self::EmptySales { .. } => "D11",
            Self::SplitOutsideCommission { .. } | Self::SplitNotWhole { .. } => "R47",
            Self::KeepsWithoutContracting { .. } | Self::ContractingDisagrees | Self::PromotesAndContracts { .. } => "R11",
            Self::DefaultSideNotAllowed { .. } | Self::DutyMissing { .. } => "R53",
            Self::MaintenanceNotMasters => "R80",
            Self::ProjectsWithoutAreas => "R21",
            Self::MarginAboveWhole { .. } | Self::UpliftWithoutSubNetwork => "D15",
            Self::FirstStageConditions { .. } => "R40",
            Self::DuplicateCode { .. } => "R1",
        }
    }

    /// What a text about it needs to say, by name: what it is about (`name`), the other rules (`other`), the tier from 1 (`tier`).
    #[must_use]
    pub fn params(&self) -> Vec<(&'static str, String)> {
        let name = |name: &str| vec![("name", name.to_owned())];
        match self {
            Self::StageMarginWithoutStages { rule }
            | Self::StageRateOutsideMargin { rule }
            | Self::MarginBase { rule }
            | Self::BuyPriceBase { rule }
            | Self::RecurringFirstAnnuity { rule }
            | Self::NoLines { rule }
            | Self::SaleZero { rule }
            | Self::KeepsWithoutContracting { rule }
            | Self::EmptySales { rule }
            | Self::EmptyYears { rule }
            | Self::OnceBeyondFirstYear { rule }
            | Self::AmountRecurrence { rule }
            | Self::NoTiers { rule }
            | Self::VolumeOfMargins { rule }
            | Self::EmptyBounds { rule }
            | Self::FloorAboveCap { rule }
            | Self::SeveralCurrencies { rule }
            | Self::NegativeAmount { rule }
            | Self::EarnsNothing { rule }
            | Self::LinesNotSold { rule }
            | Self::MarginNotPlain { rule }
            | Self::SplitOutsideCommission { rule }
            | Self::SplitNotWhole { rule } => name(rule),
            Self::EmptyTier { rule, tier } | Self::TierGap { rule, tier } | Self::TierOverlap { rule, tier } => {
                vec![("name", rule.clone()), ("tier", tier.saturating_add(1).to_string())]
            }
            Self::AmbiguousRules { rule, other } => vec![("name", rule.clone()), ("other", other.clone())],
            Self::RatesAboveWhole { rule, others } => vec![("name", rule.clone()), ("other", others.join(", "))],
            Self::DefaultSideNotAllowed { duty } | Self::DutyMissing { duty } => name(duty.code()),
            Self::PromotesAndContracts { capability } => name(capability.code()),
            Self::MarginAboveWhole { stage } | Self::FirstStageConditions { stage } => name(stage),
            Self::DuplicateCode { code } => name(code),
            Self::NoLegalForm
            | Self::NoCounterparty
            | Self::CommissionAndBuyPrice
            | Self::SeveralMargins
            | Self::MaintenanceNotMasters
            | Self::ContractingDisagrees
            | Self::UpliftWithoutSubNetwork
            | Self::ProjectsWithoutAreas => Vec::new(),
        }
    }
}
