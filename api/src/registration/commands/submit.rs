//! Handing registrations in (R33, R34, D2).

use domain::{
    decided::Decided,
    id::{PartnerId, RegistrationId},
    registration::{
        Evidence as DatedEvidence, ProspectIdentity, Registration as Status, RegistrationState, Scope,
        submit as decide_submission,
    },
};
use persistence::{
    agreement::{self, Agreement},
    partner as partners, registration as store,
};

use super::{
    super::{
        prospect::Named,
        scope,
        wire::{NewEvidence, NewRegistration, ProspectChange, Registration, RegistrationChange},
    },
    as_before,
    availability::ensure_claimable,
    finish, keep, key_taken, load, own_is_live, refer,
};
use crate::{
    calendar,
    network::{definition::Code, policies},
    problem::{Problem, Violation},
    reference, wire,
    write::Work,
};

/// Hands a new registration in.
pub(crate) fn submit(work: &mut Work<'_, '_>, new: &NewRegistration) -> Result<Registration, Problem> {
    let NewRegistration { agreement_id, prospect: new_prospect, product_lines, evidence, external_references } = new;
    let partner = work.caller()?.company.partner().ok_or_else(Problem::not_found)?;
    let now = work.now()?;
    let agreement = choose_agreement(work, partner, agreement_id.as_deref())?;
    let prospect = Named::from(new_prospect).read("/prospect");
    let scope = read_scope(work, product_lines.as_deref())?;
    let (agreement, prospect, scope) = match (agreement, prospect, scope) {
        (Ok(agreement), Ok(prospect), Ok(scope)) => (agreement, prospect, scope),
        (agreement, prospect, scope) => {
            let of_claim = [prospect.err(), scope.err()].into_iter().flatten().flatten();
            return Err(Problem::invalid(agreement.err().into_iter().chain(of_claim).collect()));
        }
    };
    ensure_own_is_free(work, partner, (&prospect, &scope), None)?;
    ensure_claimable(work, &prospect, &scope, partner)?;
    let id = work.new_id();
    let evidence = further_evidence(work, id, &[], evidence)?;
    let mut registration = store::Registration {
        id,
        network: agreement.network,
        master: agreement.master,
        partner,
        agreement: agreement.id,
        prospect,
        scope,
        tax_id_written: new_prospect.tax_id.clone(),
        email: new_prospect.email.clone(),
        status: Status { state: RegistrationState::Submitted, reason: None, protection: None },
        note: None,
        submitted_at: now,
        decided_by: None,
        decided_at: None,
        ended_at: None,
        customer: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    hand_in(work, &mut registration, None, &evidence)?;
    store::insert(work.conn(), &registration).map_err(key_taken)?;
    add(work, &evidence)?;
    refer(work, id, external_references)?;
    finish(work, handed_in(&registration), registration)
}

/// What happened to a registration that was handed in.
fn handed_in(registration: &store::Registration) -> &'static str {
    match registration.status.state {
        RegistrationState::ActionRequired => "registration.action_required",
        _ => "registration.submitted",
    }
}

/// The agreement that a registration is made under: the one named, or the only one in force.
fn choose_agreement(
    work: &mut Work<'_, '_>,
    partner: PartnerId,
    named: Option<&str>,
) -> Result<Result<Agreement, Violation>, Problem> {
    let (view, now) = (work.caller()?.view(), work.now()?);
    let own = partners::find(work.conn(), &view, partner)?.ok_or_else(Problem::not_found)?;
    let today = calendar::today(work.conn(), own.network, own.master, now)?;
    let mut in_force = agreement::in_force_of(work.conn(), partner, today)?;
    if let Some(named) = named {
        in_force.retain(|agreement| agreement.id.to_string() == named);
    }
    Ok(match (in_force.pop(), in_force.is_empty()) {
        (None, _) => Err(Violation::at("/agreement_id", "no_active_agreement").rule("R7")),
        (Some(_), false) => Err(Violation::at("/agreement_id", "several_agreements")),
        (Some(only), true) => Ok(only),
    })
}

/// What the caller claims of a prospect.
fn read_scope(work: &mut Work<'_, '_>, product_lines: Option<&[Code]>) -> Result<Result<Scope, Vec<Violation>>, Problem> {
    let view = work.caller()?.view();
    scope::read(work, &view, product_lines)
}

/// Refuses a prospect that the partner has another live registration for in an overlapping scope.
fn ensure_own_is_free(
    work: &mut Work<'_, '_>,
    partner: PartnerId,
    (prospect, scope): (&ProspectIdentity, &Scope),
    own: Option<RegistrationId>,
) -> Result<(), Problem> {
    let network = work.caller()?.network;
    let keys: Vec<String> = prospect.keys().iter().map(ToString::to_string).collect();
    match store::find_live_of(work.conn(), network, partner, (&keys, scope), own)? {
        Some(_) => Err(own_is_live()),
        None => Ok(()),
    }
}

