use super::{
    samples::{company, date, facts, id},
    supervision::tests::supervision,
    *,
};
use crate::{
    decided::Decided,
    id::MasterId,
    network::{LegalForm, samples::terms_of_reseller},
    partner::PartnerRecord,
};

use AgreementState::{Active, Draft, Expired, Submitted, Suspended, Terminated, UnderSupervision};
use FindingOutcome::{Met, NotMet};
use SupervisionDecision::{Approve, Refuse};

fn to(state: AgreementState) -> Decided<AgreementState> {
    Decided::Changed(state)
}

fn supervised(
    state: AgreementState,
    by: char,
    record: &PartnerRecord,
    given: &Supervision,
    latest: Option<&Supervision>,
) -> Result<Decided<AgreementState>, Vec<AgreementRefusal>> {
    let terms = terms_of_reseller();
    let agreement = SupervisedAgreement { state, master: id('1'), checklist: &terms.checklist, latest };
    supervise(&agreement, id::<crate::id::kind::Master>(by), &facts(&terms, record), given)
}

fn codes(refused: Result<Decided<AgreementState>, Vec<AgreementRefusal>>) -> Vec<&'static str> {
    refused.unwrap_err().iter().map(AgreementRefusal::code).collect()
}

#[test]
fn only_states_that_know_an_action_take_it_and_repeating_it_changes_nothing() {
    let (terms, record) = (terms_of_reseller(), company());
    let facts = facts(&terms, &record);
    let ended = Validity { start: date(1, 1), end: Some(date(2, 1)) };
    let begin = |state| {
        let agreement = SupervisedAgreement { state, master: id('1'), checklist: &terms.checklist, latest: None };
        begin_supervision(&agreement, id('1'))
    };
    type Step<'a> = Box<dyn Fn(AgreementState) -> Result<Decided<AgreementState>, Vec<AgreementRefusal>> + 'a>;
    let table: [(AgreementAction, Step<'_>, &[AgreementState], AgreementState); 6] = [
        (AgreementAction::Submit, Box::new(|state| submit(state, &facts)), &[Draft], Submitted),
        (AgreementAction::BeginSupervision, Box::new(begin), &[Submitted], UnderSupervision),
        (AgreementAction::Suspend, Box::new(suspend), &[Active], Suspended),
        (AgreementAction::Resume, Box::new(|state| resume(state, &facts)), &[Suspended], Active),
        (AgreementAction::Terminate, Box::new(terminate), &[Draft, Submitted, UnderSupervision, Active, Suspended], Terminated),
        (AgreementAction::Expire, Box::new(|state| expire(state, ended, date(2, 2))), &[Active, Suspended], Expired),
    ];
    for (action, step, from, target) in &table {
        for state in AgreementState::ALL {
            let expected = if state == *target {
                Ok(Decided::Unchanged)
            } else if from.contains(&state) {
                Ok(to(*target))
            } else {
                Err(vec![AgreementRefusal::WrongState { action: *action, state }])
            };
            assert_eq!(step(state), expected, "{action:?} from {state:?}");
        }
    }
}

#[test]
fn nothing_becomes_active_without_a_supervision() {
    let approval = supervision(Approve, [Met, Met, Met]);
    for state in AgreementState::ALL {
        let expected = if state == UnderSupervision {
            Ok(to(Active))
        } else {
            Err(vec![AgreementRefusal::WrongState { action: AgreementAction::Approve, state }])
        };
        assert_eq!(supervised(state, '1', &company(), &approval, None), expected, "{state:?}");
    }
}

#[test]
fn a_refused_agreement_goes_back_to_its_draft() {
    let refusal = supervision(Refuse, [NotMet, Met, Met]);
    assert_eq!(supervised(UnderSupervision, '1', &company(), &refusal, None), Ok(to(Draft)));
    let wrong = vec![AgreementRefusal::WrongState { action: AgreementAction::Refuse, state: Active }];
    assert_eq!(supervised(Active, '1', &company(), &refusal, None), Err(wrong));
}

#[test]
fn the_same_supervision_again_changes_nothing_and_another_one_is_too_late() {
    let (approval, refusal) = (supervision(Approve, [Met, Met, Met]), supervision(Refuse, [NotMet, Met, Met]));
    assert_eq!(supervised(Active, '1', &company(), &approval, Some(&approval)), Ok(Decided::Unchanged));
    assert_eq!(supervised(Draft, '1', &company(), &refusal, Some(&refusal)), Ok(Decided::Unchanged));
    let other = supervision(Approve, [Met, Met, NotMet]);
    assert_eq!(codes(supervised(Active, '1', &company(), &other, Some(&approval))), ["wrong_state"]);
    assert_eq!(codes(supervised(Draft, '1', &company(), &refusal, None)), ["wrong_state"]);
}

#[test]
fn only_the_supervising_master_supervises() {
    let terms = terms_of_reseller();
    let stranger: MasterId = id('2');
    let agreement = SupervisedAgreement { state: Submitted, master: id('1'), checklist: &terms.checklist, latest: None };
    assert_eq!(codes(begin_supervision(&agreement, stranger)), ["not_supervising_master"]);
    let late = SupervisedAgreement { state: Draft, ..agreement };
    assert_eq!(codes(begin_supervision(&late, stranger)), ["not_supervising_master", "wrong_state"]);
    let approval = supervision(Approve, [Met, Met, Met]);
    assert_eq!(codes(supervised(UnderSupervision, '2', &company(), &approval, None)), ["not_supervising_master"]);
    assert_eq!(codes(supervised(Active, '2', &company(), &approval, Some(&approval))), ["not_supervising_master"]);
}

#[test]
fn what_breaks_a_rule_is_neither_submitted_nor_approved_nor_resumed() {
    let terms = terms_of_reseller();
    let person = PartnerRecord { legal_form: LegalForm::NaturalPerson, ..company() };
    let facts = facts(&terms, &person);
    assert_eq!(codes(submit(Draft, &facts)), ["legal_form_not_allowed"]);
    assert_eq!(codes(resume(Suspended, &facts)), ["legal_form_not_allowed"]);
    let approval = supervision(Approve, [Met, NotMet, Met]);
    let expected = ["wrong_state", "mandatory_not_met", "legal_form_not_allowed"];
    assert_eq!(codes(supervised(Submitted, '1', &person, &approval, None)), expected);
    // Sending it back is always possible.
    let refusal = supervision(Refuse, [Met, NotMet, Met]);
    assert_eq!(supervised(UnderSupervision, '1', &person, &refusal, None), Ok(to(Draft)));
}

#[test]
fn an_agreement_expires_after_its_last_day() {
    let validity = Validity { start: date(1, 1), end: Some(date(2, 10)) };
    let early = Err(vec![AgreementRefusal::NotEnded { end: Some(date(2, 10)) }]);
    assert_eq!(expire(Active, validity, date(2, 9)), early);
    assert_eq!(expire(Active, validity, date(2, 10)), early);
    assert_eq!(expire(Active, validity, date(2, 11)), Ok(to(Expired)));
    let endless = Validity { end: None, ..validity };
    assert_eq!(expire(Active, endless, date(12, 31)), Err(vec![AgreementRefusal::NotEnded { end: None }]));
}

#[test]
fn every_word_of_an_agreement_is_found_by_its_code() {
    assert!(AgreementState::ALL.into_iter().all(|state| AgreementState::from_code(state.code()) == Some(state)));
    assert!(AgreementKind::ALL.into_iter().all(|kind| AgreementKind::from_code(kind.code()) == Some(kind)));
    assert!(ExclusivityScope::ALL.into_iter().all(|scope| ExclusivityScope::from_code(scope.code()) == Some(scope)));
    assert!(FindingOutcome::ALL.into_iter().all(|outcome| FindingOutcome::from_code(outcome.code()) == Some(outcome)));
    assert!(SupervisionDecision::ALL.into_iter().all(|word| SupervisionDecision::from_code(word.code()) == Some(word)));
}

#[test]
fn only_a_draft_is_changed_and_only_what_has_not_ended_enters_a_stage() {
    for state in AgreementState::ALL {
        let change = may_change(state);
        let stage = may_enter_stage(state);
        let wrong = |action| Err(AgreementRefusal::WrongState { action, state });
        let draft = state == Draft;
        let ended = [Terminated, Expired].contains(&state);
        assert_eq!(change, if draft { Ok(()) } else { wrong(AgreementAction::Change) }, "{state:?}");
        assert_eq!(stage, if ended { wrong(AgreementAction::EnterStage) } else { Ok(()) }, "{state:?}");
    }
}
