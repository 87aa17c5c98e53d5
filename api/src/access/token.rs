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
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Bearer;
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
        let key = self.keys.first().ok_or_else(|| Problem::internal("no signing key"))?;
        let (sub, sid) = match bearer {
            Bearer::Person { user, session } => (user.to_string(), Some(session.to_string())),
            Bearer::Integration(id) => (id.to_string(), None),
        };
        let exp = now.checked_add_signed(LIFETIME).unwrap_or(now).timestamp();
        let claims = Claims { iss: ISSUER.to_owned(), aud: AUDIENCE.to_owned(), sub, sid, iat: now.timestamp(), exp };
        let header = Header { typ: Some(KIND.to_owned()), kid: Some(key.id.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &claims, &key.signs).map_err(|error| Problem::internal(error.to_string()))
    }

    /// Who `token` is for, if one of these keys signed it and it is valid at `now`.
    ///
    /// # Errors
    /// `authentication_required` for anything else; nothing says why.
    pub fn check(&self, token: &str, now: DateTime<Utc>) -> Result<Bearer, Problem> {
        self.bearer(token, now).ok_or_else(|| Problem::new(Code::AuthenticationRequired))
    }

    fn bearer(&self, token: &str, now: DateTime<Utc>) -> Option<Bearer> {
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
        match claims.sid {
            Some(session) => {
                let (user, session): (UserId, SessionId) = (claims.sub.parse().ok()?, session.parse().ok()?);
                Some(Bearer::Person { user, session })
            }
            None => Some(Bearer::Integration(claims.sub.parse::<IntegrationId>().ok()?)),
        }
    }

    /// The public keys as a JSON Web Key Set (RFC 7517), for those who check tokens themselves.
    #[must_use]
    pub fn public(&self) -> Value {
        let keys: Vec<Value> = self
            .keys
            .iter()
            .map(|key| json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key.id, "x": key.public}))
            .collect();
        json!({ "keys": keys })
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
