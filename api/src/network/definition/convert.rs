//! From the documents to the domain.

use std::collections::{BTreeMap, BTreeSet};

use domain::{money::Rate, network as rules, registration::matching::Score};
use serde_json::Value;

use super::{
    ChecklistItemDocument, Code, CounterpartyDocument, DutiesDocument, DutyDocument, EntryFeeDocument, Fault, PoliciesDocument,
    RateText, Remuneration, RuleKind, SelectorDocument, StageConditionsDocument, StageDocument, TermsDocument,
    convert_rule::rule, read::conforming,
};
use crate::{merge_patch, schema::step};

impl TermsDocument {
    /// The terms that the domain decides by, before anybody has signed them: none that contradict themselves.
    ///
    /// # Errors
    /// Every fault of meaning within the terms, pointing into this document.
    pub fn to_domain(&self) -> Result<rules::Terms, Vec<Fault>> {
        let (terms, mut faults) = self.readable();
        let contradictions: Vec<Fault> =
            terms.faults().iter().map(contradiction).filter(|fault| !faults.iter().any(|it| spoils(it, fault))).collect();
        faults.extend(contradictions);
        faults.extend(self.fees_to_domain().err().into_iter().flatten());
        faults.extend(self.course_fees_without_courses());
        faults.extend(self.rules_without_remuneration());
        faults.extend(self.selectors_of_nothing());
        faults.extend(self.benefit_faults());
        if faults.is_empty() { Ok(terms) } else { Err(faults) }
    }

    /// The terms of a document that was published or signed: they mean what they meant then, whatever else is refused today.
    ///
    /// # Errors
    /// Everything that cannot be read as terms, pointing into this document.
    pub fn as_kept(&self) -> Result<rules::Terms, Vec<Fault>> {
        let (terms, faults) = self.readable();
        if faults.is_empty() { Ok(terms) } else { Err(faults) }
    }

    /// The commissions of terms that do not remunerate by commission (R24). Terms that were signed so are read all the same.
    fn rules_without_remuneration(&self) -> impl Iterator<Item = Fault> {
        let unsaid = !self.remuneration.is_empty() && !self.remuneration.contains(&Remuneration::Commission);
        let earning = self.rules.iter().filter(move |(_, rule)| unsaid && rule.kind == RuleKind::Commission);
        earning.map(|(code, _)| not_remunerated(format!("{}/kind", step("/rules", &code.0))))
    }

    /// The rules that are narrowed to nothing in particular: whoever wrote that meant something. Terms that were signed so are read as
    /// if nothing narrowed them.
    fn selectors_of_nothing(&self) -> impl Iterator<Item = Fault> {
        let empty = |only: &SelectorDocument| *only == SelectorDocument::default();
        let narrowed = self.rules.iter().filter(move |(_, rule)| rule.only.as_ref().is_some_and(empty));
        narrowed.map(|(code, _)| {
            let at = format!("{}/only", step("/rules", &code.0));
            Fault { rule: Some("D16"), ..Fault::new(at, "empty_selector", "the rule is narrowed to nothing in particular (D16)") }
        })
    }

    /// What can be read as terms, and what of it cannot: there something stands in its place.
    pub(crate) fn readable(&self) -> (rules::Terms, Vec<Fault>) {
        let Self {
            legal_forms,
            requirements,
            requirement_rules,
            counterparty,
            single_agreement,
            exclusivity,
            contracts_customers,
            sells,
            capabilities,
            expertise_areas,
            duties,
            own_lines_billed_by,
            stages,
            margin_uplift,
            checklist,
            supervision_notes: _,
            minimum_sales_per_year,
            registrations_max,
            entry_fee,
            rules,
            remuneration: _,
            fees: _,
            benefits: _,
        } = self;
        let mut faults = Vec::new();
        let terms = rules::Terms {
            legal_forms: converted(legal_forms),
            requirements: converted(requirements),
            requirement_rules: requirement_rules.iter().map(|(of, rule)| ((*of).into(), rule.0.clone())).collect(),
            counterparty: counterparty_terms(counterparty),
            single_agreement: *single_agreement,
            exclusivity: (*exclusivity).into(),
            contracts_customers: *contracts_customers,
            sells: converted(sells),
            capabilities: converted(capabilities),
            expertise_areas: expertise_areas.keys().map(|code| code.0.clone()).collect(),
            duties: duty_terms(duties),
            own_lines_billed_by: (*own_lines_billed_by).into(),
            stages: stages_in_order(stages, &mut faults),
            margin_uplift: rate(margin_uplift, "/margin_uplift", &mut faults),
            checklist: checklist.iter().map(checklist_item).collect(),
            minimum_sales_per_year: *minimum_sales_per_year,
            registrations_max: *registrations_max,
            entry_fee: entry_fee.as_ref().map(|EntryFeeDocument { rate: text, formula }| rules::EntryFee {
                rate: rate(text, "/entry_fee/rate", &mut faults),
                formula: formula.map_or(rules::EntryFeeFormula::RateOfPotential, Into::into),
            }),
            rules: rules.iter().map(|(code, document)| rule(code, document, &mut faults)).collect(),
        };
        (terms, faults)
    }

