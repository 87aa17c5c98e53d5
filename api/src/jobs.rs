//! What the service does of itself, from time to time. Several processes may do the same at once: each job is one that can be
//! done twice.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use chrono::TimeDelta;
use persistence::{idempotency, identity::session};

use crate::{
    academy, agreement, amendment, app::App, continuity, dispute, entry_fee, minimum_sales, payout, problem::Problem,
    qualification, registration, sale, statement, transfer, write::Job,
};

/// How long the answers of requests that may come again are kept.
const ANSWERS_KEPT: TimeDelta = TimeDelta::hours(48);

/// How much a job did in a turn.
type Running = Pin<Box<dyn Future<Output = Result<usize, Problem>>>>;

/// A job, and how long it waits between two turns.
struct Periodic {
    name: &'static str,
    every: Duration,
    run: fn(Arc<App>) -> Running,
}

const HOUR: Duration = Duration::from_secs(60 * 60);
const MINUTE: Duration = Duration::from_secs(60);
/// For what somebody waits for.
const SOON: Duration = Duration::from_secs(2);

/// Every job. What depends on the day is looked at every minute: it has come as soon as a day has, wherever that day begins.
const JOBS: &[Periodic] = &[
    Periodic { name: "end protections that have run out", every: MINUTE, run: |app| Box::pin(expire_registrations(app)) },
    Periodic { name: "warn of protections that are about to end", every: MINUTE, run: |app| Box::pin(warn_of_expiry(app)) },
    Periodic { name: "make decisions of disputes final", every: MINUTE, run: |app| Box::pin(finalise_disputes(app)) },
    Periodic { name: "count past sales again", every: MINUTE, run: |app| Box::pin(count_past_sales_again(app)) },
    Periodic { name: "begin years that cost nothing", every: MINUTE, run: |app| Box::pin(begin_years(app)) },
    Periodic { name: "count the sales of years that are over", every: MINUTE, run: |app| Box::pin(count_sales(app)) },
    Periodic { name: "go on with takeovers", every: SOON, run: |app| Box::pin(continue_takeovers(app)) },
    Periodic { name: "carry transfers out", every: MINUTE, run: |app| Box::pin(continue_transfers(app)) },
    Periodic { name: "expire agreements", every: MINUTE, run: |app| Box::pin(expire_agreements(app)) },
    Periodic { name: "go on with closing runs", every: MINUTE, run: |app| Box::pin(go_on_with_closing_runs(app)) },
    Periodic { name: "watch statement deadlines", every: MINUTE, run: |app| Box::pin(watch_statement_deadlines(app)) },
    Periodic { name: "remind of remittances", every: MINUTE, run: |app| Box::pin(remind_of_remittances(app)) },
    Periodic {
        name: "note entry fees that statements settled",
        every: MINUTE,
        run: |app| Box::pin(note_settled_entry_fees(app)),
    },
    Periodic { name: "expire qualifications", every: MINUTE, run: |app| Box::pin(expire_qualifications(app)) },
    Periodic { name: "take the late off waiting lists", every: MINUTE, run: |app| Box::pin(miss_enrolments(app)) },
    Periodic { name: "forget kept answers", every: HOUR, run: |app| Box::pin(forget_answers(app)) },
    Periodic { name: "forget refresh tokens", every: HOUR, run: |app| Box::pin(forget_refresh_tokens(app)) },
    Periodic { name: "forget idle callers", every: MINUTE, run: |app| Box::pin(forget_idle_callers(app)) },
];

/// Starts every job in this thread's runtime; they end with it.
pub fn start(app: &Arc<App>) {
    for Periodic { name, every, run } in JOBS {
        let app = Arc::clone(app);
        actix_web::rt::spawn(async move {
            let mut turns = tokio::time::interval(*every);
            turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                turns.tick().await;
                // What a log statement is given is computed only where that level is logged: the work is done before it.
                match run(Arc::clone(&app)).await {
                    Ok(0) => {}
                    Ok(done) => log::info!("{name}: {done}"),
                    Err(problem) => log::warn!("{name}: {}", problem.cause().unwrap_or_else(|| problem.to_string())),
                }
            }
        });
    }
}

