//! What is done with a registration once it was handed in: review, decision, and the ends of a protection (R35, R37, D3).

use domain::{
    decided::Decided,
    id::{CompanyId, CustomerId, RegistrationId},
    registration::{
        self as rules, Ask, AskCode, Registration as Status, RegistrationAction, RegistrationReason, RegistrationRefusal,
        RegistrationState, Shortcoming,
    },
};
use persistence::{agreement, customer as customers, registration as store};

use super::{
    super::wire::{
        Registration, RegistrationActionRequest, RegistrationAsk, RegistrationEnd, RegistrationExtension, RegistrationWin,
    },
    as_before,
    availability::make_way,
    evidence, finish, keep, load,
    submit::agreement_in_force,
    win,
};
use crate::{
    agreement::terms_of,
    calendar,
    continuity::suspension,
    customer::commands::from_registration,
    network::policies,
    problem::{Problem, Violation},
    wire,
    write::Work,
};

/// What somebody who was refused is told.
pub(super) fn refused(refusals: &[RegistrationRefusal]) -> Problem {
    let mut violations = Vec::new();
    for refusal in refusals {
        let at = |pointer: &str| Violation::at(pointer, refusal.code()).rule(refusal.rule());
        violations.push(match *refusal {
            RegistrationRefusal::WrongState { action, state } => {
                return Problem::state_conflict(action.code(), state.code());
            }
            RegistrationRefusal::StillProtected { until } => at("").with("until", until.to_rfc3339()),
            RegistrationRefusal::RunOut { since } => at("").with("since", since.to_rfc3339()),
            RegistrationRefusal::CapReached { cap } => at("").with("cap", cap.to_rfc3339()),
            RegistrationRefusal::Evidence(Shortcoming::Later { latest, .. }) => at("/evidence/dated_on").with("latest", latest),
            RegistrationRefusal::Evidence(Shortcoming::Earlier { earliest, .. }) => {
                at("/evidence/dated_on").with("earliest", earliest)
            }
            RegistrationRefusal::Evidence(Shortcoming::TooFew { needed, counted }) => {
                at("/evidence").with("needed", needed).with("counted", counted)
            }
            RegistrationRefusal::Evidence(Shortcoming::Absurd { earliest, .. }) => {
                at("/evidence/dated_on").with("earliest", earliest)
            }
            RegistrationRefusal::ReasonDoesNotFit { action, reason } => {
                let fitting: Vec<&str> = RegistrationReason::fitting(action).iter().map(|reason| reason.code()).collect();
                at("/reason").with("action", action.code()).with("reason", reason.code()).with("fitting", fitting.join(", "))
            }
            RegistrationRefusal::CapacityExceeded { limit, count } => at("").with("limit", limit).with("count", count),
            RegistrationRefusal::OutOfCalendar => at(""),
        });
    }
    Problem::invalid(violations)
}

/// Refuses what is done with a protection that has run out, whether or not its expiry was recorded yet (D3).
pub(super) fn ensure_not_run_out(
    work: &mut Work<'_, '_>,
    registration: &store::Registration,
    action: RegistrationAction,
) -> Result<(), Problem> {
    let now = work.now()?;
    if registration.status.state == RegistrationState::Accepted && !registration.status.is_protecting(now) {
        return Err(Problem::state_conflict(action.code(), RegistrationState::Expired.code()));
    }
    Ok(())
}

