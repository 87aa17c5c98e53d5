//! One contract year with everybody who takes part in it, as rules are evaluated on it.

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    commission::{
        self as rules, AnnuityLine, CustomerFacts, Evaluation, FactsFault, NotApplied, SaleFacts, Settlement, VolumeBefore,
        evaluate, is_all_protected, margin_rate,
    },
    id::{AttributionId, CompanyId, IntroductionId, LineId, TermsId},
    ledger::{EntryKind, Parties},
    money::{Money, Rate},
    network::{Base, BoundsPer, ItemKind, Rule, RuleKind, Selector, Terms, Trigger},
    partner::Country,
    sale::{InstalmentKind, annuity_lines, can_still_record},
};
use persistence::{
    amendment,
    db::Conn,
    introduction, network, registration,
    sale::{self, Annuity, Attribution, Contract, Part, Role},
};

use super::{
    explained_division::Divided,
    explanation::{Circumstances, ExplainedTerms, NamedValue, NotAppliedRule},
    reached::Reached,
    takeover::Answering,
    volume::{self, Imagined},
};
use crate::{
    agreement::read_terms,
    network::definition::TermsDocument,
    problem::{Problem, Violation},
    sale::wire::year_amounts,
};

/// One contract year.
pub(crate) struct ContractYear {
    pub(crate) contract: Contract,
    pub(crate) annuity: Annuity,
    pub(crate) lines: Vec<AnnuityLine>,
    /// The lines that the sale's partner bills itself beside its master's sale (R69 to R74): no annuity and no rule counts them.
    pub(super) lines_apart: Vec<AnnuityLine>,
    /// The lines of the years before, where a rule's bounds are about the whole sale.
    earlier_years: Vec<Vec<AnnuityLine>>,
    pub(crate) places: Vec<Place>,
    /// Parts that other partners have in the commissions of these places, by disputes.
    pub(crate) parts: Vec<PartPlace>,
    /// Who answers for the contract, where somebody took it over (D19).
    pub(super) answering: Option<Answering>,
}

/// A part in the commissions of another place, with the place of whoever has it.
pub(crate) struct PartPlace {
    pub(crate) part: Part,
    pub(crate) place: Place,
}

/// A partner's place in the sale, with the terms it is counted by: those it was frozen with, or a version by which a change of
/// rules counted it again (R86, R90).
pub(crate) struct Place {
    pub(crate) attribution: Attribution,
    pub(crate) terms: Terms,
    explained_terms: ExplainedTerms,
    special_terms: bool,
    /// The introduction by which a promoter has it (R18).
    introduction: Option<IntroductionId>,
    /// The version it was counted by before, where it was counted again.
    pub(super) replaced_terms: Option<ExplainedTerms>,
    /// The rules of versions that it was counted by before, and that stand in its terms no more.
    replaced_rules: Vec<Rule>,
    /// The volumes on which the sale stands, for rules that ask.
    volumes: Vec<VolumeBefore>,
}

/// A version of terms by which places in a sale are counted.
pub(crate) struct CountedBy {
    /// How it is named.
    pub(crate) named: ExplainedTerms,
    /// What it says.
    pub(crate) terms: Terms,
    /// The volumes on which sales would stand by it.
    volumes: Imagined,
}

/// What is stored cannot have been stored by this program.
pub(crate) fn broken(annuity: &Annuity, what: &str) -> Problem {
    Problem::internal(format!("{}: {what}", annuity.id))
}

fn bounds_whole_sale(rule: &Rule) -> bool {
    rule.bounds.is_some_and(|bounds| bounds.per == BoundsPer::Sale)
}

/// The lines of a contract by who bills them: its seller, or its partner apart.
struct ByBiller {
    of_seller: Vec<sale::Line>,
    apart: Vec<sale::Line>,
}

impl ByBiller {
    fn of(contract: &Contract, annuity: &Annuity, lines: &[sale::Line]) -> Result<Self, Problem> {
        let (apart, of_seller) = lines.iter().cloned().partition(|line| line.is_billed_apart(contract.seller));
        let told_apart = Self { of_seller, apart };
        if told_apart.apart.is_empty() {
            return Ok(told_apart);
        }
        // An annuity that was scheduled before they were told apart holds all of them, and what was billed of it stands.
        let (_, all) = year_amounts(lines, annuity.currency, annuity.year).ok_or_else(too_large)?;
        let holds_all = all == annuity.contracted;
        Ok(if holds_all { Self { of_seller: lines.to_vec(), apart: Vec::new() } } else { told_apart })
    }
}

