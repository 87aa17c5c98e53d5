//! Secrets that prove who somebody is. They show themselves to nobody but their owner, once; a digest is all that is kept.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use persistence::identity::Digest;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What a secret is for. Its prefix tells whoever finds one where it must not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// An integration's secret.
    Client,
    /// A refresh token.
    Refresh,
    /// An invitation.
    Invitation,
}

impl Purpose {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Client => "ent_secret_",
            Self::Refresh => "ent_refresh_",
            Self::Invitation => "ent_invite_",
        }
    }
}

/// A secret, or a password, on its way in or out. It cannot be printed by mistake.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Secret {
    /// A new secret of 256 random bits.
    #[must_use]
    pub fn generate(purpose: Purpose) -> Self {
        let bits: [u8; 32] = rand::random();
        Self(format!("{}{}", purpose.prefix(), URL_SAFE_NO_PAD.encode(bits)))
    }

    /// The digest that it is found by. A fast one is enough for 256 random bits, and a look-up by digest tells by its time
    /// nothing about any secret. Passwords have [`super::password`].
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest(format!("{:x}", Sha256::digest(&self.0)))
    }

    /// The text itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_itself_neither_in_debug_nor_in_its_digest() {
        let secret = Secret::generate(Purpose::Client);
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert_eq!(format!("{:?}", secret.digest()), "Digest(…)");
        assert!(secret.reveal().starts_with("ent_secret_"));
        assert!(!secret.digest().0.contains(secret.reveal()));
    }

    #[test]
    fn a_secret_has_256_bits_that_no_other_has() {
        let (one, other) = (Secret::generate(Purpose::Refresh), Secret::generate(Purpose::Refresh));
        let bits = URL_SAFE_NO_PAD.decode(one.reveal().strip_prefix("ent_refresh_").unwrap()).unwrap();
        assert_eq!(bits.len(), 32);
        assert_ne!(one, other);
    }

    #[test]
    fn the_digest_is_sha_256_in_hexadecimal() {
        // The digest of "abc" as FIPS 180-4 gives it.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Secret::from("abc".to_owned()).digest().0, expected);
    }
}
