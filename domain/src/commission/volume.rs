//! What a sale counts for tiers by volume that add up over several sales.

use std::sync::Arc;

use crate::{
    commission::{
        SaleFacts,
        rule_set::{Prepared, RuleSet},
        year::Year,
    },
    money::Money,
    network::{Rule, VolumeOver},
};

/// What a sale counts for the volume of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleVolume {
    /// The rule.
    pub rule: Arc<Rule>,
    /// What its volume adds up over.
    pub over: VolumeOver,
    /// How much the sale counts.
    pub amount: Money,
}

impl RuleSet {
    /// What a sale counts for each rule whose volume adds up over several sales, given the facts of its first contract year: the
    /// prices of the lines that the rule counts, whatever was invoiced or collected of them. A sale that comes before the first one
    /// that is paid counts, as it does for ordinals (D11). In another currency than the rule's tiers it counts nothing, since
    /// currencies are never added, and for another customer than the rule is about neither; rules about neither are left out.
    ///
    /// `None` when an amount is too large to be computed with.
    #[must_use]
    pub fn volumes(&self, facts: &SaleFacts) -> Option<Vec<SaleVolume>> {
        let year = Year::new(self, facts, facts.contracted()?);
        let about = |it: &&Prepared| it.is_in(facts.currency) && it.takes_customer(facts);
        let accumulating = self.rules().iter().filter_map(|it| Some((it, it.rule.accumulates()?)));
        let volume = |(it, over): (&Prepared, VolumeOver)| {
            let amount = year.sum(it, |line| year.counts(it, line))?;
            Some(SaleVolume { rule: it.rule.clone(), over, amount })
        };
        accumulating.filter(|(it, _)| about(it)).map(volume).collect()
    }
}
