//! Which day it is where a master is: its dates are days of its own calendar.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::id::{MasterId, NetworkId};
use persistence::{db::Conn, network};

use crate::problem::Problem;

/// The day that `now` falls on in the master's time zone.
///
/// # Errors
/// `internal_error` when the master or its time zone is unknown.
pub(crate) fn today(conn: &mut Conn, network: NetworkId, master: MasterId, now: DateTime<Utc>) -> Result<NaiveDate, Problem> {
    let found = network::find_master(conn, network, master)?.ok_or_else(|| Problem::internal(format!("no master {master}")))?;
    day_in(&found.time_zone, now).ok_or_else(|| Problem::internal(format!("{master}: time zone {}", found.time_zone)))
}

fn day_in(time_zone: &str, now: DateTime<Utc>) -> Option<NaiveDate> {
    let zone: Tz = time_zone.parse().ok()?;
    Some(now.with_timezone(&zone).date_naive())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_the_masters_midnight() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        // Lisbon keeps summer time in July; São Paulo is three hours behind UTC.
        assert_eq!(day_in("Europe/Lisbon", at("2026-07-14T22:59:59Z")), day("2026-07-14"));
        assert_eq!(day_in("Europe/Lisbon", at("2026-07-14T23:00:00Z")), day("2026-07-15"));
        assert_eq!(day_in("America/Sao_Paulo", at("2026-01-01T02:59:59Z")), day("2025-12-31"));
        assert_eq!(day_in("America/Sao_Paulo", at("2026-01-01T03:00:00Z")), day("2026-01-01"));
        assert_eq!(day_in("Lisbon", at("2026-01-01T03:00:00Z")), None);
    }
}
