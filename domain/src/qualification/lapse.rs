//! What still asks for a qualification that is over: nothing follows by itself, and its master is to know (R43, R64, R72).

use std::collections::BTreeSet;

use super::QualificationKind;
use crate::{code::coded, network::Terms};

/// What of an agreement asks for a qualification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AskedBy {
    /// Its type (R56, R64, R72).
    Type,
    /// The stage that its partner has grown into, or one before it (R43).
    Stage,
    /// A duty that is closed to its partner without it, start-up say (R64, R72).
    Duty,
}

coded! {
    AskedBy {
        Type => "type",
        Stage => "stage",
        Duty => "duty",
    }
}

/// What of an agreement with these terms, whose partner is in `stage`, asks for a kind of qualification.
#[must_use]
pub fn asked_by(terms: &Terms, stage: Option<&str>, kind: &QualificationKind) -> BTreeSet<AskedBy> {
    let of_type = kind.requirement.is_some_and(|requirement| terms.requirements.contains(&requirement));
    let reached = stage.and_then(|stage| terms.stages.iter().position(|known| known.code == stage));
    let grown = terms.stages.iter().take(reached.map_or(0, |place| place.saturating_add(1)));
    let of_stage = grown.into_iter().any(|stage| stage.conditions.qualifications.contains(&kind.code));
    let all = [(of_type, AskedBy::Type), (of_stage, AskedBy::Stage), (of_type && !kind.duties.is_empty(), AskedBy::Duty)];
    all.into_iter().filter_map(|(asks, by)| asks.then_some(by)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Duty, Requirement, samples::terms_of_reseller};

    #[test]
    fn r43_r64_a_qualification_is_asked_for_by_the_type_a_duty_and_every_stage_that_was_reached() {
        let mut terms = terms_of_reseller();
        terms.requirements.insert(Requirement::TechnicalQualification);
        terms.stages[2].conditions.qualifications.insert("helpdesk".to_owned());
        let kind = |code: &str, requirement, duties: &[Duty]| QualificationKind {
            code: code.to_owned(),
            requirement,
            duties: duties.iter().copied().collect(),
            valid_months: None,
        };
        let [before, at, after] = [1, 2, 3].map(|place| terms.stages.get(place).map(|stage| stage.code.clone()));
        let helpdesk = kind("helpdesk", None, &[]);
        assert_eq!(asked_by(&terms, None, &helpdesk), BTreeSet::new());
        assert_eq!(asked_by(&terms, before.as_deref(), &helpdesk), BTreeSet::new());
        for stage in [at, after].into_iter().flatten() {
            assert_eq!(asked_by(&terms, Some(&stage), &helpdesk), BTreeSet::from([AskedBy::Stage]), "{stage}");
        }
        let technical = Some(Requirement::TechnicalQualification);
        assert_eq!(asked_by(&terms, None, &kind("start_up", technical, &[])), BTreeSet::from([AskedBy::Type]));
        let closing = kind("start_up", technical, &[Duty::StartUp]);
        assert_eq!(asked_by(&terms, None, &closing), BTreeSet::from([AskedBy::Type, AskedBy::Duty]));
        assert_eq!(asked_by(&terms, None, &kind("support", Some(Requirement::SupportStructure), &[])), BTreeSet::new());
    }
}
