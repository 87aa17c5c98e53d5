//! The network's decisions where its documents are silent: the `D` defaults, each of them configuration.

use std::collections::BTreeSet;

use crate::{
    ledger::PeriodLength,
    money::{Currency, Money, Rate},
    network::Trigger,
    registration::matching::Score,
    statement::TaxRules,
};

/// The policies of one network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policies {
    /// When negotiation has started (D2).
    pub negotiation: NegotiationPolicy,
    /// How long protection lasts (D3).
    pub protection: ProtectionPolicy,
    /// How many days before a protection's end its partner and its master are warned (D3).
    pub warning_days: BTreeSet<u32>,
    /// How long the parties of a dispute have to speak and to appeal (R37).
    pub disputes: DisputePolicy,
    /// For how many prospects a partner may ask whether they are to be had (D22).
    pub checks: CheckPolicy,
    /// When names are a possible match (D17).
    pub matching: MatchingPolicy,
    /// Which sales count for a partner's ordinal (D11).
    pub ordinal_scope: OrdinalScope,
    /// What a commission waits for unless its rule says otherwise (D12).
    pub commission_trigger: Trigger,
    /// When a payout needs a second person, and when a remittance is due.
    pub payouts: PayoutPolicy,
    /// When the books are closed, and how debts are recovered (D20).
    pub accounting: AccountingPolicy,
    /// The law of taxes, as far as statements need it.
    pub taxes: TaxRules,
    /// What a change of rules may reach (R86, R90).
    pub amendments: AmendmentPolicy,
    /// From when on something that is due counts as near.
    pub obligations: ObligationPolicy,
}

/// From when on something that is due counts as near.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObligationPolicy {
    /// From how many days before its day on it is due soon.
    pub due_soon_days: u32,
}

/// What a change of rules may reach. Partners stay on the version that they signed unless a network says otherwise (R86, R90).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AmendmentPolicy {
    /// Whether it may change what sales under agreements that exist bring, from its day on.
    pub existing_agreements: bool,
    /// How many days before its approval that day may be.
    pub retroactive_days: u32,
}

/// When a payout needs a second person, and when a remittance is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutPolicy {
    /// The largest payout in each currency that goes to the bank without a second person's approval.
    pub approval_above: Vec<Money>,
    /// Days from the last day of a period to the day on which a partner's remittance for it is due.
    pub remittance_days: u32,
}

impl PayoutPolicy {
    /// The largest payout in a currency that needs no second person. None where each does.
    #[must_use]
    pub fn limit(&self, currency: Currency) -> Option<Money> {
        self.approval_above.iter().copied().find(|limit| limit.currency() == currency)
    }
}

/// When the books are closed, and how debts are recovered (D20).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountingPolicy {
    /// How long an accounting period is.
    pub period: PeriodLength,
    /// The most of what is due to a partner, with its taxes and before its debts, that they may take of a payout; the rest is left to it.
    pub debt_part: Rate,
}

/// When negotiation counts as started (D2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NegotiationPolicy {
    /// How many pieces of dated evidence a registration needs.
    pub evidence_min: u32,
    /// How many days evidence may be old when it is handed in.
    pub evidence_max_age_days: u32,
}

/// How long a protection lasts (D3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProtectionPolicy {
    /// Days from acceptance to expiry.
    pub days: u32,
    /// The most days that extensions may reach, counted from acceptance.
    pub cap_days: u32,
}

/// How long the parties of a dispute have to speak and to appeal (R37).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisputePolicy {
    /// Days from the start of the hearing to each side's deadline, unless the master says otherwise.
    pub hearing_days: u32,
    /// Days from a decision during which it may be appealed.
    pub appeal_days: u32,
}

/// For how many prospects a partner may ask whether they are to be had, so that nobody fishes (D22).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckPolicy {
    /// The most prospects in 24 hours.
    pub prospects_per_day: u32,
    /// At how many of them its master is told.
    pub warn_at: u32,
}

/// When the names of two prospects of one country are a possible match, which a master decides (D17).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatchingPolicy {
    /// From this score on.
    pub possible_match: Score,
}

/// Which sales count for "from the 2nd sale" (D11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrdinalScope {
    /// The partner's signed sales of the type in the network, over its life.
    Partner,
    /// Those under one agreement.
    Agreement,
    /// Those signed in one calendar year.
    Year,
}
