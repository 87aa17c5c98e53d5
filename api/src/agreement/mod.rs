//! Agreements (R2, R6, R7, R26 to R31, R39): made on a version of the terms, held against every rule, supervised by a master.

mod actions;
pub(crate) mod commands;
mod facts;
mod handlers;
pub(crate) mod obligation;
pub(crate) mod refusals;
pub(crate) mod succession;
pub mod wire;

use std::fmt::Display;

use chrono::NaiveDate;
use domain::{
    id::{PartnershipTypeId, TermsId},
    network::Terms,
};
use persistence::{
    agreement::Agreement,
    amendment,
    db::Conn,
    network::{self, TermsVersion},
};
use serde_json::Value;

use crate::{
    network::definition::{Fault, TermsDocument},
    problem::Problem,
};

pub use actions::expire_due;
pub(crate) use actions::{end_by_failure, enter_stage, resume_suspended, suspend_all};
pub(crate) use handlers::routes;

/// The terms as an agreement has them: those of its version, with its special terms merged in (R2, R6, R90).
///
/// # Errors
/// `internal_error` when what is kept cannot be read as terms.
pub(crate) fn terms_of(conn: &mut Conn, agreement: &Agreement) -> Result<(TermsDocument, Terms), Problem> {
    let corrupt = |what: &dyn Display| Problem::internal(format!("{}: {what}", agreement.id));
    let version = network::find_terms(conn, agreement.terms_id)?.ok_or_else(|| corrupt(&"its terms are missing"))?;
    let (document, terms) = read_terms(&version)?;
    let Some(special) = &agreement.special_terms else { return Ok((document, terms)) };
    let patch: Value = serde_json::from_str(special).map_err(|error| corrupt(&error))?;
    let merged = document.with_kept(&patch).map_err(|faults| corrupt(&listed(&faults)))?;
    let terms = merged.as_kept().map_err(|faults| corrupt(&listed(&faults)))?;
    Ok((merged, terms))
}

/// The terms of a version.
///
/// # Errors
/// `internal_error` when what is kept cannot be read as terms.
pub(crate) fn read_terms(version: &TermsVersion) -> Result<(TermsDocument, Terms), Problem> {
    let corrupt = |what: &dyn Display| Problem::internal(format!("{}: {what}", version.id));
    let document: TermsDocument = serde_json::from_str(&version.document).map_err(|error| corrupt(&error))?;
    let terms = document.as_kept().map_err(|faults| corrupt(&listed(&faults)))?;
    Ok((document, terms))
}

/// What the sales of an agreement that are signed on a day are counted by: its own terms, or the version by which an amendment counts
/// them from its day on. Special terms stay as they were agreed (R2, R6, R90).
///
/// # Errors
/// `internal_error` when what is kept cannot be read as terms.
pub(crate) fn counted_by(
    conn: &mut Conn,
    agreement: &Agreement,
    signed_on: NaiveDate,
) -> Result<Option<(TermsId, TermsDocument)>, Problem> {
    if agreement.special_terms.is_some() {
        return Ok(None);
    }
    let reaching = amendment::reaching(conn, agreement.type_id, agreement.terms_id, signed_on)?;
    reaching.map(|version| Ok((version.id, read_terms(&version)?.0))).transpose()
}

fn listed(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// The version of the terms for an agreement that starts on a day; before the first version the first, which the domain refuses.
///
/// # Errors
/// `internal_error` when the type has no terms.
pub(crate) fn terms_for(conn: &mut Conn, of_type: PartnershipTypeId, starts_on: NaiveDate) -> Result<TermsVersion, Problem> {
    if let Some(version) = network::terms_in_force(conn, of_type, starts_on)? {
        return Ok(version);
    }
    let first = network::terms_of(conn, of_type)?.into_iter().next();
    first.ok_or_else(|| Problem::internal(format!("{of_type} has no terms")))
}
