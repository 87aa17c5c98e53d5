use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::*;
use crate::{
    decided::Decided,
    money::{Currency, Money, Rate},
    network::DisputePolicy,
};

use DisputeEffect::{ReattributeCommissions, ReleaseProtection, TransferProtection};
use DisputeGrounds::{BadFaith, PriorNegotiation};
use DisputeOutcome::{Dismissed, Shared, Upheld};
use DisputeSide::{Challenger, Holder};
use DisputeState::{Appealed, Decided as DecidedOnce, Evidence, Final, Opened, Withdrawn};

const POLICY: DisputePolicy = DisputePolicy { hearing_days: 14, appeal_days: 30 };

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn opening() -> DateTime<Utc> {
    at("2026-01-01T12:00:00Z")
}

/// Heard from 1 January on, the challenger until the 10th, the holder until the 15th.
fn heard() -> Dispute {
    let (challenger, holder) = (at("2026-01-10T12:00:00Z"), at("2026-01-15T12:00:00Z"));
    hear(Dispute::opened(), challenger, holder, opening()).unwrap().changed().unwrap()
}

/// Decided on 15 January, so that it may be appealed until 14 February (16 days of January and 14 of February).
fn decided() -> Dispute {
    decide(heard(), true, at("2026-01-15T12:00:00Z"), POLICY).unwrap()
}

fn before(instant: DateTime<Utc>) -> DateTime<Utc> {
    instant - TimeDelta::microseconds(1)
}

fn rate(text: &str) -> Rate {
    text.parse().unwrap()
}

fn in_state(state: DisputeState) -> Dispute {
    let base = match state {
        Opened | Withdrawn => Dispute::opened(),
        Evidence => heard(),
        DecidedOnce | Appealed | Final => decided(),
    };
    let appealed_by = (state == Appealed).then_some(Holder);
    Dispute { state, appealed_by, ..base }
}

fn codes<T>(refused: Result<T, Vec<DisputeRefusal>>) -> Vec<&'static str> {
    refused.err().unwrap_or_default().into_iter().map(DisputeRefusal::code).collect()
}

#[test]
fn every_word_is_found_by_its_code() {
    assert!(DisputeState::ALL.iter().all(|word| DisputeState::from_code(word.code()) == Some(*word)));
    assert!(DisputeGrounds::ALL.iter().all(|word| DisputeGrounds::from_code(word.code()) == Some(*word)));
    assert!(DisputeOutcome::ALL.iter().all(|word| DisputeOutcome::from_code(word.code()) == Some(*word)));
    assert!(DisputeEffect::ALL.iter().all(|word| DisputeEffect::from_code(word.code()) == Some(*word)));
    assert!(DisputeSide::ALL.iter().all(|word| DisputeSide::from_code(word.code()) == Some(*word)));
    assert!(Keeper::ALL.iter().all(|word| Keeper::from_code(word.code()) == Some(*word)));
    assert!(DisputeAction::ALL.iter().all(|word| DisputeAction::from_code(word.code()) == Some(*word)));
}

#[test]
fn each_action_is_possible_in_its_states_alone() {
    let late = at("2026-03-01T00:00:00Z");
    let table: [(DisputeAction, &[DisputeState]); 6] = [
        (DisputeAction::Hear, &[Opened]),
        (DisputeAction::Speak, &[Evidence]),
        (DisputeAction::Decide, &[Evidence, Appealed]),
        (DisputeAction::Appeal, &[DecidedOnce, Appealed]),
        (DisputeAction::Finalise, &[DecidedOnce, Final]),
        (DisputeAction::Withdraw, &[Opened, Evidence, Withdrawn]),
    ];
    for (action, possible) in table {
        for state in DisputeState::ALL {
            let dispute = in_state(state);
            let refused = match action {
                DisputeAction::Hear => hear(dispute, late + TimeDelta::days(1), late + TimeDelta::days(1), late).map(drop),
                DisputeAction::Speak => speak(dispute, Holder, opening()).map(drop),
                DisputeAction::Decide => decide(dispute, true, late, POLICY).map(drop),
                DisputeAction::Appeal => appeal(dispute, Holder, Upheld, opening()).map(drop),
                DisputeAction::Finalise => finalise(dispute, late).map(drop),
                DisputeAction::Withdraw => withdraw(dispute).map(drop),
            };
            let expected =
                if possible.contains(&state) { Ok(()) } else { Err(vec![DisputeRefusal::WrongState { action, state }]) };
            assert_eq!(refused, expected, "{action:?} {state:?}");
        }
    }
}

#[test]
fn each_side_has_time_to_speak_and_both_short_deadlines_are_told_at_once() {
    let now = opening();
    let later = now + TimeDelta::microseconds(1);
    assert_eq!(codes(hear(Dispute::opened(), now, now, now)), ["deadline_past", "deadline_past"]);
    let refused = hear(Dispute::opened(), later, now, now);
    assert_eq!(refused, Err(vec![DisputeRefusal::DeadlinePast { side: Holder }]));
    assert_eq!(hear(Dispute::opened(), later, later, now).unwrap().changed().unwrap().state, Evidence);
}

