//! What the domain refuses, as the caller reads it: each broken rule at the part of the request that it is about.

use std::collections::BTreeSet;

use domain::agreement::{AgreementRefusal, ExclusivityScope, Party, StageRefusal, SupervisionRefusal};
use domain::network::TermsFault;

use crate::{
    network::definition::Fault,
    problem::{Problem, Violation},
};

/// What the request holds: the agreement itself, only an action on it, or the application of who would sign one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The agreement's fields.
    Fields,
    /// An action: there is no field to point at.
    Action,
    /// The applicant's own record.
    Applicant,
}

/// Every refusal in one problem: a conflict where the state is wrong, whatever else is.
pub(super) fn problem(refusals: Vec<AgreementRefusal>, asked: Asked) -> Problem {
    // The master that does not supervise an agreement does not see it either.
    if refusals.contains(&AgreementRefusal::NotSupervisingMaster) {
        return Problem::not_found();
    }
    let state = refusals.iter().find_map(|refusal| match refusal {
        AgreementRefusal::WrongState { action, state } => Some(Problem::state_conflict(action.code(), state.code())),
        _ => None,
    });
    let violations = refusals.iter().filter(|refusal| !matches!(refusal, AgreementRefusal::WrongState { .. }));
    let violations = violations.map(|refusal| violation(refusal, asked)).collect();
    state.unwrap_or_else(|| Problem::invalid(Vec::new())).violations(violations)
}

/// One broken rule. What it is about is never another agreement's id: the caller may not see that one (D22).
pub(crate) fn violation(refusal: &AgreementRefusal, asked: Asked) -> Violation {
    use AgreementRefusal as Of;
    let at = |pointer: &str| {
        let pointer = match (asked, refusal) {
            (Asked::Fields, _) => pointer,
            (Asked::Applicant, Of::LegalFormNotAllowed { .. }) => "/legal_form",
            (Asked::Applicant, Of::PersonalTaxId) => "/tax_id",
            (Asked::Action | Asked::Applicant, _) => "",
        };
        Violation::at(pointer, refusal.code()).rule(refusal.rule().to_owned())
    };
    match refusal {
        Of::LegalFormNotAllowed { form, allowed } => {
            at("/partner_id").with("form", form.code()).with("allowed", listed(allowed.iter().map(|form| form.code())))
        }
        Of::RequirementNotOnRecord { requirement, rule: _ } => at("/partner_id").with("requirement", requirement.code()),
        Of::PersonalTaxId | Of::OtherNetwork { party: Party::Partner } => at("/partner_id"),
        Of::SameParties
        | Of::OtherNetwork { party: Party::Counterparty }
        | Of::MasterNotAllowed
        | Of::PartnerNotAllowed
        | Of::CounterpartyNotNetworkCompany
        | Of::NoSubNetwork
        | Of::ResellerInSubNetwork => at("/counterparty_id"),
        Of::CounterpartyNotQualified { types } => at("/counterparty_id").with("types", listed(types)),
        Of::SecondAgreement { agreement: _ } | Of::PromoterContracts => at("/partnership_type"),
        Of::TerritoryExclusivity => at("/exclusivity/territory"),
        Of::ExclusivityNotAllowed { scope } | Of::ExclusivityNeedsSpecial { scope } => at(scope_pointer(*scope)),
        Of::ExclusivityNotApproved { scope } => at("/exclusivity/approved").with("scope", scope.code()),
        Of::ExclusivityWithoutReason { scope } => at("/exclusivity/reason").with("scope", scope.code()),
        Of::SpecialTermsInStandard => at("/special_terms"),
        Of::ContradictoryTerms { fault } => terms_params(at("/special_terms"), fault),
        Of::EndBeforeStart => at("/ends_on"),
        Of::LanguageNotOffered { language, offered } => {
            at("/language").with("language", language).with("offered", listed(offered))
        }
        Of::TermsNotEffective { from } => at("/starts_on").with("from", from),
        Of::TermsSuperseded { since } => at("/starts_on").with("since", since),
        Of::WrongSupervisingMaster { expected } => at("").with("expected", expected),
        Of::Supervision(refusal) => supervision_violation(refusal),
        Of::NotEnded { end } => at("").with("end", end.map_or_else(|| "-".to_owned(), |end| end.to_string())),
        Of::NotSupervisingMaster | Of::WrongState { .. } => at(""),
    }
}

