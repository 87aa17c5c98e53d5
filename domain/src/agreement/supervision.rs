//! Supervision: a master's recorded decision, a checklist with findings and no mere flag (R7, R28).

use std::collections::BTreeMap;

use crate::network::ChecklistItem;

/// What a master decides on an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SupervisionDecision {
    /// It takes effect.
    Approve,
    /// It goes back to be corrected.
    Refuse,
}

impl SupervisionDecision {
    /// Every decision.
    pub const ALL: [Self; 2] = [Self::Approve, Self::Refuse];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Refuse => "refuse",
        }
    }

    /// The decision of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decision| decision.code() == code)
    }
}

/// What a master found on one item of the checklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingOutcome {
    /// The practice is kept.
    Met,
    /// It is not.
    NotMet,
    /// It does not concern this agreement.
    NotApplicable,
}

impl FindingOutcome {
    /// Every outcome of a finding.
    pub const ALL: [Self; 3] = [Self::Met, Self::NotMet, Self::NotApplicable];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not_met",
            Self::NotApplicable => "not_applicable",
        }
    }

    /// The outcome of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }
}

/// A master's answer to one item of the checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The item's code.
    pub item_code: String,
    /// What was found.
    pub outcome: FindingOutcome,
    /// In the master's words.
    pub note: Option<String>,
}

/// A supervision: the decision and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supervision {
    /// The decision.
    pub decision: SupervisionDecision,
    /// One finding for each item of the checklist.
    pub findings: Vec<Finding>,
}

/// Why a supervision cannot be recorded so (R28).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SupervisionRefusal {
    /// An item of the checklist has no finding.
    ItemUnanswered {
        /// The item.
        item_code: String,
    },
    /// An item has more than one finding.
    ItemAnsweredTwice {
        /// The item.
        item_code: String,
    },
    /// A finding on something that is not on the checklist.
    UnknownItem {
        /// What it names.
        item_code: String,
    },
    /// A mandatory item is not met, yet the agreement is approved.
    MandatoryNotMet {
        /// The item.
        item_code: String,
    },
}

impl SupervisionRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ItemUnanswered { .. } => "item_unanswered",
            Self::ItemAnsweredTwice { .. } => "item_answered_twice",
            Self::UnknownItem { .. } => "unknown_item",
            Self::MandatoryNotMet { .. } => "mandatory_not_met",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        "R28"
    }
}

/// Judges whether a supervision answers the whole checklist and carries its decision. A mandatory item that is said not to
/// apply is not met.
///
/// # Errors
/// Every [`SupervisionRefusal`] at once: of the checklist's items in its order, then of unknown items.
pub fn judge(checklist: &[ChecklistItem], supervision: &Supervision) -> Result<(), Vec<SupervisionRefusal>> {
    let mut outcomes: BTreeMap<&str, Vec<FindingOutcome>> = BTreeMap::new();
    for finding in &supervision.findings {
        outcomes.entry(&finding.item_code).or_default().push(finding.outcome);
    }
    let mut refusals = Vec::new();
    for item in checklist {
        let item_code = item.code.clone();
        let answers = outcomes.remove(item.code.as_str()).unwrap_or_default();
        if answers.is_empty() {
            refusals.push(SupervisionRefusal::ItemUnanswered { item_code });
            continue;
        }
        if answers.len() > 1 {
            refusals.push(SupervisionRefusal::ItemAnsweredTwice { item_code: item_code.clone() });
        }
        let met = answers.iter().all(|outcome| *outcome == FindingOutcome::Met);
        if supervision.decision == SupervisionDecision::Approve && item.mandatory && !met {
            refusals.push(SupervisionRefusal::MandatoryNotMet { item_code });
        }
    }
    let unknown = outcomes.into_keys().map(|code| SupervisionRefusal::UnknownItem { item_code: code.to_owned() });
    refusals.extend(unknown);
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::network::samples::terms_of_reseller;

    /// Answers the sample's checklist: two mandatory items and an optional one.
    pub(crate) fn supervision(decision: SupervisionDecision, outcomes: [FindingOutcome; 3]) -> Supervision {
        let items = ["identity", "practices", "references"];
        let finding = |(item, outcome): (&str, _)| Finding { item_code: item.into(), outcome, note: None };
        Supervision { decision, findings: items.into_iter().zip(outcomes).map(finding).collect() }
    }

    fn judged(supervision: &Supervision) -> Result<(), Vec<SupervisionRefusal>> {
        judge(&terms_of_reseller().checklist, supervision)
    }

    use FindingOutcome::{Met, NotApplicable, NotMet};
    use SupervisionDecision::{Approve, Refuse};

    #[test]
    fn approval_needs_every_mandatory_item_met() {
        assert_eq!(judged(&supervision(Approve, [Met, Met, Met])), Ok(()));
        assert_eq!(judged(&supervision(Approve, [Met, Met, NotMet])), Ok(()));
        assert_eq!(judged(&supervision(Approve, [Met, Met, NotApplicable])), Ok(()));
        let not_met = |item: &str| SupervisionRefusal::MandatoryNotMet { item_code: item.into() };
        assert_eq!(judged(&supervision(Approve, [NotMet, Met, Met])), Err(vec![not_met("identity")]));
        let both = Err(vec![not_met("identity"), not_met("practices")]);
        assert_eq!(judged(&supervision(Approve, [NotApplicable, NotMet, Met])), both);
        assert_eq!(judged(&supervision(Refuse, [NotMet, NotApplicable, Met])), Ok(()));
    }

    #[test]
    fn each_item_is_answered_once_whatever_the_decision() {
        for decision in SupervisionDecision::ALL {
            let mut wrong = supervision(decision, [Met, Met, Met]);
            wrong.findings.remove(2);
            wrong.findings.push(Finding { item_code: "identity".into(), outcome: Met, note: None });
            wrong.findings.push(Finding { item_code: "parking".into(), outcome: Met, note: None });
            let expected = vec![
                SupervisionRefusal::ItemAnsweredTwice { item_code: "identity".into() },
                SupervisionRefusal::ItemUnanswered { item_code: "references".into() },
                SupervisionRefusal::UnknownItem { item_code: "parking".into() },
            ];
            assert_eq!(judged(&wrong), Err(expected));
        }
    }

    #[test]
    fn a_second_contradicting_answer_does_not_hide_the_first() {
        let mut twice = supervision(Approve, [NotMet, Met, Met]);
        twice.findings.push(Finding { item_code: "identity".into(), outcome: Met, note: None });
        let expected = vec![
            SupervisionRefusal::ItemAnsweredTwice { item_code: "identity".into() },
            SupervisionRefusal::MandatoryNotMet { item_code: "identity".into() },
        ];
        assert_eq!(judged(&twice), Err(expected));
    }
}
