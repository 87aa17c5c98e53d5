//! Registrations of prospects and the protection they give: the network's only exclusivity (R32 to R38, D2, D3, D17).

mod check;
mod evidence;
pub mod matching;
mod passing;
mod prospect;
mod protection;
mod scope;
mod warning;
mod word;

pub use check::{CheckStatus, MatchedOn, Whose, check};
pub use evidence::{Evidence, EvidenceKind, Shortcoming, absurdly_dated};
pub use passing::{Passed, pass_on, protect_until};
pub use prospect::{ProspectIdentity, ProspectKey, ProspectRefusal};
pub use protection::{
    Protection, Registration, RegistrationRefusal, Submission, accept, begin_review, draft, ensure_capacity, expire, extend,
    lose, reject, release, request_action, submit, supersede, win, withdraw,
};
pub use scope::Scope;
pub use warning::{Warned, warning_due};
pub use word::{Ask, AskCode, RegistrationAction, RegistrationReason, RegistrationState};

#[cfg(test)]
mod tests;