fn scope_pointer(scope: ExclusivityScope) -> &'static str {
    match scope {
        ExclusivityScope::Territory => "/exclusivity/territory",
        ExclusivityScope::Sector => "/exclusivity/sector",
        ExclusivityScope::Activity => "/exclusivity/activity",
    }
}

fn terms_params(violation: Violation, fault: &TermsFault) -> Violation {
    fault.params().into_iter().fold(violation, |violation, (name, value)| violation.with(name, value))
}

/// What is wrong with a checklist's findings.
pub(crate) fn supervision_violation(refusal: &SupervisionRefusal) -> Violation {
    let (SupervisionRefusal::ItemUnanswered { item_code }
    | SupervisionRefusal::ItemAnsweredTwice { item_code }
    | SupervisionRefusal::UnknownItem { item_code }
    | SupervisionRefusal::MandatoryNotMet { item_code }) = refusal;
    Violation::at("/findings", refusal.code()).rule(refusal.rule()).with("item", item_code)
}

/// Everything that is wrong with a stage to enter.
pub(super) fn stages(refusals: &[StageRefusal]) -> Vec<Violation> {
    refusals.iter().map(|refusal| stage_violation(refusal, "/stage")).collect()
}

/// What is wrong with a stage that stands at a pointer into the request.
pub(crate) fn stage_violation(refusal: &StageRefusal, stage_at: &str) -> Violation {
    let at = |pointer: &str| Violation::at(pointer, refusal.code()).rule(refusal.rule());
    match refusal {
        StageRefusal::UnknownStage { stage, known } => at(stage_at).with("stage", stage).with("known", listed(known)),
        StageRefusal::BeforeToday { today } => at("/from").with("today", today),
        StageRefusal::BeforeStart { start } => at("/from").with("start", start),
        StageRefusal::NotAfterLatest { latest } => at("/from").with("latest", latest),
        StageRefusal::AlreadyReached { since } => at(stage_at).with("since", since),
        StageRefusal::NotAscending { from } => at("").with("from", from),
    }
}

/// What is wrong with special terms, seen from the request (R2, R6).
pub(super) fn special_terms(fault: Fault) -> Violation {
    let Fault { pointer, code, message: _, rule, params } = fault;
    let violation = Violation { params, ..Violation::at(format!("/special_terms{pointer}"), code) };
    violation.rule(rule.unwrap_or("R6"))
}

fn listed<T: AsRef<str>>(words: impl IntoIterator<Item = T>) -> String {
    let words: BTreeSet<String> = words.into_iter().map(|word| word.as_ref().to_owned()).collect();
    words.into_iter().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use crate::problem::{LANGUAGES, say};

    #[test]
    fn every_refusal_has_its_text_in_every_language() {
        let tables = [
            include_str!("../../../domain/src/agreement/refusal.rs"),
            include_str!("../../../domain/src/agreement/stage.rs"),
            include_str!("../../../domain/src/agreement/supervision.rs"),
            include_str!("../../../domain/src/network/fault.rs"),
        ];
        let told = |line: &'static str| Some(line.trim().strip_prefix("Self::")?.split_once("=> \"")?.1.split_once('"')?.0);
        let of_decisions = ["approve", "refuse", "met", "not_met", "not_applicable"];
        let codes: Vec<&str> = tables
            .into_iter()
            .flat_map(str::lines)
            .filter_map(told)
            .filter(|code| code.starts_with(char::is_lowercase) && !of_decisions.contains(code))
            .collect();
        assert!(
            codes.contains(&"no_sub_network") && codes.contains(&"margin_base") && codes.contains(&"unknown_item"),
            "{codes:?}"
        );
        for code in codes {
            for language in LANGUAGES {
                let key = format!("violation.{code}");
                let text = say(language, &key, &[]);
                assert!(!text.is_empty() && !text.contains(&key), "{code} in {}", language.tag());
            }
        }
    }
}
