//! Why an amount is what it is: everything a reader with decimals needs to compute it again (§7.1 of the requirements).

use std::{cmp::Ordering, fmt, sync::Arc};

use crate::{
    code::coded,
    commission::{AnnuityLine, CustomerFacts, Exact, NotApplied, Performed, Place, SaleFacts},
    money::{Money, Rate, exponent},
    network::Rule,
};

/// Why an amount is what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What was known of the sale, by name; what did not exist is left out.
    pub inputs: Vec<Named>,
    /// The rule, as it stands in the terms.
    pub rule: Arc<Rule>,
    /// The lines that the rule counted, with their positions among the year's lines, from 0.
    pub lines: Vec<(usize, AnnuityLine)>,
    /// The lines that it would have counted, had a more specific rule not taken them.
    pub lost: Vec<LostLine>,
    /// What the rate was taken of, for the whole year: an exact decimal, which may have more digits than the currency.
    pub base: Value,
    /// What the rule came to in the earlier years of the contract, before bounds; for rules whose bounds are about the sale.
    pub earlier_years: Option<Value>,
    /// The volume that came before the sale, for rules whose tiers add up over several sales.
    pub volume_before: Option<Money>,
    /// What the rule's trigger has come to (D12).
    pub reached: Money,
    /// What the whole annuity comes to.
    pub contracted: Money,
    /// The computation. Each operand is an input, a line or the result of an earlier step.
    pub steps: Vec<Step>,
    /// How the steps that round do it.
    pub rounding: Rounding,
    /// The amount due to date: the result of the last step.
    pub amount: Money,
    /// The rules of the same terms that did not apply, with the reason.
    pub not_applied: Vec<NotApplied>,
}

/// A line that a rule would have counted, had a more specific one not taken it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostLine {
    /// Its position among the year's lines, from 0.
    pub line: usize,
    /// The rule that took it.
    pub to: Arc<Rule>,
}

/// A value by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// What it is.
    pub name: Quantity,
    /// The value.
    pub value: Value,
}

/// A value as it is told: a decimal, a whole number, a code, or `true` and `false`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// An amount, with all its currency's digits.
    Amount(Money),
    /// An exact decimal.
    Exact(Exact),
    /// A rate.
    Rate(Rate),
    /// A whole number.
    Count(u32),
    /// Whether something holds.
    Flag(bool),
    /// A code of a closed list.
    Word(&'static str),
    /// A code that the network gave.
    Code(Arc<str>),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Amount(amount) => amount.fmt(f),
            Self::Exact(exact) => exact.fmt(f),
            Self::Rate(rate) => rate.fmt(f),
            Self::Count(count) => count.fmt(f),
            Self::Flag(flag) => flag.fmt(f),
            Self::Word(word) => word.fmt(f),
            Self::Code(code) => code.fmt(f),
        }
    }
}

/// Gives each kind of value its way in.
macro_rules! values {
    ($($type:ty => $variant:ident,)+) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::$variant(value)
            }
        }
    )+};
}

values! { Money => Amount, Exact => Exact, Rate => Rate, u32 => Count, bool => Flag, &'static str => Word, Arc<str> => Code, }

impl Value {
    /// Whether it is more than nothing.
    fn is_something(&self) -> bool {
        match self {
            Self::Amount(amount) => amount.sign() == Ordering::Greater,
            Self::Exact(exact) => exact.compare(Exact::ZERO) == Some(Ordering::Greater),
            Self::Rate(_) | Self::Count(_) | Self::Flag(_) | Self::Word(_) | Self::Code(_) => false,
        }
    }
}

impl Explanation {
    /// Whether the rule comes to more than nothing in full, before anything is rounded.
    pub(super) fn comes_to_something(&self) -> bool {
        self.steps.iter().any(|step| step.result.name == Quantity::InFull && step.result.value.is_something())
    }
}

/// One step of a computation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What was done.
    pub operation: Operation,
    /// With what, in this order.
    pub operands: Vec<Named>,
    /// What came out: an exact decimal.
    pub result: Named,
}

/// What a step does with its operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// Adds them all.
    Add,
    /// Takes the second from the first.
    Subtract,
    /// Multiplies them all, exactly.
    Multiply,
    /// Rounds the only one.
    Round,
    /// Divides the first by the second and rounds the quotient, which may have no end as a decimal.
    DivideAndRound,
    /// Takes the least.
    Minimum,
    /// Takes the greatest.
    Maximum,
    /// Splits the first among the weights that follow the second, by the largest remainder, and takes the part at the place that
    /// the second says, from 1. Where remainders are equal, the earlier place has the minor unit.
    Split,
}

