//! Findings: what the service found and a master has to look at. A finding is a master's to acknowledge and to decide, and has no
//! consequence by itself: no partner is ever demoted, suspended or charged by one (D13).

use crate::{code::coded, decided::Decided};

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// A year of an agreement ended with fewer sales than its terms ask for (R57, D13).
    MinimumSalesShortfall,
    /// A qualification was revoked or ran out that an agreement in force asks for (R43, R64, R72).
    QualificationLapsed,
}

coded! {
    FindingKind {
        MinimumSalesShortfall => "minimum_sales_shortfall",
        QualificationLapsed => "qualification_lapsed",
    }
}

/// Where a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingState {
    /// Nobody has looked at it.
    Open,
    /// Somebody of the master knows of it.
    Acknowledged,
    /// The master said what comes of it.
    Decided,
}

coded! { FindingState { Open => "open", Acknowledged => "acknowledged", Decided => "decided", } }

/// What a master says of a finding. It says so, and does nothing: what is to change is done where it is always done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingDecision {
    /// Nothing comes of it.
    NoAction,
    /// The partner is reminded.
    Reminder,
    /// A plan is agreed with the partner.
    ImprovementPlan,
    /// The agreement is gone through with the partner.
    AgreementReview,
}

coded! {
    FindingDecision {
        NoAction => "no_action",
        Reminder => "reminder",
        ImprovementPlan => "improvement_plan",
        AgreementReview => "agreement_review",
    }
}

/// A finding, as far as its decisions ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// Where it stands.
    pub state: FindingState,
    /// What was decided, once it was.
    pub decision: Option<FindingDecision>,
}

/// Why a finding cannot be acknowledged or decided so: it was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecidedBefore;

/// A finding that was just made.
#[must_use]
pub const fn found() -> Finding {
    Finding { state: FindingState::Open, decision: None }
}

/// Notes that the master knows of a finding. Acknowledged again, nothing changes.
///
/// # Errors
/// [`DecidedBefore`].
pub const fn acknowledge(finding: Finding) -> Result<Decided<Finding>, DecidedBefore> {
    match finding.state {
        FindingState::Open => Ok(Decided::Changed(Finding { state: FindingState::Acknowledged, ..finding })),
        FindingState::Acknowledged => Ok(Decided::Unchanged),
        FindingState::Decided => Err(DecidedBefore),
    }
}

/// Decides a finding, acknowledged or not. Decided the same way again, nothing changes.
///
/// # Errors
/// [`DecidedBefore`]: it was decided otherwise.
pub fn decide(finding: Finding, decision: FindingDecision) -> Result<Decided<Finding>, DecidedBefore> {
    match finding.decision {
        None => Ok(Decided::Changed(Finding { state: FindingState::Decided, decision: Some(decision) })),
        Some(before) if before == decision => Ok(Decided::Unchanged),
        Some(_) => Err(DecidedBefore),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d13_a_finding_is_acknowledged_and_decided_once() {
        let acknowledged = acknowledge(found()).unwrap().changed().unwrap();
        assert_eq!(acknowledged.state, FindingState::Acknowledged);
        assert_eq!(acknowledge(acknowledged), Ok(Decided::Unchanged));
        for from in [found(), acknowledged] {
            let decided = decide(from, FindingDecision::Reminder).unwrap().changed().unwrap();
            assert_eq!((decided.state, decided.decision), (FindingState::Decided, Some(FindingDecision::Reminder)));
            assert_eq!(decide(decided, FindingDecision::Reminder), Ok(Decided::Unchanged));
            assert_eq!(decide(decided, FindingDecision::NoAction), Err(DecidedBefore));
            assert_eq!(acknowledge(decided), Err(DecidedBefore));
        }
    }

    #[test]
    fn every_code_leads_back_to_its_value() {
        assert!(FindingKind::ALL.iter().all(|word| FindingKind::from_code(word.code()) == Some(*word)));
        assert!(FindingState::ALL.iter().all(|word| FindingState::from_code(word.code()) == Some(*word)));
        assert!(FindingDecision::ALL.iter().all(|word| FindingDecision::from_code(word.code()) == Some(*word)));
    }
}
