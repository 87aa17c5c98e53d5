//! Why an amount is what it is: everything a reader with decimals needs to compute it again (§7.1 of the requirements).

use std::fmt;

use crate::{
    code::coded,
    commission::{AnnuityLine, NotApplied, SaleFacts},
    money::{Money, Rate, exponent},
    network::Rule,
};

/// Why an amount is what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What was known of the sale, by name; what did not exist is left out.
    pub inputs: Vec<Named>,
    /// The rule, as it stands in the terms.
    pub rule: Rule,
    /// The lines that the rule counted, with their positions among the year's lines, from 0.
    pub lines: Vec<(usize, AnnuityLine)>,
    /// What the rate was taken of, for the whole year: an exact decimal, which may have more digits than the currency.
    pub base: String,
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

/// A value by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// What it is.
    pub name: Quantity,
    /// The value: a decimal, a whole number, a code, or `true` and `false`.
    pub value: String,
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
}

coded! {
    Operation {
        Add => "add",
        Subtract => "subtract",
        Multiply => "multiply",
        Round => "round",
        DivideAndRound => "divide_and_round",
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
    /// The list or net price of one line.
    Line,
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
    /// A product with what was reached, before it is divided by what was contracted.
    Weighted,
    /// The network lines of the year.
    NetworkNet,
    /// What was reached of the network lines.
    NetworkToDate,
    /// What was reached of the lines the rate is taken of.
    BaseToDate,
    /// What is due at the rate of a buy price, where more is due than that.
    AtBuyPrice,
    /// The lines that were sold inside another partner's protection (R36).
    ProtectedNet,
    /// What was reached of them.
    ProtectedToDate,
    /// The margin, before rounding.
    ExactMargin,
    /// The margin kept to date.
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
        Line => "line",
        Counted => "counted",
        Base => "base",
        Rate => "rate",
        InFull => "in_full",
        Reached => "reached",
        Weighted => "weighted",
        NetworkNet => "network_net",
        NetworkToDate => "network_to_date",
        BaseToDate => "base_to_date",
        AtBuyPrice => "at_buy_price",
        ProtectedNet => "protected_net",
        ProtectedToDate => "protected_to_date",
        ExactMargin => "exact_margin",
        Margin => "margin",
        Amount => "amount",
    }
}

impl Named {
    pub(super) fn new(name: Quantity, value: impl fmt::Display) -> Self {
        Self { name, value: value.to_string() }
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
    let SaleFacts { ordinal, currency, stage, uplift_applies, year, lines: _, standing, invoiced, collected, seller_margin } =
        facts;
    let mut inputs = vec![
        Named::new(Quantity::Ordinal, ordinal),
        Named::new(Quantity::Year, year),
        Named::new(Quantity::Currency, currency.code()),
        Named::new(Quantity::Contracted, contracted),
        Named::new(Quantity::Standing, standing),
        Named::new(Quantity::Invoiced, invoiced),
        Named::new(Quantity::Collected, collected),
        Named::new(Quantity::UpliftApplies, uplift_applies),
        Named::new(Quantity::Uplift, uplift),
    ];
    if let Some(stage) = stage {
        inputs.push(Named::new(Quantity::Stage, &stage.code));
        inputs.push(Named::new(Quantity::StageMargin, stage.margin));
    }
    if let Some(margin) = seller_margin {
        inputs.push(Named::new(Quantity::SellerMargin, margin));
    }
    inputs
}

/// An exact decimal of 0 or more that only multiplies, so that a product of amounts and rates can be shown with all its digits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exact {
    mantissa: i128,
    digits: u32,
}

impl From<Money> for Exact {
    fn from(amount: Money) -> Self {
        Self { mantissa: i128::from(amount.minor()), digits: exponent(amount.currency()) }
    }
}

impl From<Rate> for Exact {
    fn from(rate: Rate) -> Self {
        Self { mantissa: i128::from(rate.ppm()), digits: 6 }
    }
}

impl Exact {
    pub(super) fn checked_mul(self, other: Self) -> Option<Self> {
        Some(Self { mantissa: self.mantissa.checked_mul(other.mantissa)?, digits: self.digits.checked_add(other.digits)? })
    }
}

/// All its digits but trailing zeros: `179.982`.
impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fraction = String::new();
        let mut rest = self.mantissa.unsigned_abs();
        for _ in 0..self.digits {
            let digit = rest.checked_rem(10).and_then(|digit| u32::try_from(digit).ok());
            fraction.extend(digit.and_then(|digit| char::from_digit(digit, 10)));
            rest = rest.checked_div(10).unwrap_or(0);
        }
        let fraction: String = fraction.chars().rev().collect();
        let fraction = fraction.trim_end_matches('0');
        if fraction.is_empty() { write!(f, "{rest}") } else { write!(f, "{rest}.{fraction}") }
    }
}
