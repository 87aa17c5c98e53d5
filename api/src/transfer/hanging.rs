//! What hangs on whoever goes over to another master beside what it sells: what it has shown, has for its customers, and asked for (D4).

use persistence::{agreement::Agreement, transfer as store};

use crate::{
    benefit, continuity::change_master_of_guarantee, expertise, problem::Problem, qualification,
    support::change_master_of_request, write::Work,
};

/// Lets the next of it follow, `limit` pieces at most: of the partner, and of the promoters that went over with it. How many.
///
/// # Errors
/// Those of the database.
pub(super) fn follow(
    work: &mut Work<'_, '_>,
    transfer: &store::Transfer,
    successor: &Agreement,
    limit: i64,
) -> Result<usize, Problem> {
    let to = successor.master;
    let partners = store::gone_over(work.conn(), transfer.partner, to)?;
    let mut done: usize = 0;
    let behind = |done: usize| store::Behind {
        partners: &partners,
        master: transfer.from_master,
        limit: limit.saturating_sub(i64::try_from(done).unwrap_or(limit)),
    };
    for id in store::guarantees_to_follow(work.conn(), behind(done))? {
        change_master_of_guarantee(work, id, to)?;
        done = done.saturating_add(1);
    }
    for id in store::qualifications_to_follow(work.conn(), behind(done))? {
        qualification::commands::change_master(work, id, to)?;
        done = done.saturating_add(1);
    }
    for id in store::expertise_to_follow(work.conn(), behind(done))? {
        expertise::change_master(work, id, to)?;
        done = done.saturating_add(1);
    }
    for id in store::support_to_follow(work.conn(), behind(done))? {
        change_master_of_request(work, id, (transfer.agreement, successor))?;
        done = done.saturating_add(1);
    }
    for id in store::benefits_to_follow(work.conn(), behind(done))? {
        benefit::commands::change_master(work, id, to)?;
        done = done.saturating_add(1);
    }
    Ok(done)
}
