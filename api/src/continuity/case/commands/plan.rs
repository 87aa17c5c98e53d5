//! Who takes over, on which of the partner's own guarantees first, and who approved it.

use chrono::NaiveDate;
use domain::{
    continuity::{
        CaseState, Considered, GuaranteeUseRefusal, Protections, Ready, approve as decide_approval, check_use, may_amend,
    },
    decided::Decided,
    id::{AgreementId, CompanyId, ContinuityCaseId, CustomerId, GuaranteeId, RegistrationId},
    money::Money,
    registration::RegistrationState,
};
use persistence::{
    continuity as store, customer,
    error::{Constraint, DbError},
    partner, registration,
};

use super::{
    super::wire::{ContinuityCase, GuaranteeOutcome, NewGuaranteeUse, NewTakeoverAssignments, NewTakeoverPlan},
    fit::fitting_agreements,
    load, refused, save, unchanged,
};
use crate::{
    calendar,
    continuity::guarantee::read_amount,
    problem::{Problem, Violation},
    wire::{self, company_id},
    write::Work,
};

/// Who takes over, and under which agreement where it is a partner.
pub(super) type Taker = (CompanyId, Option<AgreementId>);

/// The day it is where the case's master is.
pub(super) fn today(work: &mut Work<'_, '_>, case: &store::Case) -> Result<NaiveDate, Problem> {
    let now = work.now()?;
    calendar::today(work.conn(), case.network, case.master, now)
}

/// A company that is named to take over: the case's master, or another partner of its that can do for the customers what the failing
/// one did, and is suspended by nobody (R49, D6).
fn read_taker(
    work: &mut Work<'_, '_>,
    case: &store::Case,
    (company, agreement): (&str, Option<&str>),
    from: NaiveDate,
) -> Result<Result<Taker, Violation>, Problem> {
    let at = |code| Violation::at("/company_id", code);
    let partner = match company_id(company, "/company_id") {
        Err(violation) => return Ok(Err(violation)),
        Ok(CompanyId::Master(id)) if id != case.master => return Ok(Err(at("unknown_company").rule("R51"))),
        Ok(CompanyId::Master(_)) if agreement.is_some() => {
            return Ok(Err(Violation::at("/agreement_id", "master_needs_no_agreement").rule("D7")));
        }
        Ok(CompanyId::Master(id)) => return Ok(Ok((id.into(), None))),
        Ok(CompanyId::Partner(id)) if id == case.partner => return Ok(Err(at("company_is_failing").rule("R49"))),
        Ok(CompanyId::Partner(id)) => id,
    };
    let view = work.caller()?.view();
    if partner::find(work.conn(), &view, partner)?.is_none() {
        return Ok(Err(at("unknown_company").rule("R51")));
    }
    if store::is_suspended(work.conn(), partner)? {
        return Ok(Err(at("partner_suspended").rule("R49")));
    }
    let day = today(work, case)?.max(from);
    let fitting = fitting_agreements(work, case, partner, day)?;
    Ok(choose(fitting, agreement).map(|agreement| (partner.into(), Some(agreement))))
}

fn choose(fitting: Result<Vec<AgreementId>, Violation>, named: Option<&str>) -> Result<AgreementId, Violation> {
    let mut fitting = fitting?;
    if let Some(named) = named {
        fitting.retain(|id| id.to_string() == named);
    }
    match (fitting.pop(), fitting.is_empty()) {
        (None, _) => Err(Violation::at("/agreement_id", "no_active_agreement").rule("R7")),
        (Some(_), false) => Err(Violation::at("/agreement_id", "several_agreements")),
        (Some(only), true) => Ok(only),
    }
}

/// Says who takes over, from which day. What was approved is open again.
pub(crate) fn plan(work: &mut Work<'_, '_>, id: ContinuityCaseId, new: &NewTakeoverPlan) -> Result<ContinuityCase, Problem> {
    let NewTakeoverPlan { company_id, agreement_id, from, protections } = new;
    let case = load(work, id)?;
    may_amend(case.state).map_err(refused)?;
    let opened_on = calendar::of(work.conn(), case.network, case.master)?.day_of(case.created_at);
    let taker = read_taker(work, &case, (company_id, agreement_id.as_deref()), *from)?;
    let protections = Protections::from(*protections);
    let mut violations = Vec::new();
    if *from < opened_on {
        violations.push(Violation::at("/from", "takeover_before_case").rule("R51").with("opened_on", opened_on));
    }
    let masters = matches!(taker, Ok((CompanyId::Master(_), _)));
    if masters && protections == Protections::Transfer {
        violations.push(Violation::at("/protections", "master_needs_no_protection").rule("R36"));
    }
    let (company, agreement) = match taker {
        Ok(taker) if violations.is_empty() => taker,
        taker => {
            violations.extend(taker.err());
            return Err(Problem::invalid(violations));
        }
    };
    let plan = store::Plan { company, agreement, from: *from, protections };
    if case.plan == Some(plan) && store::count_assignments(work.conn(), id)? == (0, 0) {
        return unchanged(work, case);
    }
    store::unassign_all(work.conn(), id)?;
    replan(work, store::Case { plan: Some(plan), ..case })
}

