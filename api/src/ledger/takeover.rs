//! What a contract year makes due, between the companies that answer for the contract in its service period (D19).
//!
//! Margin and share belong to whoever answers, day by day, and so does what promoters are owed year by year: their places in the sale
//! do not change, and who owes them does. What a promoter earns once by the sale stays with whoever owed it when it was earned, and
//! what of it is earned later is owed by whoever answers then. What a company would owe itself nobody owes. A master that answers sells the network's lines
//! itself, and has margin and share both (D7); a partner that answers passes the share to the master of the agreement it answers
//! under, which is another one than the seller's where the seller had gone over to it before (D4).

use std::{cmp::Ordering, collections::BTreeMap};

use chrono::NaiveDate;
use domain::{
    commission::Settlement,
    continuity::{Recorded, spans},
    id::{AgreementId, CompanyId, MasterId, PartnerId, TermsId},
    ledger::{EntryKind, Parties, PeriodDays, Responsible, ServicePart, by_service_period},
    money::Money as Amount,
    network::{Recurrence, Rule},
};
use persistence::{
    agreement, continuity as store,
    db::Conn,
    ledger::PostedToDate,
    sale::{Contract, Role},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    contract_year::{ContractYear, Place, broken},
    explanation::{Circumstances, Computation, ExplainedTerms, Explanation, NamedValue, Step},
    words::Operation,
};
use crate::{
    problem::Problem,
    wire::{Company, Money},
};

/// What a service period brings one of the companies that answer in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExplainedServicePeriod {
    /// What the whole period brings to date.
    pub whole: Money,
    /// Its first day.
    pub starts_on: NaiveDate,
    /// Its last day.
    pub ends_on: NaiveDate,
    /// The days in it on which the company answers. Each part is what the days to its end come to, rounded, less what the days
    /// before it do, so that the parts of all companies are the whole.
    pub answers: Vec<AnsweredDays>,
}

/// Days of a service period on which one company answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AnsweredDays {
    /// The first.
    pub from: NaiveDate,
    /// The last.
    pub until: NaiveDate,
}

/// What of a contract year is one company's, where several have a part in it. Where another company took the contract over, or an
/// integrator's services on it, each part is what the days to its end come to, rounded, less what the days before it do (D19).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SettledPart {
    /// The company that answers for the contract on these days, or does its services and bills them itself (R69 to R74).
    pub company: Company,
    /// Its days of the year.
    pub answers: Vec<AnsweredDays>,
    /// What the customer pays it for them, net of tax.
    pub customer_total: Money,
    /// What it owes its master for them: nothing where it is a master itself, which has margin and share both.
    pub share_due: Money,
    /// What it keeps of the network lines.
    pub margin_kept: Money,
    /// What stands on the contract as a partner's own lines.
    pub own_lines: Money,
    /// Complementary lines.
    pub other_lines: Money,
}

/// What of a contract year is one company's.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) company: CompanyId,
    pub(super) answers: Vec<AnsweredDays>,
    pub(super) customer_total: Amount,
    pub(super) share_due: Amount,
    pub(super) margin_kept: Amount,
    pub(super) own_lines: Amount,
    pub(super) other_lines: Amount,
}

impl From<Part> for SettledPart {
    fn from(part: Part) -> Self {
        let Part { company, answers, customer_total, share_due, margin_kept, own_lines, other_lines } = part;
        Self {
            company: company.into(),
            answers,
            customer_total: customer_total.into(),
            share_due: share_due.into(),
            margin_kept: margin_kept.into(),
            own_lines: own_lines.into(),
            other_lines: other_lines.into(),
        }
    }
}

/// A partner that took a contract over, with the agreement it answers under.
#[derive(Debug, Clone)]
pub(crate) struct Taker {
    pub(crate) partner: PartnerId,
    pub(crate) agreement: AgreementId,
    /// The master of that agreement, to which it passes the share on (R17).
    pub(crate) master: MasterId,
    pub(crate) terms: TermsId,
    pub(crate) explained_terms: ExplainedTerms,
}

/// What of a contract somebody took over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TakenOver {
    /// All of it, in its seller's place.
    Contract,
    /// What the partner does on it: its master sold it and answers for it as before.
    Services,
}

/// Who answers for a contract or does the partner's services on it, by days, once somebody took that over.
pub(crate) struct Answering {
    what: TakenOver,
    turns: Vec<Responsible>,
    /// Everybody who answers or did, whoever began first: what was posted for one that answers no more has to be taken back.
    companies: Vec<CompanyId>,
    takers: Vec<Taker>,
}

