//! Posting: what an annuity has made due is appended to the ledger, and what it earned nothing by leaves an outcome.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{
    commission::{Entitlement, Evaluation, NotAppliedReason, OutcomeReason, outcome},
    id::{AttributionId, EntryId},
    ledger::{
        EntryKind, Movement, Posted, PostingFault, Source, can_be_stated, payable_on, post as decide, restate as decide_restated,
    },
    money::Money,
    network::RuleKind,
};
use persistence::{
    db::Conn,
    event::Audience,
    ledger::{self as store, Entry, Journal, OfSale, Outcome, OutcomeAbout, PostedToDate, RecordedOutcome, Step},
    sale::Annuity,
};

use super::{
    calculation::Calculation,
    contract_year::{ContractYear, PartPlace, Place, broken, of_rule, too_large},
    explained_division::Divided,
    explanation::{AboutSale, Computation, Explanation},
    journal,
    reached::Reached,
    takeover::Slice,
    wire,
};
use crate::{
    problem::{Language, Problem},
    write::{Change, Work},
};

/// Posts what is due to date on an annuity, less what was posted, in one journal; and says what earned nothing, and why.
///
/// It is called after every change of an annuity, and when its contract is cancelled, with the id of what happened and the day on
/// which it did, which its entries are dated. Called twice for the same state of it, it does nothing the second time.
///
/// # Errors
/// Those of the database, and what the sale lacks to be evaluated.
pub(crate) fn post(work: &mut Work<'_, '_>, annuity: &Annuity, happened_on: NaiveDate, cause: String) -> Result<(), Problem> {
    let year = ContractYear::load(work.conn(), annuity)?;
    let dated_on = journal::open_day_from(work, annuity.network, annuity.currency, happened_on)?;
    post_year(work, &year, Source::new(annuity.id, annuity.version), cause, (decide, dated_on))
}

/// Posts what is due to date on an annuity as the journal of another source: a decision that changed who earns by it, say.
///
/// # Errors
/// Those of [`post`].
pub(crate) fn post_as(work: &mut Work<'_, '_>, annuity: &Annuity, source: Source, cause: String) -> Result<(), Problem> {
    let year = ContractYear::load(work.conn(), annuity)?;
    let dated_on = decided_on(work, annuity)?;
    post_year(work, &year, source, cause, (decide, dated_on))
}

/// The day of what is posted because of a decision.
fn decided_on(work: &mut Work<'_, '_>, annuity: &Annuity) -> Result<NaiveDate, Problem> {
    journal::open_day(work, annuity.network, annuity.master, annuity.currency)
}

/// Posts what a change of rules makes of an annuity: every difference is an adjustment of what was posted (R86, R90).
///
/// # Errors
/// Those of [`post`].
pub(crate) fn restate(work: &mut Work<'_, '_>, annuity: &Annuity, source: Source, cause: String) -> Result<(), Problem> {
    let year = ContractYear::load(work.conn(), annuity)?;
    let dated_on = decided_on(work, annuity)?;
    post_year(work, &year, source, cause, (decide_restated, dated_on))
}

/// What decides the movements from what is due to date and what was posted.
type Decision = fn(Money, Option<&Posted>) -> Result<Vec<Movement>, PostingFault>;

fn post_year(
    work: &mut Work<'_, '_>,
    year: &ContractYear,
    source: Source,
    cause: String,
    (decide, dated_on): (Decision, NaiveDate),
) -> Result<(), Problem> {
    let annuity = &year.annuity;
    let posted = store::posted_on(work.conn(), annuity.id)?;
    let evaluated = evaluate(work.conn(), year)?;
    let (mut entries, mut nothing) = (Vec::new(), Vec::new());
    for evaluated in &evaluated {
        let place = evaluated.place;
        let of_place = posted.keys().any(|(attribution, _)| *attribution == place.attribution.id);
        let (entries_before, nothing_before) = (entries.len(), nothing.len());
        for due in evaluated.dues(year, &posted)? {
            let made = due.entries(work, (decide, dated_on))?;
            if due.is_part() {
                entries.extend(made);
                continue;
            }
            let reason = match (year.is_all_protected(place, due.rule), made.is_empty(), due.before) {
                _ if due.is_replaced => None,
                (true, _, _) => Some(OutcomeReason::ProtectedByOther),
                (false, true, None) if due.entitled != due.whole => Some(OutcomeReason::Reattributed),
                (false, true, None) => unearned(due.evaluation, due.rule),
                (false, true, Some(_)) if due.is_forgiven()? => Some(OutcomeReason::MastersFault),
                (false, _, _) => None,
            };
            entries.extend(made);
            let rule = Some(due.rule.to_owned());
            nothing.extend(reason.map(|reason| Nothing { place, evaluation: due.evaluation, rule, reason }));
        }
        let silent = !of_place && entries.len() == entries_before && nothing.len() == nothing_before;
        if let (true, Some((_, evaluation))) = (silent, evaluated.parts.first()) {
            nothing.push(Nothing { place, evaluation, rule: None, reason: silence(evaluation) });
        }
    }
    append(work, year, source, cause, entries)?;
    let known = store::outcomes_on(work.conn(), annuity.id)?;
    for mut nothing in nothing {
        if matches!(nothing.reason, OutcomeReason::Held | OutcomeReason::TypeDoesNotEarn) && year.never_began() {
            nothing.reason = OutcomeReason::ContractEnded;
        }
        if !known.contains(&(nothing.place.attribution.id, nothing.rule.clone(), nothing.reason)) {
            tell(work, year, nothing)?;
        }
    }
    Ok(())
}