coded! {
    Operation {
        Add => "add",
        Subtract => "subtract",
        Multiply => "multiply",
        Round => "round",
        DivideAndRound => "divide_and_round",
        Minimum => "minimum",
        Maximum => "maximum",
        Split => "split",
    }
}

/// How an amount is rounded to its currency's digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounding {
    /// Where the half goes.
    pub mode: RoundingMode,
    /// How many digits are left after the point.
    pub digits: u32,
}

/// Where the half goes when an amount is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoundingMode {
    /// Away from zero.
    HalfUp,
}

coded! { RoundingMode { HalfUp => "half_up", } }

/// What a value in an explanation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantity {
    /// The sale's number among the partner's (D11).
    Ordinal,
    /// The contract year.
    Year,
    /// The currency's code.
    Currency,
    /// The code of the stage in force at the sale's date (R39).
    Stage,
    /// That stage's margin.
    StageMargin,
    /// Whether a sub-network raises the margin (D15).
    UpliftApplies,
    /// The points by which it does (R45).
    Uplift,
    /// The seller's margin rate.
    SellerMargin,
    /// What the whole annuity comes to.
    Contracted,
    /// What stands of it, after credits and cancellation.
    Standing,
    /// What was invoiced of it.
    Invoiced,
    /// What was collected of it.
    Collected,
    /// The customer's segment.
    Segment,
    /// The customer's country.
    Country,
    /// The partner's place among the promoters that share a rule.
    Position,
    /// How many they are.
    Promoters,
    /// The list or net price of one line.
    Line,
    /// The units of one line.
    Quantity,
    /// The units of all lines that are counted.
    Units,
    /// The amount that stands in the rule.
    FixedAmount,
    /// The amount from which a tier counts.
    TierFrom,
    /// The amount below which it does.
    TierBelow,
    /// The volume that came before the sale.
    VolumeBefore,
    /// That volume with the base on top.
    VolumeAfter,
    /// The part of the base within a tier.
    TierPart,
    /// What a tier comes to.
    TierAmount,
    /// The floor of the rule.
    Floor,
    /// Its cap.
    Cap,
    /// What floor and cap leave.
    Bounded,
    /// What the rule came to in earlier years, before bounds.
    EarlierYears,
    /// What it comes to in all years so far, before bounds.
    YearsSoFar,
    /// What floor and cap leave of all years so far.
    BoundedSoFar,
    /// What they left of earlier years.
    BoundedEarlier,
    /// What the promoters of a sale share.
    Shared,
    /// The weight of one promoter in that.
    Weight,
    /// The lines the rule counts, added up.
    Counted,
    /// What the rate is taken of.
    Base,
    /// The rate.
    Rate,
    /// What would be due for the whole year, before rounding.
    InFull,
    /// What the rule's trigger has come to.
    Reached,
    /// On how many days a year is performed that costs the customer nothing.
    DaysServed,
    /// How many days that year has.
    DaysOfYear,
    /// A product with what was reached, before it is divided by what was contracted.
    Weighted,
    /// The network lines of the year.
    NetworkNet,
    /// What is due at the rate of a buy price, where more is due than that.
    AtBuyPrice,
    /// The lines that were sold inside another partner's protection (R36).
    ProtectedNet,
    /// What was reached of them.
    ProtectedToDate,
    /// The margin, before rounding.
    ExactMargin,
    /// The margin of the whole year.
    Margin,
    /// What is due to date.
    Amount,
}

