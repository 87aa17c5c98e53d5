//! Reading a network's file: refused whole, with every fault and its line.

use std::sync::OnceLock;

use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::OpenApi;

use super::{Fault, FileFault, NetworkDefinition, TermsDocument, check, yaml};
use crate::schema::{Schemas, UnusableSchema};

#[derive(OpenApi)]
#[openapi(components(schemas(NetworkDefinition, TermsDocument)))]
struct Contract;

/// A network's file: its definition as it is written, without a fault, and the places of its parts.
pub struct DefinitionFile {
    definition: NetworkDefinition,
    marked: yaml::Marked,
}

impl DefinitionFile {
    /// Reads a file. All faults of form are found in one run; where there are none, all faults of meaning.
    ///
    /// # Errors
    /// Every fault, in the order of the file's lines.
    pub fn read(yaml: &str) -> Result<Self, Vec<FileFault>> {
        let marked = yaml::parse(yaml).map_err(|fault| vec![fault])?;
        let located = |faults: Vec<Fault>| faults.into_iter().map(|fault| marked.locate(fault));
        let read = conforming::<NetworkDefinition>("NetworkDefinition", &marked.value);
        let form: Vec<FileFault> =
            marked.faults.iter().cloned().chain(located(read.as_ref().err().cloned().unwrap_or_default())).collect();
        let definition = match read {
            Ok(definition) if form.is_empty() => definition,
            _ => return Err(in_order(form)),
        };
        let meaning = check::faults(&complete(definition.clone()));
        if meaning.is_empty() { Ok(Self { definition, marked }) } else { Err(in_order(located(meaning).collect())) }
    }

    /// What the file says. Commissions may leave their trigger to the network's policy (D12).
    #[must_use]
    pub fn definition(&self) -> &NetworkDefinition {
        &self.definition
    }

    /// Puts faults at their lines, in the order of the file's.
    #[must_use]
    pub fn locate(&self, faults: Vec<Fault>) -> Vec<FileFault> {
        in_order(faults.into_iter().map(|fault| self.marked.locate(fault)).collect())
    }
}

/// Reads a network's definition, with its policy written into the commissions that leave their trigger to it (D12).
///
/// # Errors
/// Those of [`DefinitionFile::read`].
pub fn read(yaml: &str) -> Result<NetworkDefinition, Vec<FileFault>> {
    DefinitionFile::read(yaml).map(|file| complete(file.definition))
}

/// `value` as a `T`, if it keeps the schema called `name`.
pub(super) fn conforming<T: DeserializeOwned>(name: &str, value: &Value) -> Result<T, Vec<Fault>> {
    let unusable = |error: &UnusableSchema| vec![Fault::new("", "unusable_schema", error.to_string())];
    let faults = schemas().map_err(unusable)?.validate(name, value).map_err(|error| unusable(&error))?;
    if !faults.is_empty() {
        return Err(faults.into_iter().map(Fault::from).collect());
    }
    // What the schema lets pass and the types do not is still refused, though one at a time.
    serde_path_to_error::deserialize(value).map_err(|error| {
        let pointer = error.path().iter().fold(String::new(), |pointer, segment| match segment {
            serde_path_to_error::Segment::Unknown => pointer,
            known => crate::schema::step(&pointer, known.to_string().trim_matches(['[', ']'])),
        });
        vec![Fault::unreadable(pointer, error.inner())]
    })
}

fn schemas() -> Result<&'static Schemas, &'static UnusableSchema> {
    static SCHEMAS: OnceLock<Result<Schemas, UnusableSchema>> = OnceLock::new();
    let made = SCHEMAS.get_or_init(|| {
        let components = serde_json::to_value(Contract::openapi().components);
        let broken =
            |error: serde_json::Error| UnusableSchema::Broken { name: "components".to_owned(), reason: error.to_string() };
        Schemas::new(components.map_err(broken)?)
    });
    made.as_ref()
}

/// Writes the network's policy into commissions that leave their trigger to it (D12), so that terms say all by themselves.
fn complete(mut definition: NetworkDefinition) -> NetworkDefinition {
    let policy = definition.network.policies.commission_trigger;
    let versions = definition.partnership_types.values_mut().flat_map(|partnership_type| &mut partnership_type.versions);
    versions.for_each(|version| version.terms.fill_triggers(|_| policy));
    definition
}

fn in_order(mut faults: Vec<FileFault>) -> Vec<FileFault> {
    faults.sort_by_key(|fault| (fault.line, fault.column));
    faults
}
