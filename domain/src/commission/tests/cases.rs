//! The worked cases of the requirements (§8), and the boundaries of each rule.

use super::*;
use crate::{
    commission::{FactsFault, NotAppliedReason, OutcomeReason, Performed, margin_rate, outcome, settle},
    id::EntryId,
    ledger::{EntryKind, Movement, OpenAccrual, Posted, post},
    network::Per,
};

#[test]
fn a_referrer_earns_15_percent_of_each_first_annuity_and_nothing_on_renewals() {
    assert_eq!(due(&sale(1, 1), &referrer()), "180.00");
    assert_eq!(due(&sale(2, 1), &referrer()), "180.00");
    assert_eq!(due(&sale(1, 2), &referrer()), "one_time_first_annuity");
    assert_eq!(due(&sale(2, 2), &referrer()), "one_time_first_annuity");
}

#[test]
fn an_affiliated_integrator_earns_70_percent_from_its_2nd_sale() {
    assert_eq!(due(&sale(1, 1), &affiliated_integrator()), "below_first_paid_sale");
    assert_eq!(due(&sale(2, 1), &affiliated_integrator()), "840.00");
    assert_eq!(due(&sale(3, 1), &affiliated_integrator()), "840.00");
    assert_eq!(due(&sale(2, 2), &affiliated_integrator()), "one_time_first_annuity");
}

#[test]
fn an_independent_integrator_earns_50_percent_from_its_2nd_sale() {
    assert_eq!(due(&sale(1, 1), &independent_integrator()), "below_first_paid_sale");
    assert_eq!(due(&sale(2, 1), &independent_integrator()), "600.00");
}

#[test]
fn an_affiliate_owes_the_master_half_the_list_price_each_year() {
    for of_year in 1..=3 {
        let entitlement = only(evaluated(&sale(1, of_year), &affiliate()));
        assert_eq!((entitlement.kind, entitlement.amount), (EntryKind::BuyPrice, eur("600.00")), "year {of_year}");
    }
}

#[test]
fn a_buy_price_is_taken_of_the_list_price_whatever_the_customer_pays() {
    let discounted = |net: &str| vec![AnnuityLine { net: eur(net), ..line(ItemKind::NetworkModule, "1200.00") }];
    assert_eq!(due(&year(1, 1, discounted("900.00")), &affiliate()), "600.00");
    assert_eq!(due(&year(1, 1, discounted("0.00")), &affiliate()), "600.00");
}

#[test]
fn twelve_instalments_of_99_99_make_a_commission_of_179_98_in_all() {
    let lines = vec![line(ItemKind::NetworkModule, "1199.88")];
    let entry: EntryId = "entry_01h2xcejqtf2nbrexx3vqjhp41".parse().unwrap();
    let mut posted = eur("0.00");
    let mut collected = eur("0.00");
    for _ in 0..12 {
        collected = collected.checked_add(eur("99.99")).unwrap();
        let entitlement = only(evaluated(&SaleFacts { collected, ..year(1, 1, lines.clone()) }, &referrer()));
        let before = Posted {
            total: posted,
            adjusted: eur("0.00"),
            open: vec![OpenAccrual { entry, left: posted, payable_on: chrono::NaiveDate::default(), paid: false }],
        };
        let movement = post(entitlement.amount, Some(&before)).unwrap();
        let [Movement::Accrual { amount }] = movement[..] else { panic!("each instalment earns: {movement:?}") };
        posted = posted.checked_add(amount).unwrap();
    }
    assert_eq!(posted, eur("179.98"));
}

#[test]
fn cancelling_sale_1_leaves_sale_2_its_840() {
    let nothing = eur("0.00");
    let cancelled = SaleFacts { invoiced: nothing, collected: nothing, ..sale(1, 1) };
    assert_eq!(due(&cancelled, &affiliated_integrator()), "below_first_paid_sale");
    assert_eq!(due(&sale(2, 1), &affiliated_integrator()), "840.00");
}

#[test]
fn a_full_refund_leaves_nothing_due_to_date() {
    let refunded = evaluated(&SaleFacts { collected: eur("0.00"), ..sale(1, 1) }, &referrer());
    let due: Vec<_> = refunded.due().collect();
    assert_eq!(due, [("first_annuity", EntryKind::Commission, eur("0.00"))]);
}

#[test]
fn a_partial_refund_takes_back_its_part() {
    assert_eq!(due(&SaleFacts { collected: eur("900.00"), ..sale(1, 1) }, &referrer()), "135.00");
}

