//! Protections that go from one partner to another by a master's decision (R37).

use domain::{
    decided::Decided,
    id::{CompanyId, PartnerId, RegistrationId},
    registration::{
        self as rules, Passed, ProspectIdentity, Registration as Status, RegistrationAction, RegistrationReason,
        RegistrationRefusal,
    },
};
use persistence::{agreement::Agreement, registration as store, view::View};

use super::{
    super::wire::{Registration, RegistrationEnd, RegistrationTransfer},
    as_before,
    availability::make_way,
    decide::{ensure_not_run_out, reason_of, refused},
    evidence::add,
    finish, keep, key_taken, load,
    submit::{choose_agreement, no_prospects},
};
use crate::{
    problem::{Problem, Violation},
    wire,
    write::Work,
};

/// Who a protection is given to.
pub(crate) struct Taker {
    /// The agreement that it has the prospect under.
    pub agreement: Agreement,
    /// The prospect as it names it, if it did.
    pub named: Option<Naming>,
    /// Its own evidence: what another partner showed stays with that one (D22).
    pub evidence: Vec<store::Evidence>,
}

/// A prospect in a partner's own words.
pub(crate) struct Naming {
    /// The name.
    pub name: String,
    /// The tax id as it was written.
    pub tax_id_written: Option<String>,
}

/// Passes a protection on to another partner. The same again changes nothing.
pub(crate) fn transfer(
    work: &mut Work<'_, '_>,
    id: RegistrationId,
    transfer: &RegistrationTransfer,
) -> Result<Registration, Problem> {
    let before = load(work, id)?;
    let RegistrationTransfer { partner_id, agreement_id, reason, note } = transfer;
    let end = RegistrationEnd { reason: *reason, note: note.clone() };
    let partner: Result<PartnerId, Violation> = wire::id(partner_id, "/partner_id");
    let partner = partner.map_err(|violation| Problem::invalid(vec![violation]))?;
    if let Some(done) = passed_before(work, id, partner)? {
        return as_before(work, done);
    }
    ensure_not_run_out(work, &before, RegistrationAction::Transfer)?;
    let agreement = read_taker(work, &before, (partner, agreement_id.as_deref()), &end)?;
    let taker = Taker { agreement, named: None, evidence: Vec::new() };
    let reason = reason_of(&end)?;
    let taken = pass(work, before, &taker, reason, note.clone())?;
    as_shown(work, taken)
}

/// The registration that the protection of this one went to, where that is this partner's.
fn passed_before(
    work: &mut Work<'_, '_>,
    id: RegistrationId,
    partner: PartnerId,
) -> Result<Option<store::Registration>, Problem> {
    let to = store::passings(work.conn(), &[id])?.into_iter().find(|(_, from)| *from == id);
    let Some((to, _)) = to else { return Ok(None) };
    Ok(store::by_ids(work.conn(), &[to])?.into_iter().find(|taken| taken.partner == partner))
}

/// The agreement that the other partner has the prospect under; everything that is wrong with the transfer is said at once.
fn read_taker(
    work: &mut Work<'_, '_>,
    before: &store::Registration,
    (partner, agreement_id): (PartnerId, Option<&str>),
    end: &RegistrationEnd,
) -> Result<Agreement, Problem> {
    let (action, reason) = (RegistrationAction::Transfer, RegistrationReason::from(end.reason));
    let mut violations = Vec::new();
    if !reason.fits(action) {
        violations.extend(refused(&[RegistrationRefusal::ReasonDoesNotFit { action, reason }]).errors().to_vec());
    }
    violations.extend(reason_of(end).err().into_iter().flat_map(|problem| problem.errors().to_vec()));
    if partner == before.partner {
        violations.push(Violation::at("/partner_id", "partner_has_it").rule("R37"));
    }
    let unknown = || Violation::at("/partner_id", "unknown_partner");
    let view = work.caller()?.view();
    let agreement = match persistence::partner::find(work.conn(), &view, partner)? {
        Some(_) => choose_agreement(work, partner, agreement_id)?,
        None => Err(unknown()),
    };
    if let Ok(agreement) = &agreement {
        violations.extend(no_prospects(work, agreement)?);
    }
    match agreement {
        Ok(agreement) if violations.is_empty() => Ok(agreement),
        agreement => {
            violations.extend(agreement.err());
            Err(Problem::invalid(violations))
        }
    }
}

/// Ends a protection for its partner and gives it to another: neither a gap nor two of them, whatever happens at the same time.
///
/// # Errors
/// The state, a protection that has run out, and `prospect_not_available` where something else stands in the way.
pub(crate) fn pass(
    work: &mut Work<'_, '_>,
    from: store::Registration,
    taker: &Taker,
    reason: RegistrationReason,
    note: Option<String>,
) -> Result<store::Registration, Problem> {
    let now = work.now()?;
    let Passed { released, accepted } = rules::pass_on(from.status, reason, now).map_err(|refusals| refused(&refusals))?;
    let model = from.clone();
    end_protection(work, from, released, note)?;
    protect(work, &model, accepted, taker)
}

