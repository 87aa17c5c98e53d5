use chrono::NaiveDate;

use super::{PromotionState::*, *};
use crate::{
    agreement::{Finding, FindingOutcome, StageHistory, StageRefusal, StageStep, SupervisionRefusal},
    decided::Decided,
    network::{ChecklistItem, Side, StageConditions, Terms, samples::terms_of_reseller},
};

fn date(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

/// A reseller whose third stage asks for something of each kind.
fn terms() -> Terms {
    let mut terms = terms_of_reseller();
    let item = |code: &str, mandatory| ChecklistItem { code: code.into(), mandatory };
    terms.stages[2].conditions = StageConditions {
        qualifications: ["helpdesk_experience".to_owned()].into(),
        own_sales: 3,
        active_customers: 2,
        months_in_stage: 6,
        checklist: vec![item("desk", true), item("hours", false)],
    };
    terms
}

fn step(stage: &str, month: u32, day: u32) -> StageStep {
    StageStep { from: date(month, day), stage: stage.into() }
}

fn record() -> GrowthRecord {
    GrowthRecord {
        qualifications: ["helpdesk_experience".to_owned()].into(),
        own_sales: 3,
        active_customers: 2,
        months_in_stage: 6,
    }
}

fn findings(desk: FindingOutcome, hours: FindingOutcome) -> Vec<Finding> {
    [("desk", desk), ("hours", hours)].map(|(item, outcome)| Finding { item_code: item.into(), outcome, note: None }).to_vec()
}

use FindingOutcome::{Met, NotMet};

/// Decides on 10 July about an agreement that has its second stage since 10 January.
fn decide(step: &StageStep, record: &GrowthRecord, findings: &[Finding]) -> Result<Vec<CheckedCondition>, Vec<GrowthRefusal>> {
    let history = StageHistory::from_steps(vec![self::step("start", 1, 1), self::step("services", 1, 10)]).unwrap();
    let terms = terms();
    let growth = Growth { terms: &terms, history: &history, start: date(1, 1), in_force: true, today: date(7, 10) };
    approve(&growth, &Decision { step, record, findings })
}

fn codes(refusals: &[GrowthRefusal]) -> Vec<&'static str> {
    refusals.iter().map(GrowthRefusal::code).collect()
}

#[test]
fn r43_each_condition_is_met_at_its_number_and_not_below_it() {
    let answers = findings(Met, NotMet);
    let met = decide(&step("helpdesk", 7, 10), &record(), &answers).unwrap();
    assert!(met.iter().all(CheckedCondition::is_met) && met.len() == 5, "{met:?}");
    let unmet = |record: GrowthRecord, findings: &[Finding]| {
        let refusals = decide(&step("helpdesk", 7, 10), &record, findings).unwrap_err();
        let [GrowthRefusal::ConditionNotMet(condition)] = refusals.as_slice() else { panic!("{refusals:?}") };
        (condition.kind, condition.required, condition.actual)
    };
    assert_eq!(unmet(GrowthRecord { own_sales: 2, ..record() }, &answers), (ConditionKind::OwnSales, 3, 2));
    assert_eq!(unmet(GrowthRecord { active_customers: 1, ..record() }, &answers), (ConditionKind::ActiveCustomers, 2, 1));
    assert_eq!(unmet(GrowthRecord { months_in_stage: 5, ..record() }, &answers), (ConditionKind::MonthsInStage, 6, 5));
    let unqualified = GrowthRecord { qualifications: ["technical".to_owned()].into(), ..record() };
    assert_eq!(unmet(unqualified, &answers), (ConditionKind::Qualification, 1, 0));
    assert_eq!(unmet(record(), &findings(NotMet, Met)), (ConditionKind::Checklist, 1, 0));
    let more = GrowthRecord { own_sales: 4, active_customers: 9, months_in_stage: 7, ..record() };
    assert!(decide(&step("helpdesk", 7, 10), &more, &answers).is_ok());
}