/// The lines that are due in a contract year, with their amounts.
fn lines_of_year(lines: &[sale::Line], protected: &BTreeSet<LineId>, year: u32) -> Result<Vec<AnnuityLine>, Problem> {
    let drafts: Vec<_> = lines.iter().map(sale::Line::draft).collect();
    let due = annuity_lines(&drafts, year).ok_or_else(too_large)?;
    let due = due.into_iter().map(|due| {
        let domain::sale::AnnuityLine { line: place, kind, recurring, list, net } = due;
        let sold = lines.get(place).zip(drafts.get(place));
        let (line, draft) = sold.ok_or_else(|| Problem::internal(format!("no line {place}")))?;
        let (item, product_line, quantity) = (draft.item.clone(), draft.product_line.clone(), draft.quantity);
        let protected_by_other = protected.contains(&line.id);
        Ok(AnnuityLine { kind, item, product_line, quantity, recurring, list, net, protected_by_other })
    });
    due.collect()
}

impl ContractYear {
    /// Everything that is frozen about the year, whoever may see it.
    pub(crate) fn load(conn: &mut Conn, annuity: &Annuity) -> Result<Self, Problem> {
        let contract = sale::contract(conn, annuity.contract)?.ok_or_else(|| broken(annuity, "no contract"))?;
        let lines = sale::lines_of(conn, contract.proposal, contract.number)?;
        let protected = registration::protected_lines_of(conn, contract.id)?;
        let attributions = sale::attributions_of(conn, contract.id)?;
        let parts = sale::parts_of(conn, contract.id)?;
        let answering = Answering::of(conn, &contract)?;
        let restated = amendment::restated_terms(conn, contract.id)?;
        let mut year = Self::assemble(conn, contract, annuity.clone(), (&lines, &protected), attributions)?;
        year.answering = answering;
        for place in &mut year.places {
            for version in restated.get(&place.attribution.id).into_iter().flatten() {
                let version = CountedBy::load(conn, annuity, *version)?;
                place.count_by(&version, &year.contract);
            }
        }
        year.look_back_if_asked((&lines, &protected))?;
        for place in &mut year.places {
            place.volumes = volume::frozen(conn, &year.contract, place)?;
        }
        for part in parts {
            let place = Place::load(conn, &year.contract, part.place.clone())?;
            year.parts.push(PartPlace { part, place });
        }
        Ok(year)
    }

    /// The year of a contract that nobody signed, with these lines, some of them sold inside another's protection, by which these
    /// partners would earn.
    pub(crate) fn of(
        conn: &mut Conn,
        contract: Contract,
        annuity: Annuity,
        lines: (&[sale::Line], &BTreeSet<LineId>),
        attributions: Vec<Attribution>,
    ) -> Result<Self, Problem> {
        let mut year = Self::assemble(conn, contract, annuity, lines, attributions)?;
        year.look_back_if_asked(lines)?;
        for place in &mut year.places {
            place.volumes = volume::imagined(conn, &year.contract, place, &mut Imagined::default())?;
        }
        Ok(year)
    }

    fn assemble(
        conn: &mut Conn,
        contract: Contract,
        annuity: Annuity,
        (lines, protected): (&[sale::Line], &BTreeSet<LineId>),
        attributions: Vec<Attribution>,
    ) -> Result<Self, Problem> {
        let places: Result<Vec<Place>, _> = attributions.into_iter().map(|it| Place::load(conn, &contract, it)).collect();
        let ByBiller { of_seller, apart } = ByBiller::of(&contract, &annuity, lines)?;
        let (lines, lines_apart) =
            (lines_of_year(&of_seller, protected, annuity.year)?, lines_of_year(&apart, protected, annuity.year)?);
        let (places, parts, earlier_years) = (places?, Vec::new(), Vec::new());
        Ok(Self { contract, annuity, lines, lines_apart, earlier_years, places, parts, answering: None })
    }

