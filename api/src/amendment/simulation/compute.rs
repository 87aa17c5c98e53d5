//! What an amendment would change: every past sale that it reaches, counted as posting counts it, once more by its terms.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{
    id::{AttributionId, ContractId, MasterId},
    ledger::{EntryState, Standing},
    money::Money,
};
use persistence::{
    amendment::{self as store, Amendment, Come, Reached},
    db::{Conn, Tx},
    ledger, network,
    sale::{self, Annuity},
    view::View,
};
use uuid::Uuid;

use super::wire::NewSimulation;
use crate::{
    access::Caller,
    amendment::{
        commands::reached_by,
        uncountable::{violations, why},
    },
    calendar,
    ledger::{
        contract_year::{ContractYear, CountedBy, too_large},
        explanation::{ExplainedTerms, Explanation},
        posting::{Due, evaluate},
    },
    network::{definition::TermsDocument, read},
    problem::{Problem, Violation},
    wire,
};

/// The most sales that one simulation is about.
const SALES_MAX: i64 = 5_000;
/// How many sales are found at once.
const SALES_AT_ONCE: i64 = 200;

/// What an amendment would change, as it was found.
pub(super) struct Found {
    pub(super) amendment: Amendment,
    pub(super) sales: i32,
    pub(super) left_out: i32,
    pub(super) differences: Vec<FoundDifference>,
}

/// A difference that has no id yet.
pub(super) struct FoundDifference {
    pub(super) difference: store::Difference,
    pub(super) explanation: Explanation,
}

/// Finds what an amendment would change of the sales of the caller's master that were signed in the days asked for.
pub(super) fn compute(tx: &mut Tx<'_>, caller: &Caller, new: &NewSimulation) -> Result<Found, Problem> {
    let NewSimulation { amendment_id, signed_from, signed_to } = new;
    let mut violations = Vec::new();
    if signed_from > signed_to {
        violations.push(Violation::at("/signed_to", "ends_before_start").with("start", signed_from));
    }
    let amendment = match wire::id(amendment_id, "/amendment_id") {
        Ok(id) => store::find(tx.conn, caller.network, id)?,
        Err(_) => None,
    };
    let Some(amendment) = amendment else {
        violations.push(Violation::at("/amendment_id", "unknown_amendment"));
        return Err(Problem::invalid(violations));
    };
    let master = caller.company.master().ok_or_else(Problem::not_found)?;
    let version = would_count(tx.conn, &amendment)?;
    let reached = Reached {
        from: *signed_from,
        to: Some(*signed_to),
        master: Some(master),
        ..reached_by(&amendment, version.named.version)
    };
    let sales = store::count_reached(tx.conn, &reached)?;
    if sales > SALES_MAX {
        violations.push(Violation::at("/signed_to", "too_many_sales").with("sales", sales).with("limit", SALES_MAX));
    }
    if !violations.is_empty() {
        return Err(Problem::invalid(violations));
    }
    let now = tx.now()?;
    let today = calendar::today(tx.conn, amendment.network, master, now)?;
    let mut simulated = Simulated { view: caller.view(), version, today };
    let differences = simulated.all(tx.conn, &reached)?;
    let left_out = store::count_special(tx.conn, &reached)?;
    let count = |count: i64| i32::try_from(count).map_err(|_| too_large());
    Ok(Found { amendment, sales: count(sales)?, left_out: count(left_out)?, differences })
}

/// The version that the amendment became, or would become.
pub(in super::super) fn would_count(conn: &mut Conn, amendment: &Amendment) -> Result<CountedBy, Problem> {
    if let Some(id) = amendment.terms {
        let version = network::find_terms(conn, id)?;
        return CountedBy::of(conn, &version.ok_or_else(|| Problem::internal(format!("no {id}")))?);
    }
    let document: TermsDocument = read(&amendment.document)?;
    let faulty = |faults| Problem::internal(format!("{}: {faults:?}", amendment.id));
    let of_type = network::find_type(conn, amendment.network, amendment.type_id)?;
    let of_type = of_type.ok_or_else(|| Problem::internal(format!("{}: no type", amendment.id)))?;
    let last = network::terms_of(conn, amendment.type_id)?.last().map_or(0, |last| last.number);
    let named = ExplainedTerms { id: amendment.id.to_string(), version: last.saturating_add(1), partnership_type: of_type.code };
    Ok(CountedBy::new(named, document.as_kept().map_err(faulty)?))
}

/// What is simulated, for whom and when.
struct Simulated {
    view: View,
    version: CountedBy,
    today: NaiveDate,
}

