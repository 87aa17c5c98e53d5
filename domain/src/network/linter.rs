//! Finds the contradictions in terms before anybody signs them.

use std::collections::BTreeSet;

use crate::{
    money::Rate,
    network::{Base, Duty, ItemKind, Recurrence, Rule, RuleKind, RuleRate, Side, Terms, TermsFault},
};

impl Terms {
    /// Every contradiction in the terms, all at once; none for terms that can be published.
    #[must_use]
    pub fn faults(&self) -> Vec<TermsFault> {
        let mut faults = Vec::new();
        self.signing_faults(&mut faults);
        self.rule_set_faults(&mut faults);
        for rule in &self.rules {
            self.rule_faults(rule, &mut faults);
        }
        self.duty_faults(&mut faults);
        self.stage_faults(&mut faults);
        duplicates(self.stages.iter().map(|stage| &stage.code), &mut faults);
        duplicates(self.rules.iter().map(|rule| &rule.code), &mut faults);
        duplicates(self.checklist.iter().map(|item| &item.code), &mut faults);
        faults
    }

    fn signing_faults(&self, faults: &mut Vec<TermsFault>) {
        if self.legal_forms.is_empty() {
            faults.push(TermsFault::NoLegalForm);
        }
        let counterparty = &self.counterparty;
        if !counterparty.master && !counterparty.special_with_master && counterparty.partner_types.is_empty() {
            faults.push(TermsFault::NoCounterparty);
        }
    }

    fn rule_set_faults(&self, faults: &mut Vec<TermsFault>) {
        let count = |kind| self.rules.iter().filter(|rule| rule.kind == kind).count();
        if count(RuleKind::Commission) > 0 && count(RuleKind::BuyPrice) > 0 {
            faults.push(TermsFault::CommissionAndBuyPrice);
        }
        if count(RuleKind::Margin) > 1 {
            faults.push(TermsFault::SeveralMargins);
        }
    }

    fn rule_faults(&self, rule: &Rule, faults: &mut Vec<TermsFault>) {
        let code = || rule.code.clone();
        let network_only = rule.lines.iter().copied().all(ItemKind::is_network);
        if rule.rate == RuleRate::OfStage && rule.kind != RuleKind::Margin {
            faults.push(TermsFault::StageRateOutsideMargin { rule: code() });
        } else if rule.rate == RuleRate::OfStage && self.stages.is_empty() {
            faults.push(TermsFault::StageMarginWithoutStages { rule: code() });
        }
        match rule.kind {
            RuleKind::Margin if rule.base != Base::Net || rule.recurrence != Recurrence::EveryYear || !network_only => {
                faults.push(TermsFault::MarginBase { rule: code() });
            }
            RuleKind::BuyPrice if rule.base != Base::List || !network_only => {
                faults.push(TermsFault::BuyPriceBase { rule: code() });
            }
            RuleKind::Margin | RuleKind::BuyPrice | RuleKind::Commission => {}
        }
        if rule.base == Base::FirstAnnuity && rule.recurrence == Recurrence::EveryYear {
            faults.push(TermsFault::RecurringFirstAnnuity { rule: code() });
        }
        if rule.lines.is_empty() {
            faults.push(TermsFault::NoLines { rule: code() });
        }
        if rule.from_sale == 0 {
            faults.push(TermsFault::SaleZero { rule: code() });
        }
        if rule.kind != RuleKind::Commission && !self.contracts_customers {
            faults.push(TermsFault::KeepsWithoutContracting { rule: code() });
        }
    }

