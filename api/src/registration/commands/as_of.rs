//! Who held what on a date, read from the events: what changed since then does not colour it (R37).

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    id::{CompanyId, RegistrationId},
    registration::RegistrationState,
};
use persistence::{db::Tx, event, registration as store};

use super::super::wire::{Registration, RegistrationFilters};
use crate::{
    access::Caller,
    calendar,
    extract::Paging,
    problem::{Code, Problem, Violation},
};

const PARAMETER: &str = "as_of";

fn wrong(code: &'static str) -> Violation {
    Violation::of_parameter(PARAMETER, code)
}

/// The instant that a master asks about; a date stands for the end of that day where it is, or for now as long as it is that day.
///
/// # Errors
/// `forbidden` for a partner; a violation for what is no date, or has not come yet.
pub(super) fn read(tx: &mut Tx<'_>, caller: &Caller, text: &str) -> Result<DateTime<Utc>, Problem> {
    let CompanyId::Master(master) = caller.company else {
        return Err(Problem::new(Code::Forbidden).violations(vec![wrong("as_of_is_masters")]));
    };
    let now = tx.now()?;
    let refused = |violation| Err(Problem::invalid(vec![violation]));
    if let Ok(at) = text.parse::<DateTime<Utc>>() {
        return if at <= now { Ok(at) } else { refused(wrong("as_of_in_future").with("value", text)) };
    }
    let Ok(day) = text.parse::<NaiveDate>() else {
        return refused(wrong("wrong_format").with("expected", "date or date-time"));
    };
    let calendar = calendar::of(tx.conn, caller.network, master)?;
    if day > calendar.day_of(now) {
        return refused(wrong("as_of_in_future").with("value", text));
    }
    match calendar.end_of(day) {
        Some(end) => Ok(end.min(now)),
        None => refused(wrong("wrong_format").with("expected", "date or date-time")),
    }
}

/// Refuses what cannot be asked of the past together with an instant.
pub(super) fn refuse_mixed(filters: &RegistrationFilters, paging: &Paging) -> Result<(), Problem> {
    let mixed = |name: &'static str| Violation::of_parameter(name, "not_with_as_of");
    let state = filters.state.filter(|state| RegistrationState::from(*state) != RegistrationState::Accepted);
    let violations: Vec<Violation> = [state.map(|_| mixed("state")), paging.page().updated_since.map(|_| mixed("updated_since"))]
        .into_iter()
        .flatten()
        .collect();
    if violations.is_empty() { Ok(()) } else { Err(Problem::invalid(violations)) }
}

/// A registration as it was at an instant; none where it had not been handed in yet.
pub(super) fn shown_at(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: RegistrationId,
    at: DateTime<Utc>,
) -> Result<Option<Registration>, Problem> {
    let bodies = event::bodies_at(tx.conn, caller.network, &[id.to_string()], at)?;
    let then = bodies.first().map(|(_, body)| read_body(body)).transpose()?;
    Ok(then.filter(|registration| registration.submitted_at.is_some()))
}

/// Each of these registrations as it was at an instant, in their order.
pub(super) fn all_shown_at(
    tx: &mut Tx<'_>,
    caller: &Caller,
    registrations: &[store::Registration],
    at: DateTime<Utc>,
) -> Result<Vec<Registration>, Problem> {
    let ids: Vec<String> = registrations.iter().map(|registration| registration.id.to_string()).collect();
    let bodies = event::bodies_at(tx.conn, caller.network, &ids, at)?;
    ids.iter()
        .map(|id| {
            let found = bodies.iter().find(|(subject, _)| subject == id);
            let (_, body) = found.ok_or_else(|| Problem::internal(format!("{id}: no event by {at}")))?;
            read_body(body)
        })
        .collect()
}

fn read_body(body: &str) -> Result<Registration, Problem> {
    serde_json::from_str(body).map_err(|error| Problem::internal(format!("an event's registration: {error}")))
}
