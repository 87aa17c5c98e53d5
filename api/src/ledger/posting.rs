//! Posting: what an annuity has made due is appended to the ledger, and what it earned nothing by leaves an outcome.

use chrono::NaiveDate;
use domain::{
    commission::{Entitlement, Evaluation, NotAppliedReason, OutcomeReason, outcome},
    id::EntryId,
    ledger::{CorrectionKind, EntryKind, post as decide},
    money::Money,
};
use persistence::{
    event::Audience,
    ledger::{self as store, Entry, Journal, Outcome, PostedEntry, PostedToDate, RecordedOutcome},
    sale::Annuity,
};

use super::{
    contract_year::{ContractYear, Place, Reached, broken, of_rule, too_large},
    explanation::{Computation, Explanation},
    wire,
};
use crate::{
    calendar,
    problem::{Language, Problem},
    write::{Change, Work},
};

/// Posts what is due to date on an annuity, less what was posted, in one journal; and says what earned nothing, and why.
///
/// It is called after every change of an annuity, and when its contract is cancelled. Called twice for the same state of it, it does nothing the second time.
///
/// # Errors
/// Those of the database, and what the sale lacks to be evaluated.
pub(crate) fn post(work: &mut Work<'_, '_>, annuity: &Annuity) -> Result<(), Problem> {
    let year = ContractYear::load(work.conn(), annuity)?;
    let reached = Reached::to_date(annuity, year.contract.state)?;
    let now = work.now()?;
    let today = calendar::today(work.conn(), annuity.network, annuity.master, now)?;
    let posted = store::posted_on(work.conn(), annuity.id)?;
    let evaluated: Result<Vec<_>, Problem> =
        year.places.iter().map(|place| Ok((place, year.evaluate(place, reached)?))).collect();
    let evaluated = evaluated?;
    let (mut entries, mut nothing) = (Vec::new(), Vec::new());
    for (place, evaluation) in &evaluated {
        let of_place = posted.keys().any(|(attribution, _)| *attribution == place.attribution.id);
        let (entries_before, nothing_before) = (entries.len(), nothing.len());
        for (rule, kind, entitled) in evaluation.due() {
            let before = posted.get(&(place.attribution.id, rule.to_owned())).copied();
            let due = Due { year: &year, place, evaluation, reached, rule, kind, entitled, before, today };
            let entry = due.entry(work)?;
            let reason = match (year.is_all_protected(place, rule), &entry, before) {
                (true, _, _) => Some(OutcomeReason::ProtectedByOther),
                (false, None, None) => unearned(evaluation, rule),
                (false, _, _) => None,
            };
            entries.extend(entry);
            nothing.extend(reason.map(|reason| Nothing { place, evaluation, rule: Some(rule.to_owned()), reason }));
        }
        let silent = !of_place && entries.len() == entries_before && nothing.len() == nothing_before;
        if silent {
            nothing.push(Nothing { place, evaluation, rule: None, reason: silence(evaluation) });
        }
    }
    append(work, &year, entries)?;
    let known = store::outcomes_on(work.conn(), annuity.id)?;
    for nothing in nothing {
        if !known.contains(&(nothing.place.attribution.id, nothing.rule.clone())) {
            tell(work, &year, nothing)?;
        }
    }
    Ok(())
}

/// Something that earned nothing.
struct Nothing<'a> {
    place: &'a Place,
    evaluation: &'a Evaluation,
    /// None where the terms as a whole did not.
    rule: Option<String>,
    reason: OutcomeReason,
}

/// Why a rule earned nothing on its own. Where it counts none of the lines there was nothing for it to earn.
pub(crate) fn unearned(evaluation: &Evaluation, rule: &str) -> Option<OutcomeReason> {
    let alone = of_rule(evaluation, rule);
    let no_lines = alone.not_applied.iter().any(|rule| rule.reason == NotAppliedReason::NoMatchingLines);
    if no_lines { None } else { outcome(&alone) }
}

/// Why terms as a whole earned nothing. A share of nothing is due where the margin is all there is, or all there is to date.
pub(crate) fn silence(evaluation: &Evaluation) -> OutcomeReason {
    let waits = evaluation.entitlements.iter().any(|due| due.explanation.reached != due.explanation.contracted);
    let share_of_nothing = if waits { OutcomeReason::Held } else { OutcomeReason::TypeDoesNotEarn };
    outcome(evaluation).unwrap_or(share_of_nothing)
}

/// What a rule makes due to date, beside what was posted.
struct Due<'a> {
    year: &'a ContractYear,
    place: &'a Place,
    evaluation: &'a Evaluation,
    reached: Reached,
    rule: &'a str,
    kind: EntryKind,
    entitled: Money,
    before: Option<PostedToDate>,
    today: NaiveDate,
}

