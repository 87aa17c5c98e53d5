//! Registrations of prospects (R32 to R38): claims with evidence, and the protection that an accepted one gives.

mod check;
pub(crate) mod commands;
mod handlers;
mod matches;
pub(crate) mod obligation;
mod overriding;
pub(crate) mod prospect;
pub(crate) mod scope;
pub mod wire;
mod words;

use persistence::db::Db;

use crate::{problem::Problem, write::Job};

pub(crate) use handlers::routes;

/// Warns of every protection that is about to end (D3). Any number of processes may do it at once: each warning is given once. How
/// many protections it looked at.
///
/// # Errors
/// Those of the database.
pub async fn warn_due(db: &Db) -> Result<usize, Problem> {
    let mut all = 0_usize;
    loop {
        let mut job = Job::named("warning");
        match db.write(move |tx| job.run(tx, None, commands::warn_due)).await? {
            0 => return Ok(all),
            some => all = all.saturating_add(some),
        }
    }
}

/// Ends every protection that has run out (D3). Any number of processes may do it at once: each ends once. How many it ended.
///
/// # Errors
/// Those of the database.
pub async fn expire_due(db: &Db) -> Result<usize, Problem> {
    let mut all = 0_usize;
    loop {
        let mut job = Job::named("expiry");
        match db.write(move |tx| job.run(tx, None, commands::expire_due)).await? {
            0 => return Ok(all),
            some => all = all.saturating_add(some),
        }
    }
}
