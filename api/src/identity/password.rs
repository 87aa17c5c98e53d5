//! Passwords: Argon2id with the parameters OWASP recommends (19 MiB, two passes, one lane).
//!
//! A guess takes the same time whether or not there is somebody to guess at, and only few guesses run at once.

use std::time::Duration;

use actix_web::web;
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use persistence::identity::Digest;

use super::secret::Secret;
use crate::{
    app::App,
    problem::{Code, Problem},
};

/// How long a request waits for its turn at hashing.
const TURN_TIMEOUT: Duration = Duration::from_secs(5);

/// What a guess is held against when there is nobody to guess at. No password leads to it.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The digest of a password with a new salt. It takes tens of milliseconds: requests use [`keep`].
///
/// # Errors
/// `internal_error` when there is no randomness.
pub fn digest(password: &Secret) -> Result<Digest, Problem> {
    let hashed = Argon2::default().hash_password(password.reveal().as_bytes());
    hashed.map(|hash| Digest(hash.to_string())).map_err(|error| Problem::internal(error.to_string()))
}

fn leads_to(password: &Secret, digest: &Digest) -> bool {
    PasswordHash::new(&digest.0)
        .is_ok_and(|digest| Argon2::default().verify_password(password.reveal().as_bytes(), &digest).is_ok())
}

/// The digest under which a password is kept.
///
/// # Errors
/// `unavailable` when there is no turn in time.
pub async fn keep(app: &App, password: Secret) -> Result<Digest, Problem> {
    in_turn(app, move || digest(&password)).await?
}

/// Whether a password leads to a digest; never, but after the same time, where there is none.
///
/// # Errors
/// `unavailable` when there is no turn in time.
pub async fn matches(app: &App, password: Secret, digest: Option<Digest>) -> Result<bool, Problem> {
    let digest = digest.unwrap_or_else(|| Digest(NOBODY.to_owned()));
    in_turn(app, move || leads_to(&password, &digest)).await
}

async fn in_turn<T: Send + 'static>(app: &App, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let turn = tokio::time::timeout(TURN_TIMEOUT, app.hashing.acquire()).await;
    let Ok(Ok(_turn)) = turn else { return Err(Problem::new(Code::Unavailable).retry_after(1)) };
    web::block(work).await.map_err(|error| Problem::internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::from(text.to_owned())
    }

    #[test]
    fn only_the_password_itself_leads_to_its_digest() {
        let digest = digest(&secret("correct horse battery")).unwrap();
        assert!(leads_to(&secret("correct horse battery"), &digest));
        for wrong in ["correct horse batterx", "correct horse battery ", "Correct horse battery", ""] {
            assert!(!leads_to(&secret(wrong), &digest), "{wrong:?}");
        }
    }

    #[test]
    fn the_same_password_has_another_digest_each_time() {
        let password = secret("correct horse battery");
        assert_ne!(digest(&password).unwrap(), digest(&password).unwrap());
    }

    #[test]
    fn a_guess_at_nobody_costs_what_a_guess_at_somebody_costs() {
        let real = digest(&secret("correct horse battery")).unwrap();
        let (nobody, somebody) = (PasswordHash::new(NOBODY).unwrap(), PasswordHash::new(&real.0).unwrap());
        assert_eq!(nobody.algorithm, somebody.algorithm);
        assert_eq!(nobody.params, somebody.params);
        let size = |hash: &PasswordHash| hash.hash.as_ref().map(|hash| hash.as_ref().len());
        assert_eq!(size(&nobody), size(&somebody));
        assert!(!leads_to(&secret(""), &Digest(NOBODY.to_owned())));
    }

    #[test]
    fn a_digest_that_cannot_be_read_is_led_to_by_nothing() {
        assert!(!leads_to(&secret(""), &Digest(String::new())));
    }
}
