//! Agreements (R2, R6, R7, R26 to R31, R39): made on a version of the terms, held against every rule, supervised by a master.

mod actions;
pub(crate) mod commands;
mod facts;
mod handlers;
mod refusals;
pub mod wire;

use domain::network::Terms;
use persistence::{agreement::Agreement, db::Conn, network};
use serde_json::Value;

use crate::{
    network::definition::{Fault, TermsDocument},
    problem::Problem,
};

pub use actions::expire_due;
pub(crate) use handlers::routes;

/// The terms as an agreement has them: those of its version, with its special terms merged in (R2, R6, R90).
///
/// # Errors
/// `internal_error` when what is kept cannot be read as terms.
pub(crate) fn terms_of(conn: &mut Conn, agreement: &Agreement) -> Result<(TermsDocument, Terms), Problem> {
    let corrupt = |what: String| Problem::internal(format!("{}: {what}", agreement.id));
    let faulty = |faults: Vec<Fault>| corrupt(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "));
    let version = network::find_terms(conn, agreement.terms_id)?.ok_or_else(|| corrupt("its terms are missing".to_owned()))?;
    let mut document: TermsDocument = serde_json::from_str(&version.document).map_err(|error| corrupt(error.to_string()))?;
    if let Some(special) = &agreement.special_terms {
        let patch: Value = serde_json::from_str(special).map_err(|error| corrupt(error.to_string()))?;
        document = document.with_special(&patch).map_err(faulty)?;
    }
    let terms = document.to_domain().map_err(faulty)?;
    Ok((document, terms))
}