#[test]
fn a_reseller_passes_the_share_of_network_lines_and_keeps_all_of_its_own() {
    let entitlement = only(evaluated(&reseller_year(), &reseller()));
    assert_eq!((entitlement.kind, entitlement.amount), (EntryKind::Share, eur("700.00")));
    assert_eq!(entitlement.margin_kept, Some(eur("300.00")));

    let settlement = settle(&reseller_year(), &reseller(), eur("0.00")).unwrap().unwrap();
    assert_eq!(settlement.customer_total, eur("1520.00"));
    assert_eq!(settlement.share_due, eur("700.00"));
    assert_eq!(settlement.margin_kept, eur("300.00"));
    assert_eq!(settlement.own_lines, eur("520.00"));
    assert_eq!(settlement.kept, eur("820.00"));
    assert_eq!((settlement.uplift_amount, settlement.offset_ratio), (eur("0.00"), None));
}

#[test]
fn a_sub_network_raises_the_margin_to_offset_part_of_its_promoters_commissions() {
    let facts = SaleFacts { uplift_applies: true, ..reseller_year() };
    let commission = only(evaluated(&facts, &promoter()));
    assert_eq!((commission.kind, commission.amount), (EntryKind::Commission, eur("100.00")));

    let settlement = settle(&facts, &reseller(), commission.amount).unwrap().unwrap();
    assert_eq!(settlement.customer_total, eur("1520.00"));
    assert_eq!(settlement.share_due, eur("650.00"));
    assert_eq!(settlement.margin_kept, eur("350.00"));
    assert_eq!(settlement.kept, eur("870.00"));
    assert_eq!(settlement.promoter_commissions, eur("100.00"));
    assert_eq!(settlement.uplift_amount, eur("50.00"));
    assert_eq!(settlement.offset_ratio.unwrap().to_string(), "0.5");
}

#[test]
fn an_offset_may_be_more_than_the_promoters_cost_and_has_six_digits() {
    let facts = SaleFacts { uplift_applies: true, ..reseller_year() };
    let ratio = |commissions| settle(&facts, &reseller(), eur(commissions)).unwrap().unwrap().offset_ratio.unwrap().to_string();
    assert_eq!(ratio("25.00"), "2");
    assert_eq!(ratio("75.00"), "0.666667");
}

#[test]
fn a_settlement_is_of_the_whole_year_whatever_was_collected() {
    let facts = SaleFacts { collected: eur("1.00"), invoiced: eur("0.00"), ..reseller_year() };
    assert_eq!(settle(&facts, &reseller(), eur("0.00")), settle(&reseller_year(), &reseller(), eur("0.00")));
}

#[test]
fn complementary_lines_stay_with_the_seller() {
    let mut facts = reseller_year();
    facts.lines.push(line(ItemKind::Complementary, "80.00"));
    let settlement = settle(&facts, &reseller(), eur("0.00")).unwrap().unwrap();
    assert_eq!((settlement.customer_total, settlement.other_lines), (eur("1600.00"), eur("80.00")));
    assert_eq!((settlement.share_due, settlement.kept), (eur("700.00"), eur("900.00")));
}

#[test]
fn an_affiliate_settles_its_buy_price_and_keeps_the_rest() {
    let settlement = settle(&sale(1, 1), &affiliate(), eur("0.00")).unwrap().unwrap();
    assert_eq!((settlement.share_due, settlement.margin_kept), (eur("600.00"), eur("600.00")));
}

#[test]
fn a_partner_that_contracts_no_customer_settles_nothing() {
    assert_eq!(settle(&sale(1, 1), &referrer(), eur("0.00")), Ok(None));
}

#[test]
fn a_share_takes_in_network_lines_that_the_margin_does_not_count() {
    let mut terms = reseller();
    terms.rules[0].lines = BTreeSet::from([ItemKind::NetworkModule]);
    let lines = vec![line(ItemKind::NetworkModule, "1000.00"), line(ItemKind::NetworkService, "200.00")];
    let facts = SaleFacts { stage: Some(stage_3()), ..year(1, 1, lines) };
    assert_eq!(due(&facts, &terms), "900.00");
    assert_eq!(due(&SaleFacts { collected: eur("600.00"), ..facts }, &terms), "450.00");
}

#[test]
fn a_rule_that_counts_the_sellers_margin_takes_its_rate_of_that() {
    let mut terms = promoter();
    terms.rules[0].base = Base::Margin;
    let facts = reseller_year();
    let seller_margin = margin_rate(&reseller(), facts.stage.as_ref(), false);
    assert_eq!(seller_margin, Some(rate("0.3")));
    assert_eq!(due(&SaleFacts { seller_margin, ..facts.clone() }, &terms), "30.00");
    assert_eq!(due(&SaleFacts { seller_margin, collected: eur("760.00"), ..facts.clone() }, &terms), "15.00");
    assert_eq!(due(&facts, &terms), "seller_has_no_margin");

    terms.rules[0].lines.insert(ItemKind::PartnerOwn);
    assert_eq!(due(&SaleFacts { seller_margin, ..facts }, &terms), "30.00", "own lines have no trading margin");
}

