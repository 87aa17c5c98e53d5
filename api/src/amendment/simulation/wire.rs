//! The JSON of simulations.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{id::PartnerId, ledger::EntryKind, money::Money as Amount};
use persistence::amendment as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    ledger::{explanation::Explanation, wire::LedgerEntryKind},
    pages,
    problem::Problem,
    wire::{Company, Money},
    write::Resource,
};

/// What an amendment would change of the sales of some days, as it was on the day it was made. It never changes; made again, it is
/// another one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Simulation {
    /// Its id.
    #[schema(example = "simulation_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The amendment.
    #[schema(example = "amendment_01h2xcejqtf2nbrexx3vqjhp41")]
    pub amendment_id: String,
    /// The master whose sales it is about.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub master_id: String,
    /// The first day of signing of the sales that it is about.
    pub signed_from: NaiveDate,
    /// The last one.
    pub signed_to: NaiveDate,
    /// How many sales of these days would be counted by the amendment.
    #[schema(minimum = 0, example = 120)]
    pub sales: i32,
    /// How many sales of the type and of these days would not, since they were made under special terms (R2).
    #[schema(minimum = 0, example = 3)]
    pub left_out: i32,
    /// What the differences come to for each rule and currency.
    pub rules: Vec<SimulatedRule>,
    /// Who made it.
    #[schema(example = "user_01h2xcejqtf2nbrexx3vqjhp41")]
    pub made_by: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl Resource for Simulation {
    fn version(&self) -> Option<i64> {
        Some(1)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/simulations/{}", self.id))
    }
}

pages!(SimulationPage of Simulation);

/// What some amounts are, and would be.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SimulatedAmounts {
    /// What they are for.
    pub kind: LedgerEntryKind,
    /// What was posted.
    pub before: Money,
    /// What would be due to date.
    pub after: Money,
    /// `after` less `before`: below nothing where less would be due.
    pub difference: Money,
    /// The part of `before` that is dated into the next open period.
    pub accrued: Money,
    /// The part of it that waits for its day.
    pub held: Money,
    /// The part of it that is payable.
    pub payable: Money,
    /// The part of it that stands on closed statements.
    pub stated: Money,
    /// The part of it that is paid.
    pub paid: Money,
}

impl SimulatedAmounts {
    fn of(kind: EntryKind, before: Amount, after: Amount, come: store::Come) -> Result<Self, Problem> {
        let store::Come { accrued, held, payable, stated, paid } = come;
        Ok(Self {
            kind: kind.into(),
            before: before.into(),
            after: after.into(),
            difference: difference(before, after)?.into(),
            accrued: accrued.into(),
            held: held.into(),
            payable: payable.into(),
            stated: stated.into(),
            paid: paid.into(),
        })
    }
}

fn difference(before: Amount, after: Amount) -> Result<Amount, Problem> {
    after.checked_sub(before).ok_or_else(|| Problem::internal("a simulated difference"))
}

/// What a simulation comes to for a rule, in one currency.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SimulatedRule {
    /// The rule's code.
    #[schema(example = "commission")]
    pub rule: String,
    /// The amounts.
    #[serde(flatten)]
    pub amounts: SimulatedAmounts,
}

impl Simulation {
    /// The simulation with what it comes to for each rule.
    ///
    /// # Errors
    /// `internal_error` for amounts that cannot be subtracted.
    pub(super) fn of(simulation: store::Simulation, rules: Vec<store::TotalOfRule>) -> Result<Self, Problem> {
        let store::Simulation {
            id,
            network: _,
            master,
            amendment,
            signed_from,
            signed_to,
            sales,
            left_out,
            made_by,
            recorded_at,
        } = simulation;
        let rule = |total: store::TotalOfRule| {
            let store::TotalOfRule { rule, kind, before, after, come } = total;
            Ok(SimulatedRule { rule, amounts: SimulatedAmounts::of(kind, before, after, come)? })
        };
        Ok(Self {
            id: id.to_string(),
            amendment_id: amendment.to_string(),
            master_id: master.to_string(),
            signed_from,
            signed_to,
            sales,
            left_out,
            rules: rules.into_iter().map(rule).collect::<Result<_, Problem>>()?,
            made_by,
            created_at: recorded_at,
        })
    }
}

/// What a partner would gain and lose.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SimulatedTotal {
    /// The partner.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// With each company and in each currency: two currencies are never added.
    pub gains: Vec<SimulatedGain>,
}

/// What a partner would gain with one company, in one currency.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SimulatedGain {
    /// The company that owes the partner, or that it owes.
    pub counterparty: Company,
    /// What it would gain: more that it is owed, and less that it owes. Below nothing where it would lose.
    pub gain: Money,
    /// The amounts, one for each kind.
    pub amounts: Vec<SimulatedAmounts>,
}

