//! Contract years that cost the customer nothing: what is due of them is due when they begin, and by their days (D12, D20).

use chrono::TimeDelta;
use entente_tests::{
    app::{Caller, TestApp},
    on_both_engines,
    sales::{Market, Sold, eur, id_of, line},
};
use serde_json::{Value, json};

/// An affiliate, which owes half of the list price of 1,200.00 a year, with other rules where there are any.
fn affiliate(market: &Market<'_>) -> (String, String) {
    let partner = market.partner();
    let agreement = market.agreement(&partner, "affiliate", None);
    (partner, agreement)
}

/// A referrer that earns 15 % of the list price of each year.
fn referrer(market: &Market<'_>, trigger: &str) -> (String, String) {
    let partner = market.partner();
    let rule = json!({ "base": "list", "recurrence": "every_year", "trigger": trigger });
    let agreement = market.agreement_with(&partner, "referrer", None, Some(json!({ "rules": { "first_annuity": rule } })));
    (partner, agreement)
}

/// Signs two years for nothing, as `seller`.
fn given_away<'a>(market: &'a Market<'_>, seller: &Caller, responsible: &str, agreement: &str) -> Sold<'a> {
    let lines = json!([line(&market.item("instance"), "year", Some("0.00"))]);
    let customer = market.customer(responsible);
    let body = json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "years": 2, "lines": lines });
    market.sell(seller, &body)
}

/// What stands of each entry's year as `caller` sees it, each computed again from its explanation: the year and what is left of it.
fn left(sold: &Sold<'_>, caller: &Caller) -> Vec<(i64, String)> {
    let mut cents = std::collections::BTreeMap::new();
    for entry in sold.entries(caller) {
        let explanation = caller.get(format!("/v1/ledger-entries/{}/explanation", id_of(&entry))).expect(200);
        let amount = crate::recompute::amount(&explanation);
        assert_eq!(entry["amount"]["amount"], amount.as_str());
        let minor: i64 = amount.replace('.', "").parse().unwrap();
        let minor = if entry["correction"].is_null() { minor } else { -minor };
        *cents.entry(entry["year"].as_i64().unwrap()).or_insert(0_i64) += minor;
    }
    cents.into_iter().map(|(year, cents)| (year, format!("{}.{:02}", cents / 100, cents % 100))).collect()
}

fn cancel(master: &Caller, sold: &Sold<'_>, ended_on: &str, more: Value) {
    let mut body = json!({ "reason": "The customer closed its business.", "ended_on": ended_on });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    master.post(format!("/v1/contracts/{}/cancel", sold.contract), body).expect(200);
}

fn years(of: &[(i64, &str)]) -> Vec<(i64, String)> {
    of.iter().map(|(year, amount)| (*year, (*amount).to_owned())).collect()
}