#[test]
fn the_margin_rate_is_the_stages_and_the_uplift_comes_on_top() {
    let stage = stage_3();
    assert_eq!(margin_rate(&reseller(), Some(&stage), true), Some(rate("0.35")));
    assert_eq!(margin_rate(&reseller(), None, false), None);
    assert_eq!(margin_rate(&referrer(), Some(&stage), false), None);
}

#[test]
fn one_off_lines_count_for_net_and_not_for_annuities() {
    let one_off = AnnuityLine { recurring: false, ..line(ItemKind::NetworkService, "300.00") };
    let facts = year(1, 1, vec![line(ItemKind::NetworkModule, "1200.00"), one_off.clone()]);
    for (base, expected) in
        [(Base::FirstAnnuity, "120.00"), (Base::Annuity, "120.00"), (Base::Net, "150.00"), (Base::List, "150.00")]
    {
        let terms = terms(vec![rule("part", RuleKind::Commission, base, "0.1")]);
        assert_eq!(due(&facts, &terms), expected, "{base:?}");
    }
    let only_once = year(1, 1, vec![one_off]);
    assert_eq!(due(&only_once, &referrer()), "no_matching_lines");
}

#[test]
fn a_rule_waits_for_its_own_trigger() {
    let half = SaleFacts { invoiced: eur("600.00"), collected: eur("0.00"), ..sale(1, 1) };
    for (trigger, expected) in
        [(Trigger::Contracted, "180.00"), (Trigger::Invoiced, "90.00"), (Trigger::Collected, "nothing_triggered_yet")]
    {
        let mut terms = referrer();
        terms.rules[0].trigger = trigger;
        assert_eq!(due(&half, &terms), expected, "{trigger:?}");
    }
    assert_eq!(due(&SaleFacts { collected: eur("0.01"), ..sale(1, 1) }, &referrer()), "0.00");
}

#[test]
fn an_annuity_without_lines_or_without_prices_earns_nothing_and_divides_by_nothing() {
    for lines in [vec![], vec![line(ItemKind::NetworkModule, "0.00")], vec![line(ItemKind::PartnerOwn, "50.00")]] {
        let facts = SaleFacts { stage: Some(stage_3()), ..year(1, 1, lines) };
        for terms in [referrer(), affiliate(), reseller()] {
            assert_eq!(due(&facts, &terms), "no_matching_lines", "{facts:?}");
        }
    }
}

#[test]
fn the_reason_for_earning_nothing_is_stated() {
    let said = |facts: &SaleFacts, terms: &Terms| outcome(&evaluated(facts, terms));
    assert_eq!(said(&sale(1, 1), &referrer()), None);
    assert_eq!(said(&sale(1, 1), &affiliated_integrator()), Some(OutcomeReason::BelowFirstPaidSale));
    assert_eq!(said(&sale(2, 2), &affiliated_integrator()), Some(OutcomeReason::OneTimeFirstAnnuity));
    assert_eq!(said(&sale(1, 1), &terms(vec![])), Some(OutcomeReason::TypeDoesNotEarn));
    assert_eq!(said(&year(1, 1, vec![line(ItemKind::Complementary, "9.00")]), &referrer()), Some(OutcomeReason::TypeDoesNotEarn));
    let unpaid = SaleFacts { collected: eur("0.00"), ..sale(1, 1) };
    assert_eq!(said(&unpaid, &referrer()), Some(OutcomeReason::Held));
    let first_cent = SaleFacts { collected: eur("0.01"), ..sale(1, 1) };
    assert_eq!(said(&first_cent, &referrer()), Some(OutcomeReason::Held), "15 % of a cent is not a cent yet");
    let one_cent = year(1, 1, vec![line(ItemKind::NetworkModule, "0.01")]);
    assert_eq!(said(&one_cent, &referrer()), Some(OutcomeReason::RoundsToNothing), "and here it never will be");
    assert_eq!(said(&sale(1, 1), &first_annuity("0", 1)), Some(OutcomeReason::TypeDoesNotEarn), "nothing of it is no rounding");
    let given_away = year(1, 1, vec![line(ItemKind::NetworkModule, "0.00")]);
    assert_eq!(said(&given_away, &referrer()), Some(OutcomeReason::TypeDoesNotEarn), "a part of nothing is nothing");
    let mut in_yen = referrer();
    in_yen.rules[0].rate = RuleRate::Amount { amount: Money::from_minor(5_000, Currency::JPY), per: Per::Sale };
    assert_eq!(said(&sale(1, 1), &in_yen), Some(OutcomeReason::OtherCurrency));
    let mut all_margin = reseller();
    all_margin.rules[0].rate = RuleRate::Fixed(Rate::ONE);
    assert_eq!(said(&reseller_year(), &all_margin), None, "the margin is kept, though no share is due");
}

