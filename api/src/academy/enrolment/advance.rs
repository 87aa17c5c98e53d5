//! Moving an enrolment through its life: what the domain decides, kept and recorded, with what it means for benefits.

use domain::{
    academy::{EnrolmentAction, EnrolmentRefusal, EnrolmentState},
    benefit::UseAction,
    decided::Decided,
    id::CompanyId,
};
use persistence::{academy as store, benefit, event::Audience};

use super::wire::Enrolment;
use crate::{
    benefit::end_use,
    problem::{Code, Problem},
    write::{Change, Work},
};

/// Lets the domain decide where an enrolment stands after an action, keeps it and records it; the same again changes nothing: none
/// then.
///
/// # Errors
/// `state_conflict`, and those of the database.
pub(in crate::academy) fn advance(
    work: &mut Work<'_, '_>,
    found: store::Enrolment,
    action: EnrolmentAction,
    session: &store::Session,
    kind: &'static str,
) -> Result<Option<store::Enrolment>, Problem> {
    let now = work.now()?;
    let decided = found.state.after(action, now, session.starts_at).map_err(|refusal| refused(action, refusal))?;
    let Decided::Changed(state) = decided else { return Ok(None) };
    let before = found.version;
    let after = store::Enrolment { state, version: before.saturating_add(1), updated_at: now, ..found };
    if !store::update_enrolment(work.conn(), &after)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    settle_benefit(work, &after)?;
    record(work, kind, &after, session)?;
    Ok(Some(after))
}

fn refused(action: EnrolmentAction, refusal: EnrolmentRefusal) -> Problem {
    let state = match refusal {
        EnrolmentRefusal::WrongState { state } => state.code(),
        EnrolmentRefusal::Begun => "begun",
        EnrolmentRefusal::NotBegun => "not_begun",
    };
    Problem::state_conflict(action.code(), state)
}

/// The benefit by which a partner's people are in a session is had once one of them was there, and given back once none of them is
/// in it or waits for it any more.
fn settle_benefit(work: &mut Work<'_, '_>, after: &store::Enrolment) -> Result<(), Problem> {
    let action = match after.state {
        EnrolmentState::Attended => UseAction::Use,
        EnrolmentState::Cancelled | EnrolmentState::Missed => UseAction::Withdraw,
        _ => return Ok(()),
    };
    let live = store::live_of_session(work.conn(), after.session)?;
    let others = live.iter().any(|other| other.partner == after.partner && other.id != after.id);
    if action == UseAction::Withdraw && others {
        return Ok(());
    }
    let used = benefit::of_session(work.conn(), after.partner, after.session)?;
    end_use(work, used, action)
}

/// Records what happened to an enrolment, for its partner and the course's master: an instructor learns of no partner (D22).
pub(super) fn record(
    work: &mut Work<'_, '_>,
    kind: &'static str,
    enrolment: &store::Enrolment,
    session: &store::Session,
) -> Result<(), Problem> {
    let audience = Audience { master: Some(enrolment.master), partner: Some(enrolment.partner), counterparty: None };
    let told = Enrolment::of(enrolment.clone(), session.link.clone(), CompanyId::Partner(enrolment.partner));
    let (network, version) = (enrolment.network, enrolment.version);
    work.record(Change { network, kind, subject: told.id.clone(), version, audience, body: &told })
}
