//! Sales that an amendment's terms cannot count: found before it is simulated or approved, and told by their names.

use domain::{
    amendment::{AmendmentState, Reach, Uncountable, UncountableReason},
    id::{AmendmentId, AttributionId, ContractId},
};
use persistence::{
    amendment::{self as store, Reached},
    db::{Conn, Tx},
    ledger, sale,
};

use super::{commands::reached_by, simulation::would_count};
use crate::{
    access::Caller,
    ledger::{
        contract_year::{ContractYear, CountedBy},
        posting::evaluate,
    },
    problem::{Code, Problem, Violation},
};

/// How many sales are counted on trial before an amendment is approved: those beyond are met when they are counted.
const SALES_MAX: i64 = 5_000;
/// How many of the sales that cannot be counted are named at most.
const NAMED_MAX: usize = 100;

/// What keeps a sale from being counted, of what came of counting it; none where the database was away, which says nothing of the sale.
pub(super) fn why(problem: &Problem) -> Option<Uncountable> {
    if problem.code() == Code::Unavailable {
        return None;
    }
    let of = |code: &'static str| problem.errors().iter().filter(move |violation| violation.code == code);
    let rules = of("no_stage_in_force").flat_map(|violation| &violation.params);
    let rules: Vec<String> = rules.filter(|(name, _)| *name == "rule").map(|(_, rule)| rule.clone()).collect();
    let reason = match (rules.is_empty(), of("amounts_too_large").next()) {
        (false, _) => UncountableReason::NoStageInForce,
        (true, Some(_)) => UncountableReason::AmountsTooLarge,
        (true, None) => UncountableReason::Failed,
    };
    Some(Uncountable { reason, rules })
}

/// What a sale that cannot be counted says of itself: the code of its text, and what that needs to know.
pub(super) fn told(sale: ContractId, why: &Uncountable) -> Violation {
    let (code, rule) = match why.reason {
        UncountableReason::NoStageInForce => ("sale_without_stage", Some("R39")),
        UncountableReason::AmountsTooLarge => ("sale_amounts_too_large", Some("D12")),
        UncountableReason::Failed => ("sale_not_countable", None),
    };
    Violation { rule: rule.map(Into::into), ..Violation::at("", code).with("sale", sale).with("rules", why.rules.join(", ")) }
}

/// What is told of the sales that cannot be counted: the first of them, where they are many.
pub(super) fn violations(found: &[(ContractId, Uncountable)]) -> Vec<Violation> {
    found.iter().take(NAMED_MAX).map(|(sale, why)| told(*sale, why)).collect()
}

/// The sales that the terms of a proposed amendment reach and cannot count. Nothing is written by it.
///
/// # Errors
/// Those of the database.
pub(super) fn of_proposed(tx: &mut Tx<'_>, caller: &Caller, id: AmendmentId) -> Result<Vec<(ContractId, Uncountable)>, Problem> {
    let found = store::find(tx.conn, caller.network, id)?.filter(|amendment| amendment.state == AmendmentState::Proposed);
    let Some(amendment) = found.filter(|amendment| amendment.reach == Reach::ExistingAgreements) else { return Ok(Vec::new()) };
    let mut version = would_count(tx.conn, &amendment)?;
    let reached = reached_by(&amendment, version.named.version);
    among(tx.conn, &reached, &mut version)
}

fn among(conn: &mut Conn, reached: &Reached, version: &mut CountedBy) -> Result<Vec<(ContractId, Uncountable)>, Problem> {
    let mut uncountable = Vec::new();
    for (sale, places) in store::reached_between(conn, reached, None, SALES_MAX)? {
        if let Err(problem) = count(conn, (sale, &places), version) {
            uncountable.push((sale, why(&problem).ok_or(problem)?));
        }
    }
    Ok(uncountable)
}

/// Counts a sale by a version, with all of its contract years, and forgets what it comes to.
fn count(conn: &mut Conn, (sale, places): (ContractId, &[AttributionId]), version: &mut CountedBy) -> Result<(), Problem> {
    for annuity in sale::annuities_of(conn, sale)? {
        let mut year = ContractYear::load(conn, &annuity)?;
        year.count_by(conn, places, version)?;
        let posted = ledger::posted_on(conn, annuity.id)?;
        for evaluated in &evaluate(conn, &year)? {
            evaluated.dues(&year, &posted)?;
        }
    }
    Ok(())
}
