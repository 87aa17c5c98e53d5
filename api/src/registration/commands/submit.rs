//! Handing registrations in, at first as a draft or at once (R33, R34, D2).

use domain::{
    decided::Decided,
    id::{PartnerId, RegistrationId},
    registration::{
        Ask, AskCode, ProspectIdentity, Registration as Status, RegistrationState, Scope, draft as new_draft,
        ensure_capacity as decide_capacity, submit as decide_submission,
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
        wire::{NewRegistration, Registration},
    },
    as_before,
    availability::{ensure_claimable, expire},
    decide::refused,
    evidence::{self, add, further_evidence},
    finish, keep, key_taken, load, own_is_live, refer, supersede,
};
use crate::{
    agreement::terms_of,
    calendar,
    continuity::suspension,
    introduction::led_to_registration,
    network::{definition::Code, policies},
    problem::{Problem, Violation},
    sale::commands::parties::sells_nothing,
    write::Work,
};

/// What a new registration says, with nothing wrong in it.
struct Read {
    agreement: Agreement,
    prospect: ProspectIdentity,
    scope: Scope,
    supersedes: Option<RegistrationId>,
}

/// Hands a new registration in, or keeps it as a draft.
pub(crate) fn create(work: &mut Work<'_, '_>, new: &NewRegistration) -> Result<Registration, Problem> {
    let partner = work.caller()?.company.partner().ok_or_else(Problem::not_found)?;
    let Read { agreement, prospect, scope, supersedes } = read(work, partner, new)?;
    let now = work.now()?;
    let mut registration = store::Registration {
        id: work.new_id(),
        network: agreement.network,
        master: agreement.master,
        partner,
        agreement: agreement.id,
        prospect,
        scope,
        tax_id_written: new.prospect.tax_id.clone(),
        email: new.prospect.email.clone(),
        status: new_draft(),
        note: None,
        asks: Vec::new(),
        supersedes,
        superseded_by: None,
        submitted_at: None,
        decided_by: None,
        decided_at: None,
        ended_at: None,
        customer: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let evidence = further_evidence(work, registration.id, &[], &new.evidence)?;
    if !new.draft {
        claim(work, &mut registration, &agreement)?;
        hand_in(work, &mut registration, None, &evidence)?;
    }
    store::insert(work.conn(), &registration).map_err(key_taken)?;
    add(work, &evidence)?;
    refer(work, registration.id, &new.external_references)?;
    note_handed_in(work, registration)
}

/// Reads a new registration; everything that is wrong with it is said at once.
fn read(work: &mut Work<'_, '_>, partner: PartnerId, new: &NewRegistration) -> Result<Read, Problem> {
    let NewRegistration { draft: _, agreement_id, prospect, product_lines, supersedes_id, evidence, external_references: _ } =
        new;
    let (view, now) = (work.caller()?.view(), work.now()?);
    let own = partners::find(work.conn(), &view, partner)?.ok_or_else(Problem::not_found)?;
    let today = calendar::today(work.conn(), own.network, own.master, now)?;
    let policy = policies(work.conn(), own.network)?.negotiation;
    let mut violations = evidence::faults(evidence, today, policy);
    let mut in_force = agreement::in_force_of(work.conn(), partner, today)?;
    let agreement = choose(&mut in_force, agreement_id.as_deref()).map_err(|violation| violations.push(violation));
    if let Ok(agreement) = &agreement {
        violations.extend(no_prospects(work, agreement)?);
    }
    violations.extend(suspension(work, Some(partner), "")?);
    let prospect = Named::from(prospect).read("/prospect").map_err(|wrong| violations.extend(wrong));
    let scope = read_scope(work, product_lines.as_deref())?.map_err(|unknown| violations.extend(unknown));
    let supersedes = supersede::read(work, supersedes_id.as_deref())?.map_err(|violation| violations.push(violation));
    match (agreement, prospect, scope, supersedes) {
        (Ok(agreement), Ok(prospect), Ok(scope), Ok(supersedes)) if violations.is_empty() => {
            Ok(Read { agreement, prospect, scope, supersedes })
        }
        _ => Err(Problem::invalid(violations)),
    }
}

/// Hands in a draft, or again what was sent back.
pub(crate) fn submit(work: &mut Work<'_, '_>, id: RegistrationId) -> Result<Registration, Problem> {
    let before = load(work, id)?;
    if let Some(violation) = suspension(work, Some(before.partner), "")? {
        return Err(Problem::invalid(vec![violation]));
    }
    let mut after = before.clone();
    match before.status.state {
        RegistrationState::Draft => {
            let agreement = agreement_in_force(work, &before)?;
            claim(work, &mut after, &agreement)?;
        }
        RegistrationState::ActionRequired => ensure_claimable(work, &before.prospect, &before.scope, before.partner)?,
        // The domain says what becomes of all others.
        _ => {}
    }
    let evidence = store::evidence_of(work.conn(), id)?;
    hand_in(work, &mut after, Some(before.status), &evidence)?;
    if after == before {
        return as_before(work, before);
    }
    keep(work, &mut after)?;
    note_handed_in(work, after)
}

/// Records what became of a registration; one that was handed in is a step of the introduction that it comes from (R18).
fn note_handed_in(work: &mut Work<'_, '_>, registration: store::Registration) -> Result<Registration, Problem> {
    let submitted = registration.status.state == RegistrationState::Submitted;
    let shown = finish(work, handed_in(&registration), registration.clone())?;
    if submitted {
        led_to_registration(work, &registration)?;
    }
    Ok(shown)
}

/// What happened to a registration that was handed in, or is kept as a draft.
pub(super) fn handed_in(registration: &store::Registration) -> &'static str {
    match registration.status.state {
        RegistrationState::Draft => "registration.drafted",
        RegistrationState::ActionRequired => "registration.action_required",
        _ => "registration.submitted",
    }
}