/// What of a due amount is between two companies.
pub(super) struct Slice<'a> {
    /// The partner that took over, where the entry is its own and not that of the place's partner.
    pub(super) taker: Option<&'a Taker>,
    pub(super) parties: Parties,
    pub(super) entitled: Amount,
    cut: Cut,
}

/// How a slice is cut from the whole.
enum Cut {
    /// The whole is between these two.
    Whole,
    /// By the service parts that it comes to.
    Service(Vec<ServicePart>),
    /// Less what others owe that answered when it was earned.
    Rest {
        /// What they owe.
        owed_by_others: Amount,
    },
}

/// Where what is due goes, once somebody took over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Course {
    /// It stays between those that it was between.
    Stays,
    /// It goes with the days of the service period.
    ByServicePeriod,
    /// What was earned stays; what is earned from now on goes.
    AsEarned,
}

impl Answering {
    /// Who answers for a contract or does its services; none where nobody took it over.
    pub(super) fn of(conn: &mut Conn, contract: &Contract) -> Result<Option<Self>, Problem> {
        let taken = store::takeovers_of(conn, contract.id)?;
        if !taken.is_empty() {
            return Ok(Some(Self::by(conn, contract, (TakenOver::Contract, contract.seller), &taken)?));
        }
        let Some(partner) = contract.partner else { return Ok(None) };
        let taken = store::service_takeovers_of(conn, contract.id)?;
        if taken.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self::by(conn, contract, (TakenOver::Services, partner.into()), &taken)?))
    }

    fn by(
        conn: &mut Conn,
        contract: &Contract,
        (what, first): (TakenOver, CompanyId),
        taken: &[store::Takeover],
    ) -> Result<Self, Problem> {
        let (mut companies, mut takers) = (vec![first], Vec::<Taker>::new());
        for takeover in taken {
            if !companies.contains(&takeover.company) {
                companies.push(takeover.company);
            }
            if let Some(id) = takeover.agreement
                && takers.iter().all(|known| CompanyId::from(known.partner) != takeover.company)
            {
                takers.push(Taker::load(conn, contract, id)?);
            }
        }
        let began = Recorded { company: first, from: None };
        let recorded: Vec<Recorded> = std::iter::once(began).chain(taken.iter().map(store::Takeover::recorded)).collect();
        let turns = spans(&recorded);
        let turns = turns.iter().map(|span| Responsible { company: span.company, from: span.from.unwrap_or(NaiveDate::MIN) });
        Ok(Self { what, turns: turns.collect(), companies, takers })
    }

    /// The partner that took over, where the company is one.
    pub(crate) fn taker(&self, partner: PartnerId) -> Option<&Taker> {
        self.takers.iter().find(|taker| taker.partner == partner)
    }

    /// What a promoter earns once by the sale: what was posted stays with whoever owed it, and whoever answers now owes the rest.
    fn as_earned(
        &self,
        place: &Place,
        kind: EntryKind,
        entitled: Amount,
        before: Option<&PostedToDate>,
    ) -> Result<Vec<Slice<'_>>, Problem> {
        let answers = self.turns.last().map(|turn| turn.company);
        let (mut slices, mut rest) = (Vec::new(), entitled);
        let others = self.companies.iter().copied().filter(|company| Some(*company) != answers);
        for company in others.chain(answers) {
            let Some(parties) = of_promoter(place, kind, company) else { continue };
            let posted = before.and_then(|before| before.between(parties)).map(|posted| posted.total);
            // Who answered and gave it back is as if it never had.
            let kept = posted.filter(|_| self.turns.iter().any(|turn| turn.company == company));
            let owes = match kept {
                _ if Some(company) == answers => rest,
                Some(kept) if kept.compare(rest).is_some_and(Ordering::is_lt) => kept,
                Some(_) => rest,
                None => Amount::zero(entitled.currency()),
            };
            let owed_by_others = entitled.checked_sub(owes).ok_or_else(super::contract_year::too_large)?;
            let cut = if owes == entitled { Cut::Whole } else { Cut::Rest { owed_by_others } };
            slices.push(Slice { taker: None, parties, entitled: owes, cut });
            rest = rest.checked_sub(owes).ok_or_else(super::contract_year::too_large)?;
        }
        Ok(slices)
    }

    /// An amount of the year, by company.
    fn parts(&self, year: &ContractYear, amount: Amount) -> Result<BTreeMap<CompanyId, Vec<ServicePart>>, Problem> {
        let divided = by_service_period(amount, period(year), &self.turns);
        let divided = divided.map_err(|fault| broken(&year.annuity, &format!("{fault:?}")))?;
        let mut parts: BTreeMap<CompanyId, Vec<ServicePart>> =
            self.companies.iter().map(|company| (*company, Vec::new())).collect();
        for part in divided {
            parts.entry(part.company).or_default().push(part);
        }
        Ok(parts)
    }
}