/// Lets the domain decide on a loaded registration, and keeps what it says. The same again changes nothing.
pub(super) fn step(
    work: &mut Work<'_, '_>,
    before: store::Registration,
    (action, kind): (RegistrationAction, &'static str),
    decide: impl FnOnce(Status) -> Result<Decided<Status>, Vec<RegistrationRefusal>>,
    amend: impl FnOnce(&mut store::Registration),
) -> Result<Registration, Problem> {
    ensure_not_run_out(work, &before, action)?;
    let Decided::Changed(status) = decide(before.status).map_err(|refusals| refused(&refusals))? else {
        return as_before(work, before);
    };
    let mut after = store::Registration { status, asks: Vec::new(), ..before };
    after.ended_at = if after.is_live() { None } else { Some(work.now()?) };
    amend(&mut after);
    keep(work, &mut after)?;
    finish(work, kind, after)
}

/// Starts examining a registration.
pub(crate) fn begin_review(work: &mut Work<'_, '_>, id: RegistrationId) -> Result<Registration, Problem> {
    let before = load(work, id)?;
    step(work, before, (RegistrationAction::BeginReview, "registration.in_review"), rules::begin_review, |_| ())
}

/// Sends a registration back to its partner.
pub(crate) fn request_action(
    work: &mut Work<'_, '_>,
    id: RegistrationId,
    request: &RegistrationActionRequest,
) -> Result<Registration, Problem> {
    let RegistrationActionRequest { reason, asks, note } = request;
    let reason = reason.map_or(RegistrationReason::InsufficientEvidence, Into::into);
    let before = load(work, id)?;
    let asks = read_asks(asks, note)?;
    let what = (RegistrationAction::RequestAction, "registration.action_required");
    step(
        work,
        before,
        what,
        |status| rules::request_action(status, reason),
        |after| {
            (after.asks, after.note) = (asks, Some(note.clone()));
        },
    )
}

/// What is asked, one by one: the note itself, where nothing else is said.
fn read_asks(asks: &[RegistrationAsk], note: &str) -> Result<Vec<Ask>, Problem> {
    if asks.is_empty() {
        return Ok(vec![Ask { code: AskCode::Other, text: Some(note.to_owned()) }]);
    }
    let read: Vec<Ask> = asks.iter().map(Ask::from).collect();
    let wordless = read.iter().enumerate().filter(|(_, ask)| ask.code == AskCode::Other && ask.text.is_none());
    let violations: Vec<_> =
        wordless.map(|(index, _)| Violation::at(format!("/asks/{index}/text"), "ask_without_text")).collect();
    if violations.is_empty() { Ok(read) } else { Err(Problem::invalid(violations)) }
}

/// Accepts a registration: from now on it protects (R35). Its agreement has to be in force still.
pub(crate) fn accept(work: &mut Work<'_, '_>, id: RegistrationId) -> Result<Registration, Problem> {
    let before = load(work, id)?;
    let (now, actor) = (work.now()?, work.actor());
    let policy = policies(work.conn(), before.network)?.protection;
    if rules::accept(before.status, now, policy).is_ok_and(|decided| decided.changed().is_some()) {
        agreement_in_force(work, &before)?;
        make_way(work, &before)?;
    }
    let what = (RegistrationAction::Accept, "registration.accepted");
    step(
        work,
        before,
        what,
        |status| rules::accept(status, now, policy),
        |after| {
            (after.decided_by, after.decided_at, after.note) = (Some(actor), Some(now), None);
        },
    )
}

/// The reason of an end, with the words that go with it.
pub(super) fn reason_of(end: &RegistrationEnd) -> Result<RegistrationReason, Problem> {
    let RegistrationEnd { reason, note } = end;
    let reason = RegistrationReason::from(*reason);
    if reason == RegistrationReason::Other && note.is_none() {
        return Err(Problem::invalid(vec![Violation::at("/note", "note_required")]));
    }
    Ok(reason)
}

/// Rejects a registration that was not accepted.
pub(crate) fn reject(work: &mut Work<'_, '_>, id: RegistrationId, end: &RegistrationEnd) -> Result<Registration, Problem> {
    let before = load(work, id)?;
    let (reason, now, actor) = (reason_of(end)?, work.now()?, work.actor());
    let what = (RegistrationAction::Reject, "registration.rejected");
    step(
        work,
        before,
        what,
        |status| rules::reject(status, reason),
        |after| {
            (after.decided_by, after.decided_at, after.note) = (Some(actor), Some(now), end.note.clone());
        },
    )
}

/// Rejects a registration of a partner that fails its customers.
pub(crate) fn reject_by(work: &mut Work<'_, '_>, before: store::Registration, reason: RegistrationReason) -> Result<(), Problem> {
    let (now, actor) = (work.now()?, work.actor());
    let what = (RegistrationAction::Reject, "registration.rejected");
    let decided = |status| rules::reject(status, reason);
    step(work, before, what, decided, |after| (after.decided_by, after.decided_at) = (Some(actor), Some(now)))?;
    Ok(())
}

/// Ends a protection by a master's decision (R37).
pub(crate) fn release(work: &mut Work<'_, '_>, id: RegistrationId, end: &RegistrationEnd) -> Result<Registration, Problem> {
    let before = load(work, id)?;
    let (reason, now, actor) = (reason_of(end)?, work.now()?, work.actor());
    let what = (RegistrationAction::Release, "registration.released");
    step(
        work,
        before,
        what,
        |status| rules::release(status, reason),
        |after| {
            (after.decided_by, after.decided_at, after.note) = (Some(actor), Some(now), end.note.clone());
        },
    )
}

/// Protects longer, on evidence of activity (D3). The same evidence again changes nothing.
pub(crate) fn extend(
    work: &mut Work<'_, '_>,
    id: RegistrationId,
    extension: &RegistrationExtension,
) -> Result<Registration, Problem> {
    let before = load(work, id)?;
    let now = work.now()?;
    let policy = policies(work.conn(), before.network)?.protection;
    let known = store::evidence_of(work.conn(), id)?;
    let further = evidence::further_evidence(work, id, &known, std::slice::from_ref(&extension.evidence))?;
    let dated = evidence::dated(&further);
    if before.status.state == RegistrationState::Accepted && further.is_empty() {
        ensure_not_run_out(work, &before, RegistrationAction::Extend)?;
        return as_before(work, before);
    }
    if let Some(violation) = suspension(work, Some(before.partner), "")? {
        return Err(Problem::invalid(vec![violation]));
    }
    // Before the step, whose event shows it; a refusal leaves nothing behind.
    evidence::add(work, &further)?;
    let calendar = calendar::of(work.conn(), before.network, before.master)?;
    let what = (RegistrationAction::Extend, "registration.extended");
    step(work, before, what, |status| rules::extend(status, &dated, now, |at| calendar.day_of(at), policy), |_| ())
}

/// Notes that the prospect signed, with the customer it became.
pub(crate) fn win_by_hand(work: &mut Work<'_, '_>, id: RegistrationId, how: &RegistrationWin) -> Result<Registration, Problem> {
    let RegistrationWin { customer_id } = how;
    let before = load(work, id)?;
    let named = customer_id.as_deref().map(|text| wire::id(text, "/customer_id")).transpose();
    let named: Option<CustomerId> = named.map_err(|violation| Problem::invalid(vec![violation]))?;
    if before.status.state == RegistrationState::Won {
        return match named.is_none_or(|id| before.customer == Some(id)) {
            true => as_before(work, before),
            false => Err(Problem::state_conflict(RegistrationAction::Win.code(), before.status.state.code())),
        };
    }
    let customer = match named {
        Some(named) => known_customer(work, &before, named)?,
        None => {
            let responsible = contracting_company(work, &before)?;
            if let Some(violation) = suspension(work, responsible.partner(), "")? {
                return Err(Problem::invalid(vec![violation]));
            }
            from_registration(work, &before, responsible)?.id
        }
    };
    win(work, &before, customer)
}

/// A customer that the caller named: it has to be the prospect.
fn known_customer(work: &mut Work<'_, '_>, registration: &store::Registration, id: CustomerId) -> Result<CustomerId, Problem> {
    let view = work.caller()?.view();
    let invalid = |code| Problem::invalid(vec![Violation::at("/customer_id", code).rule("D17")]);
    let customer = customers::find(work.conn(), &view, id)?.ok_or_else(|| invalid("unknown_customer"))?;
    let keys = customer.identity.keys();
    let same = registration.prospect.keys().iter().any(|key| keys.contains(key));
    if same { Ok(id) } else { Err(invalid("customer_is_not_the_prospect")) }
}

/// Who contracts the prospect by the registration's agreement: the partner, or the company it promotes (R11, R13, R51).
fn contracting_company(work: &mut Work<'_, '_>, registration: &store::Registration) -> Result<CompanyId, Problem> {
    let agreement = agreement::find_in_network(work.conn(), registration.network, registration.agreement)?;
    let agreement = agreement.ok_or_else(|| Problem::internal("a registration without agreement"))?;
    let (_, terms) = terms_of(work.conn(), &agreement)?;
    Ok(if terms.contracts_customers { registration.partner.into() } else { agreement.counterparty })
}

/// Notes that the prospect will not sign.
pub(crate) fn lose(work: &mut Work<'_, '_>, id: RegistrationId, end: &RegistrationEnd) -> Result<Registration, Problem> {
    let before = load(work, id)?;
    let reason = reason_of(end)?;
    let what = (RegistrationAction::Lose, "registration.lost");
    step(work, before, what, |status| rules::lose(status, reason), |after| after.note.clone_from(&end.note))
}

/// Takes a registration back.
pub(crate) fn withdraw(work: &mut Work<'_, '_>, id: RegistrationId) -> Result<Registration, Problem> {
    let before = load(work, id)?;
    step(work, before, (RegistrationAction::Withdraw, "registration.withdrawn"), rules::withdraw, |_| ())
}