    /// The terms of a special agreement: these, changed by a JSON merge patch (RFC 7396; R2, R6).
    ///
    /// # Errors
    /// Everything in which the changed terms would break the contract or contradict themselves. Pointers lead into the
    /// changed terms, which is where they lead in the patch as well.
    pub fn with_special(&self, patch: &Value) -> Result<Self, Vec<Fault>> {
        let changed = self.with_kept(patch)?;
        changed.to_domain()?;
        Ok(changed)
    }

    /// The same for special terms that were signed: they mean what they meant then.
    ///
    /// # Errors
    /// Everything in which the changed terms would break the contract.
    pub fn with_kept(&self, patch: &Value) -> Result<Self, Vec<Fault>> {
        let written = serde_json::to_value(self);
        let mut value = written.map_err(|error| vec![Fault::unreadable("", error)])?;
        merge_patch::merge(&mut value, patch);
        drop_stale_summaries(&mut value, patch);
        conforming("TermsDocument", &value)
    }
}

/// Leaves of the summaries of rules that a patch changes only what it says itself: whatever else they said is about other rules.
fn drop_stale_summaries(terms: &mut Value, patch: &Value) {
    let changed = patch.get("rules").and_then(Value::as_object).into_iter().flatten();
    for (code, rule) in changed.filter(|(_, rule)| rule.is_object()) {
        let said = rule.get("summaries").and_then(Value::as_object);
        if let Some(summaries) = terms.pointer_mut(&format!("{}/summaries", step("/rules", code))).and_then(Value::as_object_mut)
        {
            summaries.retain(|language, _| said.is_some_and(|said| said.contains_key(language)));
        }
    }
}

impl From<&PoliciesDocument> for rules::Policies {
    fn from(document: &PoliciesDocument) -> Self {
        let PoliciesDocument {
            negotiation,
            protection,
            disputes,
            checks,
            matching,
            ordinal_scope,
            commission_trigger,
            payouts,
            accounting,
            taxes,
            amendments,
            obligations,
        } = document;
        Self {
            negotiation: rules::NegotiationPolicy {
                evidence_min: negotiation.evidence_min,
                evidence_max_age_days: negotiation.evidence_max_age_days,
            },
            protection: rules::ProtectionPolicy { days: protection.days, cap_days: protection.cap_days },
            warning_days: protection.warning_days.clone(),
            disputes: rules::DisputePolicy { hearing_days: disputes.hearing_days, appeal_days: disputes.appeal_days },
            checks: rules::CheckPolicy { prospects_per_day: checks.prospects_per_day, warn_at: checks.warn_at },
            matching: rules::MatchingPolicy { possible_match: Score::of(matching.min_score) },
            ordinal_scope: (*ordinal_scope).into(),
            commission_trigger: (*commission_trigger).into(),
            payouts: payouts.into(),
            accounting: rules::AccountingPolicy {
                period: accounting.period.into(),
                // Its pattern lets in nothing but rates.
                debt_part: accounting.debt_part.0.parse().unwrap_or(Rate::ONE),
            },
            taxes: taxes.into(),
            amendments: amendments.into(),
            obligations: obligations.into(),
        }
    }
}

/// Whether a contradiction may come of what stands in the place of something that cannot be read: it is in the same rule or stage. What
/// a rule waits for contradicts nothing.
fn spoils(unreadable: &Fault, contradiction: &Fault) -> bool {
    let part = |pointer: &str| pointer.split('/').take(3).map(str::to_owned).collect::<Vec<_>>();
    unreadable.code != "required" && part(&unreadable.pointer) == part(&contradiction.pointer)
}

/// A way of being paid that the terms do not name among their ways (R24).
pub(super) fn not_remunerated(at: String) -> Fault {
    Fault { rule: Some("R24"), ..Fault::new(at, "remuneration_missing", "the terms do not remunerate so (R24)") }
}

