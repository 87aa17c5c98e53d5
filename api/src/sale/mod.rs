//! Sales (R11, R15–R17, R53–R80, R88): proposals in versions, the contracts they become, annuities and their instalments.

pub(crate) mod commands;
mod handlers;
pub mod wire;

use persistence::db::Db;

use crate::{problem::Problem, write::Job};

pub(crate) use handlers::routes;

/// Begins the contract years that cost the customer nothing, each on its first day (D12).
///
/// # Errors
/// Those of the database.
pub async fn begin_due(db: &Db) -> Result<usize, Problem> {
    let mut all = 0_usize;
    loop {
        let mut job = Job::named("begin-years");
        match db.write(move |tx| job.run(tx, None, commands::begin_due)).await? {
            0 => return Ok(all),
            some => all = all.saturating_add(some),
        }
    }
}
