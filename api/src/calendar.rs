//! Which day it is where a master is: its dates are days of its own calendar.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::id::{MasterId, NetworkId};
use persistence::{db::Conn, ledger::Today, network};

use crate::problem::Problem;

/// The day that `now` falls on in the master's time zone.
///
/// # Errors
/// `internal_error` when the master or its time zone is unknown.
pub(crate) fn today(conn: &mut Conn, network: NetworkId, master: MasterId, now: DateTime<Utc>) -> Result<NaiveDate, Problem> {
    Ok(of(conn, network, master)?.day_of(now))
}

/// The master's calendar.
///
/// # Errors
/// `internal_error` when the master or its time zone is unknown.
pub(crate) fn of(conn: &mut Conn, network: NetworkId, master: MasterId) -> Result<Calendar, Problem> {
    let found = network::find_master(conn, network, master)?.ok_or_else(|| Problem::internal(format!("no master {master}")))?;
    Calendar::of(&found.time_zone).ok_or_else(|| Problem::internal(format!("{master}: time zone {}", found.time_zone)))
}

/// The day that `now` falls on where each master of a network is.
///
/// # Errors
/// `internal_error` when a master's time zone is unknown.
pub(crate) fn everywhere(conn: &mut Conn, network: NetworkId, now: DateTime<Utc>) -> Result<Today, Problem> {
    let masters = network::masters_of(conn, network)?.into_iter();
    let days: Result<_, Problem> = masters.map(|master| Ok((master.id, today(conn, network, master.id, now)?))).collect();
    Ok(Today::new(days?))
}

/// Which day it is now where each of several masters is.
pub(crate) struct Days {
    now: DateTime<Utc>,
    known: BTreeMap<MasterId, NaiveDate>,
}

impl Days {
    /// The days that `now` falls on.
    pub(crate) const fn at(now: DateTime<Utc>) -> Self {
        Self { now, known: BTreeMap::new() }
    }

    /// The day where the master is.
    ///
    /// # Errors
    /// `internal_error` when the master or its time zone is unknown.
    pub(crate) fn of(&mut self, conn: &mut Conn, network: NetworkId, master: MasterId) -> Result<NaiveDate, Problem> {
        if let Some(day) = self.known.get(&master) {
            return Ok(*day);
        }
        let day = today(conn, network, master, self.now)?;
        self.known.insert(master, day);
        Ok(day)
    }
}

/// The days of a time zone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Calendar(Tz);

impl Calendar {
    fn of(time_zone: &str) -> Option<Self> {
        time_zone.parse().ok().map(Self)
    }

    /// The day that an instant falls on.
    pub(crate) fn day_of(self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.0).date_naive()
    }

    /// The last microsecond of a day; none at the end of the calendar.
    pub(crate) fn end_of(self, day: NaiveDate) -> Option<DateTime<Utc>> {
        let next = day.succ_opt()?;
        // Where the clocks go forward at midnight, the next day begins later.
        let begins = (0..24).find_map(|hour| next.and_hms_opt(hour, 0, 0)?.and_local_timezone(self.0).earliest())?;
        begins.to_utc().checked_sub_signed(TimeDelta::microseconds(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_the_masters_midnight() {
        let day_in = |zone: &str, now| Calendar::of(zone).map(|calendar| calendar.day_of(now));
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        // Lisbon keeps summer time in July; São Paulo is three hours behind UTC.
        assert_eq!(day_in("Europe/Lisbon", at("2026-07-14T22:59:59Z")), day("2026-07-14"));
        assert_eq!(day_in("Europe/Lisbon", at("2026-07-14T23:00:00Z")), day("2026-07-15"));
        assert_eq!(day_in("America/Sao_Paulo", at("2026-01-01T02:59:59Z")), day("2025-12-31"));
        assert_eq!(day_in("America/Sao_Paulo", at("2026-01-01T03:00:00Z")), day("2026-01-01"));
        assert_eq!(day_in("Lisbon", at("2026-01-01T03:00:00Z")), None);
    }

    #[test]
    fn a_day_ends_before_the_next_one_begins() {
        let end = |zone: &str, day: &str| Calendar::of(zone).and_then(|calendar| calendar.end_of(day.parse().unwrap()));
        let at = |text: &str| Some(text.parse::<DateTime<Utc>>().unwrap());
        assert_eq!(end("Europe/Lisbon", "2026-01-31"), at("2026-01-31T23:59:59.999999Z"));
        assert_eq!(end("Europe/Lisbon", "2026-07-14"), at("2026-07-14T22:59:59.999999Z"));
        // In São Paulo 4 November 2018 began at one o'clock, two hours behind UTC.
        assert_eq!(end("America/Sao_Paulo", "2018-11-03"), at("2018-11-04T02:59:59.999999Z"));
        assert_eq!(Calendar::of("Europe/Lisbon").and_then(|calendar| calendar.end_of(NaiveDate::MAX)), None);
    }
}
