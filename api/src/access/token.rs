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

/// A token that one of the keys signed, valid until it expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedToken {
    token: Token,
    expires_at: i64,
}

impl SignedToken {
    /// What it says at `now`.
    ///
    /// # Errors
    /// `authentication_required` once it has expired.
    pub fn at(self, now: DateTime<Utc>) -> Result<Token, Problem> {
        let Self { token, expires_at } = self;
        if now.timestamp() < expires_at { Ok(token) } else { Err(Problem::new(Code::AuthenticationRequired)) }
    }
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

    /// Reads `token`, if one of these keys signed it. Whoever made one up gets no further, to no database either.
    ///
    /// # Errors
    /// `authentication_required` for anything else; nothing says why.
    pub fn read_token(&self, token: &str) -> Result<SignedToken, Problem> {
        self.genuine(token).ok_or_else(|| Problem::new(Code::AuthenticationRequired))
    }

    fn genuine(&self, token: &str) -> Option<SignedToken> {
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
        // Compared with the service's own time, in `SignedToken::at`.
        rules.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &key.checks, &rules).ok()?.claims;
        let bearer = match claims.sid {
            Some(session) => {
                let (user, session): (UserId, SessionId) = (claims.sub.parse().ok()?, session.parse().ok()?);
                Bearer::Person { user, session }
            }
            None => Bearer::Integration(claims.sub.parse::<IntegrationId>().ok()?),
        };
        let token = Token { bearer, narrowed_to: claims.scope.as_deref().map(super::scopes_in) };
        Some(SignedToken { token, expires_at: claims.exp })
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

#[cfg(test)]
mod tests {
    use ed25519_dalek::Signer;
    use serde_json::{Value, json};

    use super::*;

    const BEGUN: i64 = 1_800_000_000;
    const SUBJECT: &str = "integration_01h2xcejqtf2nbrexx3vqjhp41";

    /// A signing key, alone and as the service reads it.
    fn key() -> (SigningKey, Keys) {
        let file = std::env::temp_dir().join(format!("entente-{:016x}.pem", rand::random::<u64>()));
        Keys::create(&file).unwrap();
        let pem = std::fs::read_to_string(&file).unwrap();
        let keys = Keys::read([&file]).unwrap();
        std::fs::remove_file(&file).unwrap();
        (SigningKey::from_pkcs8_pem(&pem).unwrap(), keys)
    }

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    fn bearer() -> Bearer {
        Bearer::Integration(SUBJECT.parse().unwrap())
    }

    fn kid(keys: &Keys) -> String {
        keys.public().next().unwrap().id.to_owned()
    }

    fn good_header(keys: &Keys) -> Value {
        json!({"alg": "EdDSA", "typ": "at+jwt", "kid": kid(keys)})
    }

    fn good_claims() -> Value {
        json!({"iss": "entente", "aud": "entente-api", "sub": SUBJECT, "iat": BEGUN, "exp": BEGUN + 600})
    }

    fn with(mut claims: Value, name: &str, value: Value) -> Value {
        claims[name] = value;
        claims
    }

    fn unsigned(header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}", part(header), part(claims))
    }

    /// A token made by hand, signed by an implementation that is not the one under test.
    fn signed(key: &SigningKey, header: &Value, claims: &Value) -> String {
        let text = unsigned(header, claims);
        let signature = URL_SAFE_NO_PAD.encode(key.sign(text.as_bytes()).to_bytes());
        format!("{text}.{signature}")
    }

    fn check(keys: &Keys, token: &str, now: DateTime<Utc>) -> Result<Token, Problem> {
        keys.read_token(token)?.at(now)
    }

    fn refused(keys: &Keys, token: &str) -> bool {
        check(keys, token, at(BEGUN)).is_err_and(|problem| problem.code() == Code::AuthenticationRequired)
    }

    #[test]
    fn a_token_says_who_it_is_for_until_it_expires() {
        let (_, keys) = key();
        let token = keys.issue(bearer(), at(BEGUN)).unwrap();
        let lifetime = LIFETIME.num_seconds();
        assert_eq!(check(&keys, &token, at(BEGUN + lifetime - 1)).unwrap(), Token { bearer: bearer(), narrowed_to: None });
        assert!(check(&keys, &token, at(BEGUN + lifetime)).is_err());
        assert!(check(&keys, &token, at(BEGUN + lifetime + 1)).is_err());
    }

    #[test]
    fn a_token_says_whose_session_it_is() {
        let (_, keys) = key();
        let (user, session) = ("user_01h2xcejqtf2nbrexx3vqjhp41", "session_01h2xcejqtf2nbrexx3vqjhp41");
        let person = Bearer::Person { user: user.parse().unwrap(), session: session.parse().unwrap() };
        let token = keys.issue(person, at(BEGUN)).unwrap();
        assert_eq!(check(&keys, &token, at(BEGUN)).unwrap().bearer, person);
    }

