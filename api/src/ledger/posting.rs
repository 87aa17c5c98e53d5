//! Posting: what an annuity has made due is appended to the ledger, and what it earned nothing by leaves an outcome.

use chrono::NaiveDate;
use domain::{
    commission::{Entitlement, Evaluation, NotAppliedReason, OutcomeReason, outcome},
    id::EntryId,
    ledger::{EntryKind, Movement, PostingFault, Source, payable_on, post as decide},
    money::Money,
};
use persistence::{
    event::Audience,
    ledger::{self as store, Entry, Journal, OfSale, Outcome, PostedToDate, RecordedOutcome, Step},
    sale::Annuity,
};

use super::{
    contract_year::{ContractYear, PartPlace, Place, Reached, broken, of_rule, too_large},
    explained_division::Divided,
    explanation::{AboutSale, Computation, Explanation},
    journal, wire,
};
use crate::{
    problem::{Language, Problem},
    write::{Change, Work},
};

/// Posts what is due to date on an annuity, less what was posted, in one journal; and says what earned nothing, and why.
///
/// It is called after every change of an annuity, and when its contract is cancelled, with the id of what happened. Called twice
/// for the same state of it, it does nothing the second time.
///
/// # Errors
/// Those of the database, and what the sale lacks to be evaluated.
pub(crate) fn post(work: &mut Work<'_, '_>, annuity: &Annuity, cause: String) -> Result<(), Problem> {
    post_as(work, annuity, Source::new(annuity.id, annuity.version), cause)
}

/// Posts what is due to date on an annuity as the journal of another source: a decision that changed who earns by it, say.
///
/// # Errors
/// Those of [`post`].
pub(crate) fn post_as(work: &mut Work<'_, '_>, annuity: &Annuity, source: Source, cause: String) -> Result<(), Problem> {
    let year = ContractYear::load(work.conn(), annuity)?;
    let dated_on = journal::open_day(work, annuity.network, annuity.master, annuity.currency)?;
    let posted = store::posted_on(work.conn(), annuity.id)?;
    let mut evaluated = Vec::new();
    for place in &year.places {
        evaluated.push((place, year.evaluate_to_date(work.conn(), place)?));
    }
    let (mut entries, mut nothing) = (Vec::new(), Vec::new());
    for (place, parts) in &evaluated {
        let of_place = posted.keys().any(|(attribution, _)| *attribution == place.attribution.id);
        let (entries_before, nothing_before) = (entries.len(), nothing.len());
        let due = parts.iter().flat_map(|(reached, evaluation)| evaluation.due().map(move |due| (*reached, evaluation, due)));
        for (reached, evaluation, (rule, kind, whole)) in due {
            let before = posted.get(&(place.attribution.id, rule.to_owned()));
            let division = year.division(place, kind, whole)?;
            let entitled = division.map_or(whole, |divided| divided.holder);
            let due =
                Due { year: &year, place, of: place, evaluation, reached, rule, kind, entitled, division, before, dated_on };
            let made = due.entries(work)?;
            let reason = match (year.is_all_protected(place, rule), made.is_empty(), before) {
                (true, _, _) => Some(OutcomeReason::ProtectedByOther),
                (false, true, None) if entitled != whole => Some(OutcomeReason::Reattributed),
                (false, true, None) => unearned(evaluation, rule),
                (false, _, _) => None,
            };
            entries.extend(made);
            for PartPlace { part, place: partner } in year.parts_in(place, kind) {
                let before = posted.get(&(part.place.id, rule.to_owned()));
                let divided = Divided::by(part, whole)?;
                let (entitled, division) = (divided.challenger, Some(divided));
                entries.extend(Due { place: partner, entitled, division, before, ..due }.entries(work)?);
            }
            nothing.extend(reason.map(|reason| Nothing { place, evaluation, rule: Some(rule.to_owned()), reason }));
        }
        let silent = !of_place && entries.len() == entries_before && nothing.len() == nothing_before;
        if let (true, Some((_, evaluation))) = (silent, parts.first()) {
            nothing.push(Nothing { place, evaluation, rule: None, reason: silence(evaluation) });
        }
    }
    append(work, &year, source, cause, entries)?;
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

/// Why a rule earned nothing on its own. Where it counts none of the lines, or is about other customers, there was nothing for it
/// to earn.
pub(crate) fn unearned(evaluation: &Evaluation, rule: &str) -> Option<OutcomeReason> {
    let alone = of_rule(evaluation, rule);
    let elsewhere = [NotAppliedReason::NoMatchingLines, NotAppliedReason::OtherCustomer];
    let not_its = alone.not_applied.iter().any(|rule| elsewhere.contains(&rule.reason));
    if not_its { None } else { outcome(&alone) }
}

/// Why terms as a whole earned nothing. A share of nothing is due where the margin is all there is, or all there is to date.
pub(crate) fn silence(evaluation: &Evaluation) -> OutcomeReason {
    let waits = evaluation.entitlements.iter().any(|due| due.explanation.reached != due.explanation.contracted);
    let share_of_nothing = if waits { OutcomeReason::Held } else { OutcomeReason::TypeDoesNotEarn };
    outcome(evaluation).unwrap_or(share_of_nothing)
}

/// What a rule makes due to date, beside what was posted.
#[derive(Clone, Copy)]
struct Due<'a> {
    year: &'a ContractYear,
    /// Whose entry it is.
    place: &'a Place,
    /// Whose terms make it due: another one's where it is a part of that one's commission.
    of: &'a Place,
    evaluation: &'a Evaluation,
    reached: Reached,
    rule: &'a str,
    kind: EntryKind,
    entitled: Money,
    /// How the commission is divided, where it is.
    division: Option<Divided>,
    before: Option<&'a PostedToDate>,
    dated_on: NaiveDate,
}