impl Taker {
    fn load(conn: &mut Conn, contract: &Contract, id: AgreementId) -> Result<Self, Problem> {
        let missing = || Problem::internal(format!("{}: no {id}", contract.id));
        let found = agreement::find_in_network(conn, contract.network, id)?.ok_or_else(missing)?;
        let explained_terms = ExplainedTerms::of(conn, &found)?;
        let agreement::Agreement { partner, id: agreement, master, terms_id: terms, .. } = found;
        Ok(Self { partner, agreement, master, terms, explained_terms })
    }
}

fn period(year: &ContractYear) -> PeriodDays {
    PeriodDays { starts_on: year.annuity.starts_on, ends_on: year.annuity.ends_on }
}

impl ContractYear {
    /// What of an amount that a rule makes due is between whom, after what was posted before.
    pub(super) fn slices(
        &self,
        place: &Place,
        (rule, kind): (Option<&Rule>, EntryKind),
        entitled: Amount,
        before: Option<&PostedToDate>,
    ) -> Result<Vec<Slice<'_>>, Problem> {
        let whole = Slice { taker: None, parties: place.parties(kind)?, entitled, cut: Cut::Whole };
        let Some(answering) = &self.answering else { return Ok(vec![whole]) };
        match self.course(place, rule, kind) {
            Course::Stays => return Ok(vec![whole]),
            Course::AsEarned => return answering.as_earned(place, kind, entitled, before),
            Course::ByServicePeriod => {}
        }
        let own = self.is_own(place);
        let mut slices = Vec::new();
        for (company, service) in answering.parts(self, entitled)? {
            let taker = company.partner().filter(|_| own).and_then(|partner| answering.taker(partner));
            let taker = taker.filter(|taker| taker.partner != place.attribution.partner);
            let parties = if own { of_seller(place, kind, (company, taker)) } else { of_promoter(place, kind, company) };
            let Some(parties) = parties else { continue };
            let entitled = Amount::sum(service.iter().map(|part| part.amount), entitled.currency());
            let entitled = entitled.ok_or_else(super::contract_year::too_large)?;
            slices.push(Slice { taker, parties, entitled, cut: Cut::Service(service) });
        }
        Ok(slices)
    }

    /// Everybody who answers for the contract, or did.
    pub(super) fn answering_companies(&self) -> impl Iterator<Item = CompanyId> + '_ {
        let taken_over = self.answering.iter().filter(|it| it.what == TakenOver::Contract);
        std::iter::once(self.contract.seller).chain(taken_over.flat_map(|it| it.companies.iter().copied()))
    }

    /// Whether a company answers for the contract, or did.
    pub(super) fn is_answered_by(&self, company: CompanyId) -> bool {
        self.answering_companies().any(|answers| answers == company)
    }

    /// The company that answers for the contract by the end of the year and owes its share to `master`, though it was sold under another
    /// one (D4).
    pub(super) fn debtor_of(&self, master: CompanyId) -> Option<CompanyId> {
        let answering = self.answering.as_ref().filter(|it| it.what == TakenOver::Contract)?;
        let mut turns = answering.turns.iter().rev().filter(|turn| turn.from <= self.annuity.ends_on);
        turns.find(|turn| self.is_owed_by(master, turn.company)).map(|turn| turn.company)
    }

    /// Whether what a company owes of the sale that it took over is owed to `master`.
    pub(super) fn is_owed_by(&self, master: CompanyId, company: CompanyId) -> bool {
        let taker = self.answering.as_ref().zip(company.partner()).and_then(|(answering, partner)| answering.taker(partner));
        taker.is_some_and(|taker| CompanyId::Master(taker.master) == master)
    }

    /// Whether a company bills own lines beside the master's sale, or did.
    pub(super) fn bills_apart(&self, company: CompanyId) -> bool {
        let first = self.contract.partner.map(CompanyId::from);
        let takers = self.answering.iter().flat_map(|answering| answering.companies.iter().copied());
        !self.lines_apart.is_empty() && company.partner().is_some() && first.into_iter().chain(takers).any(|it| it == company)
    }

    /// What of the settled year is whose; nothing where the seller has all of it.
    pub(super) fn settled_parts(&self, settled: &Settlement) -> Result<Vec<Part>, Problem> {
        match &self.answering {
            Some(answering) if answering.what == TakenOver::Contract => self.parts_taken_over(answering, settled),
            answering if !self.lines_apart.is_empty() => self.parts_apart(answering.as_ref(), settled),
            _ => Ok(Vec::new()),
        }
    }

    /// Everything goes with the days on which each company answers for the contract.
    fn parts_taken_over(&self, answering: &Answering, settled: &Settlement) -> Result<Vec<Part>, Problem> {
        let whole = [settled.customer_total, settled.share_due, settled.own_lines, settled.other_lines];
        let [totals, shares, own, other] = whole.map(|amount| answering.parts(self, amount));
        let (shares, own, other) = (shares?, own?, other?);
        let mut parts = Vec::new();
        for (company, service) in totals?.into_iter().filter(|(_, service)| !service.is_empty()) {
            let nothing = Amount::zero(self.annuity.currency);
            let of = |parts: &BTreeMap<CompanyId, Vec<ServicePart>>| {
                parts.get(&company).map_or(Ok(nothing), |service| self.sum_of(service))
            };
            // Another master than the one it was sold under has them both as well (D4, D7).
            let share_due = if company.master().is_some() { nothing } else { of(&shares)? };
            let (customer_total, own_lines, other_lines) = (self.sum_of(&service)?, of(&own)?, of(&other)?);
            let margin_kept = less(customer_total, [share_due, own_lines, other_lines])?;
            let answers = answered(&service);
            parts.push(Part { company, answers, customer_total, share_due, margin_kept, own_lines, other_lines });
        }
        Ok(parts)
    }

    /// The master that sold has what it bills, and whoever does the partner's services what that bills, by days where they went over.
    fn parts_apart(&self, answering: Option<&Answering>, settled: &Settlement) -> Result<Vec<Part>, Problem> {
        let (nothing, apart) = (Amount::zero(self.annuity.currency), self.contracted_apart()?);
        let mut seller = Part {
            company: self.contract.seller,
            answers: vec![AnsweredDays { from: self.annuity.starts_on, until: self.annuity.ends_on }],
            customer_total: less(settled.customer_total, [apart])?,
            share_due: settled.share_due,
            margin_kept: settled.margin_kept,
            own_lines: less(settled.own_lines, [apart])?,
            other_lines: settled.other_lines,
        };
        let mut parts = Vec::new();
        for (company, service) in self.apart_by_company(answering, apart)? {
            let own_lines = self.sum_of(&service)?;
            if company == seller.company {
                let add = |to: Amount| to.checked_add(own_lines).ok_or_else(super::contract_year::too_large);
                (seller.customer_total, seller.own_lines) = (add(seller.customer_total)?, add(seller.own_lines)?);
            } else if !service.is_empty() {
                let (answers, customer_total) = (answered(&service), own_lines);
                let [share_due, margin_kept, other_lines] = [nothing; 3];
                parts.push(Part { company, answers, customer_total, share_due, margin_kept, own_lines, other_lines });
            }
        }
        parts.insert(0, seller);
        Ok(parts)
    }

    fn apart_by_company(
        &self,
        answering: Option<&Answering>,
        apart: Amount,
    ) -> Result<BTreeMap<CompanyId, Vec<ServicePart>>, Problem> {
        if let Some(answering) = answering {
            return answering.parts(self, apart);
        }
        let partner = self.contract.partner.ok_or_else(|| broken(&self.annuity, "own lines of nobody"))?;
        let alone = [Responsible { company: partner.into(), from: NaiveDate::MIN }];
        let whole = by_service_period(apart, period(self), &alone);
        Ok(BTreeMap::from([(partner.into(), whole.map_err(|fault| broken(&self.annuity, &format!("{fault:?}")))?)]))
    }

    fn sum_of(&self, service: &[ServicePart]) -> Result<Amount, Problem> {
        let amounts = service.iter().map(|part| part.amount);
        Amount::sum(amounts, self.annuity.currency).ok_or_else(super::contract_year::too_large)
    }

    /// The partner that took over, where an entry of a place is its own.
    pub(super) fn taker_of(&self, place: &Place, partner: PartnerId) -> Option<&Taker> {
        self.answering.as_ref().filter(|_| partner != place.attribution.partner).and_then(|answering| answering.taker(partner))
    }

    /// Whether a place is that of whoever answered first for what was taken over.
    fn is_own(&self, place: &Place) -> bool {
        let first = self.answering.as_ref().and_then(|answering| answering.companies.first());
        first == Some(&CompanyId::Partner(place.attribution.partner)) && place.attribution.role == Role::Seller
    }

    /// Where what is due to a place for a rule goes: what the seller passes on or earns year by year, and what it owes its promoters,
    /// goes with the responsibility for the customer. What it earned once by the sale stays with it. Where only a partner's services
    /// were taken over, the sale's promoters have to do with its seller as before.
    fn course(&self, place: &Place, rule: Option<&Rule>, kind: EntryKind) -> Course {
        let every_year = rule.is_some_and(|rule| rule.recurrence == Recurrence::EveryYear);
        if self.is_own(place) {
            return if every_year || !kind.is_partners() { Course::ByServicePeriod } else { Course::Stays };
        }
        let sellers = self.answering.as_ref().is_some_and(|answering| answering.what == TakenOver::Contract)
            && kind == EntryKind::Commission
            && place.attribution.payer == self.contract.seller;
        match (sellers, every_year) {
            (false, _) => Course::Stays,
            (true, true) => Course::ByServicePeriod,
            (true, false) => Course::AsEarned,
        }
    }
}