/// What was posted on an annuity, for each attribution and rule.
pub(crate) type PostedOn = BTreeMap<(AttributionId, String), PostedToDate>;

/// A place in the sale, with what its terms come to to date.
pub(crate) struct Evaluated<'a> {
    place: &'a Place,
    /// Two parts where the master's fault took something back (D20).
    parts: Vec<(Reached, Evaluation)>,
}

/// What the terms of every place come to to date.
///
/// # Errors
/// What the sale lacks to be evaluated.
pub(crate) fn evaluate<'a>(conn: &mut Conn, year: &'a ContractYear) -> Result<Vec<Evaluated<'a>>, Problem> {
    let mut evaluated = Vec::new();
    for place in &year.places {
        evaluated.push(Evaluated { place, parts: year.evaluate_to_date(conn, place)? });
    }
    Ok(evaluated)
}

impl Evaluated<'_> {
    /// What is due to date by each rule: the place's own, followed by the parts that other partners have in it; then nothing by the
    /// rules that a change took out and by which something was posted.
    ///
    /// # Errors
    /// `invalid_request` for amounts that are too large for the books, and those of the division of a commission.
    pub(crate) fn dues<'a>(&'a self, year: &'a ContractYear, posted: &'a PostedOn) -> Result<Vec<Due<'a>>, Problem> {
        let mut dues = Vec::new();
        for (reached, evaluation) in &self.parts {
            for (rule, kind, whole) in evaluation.due() {
                let known = Known { evaluation, reached: *reached, rule, kind, whole, is_replaced: false };
                self.with_parts(year, posted, known, &mut dues)?;
            }
        }
        let Some((reached, evaluation)) = self.parts.first() else { return Ok(dues) };
        for rule in self.place.replaced_rules() {
            let kind = match rule.kind {
                RuleKind::Commission => EntryKind::Commission,
                RuleKind::Margin => EntryKind::Share,
                RuleKind::BuyPrice => EntryKind::BuyPrice,
            };
            let whole = Money::zero(year.annuity.currency);
            let known = Known { evaluation, reached: *reached, rule: &rule.code, kind, whole, is_replaced: true };
            self.with_parts(year, posted, known, &mut dues)?;
        }
        Ok(dues)
    }

    fn with_parts<'a>(
        &'a self,
        year: &'a ContractYear,
        posted: &'a PostedOn,
        known: Known<'a>,
        dues: &mut Vec<Due<'a>>,
    ) -> Result<(), Problem> {
        let (place, Known { evaluation, reached, rule, kind, whole, is_replaced }) = (self.place, known);
        if !can_be_stated(whole) {
            return Err(too_large());
        }
        let before = |of: &Place| posted.get(&(of.attribution.id, rule.to_owned()));
        let division = year.division(place, kind, whole)?;
        let entitled = division.map_or(whole, |divided| divided.holder);
        let own = Due {
            year,
            place,
            of: place,
            evaluation,
            reached,
            rule,
            kind,
            whole,
            entitled,
            division,
            before: before(place),
            is_replaced,
        };
        dues.push(own);
        for PartPlace { part, place: partner } in year.parts_in(place, kind) {
            let divided = Divided::by(part, whole)?;
            let (entitled, division) = (divided.challenger, Some(divided));
            dues.push(Due { place: partner, entitled, division, before: before(partner), ..own });
        }
        Ok(())
    }
}