/// A contradiction within the terms, at the part of the document that it names.
fn contradiction(fault: &rules::TermsFault) -> Fault {
    use rules::TermsFault as Of;
    let duty = |duty: rules::Duty| match duty {
        rules::Duty::Contracting => "/duties/contracting",
        rules::Duty::Billing => "/duties/billing",
        rules::Duty::StartUp => "/duties/start_up",
        rules::Duty::Integration => "/duties/integration",
        rules::Duty::Training => "/duties/training",
        rules::Duty::Support => "/duties/support",
        rules::Duty::Maintenance => "/duties/maintenance",
    };
    let of_rule = |rule: &str, part: &str| format!("{}{part}", step("/rules", rule));
    let tier_of = |rule: &str, tier: usize| of_rule(rule, &format!("/rate/tiers/{tier}"));
    let (pointer, message) = match fault {
        Of::NoLegalForm => ("/legal_forms".to_owned(), "nobody could sign: no legal form is allowed"),
        Of::NoCounterparty => ("/counterparty".to_owned(), "nobody could sign: no counterparty is allowed"),
        Of::CommissionAndBuyPrice => ("/rules".to_owned(), "a commission and a buy price are the same money twice"),
        Of::SeveralMargins => ("/rules".to_owned(), "there is more than one margin"),
        Of::StageMarginWithoutStages { rule } => (of_rule(rule, "/rate"), "the rate is a stage's, and there are no stages"),
        Of::StageRateOutsideMargin { rule } => (of_rule(rule, "/rate"), "only a margin takes its rate from a stage"),
        Of::MarginBase { rule } => (of_rule(rule, ""), "a margin is taken of net prices of network lines, every year"),
        Of::BuyPriceBase { rule } => (of_rule(rule, ""), "a buy price is taken of list prices of network lines"),
        Of::RecurringFirstAnnuity { rule } => (of_rule(rule, "/recurrence"), "the first annuity comes once"),
        Of::NoLines { rule } => (of_rule(rule, "/lines"), "the rule counts no kind of line"),
        Of::SaleZero { rule } => (of_rule(rule, "/from_sale"), "sales are counted from 1"),
        Of::KeepsWithoutContracting { rule } => {
            (of_rule(rule, "/kind"), "only a partner that contracts customers has a margin or a buy price")
        }
        Of::DefaultSideNotAllowed { duty: of } => (format!("{}/default", duty(*of)), "the default is not among the allowed"),
        Of::DutyMissing { duty: of } => (duty(*of).to_owned(), "the duty is missing"),
        Of::MaintenanceNotMasters => (duty(rules::Duty::Maintenance).to_owned(), "evolutive maintenance stays with the master"),
        Of::ContractingDisagrees => {
            (duty(rules::Duty::Contracting).to_owned(), "contracting and contracts_customers do not say the same")
        }
        Of::PromotesAndContracts { capability: _ } => {
            ("/capabilities".to_owned(), "a partner that contracts customers promotes for no other company")
        }
        Of::ProjectsWithoutAreas => {
            ("/expertise_areas".to_owned(), "the figure advises projects, and there is no area of expertise")
        }
        Of::MarginAboveWhole { stage } => {
            (format!("{}/margin", step("/stages", stage)), "margin and uplift are more than the whole")
        }
        Of::FirstStageConditions { stage } => {
            (format!("{}/conditions", step("/stages", stage)), "the first stage begins with the agreement, not by a promotion")
        }
        Of::DuplicateCode { code } => (of_rule(code, ""), "the code stands here twice"),
        Of::EmptySales { rule } => (of_rule(rule, "/to_sale"), "the last sale comes before the first one"),
        Of::EmptyYears { rule } => (of_rule(rule, "/years"), "the last year comes before the first one"),
        Of::OnceBeyondFirstYear { rule } => (of_rule(rule, "/years"), "what comes once comes in the first year"),
        Of::AmountRecurrence { rule } => {
            (of_rule(rule, "/rate/per"), "an amount per sale comes once, and an amount per year every year")
        }
        Of::NoTiers { rule } => (of_rule(rule, "/rate/tiers"), "there is no tier"),
        Of::EmptyTier { rule, tier } => (tier_of(rule, *tier), "the tier ends before it begins"),
        Of::TierGap { rule, tier } => (tier_of(rule, *tier), "there is a gap before this tier, or after the last one"),
        Of::TierOverlap { rule, tier } => (tier_of(rule, *tier), "the tier begins before the one before it has ended"),
        Of::VolumeOfMargins { rule } => (of_rule(rule, "/rate/over"), "what sellers keep adds up to no volume: take prices"),
        Of::EmptyBounds { rule } => (of_rule(rule, "/bounds"), "there is neither a floor nor a cap"),
        Of::FloorAboveCap { rule } => (of_rule(rule, "/bounds/floor"), "the floor is above the cap"),
        Of::SeveralCurrencies { rule } => (of_rule(rule, "/bounds/currency"), "the rule's amounts are in several currencies"),
        Of::NegativeAmount { rule } => (of_rule(rule, ""), "an amount is less than nothing"),
        Of::EarnsNothing { rule } => (of_rule(rule, ""), "nothing could ever be due by the rule"),
        Of::LinesNotSold { rule } => (of_rule(rule, "/lines"), "no sale of the type has such lines"),
        Of::UpliftWithoutSubNetwork => ("/margin_uplift".to_owned(), "no stage lets the partner have a sub-network"),
        Of::MarginNotPlain { rule } => {
            (of_rule(rule, ""), "a margin is a plain rate for every sale, year and customer, whatever other rules say")
        }
        Of::SplitOutsideCommission { rule } => (of_rule(rule, "/split"), "only a commission is shared among promoters"),
        Of::SplitNotWhole { rule } => (of_rule(rule, "/split"), "the weights are more than nothing each, and 1 together"),
        Of::AmbiguousRules { rule, other: _ } => {
            (of_rule(rule, ""), "another rule is as specific and could count the same lines: make one additive, or narrow it")
        }
        Of::RatesAboveWhole { rule, others: _ } => (of_rule(rule, "/rate"), "with additive rules it takes more than the whole"),
    };
    let others = fault.params().into_iter().filter(|(name, _)| *name == "other").map(|(_, others)| others);
    let message = others.fold(message.to_owned(), |message, others| format!("{message}: {others}"));
    let message = format!("{message} ({})", fault.rule());
    Fault { rule: Some(fault.rule()), params: fault.params(), ..Fault::new(pointer, fault.code(), message) }
}