#[test]
fn a_hearing_that_is_started_again_with_the_same_deadlines_stays_as_it_is() {
    let Some(hearing) = heard().hearing else { panic!("a hearing") };
    let again = |challenger, holder| hear(heard(), challenger, holder, opening());
    assert_eq!(again(hearing.challenger_until, hearing.holder_until), Ok(Decided::Unchanged));
    assert_eq!(codes(again(hearing.challenger_until, hearing.challenger_until)), ["wrong_state"]);
}

#[test]
fn a_side_speaks_before_its_own_deadline_and_not_from_it_on() {
    for (side, until) in [(Challenger, at("2026-01-10T12:00:00Z")), (Holder, at("2026-01-15T12:00:00Z"))] {
        let spoken = speak(heard(), side, before(until)).unwrap();
        assert_eq!(spoken.hearing.unwrap().holder_heard, side == Holder);
        for late in [until, until + TimeDelta::microseconds(1)] {
            assert_eq!(speak(heard(), side, late), Err(vec![DisputeRefusal::HearingOver { until }]));
        }
    }
}

#[test]
fn it_is_decided_once_the_holder_was_heard_or_its_deadline_has_passed_and_not_before() {
    let until = at("2026-01-15T12:00:00Z");
    assert_eq!(decide(heard(), true, before(until), POLICY), Err(vec![DisputeRefusal::NotHeard { until }]));
    for now in [until, until + TimeDelta::microseconds(1)] {
        assert_eq!(decide(heard(), true, now, POLICY).unwrap().state, DecidedOnce);
    }
    let challenger_spoke = speak(heard(), Challenger, opening()).unwrap();
    assert_eq!(codes(decide(challenger_spoke, true, opening(), POLICY)), ["holder_not_heard"]);
    let holder_spoke = speak(heard(), Holder, opening()).unwrap();
    assert_eq!(decide(holder_spoke, true, opening(), POLICY).unwrap().state, DecidedOnce);
}

#[test]
fn where_no_other_master_is_the_first_decision_is_final_and_so_is_that_on_an_appeal() {
    let alone = decide(heard(), false, at("2026-01-15T12:00:00Z"), POLICY).unwrap();
    assert_eq!((alone.state, alone.appealable_until), (Final, None));
    assert_eq!(decide(in_state(Appealed), true, opening(), POLICY).unwrap().state, Final);
}

#[test]
fn an_appeal_comes_before_its_last_instant_and_finality_from_it_on() {
    let until = at("2026-02-14T12:00:00Z");
    assert_eq!(decided().appealable_until, Some(until));
    assert_eq!(appeal(decided(), Holder, Upheld, before(until)).unwrap().changed().unwrap().state, Appealed);
    assert_eq!(finalise(decided(), before(until)), Err(vec![DisputeRefusal::StillAppealable { until }]));
    for now in [until, until + TimeDelta::microseconds(1)] {
        assert_eq!(appeal(decided(), Holder, Upheld, now), Err(vec![DisputeRefusal::AppealTooLate { until }]));
        assert_eq!(finalise(decided(), now).unwrap().changed().unwrap().state, Final);
    }
    assert_eq!(codes(appeal(decided(), Challenger, Upheld, until)), ["appeal_too_late", "nothing_lost"]);
}

#[test]
fn only_a_side_that_lost_something_appeals_and_only_once() {
    for (outcome, challenger, holder) in [(Upheld, false, true), (Dismissed, true, false), (Shared, true, true)] {
        for (side, may) in [(Challenger, challenger), (Holder, holder)] {
            let expected: &[&str] = if may { &[] } else { &["nothing_lost"] };
            assert_eq!(codes(appeal(decided(), side, outcome, opening())), expected, "{outcome:?} {side:?}");
        }
    }
    assert_eq!(appeal(in_state(Appealed), Holder, Shared, opening()), Ok(Decided::Unchanged));
    assert_eq!(codes(appeal(in_state(Appealed), Challenger, Shared, opening())), ["wrong_state"]);
}

fn ruled(outcome: DisputeOutcome, shares: Option<(&str, &str)>, effects: &[DisputeEffect]) -> Result<Ruling, Vec<&'static str>> {
    let shares = shares.map(|(challenger, holder)| (rate(challenger), rate(holder)));
    let ruling = rule(Asked { outcome, shares, effects }, BadFaith, false);
    ruling.map_err(|refusals| refusals.into_iter().map(RulingRefusal::code).collect())
}

