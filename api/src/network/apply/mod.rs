//! Loading a network's file into the database, whole or not at all.
//!
//! First everything is compared and nothing written: what would touch something published is a fault at its line. Then what
//! is new or changed is saved, each with its event. So twice the same file changes nothing, and a changed one makes new
//! versions and never touches old ones (R86, R90).

mod plan;
pub(crate) mod published;

use std::{fmt, sync::Arc};

use domain::id::{MasterId, NetworkId};
use persistence::{db::Db, event::Audience, network as store};

use super::{
    catalogue::wire::CatalogueItem,
    definition::{DefinitionFile, Fault, FileFault, NetworkDefinition},
    wire::{Master, Network, PartnershipType, Terms},
};
use crate::{
    problem::{Code, Problem},
    write::{Change, Job, Work, erased},
};
use plan::{Plan, Saved, Step};

/// What a file came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The network.
    pub network: NetworkId,
    /// Its code.
    pub code: String,
    /// What changed, in the order of the file. Nothing, where the file says what is there already.
    pub changes: Vec<AppliedChange>,
}

/// One thing that a file changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedChange {
    /// What happened, as its event says: `master.created`.
    pub kind: &'static str,
    /// The code of what it happened to; with the number, for terms.
    pub code: String,
}

impl fmt::Display for AppliedChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, code } = self;
        write!(f, "{kind} {code}")
    }
}

impl fmt::Display for Applied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { network, code, changes } = self;
        if changes.is_empty() {
            return write!(f, "{code} ({network}): nothing changed");
        }
        write!(f, "{code} ({network}): {} changed", changes.len())?;
        changes.iter().try_for_each(|change| write!(f, "\n  {change}"))
    }
}

/// Why a file was not applied. Nothing of it was.
#[derive(Debug)]
pub enum NotApplied {
    /// It has faults, in the order of its lines.
    Faults(Vec<FileFault>),
    /// It could not be saved.
    Problem(Problem),
}

/// Reads a file and applies it in one transaction of its own. A dry run answers the same and writes nothing.
///
/// # Errors
/// [`NotApplied`] with every fault, or with what the database said.
pub async fn apply_text(db: &Db, yaml: &str, dry_run: bool) -> Result<Applied, NotApplied> {
    let file = Arc::new(DefinitionFile::read(yaml).map_err(NotApplied::Faults)?);
    let (mut job, read) = (Job::named("network-apply"), Arc::clone(&file));
    let verdict = db.write(move |tx| {
        job.run(tx, None, |work| match dry_run {
            true => Ok(plan::plan(work, read.definition())?.map(|plan| plan.applied())),
            false => apply(work, read.definition()),
        })
    });
    let verdict = verdict.await.map_err(NotApplied::Problem)?;
    verdict.map_err(|faults| NotApplied::Faults(file.locate(faults)))
}

/// Applies a definition as it was read: saves what it says that is not there yet. The inner error is every fault of the
/// definition, of which then nothing was saved.
///
/// # Errors
/// Those of the database.
pub fn apply(work: &mut Work<'_, '_>, definition: &NetworkDefinition) -> Result<Result<Applied, Vec<Fault>>, Problem> {
    let plan = match plan::plan(work, definition)? {
        Ok(plan) => plan,
        Err(faults) => return Ok(Err(faults)),
    };
    let Plan { network: _, masters, steps } = &plan;
    for step in steps {
        carry_out(work, masters, step)?;
    }
    if steps.is_empty() {
        work.nothing_changed();
    }
    Ok(Ok(plan.applied()))
}

/// Publishes a version of a type's terms that two people decided on, and tells every master.
///
/// # Errors
/// Those of the database; `version_mismatch` when the type was changed since.
pub(crate) fn publish(
    work: &mut Work<'_, '_>,
    mut of_type: store::PartnershipType,
    terms: store::TermsVersion,
) -> Result<(), Problem> {
    let masters: Vec<MasterId> = store::masters_of(work.conn(), terms.network)?.iter().map(|master| master.id).collect();
    (of_type.version, of_type.updated_at) = (of_type.version.saturating_add(1), terms.created_at);
    let code = of_type.code.clone();
    carry_out(work, &masters, &Step::Terms(code, terms))?;
    carry_out(work, &masters, &Step::Type(Saved::Changed, of_type))
}

fn carry_out(work: &mut Work<'_, '_>, masters: &[MasterId], step: &Step) -> Result<(), Problem> {
    match step {
        Step::Network(saved, network) => {
            let done = match saved {
                Saved::New => store::insert_network(work.conn(), network).map(|()| true),
                Saved::Changed | Saved::Retired => store::update_network(work.conn(), network),
            };
            expect(done?, network.version)?;
            let shown = Network::of(network.clone())?;
            announce(work, masters, step, (network.id, network.id.to_string(), shown.version), &shown)
        }
        Step::Master(saved, master) => {
            let done = match saved {
                Saved::New => store::insert_master(work.conn(), master).map(|()| true),
                Saved::Changed | Saved::Retired => store::update_master(work.conn(), master),
            };
            expect(done?, master.version)?;
            let shown = Master::from(master.clone());
            announce(work, masters, step, (master.network, master.id.to_string(), shown.version), &shown)
        }
        Step::Type(saved, partnership_type) => {
            let done = match saved {
                Saved::New => store::insert_type(work.conn(), partnership_type).map(|()| true),
                Saved::Changed | Saved::Retired => store::update_type(work.conn(), partnership_type),
            };
            expect(done?, partnership_type.version)?;
            let heads = store::terms_heads(work.conn(), &[partnership_type.id])?;
            let shown = PartnershipType::of(partnership_type.clone(), &heads, work.now()?.date_naive())?;
            let subject = (partnership_type.network, partnership_type.id.to_string(), shown.version);
            announce(work, masters, step, subject, &shown)
        }
        Step::Terms(_, terms) => {
            store::insert_terms(work.conn(), terms)?;
            let shown = Terms::of(terms)?;
            announce(work, masters, step, (terms.network, terms.id.to_string(), shown.version), &shown)
        }
        Step::Item(saved, item, prices) => {
            let done = match saved {
                Saved::New => store::insert_item(work.conn(), item).map(|()| true),
                Saved::Changed | Saved::Retired => store::update_item(work.conn(), item),
            };
            expect(done?, item.version)?;
            for price in prices {
                store::insert_price(work.conn(), item.id, price)?;
            }
            let shown = CatalogueItem::of(item.clone(), store::prices_of(work.conn(), item.id)?)?;
            announce(work, masters, step, (item.network, item.id.to_string(), shown.version), &shown)
        }
    }
}

/// Whether a row was still the one that was compared.
fn expect(saved: bool, version: i64) -> Result<(), Problem> {
    if saved { Ok(()) } else { Err(Problem::new(Code::VersionMismatch).with("version", version)) }
}

/// Records what happened, once for each master: what all of a network share concerns all who run it.
fn announce(
    work: &mut Work<'_, '_>,
    masters: &[MasterId],
    step: &Step,
    (network, subject, version): (NetworkId, String, i64),
    body: &dyn erased::Json,
) -> Result<(), Problem> {
    let kind = step.kind();
    for master in masters {
        let audience = Audience { master: Some(*master), partner: None, counterparty: None };
        work.record(Change { network, kind, subject: subject.clone(), version, audience, body })?;
    }
    Ok(())
}
