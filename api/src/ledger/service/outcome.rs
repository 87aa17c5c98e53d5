//! Why a service that was decided brings no money (§7.2 of the requirements: no qualifying event ends in silence).

use domain::commission::OutcomeReason;
use persistence::{
    event::Audience,
    ledger::{self as store, Outcome, OutcomeAbout, RecordedOutcome},
};

use crate::{
    ledger::wire,
    problem::{Language, Problem},
    write::{Change, Work},
};

/// Keeps the reason, and tells it to the partner, to the company that was served, and to their master.
///
/// # Errors
/// Those of the database.
pub(super) fn tell(work: &mut Work<'_, '_>, service: &store::Service, reason: OutcomeReason) -> Result<(), Problem> {
    let outcome = Outcome {
        id: work.new_id(),
        network: service.network,
        partner: service.partner,
        agreement: service.agreement,
        about: OutcomeAbout::Service(service.id),
        rule: Some(service.fee.clone()),
        reason,
        recorded_at: work.now()?,
    };
    store::append_outcome(work.conn(), &outcome)?;
    let told = RecordedOutcome { outcome, year: None, earned_since: false, reconsidered_since: false };
    let body = wire::Outcome::read(told, Language::En)?;
    let audience = Audience { master: Some(service.master), partner: Some(service.partner), counterparty: Some(service.served) };
    let (network, subject) = (service.network, body.id.clone());
    work.record(Change { network, kind: "outcome.recorded", subject, version: 1, audience, body: &body })
}