#[test]
fn a_fixed_amount_is_owed_for_a_sale_of_nothing_at_once() {
    // Nothing of nothing is left to invoice or to collect, so that there is nothing to wait for.
    for trigger in [Trigger::Contracted, Trigger::Invoiced, Trigger::Collected] {
        let mut fixed = referrer();
        fixed.rules[0].trigger = trigger;
        fixed.rules[0].rate = RuleRate::Amount { amount: eur("50.00"), per: Per::Sale };
        let free = year(1, 1, vec![line(ItemKind::NetworkModule, "0.00")]);
        assert_eq!(due(&free, &fixed), "50.00", "{trigger:?}");
        assert_eq!(due(&year(1, 1, vec![line(ItemKind::Complementary, "0.00")]), &fixed), "no_matching_lines");
        assert_eq!(due(&year(1, 1, vec![protected(line(ItemKind::NetworkModule, "0.00"))]), &fixed), "protected_by_other");
        assert_eq!(due(&free, &referrer()), "no_matching_lines", "a rate is taken of prices");
    }
}

#[test]
fn of_several_reasons_the_hopeful_one_is_stated() {
    let mut both = affiliated_integrator();
    both.rules.push(Rule { code: "every_year".into(), ..promoter().rules[0].clone() });
    let unpaid = SaleFacts { collected: eur("0.00"), ..sale(1, 1) };
    assert_eq!(outcome(&evaluated(&unpaid, &both)), Some(OutcomeReason::Held));
    assert_eq!(outcome(&evaluated(&sale(1, 1), &both)), None);
}

#[test]
fn every_code_leads_back_to_its_value() {
    assert!(OutcomeReason::ALL.iter().all(|reason| OutcomeReason::from_code(reason.code()) == Some(*reason)));
    assert!(NotAppliedReason::ALL.iter().all(|reason| NotAppliedReason::from_code(reason.code()) == Some(*reason)));
    assert_eq!(OutcomeReason::ALL.len(), 17);
    assert_eq!(OutcomeReason::from_code("because"), None);
}

#[test]
fn d20_a_year_that_costs_nothing_is_reached_when_it_begins_and_by_its_days_where_it_is_cut_short() {
    let free = AnnuityLine { net: eur("0.00"), ..line(ItemKind::NetworkModule, "1200.00") };
    let on = |days| SaleFacts { performed: Some(Performed { days, of: 365 }), ..year(1, 2, vec![free.clone()]) };
    let whole = SaleFacts { performed: None, ..on(0) };
    for trigger in [Trigger::Contracted, Trigger::Invoiced, Trigger::Collected] {
        let mut terms = affiliate();
        terms.rules[0].trigger = trigger;
        // Half of 1,200.00 a year: not begun, 73 days, a fifth of the year, all but one, 598.356; and all of it.
        for (days, expected) in [(0, "nothing_triggered_yet"), (73, "120.00"), (364, "598.36"), (365, "600.00")] {
            assert_eq!(due(&on(days), &terms), expected, "{trigger:?} {days}");
        }
        assert_eq!(due(&whole, &terms), "600.00");
    }
    let facts = on(73);
    let entitlement = only(evaluated(&facts, &affiliate()));
    assert_eq!(reader::recomputed(&entitlement), reader::exact(entitlement.amount));
    let settlement = settle(&facts, &affiliate(), eur("0.00")).unwrap().unwrap();
    assert_eq!(settlement.share_due, eur("600.00"), "what is settled is the whole year");
    // What has a price is reached by amounts, whatever its days.
    assert_eq!(due(&SaleFacts { performed: Some(Performed { days: 0, of: 365 }), ..sale(1, 1) }, &affiliate()), "600.00");
    for performed in [Performed { days: 366, of: 365 }, Performed { days: 0, of: 0 }] {
        let refused = evaluate(&SaleFacts { performed: Some(performed), ..whole.clone() }, &affiliate());
        assert_eq!(refused, Err(vec![FactsFault::NoSuchDays]));
    }
}
