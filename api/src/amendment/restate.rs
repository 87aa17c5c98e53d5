//! Past sales counted again by an amendment, step by step. Each step is a transaction that any process may do next: it counts some
//! sales again, each with all of its contract years, and posts the differences into the open period. A step is kept whole or not
//! at all, and a sale that was counted again is not counted a second time. A sale that cannot be counted is set aside, so that it
//! holds up no other one.

use std::time::Duration;

use domain::{
    amendment::AmendmentState,
    id::{AmendmentId, AttributionId, ContractId, RestatementId, TermsId, UncountedSaleId},
    ledger::Source,
};
use persistence::{
    amendment as store,
    db::Db,
    dialect,
    error::{CommandError, DbError},
    network, sale,
};
use sha2::{Digest, Sha256};

use super::{
    commands::{keep, reached_by, record},
    uncountable::why,
};
use crate::{
    ledger::{posting::restate, volume},
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

/// What keeps a step from being kept.
enum Stopped {
    /// This sale does.
    Sale(ContractId, Problem),
    /// Something else does.
    Other(Problem),
}

impl From<Problem> for Stopped {
    fn from(problem: Problem) -> Self {
        Self::Other(problem)
    }
}

impl From<DbError> for Stopped {
    fn from(error: DbError) -> Self {
        Self::Other(error.into())
    }
}

impl CommandError for Stopped {
    fn database(&self) -> Option<&DbError> {
        let (Self::Sale(_, problem) | Self::Other(problem)) = self;
        problem.database()
    }
}

/// Goes on with every amendment whose changes of past sales are not all posted, until they are. Any number of processes may do it at
/// once, and each may be killed at any time.
///
/// # Errors
/// Those of the database.
pub async fn go_on(db: &Db) -> Result<(), Problem> {
    let mut failed = None;
    for amendment in db.read(|tx| store::applying(tx.conn)).await? {
        // What keeps one amendment from going on is no matter of the others.
        if let Err(problem) = go_on_with(db, amendment).await {
            failed.get_or_insert(problem);
        }
    }
    failed.map_or(Ok(()), Err)
}

async fn go_on_with(db: &Db, amendment: AmendmentId) -> Result<(), Problem> {
    loop {
        let mut job = Job::named("amendments");
        let stepped = db.write(move |tx| job.run(tx, None, |work| step(work, amendment))).await;
        match stepped {
            Ok(Step::Went) => {}
            Ok(Step::Elsewhere) => tokio::time::sleep(PAUSE).await,
            Ok(Step::Completed) => return Ok(()),
            Err(Stopped::Other(problem)) => return Err(problem),
            Err(Stopped::Sale(sale, problem)) => set_aside(db, amendment, sale, problem).await?,
        }
    }
}

/// Sets a sale aside that a step could not count, whose work is undone: the next step goes on without it.
async fn set_aside(db: &Db, amendment: AmendmentId, sale: ContractId, problem: Problem) -> Result<(), Problem> {
    let Some(why) = why(&problem) else { return Err(problem) };
    log::warn!("{amendment}: {sale} is not counted: {}", problem.cause().unwrap_or_else(|| problem.to_string()));
    let mut job = Job::named("amendments");
    let set_aside = move |work: &mut Work<'_, '_>| {
        let turn = dialect::try_claim(work.conn(), turn(amendment))?;
        let applying = store::by_id(work.conn(), amendment)?.filter(|it| turn && it.state == AmendmentState::Applying);
        let Some(found) = applying else { return Ok(()) };
        // Another process may have met it, or counted it.
        if !store::is_left(work.conn(), (amendment, found.turn), sale)? {
            return Ok(());
        }
        let id: UncountedSaleId = work.new_id();
        let (why, recorded_at) = (why.clone(), work.now()?);
        let uncounted = store::UncountedSale { id, amendment, contract: sale, turn: found.turn, why, recorded_at };
        Ok(store::insert_uncounted(work.conn(), &uncounted)?)
    };
    db.write(move |tx| job.run(tx, None, &set_aside)).await
}

/// The key by which one process at a time works on an amendment.
fn turn(amendment: AmendmentId) -> i64 {
    let digest = Sha256::digest(format!("amendment\n{amendment}"));
    digest.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}

fn step(work: &mut Work<'_, '_>, id: AmendmentId) -> Result<Step, Stopped> {
    if !dialect::try_claim(work.conn(), turn(id))? {
        return Ok(Step::Elsewhere);
    }
    let found = store::by_id(work.conn(), id)?.filter(|amendment| amendment.state == AmendmentState::Applying);
    let Some(amendment) = found else { return Ok(Step::Completed) };
    let missing = || Problem::internal(format!("{id}: no version"));
    let version = amendment.terms.ok_or_else(missing)?;
    let number = network::find_terms(work.conn(), version)?.ok_or_else(missing)?.number;
    let sales = store::next_reached(work.conn(), (id, amendment.turn), &reached_by(&amendment, number), SALES_A_STEP)?;
    let done = sales.is_empty();
    for (sale, places) in &sales {
        count_again(work, id, version, (*sale, places)).map_err(|problem| Stopped::Sale(*sale, problem))?;
    }
    let uncounted = if done { store::count_uncounted(work.conn(), id, amendment.turn)? } else { 0 };
    let (state, kind) = match (done, uncounted) {
        (false, _) => (AmendmentState::Applying, None),
        (true, 0) => (AmendmentState::Approved, Some("amendment.applied")),
        (true, _) => (AmendmentState::Incomplete, Some("amendment.incomplete")),
    };
    let after = store::Amendment {
        state,
        uncounted_sales: i32::try_from(uncounted).unwrap_or(i32::MAX),
        restated_sales: amendment.restated_sales.saturating_add(i32::try_from(sales.len()).unwrap_or(i32::MAX)),
        version: amendment.version.saturating_add(1),
        updated_at: work.now()?,
        ..amendment
    };
    keep(work, &after)?;
    let Some(kind) = kind else { return Ok(Step::Went) };
    record(work, kind, &after)?;
    Ok(Step::Completed)
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
        if annuity.year == 1 {
            volume::freeze(work, &annuity)?;
        }
        restate(work, &annuity, Source::new(id, i64::from(annuity.year)), version.to_string())?;
    }
    Ok(())
}