impl Due<'_> {
    /// The entry to append, if there is a difference.
    fn entry(&self, work: &mut Work<'_, '_>) -> Result<Option<Entry>, Problem> {
        let annuity = &self.year.annuity;
        let movement = decide(self.entitled, self.before.map(|before| before.posted));
        let movement = movement.map_err(|fault| broken(annuity, &format!("{fault:?}")))?;
        let Some(movement) = movement else { return Ok(None) };
        let movement = movement.entry(self.place.parties(self.kind)?, self.kind);
        let movement = movement.map_err(|fault| broken(annuity, &format!("{fault:?}")))?;
        let id: EntryId = work.new_id();
        let explanation = self.explanation(id, movement.amount())?;
        Ok(Some(Entry {
            id,
            movement,
            partner: self.place.attribution.partner,
            attribution: self.place.attribution.id,
            annuity: annuity.id,
            contract: annuity.contract,
            rule: self.rule.to_owned(),
            sequence: self.before.map_or(1, |before| before.next_sequence),
            entitled: self.entitled,
            explanation: to_json(&explanation)?,
            dated_on: self.today,
        }))
    }

    fn explanation(&self, id: EntryId, amount: Money) -> Result<Explanation, Problem> {
        let annuity = &self.year.annuity;
        let rule = self.place.rule(self.rule).ok_or_else(|| broken(annuity, self.rule))?;
        let contracted = self.evaluation.contracted;
        let due: Option<&Entitlement> = self.evaluation.entitlements.iter().find(|due| due.rule == self.rule);
        let not_applied = self.evaluation.not_applied.iter().find(|rule| rule.rule == self.rule);
        let before = self.before.map_or(Money::zero(annuity.currency), |before| before.posted.total);
        Ok(Explanation {
            ledger_entry_id: id.to_string(),
            contract_id: annuity.contract.to_string(),
            annuity_id: annuity.id.to_string(),
            circumstances: self.year.circumstances(self.place, self.evaluation),
            rule: rule.into(),
            not_due_because: not_applied.map(|rule| rule.reason.into()),
            base: due.map(|due| due.explanation.base.clone()),
            computation: due.map_or_else(|| Computation::none(contracted), |due| (&due.explanation).into()),
            reached: self.reached.by(rule.trigger).into(),
            contracted: contracted.into(),
            entitled_to_date: self.entitled.into(),
            posted_before: before.into(),
            amount: amount.into(),
            margin_kept: due.and_then(|due| due.margin_kept).map(Into::into),
        })
    }
}

fn to_json(value: &impl serde::Serialize) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(|error| Problem::internal(error.to_string()))
}

/// Appends the entries in one journal, and tells debtors and creditors.
fn append(work: &mut Work<'_, '_>, year: &ContractYear, entries: Vec<Entry>) -> Result<(), Problem> {
    if entries.is_empty() {
        return Ok(());
    }
    let annuity = &year.annuity;
    Money::sum(entries.iter().map(|entry| entry.movement.amount()), annuity.currency).ok_or_else(too_large)?;
    let journal = Journal {
        id: work.new_id(),
        network: annuity.network,
        annuity: annuity.id,
        annuity_version: annuity.version,
        entries,
        recorded_at: work.now()?,
    };
    store::append(work.conn(), &journal)?;
    let Journal { id, entries, recorded_at, .. } = journal;
    for entry in entries {
        let place = year.places.iter().find(|place| place.attribution.id == entry.attribution);
        let place = place.ok_or_else(|| broken(annuity, "no attribution"))?;
        let reversal = entry.movement.correction().is_some_and(|correction| correction.kind == CorrectionKind::Reversal);
        let kind = if reversal { "ledger_entry.reversed" } else { "ledger_entry.accrued" };
        let body = wire::LedgerEntry::from(PostedEntry {
            entry,
            network: annuity.network,
            journal: id,
            agreement: place.attribution.agreement,
            terms: place.attribution.terms_id,
            terms_version: place.terms_version(),
            ordinal: place.attribution.ordinal,
            year: annuity.year,
            recorded_at,
        });
        record(work, year, place, kind, body.id.clone(), &body)?;
    }
    Ok(())
}

/// Records an outcome, and tells the partner.
fn tell(work: &mut Work<'_, '_>, year: &ContractYear, nothing: Nothing<'_>) -> Result<(), Problem> {
    let (annuity, Nothing { place, evaluation, rule, reason }) = (&year.annuity, nothing);
    let outcome = Outcome {
        id: work.new_id(),
        network: annuity.network,
        partner: place.attribution.partner,
        attribution: place.attribution.id,
        annuity: annuity.id,
        contract: annuity.contract,
        rule,
        reason,
        explanation: to_json(&year.circumstances(place, evaluation))?,
        recorded_at: work.now()?,
    };
    store::append_outcome(work.conn(), &outcome)?;
    let told = RecordedOutcome { outcome, agreement: place.attribution.agreement, year: annuity.year, earned_since: false };
    let body = wire::Outcome::read(told, Language::En)?;
    record(work, year, place, "outcome.recorded", body.id.clone(), &body)
}

fn record(
    work: &mut Work<'_, '_>,
    year: &ContractYear,
    place: &Place,
    kind: &'static str,
    subject: String,
    body: &dyn crate::write::erased::Json,
) -> Result<(), Problem> {
    let audience = Audience {
        master: Some(year.contract.master),
        partner: Some(place.attribution.partner),
        counterparty: Some(place.attribution.payer),
    };
    work.record(Change { network: year.annuity.network, kind, subject, version: 1, audience, body })
}