async fn note_settled_entry_fees(app: Arc<App>) -> Result<usize, Problem> {
    entry_fee::note_settled(&app.db).await
}

/// Does every job once, one after the other.
///
/// # Errors
/// Those of the first job that cannot be done.
pub async fn run_all(app: &Arc<App>) -> Result<(), Problem> {
    for job in JOBS {
        (job.run)(Arc::clone(app)).await?;
    }
    Ok(())
}

async fn expire_registrations(app: Arc<App>) -> Result<usize, Problem> {
    registration::expire_due(&app.db).await
}

async fn warn_of_expiry(app: Arc<App>) -> Result<usize, Problem> {
    registration::warn_due(&app.db).await
}

async fn finalise_disputes(app: Arc<App>) -> Result<usize, Problem> {
    dispute::finalise_due(&app.db).await
}

async fn count_past_sales_again(app: Arc<App>) -> Result<usize, Problem> {
    amendment::go_on(&app.db).await.map(|()| 0)
}

async fn continue_takeovers(app: Arc<App>) -> Result<usize, Problem> {
    continuity::continue_takeovers(&app.db).await
}

async fn continue_transfers(app: Arc<App>) -> Result<usize, Problem> {
    transfer::continue_transfers(&app.db).await
}

async fn expire_agreements(app: Arc<App>) -> Result<usize, Problem> {
    let mut job = Job::named("expire-agreements");
    app.db.write(move |tx| job.run(tx, None, agreement::expire_due)).await
}

async fn go_on_with_closing_runs(app: Arc<App>) -> Result<usize, Problem> {
    statement::closing::go_on(&app.db).await.map(|()| 0)
}

async fn watch_statement_deadlines(app: Arc<App>) -> Result<usize, Problem> {
    let mut job = Job::named("statement-deadlines");
    app.db.write(move |tx| job.run(tx, None, statement::deadline::watch)).await
}

async fn remind_of_remittances(app: Arc<App>) -> Result<usize, Problem> {
    payout::remittance::remind(&app.db).await
}

async fn expire_qualifications(app: Arc<App>) -> Result<usize, Problem> {
    let mut job = Job::named("expire-qualifications");
    app.db.write(move |tx| job.run(tx, None, qualification::expire_due)).await
}

async fn count_sales(app: Arc<App>) -> Result<usize, Problem> {
    minimum_sales::judge_due(&app.db).await
}

async fn begin_years(app: Arc<App>) -> Result<usize, Problem> {
    sale::begin_due(&app.db).await
}

async fn miss_enrolments(app: Arc<App>) -> Result<usize, Problem> {
    let mut job = Job::named("miss-enrolments");
    app.db.write(move |tx| job.run(tx, None, academy::miss_due)).await
}

async fn forget_answers(app: Arc<App>) -> Result<usize, Problem> {
    let forget = app.db.write(|tx| {
        let before = tx.now()?.checked_sub_signed(ANSWERS_KEPT).unwrap_or_default();
        idempotency::forget(tx.conn, before)
    });
    Ok(forget.await?)
}

async fn forget_refresh_tokens(app: Arc<App>) -> Result<usize, Problem> {
    let forget = app.db.write(|tx| {
        let now = tx.now()?;
        session::forget_tokens(tx.conn, now)
    });
    Ok(forget.await?)
}

async fn forget_idle_callers(app: Arc<App>) -> Result<usize, Problem> {
    app.limits.forget_idle();
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_what_is_forgotten_waits_for_longer_than_a_minute_after_its_day_has_come() {
        let late: Vec<&str> = JOBS.iter().filter(|job| job.every > MINUTE).map(|job| job.name).collect();
        assert_eq!(late, ["forget kept answers", "forget refresh tokens"]);
    }
}
