//! Where the money of one year of a sale goes, in both directions (§7.4 of the requirements, R15, R45, R46).

use std::cmp::Ordering;

use crate::{
    commission::{FactsFault, RuleAmount, SaleFacts, rule_set::RuleSet, year::Year},
    ledger::EntryKind,
    money::{Decimal, Money, divide_half_up},
    network::{ItemKind, RuleKind, RuleRate, Terms},
};

/// Where the money of one contracted year of a sale goes, for the partner that contracted the customer.
///
/// It always adds up: `customer_total = share_due + margin_kept + own_lines + other_lines`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// What the customer pays for the year.
    pub customer_total: Money,
    /// The network lines of it.
    pub network_net: Money,
    /// What the partner owes its master: the share (R15), or an affiliate's buy price (R55).
    pub share_due: Money,
    /// What the partner keeps of the network lines. A buy price is taken of list prices, so an affiliate that gave a deep
    /// discount may keep less than nothing.
    pub margin_kept: Money,
    /// The partner's own lines, retained whole (R42, R43).
    pub own_lines: Money,
    /// Complementary lines (R4): they are no network lines, of which alone a share is owed (R15 to R17), so they stay on the seller's
    /// side, which settles with whoever provides them, a master too.
    pub other_lines: Money,
    /// All that the partner keeps: margin, own and other lines.
    pub kept: Money,
    /// What the partner pays its promoters for the year (R47).
    pub promoter_commissions: Money,
    /// The part of the margin that the sub-network brought (R45, D15).
    pub uplift_amount: Money,
    /// Which part of the promoters' commissions the uplift offsets (R46), to six digits; more than 1 when it is more than they
    /// cost, and `None` when they cost nothing.
    pub offset_ratio: Option<Decimal>,
}

/// The whole, in parts per million.
const PPM: i128 = 1_000_000;

/// Settles one whole year of a sale, whatever was invoiced or collected of it. `None` where the terms have neither a margin nor
/// a buy price: their partner contracts no customer, and the money is the master's.
///
/// # Errors
/// Every [`FactsFault`] at once.
pub fn settle(facts: &SaleFacts, terms: &Terms, promoter_commissions: Money) -> Result<Option<Settlement>, Vec<FactsFault>> {
    if promoter_commissions.currency() != facts.currency {
        let mut faults = facts.check().err().unwrap_or_default();
        faults.push(FactsFault::PromoterCurrency { found: promoter_commissions.currency() });
        return Err(faults);
    }
    let (set, customer_total) = (RuleSet::of(terms), facts.check()?);
    let (standing, invoiced, collected) = (customer_total, customer_total, customer_total);
    let whole = SaleFacts { standing, invoiced, collected, performed: None, ..facts.clone() };
    let mut amounts = Vec::new();
    set.amounts(&whole, &mut amounts)?;
    if !terms.rules.iter().any(|rule| rule.kind != RuleKind::Commission) {
        return Ok(None);
    }
    let to_master = set.rules().iter().zip(&amounts).filter(|(it, _)| it.entry != EntryKind::Commission);
    let to_master = to_master.filter_map(|(_, amount)| match amount {
        RuleAmount::Due { amount, margin_kept: _ } => Some(*amount),
        RuleAmount::Nothing(_) => None,
    });
    let settled = Money::sum(to_master, facts.currency)
        .and_then(|share_due| divide(&Year::new(&set, &whole, customer_total), &set, share_due, promoter_commissions));
    settled.map(Some).ok_or_else(|| vec![FactsFault::OutOfRange])
}

fn divide(year: &Year<'_>, set: &RuleSet, share_due: Money, promoters: Money) -> Option<Settlement> {
    let (facts, customer_total) = (year.facts, year.contracted);
    let net_of = |counted: fn(ItemKind) -> bool| {
        Money::sum(facts.lines.iter().filter(|line| counted(line.kind)).map(|line| line.net), facts.currency)
    };
    let network_net = net_of(ItemKind::is_network)?;
    let own_lines = net_of(ItemKind::is_partners)?;
    let other_lines = net_of(|kind| !kind.is_network() && !kind.is_partners())?;
    let uplift_amount = match set.margin().filter(|margin| margin.rule.rate == RuleRate::OfStage) {
        Some(margin) => year.sum(margin, |line| year.counts(margin, line))?.proportion(i128::from(year.uplift().ppm()), PPM)?,
        None => Money::zero(facts.currency),
    };
    Some(Settlement {
        customer_total,
        network_net,
        share_due,
        margin_kept: network_net.checked_sub(share_due)?,
        own_lines,
        other_lines,
        kept: customer_total.checked_sub(share_due)?,
        promoter_commissions: promoters,
        uplift_amount,
        offset_ratio: match promoters.sign() {
            Ordering::Greater => Some(offset_ratio(uplift_amount, promoters)?),
            Ordering::Equal | Ordering::Less => None,
        },
    })
}

/// Which part of promoters' commissions an uplift offsets (R46), to six digits. `None` where they are nothing.
#[must_use]
pub fn offset_ratio(uplift: Money, commissions: Money) -> Option<Decimal> {
    let parts_per_million = divide_half_up(i128::from(uplift.minor()).checked_mul(PPM)?, i128::from(commissions.minor()))?;
    Decimal::try_from_i128_with_scale(parts_per_million, 6).ok().map(|ratio| ratio.normalize())
}
