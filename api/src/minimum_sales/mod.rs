//! Minimum sales (R57, D13): the pace of the year that runs, and what was found when a year was over.

mod commands;
mod handlers;
mod judge;
pub(crate) mod obligation;
mod watched;
pub mod wire;

use persistence::db::Db;

use crate::{problem::Problem, write::Job};

pub(crate) use handlers::routes;

/// Counts every year of an agreement that is over and was not counted yet, and makes a finding where sales are missing (D13). Any number
/// of processes may do it at once: each year is counted once. How many years it counted.
///
/// # Errors
/// Those of the database.
pub async fn judge_due(db: &Db) -> Result<usize, Problem> {
    let mut all = 0_usize;
    loop {
        let mut job = Job::named("minimum-sales");
        match db.write(move |tx| job.run(tx, None, judge::judge_due)).await? {
            0 => return Ok(all),
            some => all = all.saturating_add(some),
        }
    }
}
