//! What ends with the partner, once a takeover is confirmed, because nobody takes it over: what it asked of its master, introductions
//! that wait for an answer, its promoters' agreements with it, and the projects that it advises itself.
//!
//! Nobody becomes a party of a contract that it did not make: a promoter whose reseller failed makes another one (R26). What it earns by
//! sales goes on, for its places in them are frozen (D19), and so does what followed a customer to whoever answers for it now.

use domain::id::CompanyId;
use persistence::{agreement, continuity as store, introduction, project, support};

use super::finish::REASON;
use crate::{
    agreement::end_by_failure, introduction::end_by_failure as end_introduction, problem::Problem,
    project::end_by_failure as end_project, support::decline_by, write::Work,
};

/// Ends the next of it, `limit` pieces at most. How many.
pub(super) fn wind_up(work: &mut Work<'_, '_>, case: &store::Case, limit: i64) -> Result<usize, Problem> {
    let mut done: usize = 0;
    let room = |done: usize| limit.saturating_sub(i64::try_from(done).unwrap_or(limit));
    for request in support::open_of(work.conn(), case.partner, room(done))? {
        decline_by(work, request, REASON)?;
        done = done.saturating_add(1);
    }
    for offered in introduction::offered_of(work.conn(), case.partner, room(done))? {
        end_introduction(work, offered, case.partner, REASON)?;
        done = done.saturating_add(1);
    }
    for held in agreement::living_with(work.conn(), CompanyId::Partner(case.partner), room(done))? {
        end_by_failure(work, held, REASON)?;
        done = done.saturating_add(1);
    }
    for advised in project::going_on_advised_by(work.conn(), case.partner, room(done))? {
        end_project(work, advised, REASON)?;
        done = done.saturating_add(1);
    }
    Ok(done)
}