#[test]
fn effects_say_whose_the_protection_and_the_commissions_are() {
    let said = |outcome, shares, effects: &[_]| {
        let ruling = ruled(outcome, shares, effects).unwrap();
        (ruling.protection, ruling.holder_share.to_string())
    };
    assert_eq!(said(Dismissed, None, &[]), (Keeper::Holder, "1".to_owned()));
    assert_eq!(said(Upheld, None, &[]), (Keeper::Holder, "1".to_owned()));
    assert_eq!(said(Upheld, None, &[ReleaseProtection]), (Keeper::Nobody, "1".to_owned()));
    assert_eq!(said(Upheld, None, &[TransferProtection, ReattributeCommissions]), (Keeper::Challenger, "0".to_owned()));
    assert_eq!(said(Shared, Some(("0.4", "0.6")), &[ReattributeCommissions]), (Keeper::Holder, "0.6".to_owned()));
}

#[test]
fn a_decision_that_contradicts_itself_is_refused_with_everything_that_is_wrong() {
    assert_eq!(ruled(Shared, None, &[]), Err(vec!["shares_missing", "shares_without_effect"]));
    assert_eq!(ruled(Upheld, Some(("0.4", "0.6")), &[]), Err(vec!["shares_not_asked"]));
    assert_eq!(
        ruled(Dismissed, None, &[ReleaseProtection, TransferProtection]),
        Err(vec!["effect_of_dismissal", "release_and_transfer"])
    );
    for (challenger, holder) in [("0.4", "0.599999"), ("0.4", "0.600001"), ("0.9", "0.9")] {
        assert_eq!(ruled(Shared, Some((challenger, holder)), &[ReattributeCommissions]), Err(vec!["shares_not_whole"]));
    }
    for shares in [("0", "1"), ("1", "0")] {
        assert_eq!(ruled(Shared, Some(shares), &[ReattributeCommissions]), Err(vec!["share_of_nothing"]));
    }
}

#[test]
fn d18_prior_negotiation_is_found_on_earlier_evidence_alone() {
    for (outcome, shares, effects) in
        [(Upheld, None, &[][..]), (Shared, Some((rate("0.5"), rate("0.5"))), &[ReattributeCommissions]), (Dismissed, None, &[])]
    {
        let asked = Asked { outcome, shares, effects };
        let expected: &[RulingRefusal] = if outcome == Dismissed { &[] } else { &[RulingRefusal::NoEarlierEvidence] };
        assert_eq!(rule(asked, PriorNegotiation, false).err().unwrap_or_default(), expected, "{outcome:?}");
        assert!(rule(asked, PriorNegotiation, true).is_ok());
        assert!(rule(asked, BadFaith, false).is_ok());
    }
    assert_eq!(RulingRefusal::NoEarlierEvidence.rule(), "D18");
}

#[test]
fn the_unit_left_over_goes_to_the_larger_remainder_and_to_the_holder_where_both_are_the_same() {
    let parts = |whole: i64, holder: &str| {
        let division = divide(Money::from_minor(whole, Currency::EUR), rate(holder)).unwrap();
        (division.holder.minor(), division.challenger.minor())
    };
    assert_eq!(parts(18_000, "0.6"), (10_800, 7_200));
    // 0.6 × 101 = 60.6 and 0.4 × 101 = 40.4: the cent left over is the holder's.
    assert_eq!(parts(101, "0.6"), (61, 40));
    // 0.4 × 101 = 40.4 and 0.6 × 101 = 60.6: it is the challenger's.
    assert_eq!(parts(101, "0.4"), (40, 61));
    assert_eq!(parts(101, "0.5"), (51, 50));
    assert_eq!(parts(1, "0.333333"), (0, 1));
    assert_eq!((parts(777, "0"), parts(777, "1")), ((0, 777), (777, 0)));
}

proptest! {
    #[test]
    fn the_parts_add_up_to_the_whole_and_neither_is_a_unit_off(whole in 0..=i64::MAX, ppm in 0..=1_000_000u32) {
        let money = Money::from_minor(whole, Currency::BHD);
        let Division { holder, challenger } = divide(money, Rate::from_ppm(ppm).unwrap()).unwrap();
        prop_assert_eq!(holder.checked_add(challenger), Some(money));
        for (part, share) in [(holder, ppm), (challenger, 1_000_000 - ppm)] {
            let off = i128::from(part.minor()) * 1_000_000 - i128::from(whole) * i128::from(share);
            prop_assert!(off.abs() <= 500_000, "{} of {}", part.minor(), whole);
        }
    }

    #[test]
    fn neither_part_falls_while_the_whole_grows(whole in 0..1_000_000_000i64, more in 0..1_000i64, ppm in 0..=1_000_000u32) {
        let divided = |minor| divide(Money::from_minor(minor, Currency::EUR), Rate::from_ppm(ppm).unwrap()).unwrap();
        let (first, then) = (divided(whole), divided(whole + more));
        prop_assert!(first.holder.minor() <= then.holder.minor() && first.challenger.minor() <= then.challenger.minor());
    }
}
