//! The use cases of applications: each one transaction.

use chrono::{DateTime, Utc};
use domain::{
    agreement::barred,
    decided::Decided,
    id::{ApplicationId, CompanyId, PartnerId},
    partner::{
        Application as Decidable, ApplicationDecision, ApplicationRefusal, ApplicationState, Country, PartnerRecord, decide,
    },
};
use persistence::{
    application as store,
    db::{Conn, Tx},
    event::Audience,
    network::{self, Master, Network, PartnershipType},
    partner,
};

use super::wire::{
    Acceptance, AcceptedApplication, Application, ApplicationPage, NewApplication, ReceivedApplication, Rejection,
};
use crate::{
    access::{Caller, Role},
    agreement::{
        read_terms,
        refusals::{self, Asked},
        terms_for,
    },
    calendar,
    extract::Paging,
    identity::{commands::invite, secret::Secret, wire::InvitationToken},
    partner::{
        commands as partners,
        wire::{NewPartner, read_tax_id},
    },
    problem::{Code, Problem, Violation},
    write::{Change, Work},
};

/// Shows an application.
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: ApplicationId) -> Result<Application, Problem> {
    let application = store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    shown(tx.conn, application)
}

/// Lists the applications that name the caller's master.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    state: Option<ApplicationState>,
    paging: &Paging,
) -> Result<ApplicationPage, Problem> {
    let found = store::page(tx.conn, &caller.view(), state, &paging.page())?;
    let (applications, next) = paging.cut(found, |application| (application.id.uuid(), application.updated_at));
    let types = network::types_of(tx.conn, caller.network)?;
    let data = applications.into_iter().map(|application| {
        let of = types.iter().find(|of| of.id == application.type_id);
        Application::of(application, of.map(|of| of.code.clone()).unwrap_or_default())
    });
    Ok(ApplicationPage { data: data.collect(), next })
}

fn shown(conn: &mut Conn, application: store::Application) -> Result<Application, Problem> {
    let of = network::find_type(conn, application.network, application.type_id)?;
    Ok(Application::of(application, of.map(|of| of.code).unwrap_or_default()))
}

/// What an application is addressed to.
struct Addressed {
    network: Network,
    master: Master,
    of_type: PartnershipType,
}

/// Finds what the codes name; whatever is not found is told at once.
fn addressed(conn: &mut Conn, new: &NewApplication, violations: &mut Vec<Violation>) -> Result<Option<Addressed>, Problem> {
    let unknown = |pointer: &str, code: &'static str, named: &str| Violation::at(pointer, code).with("value", named);
    let Some(network) = network::find_network_by_code(conn, &new.network.0)? else {
        violations.push(unknown("/network", "unknown_network", &new.network.0));
        return Ok(None);
    };
    let master = network::find_master_by_code(conn, network.id, &new.master.0)?;
    let of_type = network::find_type_by_code(conn, network.id, &new.partnership_type.0)?;
    if master.is_none() {
        violations.push(unknown("/master", "unknown_master", &new.master.0));
    }
    if of_type.is_none() {
        violations.push(unknown("/partnership_type", "unknown_partnership_type", &new.partnership_type.0));
    }
    Ok(master.zip(of_type).map(|(master, of_type)| Addressed { network, master, of_type }))
}

/// What the applicant says of itself; whatever is wrong with it is told at once.
fn read_record(new: &NewApplication, violations: &mut Vec<Violation>) -> Option<PartnerRecord> {
    let Ok(country) = Country::parse(&new.country) else {
        violations.push(Violation::at("/country", "unknown_country").with("value", &new.country));
        return None;
    };
    let tax_id = new.tax_id.as_deref().map(|text| read_tax_id(country, text, "/tax_id")).transpose();
    let tax_id = tax_id.unwrap_or_else(|violation| {
        violations.push(violation);
        None
    });
    Some(PartnerRecord {
        legal_form: new.legal_form.into(),
        country,
        registration_number: new.registration_number.clone(),
        tax_id,
        billing_ability: false,
        support_structure: false,
        technical_qualification: false,
    })
}

/// Hands an application in. Who could never sign an agreement of the type is told so now (R9, R13); whether the network knows
/// the tax id is not told to somebody who is not signed in (D22).
pub(super) fn submit(work: &mut Work<'_, '_>, new: &NewApplication) -> Result<ReceivedApplication, Problem> {
    let mut violations = Vec::new();
    let to = addressed(work.conn(), new, &mut violations)?;
    let record = read_record(new, &mut violations);
    let Some((to, record)) = to.zip(record) else { return Err(Problem::invalid(violations)) };
    let now = work.now()?;
    let today = calendar::today(work.conn(), to.network.id, to.master.id, now)?;
    let version = terms_for(work.conn(), to.of_type.id, today)?;
    let bars = barred(&read_terms(&version)?.1, &record);
    violations.extend(bars.iter().map(|refusal| refusals::violation(refusal, Asked::Applicant)));
    if !violations.is_empty() {
        return Err(Problem::invalid(violations));
    }
    let application = received(work.new_id(), new.clone(), to, record, now);
    store::insert(work.conn(), &application)?;
    let (id, state) = (application.id.to_string(), application.state.into());
    finish(work, "application.submitted", application)?;
    Ok(ReceivedApplication { id, state, application: new.clone() })
}

