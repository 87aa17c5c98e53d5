//! Terms that tests start from.

use std::collections::BTreeSet;

use crate::{
    money::Rate,
    network::{
        Base, ChecklistItem, CounterpartyTerms, Duty, DutyTerms, Exclusivity, ItemKind, LegalForm, Recurrence, Requirement, Rule,
        RuleKind, RuleRate, Selector, Side, Stage, StageConditions, Terms, Trigger,
    },
};

fn rate(text: &str) -> Rate {
    text.parse().unwrap()
}

fn stage(code: &str, margin: &str, adds: &[ItemKind], sub_network: bool) -> Stage {
    Stage {
        code: code.into(),
        margin: rate(margin),
        adds: adds.iter().copied().collect(),
        sub_network,
        conditions: StageConditions::default(),
    }
}

/// A reseller with the four stages of R40 to R44, selling network modules and services at a margin.
pub(crate) fn terms_of_reseller() -> Terms {
    let network_lines = [ItemKind::NetworkModule, ItemKind::NetworkService];
    let duty = |duty| {
        let (default, allowed) = match duty {
            Duty::Maintenance => (Side::Master, vec![Side::Master]),
            Duty::Support => (Side::Master, vec![Side::Master, Side::Partner]),
            Duty::Contracting | Duty::Billing => (Side::Partner, vec![Side::Partner]),
            Duty::StartUp | Duty::Integration | Duty::Training => (Side::Partner, vec![Side::Partner, Side::Master]),
        };
        (duty, DutyTerms { default, allowed: allowed.into_iter().collect() })
    };
    Terms {
        legal_forms: [LegalForm::Company].into(),
        requirement_rules: [].into(),
        requirements: [Requirement::RegistrationNumber, Requirement::TaxId, Requirement::BillingAbility].into(),
        counterparty: CounterpartyTerms { master: true, partner_types: [].into(), special_with_master: false },
        single_agreement: true,
        exclusivity: Exclusivity::SpecialSectorOrActivity,
        contracts_customers: true,
        sells: network_lines.into(),
        capabilities: BTreeSet::new(),
        expertise_areas: BTreeSet::new(),
        duties: Duty::ALL.into_iter().map(duty).collect(),
        own_lines_billed_by: Side::Partner,
        stages: vec![
            stage("start", "0.2", &[], false),
            stage("services", "0.25", &[ItemKind::PartnerOwn], false),
            stage("helpdesk", "0.3", &[ItemKind::PartnerOwn, ItemKind::PartnerHelpdesk], false),
            stage("network", "0.3", &[ItemKind::PartnerOwn, ItemKind::PartnerHelpdesk], true),
        ],
        margin_uplift: rate("0.05"),
        checklist: vec![
            ChecklistItem { code: "identity".into(), mandatory: true },
            ChecklistItem { code: "practices".into(), mandatory: true },
            ChecklistItem { code: "references".into(), mandatory: false },
        ],
        minimum_sales_per_year: None,
        registrations_max: None,
        entry_fee: None,
        rules: vec![Rule {
            code: "margin".into(),
            kind: RuleKind::Margin,
            base: Base::Net,
            rate: RuleRate::OfStage,
            lines: network_lines.into(),
            trigger: Trigger::Contracted,
            ..plain_rule()
        }],
    }
}

/// A promoter that contracts with resellers only, or in a special agreement with a master (R26, D5).
pub(crate) fn terms_of_promoter() -> Terms {
    let reseller = terms_of_reseller();
    let mut duties = reseller.duties.clone();
    for terms in duties.values_mut() {
        *terms = DutyTerms { default: Side::Master, allowed: [Side::Master].into() };
    }
    Terms {
        legal_forms: LegalForm::ALL.into(),
        requirement_rules: [].into(),
        requirements: [].into(),
        counterparty: CounterpartyTerms { master: false, partner_types: ["reseller".into()].into(), special_with_master: true },
        single_agreement: false,
        exclusivity: Exclusivity::Never,
        contracts_customers: false,
        duties,
        stages: vec![],
        margin_uplift: Rate::ZERO,
        rules: vec![Rule {
            code: "commission".into(),
            kind: RuleKind::Commission,
            base: Base::FirstAnnuity,
            rate: RuleRate::Fixed(rate("0.15")),
            lines: reseller.sells.clone(),
            recurrence: Recurrence::Once,
            ..plain_rule()
        }],
        ..reseller
    }
}

/// A commission of nothing on every sale, every year: what each rule is unless it says otherwise.
pub(crate) fn plain_rule() -> Rule {
    Rule {
        code: "rule".into(),
        kind: RuleKind::Commission,
        base: Base::Net,
        rate: RuleRate::Fixed(Rate::ZERO),
        lines: [ItemKind::NetworkModule, ItemKind::NetworkService].into(),
        only: Selector::default(),
        from_sale: 1,
        to_sale: None,
        recurrence: Recurrence::EveryYear,
        years: None,
        trigger: Trigger::Collected,
        bounds: None,
        additive: false,
        split: vec![],
        hold_days: 0,
    }
}
