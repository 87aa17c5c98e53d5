//! What the network keeps as JSON, read and written.

use domain::{id::NetworkId, network as rules, qualification::QualificationKind};
use persistence::{
    db::Conn,
    network::{self as store, TermsVersion},
};
use serde::{Serialize, de::DeserializeOwned};

use super::definition::{self, PoliciesDocument, TermsDocument, Texts};
use crate::problem::Problem;

/// The policies of a network: what its rules are where its documents are silent (the D numbers).
///
/// # Errors
/// `not_found` when there is no such network, and those of the database.
pub fn policies(conn: &mut Conn, network: NetworkId) -> Result<rules::Policies, Problem> {
    let network = store::find_network(conn, network)?.ok_or_else(Problem::not_found)?;
    Ok(rules::Policies::from(&read::<PoliciesDocument>(&network.policies)?))
}

/// The kinds of qualification that a network knows (R43, R56, R64, R72).
///
/// # Errors
/// `not_found` when there is no such network, and those of the database.
pub fn qualification_kinds(conn: &mut Conn, network: NetworkId) -> Result<Vec<QualificationKind>, Problem> {
    let network = store::find_network(conn, network)?.ok_or_else(Problem::not_found)?;
    Ok(definition::qualification_kinds(&read(&network.qualifications)?))
}

/// What a version of terms says.
///
/// # Errors
/// `internal_error` when it cannot have been written by this program.
pub fn terms_document(version: &TermsVersion) -> Result<TermsDocument, Problem> {
    read(&version.document)
}

/// A text by language that is kept in a column.
///
/// # Errors
/// `internal_error` when it cannot have been written by this program.
pub fn texts(json: &str) -> Result<Texts, Problem> {
    read(json)
}

/// JSON that is kept in a column.
pub(crate) fn read<T: DeserializeOwned>(json: &str) -> Result<T, Problem> {
    serde_json::from_str(json).map_err(|error| Problem::internal(format!("kept JSON: {error}")))
}

/// JSON as it is kept in a column.
pub(crate) fn written(value: &impl Serialize) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(|error| Problem::internal(error.to_string()))
}