    #[test]
    fn a_narrowed_token_says_what_it_is_narrowed_to() {
        let (_, keys) = key();
        let token = keys.issue_narrowed(bearer(), &[Scope::SalesRead, Scope::LedgerRead], at(BEGUN)).unwrap();
        let narrowed_to = check(&keys, &token, at(BEGUN)).unwrap().narrowed_to;
        assert_eq!(narrowed_to, Some(vec![Scope::SalesRead, Scope::LedgerRead]));
    }

    #[test]
    fn a_token_made_by_hand_from_the_standards_alone_is_accepted() {
        let (signing, keys) = key();
        assert!(!refused(&keys, &signed(&signing, &good_header(&keys), &good_claims())));
    }

    #[test]
    fn a_token_of_another_type_issuer_or_audience_is_refused() {
        let (signing, keys) = key();
        for (name, value) in [("typ", json!("JWT")), ("typ", Value::Null), ("kid", json!("another")), ("kid", Value::Null)] {
            let header = with(good_header(&keys), name, value);
            assert!(refused(&keys, &signed(&signing, &header, &good_claims())), "{header}");
        }
        for (name, value) in [
            ("iss", json!("another")),
            ("iss", Value::Null),
            ("aud", json!("another")),
            ("aud", Value::Null),
            ("exp", Value::Null),
            ("sub", json!("partner_01h2xcejqtf2nbrexx3vqjhp41")),
            ("sid", json!("session_01h2xcejqtf2nbrexx3vqjhp41")),
        ] {
            let claims = with(good_claims(), name, value);
            assert!(refused(&keys, &signed(&signing, &good_header(&keys), &claims)), "{claims}");
        }
    }

    #[test]
    fn a_token_that_nobody_signed_is_refused() {
        let (_, keys) = key();
        for algorithm in ["none", "None", "NONE", "EdDSA"] {
            let text = unsigned(&with(good_header(&keys), "alg", json!(algorithm)), &good_claims());
            assert!(refused(&keys, &format!("{text}.")), "{algorithm}");
            assert!(refused(&keys, &text), "{algorithm}");
        }
    }

    #[test]
    fn a_token_signed_with_the_public_key_as_a_shared_secret_is_refused() {
        let (signing, keys) = key();
        let public = keys.public().next().unwrap().x.to_owned();
        let header = Header { typ: Some(KIND.to_owned()), kid: Some(kid(&keys)), ..Header::new(Algorithm::HS256) };
        for secret in [public.as_bytes(), signing.verifying_key().as_bytes()] {
            let token = jsonwebtoken::encode(&header, &good_claims(), &EncodingKey::from_secret(secret)).unwrap();
            assert!(refused(&keys, &token));
        }
    }

    #[test]
    fn a_token_of_another_key_is_refused_even_under_the_name_of_this_one() {
        let ((_, keys), (other, others)) = (key(), key());
        assert!(refused(&keys, &signed(&other, &good_header(&keys), &good_claims())));
        assert!(refused(&keys, &signed(&other, &good_header(&others), &good_claims())));
    }

    #[test]
    fn a_token_that_was_changed_is_refused() {
        let (signing, keys) = key();
        let token = signed(&signing, &good_header(&keys), &good_claims());
        let parts: Vec<&str> = token.split('.').collect();
        let longer = unsigned(&good_header(&keys), &with(good_claims(), "exp", json!(BEGUN + 601)));
        assert!(refused(&keys, &format!("{longer}.{}", parts[2])));
        let (first, rest) = parts[2].split_at(1);
        let another = if first == "A" { "B" } else { "A" };
        assert!(refused(&keys, &format!("{}.{}.{another}{rest}", parts[0], parts[1])));
        assert!(refused(&keys, ""));
    }

    #[test]
    fn a_key_that_is_being_replaced_still_counts_and_no_longer_signs() {
        let ((_, old), (_, new)) = (key(), key());
        let (by_old, new_id) = (old.issue(bearer(), at(BEGUN)).unwrap(), kid(&new));
        let both = Keys { keys: new.keys.into_iter().chain(old.keys).collect() };
        assert!(!refused(&both, &by_old));
        let header = jsonwebtoken::decode_header(both.issue(bearer(), at(BEGUN)).unwrap()).unwrap();
        assert_eq!(header.kid, Some(new_id));
        assert_eq!(both.public().count(), 2);
    }

    #[test]
    fn a_key_file_is_its_owners_alone_and_never_written_over() {
        use std::os::unix::fs::PermissionsExt;

        let file = std::env::temp_dir().join(format!("entente-{:016x}.pem", rand::random::<u64>()));
        Keys::create(&file).unwrap();
        let (written, mode) = (std::fs::read(&file).unwrap(), std::fs::metadata(&file).unwrap().permissions().mode());
        Keys::create(&file).unwrap();
        let again = std::fs::read(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(written, again);
    }
}
