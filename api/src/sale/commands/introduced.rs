//! The introductions that lead to a sale: each is its promoter's place in it, whether or not the proposal names it (R10, R18).

use chrono::NaiveDate;
use domain::{
    commission::OutcomeReason,
    id::{AgreementId, IntroductionId},
    introduction::IntroductionState,
};
use persistence::{
    agreement::{self, Agreement},
    introduction::{self, Introduction},
    sale as store,
};

use super::{
    offer::promoter_violations,
    parties::{Bound, Parties},
};
use crate::{
    problem::{Problem, Violation},
    wire,
    write::Work,
};

/// Reads the introductions that an offer names; everything that is wrong with them goes to `violations`.
pub(super) fn read(
    work: &mut Work<'_, '_>,
    parties: &Parties,
    day: NaiveDate,
    asked: &[String],
    violations: &mut Vec<Violation>,
) -> Result<Vec<Introduction>, Problem> {
    let view = work.caller()?.view();
    let mut named: Vec<Introduction> = Vec::new();
    for (position, text) in asked.iter().enumerate() {
        let pointer = format!("/introductions/{position}");
        let id: IntroductionId = match wire::id(text, &pointer) {
            Ok(id) => id,
            Err(violation) => {
                violations.push(violation);
                continue;
            }
        };
        // One that was offered to another company is no introduction to the seller.
        let found = introduction::find(work.conn(), &view, id)?.filter(|found| found.company == parties.seller);
        let Some(found) = found else {
            violations.push(Violation::at(pointer, "introduction_not_found").rule("R18"));
            continue;
        };
        if named.iter().any(|named| named.id == id) {
            violations.push(Violation::at(pointer, "introduction_named_twice").rule("R18"));
            continue;
        }
        violations.extend(idle(&found, &pointer));
        let agreement = agreement::find_in_network(work.conn(), found.network, found.agreement)?;
        let agreement = agreement.ok_or_else(|| Problem::internal(format!("{id}: no agreement")))?;
        let bound = Bound::of(work, agreement)?;
        violations.extend(promoter_violations(parties, &bound, day, &pointer));
        named.push(found);
    }
    Ok(named)
}

/// One that the company did not accept, or ended since, counts for nothing.
fn idle(introduction: &Introduction, pointer: &str) -> Option<Violation> {
    let state = introduction.status.state;
    let violation = || Violation::at(pointer, "introduction_does_not_count").rule("R18").with("state", state.code());
    (!state.counts()).then(violation)
}

/// Makes the promoter of each introduction one of the sale, unless it is named as such already.
pub(super) fn add_promoters(promoters: &mut Vec<AgreementId>, introductions: &[Introduction]) {
    for introduction in introductions {
        if !promoters.contains(&introduction.agreement) {
            promoters.push(introduction.agreement);
        }
    }
}

/// The introductions that are of another prospect than the one that `keys` are known of.
pub(super) fn of_others(introductions: &[Introduction], keys: &[String]) -> Vec<Violation> {
    let other = |introduction: &Introduction| !introduction.keys().iter().any(|key| keys.contains(key));
    let others = introductions.iter().enumerate().filter(|(_, introduction)| other(introduction));
    let at = |(position, _)| Violation::at(format!("/introductions/{position}"), "introduction_of_another_prospect").rule("R18");
    others.map(at).collect()
}

/// An agreement whose partner has no place in a sale, and why.
pub(super) type Unplaced = (Agreement, OutcomeReason);

/// Adds the promoters that a proposal owes their place to without naming them: those whose introduction the seller accepted, and whose
/// first sale to the prospect it is (R10, R18). A promoter whose agreement is not in force on the day has none. The introductions that
/// take part in the sale, those that are named first, and whom it is to be told to that it has no place.
pub(super) fn complete(
    work: &mut Work<'_, '_>,
    parties: &Parties,
    (proposal, version, keys): (&store::Proposal, &store::ProposalVersion, &[String]),
    signed_on: NaiveDate,
    promoters: &mut Vec<Bound>,
) -> Result<(Vec<IntroductionId>, Vec<Unplaced>), Problem> {
    let mut taking_part: Vec<IntroductionId> = version.introductions.iter().map(|(id, _)| *id).collect();
    let mut unplaced = Vec::new();
    // Nobody brought a partner's own instance (R84).
    if proposal.benefit.is_some() {
        return Ok((taking_part, unplaced));
    }
    for found in introduction::counting_for(work.conn(), proposal.seller, keys)? {
        if found.status.state == IntroductionState::Won || taking_part.contains(&found.id) {
            continue;
        }
        // Who sells, or is named without its introduction, has its place.
        let has_place =
            parties.partner() == Some(found.partner) || promoters.iter().any(|promoter| promoter.agreement.id == found.agreement);
        if !has_place {
            let agreement = agreement::find_in_network(work.conn(), found.network, found.agreement)?;
            let promoter = Bound::of(work, agreement.ok_or_else(|| Problem::internal(format!("{}: no agreement", found.id)))?)?;
            if !promoter.is_in_force(signed_on) {
                unplaced.push((promoter.agreement, OutcomeReason::NoActiveAgreement));
                continue;
            }
            promoters.push(promoter);
        }
        taking_part.push(found.id);
    }
    Ok((taking_part, unplaced))
}

/// The introductions of a version that count no more when it is signed.
pub(super) fn idle_at_signing(work: &mut Work<'_, '_>, version: &store::ProposalVersion) -> Result<Vec<Violation>, Problem> {
    let ids: Vec<IntroductionId> = version.introductions.iter().map(|(id, _)| *id).collect();
    Ok(introduction::find_all(work.conn(), &ids)?.iter().filter_map(|found| idle(found, "")).collect())
}
