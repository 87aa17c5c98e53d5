//! The use cases of partners: each one transaction.

use domain::{
    id::{CompanyId, MasterId, NetworkId, PartnerId},
    network::Requirement,
    partner::{Country, PartnerRecord},
};
use persistence::{
    agreement,
    db::Tx,
    error::{Constraint, DbError},
    event::Audience,
    partner as store,
    reference::Referred,
    view::View,
};

use super::wire::{NewPartner, Partner, PartnerChange, PartnerPage, read_tax_id};
use crate::{
    access::Caller,
    agreement::terms_of,
    calendar,
    extract::Paging,
    problem::{Code, Problem, Violation},
    reference,
    wire::ExternalReference,
    write::{Change, Work},
};

/// Shows a partner.
pub(crate) fn show(tx: &mut Tx<'_>, caller: &Caller, id: PartnerId) -> Result<Partner, Problem> {
    let partner = store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    let references = reference::of(tx.conn, caller.company, id.uuid())?;
    Ok(Partner::of(partner, references))
}

/// Lists the partners that the caller may see.
pub(crate) fn list(tx: &mut Tx<'_>, caller: &Caller, paging: &Paging) -> Result<PartnerPage, Problem> {
    let found = store::page(tx.conn, &caller.view(), &paging.page())?;
    let (partners, next) = paging.cut(found, |partner| (partner.id.uuid(), partner.updated_at));
    let ids: Vec<_> = partners.iter().map(|partner| partner.id.uuid()).collect();
    let mut references = reference::of_all(tx.conn, caller.company, &ids)?;
    let data = partners.into_iter().map(|partner| {
        let own = references.extract_if(.., |(id, _)| *id == partner.id.uuid()).map(|(_, reference)| reference).collect();
        Partner::of(partner, own)
    });
    Ok(PartnerPage { data: data.collect(), next })
}

/// The partner that the caller calls by this name.
pub(crate) fn show_by_reference(tx: &mut Tx<'_>, caller: &Caller, name: &ExternalReference) -> Result<Partner, Problem> {
    let found = reference::find(tx.conn, caller.company, Referred::Partner, name)?;
    show(tx, caller, PartnerId::from_uuid(found.ok_or_else(Problem::not_found)?))
}

/// Puts a partner under the supervision of another master (D4).
///
/// # Errors
/// Those of the database.
pub(crate) fn change_master(work: &mut Work<'_, '_>, network: NetworkId, id: PartnerId, master: MasterId) -> Result<(), Problem> {
    let view = View { network, company: CompanyId::Partner(id) };
    let before = store::find(work.conn(), &view, id)?.ok_or_else(|| Problem::internal(format!("no {id}")))?;
    let (version, updated_at) = (before.version.saturating_add(1), work.now()?);
    let left = before.master;
    let after = store::Partner { master, version, updated_at, ..before };
    if !store::update(work.conn(), &after)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", version.saturating_sub(1)));
    }
    let audience = Audience { master: Some(master), partner: Some(id), counterparty: None };
    let body = Partner::of(after, Vec::new());
    work.record(Change { network, kind: "partner.changed", subject: id.to_string(), version, audience, body: &body })?;
    work.tell_left("partner.left", (network, id.to_string(), version), left.into())
}

/// The master that the caller is of.
fn own_master(work: &Work<'_, '_>) -> Result<MasterId, Problem> {
    work.caller()?.company.master().ok_or_else(Problem::not_found)
}

/// What the body says of the record, and everything that is wrong with it.
fn read_record(new: &NewPartner) -> Result<PartnerRecord, Problem> {
    let NewPartner {
        legal_form,
        country,
        registration_number,
        tax_id,
        billing_ability,
        support_structure,
        technical_qualification,
        ..
    } = new;
    let Ok(country) = Country::parse(country) else {
        return Err(Problem::invalid(vec![Violation::at("/country", "unknown_country").with("value", country)]));
    };
    let tax_id = tax_id.as_deref().map(|text| read_tax_id(country, text, "/tax_id")).transpose();
    Ok(PartnerRecord {
        legal_form: (*legal_form).into(),
        country,
        registration_number: registration_number.clone(),
        tax_id: tax_id.map_err(|violation| Problem::invalid(vec![violation]))?,
        billing_ability: *billing_ability,
        support_structure: *support_structure,
        technical_qualification: *technical_qualification,
    })
}

/// What a partner whose tax id another partner has is told.
fn tax_id_taken(error: DbError) -> Problem {
    match error.broken() {
        Some(Constraint::PartnerTaxId) => Problem::already_exists(Violation::at("/tax_id", "tax_id_taken")),
        _ => error.into(),
    }
}