#[test]
fn everything_that_is_missing_is_told_at_once() {
    let refusals = decide(&step("helpdesk", 7, 9), &GrowthRecord::default(), &findings(NotMet, Met)[..1]).unwrap_err();
    let expected = [
        "stage_before_today",
        "item_unanswered",
        "stage_condition_not_met",
        "stage_condition_not_met",
        "stage_condition_not_met",
        "stage_condition_not_met",
        "stage_condition_not_met",
    ];
    assert_eq!(codes(&refusals), expected);
}

#[test]
fn r28_the_checklist_is_answered_item_by_item_and_a_second_answer_hides_no_first() {
    let unanswered = decide(&step("helpdesk", 7, 10), &record(), &findings(Met, Met)[..1]).unwrap_err();
    let hours = SupervisionRefusal::ItemUnanswered { item_code: "hours".into() };
    assert_eq!(unanswered, [GrowthRefusal::Checklist(hours)]);
    let mut twice = findings(NotMet, Met);
    twice.extend(findings(Met, Met).into_iter().take(1));
    assert_eq!(
        codes(&decide(&step("helpdesk", 7, 10), &record(), &twice).unwrap_err()),
        ["item_answered_twice", "stage_condition_not_met"]
    );
}

#[test]
fn r39_a_stage_begins_on_the_day_of_the_decision_or_later() {
    let answers = findings(Met, Met);
    let before = decide(&step("helpdesk", 7, 9), &record(), &answers);
    assert_eq!(before, Err(vec![GrowthRefusal::Stage(StageRefusal::BeforeToday { today: date(7, 10) })]));
    assert!(decide(&step("helpdesk", 7, 10), &record(), &answers).is_ok());
    assert!(decide(&step("helpdesk", 7, 11), &record(), &answers).is_ok());
}

#[test]
fn r39_growth_goes_from_each_stage_to_the_next() {
    let terms = terms();
    let propose_from = |stages: &[&str], stage: &str| {
        let steps = stages.iter().zip(1..).map(|(stage, day)| step(stage, 1, day)).collect();
        let history = StageHistory::from_steps(steps).unwrap();
        let growth = Growth { terms: &terms, history: &history, start: date(1, 1), in_force: true, today: date(7, 10) };
        propose(&growth, &step(stage, 7, 10), &record()).map(|conditions| conditions.len())
    };
    let not_next = |next: Option<&str>| GrowthRefusal::NotNextStage { next: next.map(str::to_owned) };
    assert_eq!(propose_from(&["start"], "services"), Ok(0));
    assert_eq!(propose_from(&["services"], "helpdesk"), Ok(5));
    assert_eq!(propose_from(&["start"], "helpdesk"), Err(vec![not_next(Some("services"))]));
    assert_eq!(propose_from(&["start", "services"], "start"), Err(vec![not_next(Some("helpdesk"))]));
    assert_eq!(propose_from(&["network"], "helpdesk"), Err(vec![not_next(None)]));
    assert_eq!(propose_from(&[], "start"), Err(vec![GrowthRefusal::NoStageYet]));
    assert_eq!(propose_from(&["start", "helpdesk", "services"], "helpdesk"), Ok(5), "after a demotion the way leads up again");
    assert_eq!(codes(&propose_from(&["start"], "moon").unwrap_err()), ["unknown_stage"]);
}

#[test]
fn r7_an_agreement_without_effects_does_not_grow() {
    let (terms, history) = (terms(), StageHistory::from_steps(vec![step("start", 1, 1)]).unwrap());
    let growth = Growth { terms: &terms, history: &history, start: date(1, 1), in_force: false, today: date(7, 10) };
    assert_eq!(propose(&growth, &step("services", 7, 10), &record()), Err(vec![GrowthRefusal::NotInForce]));
}

