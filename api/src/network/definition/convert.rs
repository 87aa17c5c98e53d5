//! From the documents to the domain.

use std::collections::{BTreeMap, BTreeSet};

use domain::{money::Rate, network as rules};
use serde_json::Value;

use super::{
    ChecklistItemDocument, Code, CounterpartyDocument, DutiesDocument, DutyDocument, EntryFeeDocument, Fault, FixedRateDocument,
    PoliciesDocument, RateText, RuleDocument, RuleRateDocument, StageDocument, StageRateDocument, TermsDocument,
    read::conforming,
};
use crate::{merge_patch, schema::step};

impl TermsDocument {
    /// The terms that the domain decides by.
    ///
    /// # Errors
    /// Every fault of meaning within the terms, pointing into this document.
    pub fn to_domain(&self) -> Result<rules::Terms, Vec<Fault>> {
        let Self {
            legal_forms,
            requirements,
            counterparty,
            single_agreement,
            exclusivity,
            contracts_customers,
            sells,
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
            benefits: _,
        } = self;
        let mut faults = Vec::new();
        let terms = rules::Terms {
            legal_forms: converted(legal_forms),
            requirements: converted(requirements),
            counterparty: counterparty_terms(counterparty),
            single_agreement: *single_agreement,
            exclusivity: (*exclusivity).into(),
            contracts_customers: *contracts_customers,
            sells: converted(sells),
            duties: duty_terms(duties),
            own_lines_billed_by: (*own_lines_billed_by).into(),
            stages: stages_in_order(stages, &mut faults),
            margin_uplift: rate(margin_uplift, "/margin_uplift", &mut faults),
            checklist: checklist.iter().map(checklist_item).collect(),
            minimum_sales_per_year: *minimum_sales_per_year,
            registrations_max: *registrations_max,
            entry_fee: entry_fee
                .as_ref()
                .map(|EntryFeeDocument { rate: text }| rules::EntryFee { rate: rate(text, "/entry_fee/rate", &mut faults) }),
            rules: rules.iter().map(|(code, document)| rule(code, document, &mut faults)).collect(),
        };
        if faults.is_empty() {
            faults.extend(terms.faults().iter().map(contradiction));
        }
        if faults.is_empty() { Ok(terms) } else { Err(faults) }
    }

    /// The terms of a special agreement: these, changed by a JSON merge patch (RFC 7396; R2, R6).
    ///
    /// # Errors
    /// Everything in which the changed terms would break the contract or contradict themselves. Pointers lead into the
    /// changed terms, which is where they lead in the patch as well.
    pub fn with_special(&self, patch: &Value) -> Result<Self, Vec<Fault>> {
        let written = serde_json::to_value(self);
        let mut value = written.map_err(|error| vec![Fault::unreadable("", error)])?;
        merge_patch::merge(&mut value, patch);
        let changed: Self = conforming("TermsDocument", &value)?;
        changed.to_domain()?;
        Ok(changed)
    }
}

impl From<&PoliciesDocument> for rules::Policies {
    fn from(document: &PoliciesDocument) -> Self {
        let PoliciesDocument {
            negotiation,
            protection,
            disputes,
            checks,
            ordinal_scope,
            commission_trigger,
            payouts,
            accounting,
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
            ordinal_scope: (*ordinal_scope).into(),
            commission_trigger: (*commission_trigger).into(),
            payouts: payouts.into(),
            accounting: rules::AccountingPolicy {
                period: accounting.period.into(),
                // Its pattern lets in nothing but rates.
                debt_part: accounting.debt_part.0.parse().unwrap_or(Rate::ONE),
            },
        }
    }
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
        Of::MarginAboveWhole { stage } => {
            (format!("{}/margin", step("/stages", stage)), "margin and uplift are more than the whole")
        }
        Of::DuplicateCode { code } => (of_rule(code, ""), "the code stands here twice"),
    };
    let params = pointer.split('/').nth(2).map(|name| ("name", name.to_owned())).into_iter().collect();
    let message = format!("{message} ({})", fault.rule());
    Fault { rule: Some(fault.rule()), params, ..Fault::new(pointer, fault.code(), message) }
}

fn converted<A: Copy, B: From<A> + Ord>(words: &BTreeSet<A>) -> BTreeSet<B> {
    words.iter().copied().map(B::from).collect()
}

fn rate(text: &RateText, pointer: &str, faults: &mut Vec<Fault>) -> Rate {
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
    for (code, StageDocument { order, names: _, margin, adds, sub_network }) in stages {
        let pointer = step("/stages", &code.0);
        let stage = rules::Stage {
            code: code.0.clone(),
            margin: rate(margin, &format!("{pointer}/margin"), faults),
            adds: converted(adds),
            sub_network: *sub_network,
        };
        if let Some(other) = by_order.insert(*order, stage) {
            let message = format!("the stage {} has the same place in the order", other.code);
            faults.push(Fault::new(format!("{pointer}/order"), "duplicate_order", message));
        }
    }
    by_order.into_values().collect()
}

fn checklist_item((code, document): (&Code, &ChecklistItemDocument)) -> rules::ChecklistItem {
    let ChecklistItemDocument { mandatory, texts: _ } = document;
    rules::ChecklistItem { code: code.0.clone(), mandatory: *mandatory }
}

fn rule(code: &Code, document: &RuleDocument, faults: &mut Vec<Fault>) -> rules::Rule {
    let RuleDocument { summaries: _, kind, base, rate: rate_document, lines, from_sale, recurrence, trigger } = document;
    let pointer = step("/rules", &code.0);
    if trigger.is_none() {
        let message = "a rule says what it waits for";
        let params = vec![("field", "trigger".to_owned())];
        faults.push(Fault { params, ..Fault::new(format!("{pointer}/trigger"), "required", message) });
    }
    rules::Rule {
        code: code.0.clone(),
        kind: (*kind).into(),
        base: (*base).into(),
        rate: match rate_document {
            RuleRateDocument::Fixed(FixedRateDocument { of: _, rate: text }) => {
                rules::RuleRate::Fixed(rate(text, &format!("{pointer}/rate/rate"), faults))
            }
            RuleRateDocument::Stage(StageRateDocument { of: _ }) => rules::RuleRate::OfStage,
        },
        lines: converted(lines),
        from_sale: *from_sale,
        recurrence: (*recurrence).into(),
        trigger: trigger.map_or(rules::Trigger::Contracted, Into::into),
    }
}