impl Due<'_> {
    /// The entries to append: none where nothing changed, several where what is taken back concerns several accruals.
    fn entries(&self, work: &mut Work<'_, '_>) -> Result<Vec<Entry>, Problem> {
        let annuity = &self.year.annuity;
        let faulty = |fault: PostingFault| broken(annuity, &format!("{fault:?}"));
        let movements = decide(self.entitled, self.before.map(|before| &before.posted)).map_err(faulty)?;
        let nothing = Money::zero(annuity.currency);
        let (mut posted, mut sequence) = self.before.map_or((nothing, 1), |before| (before.posted.total, before.next_sequence));
        let mut entries = Vec::new();
        for movement in movements {
            entries.push(self.entry(work, movement, posted, sequence)?);
            posted = match movement {
                Movement::Accrual { amount } => posted.checked_add(amount),
                Movement::TakenBack { amount, .. } => posted.checked_sub(amount),
            }
            .ok_or_else(too_large)?;
            sequence = sequence.saturating_add(1);
        }
        Ok(entries)
    }

    fn entry(&self, work: &mut Work<'_, '_>, movement: Movement, posted: Money, sequence: i32) -> Result<Entry, Problem> {
        let (annuity, place) = (&self.year.annuity, self.place);
        let left = match movement {
            Movement::Accrual { .. } => None,
            Movement::TakenBack { left, .. } => Some(left),
        };
        let movement = movement.entry(place.parties(self.kind)?, self.kind);
        let movement = movement.map_err(|fault| broken(annuity, &format!("{fault:?}")))?;
        let id: EntryId = work.new_id();
        let explanation = self.explanation(id, movement.amount(), posted, left)?;
        Ok(Entry {
            id,
            master: self.year.contract.master,
            movement,
            partner: place.attribution.partner,
            agreement: place.attribution.agreement,
            terms: place.attribution.terms_id,
            sale: Some(OfSale {
                contract: annuity.contract,
                annuity: annuity.id,
                attribution: place.attribution.id,
                step: Some(Step { sequence, entitled: self.entitled }),
            }),
            rule: self.rule.to_owned(),
            explanation: to_json(&explanation)?,
            dated_on: self.dated_on,
            payable_on: if left.is_none() { self.held_until()? } else { self.dated_on },
        })
    }

    /// The day from which what is due may be paid: what its rule holds it back for has passed. What is taken back waits for nothing.
    fn held_until(&self) -> Result<NaiveDate, Problem> {
        let hold_days = self.place.rule(self.rule).map_or(0, |rule| rule.hold_days);
        payable_on(self.dated_on, hold_days).ok_or_else(|| broken(&self.year.annuity, "held beyond the calendar"))
    }

    fn explanation(&self, id: EntryId, amount: Money, posted: Money, left: Option<Money>) -> Result<Explanation, Problem> {
        let annuity = &self.year.annuity;
        let rule = self.of.rule(self.rule).ok_or_else(|| broken(annuity, self.rule))?;
        let contracted = self.evaluation.contracted;
        let due: Option<&Entitlement> = self.evaluation.entitlements.iter().find(|due| due.rule == self.rule);
        let not_applied = self.evaluation.not_applied.iter().find(|rule| rule.rule == self.rule);
        let whole = due.map_or_else(|| Computation::none(contracted), |due| (&due.explanation).into());
        let explanation = Explanation {
            about: AboutSale::Sale,
            ledger_entry_id: id.to_string(),
            contract_id: Some(annuity.contract.to_string()),
            annuity_id: Some(annuity.id.to_string()),
            circumstances: self.year.circumstances(self.of, self.evaluation),
            rule: Some(rule.into()),
            not_due_because: not_applied.map(|rule| rule.reason.into()),
            base: due.map(|due| due.explanation.base.to_string()),
            division: self.division.map(|divided| divided.explained()),
            computation: whole,
            reached: self.reached.by(rule.trigger).into(),
            contracted: contracted.into(),
            entitled_to_date: self.entitled.into(),
            posted_before: posted.into(),
            left_of_corrected: left.map(Into::into),
            amount: amount.into(),
            margin_kept: due.and_then(|due| due.margin_kept).map(Into::into),
        };
        let Some(divided) = self.division else { return Ok(explanation) };
        let is_part = self.place.attribution.id != self.of.attribution.id;
        Ok(if is_part {
            divided.explain_part(explanation, self.year.part_circumstances(self.place))
        } else {
            divided.explain_rest(explanation)
        })
    }
}

pub(super) fn to_json(value: &impl serde::Serialize) -> Result<String, Problem> {
    serde_json::to_string(value).map_err(|error| Problem::internal(error.to_string()))
}

/// Appends the entries in one journal, and tells debtors and creditors.
fn append(
    work: &mut Work<'_, '_>,
    year: &ContractYear,
    source: Source,
    cause: String,
    entries: Vec<Entry>,
) -> Result<(), Problem> {
    if entries.is_empty() {
        return Ok(());
    }
    let network = year.annuity.network;
    let journal = Journal { id: work.new_id(), network, source, cause: Some(cause), entries, recorded_at: work.now()? };
    journal::append(work, journal, |entry| {
        let part = year.parts.iter().map(|part| (&part.place, Some(part.part.dispute)));
        let of_entry = |place: &Place| entry.sale.is_some_and(|sale| sale.attribution == place.attribution.id);
        let (place, part_by) = year.places.iter().map(|place| (place, None)).chain(part).find(|(place, _)| of_entry(place))?;
        let sold = store::Sold { ordinal: place.attribution.ordinal, year: year.annuity.year, part_by };
        Some((place.terms_version(), Some(sold)))
    })
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