/// Takes a partner into the network, under the caller's master (R3, R5).
pub(crate) fn create(work: &mut Work<'_, '_>, new: &NewPartner) -> Result<Partner, Problem> {
    let (master, network, record, now) = (own_master(work)?, work.caller()?.network, read_record(new)?, work.now()?);
    let partner = store::Partner {
        id: work.new_id(),
        network,
        master,
        name: new.name.clone(),
        record,
        tax_id_written: new.tax_id.clone(),
        email: new.email.clone(),
        phone: new.phone.clone(),
        language: new.language.clone(),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(work.conn(), &partner).map_err(tax_id_taken)?;
    refer(work, &partner, &new.external_references)?;
    finish(work, "partner.created", partner)
}

fn refer(work: &mut Work<'_, '_>, partner: &store::Partner, references: &[ExternalReference]) -> Result<(), Problem> {
    let company = work.caller()?.company;
    reference::replace(work.conn(), company, Referred::Partner, partner.id.uuid(), references)
}

/// Records what happened to a partner, and shows it.
pub(crate) fn finish(work: &mut Work<'_, '_>, kind: &'static str, partner: store::Partner) -> Result<Partner, Problem> {
    let audience = Audience { master: Some(partner.master), partner: Some(partner.id), counterparty: None };
    let (network, subject, version) = (partner.network, partner.id.to_string(), partner.version);
    // The names that one company has for it are no other company's business.
    let event = Partner::of(partner.clone(), Vec::new());
    work.record(Change { network, kind, subject, version, audience, body: &event })?;
    let company = work.caller().map_or(CompanyId::Master(partner.master), |caller| caller.company);
    let references = reference::of(work.conn(), company, partner.id.uuid())?;
    Ok(Partner::of(partner, references))
}

/// Changes a partner's record.
pub(crate) fn change(work: &mut Work<'_, '_>, id: PartnerId, change: &PartnerChange) -> Result<Partner, Problem> {
    let view = work.caller()?.view();
    let before = store::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(before.version)?;
    let PartnerChange {
        name,
        registration_number,
        tax_id,
        billing_ability,
        support_structure,
        technical_qualification,
        email,
        phone,
        language,
        external_references,
    } = change.clone();
    let mut after = before.clone();
    after.name = name.unwrap_or(after.name);
    after.email = email.unwrap_or(after.email);
    after.phone = phone.unwrap_or(after.phone);
    after.language = language.unwrap_or(after.language);
    let record = &mut after.record;
    record.registration_number = registration_number.unwrap_or_else(|| record.registration_number.clone());
    record.billing_ability = billing_ability.unwrap_or(record.billing_ability);
    record.support_structure = support_structure.unwrap_or(record.support_structure);
    record.technical_qualification = technical_qualification.unwrap_or(record.technical_qualification);
    if let Some(text) = tax_id {
        let parsed = text.as_deref().map(|text| read_tax_id(record.country, text, "/tax_id")).transpose();
        record.tax_id = parsed.map_err(|violation| Problem::invalid(vec![violation]))?;
        after.tax_id_written = text;
    }
    save(work, &before, after, external_references.as_deref())
}

fn save(
    work: &mut Work<'_, '_>,
    before: &store::Partner,
    mut after: store::Partner,
    references: Option<&[ExternalReference]>,
) -> Result<Partner, Problem> {
    let company = work.caller()?.company;
    let known = reference::of(work.conn(), company, before.id.uuid())?;
    let renamed = references.is_some_and(|references| !reference::are_same(references, &known));
    if after == *before && !renamed {
        work.nothing_changed();
        return Ok(Partner::of(after, known));
    }
    let declared = declared_without_evidence(work, before, &after)?;
    if !declared.is_empty() {
        return Err(Problem::invalid(declared));
    }
    after.version = before.version.saturating_add(1);
    after.updated_at = work.now()?;
    if !store::update(work.conn(), &after).map_err(tax_id_taken)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before.version));
    }
    if let Some(references) = references {
        refer(work, &after, references)?;
    }
    finish(work, "partner.changed", after)
}

/// What somebody declares of a partner's abilities that an agreement in force asks for. A declaration counts as far as a supervision
/// looked at it; once the agreement is in force, what was not declared is shown by evidence that a master reviews (R56, R64, R72).
fn declared_without_evidence(
    work: &mut Work<'_, '_>,
    before: &store::Partner,
    after: &store::Partner,
) -> Result<Vec<Violation>, Problem> {
    let abilities = [
        (Requirement::SupportStructure, "/support_structure"),
        (Requirement::TechnicalQualification, "/technical_qualification"),
    ];
    let declared: Vec<_> = abilities.into_iter().filter(|(of, _)| after.record.meets(*of) && !before.record.meets(*of)).collect();
    if declared.is_empty() {
        return Ok(Vec::new());
    }
    let now = work.now()?;
    let today = calendar::today(work.conn(), before.network, before.master, now)?;
    let mut violations = Vec::new();
    for held in agreement::in_force_of(work.conn(), before.id, today)? {
        let (_, terms) = terms_of(work.conn(), &held)?;
        let asked = declared.iter().filter(|(requirement, _)| terms.requirements.contains(requirement));
        violations.extend(asked.map(|(requirement, pointer)| {
            let violation = Violation::at(*pointer, "shown_by_qualification").rule(terms.rule_of(*requirement).to_owned());
            violation.with("requirement", requirement.code())
        }));
    }
    Ok(violations)
}

/// Makes or changes the partner that the caller calls by this name: twice the same changes nothing.
pub(crate) fn upsert(work: &mut Work<'_, '_>, name: &ExternalReference, new: &NewPartner) -> Result<Partner, Problem> {
    let company = work.caller()?.company;
    let mut new = new.clone();
    new.external_references.retain(|reference| reference.system != name.system);
    new.external_references.push(name.clone());
    let Some(found) = reference::find(work.conn(), company, Referred::Partner, name)? else {
        return create(work, &new);
    };
    let view = work.caller()?.view();
    let before = store::find(work.conn(), &view, PartnerId::from_uuid(found))?.ok_or_else(Problem::not_found)?;
    work.expect_version(before.version)?;
    let record = read_record(&new)?;
    let mut after = before.clone();
    after.record = record;
    let NewPartner { name, tax_id, email, phone, language, external_references, .. } = new;
    (after.name, after.tax_id_written, after.email, after.phone, after.language) = (name, tax_id, email, phone, language);
    save(work, &before, after, Some(&external_references))
}