#[test]
fn a_month_is_over_on_its_day_and_on_the_last_of_a_month_that_has_no_such_day() {
    let day = |text: &str| text.parse().unwrap();
    for (from, to, months) in [
        ("2026-01-10", "2026-01-09", 0),
        ("2026-01-10", "2026-02-09", 0),
        ("2026-01-10", "2026-02-10", 1),
        ("2026-01-10", "2026-07-09", 5),
        ("2026-01-10", "2026-07-10", 6),
        ("2026-01-10", "2026-07-11", 6),
        ("2025-12-31", "2026-02-27", 1),
        ("2025-12-31", "2026-02-28", 2),
        ("2024-02-29", "2025-02-28", 12),
        ("2027-01-01", "2026-01-01", 0),
    ] {
        assert_eq!(full_months(day(from), day(to)), months, "{from} to {to}");
    }
}

#[test]
fn a_promotion_ends_once_and_is_taken_back_by_the_side_that_proposed_it() {
    for (state, refused, withdrawn) in [
        (Proposed, Ok(Decided::Changed(Refused)), Ok(Decided::Changed(Withdrawn))),
        (Refused, Ok(Decided::Unchanged), Err(WrongPromotionState { state: Refused })),
        (Withdrawn, Err(WrongPromotionState { state: Withdrawn }), Ok(Decided::Unchanged)),
        (Approved, Err(WrongPromotionState { state: Approved }), Err(WrongPromotionState { state: Approved })),
    ] {
        assert_eq!((refuse(state), withdraw(state)), (refused, withdrawn), "{state:?}");
    }
    for (by, may) in [(Side::Partner, true), (Side::Master, false)] {
        assert_eq!(may_withdraw(Side::Partner, by).is_ok(), may);
    }
}

#[test]
fn every_code_leads_back_to_its_value() {
    assert!(PromotionState::ALL.iter().all(|word| PromotionState::from_code(word.code()) == Some(*word)));
    assert!(PromotionAction::ALL.iter().all(|word| PromotionAction::from_code(word.code()) == Some(*word)));
    assert!(ConditionKind::ALL.iter().all(|word| ConditionKind::from_code(word.code()) == Some(*word)));
}

#[test]
fn r39_a_step_down_passes_over_nothing_and_a_jump_the_stages_between_and_what_is_not_there() {
    let terms = terms();
    let passed = |steps: Vec<StageStep>, stage: &str, record: &GrowthRecord| {
        let history = StageHistory::from_steps(steps).unwrap();
        let growth = Growth { terms: &terms, history: &history, start: date(1, 1), in_force: true, today: date(7, 10) };
        passed_over(&growth, &step(stage, 7, 10), record)
    };
    let at = |stage: &str| vec![step(stage, 1, 1)];
    let not_next = |next: &str| GrowthRefusal::NotNextStage { next: Some(next.into()) };
    let none = GrowthRecord::default();
    assert_eq!(passed(at("helpdesk"), "start", &none), vec![]);
    assert_eq!(passed(at("helpdesk"), "helpdesk", &none), vec![]);
    assert_eq!(passed(at("start"), "services", &none), vec![]);
    assert_eq!(passed(vec![], "start", &none), vec![]);
    assert_eq!(passed(vec![], "services", &none), vec![not_next("start")]);
    // The mandatory item of the checklist is answered by a promotion alone.
    let unanswered = "checklist: desk is 0 of 1";
    let said = |refusals: Vec<GrowthRefusal>| -> Vec<String> {
        let said = |refusal: &GrowthRefusal| match refusal {
            GrowthRefusal::ConditionNotMet(CheckedCondition { kind, code, required, actual }) => {
                format!("{}: {} is {actual} of {required}", kind.code(), code.as_deref().unwrap_or("-"))
            }
            other => other.code().to_owned(),
        };
        refusals.iter().map(said).collect()
    };
    assert_eq!(said(passed(at("services"), "helpdesk", &record())), [unanswered]);
    assert_eq!(
        said(passed(at("start"), "helpdesk", &none)),
        [
            "not_the_next_stage",
            "qualification: helpdesk_experience is 0 of 1",
            "own_sales: - is 0 of 3",
            "active_customers: - is 0 of 2",
            "months_in_stage: - is 0 of 6",
            unanswered,
        ]
    );
}
