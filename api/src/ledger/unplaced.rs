//! Outcomes of partners that have no place in a sale and may look for one (§7.2 of the requirements): nobody brings a partner's own
//! instance (R84), and an introduction is no place in a sale while its promoter's agreement is not in force (R7, R18).

use domain::commission::OutcomeReason;
use persistence::{
    agreement::Agreement,
    event::Audience,
    ledger::{self as store, Outcome, OutcomeAbout, RecordedOutcome},
    sale::{self, Contract},
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
    let terms = ExplainedTerms::of(work.conn(), agreement)?;
    for annuity in sale::annuities_of(work.conn(), contract.id)? {
        let explanation = Circumstances {
            agreement_id: agreement.id.to_string(),
            special_terms: agreement.special_terms.is_some(),
            terms: terms.clone(),
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
        work.record(Change { network, kind: "outcome.recorded", subject, version: 1, audience, body: &body })?;
    }
    Ok(())
}