    /// Finds the lines of the years before, where a rule's bounds are about the whole sale.
    fn look_back_if_asked(&mut self, (lines, protected): (&[sale::Line], &BTreeSet<LineId>)) -> Result<(), Problem> {
        let looks_back = self.places.iter().flat_map(|place| &place.terms.rules).any(bounds_whole_sale);
        let earlier = 1..if looks_back { self.annuity.year } else { 1 };
        let lines = ByBiller::of(&self.contract, &self.annuity, lines)?.of_seller;
        self.earlier_years = earlier.map(|year| lines_of_year(&lines, protected, year)).collect::<Result<_, _>>()?;
        Ok(())
    }

    /// Counts some places by another version from now on, on the volumes on which they would stand by it.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) fn count_by(&mut self, conn: &mut Conn, places: &[AttributionId], version: &mut CountedBy) -> Result<(), Problem> {
        for place in self.places.iter_mut().filter(|place| places.contains(&place.attribution.id)) {
            place.count_by(version, &self.contract);
            place.volumes = volume::imagined(conn, &self.contract, place, &mut version.volumes)?;
        }
        let lines = sale::lines_of(conn, self.contract.proposal, self.contract.number)?;
        let protected = registration::protected_lines_of(conn, self.contract.id)?;
        self.look_back_if_asked((&lines, &protected))
    }

    /// The place of the partner that contracted the customer; none where a master did.
    pub(crate) fn seller(&self) -> Option<&Place> {
        self.places.iter().find(|place| CompanyId::Partner(place.attribution.partner) == self.contract.seller)
    }

    /// Whether the contract ended before the year began: it is neither billed nor collected any more (D20).
    pub(super) fn never_began(&self) -> bool {
        !can_still_record(InstalmentKind::Invoice, self.annuity.starts_on, self.contract.ended_on)
    }

    /// What the customer pays the seller for the year.
    pub(crate) fn contracted(&self) -> Result<Money, Problem> {
        Money::sum(self.lines.iter().map(|line| line.net), self.annuity.currency).ok_or_else(too_large)
    }

    /// Whether the sale's partner bills some lines itself.
    pub(crate) fn has_lines_apart(&self) -> bool {
        !self.lines_apart.is_empty()
    }

    /// What the customer pays the sale's partner for the year, for what that bills itself.
    pub(crate) fn contracted_apart(&self) -> Result<Money, Problem> {
        Money::sum(self.lines_apart.iter().map(|line| line.net), self.annuity.currency).ok_or_else(too_large)
    }

    /// The lines of the year, those that the sale's partner bills itself last.
    pub(crate) fn all_lines(&self) -> impl Iterator<Item = &AnnuityLine> {
        self.lines.iter().chain(&self.lines_apart)
    }

    /// What the customer pays for the year, whomever.
    pub(crate) fn customer_total(&self) -> Result<Money, Problem> {
        self.contracted()?.checked_add(self.contracted_apart()?).ok_or_else(too_large)
    }

    /// The facts of the year as the partner of `place` sees them.
    pub(crate) fn facts(&self, place: &Place, reached: Reached) -> SaleFacts {
        let Attribution { stage, uplift, ordinal, .. } = &place.attribution;
        let counts_margin = place.terms.rules.iter().any(|rule| rule.base == Base::Margin);
        SaleFacts {
            ordinal: *ordinal,
            currency: self.annuity.currency,
            stage: place.terms.stages.iter().find(|step| Some(&step.code) == stage.as_ref()).cloned(),
            uplift_applies: *uplift,
            year: self.annuity.year,
            lines: self.lines.clone(),
            standing: reached.by(Trigger::Contracted),
            invoiced: reached.by(Trigger::Invoiced),
            collected: reached.by(Trigger::Collected),
            performed: reached.performed(),
            // Nobody learns another's margin unless its own amount is a part of it (D22).
            seller_margin: if counts_margin { self.seller_margin() } else { None },
            customer: self.customer(place),
            place: self.place_among_promoters(place),
            earlier_years: self.earlier_years.clone(),
            volumes_before: place.volumes.clone(),
        }
    }

    /// Who the customer was when it signed, as far as the rules of `place` ask (D22).
    fn customer(&self, place: &Place) -> CustomerFacts {
        let asks = |names: fn(&Selector) -> bool| place.terms.rules.iter().any(|rule| names(&rule.only));
        let segment = self.contract.customer_segment.as_deref().filter(|_| asks(|only| !only.segments.is_empty()));
        let country = self.contract.customer_country.as_deref().filter(|_| asks(|only| !only.countries.is_empty()));
        CustomerFacts { segment: segment.map(Arc::from), country: country.and_then(|code| Country::parse(code).ok()) }
    }

    /// Which of the sale's promoters `place` is, among those of its type with the same splits: they share what such a rule comes to
    /// (R47). Whose rules share nothing does not learn of the others (D22).
    fn place_among_promoters(&self, place: &Place) -> rules::Place {
        let shares = |other: &&Place| {
            other.attribution.role == Role::Promoter
                && other.explained_terms.partnership_type == place.explained_terms.partnership_type
                && other.splits().eq(place.splits())
        };
        if place.splits().next().is_none() {
            return rules::Place::ALONE;
        }
        let (mut among, mut position) = (0_u32, None);
        for other in self.places.iter().filter(shares) {
            among = among.saturating_add(1);
            if other.attribution.id == place.attribution.id {
                position = Some(among);
            }
        }
        position.map_or(rules::Place::ALONE, |position| rules::Place { position, among })
    }

    fn seller_margin(&self) -> Option<Rate> {
        let place = self.seller()?;
        let stage = place.terms.stages.iter().find(|step| Some(&step.code) == place.attribution.stage.as_ref());
        margin_rate(&place.terms, stage, place.attribution.uplift)
    }

    /// What the terms of `place` make due, given what was reached.
    pub(crate) fn evaluate(&self, place: &Place, reached: Reached) -> Result<Evaluation, Problem> {
        evaluate(&self.facts(place, reached), &place.terms).map_err(|faults| refused(&self.annuity, &faults))
    }

    /// What the terms of `place` make due to date: in two parts where the master's fault took something back, of which what the
    /// partner is owed stays, and what it owes does not (D20).
    pub(super) fn evaluate_to_date(&self, conn: &mut Conn, place: &Place) -> Result<Vec<(Reached, Evaluation)>, Problem> {
        let reached = Reached::to_date(&self.annuity, &self.contract)?;
        let blameless = sale::blameless(conn, &self.annuity)?;
        let forgiving = Reached::forgiving(&self.annuity, &self.contract, blameless)?;
        let whole = self.evaluate(place, reached)?;
        if forgiving.is_as_much_as(reached) {
            return Ok(vec![(reached, whole)]);
        }
        let owes = only(&whole, |_, kind| !kind.is_partners());
        let owed = only(&self.evaluate(place, forgiving)?, |_, kind| kind.is_partners());
        let says_something = |it: &Evaluation| !it.entitlements.is_empty() || !it.not_applied.is_empty();
        let parts: Vec<_> = [(reached, owes), (forgiving, owed)].into_iter().filter(|(_, part)| says_something(part)).collect();
        Ok(if parts.is_empty() { vec![(reached, whole)] } else { parts })
    }

    /// Whether all that a rule of `place` is about was sold inside another partner's protection (R36).
    pub(super) fn is_all_protected(&self, place: &Place, rule: &str) -> bool {
        place.rule(rule).is_some_and(|rule| is_all_protected(rule, &self.lines))
    }

    /// The year's money where the master that contracted the customer keeps all of it that it bills, but for what it pays its
    /// partners.
    pub(crate) fn kept_whole(&self, contracted: Money, promoter_commissions: Money) -> Result<Settlement, Problem> {
        let net_of = |counts: fn(ItemKind) -> bool| {
            let lines = self.lines.iter().filter(|line| counts(line.kind)).map(|line| line.net);
            Money::sum(lines, self.annuity.currency).ok_or_else(too_large)
        };
        let (network_net, apart) = (net_of(ItemKind::is_network)?, self.contracted_apart()?);
        Ok(Settlement {
            customer_total: contracted.checked_add(apart).ok_or_else(too_large)?,
            network_net,
            share_due: Money::zero(self.annuity.currency),
            margin_kept: network_net,
            own_lines: net_of(ItemKind::is_partners)?.checked_add(apart).ok_or_else(too_large)?,
            other_lines: net_of(|kind| !kind.is_network() && !kind.is_partners())?,
            kept: contracted,
            promoter_commissions,
            uplift_amount: Money::zero(self.annuity.currency),
            offset_ratio: None,
        })
    }

    /// What was known of the sale, as it is told.
    pub(crate) fn circumstances(&self, place: &Place, evaluation: &Evaluation) -> Circumstances {
        let Evaluation { inputs, contracted: _, entitlements: _, not_applied } = evaluation;
        Circumstances {
            agreement_id: place.attribution.agreement.to_string(),
            special_terms: place.special_terms,
            terms: place.explained_terms.clone(),
            ordinal: Some(place.attribution.ordinal),
            year: self.annuity.year,
            stage: place.attribution.stage.clone(),
            introduction_id: place.introduction.map(|id| id.to_string()),
            inputs: inputs.iter().map(NamedValue::from).collect(),
            not_applied: not_applied.iter().map(NotAppliedRule::from).collect(),
        }
    }
}