    fn duty_faults(&self, faults: &mut Vec<TermsFault>) {
        for duty in Duty::ALL {
            match self.duties.get(&duty) {
                None => faults.push(TermsFault::DutyMissing { duty }),
                Some(terms) if !terms.allowed.contains(&terms.default) => faults.push(TermsFault::DefaultSideNotAllowed { duty }),
                Some(_) => {}
            }
        }
        let may_be_partners =
            |duty| self.duties.get(&duty).map(|terms| terms.default == Side::Partner || terms.allowed.contains(&Side::Partner));
        if may_be_partners(Duty::Maintenance) == Some(true) {
            faults.push(TermsFault::MaintenanceNotMasters);
        }
        if may_be_partners(Duty::Contracting).is_some_and(|partner| partner != self.contracts_customers) {
            faults.push(TermsFault::ContractingDisagrees);
        }
    }

    fn stage_faults(&self, faults: &mut Vec<TermsFault>) {
        let above = |margin: Rate| margin.checked_add(self.margin_uplift).is_none();
        for stage in self.stages.iter().filter(|stage| above(stage.margin)) {
            faults.push(TermsFault::MarginAboveWhole { stage: stage.code.clone() });
        }
    }
}

fn duplicates<'a>(codes: impl Iterator<Item = &'a String>, faults: &mut Vec<TermsFault>) {
    let (mut seen, mut twice) = (BTreeSet::new(), BTreeSet::new());
    for code in codes {
        if !seen.insert(code) && twice.insert(code) {
            faults.push(TermsFault::DuplicateCode { code: code.clone() });
        }
    }
}

impl TermsFault {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoLegalForm => "no_legal_form",
            Self::NoCounterparty => "no_counterparty",
            Self::CommissionAndBuyPrice => "commission_and_buy_price",
            Self::SeveralMargins => "several_margins",
            Self::StageMarginWithoutStages { .. } => "stage_margin_without_stages",
            Self::StageRateOutsideMargin { .. } => "stage_rate_outside_margin",
            Self::MarginBase { .. } => "margin_base",
            Self::BuyPriceBase { .. } => "buy_price_base",
            Self::RecurringFirstAnnuity { .. } => "recurring_first_annuity",
            Self::NoLines { .. } => "no_lines",
            Self::SaleZero { .. } => "sale_zero",
            Self::KeepsWithoutContracting { .. } => "keeps_without_contracting",
            Self::DefaultSideNotAllowed { .. } => "default_side_not_allowed",
            Self::DutyMissing { .. } => "duty_missing",
            Self::MaintenanceNotMasters => "maintenance_not_masters",
            Self::ContractingDisagrees => "contracting_disagrees",
            Self::MarginAboveWhole { .. } => "margin_above_whole",
            Self::DuplicateCode { .. } => "duplicate_code",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::NoLegalForm => "R9",
            Self::NoCounterparty => "R26",
            Self::CommissionAndBuyPrice => "D10",
            Self::SeveralMargins | Self::MarginBase { .. } => "R15",
            Self::StageMarginWithoutStages { .. } | Self::StageRateOutsideMargin { .. } => "R39",
            Self::BuyPriceBase { .. } => "R55",
            Self::RecurringFirstAnnuity { .. } => "D12",
            Self::NoLines { .. } => "D16",
            Self::SaleZero { .. } => "D11",
            Self::KeepsWithoutContracting { .. } | Self::ContractingDisagrees => "R11",
            Self::DefaultSideNotAllowed { .. } | Self::DutyMissing { .. } => "R53",
            Self::MaintenanceNotMasters => "R80",
            Self::MarginAboveWhole { .. } => "D15",
            Self::DuplicateCode { .. } => "R1",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{ChecklistItem, DutyTerms, samples::terms_of_reseller};

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
        assert_eq!(faults(|terms| terms.stages.clear()), [TermsFault::StageMarginWithoutStages { rule: margin() }]);
        let commission_of_stage = |terms: &mut Terms| rule(terms).kind = RuleKind::Commission;
        assert_eq!(faults(commission_of_stage), [TermsFault::StageRateOutsideMargin { rule: margin() }]);
        let fixed_without_stages = |terms: &mut Terms| {
            terms.stages.clear();
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
        assert_eq!(faults(|terms| rule(terms).from_sale = 2), []);
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
            let second = rule(terms).clone();
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
}