/// The next plan: whatever was approved was another one.
fn replan(work: &mut Work<'_, '_>, case: store::Case) -> Result<ContinuityCase, Problem> {
    let plan_number = case.plan_number.saturating_add(1);
    save(work, "continuity_case.planned", store::Case { state: CaseState::Open, plan_number, ..case })
}

/// Names somebody else for some customers and protected prospects; everything that is wrong with it is said at once.
pub(crate) fn assign(
    work: &mut Work<'_, '_>,
    id: ContinuityCaseId,
    new: &NewTakeoverAssignments,
) -> Result<ContinuityCase, Problem> {
    let NewTakeoverAssignments { company_id, agreement_id, customer_ids, registration_ids } = new;
    let case = load(work, id)?;
    may_amend(case.state).map_err(refused)?;
    let Some(plan) = case.plan else {
        return Err(Problem::invalid(vec![Violation::at("", "takeover_not_planned").rule("R49")]));
    };
    let taker = read_taker(work, &case, (company_id, agreement_id.as_deref()), plan.from)?;
    let (mut customers, mut registrations, mut violations) = (Vec::new(), Vec::new(), Vec::new());
    for (index, text) in customer_ids.iter().enumerate() {
        match read_customer(work, &case, text, &format!("/customer_ids/{index}"))? {
            Ok(customer) => customers.push(customer),
            Err(violation) => violations.push(violation),
        }
    }
    for (index, text) in registration_ids.iter().enumerate() {
        match read_registration(work, &case, text, &format!("/registration_ids/{index}"))? {
            Ok(registration) => registrations.push(registration),
            Err(violation) => violations.push(violation),
        }
    }
    let nothing = customer_ids.is_empty() && registration_ids.is_empty();
    violations.extend(nothing.then(|| Violation::at("/customer_ids", "nothing_assigned").rule("R49")));
    let (company, agreement) = match taker {
        Ok(taker) if violations.is_empty() => taker,
        taker => {
            violations.extend(taker.err());
            return Err(Problem::invalid(violations));
        }
    };
    for customer in customers {
        store::assign(work.conn(), id, &store::Assignment { customer, company, agreement })?;
    }
    for registration in registrations {
        store::assign_prospect(work.conn(), id, &store::ProspectAssignment { registration, company, agreement })?;
    }
    replan(work, case)
}

/// A protected prospect of the partner's.
fn read_registration(
    work: &mut Work<'_, '_>,
    case: &store::Case,
    text: &str,
    pointer: &str,
) -> Result<Result<RegistrationId, Violation>, Problem> {
    let id: RegistrationId = match wire::id(text, pointer) {
        Ok(id) => id,
        Err(violation) => return Ok(Err(violation)),
    };
    let found = registration::by_ids(work.conn(), &[id])?.pop();
    let own = found.is_some_and(|it| it.partner == case.partner && it.status.state == RegistrationState::Accepted);
    Ok(if own { Ok(id) } else { Err(Violation::at(pointer, "unknown_registration").rule("R36")) })
}

/// A customer that hangs on the partner: it answers for it or for a contract of it, or does services on one.
fn read_customer(
    work: &mut Work<'_, '_>,
    case: &store::Case,
    text: &str,
    pointer: &str,
) -> Result<Result<CustomerId, Violation>, Problem> {
    let id: CustomerId = match wire::id(text, pointer) {
        Ok(id) => id,
        Err(violation) => return Ok(Err(violation)),
    };
    let view = work.caller()?.view();
    let found = customer::find(work.conn(), &view, id)?;
    let own = found.as_ref().is_some_and(|found| found.responsible == CompanyId::Partner(case.partner));
    let partner = case.partner.into();
    let hangs = own
        || (found.is_some()
            && (!store::contracts_answered(work.conn(), id, partner)?.is_empty()
                || !store::contracts_served(work.conn(), id, partner)?.is_empty()));
    Ok(if hangs { Ok(id) } else { Err(Violation::at(pointer, "unknown_customer").rule("R51")) })
}

