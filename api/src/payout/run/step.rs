//! What happens to a payout: one step further, kept with who did it, and told to payer and partner.

use chrono::NaiveDate;
use domain::{
    decided::Decided,
    id::{CompanyId, PayoutId, PayoutRunId},
    money::Money,
    payout::{ApprovalRefusal, PayoutAction, PayoutState, WrongPayoutState, approve},
    statement::StatementKind,
};
use persistence::{
    event::Audience,
    payout as store,
    statement::{Payment, record_payment},
};

use super::wire::Payout;
use crate::{
    calendar,
    ledger::recovery,
    problem::{Code, Problem, Violation},
    write::{Change, Work},
};

/// How banks call a payout, which knows neither prefixes nor underscores: the letters of its id.
pub(super) fn end_to_end_id(id: PayoutId) -> String {
    format!("PO{}", id.to_string().trim_start_matches("payout_"))
}

/// The payout that a bank calls so.
pub(crate) fn payout_of(end_to_end_id: &str) -> Option<PayoutId> {
    let letters = end_to_end_id.trim().strip_prefix("PO")?;
    format!("payout_{}", letters.to_ascii_lowercase()).parse().ok()
}

/// The run that a bank calls so: what it pays may be booked in one sum.
pub(crate) fn run_of(order: &str) -> Option<PayoutRunId> {
    let letters = order.trim().strip_prefix("PR")?;
    format!("payout_run_{}", letters.to_ascii_lowercase()).parse().ok()
}

/// What is known of a step beside the action.
#[derive(Debug, Clone, Default)]
pub(crate) struct Happened {
    reason: Option<String>,
    on: Option<NaiveDate>,
}

impl Happened {
    /// It has a reason.
    pub(crate) fn because(reason: &str) -> Self {
        Self { reason: Some(reason.to_owned()), on: None }
    }

    /// It happened on a day, or today.
    pub(crate) const fn on(day: Option<NaiveDate>) -> Self {
        Self { reason: None, on: day }
    }

    /// It happened on a day, for a reason.
    pub(crate) fn dated(self, day: NaiveDate) -> Self {
        Self { on: Some(day), ..self }
    }
}

/// Takes a payout that the caller may see one step further. The same again changes nothing.
pub(super) fn take(work: &mut Work<'_, '_>, id: PayoutId, action: PayoutAction, happened: &Happened) -> Result<Payout, Problem> {
    let view = work.caller()?.view();
    let payout = store::find_payout(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    if payout.payer != view.company {
        // Whom it pays reads it, and so does the payer's master; it is the payer's to decide.
        return Err(Problem::new(Code::Forbidden));
    }
    work.expect_version(payout.version)?;
    let Decided::Changed(state) = decide(&payout, action, &work.actor())? else {
        if action == PayoutAction::Pay && happened.on.is_some_and(|day| payout.paid_on != Some(day)) {
            // It was paid on another day, as was said before.
            return Err(Problem::state_conflict(action.code(), payout.state.code()));
        }
        work.nothing_changed();
        return shown(work, payout);
    };
    if let (PayoutAction::Pay, Some(day)) = (action, happened.on) {
        not_before_approval(work, &payout, day)?;
    }
    go_on(work, payout, state, happened)
}

/// Nobody pays what was not approved yet.
fn not_before_approval(work: &mut Work<'_, '_>, payout: &store::Payout, day: NaiveDate) -> Result<(), Problem> {
    let calendar = calendar::of(work.conn(), payout.network, payout.master)?;
    let steps = store::steps_of(work.conn(), payout.id)?;
    let approved = steps.iter().find(|step| step.state == PayoutState::Approved).map(|step| calendar.day_of(step.recorded_at));
    match approved.filter(|approved| day < *approved) {
        Some(approved) => {
            Err(Problem::invalid(vec![Violation::at("/paid_on", "paid_before_approval").with("approved_on", approved)]))
        }
        None => Ok(()),
    }
}

fn decide(payout: &store::Payout, action: PayoutAction, by: &str) -> Result<Decided<PayoutState>, Problem> {
    let wrong = |wrong: WrongPayoutState| Problem::state_conflict(wrong.action.code(), wrong.state.code());
    if action != PayoutAction::Approve {
        return payout.state.after(action, payout.amount).map_err(wrong);
    }
    approve(payout.state, payout.amount, &payout.made_by, by).map_err(|refusal| match refusal {
        ApprovalRefusal::SamePerson => Problem::invalid(vec![Violation::at("", "same_person")]),
        ApprovalRefusal::WrongState(state) => wrong(state),
    })
}

/// Keeps a payout in its new state, with the step, and what it moved between payer and partner.
pub(crate) fn go_on(
    work: &mut Work<'_, '_>,
    before: store::Payout,
    state: PayoutState,
    happened: &Happened,
) -> Result<Payout, Problem> {
    let now = work.now()?;
    let today = calendar::today(work.conn(), before.network, before.master, now)?;
    let day = happened.on.unwrap_or(today);
    if day > today {
        return Err(Problem::invalid(vec![Violation::at("/paid_on", "dated_in_future").with("today", today)]));
    }
    let was_paid = before.state == PayoutState::Paid;
    let after = store::Payout {
        state,
        reason: happened.reason.clone().or(before.reason),
        paid_on: if state == PayoutState::Paid { Some(day) } else { before.paid_on },
        version: before.version.saturating_add(1),
        updated_at: now,
        ..before
    };
    if !store::update_payout(work.conn(), &after)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before.version));
    }
    match state {
        PayoutState::Paid => moved(work, &after, after.amount, day)?,
        PayoutState::Returned if was_paid => {
            let back = Money::zero(after.amount.currency()).checked_sub(after.amount);
            moved(work, &after, back.ok_or_else(|| Problem::internal(format!("{}: an amount", after.id)))?, day)?;
        }
        _ => {}
    }
    if was_paid || state == PayoutState::Paid {
        recovery::follow(work, after.id, today)?;
    }
    let (reason, actor) = (happened.reason.clone(), work.actor());
    let step = store::PayoutStep { payout: after.id, state, reason, actor, recorded_at: now };
    store::append_step(work.conn(), &step)?;
    tell(work, event_of(state), after)
}