/// Lets the domain weigh the evidence, and puts the registration where it says (D2).
fn hand_in(
    work: &mut Work<'_, '_>,
    registration: &mut store::Registration,
    before: Option<Status>,
    evidence: &[store::Evidence],
) -> Result<(), Problem> {
    let now = work.now()?;
    let today = calendar::today(work.conn(), registration.network, registration.master, now)?;
    let policy = policies(work.conn(), registration.network)?.negotiation;
    let dated: Vec<_> = evidence.iter().map(|piece| DatedEvidence { kind: piece.kind, dated: piece.dated_on }).collect();
    let decided = decide_submission(before, &dated, today, policy).map_err(|refusals| super::decide::refused(&refusals))?;
    if let Decided::Changed(submission) = decided
        && before != Some(submission.registration)
    {
        registration.status = submission.registration;
        registration.note = None;
        registration.submitted_at = now;
    }
    Ok(())
}

/// What of `given` is not on record yet.
pub(super) fn further_evidence(
    work: &mut Work<'_, '_>,
    registration: RegistrationId,
    known: &[store::Evidence],
    given: &[NewEvidence],
) -> Result<Vec<store::Evidence>, Problem> {
    let recorded_at = work.now()?;
    let mut further: Vec<store::Evidence> = Vec::new();
    for NewEvidence { kind, dated_on, description, document } in given.iter().cloned() {
        let piece =
            store::Evidence { id: work.new_id(), registration, kind: kind.into(), dated_on, description, document, recorded_at };
        let same = |other: &store::Evidence| {
            (other.kind, other.dated_on, &other.description, &other.document)
                == (piece.kind, piece.dated_on, &piece.description, &piece.document)
        };
        if !known.iter().chain(&further).any(same) {
            further.push(piece);
        }
    }
    Ok(further)
}

/// Keeps further evidence.
pub(super) fn add(work: &mut Work<'_, '_>, evidence: &[store::Evidence]) -> Result<(), Problem> {
    evidence.iter().try_for_each(|piece| store::add_evidence(work.conn(), piece))?;
    Ok(())
}

/// Adds to a registration; with prospect, product lines or evidence, it is handed in again.
pub(crate) fn change(work: &mut Work<'_, '_>, id: RegistrationId, change: &RegistrationChange) -> Result<Registration, Problem> {
    let before = load(work, id)?;
    let RegistrationChange { prospect, product_lines, evidence, external_references } = change;
    let mut after = before.clone();
    let mut further = Vec::new();
    if prospect.is_some() || product_lines.is_some() || evidence.is_some() {
        if !matches!(before.status.state, RegistrationState::Submitted | RegistrationState::ActionRequired) {
            return Err(Problem::state_conflict("change", before.status.state.code()));
        }
        claim(work, &mut after, prospect.as_ref(), product_lines.as_ref())?;
        ensure_own_is_free(work, before.partner, (&after.prospect, &after.scope), Some(id))?;
        ensure_claimable(work, &after.prospect, &after.scope, before.partner)?;
        let known = store::evidence_of(work.conn(), id)?;
        further = further_evidence(work, id, &known, evidence.as_deref().unwrap_or_default())?;
        let all: Vec<_> = known.into_iter().chain(further.iter().cloned()).collect();
        hand_in(work, &mut after, Some(before.status), &all)?;
    }
    save(work, &before, after, &further, external_references.as_deref())
}

fn save(
    work: &mut Work<'_, '_>,
    before: &store::Registration,
    mut after: store::Registration,
    further: &[store::Evidence],
    references: Option<&[wire::ExternalReference]>,
) -> Result<Registration, Problem> {
    let company = work.caller()?.company;
    let known = reference::of(work.conn(), company, before.id.uuid())?;
    let renamed = references.is_some_and(|references| !reference::are_same(references, &known));
    if after == *before && further.is_empty() && !renamed {
        return as_before(work, after);
    }
    keep(work, &mut after)?;
    add(work, further)?;
    if let Some(references) = references {
        refer(work, after.id, references)?;
    }
    let kind = if after.status == before.status { "registration.changed" } else { handed_in(&after) };
    finish(work, kind, after)
}

/// Puts what changes of the claim in its place: everything that is wrong with it is said at once.
fn claim(
    work: &mut Work<'_, '_>,
    registration: &mut store::Registration,
    prospect: Option<&ProspectChange>,
    product_lines: Option<&Option<Vec<Code>>>,
) -> Result<(), Problem> {
    let mut violations = Vec::new();
    if let Some(change) = prospect {
        violations.extend(merge(registration, change).err().into_iter().flatten());
    }
    if let Some(product_lines) = product_lines {
        match read_scope(work, product_lines.as_deref())? {
            Ok(scope) => registration.scope = scope,
            Err(unknown) => violations.extend(unknown),
        }
    }
    if violations.is_empty() { Ok(()) } else { Err(Problem::invalid(violations)) }
}

/// Puts what changes of a prospect in its place.
fn merge(registration: &mut store::Registration, change: &ProspectChange) -> Result<(), Vec<Violation>> {
    let ProspectChange { name, country, tax_id, domain, email } = change;
    let tax_id = tax_id.as_ref().or(registration.tax_id_written.as_ref()).cloned();
    let prospect = &registration.prospect;
    let known_domain = prospect.domain().map(ToString::to_string);
    let named = Named {
        name: name.as_deref().unwrap_or_else(|| prospect.name()),
        country: country.as_deref().unwrap_or_else(|| prospect.country().code()),
        tax_id: tax_id.as_deref(),
        domain: domain.as_deref().or(known_domain.as_deref()),
    };
    registration.prospect = named.read("/prospect")?;
    registration.tax_id_written = tax_id;
    if let Some(email) = email {
        registration.email.clone_from(email);
    }
    Ok(())
}