pub(super) fn converted<A: Copy, B: From<A> + Ord>(words: &BTreeSet<A>) -> BTreeSet<B> {
    words.iter().copied().map(B::from).collect()
}

pub(super) fn rate(text: &RateText, pointer: &str, faults: &mut Vec<Fault>) -> Rate {
    text.0.parse().unwrap_or_else(|error: domain::money::InvalidRate| {
        faults.push(Fault::new(pointer, "wrong_rate", error.to_string()));
        Rate::ZERO
    })
}

fn counterparty_terms(document: &CounterpartyDocument) -> rules::CounterpartyTerms {
    let CounterpartyDocument { master, partner_types, special_with_master } = document;
    rules::CounterpartyTerms {
        master: *master,
        partner_types: partner_types.iter().map(|code| code.0.clone()).collect(),
        special_with_master: *special_with_master,
    }
}

fn duty_terms(document: &DutiesDocument) -> BTreeMap<rules::Duty, rules::DutyTerms> {
    let DutiesDocument { contracting, billing, start_up, integration, training, support, maintenance } = document;
    let terms = |DutyDocument { default, allowed }: &DutyDocument| rules::DutyTerms {
        default: (*default).into(),
        allowed: converted(allowed),
    };
    BTreeMap::from([
        (rules::Duty::Contracting, terms(contracting)),
        (rules::Duty::Billing, terms(billing)),
        (rules::Duty::StartUp, terms(start_up)),
        (rules::Duty::Integration, terms(integration)),
        (rules::Duty::Training, terms(training)),
        (rules::Duty::Support, terms(support)),
        (rules::Duty::Maintenance, terms(maintenance)),
    ])
}

fn stages_in_order(stages: &indexmap::IndexMap<Code, StageDocument>, faults: &mut Vec<Fault>) -> Vec<rules::Stage> {
    let mut by_order: BTreeMap<u32, rules::Stage> = BTreeMap::new();
    for (code, StageDocument { order, names: _, margin, adds, sub_network, conditions }) in stages {
        let pointer = step("/stages", &code.0);
        let stage = rules::Stage {
            code: code.0.clone(),
            margin: rate(margin, &format!("{pointer}/margin"), faults),
            adds: converted(adds),
            sub_network: *sub_network,
            conditions: stage_conditions(conditions),
        };
        if let Some(other) = by_order.insert(*order, stage) {
            let message = format!("the stage {} has the same place in the order", other.code);
            faults.push(Fault::new(format!("{pointer}/order"), "duplicate_order", message));
        }
    }
    by_order.into_values().collect()
}

fn stage_conditions(document: &StageConditionsDocument) -> rules::StageConditions {
    let StageConditionsDocument { qualifications, own_sales, active_customers, months_in_stage, checklist } = document;
    rules::StageConditions {
        qualifications: qualifications.iter().map(|code| code.0.clone()).collect(),
        own_sales: *own_sales,
        active_customers: *active_customers,
        months_in_stage: *months_in_stage,
        checklist: checklist.iter().map(checklist_item).collect(),
    }
}

fn checklist_item((code, document): (&Code, &ChecklistItemDocument)) -> rules::ChecklistItem {
    let ChecklistItemDocument { mandatory, texts: _ } = document;
    rules::ChecklistItem { code: code.0.clone(), mandatory: *mandatory }
}