/// Who owes whom by the seller's place, where `company` answers; none where a master does, which has margin and share both.
fn of_seller(place: &Place, kind: EntryKind, (company, taker): (CompanyId, Option<&Taker>)) -> Option<Parties> {
    let partner = company.partner()?;
    let master = taker.map_or(place.attribution.payer, |taker| taker.master.into());
    directed(kind, partner.into(), master)
}

/// Who owes whom by a promoter's place, where `company` answers; none where that would be itself.
fn of_promoter(place: &Place, kind: EntryKind, company: CompanyId) -> Option<Parties> {
    directed(kind, place.attribution.partner.into(), company)
}

fn directed(kind: EntryKind, partner: CompanyId, other: CompanyId) -> Option<Parties> {
    let (debtor, creditor) = if kind.is_partners() { (other, partner) } else { (partner, other) };
    Parties::new(debtor, creditor).ok()
}

impl Slice<'_> {
    /// The explanation of the whole, made that of this part of it.
    pub(super) fn explain(
        &self,
        year: &ContractYear,
        whole: Amount,
        mut explanation: Explanation,
    ) -> Result<Explanation, Problem> {
        let service = match &self.cut {
            Cut::Whole => return Ok(explanation),
            Cut::Rest { owed_by_others } => return Ok(less_owed_by_others(explanation, (whole, *owed_by_others), self.entitled)),
            Cut::Service(service) => service,
        };
        let steps = Steps { whole, period: period(year) };
        explanation.service_period = Some(steps.explained(service));
        explanation.margin_kept = match explanation.margin_kept {
            Some(margin) => Some(self.margin(year, service, &margin)?),
            None => None,
        };
        let due = !explanation.computation.steps.is_empty();
        if let Some(taker) = self.taker {
            explanation = taken_over(explanation, taker, whole);
        }
        explanation.circumstances.inputs.extend(steps.inputs(service));
        if due {
            explanation.computation.steps.extend(steps.of(service));
        }
        Ok(explanation)
    }

    /// What the company keeps of a margin of the whole period, by the same days.
    fn margin(&self, year: &ContractYear, service: &[ServicePart], whole: &Money) -> Result<Money, Problem> {
        let whole = whole.read("").map_err(|_| broken(&year.annuity, "margin"))?;
        let Some(answering) = &year.answering else { return Ok(whole.into()) };
        let of = service.first().map(|part| part.company);
        let parts = answering.parts(year, whole)?;
        let own = parts.into_iter().filter(|(company, _)| Some(*company) == of).flat_map(|(_, parts)| parts);
        let own = Amount::sum(own.map(|part| part.amount), whole.currency());
        own.map(Into::into).ok_or_else(super::contract_year::too_large)
    }
}

