//! What changes of a registration while it is written or waits (R34, D2).

use domain::{id::RegistrationId, registration::RegistrationState};
use persistence::registration as store;

use super::{
    super::{
        prospect::Named,
        wire::{NewEvidence, ProspectChange, Registration, RegistrationChange},
    },
    as_before,
    availability::ensure_claimable,
    evidence::{self, add, further_evidence},
    finish, keep, load, refer,
    submit::{ensure_own_is_free, hand_in, handed_in, read_scope},
};
use crate::{
    calendar,
    network::{definition::Code, policies},
    problem::{Problem, Violation},
    reference, wire,
    write::Work,
};

/// Adds to a registration; with prospect, product lines or evidence, it is handed in again, unless it is a draft.
pub(crate) fn change(work: &mut Work<'_, '_>, id: RegistrationId, change: &RegistrationChange) -> Result<Registration, Problem> {
    let before = load(work, id)?;
    let RegistrationChange { prospect, product_lines, evidence, external_references } = change;
    let mut after = before.clone();
    let mut further = Vec::new();
    if prospect.is_some() || product_lines.is_some() || evidence.is_some() {
        let state = before.status.state;
        if !matches!(state, RegistrationState::Draft | RegistrationState::Submitted | RegistrationState::ActionRequired) {
            return Err(Problem::state_conflict("change", state.code()));
        }
        let given = evidence.as_deref().unwrap_or_default();
        claim(work, &mut after, prospect.as_ref(), product_lines.as_ref(), given)?;
        if state != RegistrationState::Draft {
            ensure_own_is_free(work, before.partner, (&after.prospect, &after.scope), Some(id))?;
            ensure_claimable(work, &after.prospect, &after.scope, before.partner)?;
        }
        let known = store::evidence_of(work.conn(), id)?;
        further = further_evidence(work, id, &known, given)?;
        let all: Vec<_> = known.into_iter().chain(further.iter().cloned()).collect();
        if state != RegistrationState::Draft {
            hand_in(work, &mut after, Some(before.status), &all)?;
        }
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
    evidence: &[NewEvidence],
) -> Result<(), Problem> {
    let now = work.now()?;
    let today = calendar::today(work.conn(), registration.network, registration.master, now)?;
    let policy = policies(work.conn(), registration.network)?.negotiation;
    let mut violations = evidence::faults(evidence, today, policy);
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