/// The agreement that a registration is made under: the one named, or the only one in force.
pub(crate) fn choose_agreement(
    work: &mut Work<'_, '_>,
    partner: PartnerId,
    named: Option<&str>,
) -> Result<Result<Agreement, Violation>, Problem> {
    let (view, now) = (work.caller()?.view(), work.now()?);
    let own = partners::find(work.conn(), &view, partner)?.ok_or_else(Problem::not_found)?;
    let today = calendar::today(work.conn(), own.network, own.master, now)?;
    let mut in_force = agreement::in_force_of(work.conn(), partner, today)?;
    Ok(choose(&mut in_force, named))
}

fn choose(in_force: &mut Vec<Agreement>, named: Option<&str>) -> Result<Agreement, Violation> {
    if let Some(named) = named {
        in_force.retain(|agreement| agreement.id.to_string() == named);
    }
    match (in_force.pop(), in_force.is_empty()) {
        (None, _) => Err(no_active_agreement("/agreement_id")),
        (Some(_), false) => Err(Violation::at("/agreement_id", "several_agreements")),
        (Some(only), true) => Ok(only),
    }
}

/// Why a partner has no prospects under an agreement: a protection that nothing is sold under would keep out whoever can sell.
pub(super) fn no_prospects(work: &mut Work<'_, '_>, agreement: &Agreement) -> Result<Option<Violation>, Problem> {
    let (_, terms) = terms_of(work.conn(), agreement)?;
    Ok(sells_nothing(&terms))
}

fn no_active_agreement(pointer: &str) -> Violation {
    Violation::at(pointer, "no_active_agreement").rule("R7")
}

/// The agreement that a registration was made under, as long as it is in force.
///
/// # Errors
/// `no_active_agreement`.
pub(super) fn agreement_in_force(work: &mut Work<'_, '_>, registration: &store::Registration) -> Result<Agreement, Problem> {
    let now = work.now()?;
    let today = calendar::today(work.conn(), registration.network, registration.master, now)?;
    let in_force = agreement::in_force_of(work.conn(), registration.partner, today)?;
    let own = in_force.into_iter().find(|agreement| agreement.id == registration.agreement);
    own.ok_or_else(|| Problem::invalid(vec![no_active_agreement("")]))
}

/// Makes a registration claim its prospect from now on: it takes the place of the one that it names, and is one more of those
/// that the partner's terms may set a limit for.
fn claim(work: &mut Work<'_, '_>, registration: &mut store::Registration, agreement: &Agreement) -> Result<(), Problem> {
    supersede::take_place(work, registration)?;
    let partner = registration.partner;
    ensure_own_is_free(work, partner, (&registration.prospect, &registration.scope), Some(registration.id))?;
    ensure_capacity(work, agreement)?;
    ensure_claimable(work, &registration.prospect, &registration.scope, partner)
}

/// Refuses one registration more than the terms of the agreement allow.
fn ensure_capacity(work: &mut Work<'_, '_>, agreement: &Agreement) -> Result<(), Problem> {
    let (_, terms) = terms_of(work.conn(), agreement)?;
    if terms.registrations_max.is_none() {
        return Ok(());
    }
    let now = work.now()?;
    let count = store::count_live(work.conn(), agreement.partner, agreement.type_id, now)?;
    decide_capacity(count, terms.registrations_max).map_err(|refusal| refused(&[refusal]))
}

/// What the caller claims of a prospect.
pub(crate) fn read_scope(
    work: &mut Work<'_, '_>,
    product_lines: Option<&[Code]>,
) -> Result<Result<Scope, Vec<Violation>>, Problem> {
    let view = work.caller()?.view();
    scope::read(work, &view, product_lines)
}

/// Refuses a prospect that the partner has another live registration for in an overlapping scope. A protection that has run out is
/// none, whether or not its expiry was recorded yet (D3).
pub(super) fn ensure_own_is_free(
    work: &mut Work<'_, '_>,
    partner: PartnerId,
    (prospect, scope): (&ProspectIdentity, &Scope),
    own: Option<RegistrationId>,
) -> Result<(), Problem> {
    let (network, now) = (work.caller()?.network, work.now()?);
    let keys: Vec<String> = prospect.keys().iter().map(ToString::to_string).collect();
    for held in store::accepted_for(work.conn(), network, &keys, scope)? {
        if held.partner == partner && !held.status.is_protecting(now) {
            expire(work, held, now)?;
        }
    }
    match store::find_live_of(work.conn(), network, partner, (&keys, scope), own)? {
        Some(_) => Err(own_is_live()),
        None => Ok(()),
    }
}

/// Lets the domain weigh the evidence, and puts the registration where it says (D2).
pub(super) fn hand_in(
    work: &mut Work<'_, '_>,
    registration: &mut store::Registration,
    before: Option<Status>,
    evidence: &[store::Evidence],
) -> Result<(), Problem> {
    let now = work.now()?;
    let today = calendar::today(work.conn(), registration.network, registration.master, now)?;
    let policy = policies(work.conn(), registration.network)?.negotiation;
    let decided = decide_submission(before, &evidence::dated(evidence), today, policy).map_err(|refusals| refused(&refusals))?;
    if let Decided::Changed(submission) = decided
        && before != Some(submission.registration)
    {
        registration.status = submission.registration;
        registration.note = None;
        registration.asks = match registration.status.state {
            RegistrationState::ActionRequired => vec![Ask { code: AskCode::Evidence, text: None }],
            _ => Vec::new(),
        };
        registration.submitted_at = Some(now);
    }
    Ok(())
}
