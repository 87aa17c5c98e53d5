//! The academy (R22, R82, R85): courses of instructors and masters, their sessions, who takes part, results and certificates.

mod certificate;
mod course;
mod enrolment;
pub(crate) mod obligation;
mod session;
mod words;

use std::collections::BTreeSet;

use domain::id::NetworkId;
use indexmap::IndexMap;
use persistence::{db::Conn, network};
use utoipa_actix_web::service_config::ServiceConfig;

pub use enrolment::miss_due;

use crate::{
    network::definition::{Language, Texts},
    problem::{Problem, Violation},
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.configure(course::routes).configure(session::routes).configure(enrolment::routes).configure(certificate::routes);
}

/// Everything that is wrong with the languages of a text at `pointer`: the network's default is there, and none that it has not.
fn text_faults(conn: &mut Conn, id: NetworkId, texts: &Texts, pointer: &str) -> Result<Vec<Violation>, Problem> {
    let network = network::find_network(conn, id)?.ok_or_else(Problem::not_found)?;
    let known: BTreeSet<&str> = network.languages.iter().map(String::as_str).collect();
    let default = Language(network.default_language.clone());
    let missing = (!texts.0.contains_key(&default))
        .then(|| Violation::at(pointer, "default_language_missing").rule("R86").with("language", &default.0));
    let other = texts.0.keys().filter(|language| !known.contains(language.0.as_str()));
    let other = other.map(|language| {
        Violation::at(format!("{pointer}/{}", language.0), "language_not_of_network")
            .rule("R86")
            .with("language", &language.0)
            .with("languages", network.languages.join(", "))
    });
    let empty = texts.0.iter().filter(|(_, text)| text.trim().is_empty());
    let empty = empty.map(|(language, _)| Violation::at(format!("{pointer}/{}", language.0), "empty_text"));
    Ok(missing.into_iter().chain(other).chain(empty).collect())
}

/// A text by language that is kept as JSON.
fn read_texts(json: &str) -> Result<Texts, Problem> {
    let texts: IndexMap<Language, String> = serde_json::from_str(json).map_err(|error| Problem::internal(error.to_string()))?;
    Ok(Texts(texts))
}
