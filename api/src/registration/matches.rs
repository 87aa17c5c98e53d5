//! What stands beside a registration, so that a master can decide it (D17): the use case and its JSON.

use domain::id::{CustomerId, MasterId, PursuitId, RegistrationId};
use persistence::{
    db::Tx,
    registration::{self as store, matching},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::words::{MatchKind, MatchReason, MatchedOn};
use crate::{access::Caller, network::policies, problem::Problem};

/// What stands beside a registration: everything in the network that is the same prospect, or may be.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RegistrationMatches {
    /// What has a tax id or a domain in common first, then what protects, then the most alike names.
    pub data: Vec<RegistrationMatch>,
    /// Whether these are all. So many companies may bear a very common name that the last of them are not looked at.
    pub complete: bool,
}

/// Something that is the registered prospect, or may be. Of what another master supervises you see that there is one and why it
/// matches, but not whose.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RegistrationMatch {
    /// What it is.
    pub kind: MatchKind,
    /// Its id, if you supervise it.
    #[schema(required, example = "registration_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: Option<String>,
    /// The partner or master whose it is, if you supervise it.
    #[schema(required, example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub company_id: Option<String>,
    /// The name that it has there, if you supervise it.
    #[schema(required, example = "Conservas do Mar, S.A.")]
    pub name: Option<String>,
    /// What they have in common: a tax id or a domain says that they are the same, a name that they may be (D17).
    #[schema(min_items = 1)]
    pub matched_on: Vec<MatchedOn>,
    /// How alike the names are, in thousandths.
    #[schema(minimum = 0, maximum = 1000, example = 940)]
    pub score: u16,
    /// In what the names are alike; empty where something tells them apart.
    pub reasons: Vec<MatchReason>,
    /// Whether it keeps other partners off: an accepted registration, a customer, a master's own pursuit.
    pub protects: bool,
}

impl RegistrationMatch {
    fn of(beside: matching::Beside, viewer: MasterId) -> Self {
        let matching::Beside { candidate, matched_on } = beside;
        let matching::Candidate { kind, subject, master, company, name, protects, score, reasons } = candidate;
        let is_seen = master == viewer;
        Self {
            kind: kind.into(),
            id: is_seen.then(|| typed(kind, subject)),
            company_id: is_seen.then(|| company.to_string()),
            name: is_seen.then_some(name),
            matched_on: matched_on.into_iter().map(Into::into).collect(),
            score: score.permille(),
            reasons: reasons.into_iter().map(Into::into).collect(),
            protects,
        }
    }
}

fn typed(kind: matching::SubjectKind, subject: Uuid) -> String {
    match kind {
        matching::SubjectKind::Registration => RegistrationId::from_uuid(subject).to_string(),
        matching::SubjectKind::Customer => CustomerId::from_uuid(subject).to_string(),
        matching::SubjectKind::Pursuit => PursuitId::from_uuid(subject).to_string(),
    }
}

/// Shows what stands beside a registration that the caller supervises.
pub(crate) fn show(tx: &mut Tx<'_>, caller: &Caller, id: RegistrationId) -> Result<RegistrationMatches, Problem> {
    let viewer = caller.company.master().ok_or_else(Problem::not_found)?;
    let registration = store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    let least = policies(tx.conn, registration.network)?.matching.possible_match;
    // The customer that it became is no other.
    let itself: Vec<Uuid> = std::iter::once(id.uuid()).chain(registration.customer.map(|customer| customer.uuid())).collect();
    let (beside, complete) = matching::beside(tx.conn, registration.network, &registration.prospect, least, &itself)?;
    Ok(RegistrationMatches { data: beside.into_iter().map(|beside| RegistrationMatch::of(beside, viewer)).collect(), complete })
}