on_both_engines! {
    fn d12_a_year_that_costs_nothing_is_due_on_the_day_that_it_begins_and_not_before(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (partner, agreement) = affiliate(&market);
        let caller = market.caller(&partner);
        let owes = given_away(&market, &caller, &partner, &agreement).contract;
        let brought: Vec<_> = ["contracted", "invoiced", "collected"].iter().map(|trigger| {
            let (partner, agreement) = referrer(&market, trigger);
            let sold = given_away(&market, market.master(), &market.master_id(), &agreement).contract;
            (partner, sold)
        }).collect();
        let check = |market: &Market<'_>, affiliates: &[(i64, &str)], referrers: &[(i64, &str)]| {
            let of = |contract: &String| Sold::of(market, contract.clone());
            assert_eq!(left(&of(&owes), &market.caller(&partner)), years(affiliates));
            for (partner, sold) in &brought {
                assert_eq!(left(&of(sold), &market.caller(partner)), years(referrers));
            }
        };
        app.do_jobs();
        check(&market, &[(1, "600.00")], &[(1, "180.00")]);
        assert_eq!(Sold::of(&market, owes.clone()).outcomes(&caller), ["2 buy_price held"]);
        // Signed on 2 March 2026: the second year begins on that day of 2027.
        app.advance(TimeDelta::days(364));
        app.do_jobs();
        let market = market.later();
        check(&market, &[(1, "600.00")], &[(1, "180.00")]);
        app.advance(TimeDelta::days(1));
        for _ in 0..2 {
            app.do_jobs();
            let market = market.later();
            check(&market, &[(1, "600.00"), (2, "600.00")], &[(1, "180.00"), (2, "180.00")]);
            let entries = Sold::of(&market, owes.clone()).entries(&market.caller(&partner));
            assert_eq!((&entries[1]["dated_on"], &entries[1]["payable_on"]), (&json!("2027-03-02"), &json!("2027-03-02")));
        }
        crate::continuity::assert_sound(&app);
    }

    fn d20_a_cancellation_takes_back_what_a_year_that_costs_nothing_is_not_performed(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let sold: Vec<_> = (0..4).map(|_| {
            let (partner, agreement) = affiliate(&market);
            let contract = given_away(&market, &market.caller(&partner), &partner, &agreement).contract;
            (partner, contract)
        }).collect();
        let (brought, brought_by) = {
            let (partner, agreement) = referrer(&market, "collected");
            let sold = given_away(&market, market.master(), &market.master_id(), &agreement).contract;
            (sold, partner)
        };
        // On its first day: nothing is performed, and the second year never begins.
        cancel(market.master(), &Sold::of(&market, sold[0].1.clone()), "2026-03-02", json!({}));
        let caller = market.caller(&sold[0].0);
        let first = Sold::of(&market, sold[0].1.clone());
        assert_eq!(left(&first, &caller), years(&[(1, "0.00")]));
        assert_eq!(first.outcomes(&caller), ["2 buy_price held", "2 buy_price contract_ended"]);
        app.advance(TimeDelta::days(100));
        let market = market.later();
        // 73 days are a fifth of the year; what is a master's fault leaves what its partner earned, and no year begins any more.
        for (number, ended_on) in [(1, "2026-05-14"), (2, "2026-03-02")] {
            cancel(market.master(), &Sold::of(&market, sold[number].1.clone()), ended_on, json!({}));
        }
        cancel(market.master(), &Sold::of(&market, brought.clone()), "2026-05-14", json!({ "at_fault": "master" }));
        app.advance(TimeDelta::days(300));
        app.do_jobs();
        let market = market.later();
        for (number, expected) in [(1, "120.00"), (2, "0.00")] {
            let (partner, contract) = &sold[number];
            assert_eq!(left(&Sold::of(&market, contract.clone()), &market.caller(partner)), years(&[(1, expected)]));
        }
        let brought = Sold::of(&market, brought);
        let caller = market.caller(&brought_by);
        assert_eq!(left(&brought, &caller), years(&[(1, "180.00")]));
        let outcomes = brought.outcomes(&caller);
        assert!(outcomes.contains(&"2 first_annuity contract_ended".to_owned()), "{outcomes:?}");
        assert!(outcomes.contains(&"1 first_annuity masters_fault".to_owned()), "{outcomes:?}");
        // The year that began is cut short by its days like the first one.
        let (partner, contract) = &sold[3];
        cancel(market.master(), &Sold::of(&market, contract.clone()), "2027-03-03", json!({}));
        let both = years(&[(1, "600.00"), (2, "1.64")]);
        assert_eq!(left(&Sold::of(&market, contract.clone()), &market.caller(partner)), both, "one of 366 days");
        crate::continuity::assert_sound(&app);
    }

    fn a_year_of_what_was_paid_once_waits_for_nothing(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (_, agreement) = referrer(&market, "contracted");
        let lines = json!([line(&market.item("start_up"), "once", None)]);
        let body = json!({
            "agreement_id": agreement, "customer_id": market.customer(&market.master_id()), "currency": "EUR", "years": 2, "lines": lines,
        });
        let sold = market.sell(market.master(), &body);
        let before = market.master().get(format!("/v1/annuities/{}", sold.annuity(2))).expect(200);
        assert_eq!(before["contracted"], eur("0.00"));
        app.advance(TimeDelta::days(366));
        app.do_jobs();
        let market = market.later();
        let sold = market.again(&sold);
        assert_eq!(market.master().get(format!("/v1/annuities/{}", sold.annuity(2))).expect(200), before);
    }
}
