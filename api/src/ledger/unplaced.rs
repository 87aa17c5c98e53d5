//! Outcomes of partners that have no place in a sale and may look for one (§7.2 of the requirements): nobody brings a partner's own
//! instance (R84), and an introduction is no place in a sale while its promoter's agreement is not in force (R7, R18).

use domain::commission::OutcomeReason;
use persistence::{
    agreement::{self, Agreement},
    event::Audience,
    ledger::{self as store, Outcome, OutcomeAbout, RecordedOutcome},
    sale::{self, Annuity, Contract},
};

use super::{
    explanation::{Circumstances, ExplainedTerms},
    posting::to_json,
    wire,
};
use crate::{
    problem::{Language, Problem},
    write::{Change, Work},
};

/// Says of each annuity of a contract why the partner of an agreement earns nothing by it.
///
/// # Errors
/// Those of the database.
pub(crate) fn tell(
    work: &mut Work<'_, '_>,
    contract: &Contract,
    agreement: &Agreement,
    reason: OutcomeReason,
) -> Result<(), Problem> {
    for annuity in sale::annuities_of(work.conn(), contract.id)? {
        tell_of(work, contract, &annuity, agreement, reason)?;
    }
    Ok(())
}

/// Says of the year by which a contract was renewed what was said of the year before: who had no place in the sale has none yet.
///
/// # Errors
/// Those of the database.
pub(crate) fn tell_again(work: &mut Work<'_, '_>, contract: &Contract) -> Result<(), Problem> {
    let annuities = sale::annuities_of(work.conn(), contract.id)?;
    let of_year = |year: u32| annuities.iter().find(|annuity| annuity.year == year);
    let (Some(before), Some(renewed)) = (of_year(contract.years.saturating_sub(1)), of_year(contract.years)) else {
        return Ok(());
    };
    for (id, reason) in store::unplaced_on(work.conn(), before.id)? {
        let found = agreement::find_in_network(work.conn(), contract.network, id)?;
        let found = found.ok_or_else(|| Problem::internal(format!("{}: no {id}", contract.id)))?;
        tell_of(work, contract, renewed, &found, reason)?;
    }
    Ok(())
}

fn tell_of(
    work: &mut Work<'_, '_>,
    contract: &Contract,
    annuity: &Annuity,
    agreement: &Agreement,
    reason: OutcomeReason,
) -> Result<(), Problem> {
    let explanation = Circumstances {
        agreement_id: agreement.id.to_string(),
        special_terms: agreement.special_terms.is_some(),
        terms: ExplainedTerms::of(work.conn(), agreement)?,
        ordinal: None,
        year: annuity.year,
        stage: None,
        introduction_id: None,
        inputs: Vec::new(),
        not_applied: Vec::new(),
    };
    let outcome = Outcome {
        id: work.new_id(),
        network: contract.network,
        partner: agreement.partner,
        agreement: agreement.id,
        about: OutcomeAbout::Annuity {
            attribution: None,
            annuity: annuity.id,
            contract: contract.id,
            explanation: to_json(&explanation)?,
        },
        rule: None,
        reason,
        recorded_at: work.now()?,
    };
    store::append_outcome(work.conn(), &outcome)?;
    let told = RecordedOutcome { outcome, year: Some(annuity.year), earned_since: false, reconsidered_since: false };
    let body = wire::Outcome::read(told, Language::En)?;
    let audience = Audience { master: Some(contract.master), partner: Some(agreement.partner), counterparty: None };
    let (network, subject) = (contract.network, body.id.clone());
    work.record(Change { network, kind: "outcome.recorded", subject, version: 1, audience, body: &body })
}
