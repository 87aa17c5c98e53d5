//! What comes by itself with time: the end of protections, and the warnings before it (D3).

use chrono::{DateTime, Days, Utc};
use diesel::prelude::*;
use domain::{
    id::{NetworkId, PartnerId},
    registration::{RegistrationState, Warned},
};

use super::{Registration, row::RegistrationRow};
use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::registrations,
    view::{Due, View, due, visible_to},
};

/// Accepted registrations whose protection has run out at `now`, of every network: `limit` of them at most, oldest first.
///
/// # Errors
/// Those of the database.
pub fn run_out(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> Result<Vec<Registration>, DbError> {
    let rows: Vec<RegistrationRow> = registrations::table
        .filter(registrations::state.eq(RegistrationState::Accepted.code()))
        .filter(registrations::protected_until.le(At::from(now)))
        .order((registrations::protected_until, registrations::id))
        .limit(limit)
        .select(RegistrationRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Registration::try_from).collect()
}

/// Accepted registrations of a network whose protection ends after `now` and within `days` of it, and of whose end nobody was
/// warned for so few days: with what was warned of last. `limit` of them at most, the nearest to their end first.
///
/// # Errors
/// Those of the database.
pub fn to_warn(
    conn: &mut Conn,
    network: NetworkId,
    now: DateTime<Utc>,
    days: u32,
    limit: i64,
) -> Result<Vec<(Registration, Option<Warned>)>, DbError> {
    let within = now.checked_add_days(Days::new(u64::from(days))).unwrap_or(DateTime::<Utc>::MAX_UTC);
    let unwarned = registrations::warned_until
        .is_null()
        .or(registrations::warned_until.ne(registrations::protected_until))
        .or(registrations::warned_days.gt(i64::from(days)));
    let rows: Vec<(RegistrationRow, Option<At>, Option<i64>)> = registrations::table
        .filter(registrations::network_id.eq(Uid::from(network)))
        .filter(registrations::state.eq(RegistrationState::Accepted.code()))
        .filter(registrations::protected_until.gt(At::from(now)).and(registrations::protected_until.le(At::from(within))))
        .filter(unwarned)
        .order((registrations::protected_until, registrations::id))
        .limit(limit)
        .select((RegistrationRow::as_select(), registrations::warned_until, registrations::warned_days))
        .load(conn)?;
    rows.into_iter()
        .map(|(row, until, days)| {
            let days =
                days.map(u32::try_from).transpose().map_err(|_| DbError::Corrupt("registration: days warned".to_owned()))?;
            let warned = until.zip(days).map(|(until, days)| Warned { until: until.0, days });
            Ok((Registration::try_from(row)?, warned))
        })
        .collect()
}

/// Notes what was warned of, unless somebody else just did: `false` then. It makes no new version.
///
/// # Errors
/// Those of the database.
pub fn note_warned(
    conn: &mut Conn,
    registration: &Registration,
    before: Option<Warned>,
    warned: Warned,
) -> Result<bool, DbError> {
    let of = registrations::table.find(Uid::from(registration.id)).filter(registrations::version.eq(registration.version));
    let set = (registrations::warned_until.eq(At::from(warned.until)), registrations::warned_days.eq(i64::from(warned.days)));
    let touched = match before {
        None => diesel::update(of.filter(registrations::warned_until.is_null())).set(set).execute(conn)?,
        Some(Warned { until, days }) => {
            let as_before = registrations::warned_until.eq(At::from(until)).and(registrations::warned_days.eq(i64::from(days)));
            diesel::update(of.filter(as_before)).set(set).execute(conn)?
        }
    };
    Ok(touched == 1)
}

/// The registrations that `view` may see and that protect at `now`, by the end of their protection; those of one partner alone, if it is
/// named.
///
/// # Errors
/// Those of the database.
pub fn running_out(
    conn: &mut Conn,
    view: &View,
    partner: Option<PartnerId>,
    now: DateTime<Utc>,
    due: &Due<DateTime<Utc>>,
) -> Result<Vec<Registration>, DbError> {
    let protecting = registrations::table
        .filter(registrations::state.eq(RegistrationState::Accepted.code()))
        .filter(registrations::protected_until.gt(At::from(now)))
        .into_boxed();
    let mut query = visible_to!(protecting, registrations, view);
    if let Some(partner) = partner {
        query = query.filter(registrations::partner_id.eq(Uid::from(partner)));
    }
    let rows: Vec<RegistrationRow> =
        due!(query, registrations, protected_until, id, due, At::from).select(RegistrationRow::as_select()).load(conn)?;
    rows.into_iter().map(Registration::try_from).collect()
}
