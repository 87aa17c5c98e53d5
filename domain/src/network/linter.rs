//! Finds the contradictions in terms before anybody signs them.

mod precedence;
mod rule;
#[cfg(test)]
mod rule_tests;
#[cfg(test)]
mod tests;
mod tiers;

use std::collections::BTreeSet;

use crate::{
    money::Rate,
    network::{Capability, Duty, RuleKind, Side, StageConditions, Terms, TermsFault},
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
        precedence::faults(&self.rules, &mut faults);
        self.duty_faults(&mut faults);
        self.capability_faults(&mut faults);
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

    fn capability_faults(&self, faults: &mut Vec<TermsFault>) {
        let promotion = self.capabilities.iter().filter(|capability| self.contracts_customers && capability.is_promotion());
        let nowhere = self.capabilities.contains(&Capability::Projects) && self.expertise_areas.is_empty();
        faults.extend(nowhere.then_some(TermsFault::ProjectsWithoutAreas));
        faults.extend(promotion.map(|capability| TermsFault::PromotesAndContracts { capability: *capability }));
    }

    fn stage_faults(&self, faults: &mut Vec<TermsFault>) {
        let above = |margin: Rate| margin.checked_add(self.margin_uplift).is_none();
        for stage in self.stages.iter().filter(|stage| above(stage.margin)) {
            faults.push(TermsFault::MarginAboveWhole { stage: stage.code.clone() });
        }
        let has_sub_network = self.stages.iter().any(|stage| stage.sub_network);
        faults.extend((self.margin_uplift != Rate::ZERO && !has_sub_network).then_some(TermsFault::UpliftWithoutSubNetwork));
        let first = self.stages.first().filter(|stage| stage.conditions != StageConditions::default());
        faults.extend(first.map(|stage| TermsFault::FirstStageConditions { stage: stage.code.clone() }));
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