/// The whole, less what others owe that answered when it was earned.
fn less_owed_by_others(mut explanation: Explanation, (whole, others): (Amount, Amount), rest: Amount) -> Explanation {
    if !explanation.computation.steps.is_empty() {
        let operands = vec![named("whole", whole), named("owed_by_others", others)];
        explanation.circumstances.inputs.extend(operands.iter().cloned());
        explanation.computation.steps.push(Step { operation: Operation::Subtract, operands, result: named("rest", rest) });
    }
    explanation
}

/// The whole as it is told to a partner that took over: how it came to be stands in the terms of another one (D22).
fn taken_over(whole: Explanation, taker: &Taker, amount: Amount) -> Explanation {
    let Circumstances { year, .. } = whole.circumstances;
    let circumstances = Circumstances {
        agreement_id: taker.agreement.to_string(),
        special_terms: false,
        terms: taker.explained_terms.clone(),
        ordinal: Some(1),
        year,
        stage: None,
        introduction_id: None,
        inputs: Vec::new(),
        not_applied: Vec::new(),
    };
    let (reached, contracted) = (amount.into(), amount.into());
    let computation = Computation::none(amount);
    Explanation {
        circumstances,
        rule: None,
        base: None,
        division: None,
        computation,
        reached,
        to_date: None,
        contracted,
        ..whole
    }
}

