//! Each contradiction, brought into terms that have none.

use super::*;
use crate::network::{Base, ChecklistItem, DutyTerms, ItemKind, Recurrence, Rule, RuleRate, samples::terms_of_reseller};

fn faults(spoil: impl FnOnce(&mut Terms)) -> Vec<TermsFault> {
    let mut terms = terms_of_reseller();
    spoil(&mut terms);
    terms.faults()
}

fn rule(terms: &mut Terms) -> &mut Rule {
    terms.rules.first_mut().unwrap()
}

fn margin() -> String {
    "margin".to_owned()
}

fn buy_price(rule: &mut Rule) {
    rule.kind = RuleKind::BuyPrice;
    rule.base = Base::List;
    rule.rate = RuleRate::Fixed("0.5".parse().unwrap());
}

fn commission(rule: &mut Rule) {
    rule.kind = RuleKind::Commission;
    rule.rate = RuleRate::Fixed("0.5".parse().unwrap());
}

#[test]
fn terms_without_contradiction_have_no_faults() {
    assert_eq!(faults(|_| {}), []);
    assert_eq!(faults(|terms| buy_price(rule(terms))), []);
    assert_eq!(faults(|terms| commission(rule(terms))), []);
}

#[test]
fn somebody_must_be_able_to_sign() {
    assert_eq!(faults(|terms| terms.legal_forms.clear()), [TermsFault::NoLegalForm]);
    assert_eq!(faults(|terms| terms.counterparty.master = false), [TermsFault::NoCounterparty]);
    let specially = |terms: &mut Terms| {
        terms.counterparty.master = false;
        terms.counterparty.special_with_master = true;
    };
    assert_eq!(faults(specially), []);
    let with_partners = |terms: &mut Terms| {
        terms.counterparty.master = false;
        terms.counterparty.partner_types.insert("other".into());
    };
    assert_eq!(faults(with_partners), []);
}

#[test]
fn commission_and_buy_price_are_the_same_money() {
    let both = |terms: &mut Terms| {
        let mut second = rule(terms).clone();
        second.code = "second".into();
        commission(&mut second);
        buy_price(rule(terms));
        terms.rules.push(second);
    };
    assert_eq!(faults(both), [TermsFault::CommissionAndBuyPrice]);
}

#[test]
fn there_is_one_margin_at_most() {
    let twice = |terms: &mut Terms| {
        let second = Rule { code: "second".into(), ..rule(terms).clone() };
        terms.rules.push(second);
    };
    assert_eq!(faults(twice), [TermsFault::SeveralMargins]);
}

#[test]
fn only_a_margin_takes_its_rate_from_a_stage_and_needs_stages_for_it() {
    let without_stages = |terms: &mut Terms| {
        terms.stages.clear();
        terms.margin_uplift = Rate::ZERO;
    };
    assert_eq!(faults(without_stages), [TermsFault::StageMarginWithoutStages { rule: margin() }]);
    let commission_of_stage = |terms: &mut Terms| rule(terms).kind = RuleKind::Commission;
    assert_eq!(faults(commission_of_stage), [TermsFault::StageRateOutsideMargin { rule: margin() }]);
    let fixed_without_stages = |terms: &mut Terms| {
        terms.stages.clear();
        terms.margin_uplift = Rate::ZERO;
        rule(terms).rate = RuleRate::Fixed("0.3".parse().unwrap());
    };
    assert_eq!(faults(fixed_without_stages), []);
}

#[test]
fn a_margin_is_taken_of_the_net_price_of_network_lines_every_year() {
    let fault = [TermsFault::MarginBase { rule: margin() }];
    for base in [Base::List, Base::Margin, Base::Annuity] {
        assert_eq!(faults(|terms| rule(terms).base = base), fault, "{base:?}");
    }
    assert_eq!(faults(|terms| rule(terms).recurrence = Recurrence::Once), fault);
    for kind in [ItemKind::Complementary, ItemKind::PartnerOwn, ItemKind::PartnerHelpdesk] {
        assert_eq!(faults(|terms| _ = rule(terms).lines.insert(kind)), fault, "{kind:?}");
    }
}

#[test]
fn a_buy_price_is_taken_of_the_list_price_of_network_lines() {
    let fault = [TermsFault::BuyPriceBase { rule: margin() }];
    for base in [Base::Net, Base::Margin, Base::Annuity] {
        let spoil = |terms: &mut Terms| {
            buy_price(rule(terms));
            rule(terms).base = base;
        };
        assert_eq!(faults(spoil), fault, "{base:?}");
    }
    let own_lines = |terms: &mut Terms| {
        buy_price(rule(terms));
        rule(terms).lines.insert(ItemKind::PartnerOwn);
    };
    assert_eq!(faults(own_lines), fault);
}

#[test]
fn a_rule_on_the_first_annuity_earns_once() {
    let yearly = |terms: &mut Terms| {
        commission(rule(terms));
        rule(terms).base = Base::FirstAnnuity;
    };
    assert_eq!(faults(yearly), [TermsFault::RecurringFirstAnnuity { rule: margin() }]);
    let once = |terms: &mut Terms| {
        yearly(terms);
        rule(terms).recurrence = Recurrence::Once;
    };
    assert_eq!(faults(once), []);
}

#[test]
fn a_rule_counts_some_lines_and_starts_at_a_first_sale() {
    assert_eq!(faults(|terms| rule(terms).lines.clear()), [TermsFault::NoLines { rule: margin() }]);
    assert_eq!(faults(|terms| rule(terms).from_sale = 0), [TermsFault::SaleZero { rule: margin() }]);
    let from_second = |terms: &mut Terms| {
        commission(rule(terms));
        rule(terms).from_sale = 2;
    };
    assert_eq!(faults(from_second), []);
}