pages!(SimulatedTotalPage of SimulatedTotal);

/// The rows of some partners, put together.
pub(super) fn totals(rows: Vec<store::TotalOfPartner>) -> Result<Vec<(PartnerId, SimulatedTotal)>, Problem> {
    let mut totals: Vec<(PartnerId, SimulatedTotal)> = Vec::new();
    for store::TotalOfPartner { partner, counterparty, kind, before, after, come } in rows {
        if totals.last().is_none_or(|(known, _)| *known != partner) {
            totals.push((partner, SimulatedTotal { partner_id: partner.to_string(), gains: Vec::new() }));
        }
        let Some((_, total)) = totals.last_mut() else { continue };
        let more = if kind.is_partners() { difference(before, after) } else { difference(after, before) }?;
        let (amounts, company) = (SimulatedAmounts::of(kind, before, after, come)?, Company::from(counterparty));
        let same = |it: &SimulatedGain| it.counterparty == company && it.gain.currency == more.currency().code();
        match total.gains.iter_mut().find(|it| same(it)) {
            Some(known) => {
                let gain = known.gain.read("").map_err(|_| Problem::internal("a simulated gain"))?;
                known.gain = gain.checked_add(more).ok_or_else(|| Problem::internal("a simulated gain"))?.into();
                known.amounts.push(amounts);
            }
            None => total.gains.push(SimulatedGain { counterparty: company, gain: more.into(), amounts: vec![amounts] }),
        }
    }
    Ok(totals)
}

/// What an amendment would change of one rule's amount in one contract year.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SimulatedDifference {
    /// Its id.
    #[schema(example = "simulated_difference_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The sale.
    #[schema(example = "contract_01h2xcejqtf2nbrexx3vqjhp41")]
    pub contract_id: String,
    /// The contract year's annuity.
    #[schema(example = "annuity_01h2xcejqtf2nbrexx3vqjhp41")]
    pub annuity_id: String,
    /// The partner.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// The company that owes the partner, or that it owes.
    pub counterparty: Company,
    /// The rule's code.
    #[schema(example = "commission")]
    pub rule: String,
    /// The amounts.
    #[serde(flatten)]
    pub amounts: SimulatedAmounts,
    /// Why that much would be due to date: `ledger_entry_id` is this difference, `amount` the difference without its sign, and where
    /// the amendment is not published, `terms.id` is the amendment.
    pub explanation: Explanation,
}

impl Resource for SimulatedDifference {
    fn version(&self) -> Option<i64> {
        Some(1)
    }
}

pages!(SimulatedDifferencePage of SimulatedDifference);

impl SimulatedDifference {
    /// The difference with its explanation.
    ///
    /// # Errors
    /// `internal_error` when what is kept cannot be read.
    pub(super) fn of(found: store::Difference) -> Result<Self, Problem> {
        let store::Difference {
            id,
            contract,
            annuity,
            attribution: _,
            partner,
            counterparty,
            rule,
            kind,
            before,
            after,
            come,
            explanation,
        } = found;
        let unreadable = |error: serde_json::Error| Problem::internal(format!("{id}: {error}"));
        Ok(Self {
            id: id.to_string(),
            contract_id: contract.to_string(),
            annuity_id: annuity.to_string(),
            partner_id: partner.to_string(),
            counterparty: counterparty.into(),
            rule,
            amounts: SimulatedAmounts::of(kind, before, after, come)?,
            explanation: serde_json::from_str(&explanation).map_err(unreadable)?,
        })
    }
}

/// What to simulate.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSimulation {
    /// The amendment.
    #[schema(pattern = "^amendment_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "amendment_01h2xcejqtf2nbrexx3vqjhp41")]
    pub amendment_id: String,
    /// The first day of signing of the sales that it is about, whatever the amendment's own day.
    pub signed_from: NaiveDate,
    /// The last one.
    pub signed_to: NaiveDate,
}

/// Which simulations are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SimulationFilters {
    /// Those of an amendment.
    #[param(
        pattern = "^amendment_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "amendment_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub amendment_id: Option<String>,
}

/// Which differences are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SimulatedDifferenceFilters {
    /// Those of a partner.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
}

/// How a list without an order of change is paged.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the parameters; `Paging` reads them")]
pub struct SimulatedQuery {
    /// How many rows at most.
    #[param(minimum = 1, maximum = 200, default = 50, nullable = false)]
    limit: Option<i64>,
    /// The cursor of the page before, from its `next`.
    #[param(
        min_length = 1,
        max_length = 400,
        pattern = "^[A-Za-z0-9_-]+$",
        example = "eyJpZCI6IjAxOTNkNWQ4In0",
        nullable = false
    )]
    after: Option<String>,
}