impl Simulated {
    /// What would change in all of the sales; every sale that cannot be counted is named.
    fn all(&mut self, conn: &mut Conn, reached: &Reached) -> Result<Vec<FoundDifference>, Problem> {
        let (mut found, mut uncountable, mut after) = (Vec::new(), Vec::new(), None);
        loop {
            let sales = store::reached_between(conn, reached, after, SALES_AT_ONCE)?;
            let Some((last, _)) = sales.last_key_value() else { break };
            after = Some(*last);
            for (sale, places) in &sales {
                if let Err(problem) = self.sale(conn, *sale, places, &mut found) {
                    uncountable.push((*sale, why(&problem).ok_or(problem)?));
                }
            }
        }
        if uncountable.is_empty() { Ok(found) } else { Err(Problem::invalid(violations(&uncountable))) }
    }

    /// What would change in one sale.
    fn sale(
        &mut self,
        conn: &mut Conn,
        sale: ContractId,
        places: &[AttributionId],
        found: &mut Vec<FoundDifference>,
    ) -> Result<(), Problem> {
        for annuity in sale::annuities_of(conn, sale)? {
            self.year(conn, &annuity, places, found)?;
        }
        Ok(())
    }

    /// What would change in one contract year.
    fn year(
        &mut self,
        conn: &mut Conn,
        annuity: &Annuity,
        places: &[AttributionId],
        found: &mut Vec<FoundDifference>,
    ) -> Result<(), Problem> {
        let mut year = ContractYear::load(conn, annuity)?;
        year.count_by(conn, places, &mut self.version)?;
        let posted = ledger::posted_on(conn, annuity.id)?;
        let evaluated = evaluate(conn, &year)?;
        let mut come = None;
        for evaluated in &evaluated {
            for due in evaluated.dues(&year, &posted)? {
                let before = due.posted();
                if before == due.entitled {
                    continue;
                }
                let come = match &mut come {
                    Some(come) => come,
                    none => none.insert(self.come(conn, annuity)?),
                };
                let nothing = Money::zero(annuity.currency);
                let none = Come { accrued: nothing, held: nothing, payable: nothing, stated: nothing, paid: nothing };
                let key = (due.place.attribution.id, due.rule.to_owned());
                found.push(difference(annuity, &due, before, come.get(&key).copied().unwrap_or(none))?);
            }
        }
        Ok(())
    }

    /// How far that what was posted in a contract year has come, for each place and rule.
    fn come(&self, conn: &mut Conn, annuity: &Annuity) -> Result<BTreeMap<(AttributionId, String), Come>, Problem> {
        let nothing = Money::zero(annuity.currency);
        let none = Come { accrued: nothing, held: nothing, payable: nothing, stated: nothing, paid: nothing };
        let mut by_rule: BTreeMap<(AttributionId, String), Come> = BTreeMap::new();
        for posted in ledger::entries_on(conn, &self.view, annuity.id)? {
            let ledger::PostedEntry { entry, stated, paid, .. } = posted;
            let Some(of_sale) = entry.sale else { continue };
            let partner = domain::id::CompanyId::Partner(entry.partner);
            let adds = entry.movement.kind().is_partners() == (entry.movement.parties().creditor() == partner);
            let standing = Standing { dated_on: entry.dated_on, payable_on: entry.payable_on, stated, paid };
            let come = by_rule.entry((of_sale.attribution, entry.rule.clone())).or_insert(none);
            let part = match EntryState::on(self.today, standing) {
                EntryState::Accrued => &mut come.accrued,
                EntryState::Held => &mut come.held,
                EntryState::Payable => &mut come.payable,
                EntryState::Stated => &mut come.stated,
                EntryState::Paid => &mut come.paid,
            };
            let amount = entry.movement.amount();
            let sum = if adds { part.checked_add(amount) } else { part.checked_sub(amount) };
            *part = sum.ok_or_else(too_large)?;
        }
        Ok(by_rule)
    }
}

fn difference(annuity: &Annuity, due: &Due<'_>, before: Money, come: Come) -> Result<FoundDifference, Problem> {
    let more = due.entitled.checked_sub(before).and_then(Money::checked_abs).ok_or_else(too_large)?;
    let place = &due.place.attribution;
    let difference = store::Difference {
        // Given when it is kept.
        id: domain::id::SimulatedDifferenceId::from_uuid(Uuid::nil()),
        contract: annuity.contract,
        annuity: annuity.id,
        attribution: place.id,
        partner: place.partner,
        counterparty: place.payer,
        rule: due.rule.to_owned(),
        kind: due.kind,
        before,
        after: due.entitled,
        come,
        explanation: String::new(),
    };
    Ok(FoundDifference { difference, explanation: due.explanation(String::new(), more, before, None)? })
}

/// The master whose sales the caller may simulate.
pub(super) fn own_master(caller: &Caller) -> Result<MasterId, Problem> {
    caller.company.master().ok_or_else(Problem::not_found)
}
