//! The JSON of lines, the same in proposals and contracts.

use std::collections::BTreeMap;

use domain::{
    network::{Duties, Duty, Side as DutySide},
    sale::{LineDraft, annuity_lines},
};
use persistence::sale as store;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    network::definition::{ItemKind, Period, Side},
    wire::Money,
};

/// A line: one catalogue item with its prices and duties.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Line {
    /// Its id.
    #[schema(example = "line_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The catalogue item.
    #[schema(example = "item_01h2xcejqtf2nbrexx3vqjhp41")]
    pub item_id: String,
    /// Whose item it is (R4).
    pub kind: ItemKind,
    /// What the prices are for.
    pub period: Period,
    /// How many units.
    #[schema(example = 1)]
    pub quantity: u32,
    /// The list price of one unit for one period, net of tax.
    pub list_price: Money,
    /// The price of one unit for one period after discount, net of tax.
    pub net_price: Money,
    /// Who has each duty on the line (R53).
    pub duties: LineDuties,
}

impl From<store::Line> for Line {
    fn from(line: store::Line) -> Self {
        let store::Line { id, item_id, kind, item_code: _, product_line: _, period, quantity, list, net, duties } = line;
        Self {
            id: id.to_string(),
            item_id: item_id.to_string(),
            kind: kind.into(),
            period: period.into(),
            quantity,
            list_price: list.into(),
            net_price: net.into(),
            duties: (&duties).into(),
        }
    }
}

/// Who has each duty on a line (R53, R88): the partner of the sale, or the master.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LineDuties {
    /// Contracts the customer.
    pub contracting: Side,
    /// Bills the customer.
    pub billing: Side,
    /// Starts the customer up.
    pub start_up: Side,
    /// Integrates.
    pub integration: Side,
    /// Trains.
    pub training: Side,
    /// Answers the customer's questions.
    pub support: Side,
    /// Evolutive maintenance: new versions. Always the master's on network lines (R80).
    pub maintenance: Side,
}

impl From<&Duties> for LineDuties {
    fn from(duties: &Duties) -> Self {
        let side = |duty| duties.get(&duty).copied().unwrap_or(DutySide::Master).into();
        Self {
            contracting: side(Duty::Contracting),
            billing: side(Duty::Billing),
            start_up: side(Duty::StartUp),
            integration: side(Duty::Integration),
            training: side(Duty::Training),
            support: side(Duty::Support),
            maintenance: side(Duty::Maintenance),
        }
    }
}

/// The duties that a line gives to another side than the terms of the agreement do. The terms say which sides may have each.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DutyOverrides {
    /// Contracts the customer.
    #[schema(nullable = false)]
    pub contracting: Option<Side>,
    /// Bills the customer.
    #[schema(nullable = false)]
    pub billing: Option<Side>,
    /// Starts the customer up.
    #[schema(nullable = false)]
    pub start_up: Option<Side>,
    /// Integrates.
    #[schema(nullable = false)]
    pub integration: Option<Side>,
    /// Trains.
    #[schema(nullable = false)]
    pub training: Option<Side>,
    /// Answers the customer's questions.
    #[schema(nullable = false)]
    pub support: Option<Side>,
    /// Evolutive maintenance: new versions.
    #[schema(nullable = false)]
    pub maintenance: Option<Side>,
}

impl From<DutyOverrides> for BTreeMap<Duty, DutySide> {
    fn from(overrides: DutyOverrides) -> Self {
        let DutyOverrides { contracting, billing, start_up, integration, training, support, maintenance } = overrides;
        let named = [
            (Duty::Contracting, contracting),
            (Duty::Billing, billing),
            (Duty::StartUp, start_up),
            (Duty::Integration, integration),
            (Duty::Training, training),
            (Duty::Support, support),
            (Duty::Maintenance, maintenance),
        ];
        named.into_iter().filter_map(|(duty, side)| Some((duty, side?.into()))).collect()
    }
}

/// A line to offer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLine {
    /// The catalogue item.
    #[schema(pattern = "^item_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "item_01h2xcejqtf2nbrexx3vqjhp41")]
    pub item_id: String,
    /// What the price is for: one of the periods that the item has a list price for.
    pub period: Period,
    /// How many units.
    #[schema(minimum = 1, maximum = 1_000_000, example = 1)]
    pub quantity: u32,
    /// The price of one unit for one period after discount, net of tax. Left out: the list price of the day.
    #[serde(default)]
    #[schema(nullable = false)]
    pub net_price: Option<Money>,
    /// The duties that this line gives to another side than the terms do (R53).
    #[serde(default)]
    pub duties: DutyOverrides,
}

/// What lines come to in one contract year: unit prices × quantity × 12 for a monthly price, × 1 for a yearly one; what is
/// paid once counts in the first year only (D12).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct YearAmounts {
    /// At list prices, net of tax.
    pub list: Money,
    /// After discounts: what the customer pays, net of tax.
    pub contracted: Money,
}

impl YearAmounts {
    /// What `lines` come to in the `year`th contract year; none for amounts that cannot be held.
    pub(crate) fn of(lines: &[store::Line], year: u32) -> Option<Self> {
        let (list, contracted) = year_amounts(lines, lines.first()?.net.currency(), year)?;
        Some(Self { list: list.into(), contracted: contracted.into() })
    }
}

/// The list and the net amount of `lines` in the `year`th contract year.
pub(crate) fn year_amounts<'l>(
    lines: impl IntoIterator<Item = &'l store::Line>,
    currency: domain::money::Currency,
    year: u32,
) -> Option<(domain::money::Money, domain::money::Money)> {
    let drafts: Vec<LineDraft> = lines.into_iter().map(store::Line::draft).collect();
    let due = annuity_lines(&drafts, year)?;
    let sum = |amounts: Vec<domain::money::Money>| domain::money::Money::sum(amounts, currency);
    Some((sum(due.iter().map(|line| line.list).collect())?, sum(due.iter().map(|line| line.net).collect())?))
}
