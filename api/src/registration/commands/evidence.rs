//! Dated evidence: read from a body, weighed, and kept (R33, R34, D2).

use chrono::NaiveDate;
use domain::{
    id::RegistrationId,
    network::NegotiationPolicy,
    registration::{Evidence as DatedEvidence, Shortcoming, absurdly_dated},
};
use persistence::registration as store;

use super::super::wire::NewEvidence;
use crate::{
    problem::{Problem, Violation},
    write::Work,
};

/// What is wrong with pieces of evidence, each by itself: an absurd day, or the same piece twice.
pub(crate) fn faults(given: &[NewEvidence], today: NaiveDate, policy: NegotiationPolicy) -> Vec<Violation> {
    let pieces: Vec<_> = given.iter().map(|piece| DatedEvidence { kind: piece.kind.into(), dated: piece.dated_on }).collect();
    let absurd = absurdly_dated(&pieces, today, policy).into_iter().filter_map(|shortcoming| {
        let code = shortcoming.code();
        let Shortcoming::Absurd { index, earliest } = shortcoming else { return None };
        Some(Violation::at(format!("/evidence/{index}/dated_on"), code).rule("D2").with("earliest", earliest))
    });
    let twice = given.iter().enumerate().filter(|(index, piece)| given.iter().take(*index).any(|other| other == *piece));
    absurd.chain(twice.map(|(index, _)| Violation::at(format!("/evidence/{index}"), "evidence_twice").rule("D2"))).collect()
}

/// The pieces as the domain weighs them.
pub(super) fn dated(evidence: &[store::Evidence]) -> Vec<DatedEvidence> {
    evidence.iter().map(|piece| DatedEvidence { kind: piece.kind, dated: piece.dated_on }).collect()
}

/// What of `given` is not on record yet.
pub(super) fn further_evidence(
    work: &mut Work<'_, '_>,
    registration: RegistrationId,
    known: &[store::Evidence],
    given: &[NewEvidence],
) -> Result<Vec<store::Evidence>, Problem> {
    let recorded_at = work.now()?;
    let mut further: Vec<store::Evidence> = Vec::new();
    for NewEvidence { kind, dated_on, description, document } in given.iter().cloned() {
        let piece =
            store::Evidence { id: work.new_id(), registration, kind: kind.into(), dated_on, description, document, recorded_at };
        let same = |other: &store::Evidence| {
            (other.kind, other.dated_on, &other.description, &other.document)
                == (piece.kind, piece.dated_on, &piece.description, &piece.document)
        };
        if !known.iter().chain(&further).any(same) {
            further.push(piece);
        }
    }
    Ok(further)
}

/// Keeps further evidence.
pub(super) fn add(work: &mut Work<'_, '_>, evidence: &[store::Evidence]) -> Result<(), Problem> {
    evidence.iter().try_for_each(|piece| store::add_evidence(work.conn(), piece))?;
    Ok(())
}