/// What is known of a rule that makes something due, or did.
struct Known<'a> {
    evaluation: &'a Evaluation,
    reached: Reached,
    rule: &'a str,
    kind: EntryKind,
    whole: Money,
    is_replaced: bool,
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
pub(crate) struct Due<'a> {
    year: &'a ContractYear,
    /// Whose entry it is.
    pub(crate) place: &'a Place,
    /// Whose terms make it due: another one's where it is a part of that one's commission.
    of: &'a Place,
    evaluation: &'a Evaluation,
    reached: Reached,
    pub(crate) rule: &'a str,
    pub(crate) kind: EntryKind,
    /// What the terms make due, before it is divided.
    whole: Money,
    /// What is due to whose entry it is.
    pub(crate) entitled: Money,
    /// How the commission is divided, where it is.
    division: Option<Divided>,
    before: Option<&'a PostedToDate>,
    /// Whether a change of rules took the rule out.
    is_replaced: bool,
}

impl Due<'_> {
    /// Whether it is a part that another partner has in a commission.
    fn is_part(&self) -> bool {
        self.place.attribution.id != self.of.attribution.id
    }

    /// Whether less would be due, had it not been the master's fault that something was taken back (D20).
    fn is_forgiven(&self) -> Result<bool, Problem> {
        let Some(rule) = self.of.rule(self.rule) else { return Ok(false) };
        let as_it_is = Reached::to_date(&self.year.annuity, &self.year.contract)?;
        Ok(!as_it_is.is_as_much_by(self.reached, rule.trigger))
    }

    /// What was posted.
    pub(crate) fn posted(&self) -> Money {
        let currency = self.year.annuity.currency;
        self.before.and_then(|before| before.total(currency)).unwrap_or(Money::zero(currency))
    }

    /// Why nothing is due, where nothing is.
    fn not_due_because(&self) -> Option<NotAppliedReason> {
        if self.is_replaced {
            return Some(NotAppliedReason::NotInTerms);
        }
        self.evaluation.not_applied.iter().find(|rule| rule.rule == self.rule).map(|rule| rule.reason)
    }

    /// The entries to append: none where nothing changed, several where what is taken back concerns several accruals.
    fn entries(&self, work: &mut Work<'_, '_>, decision: (Decision, NaiveDate)) -> Result<Vec<Entry>, Problem> {
        let mut sequence = self.before.map_or(1, |before| before.next_sequence);
        let mut entries = Vec::new();
        for slice in self.year.slices(self.place, (self.of.rule(self.rule), self.kind), self.entitled, self.before)? {
            entries.extend(self.entries_between(work, &slice, decision, &mut sequence)?);
        }
        Ok(entries)
    }

    /// Those between the two companies of one slice.
    fn entries_between(
        &self,
        work: &mut Work<'_, '_>,
        slice: &Slice<'_>,
        (decide, dated_on): (Decision, NaiveDate),
        sequence: &mut i32,
    ) -> Result<Vec<Entry>, Problem> {
        let annuity = &self.year.annuity;
        let faulty = |fault: PostingFault| broken(annuity, &format!("{fault:?}"));
        let before = self.before.and_then(|before| before.between(slice.parties));
        let movements = decide(slice.entitled, before).map_err(faulty)?;
        let mut posted = before.map_or_else(|| Money::zero(annuity.currency), |before| before.total);
        let mut entries = Vec::new();
        for movement in movements {
            entries.push(self.entry(work, slice, movement, (posted, *sequence), dated_on)?);
            posted = match movement {
                Movement::Accrual { amount } | Movement::Raised { amount, .. } => posted.checked_add(amount),
                Movement::TakenBack { amount, .. } => posted.checked_sub(amount),
            }
            .ok_or_else(too_large)?;
            *sequence = sequence.saturating_add(1);
        }
        Ok(entries)
    }

    fn entry(
        &self,
        work: &mut Work<'_, '_>,
        slice: &Slice<'_>,
        movement: Movement,
        (posted, sequence): (Money, i32),
        dated_on: NaiveDate,
    ) -> Result<Entry, Problem> {
        let (annuity, place) = (&self.year.annuity, self.place);
        let (left, from_day) = match movement {
            Movement::Accrual { .. } | Movement::Raised { .. } => (None, self.held_until(dated_on)?),
            Movement::TakenBack { left, not_before, .. } => (Some(left), dated_on.max(not_before)),
        };
        let movement = movement.entry(slice.parties, self.kind);
        let movement = movement.map_err(|fault| broken(annuity, &format!("{fault:?}")))?;
        let id: EntryId = work.new_id();
        let explanation = self.explanation(id.to_string(), movement.amount(), posted, left)?;
        let explanation = Explanation { entitled_to_date: slice.entitled.into(), ..explanation };
        let explanation = slice.explain(self.year, self.entitled, explanation)?;
        let (master, partner, agreement, terms) = match slice.taker {
            Some(taker) => (taker.master, taker.partner, taker.agreement, taker.terms),
            None => {
                let of = &place.attribution;
                (self.year.contract.master, of.partner, of.agreement, place.terms_id()?)
            }
        };
        Ok(Entry {
            id,
            master,
            movement,
            partner,
            agreement,
            terms,
            sale: Some(OfSale {
                contract: annuity.contract,
                annuity: annuity.id,
                attribution: place.attribution.id,
                step: Some(Step { sequence, entitled: slice.entitled }),
            }),
            rule: self.rule.to_owned(),
            explanation: to_json(&explanation)?,
            calculation: to_json(&Calculation::from(&explanation))?,
            dated_on,
            payable_on: from_day,
        })
    }

    /// The day from which what is due may be paid: what its rule holds it back for has passed.
    fn held_until(&self, dated_on: NaiveDate) -> Result<NaiveDate, Problem> {
        let hold_days = self.place.rule(self.rule).map_or(0, |rule| rule.hold_days);
        payable_on(dated_on, hold_days).ok_or_else(|| broken(&self.year.annuity, "held beyond the calendar"))
    }

    /// Why the entry of an id is that much, after what was posted before it.
    ///
    /// # Errors
    /// `internal_error` for a rule that nobody knows.
    pub(crate) fn explanation(
        &self,
        id: String,
        amount: Money,
        posted: Money,
        left: Option<Money>,
    ) -> Result<Explanation, Problem> {
        let annuity = &self.year.annuity;
        let rule = self.of.rule(self.rule).ok_or_else(|| broken(annuity, self.rule))?;
        let contracted = self.evaluation.contracted;
        let due: Option<&Entitlement> = self.evaluation.entitlements.iter().find(|due| due.rule == self.rule);
        let whole = due.map_or_else(|| Computation::none(contracted), |due| (&due.explanation).into());
        let explanation = Explanation {
            about: AboutSale::Sale,
            ledger_entry_id: id,
            contract_id: Some(annuity.contract.to_string()),
            annuity_id: Some(annuity.id.to_string()),
            circumstances: self.year.circumstances(self.of, self.evaluation),
            rule: Some(rule.into()),
            not_due_because: self.not_due_because().map(Into::into),
            base: due.map(|due| due.explanation.base.to_string()),
            division: self.division.map(|divided| divided.explained()),
            service_period: None,
            computation: whole,
            reached: self.reached.by(rule.trigger).into(),
            to_date: self.reached.explained(),
            contracted: contracted.into(),
            entitled_to_date: self.entitled.into(),
            posted_before: posted.into(),
            left_of_corrected: left.map(Into::into),
            amount: amount.into(),
            margin_kept: due.and_then(|due| due.margin_kept).map(Into::into),
            replaced_terms: self.of.replaced_terms.clone(),
        };
        let Some(divided) = self.division else { return Ok(explanation) };
        Ok(if self.is_part() {
            divided.explain_part(explanation, self.year.part_circumstances(self.place))
        } else {
            divided.explain_rest(explanation)
        })
    }
}