impl ContractYear {
    /// The parts that others have in what is due to a place for a kind: only commissions are divided.
    pub(super) fn parts_in(&self, place: &Place, kind: EntryKind) -> impl Iterator<Item = &PartPlace> {
        let of = place.attribution.id;
        self.parts.iter().filter(move |part| kind == EntryKind::Commission && part.part.of == of)
    }

    /// How what is due to a place is divided, where another partner has a part in it. Of several parts, one is more than nothing.
    pub(super) fn division(&self, place: &Place, kind: EntryKind, whole: Money) -> Result<Option<Divided>, Problem> {
        let last = self.parts_in(place, kind).min_by_key(|part| part.part.holder_share);
        last.map(|part| Divided::by(&part.part, whole)).transpose()
    }

    /// What is known to a partner that has a part in another one's commission: its own agreement and the year (D22).
    pub(super) fn part_circumstances(&self, place: &Place) -> Circumstances {
        Circumstances {
            agreement_id: place.attribution.agreement.to_string(),
            special_terms: place.special_terms,
            terms: place.explained_terms.clone(),
            ordinal: Some(place.attribution.ordinal),
            year: self.annuity.year,
            stage: None,
            introduction_id: None,
            inputs: Vec::new(),
            not_applied: Vec::new(),
        }
    }
}

