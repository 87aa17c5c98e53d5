//! Disputes over a protection (R37, D18): both sides are heard, a master decides, another one hears an appeal.
//!
//! Neither party ever learns who the other is, what it said or when (D22): what each reader is shown is decided in [`show`] alone.

pub(crate) mod commands;
mod file;
mod handlers;
pub(crate) mod obligation;
mod show;
pub mod wire;
mod words;

use persistence::db::Db;

use crate::{problem::Problem, write::Job};

pub(crate) use handlers::routes;

/// Makes every decision final that nobody can appeal any more. Any number of processes may do it at once: each becomes final
/// once. How many did.
///
/// # Errors
/// Those of the database.
pub async fn finalise_due(db: &Db) -> Result<usize, Problem> {
    let mut all = 0_usize;
    loop {
        let mut job = Job::named("dispute-finality");
        match db.write(move |tx| job.run(tx, None, commands::finalise_due)).await? {
            0 => return Ok(all),
            some => all = all.saturating_add(some),
        }
    }
}
