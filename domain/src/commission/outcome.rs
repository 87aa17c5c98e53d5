//! Why a qualifying event earned nothing (§7.2 of the requirements: no event ends in silence).

use std::cmp::Ordering;

use crate::{
    code::coded,
    commission::{Evaluation, NotAppliedReason},
    ledger::EntryKind,
};

/// Why nothing was earned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutcomeReason {
    /// The sale comes before the first one that is paid (R68, R75, D11).
    BelowFirstPaidSale,
    /// The commission was for the first annuity only.
    OneTimeFirstAnnuity,
    /// The partner had no active agreement at the sale's date.
    NoActiveAgreement,
    /// The agreement waited for a master's supervision decision (R7).
    SupervisionPending,
    /// The terms earn nothing on what was sold.
    TypeDoesNotEarn,
    /// The prospect was protected for another partner (R36).
    ProtectedByOther,
    /// Another rule took this one's place.
    SupersededRule,
    /// A dispute gave it to another partner (R37).
    Reattributed,
    /// Earlier years of the sale reached the bounds of the rule for the whole of it.
    BoundsReached,
    /// The contract ended before the year began: what waited for it waits in vain (D20).
    ContractEnded,
    /// The partner bought its own instance by its benefit: nobody brought the sale (R84).
    OwnPurchase,
    /// A credit, refund or cancellation was by the master's fault: what was earned stays as it is (D20).
    MastersFault,
    /// What was done is remunerated in kind: no money is due for it (R24).
    InKind,
    /// The company that was served refused the service (R25).
    ServiceRefused,
    /// What was sold or done comes to less than half a minor unit, which is rounded to nothing.
    RoundsToNothing,
    /// The amounts of the rule are in another currency than the sale.
    OtherCurrency,
    /// It waits: nothing, or too little to make a minor unit, was invoiced or collected yet (D12).
    Held,
}

coded! {
    OutcomeReason {
        BelowFirstPaidSale => "below_first_paid_sale",
        OneTimeFirstAnnuity => "one_time_first_annuity",
        NoActiveAgreement => "no_active_agreement",
        SupervisionPending => "supervision_pending",
        TypeDoesNotEarn => "type_does_not_earn",
        ProtectedByOther => "protected_by_other",
        SupersededRule => "superseded_rule",
        Reattributed => "reattributed",
        BoundsReached => "bounds_reached",
        ContractEnded => "contract_ended",
        OwnPurchase => "own_purchase",
        MastersFault => "masters_fault",
        InKind => "in_kind",
        ServiceRefused => "service_refused",
        RoundsToNothing => "rounds_to_nothing",
        OtherCurrency => "other_currency",
        Held => "held",
    }
}

/// The reason to state when an evaluation earned nothing at all; `None` when something moves, or a margin is kept.
///
/// Of several reasons the one that a partner can expect most from is stated: what still waits, then another's protection, then
/// the sale's ordinal, then the renewal, then that other rules took the lines, then that earlier years of the sale reached the bounds,
/// then that what it comes to is rounded to nothing, then the currency, then that the terms do not earn on such a sale.
#[must_use]
pub fn outcome(evaluation: &Evaluation) -> Option<OutcomeReason> {
    let earned = |kind, sign| kind == EntryKind::Share || sign == Ordering::Greater;
    if evaluation.entitlements.iter().any(|due| earned(due.kind, due.amount.sign())) {
        return None;
    }
    let waits = evaluation.entitlements.iter().any(|due| due.explanation.reached != due.explanation.contracted);
    // Where something was due in earlier years, it is the bounds that leave nothing of this one.
    let is_bounded = evaluation.entitlements.iter().any(|due| due.explanation.earlier_years.is_some());
    let states = |reason| evaluation.not_applied.iter().any(|rule| rule.reason == reason);
    Some(if waits || states(NotAppliedReason::NothingTriggeredYet) {
        OutcomeReason::Held
    } else if states(NotAppliedReason::ProtectedByOther) {
        OutcomeReason::ProtectedByOther
    } else if states(NotAppliedReason::BelowFirstPaidSale) {
        OutcomeReason::BelowFirstPaidSale
    } else if states(NotAppliedReason::OneTimeFirstAnnuity) {
        OutcomeReason::OneTimeFirstAnnuity
    } else if states(NotAppliedReason::SupersededRule) {
        OutcomeReason::SupersededRule
    } else if is_bounded {
        OutcomeReason::BoundsReached
    } else if evaluation.entitlements.iter().any(|due| due.explanation.comes_to_something()) {
        OutcomeReason::RoundsToNothing
    } else if states(NotAppliedReason::OtherCurrency) {
        OutcomeReason::OtherCurrency
    } else {
        OutcomeReason::TypeDoesNotEarn
    })
}
