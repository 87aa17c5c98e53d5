//! The names that a caller's other systems have for what is here.

use domain::id::CompanyId;
use persistence::{
    db::Conn,
    error::Constraint,
    reference::{self, Reference, Referred},
};
use uuid::Uuid;

use crate::{
    problem::{Problem, Violation},
    wire::ExternalReference,
};

/// The names that `company` has for a resource.
///
/// # Errors
/// Those of the database.
pub fn of(conn: &mut Conn, company: CompanyId, resource: Uuid) -> Result<Vec<ExternalReference>, Problem> {
    Ok(of_all(conn, company, &[resource])?.into_iter().map(|(_, reference)| reference).collect())
}

/// The names that `company` has for each of `resources`.
///
/// # Errors
/// Those of the database.
pub fn of_all(conn: &mut Conn, company: CompanyId, resources: &[Uuid]) -> Result<Vec<(Uuid, ExternalReference)>, Problem> {
    let found = reference::of_all(conn, company, resources)?;
    Ok(found
        .into_iter()
        .map(|(id, Reference { system, external_id })| (id, ExternalReference { system, id: external_id }))
        .collect())
}

/// Makes `references` the names that `company` has for a resource.
///
/// # Errors
/// `already_exists` when one of them belongs to another resource, `invalid_request` when one system is named twice.
pub fn replace(
    conn: &mut Conn,
    company: CompanyId,
    kind: Referred,
    resource: Uuid,
    references: &[ExternalReference],
) -> Result<(), Problem> {
    let repeated = references
        .iter()
        .enumerate()
        .filter(|(position, reference)| references.iter().take(*position).any(|earlier| earlier.system == reference.system));
    let repeated: Vec<Violation> = repeated
        .map(|(position, _)| Violation::at(format!("/external_references/{position}/system"), "system_named_twice"))
        .collect();
    if !repeated.is_empty() {
        return Err(Problem::invalid(repeated));
    }
    let names: Vec<Reference> =
        references.iter().map(|it| Reference { system: it.system.clone(), external_id: it.id.clone() }).collect();
    reference::replace(conn, company, kind, resource, &names).map_err(|error| match error.broken() {
        Some(Constraint::ExternalReference) => {
            Problem::already_exists(Violation::at("/external_references", "external_reference_taken"))
        }
        _ => error.into(),
    })
}

/// Whether two lists hold the same names, in whatever order.
#[must_use]
pub fn are_same(one: &[ExternalReference], other: &[ExternalReference]) -> bool {
    let all_in = |these: &[ExternalReference], those: &[ExternalReference]| these.iter().all(|name| those.contains(name));
    one.len() == other.len() && all_in(one, other) && all_in(other, one)
}

/// Refuses to make something again, by the name that it has, from other values of what stays as it was made: each `true` of `other`.
///
/// # Errors
/// `invalid_request` that names all of them.
pub fn ensure_as_made(other: &[(bool, &'static str)], rule: &'static str) -> Result<(), Problem> {
    let violations: Vec<Violation> = other
        .iter()
        .filter(|(differs, _)| *differs)
        .map(|(_, pointer)| Violation::at(*pointer, "stays_as_made").rule(rule))
        .collect();
    if violations.is_empty() { Ok(()) } else { Err(Problem::invalid(violations)) }
}

/// The resource that `company` calls by this name.
///
/// # Errors
/// `not_found`.
pub fn find(conn: &mut Conn, company: CompanyId, kind: Referred, name: &ExternalReference) -> Result<Option<Uuid>, Problem> {
    let name = Reference { system: name.system.clone(), external_id: name.id.clone() };
    Ok(reference::find(conn, company, kind, &name)?)
}
