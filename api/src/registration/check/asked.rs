//! Whom a check is about, read from its body with everything that is wrong with it.

use super::{super::prospect::Keys, wire::CheckedProspect};
use crate::problem::Violation;

/// Whom a check is about: known by a name, a tax id or a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// The name, with single spaces.
    pub(super) name: Option<String>,
    /// Where it is, and by what it is known.
    pub(super) keys: Keys,
}

impl Asked {
    /// Reads whom a check is about.
    ///
    /// # Errors
    /// Everything that is wrong, each under `pointer`.
    pub(super) fn read(prospect: &CheckedProspect, pointer: &str) -> Result<Self, Vec<Violation>> {
        let CheckedProspect { name, country, tax_id, domain } = prospect;
        let name = name.as_ref().map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "));
        let nobody = name.is_none() && tax_id.is_none() && domain.is_none();
        let nobody = nobody.then(|| Violation::at(pointer, "nobody_to_check").rule("D17"));
        match (Keys::read(pointer, country, tax_id.as_deref(), domain.as_deref()), nobody) {
            (Ok(keys), None) => Ok(Self { name, keys }),
            (keys, nobody) => Err(keys.err().into_iter().flatten().chain(nobody).collect()),
        }
    }
}