impl Place {
    fn load(conn: &mut Conn, contract: &Contract, attribution: Attribution) -> Result<Self, Problem> {
        let broken = |what: &str| Problem::internal(format!("{}: {what}", attribution.id));
        let signed: TermsDocument =
            serde_json::from_str(&attribution.terms_in_force).map_err(|error| broken(&error.to_string()))?;
        let mut terms = signed.as_kept().map_err(|faults| broken(&format!("{faults:?}")))?;
        retain_own_rules(&mut terms, &attribution, contract);
        let version = network::find_terms(conn, attribution.terms_id)?.ok_or_else(|| broken("no terms"))?;
        let published: TermsDocument = serde_json::from_str(&version.document).map_err(|error| broken(&error.to_string()))?;
        let of_type = network::find_type(conn, contract.network, version.type_id)?.ok_or_else(|| broken("no type"))?;
        let explained_terms =
            ExplainedTerms { id: version.id.to_string(), version: version.number, partnership_type: of_type.code };
        let special_terms = published != signed;
        let introduction = match attribution.role {
            Role::Promoter => introduction::in_sale(conn, contract.id, attribution.agreement)?,
            Role::Seller => None,
        };
        let (replaced_terms, replaced_rules, volumes) = (None, Vec::new(), Vec::new());
        Ok(Self { special_terms, introduction, attribution, terms, explained_terms, replaced_terms, replaced_rules, volumes })
    }

    /// Counts it by another version from now on. What was posted by a rule that stands there no more is still known by its code.
    fn count_by(&mut self, version: &CountedBy, contract: &Contract) {
        let CountedBy { named, terms, volumes: _ } = version;
        let mut terms = terms.clone();
        retain_own_rules(&mut terms, &self.attribution, contract);
        let before = std::mem::replace(&mut self.terms, terms).rules;
        self.replaced_rules.extend(before);
        self.replaced_rules.retain(|rule| !self.terms.rules.iter().any(|kept| kept.code == rule.code));
        self.replaced_terms = Some(std::mem::replace(&mut self.explained_terms, named.clone()));
    }

    /// The number of the terms' version.
    pub(crate) fn terms_version(&self) -> i32 {
        self.explained_terms.version
    }

