//! Warnings before a protection ends (D3).

use chrono::{DateTime, TimeDelta, Utc};
use domain::registration::{Protection, Warned, warning_due};
use persistence::{network, registration as store};
use serde::Serialize;

use super::{super::wire::Registration, change_of, told};
use crate::{network::policies, problem::Problem, write::Work};

/// How many warnings one transaction gives.
const WARNED_AT_ONCE: i64 = 100;

/// What a company is told whose registration is about to expire.
#[derive(Debug, Serialize)]
struct Expiring {
    #[serde(flatten)]
    registration: Registration,
    /// The warning of the network's policy that it is, in days before the end.
    warning_days: u32,
    /// How many days are left: the last one counts as a whole.
    days_left: i64,
}

/// Warns the partner and the master of every protection that is about to end, each time exactly once whatever the number of
/// processes (D3). How many it looked at: where it is the most that one transaction takes, there may be more.
///
/// # Errors
/// Those of the database.
pub(crate) fn warn_due(work: &mut Work<'_, '_>) -> Result<usize, Problem> {
    let now = work.now()?;
    let mut looked_at = 0_usize;
    for network in network::network_ids(work.conn())? {
        let policy = policies(work.conn(), network)?.warning_days;
        // The nearest first: whoever was warned of it is not warned of those before.
        for days in &policy {
            for (registration, warned) in store::to_warn(work.conn(), network, now, *days, WARNED_AT_ONCE)? {
                let Some(protection) = registration.status.protection else { continue };
                let due = warning_due(protection, warned, now, &policy);
                let noted = Warned { until: protection.until, days: *days };
                if store::note_warned(work.conn(), &registration, warned, noted)? && due == Some(*days) {
                    tell(work, registration, (protection, *days), now)?;
                }
                looked_at = looked_at.saturating_add(1);
            }
        }
    }
    Ok(looked_at)
}

fn tell(
    work: &mut Work<'_, '_>,
    registration: store::Registration,
    (protection, warning_days): (Protection, u32),
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let shown = told(work, &registration)?;
    let body = Expiring { registration: shown, warning_days, days_left: days_left(protection.until, now) };
    work.record_as_service(change_of("registration.expiring", &registration, &body))
}

fn days_left(until: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    let left = until.signed_duration_since(now);
    let whole = left.num_days();
    if left > TimeDelta::days(whole) { whole.saturating_add(1) } else { whole }
}
