//! The names that other systems have for what is here. Each company has its own, and sees no others (D22).

use diesel::prelude::*;
use domain::id::CompanyId;
use uuid::Uuid;

use crate::{columns::Uid, db::Conn, error::DbError, schema::external_references};

/// What an external reference leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Referred {
    /// A partner.
    Partner,
    /// An agreement.
    Agreement,
    /// A registration.
    Registration,
    /// An introduction.
    Introduction,
    /// A project.
    Project,
    /// A customer.
    Customer,
    /// A proposal.
    Proposal,
    /// A contract.
    Contract,
}

impl Referred {
    const fn word(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::Agreement => "agreement",
            Self::Registration => "registration",
            Self::Introduction => "introduction",
            Self::Project => "project",
            Self::Customer => "customer",
            Self::Proposal => "proposal",
            Self::Contract => "contract",
        }
    }
}

/// A name that a system of a company has for a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The system.
    pub system: String,
    /// The resource's id there.
    pub external_id: String,
}

/// The resource that `company` calls by `reference`.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, company: CompanyId, kind: Referred, reference: &Reference) -> Result<Option<Uuid>, DbError> {
    let found: Option<Uid> = external_references::table
        .find((Uid::from(company), kind.word(), &reference.system, &reference.external_id))
        .select(external_references::resource_id)
        .get_result(conn)
        .optional()?;
    Ok(found.map(|id| id.0))
}

/// The names that `company` has for each of `resources`.
///
/// # Errors
/// Those of the database.
pub fn of_all(conn: &mut Conn, company: CompanyId, resources: &[Uuid]) -> Result<Vec<(Uuid, Reference)>, DbError> {
    let ids: Vec<Uid> = resources.iter().copied().map(Uid).collect();
    let rows: Vec<(Uid, String, String)> = external_references::table
        .filter(external_references::company_id.eq(Uid::from(company)))
        .filter(external_references::resource_id.eq_any(ids))
        .order((external_references::resource_id, external_references::system))
        .select((external_references::resource_id, external_references::system, external_references::external_id))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, system, external_id)| (id.0, Reference { system, external_id })).collect())
}

/// Makes `references` the names that `company` has for a resource, in place of those it had.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::ExternalReference`] when a name belongs to another resource already.
pub fn replace(
    conn: &mut Conn,
    company: CompanyId,
    kind: Referred,
    resource: Uuid,
    references: &[Reference],
) -> Result<(), DbError> {
    let old = external_references::table
        .filter(external_references::company_id.eq(Uid::from(company)))
        .filter(external_references::resource_id.eq(Uid(resource)));
    diesel::delete(old).execute(conn)?;
    for Reference { system, external_id } in references {
        diesel::insert_into(external_references::table)
            .values((
                external_references::company_id.eq(Uid::from(company)),
                external_references::system.eq(system),
                external_references::external_id.eq(external_id),
                external_references::resource_kind.eq(kind.word()),
                external_references::resource_id.eq(Uid(resource)),
            ))
            .execute(conn)?;
    }
    Ok(())
}