coded! {
    Quantity {
        Ordinal => "ordinal",
        Year => "year",
        Currency => "currency",
        Stage => "stage",
        StageMargin => "stage_margin",
        UpliftApplies => "uplift_applies",
        Uplift => "uplift",
        SellerMargin => "seller_margin",
        Contracted => "contracted",
        Standing => "standing",
        Invoiced => "invoiced",
        Collected => "collected",
        Segment => "segment",
        Country => "country",
        Position => "position",
        Promoters => "promoters",
        Line => "line",
        Quantity => "quantity",
        Units => "units",
        FixedAmount => "fixed_amount",
        TierFrom => "tier_from",
        TierBelow => "tier_below",
        VolumeBefore => "volume_before",
        VolumeAfter => "volume_after",
        TierPart => "tier_part",
        TierAmount => "tier_amount",
        Floor => "floor",
        Cap => "cap",
        Bounded => "bounded",
        EarlierYears => "earlier_years",
        YearsSoFar => "years_so_far",
        BoundedSoFar => "bounded_so_far",
        BoundedEarlier => "bounded_earlier",
        Shared => "shared",
        Weight => "weight",
        Counted => "counted",
        Base => "base",
        Rate => "rate",
        InFull => "in_full",
        Reached => "reached",
        DaysServed => "days_served",
        DaysOfYear => "days_of_year",
        Weighted => "weighted",
        NetworkNet => "network_net",
        AtBuyPrice => "at_buy_price",
        ProtectedNet => "protected_net",
        ProtectedToDate => "protected_to_date",
        ExactMargin => "exact_margin",
        Margin => "margin",
        Amount => "amount",
    }
}

impl Named {
    pub(super) fn new(name: Quantity, value: impl Into<Value>) -> Self {
        Self { name, value: value.into() }
    }
}

/// What writes down the steps of a computation, or does not: the same code computes amounts alone and amounts with their reasons.
pub(super) trait Record {
    /// Takes one step; it is made only where it is kept.
    fn step(&mut self, operation: Operation, operands: impl FnOnce(&mut Vec<Named>), result: Named);
}

/// Keeps nothing.
pub(super) struct Silent;

impl Record for Silent {
    fn step(&mut self, _: Operation, _: impl FnOnce(&mut Vec<Named>), _: Named) {}
}

impl Record for Vec<Step> {
    fn step(&mut self, operation: Operation, operands: impl FnOnce(&mut Vec<Named>), result: Named) {
        let mut taken = Vec::with_capacity(2);
        operands(&mut taken);
        self.push(Step { operation, operands: taken, result });
    }
}

impl Rounding {
    /// The one rounding there is, at the currency of `amount`.
    pub(super) fn of(amount: Money) -> Self {
        Self { mode: RoundingMode::HalfUp, digits: exponent(amount.currency()) }
    }
}

/// What was known of the sale, by name.
pub(super) fn inputs(facts: &SaleFacts, contracted: Money, uplift: Rate) -> Vec<Named> {
    // Every field is named, so that a new fact breaks the build here, where it must be explained. Lines stand on their own.
    let SaleFacts {
        ordinal,
        currency,
        stage,
        uplift_applies,
        year,
        lines: _,
        standing,
        invoiced,
        collected,
        performed,
        seller_margin,
        customer: CustomerFacts { segment, country },
        place: Place { position, among },
        earlier_years: _,
        volumes_before: _,
    } = facts;
    let mut inputs = Vec::with_capacity(16);
    inputs.extend([
        Named::new(Quantity::Ordinal, *ordinal),
        Named::new(Quantity::Year, *year),
        Named::new(Quantity::Currency, currency.code()),
        Named::new(Quantity::Contracted, contracted),
        Named::new(Quantity::Standing, *standing),
        Named::new(Quantity::Invoiced, *invoiced),
        Named::new(Quantity::Collected, *collected),
        Named::new(Quantity::UpliftApplies, *uplift_applies),
        Named::new(Quantity::Uplift, uplift),
    ]);
    if let Some(stage) = stage {
        inputs.push(Named::new(Quantity::Stage, Arc::<str>::from(stage.code.as_str())));
        inputs.push(Named::new(Quantity::StageMargin, stage.margin));
    }
    inputs.extend(seller_margin.map(|margin| Named::new(Quantity::SellerMargin, margin)));
    inputs.extend(segment.clone().map(|segment| Named::new(Quantity::Segment, segment)));
    inputs.extend(country.map(|country| Named::new(Quantity::Country, country.code())));
    // What has a price is reached by amounts.
    if let (Some(Performed { days, of }), Ordering::Equal) = (performed, contracted.sign()) {
        inputs.extend([Named::new(Quantity::DaysServed, *days), Named::new(Quantity::DaysOfYear, *of)]);
    }
    // Who is alone shares nothing.
    if *among > 1 {
        inputs.extend([Named::new(Quantity::Position, *position), Named::new(Quantity::Promoters, *among)]);
    }
    inputs
}