pub(crate) fn to_json(value: &impl serde::Serialize) -> Result<String, Problem> {
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
        let taker = year.taker_of(place, entry.partner);
        // What is another partner's number among its sales is nobody else's business (D22).
        let ordinal = Some(place.attribution.ordinal).filter(|_| taker.is_none());
        let sold = store::Sold { ordinal, year: year.annuity.year, part_by };
        Some((taker.map_or_else(|| place.terms_version(), |taker| taker.explained_terms.version), Some(sold)))
    })
}

/// Records an outcome, and tells the partner.
fn tell(work: &mut Work<'_, '_>, year: &ContractYear, nothing: Nothing<'_>) -> Result<(), Problem> {
    let (annuity, Nothing { place, evaluation, rule, reason }) = (&year.annuity, nothing);
    let outcome = Outcome {
        id: work.new_id(),
        network: annuity.network,
        partner: place.attribution.partner,
        agreement: place.attribution.agreement,
        about: OutcomeAbout::Annuity {
            attribution: Some(place.attribution.id),
            annuity: annuity.id,
            contract: annuity.contract,
            explanation: to_json(&year.circumstances(place, evaluation))?,
        },
        rule,
        reason,
        recorded_at: work.now()?,
    };
    store::append_outcome(work.conn(), &outcome)?;
    let told = RecordedOutcome { outcome, year: Some(annuity.year), earned_since: false, reconsidered_since: false };
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