/// Ends a protection that nobody else gets, by a master's decision.
///
/// # Errors
/// The state.
pub(crate) fn release_by(work: &mut Work<'_, '_>, from: store::Registration, reason: RegistrationReason) -> Result<(), Problem> {
    match rules::release(from.status, reason).map_err(|refusals| refused(&refusals))? {
        Decided::Changed(released) => end_protection(work, from, released, None),
        Decided::Unchanged => Ok(()),
    }
}

fn end_protection(
    work: &mut Work<'_, '_>,
    from: store::Registration,
    released: Status,
    note: Option<String>,
) -> Result<(), Problem> {
    let (now, actor) = (work.now()?, work.actor());
    let mut ended = store::Registration { status: released, ended_at: Some(now), note, ..from };
    (ended.decided_by, ended.decided_at) = (Some(actor), Some(now));
    keep(work, &mut ended)?;
    finish(work, "registration.released", ended)?;
    Ok(())
}

/// Gives the taker a protection on the prospect and scope of `model`.
///
/// # Errors
/// `prospect_not_available` where something else stands in the way.
pub(crate) fn protect(
    work: &mut Work<'_, '_>,
    model: &store::Registration,
    status: Status,
    taker: &Taker,
) -> Result<store::Registration, Problem> {
    let (id, now) = (work.new_id(), work.now()?);
    let Taker { agreement, named, evidence } = taker;
    let taken = store::Registration {
        id,
        network: agreement.network,
        master: agreement.master,
        partner: agreement.partner,
        agreement: agreement.id,
        prospect: prospect_of(model, named.as_ref()),
        scope: model.scope.clone(),
        tax_id_written: written(model, named.as_ref()),
        email: None,
        status,
        note: None,
        asks: Vec::new(),
        supersedes: None,
        superseded_by: None,
        submitted_at: Some(now),
        decided_by: Some(work.actor()),
        decided_at: Some(now),
        ended_at: None,
        customer: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    make_way(work, &taken)?;
    end_own(work, &taken)?;
    store::insert(work.conn(), &taken).map_err(key_taken)?;
    store::note_taken_from(work.conn(), id, model.id)?;
    let evidence: Vec<_> =
        evidence.iter().cloned().map(|piece| store::Evidence { id: work.new_id(), registration: id, ..piece }).collect();
    add(work, &evidence)?;
    finish(work, "registration.accepted", taken.clone())?;
    Ok(taken)
}

/// The prospect with the keys that the protection stands on, under the taker's own name for it.
fn prospect_of(model: &store::Registration, named: Option<&Naming>) -> ProspectIdentity {
    let known = &model.prospect;
    let name = named.map_or_else(|| known.name(), |named| named.name.as_str());
    let identity = ProspectIdentity::new(name, known.country(), known.tax_id().cloned(), known.domain().cloned());
    identity.unwrap_or_else(|_| known.clone())
}

/// The tax id as the taker wrote it; else as it is kept, which nobody wrote.
fn written(model: &store::Registration, named: Option<&Naming>) -> Option<String> {
    let own = named.and_then(|named| named.tax_id_written.clone());
    model.prospect.tax_id().map(|tax_id| own.unwrap_or_else(|| tax_id.number().to_owned()))
}

/// Ends what the taker itself still claims of the prospect: the protection that it is given takes its place.
fn end_own(work: &mut Work<'_, '_>, taken: &store::Registration) -> Result<(), Problem> {
    let view = View { network: taken.network, company: CompanyId::Partner(taken.partner) };
    let (keys, now) = (taken.keys(), work.now()?);
    while let Some(id) = store::find_live_of(work.conn(), taken.network, taken.partner, (&keys, &taken.scope), None)? {
        let own = store::find(work.conn(), &view, id)?.ok_or_else(|| Problem::internal(format!("{id}: a key of nothing")))?;
        let Decided::Changed(status) = rules::supersede(own.status).map_err(|refusals| refused(&refusals))? else {
            return Err(Problem::internal(format!("{id}: a claim that has ended")));
        };
        let mut ended = store::Registration { status, ended_at: Some(now), asks: Vec::new(), ..own };
        keep(work, &mut ended)?;
        finish(work, "registration.withdrawn", ended)?;
    }
    Ok(())
}

/// Shows a registration that was kept and recorded.
fn as_shown(work: &mut Work<'_, '_>, registration: store::Registration) -> Result<Registration, Problem> {
    let evidence = store::evidence_of(work.conn(), registration.id)?;
    let id = registration.id;
    super::with_names(work, id, Registration::of(registration, evidence, Vec::new()))
}

/// Puts a registration under the agreement that took the place of its own, and its master (D4).
///
/// # Errors
/// Those of the database.
pub(crate) fn follow_agreement(work: &mut Work<'_, '_>, id: RegistrationId, successor: &Agreement) -> Result<(), Problem> {
    let found = store::by_ids(work.conn(), &[id])?.pop().ok_or_else(|| Problem::internal(format!("no {id}")))?;
    let left = found.master;
    let mut after = store::Registration { agreement: successor.id, master: successor.master, ..found };
    keep(work, &mut after)?;
    let (network, version) = (after.network, after.version);
    finish(work, "registration.agreement_changed", after)?;
    if left != successor.master {
        work.tell_left("registration.left", (network, id.to_string(), version), left.into())?;
    }
    Ok(())
}
