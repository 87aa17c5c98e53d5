//! What the domain refuses of promotions, as the caller reads it.

use domain::growth::{CheckedCondition, ConditionKind, GrowthRefusal};

use crate::{
    agreement::refusals::{stage_violation, supervision_violation},
    problem::{Problem, Violation},
};

/// Where a request says the stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// It proposes one.
    Stage,
    /// It decides about one that stands in the promotion.
    Decision,
}

/// Every broken rule in one problem.
pub(super) fn problem(refusals: &[GrowthRefusal], asked: Asked, from: chrono::NaiveDate) -> Problem {
    Problem::invalid(violations(refusals, asked, from))
}

/// Every broken rule, as an answer says it.
pub(super) fn violations(refusals: &[GrowthRefusal], asked: Asked, from: chrono::NaiveDate) -> Vec<Violation> {
    refusals.iter().map(|refusal| violation(refusal, asked, from)).collect()
}

fn violation(refusal: &GrowthRefusal, asked: Asked, from: chrono::NaiveDate) -> Violation {
    let stage = if asked == Asked::Stage { "/stage" } else { "" };
    let at = |pointer: &str| Violation::at(pointer, refusal.code()).rule(refusal.rule());
    match refusal {
        GrowthRefusal::NotInForce => at("/from").with("day", from),
        GrowthRefusal::NoStageYet => at(stage),
        GrowthRefusal::NotNextStage { next } => at(stage).with("next", next.as_deref().unwrap_or("-")),
        GrowthRefusal::Stage(refusal) => stage_violation(refusal, stage),
        GrowthRefusal::ConditionNotMet(condition) => unmet(at(""), condition),
        GrowthRefusal::Checklist(refusal) => supervision_violation(refusal),
        GrowthRefusal::ProposedByOther => at(""),
    }
}

/// A condition that is not met, where it is told what is asked for and what is there.
fn unmet(violation: Violation, condition: &CheckedCondition) -> Violation {
    let CheckedCondition { kind, code, required, actual } = condition;
    let what = code.as_ref().map_or_else(|| kind.code().to_owned(), |code| format!("{}: {code}", kind.code()));
    let place = if *kind == ConditionKind::Checklist { "/findings" } else { "" };
    let violation = Violation { place: crate::problem::Place::Body(place.to_owned()), ..violation };
    violation.with("condition", what).with("required", required).with("actual", actual)
}

#[cfg(test)]
mod tests {
    use crate::problem::{LANGUAGES, say};

    #[test]
    fn every_refusal_has_its_text_in_every_language() {
        for code in [
            "no_stage_to_grow_from",
            "not_the_next_stage",
            "stage_condition_not_met",
            "proposed_by_other_side",
            "promotion_waits",
            "stage_needs_reason",
        ] {
            for language in LANGUAGES {
                let key = format!("violation.{code}");
                let text = say(language, &key, &[]);
                assert!(!text.is_empty() && !text.contains(&key), "{code} in {}", language.tag());
            }
        }
    }
}
