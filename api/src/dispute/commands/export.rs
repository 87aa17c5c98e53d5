//! The whole file of a dispute, for masters.

use std::collections::BTreeSet;

use domain::id::{DisputeId, RegistrationId};
use persistence::{
    db::{Conn, Tx},
    dispute as store, event, ledger,
};
use serde_json::Value;

use super::super::{
    file::{DisputeFile, DisputedRegistration},
    show::{Beside, Reader},
};
use crate::{
    access::Caller, calendar, event::wire::Event, ledger::wire::LedgerEntry, problem::Problem, registration::commands::whole,
};

/// Exports the file of a dispute.
pub(crate) fn file(tx: &mut Tx<'_>, caller: &Caller, id: DisputeId) -> Result<DisputeFile, Problem> {
    let dispute = store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    let beside = Beside::of(tx.conn, std::slice::from_ref(&dispute))?;
    let mut concerned = vec![dispute.registration];
    concerned.extend(beside.decisions(id).filter_map(|decision| decision.made_registration));
    let subjects: Vec<String> = std::iter::once(id.to_string()).chain(concerned.iter().map(RegistrationId::to_string)).collect();
    let mut told = event::of_subjects(tx.conn, dispute.network, &subjects)?;
    told.retain(|event| !event.tells_of_leaving());
    let registrations = concerned.iter().map(|id| registration(tx.conn, &told, *id)).collect::<Result<_, _>>()?;
    let now = tx.now()?;
    let today = calendar::today(tx.conn, dispute.network, dispute.master, now)?;
    let entries = ledger::made_by(tx.conn, dispute.network, &id.into())?;
    Ok(DisputeFile {
        dispute: beside.shown(&dispute, Reader::Master)?,
        registrations,
        ledger_entries: entries.into_iter().map(|entry| LedgerEntry::of(entry, today)).collect(),
        events: once_each(told).into_iter().map(Event::of).collect::<Result<_, _>>()?,
    })
}

/// A registration as it was told last before the dispute was opened, and as it is.
fn registration(conn: &mut Conn, told: &[event::Event], id: RegistrationId) -> Result<DisputedRegistration, Problem> {
    let subject = id.to_string();
    let before = told.iter().take_while(|event| event.kind != "dispute.opened").filter(|event| event.subject == subject);
    let at_opening = before.last().map(|event| serde_json::from_str::<Value>(&event.body)).transpose();
    let at_opening = at_opening.map_err(|error| Problem::internal(format!("{id}: {error}")))?;
    Ok(DisputedRegistration { at_opening, now: whole(conn, id)? })
}

/// What was told to each of its readers in an event of its own, once: as a master was told, who sees all of it.
fn once_each(told: Vec<event::Event>) -> Vec<event::Event> {
    let mut known = BTreeSet::new();
    let mut once = told;
    once.retain(|it| it.audience.master.is_some() && known.insert((it.kind.clone(), it.subject.clone(), it.subject_version)));
    once
}
