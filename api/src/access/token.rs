//! Access tokens: short-lived, signed with Ed25519, naming nothing but who they are for.

use std::path::Path;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use domain::id::{IntegrationId, SessionId, UserId};
use ed25519_dalek::{
    SigningKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, spki::der::pem::LineEnding},
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Bearer, Scope, Token};
use crate::problem::{Code, Problem};

/// How long an access token lives.
pub const LIFETIME: TimeDelta = TimeDelta::minutes(10);
const ISSUER: &str = "entente";
const AUDIENCE: &str = "entente-api";
const KIND: &str = "at+jwt";

/// The keys that tokens are signed and checked with. The first signs; the others only check, while they are being replaced.
pub struct Keys {
    keys: Vec<Key>,
}

struct Key {
    id: String,
    public: String,
    signs: EncodingKey,
    checks: DecodingKey,
}

/// The public half of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey<'k> {
    /// The key's id: its thumbprint (RFC 7638).
    pub id: &'k str,
    /// The point, as RFC 8037 writes it.
    pub x: &'k str,
}

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum UnusableKey {
    /// It cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// It holds no Ed25519 key in PKCS #8 PEM.
    #[error("{0}: no Ed25519 private key in PKCS #8 PEM")]
    Content(String),
    /// No key at all was named.
    #[error("no signing key: name one with --signing-key")]
    None,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    iat: i64,
    exp: i64,
}

impl Keys {
    /// Reads the keys in the files; the first one signs.
    ///
    /// # Errors
    /// [`UnusableKey`] for the first file that cannot be used.
    pub fn read<P: AsRef<Path>>(files: impl IntoIterator<Item = P>) -> Result<Self, UnusableKey> {
        let keys = files.into_iter().map(|file| read_key(file.as_ref())).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(UnusableKey::None) } else { Ok(Self { keys }) }
    }

    /// Writes a new key into `file`, readable by its owner alone, unless there is one already.
    ///
    /// # Errors
    /// [`UnusableKey::File`] when it cannot be written.
    pub fn create(file: &Path) -> Result<(), UnusableKey> {
        use std::{io::Write, os::unix::fs::OpenOptionsExt};

        let failed = |source| UnusableKey::File { path: file.display().to_string(), source };
        let opened = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
        let mut opened = match opened {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => return Ok(()),
            other => other.map_err(failed)?,
        };
        let key = SigningKey::from_bytes(&rand::random());
        let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|error| failed(std::io::Error::other(error.to_string())))?;
        opened.write_all(pem.as_bytes()).and_then(|()| opened.sync_all()).map_err(failed)
    }

    /// A token for `bearer`, from `now` on.
    ///
    /// # Errors
    /// `internal_error` when signing fails.
    pub fn issue(&self, bearer: Bearer, now: DateTime<Utc>) -> Result<String, Problem> {
        self.sign(bearer, None, now)
    }

    /// A token for `bearer` that carries no more than `scopes`, from `now` on. It never widens: what an integration may do is
    /// read at each request, and this is taken from it.
    ///
    /// # Errors
    /// `internal_error` when signing fails.
    pub fn issue_narrowed(&self, bearer: Bearer, scopes: &[Scope], now: DateTime<Utc>) -> Result<String, Problem> {
        self.sign(bearer, Some(super::scope_words(scopes)), now)
    }

    fn sign(&self, bearer: Bearer, scope: Option<String>, now: DateTime<Utc>) -> Result<String, Problem> {
        let key = self.keys.first().ok_or_else(|| Problem::internal("no signing key"))?;
        let (sub, sid) = match bearer {
            Bearer::Person { user, session } => (user.to_string(), Some(session.to_string())),
            Bearer::Integration(id) => (id.to_string(), None),
        };
        let exp = now.checked_add_signed(LIFETIME).unwrap_or(now).timestamp();
        let claims = Claims { iss: ISSUER.to_owned(), aud: AUDIENCE.to_owned(), sub, sid, scope, iat: now.timestamp(), exp };
        let header = Header { typ: Some(KIND.to_owned()), kid: Some(key.id.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &claims, &key.signs).map_err(|error| Problem::internal(error.to_string()))
    }

    /// What `token` says, if one of these keys signed it and it is valid at `now`.
    ///
    /// # Errors
    /// `authentication_required` for anything else; nothing says why.
    pub fn check(&self, token: &str, now: DateTime<Utc>) -> Result<Token, Problem> {
        self.read_token(token, now).ok_or_else(|| Problem::new(Code::AuthenticationRequired))
    }

    fn read_token(&self, token: &str, now: DateTime<Utc>) -> Option<Token> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        if header.typ.as_deref() != Some(KIND) {
            return None;
        }
        let id = header.kid?;
        // The algorithm is the key's, never the header's.
        let key = self.keys.iter().find(|key| key.id == id)?;
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[AUDIENCE]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Compared below with the service's own time, which tests can set.
        rules.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &key.checks, &rules).ok()?.claims;
        if claims.exp <= now.timestamp() {
            return None;
        }
        let bearer = match claims.sid {
            Some(session) => {
                let (user, session): (UserId, SessionId) = (claims.sub.parse().ok()?, session.parse().ok()?);
                Bearer::Person { user, session }
            }
            None => Bearer::Integration(claims.sub.parse::<IntegrationId>().ok()?),
        };
        Some(Token { bearer, narrowed_to: claims.scope.as_deref().map(super::scopes_in) })
    }

    /// The public keys, for those who check tokens themselves.
    pub fn public(&self) -> impl Iterator<Item = PublicKey<'_>> {
        self.keys.iter().map(|key| PublicKey { id: &key.id, x: &key.public })
    }
}

fn read_key(file: &Path) -> Result<Key, UnusableKey> {
    let path = file.display().to_string();
    let pem = std::fs::read_to_string(file).map_err(|source| UnusableKey::File { path: path.clone(), source })?;
    let unusable = || UnusableKey::Content(path.clone());
    let signing = SigningKey::from_pkcs8_pem(&pem).map_err(|_| unusable())?;
    let public = URL_SAFE_NO_PAD.encode(signing.verifying_key().as_bytes());
    // The thumbprint of RFC 7638: the same key has the same id in every process.
    let thumbprint = Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{public}"}}"#));
    Ok(Key {
        id: URL_SAFE_NO_PAD.encode(thumbprint),
        signs: EncodingKey::from_ed_pem(pem.as_bytes()).map_err(|_| unusable())?,
        checks: DecodingKey::from_ed_components(&public).map_err(|_| unusable())?,
        public,
    })
}