    /// The rules that several promoters share, with their weights.
    fn splits(&self) -> impl Iterator<Item = (&str, &[Rate])> {
        let shared = self.terms.rules.iter().filter(|rule| !rule.split.is_empty());
        shared.map(|rule| (rule.code.as_str(), rule.split.as_slice()))
    }

    /// The rule of a code, also where a change of rules took it out.
    pub(crate) fn rule(&self, code: &str) -> Option<&Rule> {
        self.terms.rules.iter().chain(&self.replaced_rules).find(|rule| rule.code == code)
    }

    /// The rules by which it was counted before, and is no more.
    pub(super) fn replaced_rules(&self) -> &[Rule] {
        &self.replaced_rules
    }

    /// The version that its entries name.
    pub(super) fn terms_id(&self) -> Result<TermsId, Problem> {
        let named = &self.explained_terms.id;
        named.parse().map_err(|_| Problem::internal(format!("{}: counted by {named}", self.attribution.id)))
    }

    /// Who owes whom for an entry of a kind: a commission goes to the partner, share and buy price come from it (R10, R15, R55).
    pub(crate) fn parties(&self, kind: EntryKind) -> Result<Parties, Problem> {
        let (partner, other) = (CompanyId::Partner(self.attribution.partner), self.attribution.payer);
        let parties = if kind.is_partners() { Parties::new(other, partner) } else { Parties::new(partner, other) };
        parties.map_err(|fault| Problem::internal(format!("{}: {fault:?}", self.attribution.id)))
    }
}

impl CountedBy {
    fn load(conn: &mut Conn, annuity: &Annuity, id: TermsId) -> Result<Self, Problem> {
        let version = network::find_terms(conn, id)?.ok_or_else(|| broken(annuity, "no terms"))?;
        Self::of(conn, &version)
    }

    /// A version that is published.
    ///
    /// # Errors
    /// Those of the database; `internal_error` when it cannot be read as terms.
    pub(crate) fn of(conn: &mut Conn, version: &network::TermsVersion) -> Result<Self, Problem> {
        let (_, terms) = read_terms(version)?;
        let of_type = network::find_type(conn, version.network, version.type_id)?;
        let of_type = of_type.ok_or_else(|| Problem::internal(format!("{}: no type", version.id)))?;
        let named = ExplainedTerms { id: version.id.to_string(), version: version.number, partnership_type: of_type.code };
        Ok(Self::new(named, terms))
    }

    /// What such a version says.
    pub(crate) fn new(named: ExplainedTerms, terms: Terms) -> Self {
        Self { named, terms, volumes: Imagined::default() }
    }
}

/// Share and buy price are of who contracts the customer: nobody else has the money that they are taken from (R15, R55).
fn retain_own_rules(terms: &mut Terms, attribution: &Attribution, contract: &Contract) {
    if CompanyId::Partner(attribution.partner) != contract.seller {
        terms.rules.retain(|rule| rule.kind == RuleKind::Commission);
    }
}

/// The part of an evaluation that is about one rule.
pub(crate) fn of_rule(evaluation: &Evaluation, code: &str) -> Evaluation {
    only(evaluation, |rule, _| rule == code)
}

/// The part of an evaluation that is about some rules.
fn only(evaluation: &Evaluation, wanted: impl Fn(&str, EntryKind) -> bool) -> Evaluation {
    let Evaluation { inputs, contracted, entitlements, not_applied } = evaluation;
    Evaluation {
        inputs: inputs.clone(),
        contracted: *contracted,
        entitlements: entitlements.iter().filter(|due| wanted(&due.rule, due.kind)).cloned().collect(),
        not_applied: not_applied.iter().filter(|NotApplied { rule, kind, .. }| wanted(rule, *kind)).cloned().collect(),
    }
}

pub(crate) fn too_large() -> Problem {
    Problem::invalid(vec![Violation::at("", "amounts_too_large").rule("D12")])
}

/// Facts that cannot be evaluated: what the sale lacks is told, the rest is our mistake.
fn refused(annuity: &Annuity, faults: &[FactsFault]) -> Problem {
    let mut violations = Vec::new();
    for fault in faults {
        match fault {
            FactsFault::OutOfRange => return too_large(),
            FactsFault::NoStageInForce { rule } => {
                violations.push(Violation::at("", "no_stage_in_force").rule("R39").with("rule", rule));
            }
            other => return broken(annuity, &format!("{other:?}")),
        }
    }
    Problem::invalid(violations)
}