/// What statements count as paid, or as come back.
fn moved(work: &mut Work<'_, '_>, payout: &store::Payout, amount: Money, dated_on: NaiveDate) -> Result<(), Problem> {
    if amount.sign().is_eq() {
        return Ok(());
    }
    let id: PayoutId = work.new_id();
    let payment = Payment {
        id: id.uuid(),
        network: payout.network,
        kind: StatementKind::Earnings,
        partner: payout.partner,
        payer: payout.payer,
        payee: CompanyId::Partner(payout.partner),
        amount,
        dated_on,
        reference: format!("{} {}", payout.id, payout.state.code()),
        recorded_at: work.now()?,
    };
    Ok(record_payment(work.conn(), &payment)?)
}

const fn event_of(state: PayoutState) -> &'static str {
    match state {
        PayoutState::Pending => "payout.created",
        PayoutState::Approved => "payout.approved",
        PayoutState::Sent => "payout.sent",
        PayoutState::Paid => "payout.paid",
        PayoutState::Failed => "payout.failed",
        PayoutState::Returned => "payout.returned",
        PayoutState::Canceled => "payout.canceled",
    }
}

fn shown(work: &mut Work<'_, '_>, payout: store::Payout) -> Result<Payout, Problem> {
    let parts = store::parts_of_all(work.conn(), std::slice::from_ref(&payout))?;
    Ok(Payout::of(payout, parts.into_iter().map(|(_, part)| part).collect()))
}

/// Records what happened to a payout, for payer and partner, and shows it.
pub(super) fn tell(work: &mut Work<'_, '_>, kind: &'static str, payout: store::Payout) -> Result<Payout, Problem> {
    let audience = Audience { master: Some(payout.master), partner: Some(payout.partner), counterparty: Some(payout.payer) };
    let (network, subject, version) = (payout.network, payout.id.to_string(), payout.version);
    let body = shown(work, payout)?;
    work.record(Change { network, kind, subject, version, audience, body: &body })?;
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bank_carries_the_letters_of_a_payouts_id_and_leads_back_to_it() {
        let id: PayoutId = "payout_01h2xcejqtf2nbrexx3vqjhp41".parse().unwrap();
        assert_eq!(end_to_end_id(id), "PO01h2xcejqtf2nbrexx3vqjhp41");
        assert_eq!(payout_of(" PO01H2XCEJQTF2NBREXX3VQJHP41"), Some(id));
        for other in ["", "NOTPROVIDED", "PO", "PO01h2xcejqtf2nbrexx3vqjhp4", "RS01h2xcejqtf2nbrexx3vqjhp41"] {
            assert_eq!(payout_of(other), None, "{other}");
        }
    }
}
