//! Past sales counted again by an amendment, step by step. Each step is a transaction that any process may do next: it counts some
//! sales again, each with all of its contract years, and posts the differences into the open period. A step is kept whole or not
//! at all, and a sale that was counted again is not counted a second time.

use std::time::Duration;

use domain::{
    amendment::AmendmentState,
    id::{AmendmentId, AttributionId, ContractId, RestatementId, TermsId},
    ledger::Source,
};
use persistence::{amendment as store, db::Db, dialect, network, sale};
use sha2::{Digest, Sha256};

use super::commands::{keep, reached_by, record};
use crate::{
    ledger::posting::restate,
    problem::Problem,
    write::{Job, Work},
};

/// How many sales one step counts again.
const SALES_A_STEP: i64 = 20;
/// How long a process waits for its turn at an amendment that another one works on.
const PAUSE: Duration = Duration::from_millis(200);

/// What came of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// There is more to do.
    Went,
    /// Another process does it now.
    Elsewhere,
    /// Everything is done.
    Completed,
}

/// Goes on with every amendment whose changes of past sales are not all posted, until they are. Any number of processes may do it at
/// once, and each may be killed at any time.
///
/// # Errors
/// Those of the database.
pub async fn go_on(db: &Db) -> Result<(), Problem> {
    for amendment in db.read(|tx| store::applying(tx.conn)).await? {
        loop {
            let mut job = Job::named("amendments");
            match db.write(move |tx| job.run(tx, None, |work| step(work, amendment))).await? {
                Step::Went => {}
                Step::Elsewhere => tokio::time::sleep(PAUSE).await,
                Step::Completed => break,
            }
        }
    }
    Ok(())
}

/// The key by which one process at a time works on an amendment.
fn turn(amendment: AmendmentId) -> i64 {
    let digest = Sha256::digest(format!("amendment\n{amendment}"));
    digest.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}

fn step(work: &mut Work<'_, '_>, id: AmendmentId) -> Result<Step, Problem> {
    if !dialect::try_claim(work.conn(), turn(id))? {
        return Ok(Step::Elsewhere);
    }
    let found = store::by_id(work.conn(), id)?.filter(|amendment| amendment.state == AmendmentState::Applying);
    let Some(amendment) = found else { return Ok(Step::Completed) };
    let missing = || Problem::internal(format!("{id}: no version"));
    let version = amendment.terms.ok_or_else(missing)?;
    let number = network::find_terms(work.conn(), version)?.ok_or_else(missing)?.number;
    let sales = store::next_reached(work.conn(), id, &reached_by(&amendment, number), SALES_A_STEP)?;
    let done = sales.is_empty();
    for (sale, places) in &sales {
        count_again(work, id, version, (*sale, places))?;
    }
    let after = store::Amendment {
        state: if done { AmendmentState::Approved } else { AmendmentState::Applying },
        restated_sales: amendment.restated_sales.saturating_add(i32::try_from(sales.len()).unwrap_or(i32::MAX)),
        version: amendment.version.saturating_add(1),
        updated_at: work.now()?,
        ..amendment
    };
    keep(work, &after)?;
    if done {
        record(work, "amendment.applied", &after)?;
        return Ok(Step::Completed);
    }
    Ok(Step::Went)
}

/// Counts a sale again by a version, with all of its contract years.
fn count_again(
    work: &mut Work<'_, '_>,
    amendment: AmendmentId,
    version: TermsId,
    (contract, places): (ContractId, &[AttributionId]),
) -> Result<(), Problem> {
    let (id, now): (RestatementId, _) = (work.new_id(), work.now()?);
    store::insert_restatement(work.conn(), id, amendment, contract, now)?;
    for place in places {
        store::restate_place(work.conn(), id, *place, version)?;
    }
    for annuity in sale::annuities_of(work.conn(), contract)? {
        restate(work, &annuity, Source::new(id, i64::from(annuity.year)), version.to_string())?;
    }
    Ok(())
}