/// Says what is made of one of the partner's own guarantees. The same again changes nothing.
pub(crate) fn consider(work: &mut Work<'_, '_>, id: ContinuityCaseId, new: &NewGuaranteeUse) -> Result<ContinuityCase, Problem> {
    let NewGuaranteeUse { guarantee_id, outcome, amount, reason } = new;
    let case = load(work, id)?;
    may_amend(case.state).map_err(refused)?;
    let guarantee = read_guarantee(work, &case, guarantee_id)?;
    let used = *outcome == GuaranteeOutcome::Used;
    let amount = amount.as_ref().map(read_amount).transpose();
    let unused = (!used && new.amount.is_some()).then(|| Violation::at("/amount", "amount_of_unused_guarantee").rule("R50"));
    let (of, amount) = match (guarantee, amount, unused) {
        (Ok(guarantee), Ok(amount), None) => (guarantee, amount),
        (guarantee, amount, unused) => {
            return Err(Problem::invalid([guarantee.err(), amount.err(), unused].into_iter().flatten().collect()));
        }
    };
    let guarantee = of.id;
    let known = store::guarantee_uses_of(work.conn(), id)?.into_iter().find(|it| it.guarantee == guarantee);
    if known.is_some_and(|it| it.used == used && it.amount == amount && it.reason == *reason) {
        return unchanged(work, case);
    }
    let made = store::GuaranteeUse {
        guarantee,
        used,
        amount,
        reason: reason.clone(),
        decided_by: work.actor(),
        decided_at: work.now()?,
    };
    let taken = || Problem::already_exists(Violation::at("/guarantee_id", "guarantee_considered_before").rule("R50"));
    if store::guarantee_uses_of(work.conn(), id)?.iter().any(|it| it.guarantee == guarantee) {
        return Err(taken());
    }
    if used {
        ensure_enough(work, &of, amount)?;
    }
    store::use_guarantee(work.conn(), id, &made).map_err(|error: DbError| match error.broken() {
        Some(Constraint::OneGuaranteeUse) => taken(),
        _ => error.into(),
    })?;
    save(work, "continuity_case.guarantee_considered", case)
}

/// Refuses to use more of a guarantee than is left of it, in whichever cases it was used before.
fn ensure_enough(work: &mut Work<'_, '_>, of: &store::Guarantee, asked: Option<Money>) -> Result<(), Problem> {
    let used = store::used_of(work.conn(), &[of.id])?;
    let used: Vec<Money> = used.into_iter().map(|(_, amount)| amount).collect();
    check_use(of.amount, &used, asked).map_err(|refusal| {
        let at = Violation::at("/amount", refusal.code()).rule("R50");
        Problem::invalid(vec![match refusal {
            GuaranteeUseRefusal::OtherCurrency { expected } => at.with("expected", expected.code()),
            GuaranteeUseRefusal::MoreThanLeft { left } => at.with("left", left),
        }])
    })
}

/// One of the partner's own guarantees.
fn read_guarantee(
    work: &mut Work<'_, '_>,
    case: &store::Case,
    text: &str,
) -> Result<Result<store::Guarantee, Violation>, Problem> {
    let id: GuaranteeId = match wire::id(text, "/guarantee_id") {
        Ok(id) => id,
        Err(violation) => return Ok(Err(violation)),
    };
    let view = work.caller()?.view();
    let found = store::find_guarantee(work.conn(), &view, id)?.filter(|found| found.partner == case.partner);
    Ok(found.ok_or_else(|| Violation::at("/guarantee_id", "unknown_guarantee").rule("R50")))
}

/// The partner's guarantees in force, each with whether something was said of it.
pub(super) fn guarantees(
    conn: &mut persistence::db::Conn,
    case: &store::Case,
    today: NaiveDate,
) -> Result<Vec<Considered>, Problem> {
    let uses = store::guarantee_uses_of(conn, case.id)?;
    let in_force = store::guarantees_in_force(conn, case.partner, today)?.into_iter();
    let considered = |id: GuaranteeId| uses.iter().any(|it| it.guarantee == id);
    Ok(in_force.map(|it| Considered { guarantee: it.id, considered: considered(it.id) }).collect())
}

/// Approves the plan as one of two people.
pub(crate) fn approve(work: &mut Work<'_, '_>, id: ContinuityCaseId) -> Result<ContinuityCase, Problem> {
    let case = load(work, id)?;
    let (today, by) = (today(work, &case)?, work.actor());
    let guarantees = guarantees(work.conn(), &case, today)?;
    let ready = Ready { suspended: case.suspended.is_some(), planned: case.plan.is_some(), guarantees: &guarantees };
    let approvals = store::approvals_of(work.conn(), id, case.plan_number)?;
    let approved_by: Vec<String> = approvals.into_iter().map(|it| it.approved_by).collect();
    let decided = decide_approval(case.state, ready, &approved_by, &by).map_err(refused)?;
    let Decided::Changed(state) = decided else {
        return unchanged(work, case);
    };
    let approval = store::Approval { plan: case.plan_number, approved_by: by, approved_at: work.now()? };
    store::add_approval(work.conn(), id, &approval)?;
    save(work, "continuity_case.approved", store::Case { state, ..case })
}