fn received(
    id: ApplicationId,
    new: NewApplication,
    to: Addressed,
    record: PartnerRecord,
    now: DateTime<Utc>,
) -> store::Application {
    let NewApplication {
        network: _,
        master: _,
        partnership_type: _,
        name,
        legal_form: _,
        country: _,
        registration_number,
        tax_id,
        contact_name,
        email,
        phone,
        language,
        message,
    } = new;
    store::Application {
        id,
        network: to.network.id,
        master: to.master.id,
        type_id: to.of_type.id,
        name,
        legal_form: record.legal_form,
        country: record.country,
        registration_number,
        tax_id: record.tax_id,
        tax_id_written: tax_id,
        contact_name,
        email,
        phone,
        language,
        message,
        state: ApplicationState::Submitted,
        reason: None,
        partner: None,
        decided_by: None,
        decided_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// Records what happened to an application, and shows it.
fn finish(work: &mut Work<'_, '_>, kind: &'static str, application: store::Application) -> Result<Application, Problem> {
    let audience = Audience { master: Some(application.master), partner: application.partner, counterparty: None };
    let (network, subject, version) = (application.network, application.id.to_string(), application.version);
    let body = shown(work.conn(), application)?;
    work.record(Change { network, kind, subject, version, audience, body: &body })?;
    Ok(body)
}

/// An application that the caller's master decides, in the version that it means, and what the decision comes to (R3).
fn decided(
    work: &mut Work<'_, '_>,
    id: ApplicationId,
    decision: ApplicationDecision,
) -> Result<(store::Application, Decided<ApplicationState>), Problem> {
    let view = work.caller()?.view();
    let application = store::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(application.version)?;
    let by = view.company.master().ok_or_else(Problem::not_found)?;
    let action = match decision {
        ApplicationDecision::Accept => "accept",
        ApplicationDecision::Reject => "reject",
    };
    let refused = |refusals: Vec<ApplicationRefusal>| {
        let late = refusals.iter().find_map(|refusal| match refusal {
            ApplicationRefusal::AlreadyDecided { state } => Some(Problem::state_conflict(action, state.code())),
            ApplicationRefusal::NotNamedMaster => None,
        });
        late.unwrap_or_else(Problem::not_found)
    };
    let target = decide(Decidable { state: application.state, master: application.master }, by, decision).map_err(refused)?;
    Ok((application, target))
}

/// Keeps a decided application as its next version.
fn save(work: &mut Work<'_, '_>, kind: &'static str, mut application: store::Application) -> Result<Application, Problem> {
    let (before, now) = (application.version, work.now()?);
    application.decided_by = Some(work.actor());
    application.decided_at = Some(now);
    application.updated_at = now;
    application.version = before.saturating_add(1);
    if !store::update(work.conn(), &application)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    finish(work, kind, application)
}

/// Takes an applicant into the network, and invites its contact as the partner's administrator (R3).
pub(super) fn accept(
    work: &mut Work<'_, '_>,
    id: ApplicationId,
    how: &Acceptance,
    token: &Secret,
) -> Result<AcceptedApplication, Problem> {
    let (mut application, decided) = decided(work, id, ApplicationDecision::Accept)?;
    let Decided::Changed(state) = decided else {
        work.nothing_changed();
        let partner_id = application.partner.map(|id| id.to_string()).unwrap_or_default();
        return Ok(AcceptedApplication { application: shown(work.conn(), application)?, partner_id, invitation: None });
    };
    if let Some(tax_id) = &application.tax_id
        && partner::find_by_tax_id(work.conn(), application.network, tax_id)?.is_some()
    {
        return Err(Problem::already_exists(Violation::at("", "tax_id_taken")));
    }
    let partner_id = partners::create(work, &new_partner(&application))?.id;
    let partner: PartnerId = partner_id.parse().map_err(|_| Problem::internal(format!("the new partner {partner_id}")))?;
    (application.state, application.partner) = (state, Some(partner));
    let invitation = how.invite_administrator.then(|| invite_contact(work, &application, partner, token)).transpose()?;
    let application = save(work, "application.accepted", application)?;
    Ok(AcceptedApplication { application, partner_id, invitation })
}

fn invite_contact(
    work: &mut Work<'_, '_>,
    application: &store::Application,
    partner: PartnerId,
    token: &Secret,
) -> Result<InvitationToken, Problem> {
    let store::Application { network, email, contact_name, .. } = application;
    let role = Role::PartnerAdministrator;
    let invited = invite(work, CompanyId::Partner(partner), *network, email, contact_name, role, &token.digest())?;
    Ok(InvitationToken { token: token.clone(), expires_at: invited.expires_at })
}

fn new_partner(application: &store::Application) -> NewPartner {
    let store::Application { name, legal_form, country, registration_number, tax_id_written, email, phone, language, .. } =
        application.clone();
    NewPartner {
        name,
        legal_form: legal_form.into(),
        country: country.code().to_owned(),
        registration_number,
        tax_id: tax_id_written,
        billing_ability: false,
        support_structure: false,
        technical_qualification: false,
        email,
        phone,
        language,
        external_references: Vec::new(),
    }
}

/// Turns an applicant down (R3).
pub(super) fn reject(work: &mut Work<'_, '_>, id: ApplicationId, why: &Rejection) -> Result<Application, Problem> {
    let (application, decided) = decided(work, id, ApplicationDecision::Reject)?;
    let Decided::Changed(state) = decided else {
        work.nothing_changed();
        return shown(work.conn(), application);
    };
    save(work, "application.rejected", store::Application { state, reason: Some(why.reason.clone()), ..application })
}
