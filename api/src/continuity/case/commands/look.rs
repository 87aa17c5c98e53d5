//! What is seen of a case before and while it is carried out.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::{
    id::{CompanyId, ContinuityCaseId, ContractId, CustomerId},
    ledger::{PeriodDays, Responsible, by_service_period},
    money::{Currency, Money},
};
use persistence::{
    continuity::{self as store, Plan},
    db::Tx,
};

use super::{
    super::wire::{
        ContinuityCasePage, ContinuityFilters, ContinuityHolding, ContinuityHoldingFilter, ContinuityHoldingKind,
        ContinuityHoldingPage, ContinuityMoney, ContinuityMove, ContinuityMovePage, ContinuityPreview, ContinuityShare,
    },
    plan, shown,
};
use crate::{access::Caller, calendar, extract::Paging, ledger::contract_year::too_large, problem::Problem, wire::filter_id};

/// Lists the cases that the caller may see.
pub(crate) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &ContinuityFilters,
    paging: &Paging,
) -> Result<ContinuityCasePage, Problem> {
    let ContinuityFilters { partner_id, state } = filters;
    let filters = store::CaseFilters { partner: filter_id("partner_id", partner_id.as_ref())?, state: state.map(Into::into) };
    let found = store::page_cases(tx.conn, &caller.view(), &filters, &paging.page())?;
    let (cases, next) = paging.cut(found, |case| (case.id.uuid(), case.updated_at));
    let data: Result<_, Problem> = cases.into_iter().map(|case| shown(tx.conn, case)).collect();
    Ok(ContinuityCasePage { data: data?, next })
}

fn find(tx: &mut Tx<'_>, caller: &Caller, id: ContinuityCaseId) -> Result<store::Case, Problem> {
    store::find_case(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)
}

/// Lists what hangs on the partner.
pub(crate) fn holdings(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: ContinuityCaseId,
    filter: &ContinuityHoldingFilter,
    paging: &Paging,
) -> Result<ContinuityHoldingPage, Problem> {
    let case = find(tx, caller, id)?;
    let kind = filter.kind.unwrap_or(ContinuityHoldingKind::Customer);
    let found = store::page_holdings(tx.conn, case.partner, kind.into(), &paging.page())?;
    let (found, next) = paging.cut(found, |holding| (holding.id, holding.updated_at));
    let of_customers: Vec<CustomerId> = found.iter().filter_map(|holding| holding.customer).collect();
    let assigned = store::assignments_among(tx.conn, &case, &of_customers)?;
    let goes_to = |customer: Option<CustomerId>| {
        let plan = case.plan.filter(|_| kind == ContinuityHoldingKind::Customer)?;
        let named = assigned.iter().find(|it| Some(it.customer) == customer);
        Some(named.map_or(plan.company, |it| it.company).into())
    };
    let data = found.into_iter().map(|holding| {
        let to = goes_to(holding.customer);
        ContinuityHolding::of(kind, holding, to)
    });
    Ok(ContinuityHoldingPage { data: data.collect(), next })
}

/// Lists the customers that went over by the current plan.
pub(crate) fn moves(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: ContinuityCaseId,
    paging: &Paging,
) -> Result<ContinuityMovePage, Problem> {
    let case = find(tx, caller, id)?;
    let found = store::page_moves(tx.conn, &case, &paging.page())?;
    let (found, next) = paging.cut(found, |moved| (moved.customer.uuid(), moved.recorded_at));
    Ok(ContinuityMovePage { data: found.into_iter().map(ContinuityMove::from).collect(), next })
}

/// What one company takes over.
#[derive(Default)]
struct Share {
    customers: BTreeSet<CustomerId>,
    contracts: BTreeSet<ContractId>,
    /// What customers pay, and what was posted, by currency.
    money: BTreeMap<Currency, (Money, Money)>,
}

impl Share {
    fn add(&mut self, contracted: Money, posted: Money) -> Result<(), Problem> {
        let nothing = Money::zero(contracted.currency());
        let (of_contracts, of_ledger) = self.money.entry(contracted.currency()).or_insert((nothing, nothing));
        *of_contracts = of_contracts.checked_add(contracted).ok_or_else(too_large)?;
        *of_ledger = of_ledger.checked_add(posted).ok_or_else(too_large)?;
        Ok(())
    }

    fn shown(self, company: CompanyId) -> ContinuityShare {
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let money = self.money.into_values();
        ContinuityShare {
            company: company.into(),
            customers: count(self.customers.len()),
            contracts: count(self.contracts.len()),
            money: money
                .map(|(contracted, posted)| ContinuityMoney { contracted: contracted.into(), posted: posted.into() })
                .collect(),
        }
    }
}

/// Says what the plan comes to; nothing is written.
pub(crate) fn preview(tx: &mut Tx<'_>, caller: &Caller, id: ContinuityCaseId) -> Result<ContinuityPreview, Problem> {
    let case = find(tx, caller, id)?;
    let now = tx.now()?;
    let today: NaiveDate = calendar::today(tx.conn, case.network, case.master, now)?;
    let guarantees = plan::guarantees(tx.conn, &case, today)?;
    let to_consider = guarantees.into_iter().filter(|it| !it.considered).map(|it| it.guarantee.to_string());
    let companies = match case.plan {
        Some(plan) => shares(tx, &case, plan)?,
        None => Vec::new(),
    };
    Ok(ContinuityPreview {
        case_id: id.to_string(),
        left: store::left_of(tx.conn, case.partner)?.into(),
        guarantees_to_consider: to_consider.collect(),
        companies,
    })
}

fn shares(tx: &mut Tx<'_>, case: &store::Case, plan: Plan) -> Result<Vec<ContinuityShare>, Problem> {
    let assigned = store::assignments_of(tx.conn, case)?;
    let assigned: BTreeMap<CustomerId, CompanyId> = assigned.into_iter().map(|it| (it.customer, it.company)).collect();
    let to = |customer: &CustomerId| assigned.get(customer).copied().unwrap_or(plan.company);
    let mut shares: BTreeMap<CompanyId, Share> = BTreeMap::new();
    for customer in store::next_customers(tx.conn, case.partner, i64::MAX)? {
        shares.entry(to(&customer)).or_default().customers.insert(customer);
    }
    let posted = store::posted_to_partner(tx.conn, case.partner)?;
    for annuity in store::annuities_at_stake(tx.conn, case.partner)? {
        let share = shares.entry(to(&annuity.customer)).or_default();
        share.customers.insert(annuity.customer);
        share.contracts.insert(annuity.contract);
        let nothing = Money::zero(annuity.contracted.currency());
        let posted = posted.get(&annuity.annuity).copied().unwrap_or(nothing);
        let days = PeriodDays { starts_on: annuity.starts_on, ends_on: annuity.ends_on };
        let goes = |amount| going(amount, days, case, plan);
        share.add(goes(annuity.contracted)?, goes(posted)?)?;
    }
    Ok(shares.into_iter().map(|(company, share)| share.shown(company)).collect())
}

/// What goes over of an amount of a service period.
fn going(amount: Money, days: PeriodDays, case: &store::Case, plan: Plan) -> Result<Money, Problem> {
    let answers = [
        Responsible { company: case.partner.into(), from: NaiveDate::MIN },
        Responsible { company: plan.company, from: plan.from },
    ];
    let parts = by_service_period(amount, days, &answers).map_err(|_| too_large())?;
    let over = parts.iter().filter(|part| part.company == plan.company).map(|part| part.amount);
    Money::sum(over, amount.currency()).ok_or_else(too_large)
}