fn less<const N: usize>(whole: Amount, parts: [Amount; N]) -> Result<Amount, Problem> {
    parts.into_iter().try_fold(whole, Amount::checked_sub).ok_or_else(super::contract_year::too_large)
}

fn answered(service: &[ServicePart]) -> Vec<AnsweredDays> {
    service.iter().map(|part| AnsweredDays { from: part.days.starts_on, until: part.days.ends_on }).collect()
}

/// How the part of some days of a service period is computed.
struct Steps {
    whole: Amount,
    period: PeriodDays,
}

impl Steps {
    fn explained(&self, service: &[ServicePart]) -> ExplainedServicePeriod {
        let PeriodDays { starts_on, ends_on } = self.period;
        ExplainedServicePeriod { whole: self.whole.into(), starts_on, ends_on, answers: answered(service) }
    }

    /// How many days of the period there are to `last`.
    fn days_to(&self, last: Option<NaiveDate>) -> i64 {
        last.map_or(0, |last| last.signed_duration_since(self.period.starts_on).num_days().saturating_add(1))
    }

    /// The days to the end of each part, and to the end of what is before it; no day at all where there is no part.
    fn days(&self, service: &[ServicePart]) -> Vec<(i64, i64)> {
        if service.is_empty() {
            return vec![(0, 0)];
        }
        let of = |part: &ServicePart| (self.days_to(Some(part.days.ends_on)), self.days_to(part.days.starts_on.pred_opt()));
        service.iter().map(of).collect()
    }

    fn inputs(&self, service: &[ServicePart]) -> Vec<NamedValue> {
        let mut inputs =
            vec![named("service_period", self.whole), named("days_of_period", self.days_to(Some(self.period.ends_on)))];
        for (end, before) in self.days(service) {
            inputs.extend([named("days", end), named("days", before)]);
        }
        inputs
    }

    fn of(&self, service: &[ServicePart]) -> Vec<Step> {
        let (mut steps, mut parts) = (Vec::new(), Vec::new());
        for (end, before) in self.days(service) {
            let to_end = self.to_date(end, &mut steps);
            let to_before = self.to_date(before, &mut steps);
            let part = to_end.checked_sub(to_before).unwrap_or(to_end);
            let operands = vec![named("to_date", to_end), named("to_date", to_before)];
            steps.push(Step { operation: Operation::Subtract, operands, result: named("part", part) });
            parts.push(part);
        }
        if parts.len() > 1 {
            let sum = Amount::sum(parts.iter().copied(), self.whole.currency()).unwrap_or(self.whole);
            let operands = parts.into_iter().map(|part| named("part", part)).collect();
            steps.push(Step { operation: Operation::Add, operands, result: named("parts", sum) });
        }
        steps
    }

    /// What the first days come to, rounded.
    fn to_date(&self, days: i64, steps: &mut Vec<Step>) -> Amount {
        let all = self.days_to(Some(self.period.ends_on));
        let exact = self.whole.decimal().saturating_mul(days.into()).normalize();
        let operands = vec![named("service_period", self.whole), named("days", days)];
        steps.push(Step { operation: Operation::Multiply, operands, result: named("days_worth", exact) });
        let rounded = self.whole.proportion(days.into(), all.into()).unwrap_or(self.whole);
        let operands = vec![named("days_worth", exact), named("days_of_period", all)];
        steps.push(Step { operation: Operation::DivideAndRound, operands, result: named("to_date", rounded) });
        rounded
    }
}

fn named(name: &str, value: impl ToString) -> NamedValue {
    NamedValue { name: name.to_owned(), value: value.to_string() }
}
