//! The use cases of sales: each one transaction.

pub(crate) mod annuity;
pub(crate) mod contract;
mod introduced;
pub(crate) mod offer;
mod own_instance;
pub(crate) mod parties;
pub(crate) mod proposal;
pub(crate) mod protection;
mod sign;
pub(crate) mod succession;

pub(super) use annuity::begin_due;
pub(crate) use sign::{attribution, sign};

use chrono::NaiveDate;
use domain::id::{MasterId, NetworkId};

use crate::{
    calendar,
    problem::{Code, Problem},
    write::Work,
};

/// The day it is where the master is.
pub(crate) fn today(work: &mut Work<'_, '_>, network: NetworkId, master: MasterId) -> Result<NaiveDate, Problem> {
    let now = work.now()?;
    calendar::today(work.conn(), network, master, now)
}

/// What a change is told that met another one.
fn met_another(version: i64) -> Problem {
    Problem::new(Code::VersionMismatch).with("version", version)
}

/// Amounts that were held against the limits when they came in cannot be too large when they are read.
fn unheld(what: impl std::fmt::Display) -> Problem {
    Problem::internal(format!("{what}: amounts that cannot be held"))
}