#[test]
fn who_does_not_contract_keeps_nothing() {
    let promoter = |terms: &mut Terms| {
        terms.contracts_customers = false;
        let contracting = DutyTerms { default: Side::Master, allowed: [Side::Master].into() };
        terms.duties.insert(Duty::Contracting, contracting);
    };
    assert_eq!(faults(promoter), [TermsFault::KeepsWithoutContracting { rule: margin() }]);
    let with_buy_price = |terms: &mut Terms| {
        promoter(terms);
        buy_price(rule(terms));
    };
    assert_eq!(faults(with_buy_price), [TermsFault::KeepsWithoutContracting { rule: margin() }]);
    let with_commission = |terms: &mut Terms| {
        promoter(terms);
        commission(rule(terms));
    };
    assert_eq!(faults(with_commission), []);
}

#[test]
fn every_duty_has_a_default_side_that_is_allowed() {
    for duty in Duty::ALL {
        assert_eq!(faults(|terms| _ = terms.duties.remove(&duty)), [TermsFault::DutyMissing { duty }]);
    }
    let nobody = |terms: &mut Terms| terms.duties.get_mut(&Duty::Training).unwrap().allowed.clear();
    assert_eq!(faults(nobody), [TermsFault::DefaultSideNotAllowed { duty: Duty::Training }]);
}

#[test]
fn maintenance_stays_with_the_master() {
    let allowed = |terms: &mut Terms| _ = terms.duties.get_mut(&Duty::Maintenance).unwrap().allowed.insert(Side::Partner);
    assert_eq!(faults(allowed), [TermsFault::MaintenanceNotMasters]);
}

#[test]
fn contracting_is_allowed_to_the_partner_where_the_type_contracts_and_nowhere_else() {
    let never = |terms: &mut Terms| {
        let contracting = DutyTerms { default: Side::Master, allowed: [Side::Master].into() };
        terms.duties.insert(Duty::Contracting, contracting);
    };
    assert_eq!(faults(never), [TermsFault::ContractingDisagrees]);
    let promoter = |terms: &mut Terms| {
        terms.contracts_customers = false;
        commission(rule(terms));
    };
    assert_eq!(faults(promoter), [TermsFault::ContractingDisagrees]);
}

#[test]
fn margin_and_uplift_are_the_whole_at_most() {
    // The sample's highest margin is 0.3, of two stages.
    assert_eq!(faults(|terms| terms.margin_uplift = "0.7".parse().unwrap()), []);
    let above = |terms: &mut Terms| terms.margin_uplift = "0.700001".parse().unwrap();
    let stages = ["helpdesk", "network"].map(|stage| TermsFault::MarginAboveWhole { stage: stage.into() });
    assert_eq!(faults(above), stages);
}

#[test]
fn r40_the_first_stage_asks_for_nothing_and_the_others_may() {
    let asks = |place: usize| faults(move |terms| terms.stages.get_mut(place).unwrap().conditions.own_sales = 1);
    assert_eq!(asks(0), [TermsFault::FirstStageConditions { stage: "start".into() }]);
    assert_eq!(asks(1), []);
}

#[test]
fn a_code_stands_once_in_its_list() {
    let fault = |code: &str| [TermsFault::DuplicateCode { code: code.into() }];
    let stage = |terms: &mut Terms| {
        for _ in 0..2 {
            terms.stages.push(terms.stages.first().unwrap().clone());
        }
    };
    assert_eq!(faults(stage), fault("start"));
    let item = |terms: &mut Terms| terms.checklist.push(ChecklistItem { code: "identity".into(), mandatory: false });
    assert_eq!(faults(item), fault("identity"));
    let rules = |terms: &mut Terms| {
        commission(rule(terms));
        let second = Rule { additive: true, ..rule(terms).clone() };
        terms.rules.push(second);
    };
    assert_eq!(faults(rules), fault("margin"));
    let across = |terms: &mut Terms| terms.checklist.push(ChecklistItem { code: "start".into(), mandatory: false });
    assert_eq!(faults(across), []);
}

#[test]
fn every_fault_is_told_at_once() {
    let many = |terms: &mut Terms| {
        terms.legal_forms.clear();
        terms.counterparty.master = false;
        rule(terms).from_sale = 0;
        terms.duties.remove(&Duty::Support);
    };
    let expected = [
        TermsFault::NoLegalForm,
        TermsFault::NoCounterparty,
        TermsFault::SaleZero { rule: margin() },
        TermsFault::DutyMissing { duty: Duty::Support },
    ];
    assert_eq!(faults(many), expected);
}

#[test]
fn r11_whoever_contracts_customers_promotes_for_no_other_company() {
    let with = |capability| {
        faults(|terms| {
            terms.capabilities = [capability].into();
            terms.expertise_areas = ["erp".to_owned()].into();
        })
    };
    for capability in [Capability::Introductions, Capability::ProposalFollowUp, Capability::Portfolio, Capability::Projects] {
        assert_eq!(with(capability), [TermsFault::PromotesAndContracts { capability }]);
    }
    assert_eq!(with(Capability::Courses), []);
}

#[test]
fn r21_whoever_advises_projects_does_so_in_some_area() {
    let with = |areas: &[&str]| {
        faults(|terms| {
            terms.rules.clear();
            terms.contracts_customers = false;
            let masters = DutyTerms { default: Side::Master, allowed: [Side::Master].into() };
            terms.duties.insert(Duty::Contracting, masters);
            terms.capabilities = [Capability::Projects].into();
            terms.expertise_areas = areas.iter().map(|&area| area.to_owned()).collect();
        })
    };
    assert_eq!(with(&[]), [TermsFault::ProjectsWithoutAreas]);
    assert_eq!(with(&["erp"]), []);
}
