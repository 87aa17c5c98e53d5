//! Amendments whose day is past: what they change of sales is posted as new entries, once, to the cent; nothing is rewritten.

use chrono::{TimeZone, Utc};
use entente_tests::{
    app::{Caller, TestApp},
    on_both_engines,
    sales::{Market, Shop, Sold, eur, id_of, line},
};
use serde_json::{Value, json};

use super::{amended, apply, approve, assert_sound, brought, propose, rate, told};

/// Proposes, approves and applies a change of a type's rules for agreements that exist.
fn change(app: &TestApp, master: &str, of_type: &str, from: &str, how: impl Fn(&mut Value)) -> Value {
    let (first, second) = (app.master(master), app.master(master));
    apply(&second, &propose(&first, &amended(&first, of_type, from, "existing_agreements", how)))
}

/// Credits an amount of the first year, and gives it back.
fn refund(sold: &Sold<'_>, amount: &str) {
    sold.record(1, "credit", amount);
    sold.record(1, "refund", amount);
}

fn referrer(market: &Market<'_>) -> (String, Caller) {
    let partner = market.partner();
    let agreement = market.agreement(&partner, "referrer", None);
    (agreement, market.caller(&partner))
}

on_both_engines! {
    fn r86_what_a_rise_adds_adjusts_what_was_posted_and_later_refunds_take_all_of_it_back(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (agreement, partner) = referrer(&market);
        let (sold, before) = (brought(&market, &agreement, "2026-03-02"), brought(&market, &agreement, "2026-02-28"));
        sold.bill(1, "400.01");
        sold.bill(1, "799.99");
        before.bill(1, "1200.00");
        let posted = sold.entries(&partner);
        let applied = change(&app, "fr", "referrer", "2026-03-01", rate("0.2"));
        assert_eq!(applied["restated_sales"], 1);
        // 15 % of 400.01 is 60.0015, and 240.00 is 20 % of it all.
        let mut expected = vec![
            "first_annuity accrual - master 60.00", "first_annuity accrual - master 120.00",
            "first_annuity adjustment 1 master 60.00",
        ];
        assert_eq!(told(&sold, &partner), expected);
        assert_eq!(sold.entries(&partner)[..2], posted, "what was posted is what it was");
        let adjusted = &sold.entries(&partner)[2];
        assert_eq!((&adjusted["terms_id"], &adjusted["cause_id"]), (&applied["terms_id"], &applied["terms_id"]));
        assert_eq!((&adjusted["ordinal"], &adjusted["dated_on"]), (&json!(1), &json!("2026-03-02")));
        let explanation = partner.get(format!("/v1/ledger-entries/{}/explanation", adjusted["id"].as_str().unwrap())).expect(200);
        assert_eq!((&explanation["terms"]["version"], &explanation["replaced_terms"]["version"]), (&json!(2), &json!(1)));
        assert_eq!((&explanation["posted_before"], &explanation["entitled_to_date"]), (&eur("180.00"), &eur("240.00")));
        refund(&sold, "600.00");
        expected.extend(["first_annuity reversal 2 partner 60.00", "first_annuity reversal 1 partner 60.00"]);
        assert_eq!(told(&sold, &partner), expected);
        refund(&sold, "599.99");
        expected.extend(["first_annuity reversal 1 partner 60.00", "first_annuity reversal 0 partner 60.00"]);
        assert_eq!(told(&sold, &partner), expected, "a cent of which nothing is due");
        assert_eq!(told(&before, &partner), ["first_annuity accrual - master 180.00"], "signed the day before");
        assert_sound(&app);
    }

    fn r86_what_a_fall_takes_away_adjusts_what_was_posted_from_the_latest_accrual(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (agreement, partner) = referrer(&market);
        let sold = brought(&market, &agreement, "2026-03-02");
        sold.bill(1, "800.00");
        sold.bill(1, "400.00");
        change(&app, "fr", "referrer", "2026-03-02", rate("0.05"));
        let expected = [
            "first_annuity accrual - master 120.00", "first_annuity accrual - master 60.00",
            "first_annuity adjustment 1 partner 60.00", "first_annuity adjustment 0 partner 60.00",
        ];
        assert_eq!(told(&sold, &partner), expected);
        let balance = &partner.get("/v1/balances").expect(200)["data"][0]["amounts"][0]["net"];
        assert_eq!(balance, &eur("60.00"), "5 % of 1,200.00");
        refund(&sold, "1200.00");
        assert_eq!(told(&sold, &partner)[4..], ["first_annuity reversal 0 partner 60.00"]);
        assert_sound(&app);
    }

    fn d20_refunds_so_far_are_counted_in_proportion(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (agreement, partner) = referrer(&market);
        let sold = brought(&market, &agreement, "2026-03-02");
        sold.bill(1, "1200.00");
        refund(&sold, "900.00");
        change(&app, "fr", "referrer", "2026-03-01", rate("0.2"));
        // A quarter is performed: 45.00 before, 60.00 now.
        let expected = [
            "first_annuity accrual - master 180.00", "first_annuity reversal 0 partner 135.00",
            "first_annuity adjustment 0 master 15.00",
        ];
        assert_eq!(told(&sold, &partner), expected);
        refund(&sold, "300.00");
        let last = ["first_annuity reversal 2 partner 15.00", "first_annuity reversal 0 partner 45.00"];
        assert_eq!(told(&sold, &partner)[3..], last);
        assert_sound(&app);
    }

    fn r68_a_sale_that_earned_nothing_may_earn_now_and_keeps_its_number(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let id = market.partner();
        let (agreement, partner) = (market.agreement(&id, "affiliated_integrator", None), market.caller(&id));
        let [first, second] = [(); 2].map(|()| brought(&market, &agreement, "2026-03-02"));
        first.bill(1, "1200.00");
        second.bill(1, "1200.00");
        assert_eq!(first.outcomes(&partner), ["1 first_annuity below_first_paid_sale"]);
        let applied = change(&app, "fr", "affiliated_integrator", "2026-03-01", |terms| {
            terms["rules"]["first_annuity"]["from_sale"] = json!(1);
        });
        assert_eq!(applied["restated_sales"], 2);
        assert_eq!(told(&first, &partner), ["first_annuity accrual - master 840.00"]);
        assert_eq!(told(&second, &partner), ["first_annuity accrual - master 840.00"]);
        assert_eq!((&first.entries(&partner)[0]["ordinal"], &second.entries(&partner)[0]["ordinal"]), (&json!(1), &json!(2)));
        let outcome = partner.get(format!("/v1/outcomes?contract_id={}", first.contract)).expect(200)["data"][0].clone();
        assert_eq!(outcome["earned_since"], true);
        assert_sound(&app);
    }

    fn a_rule_that_is_taken_out_gives_back_what_it_brought_and_says_so(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (agreement, partner) = referrer(&market);
        let sold = brought(&market, &agreement, "2026-03-02");
        sold.bill(1, "1200.00");
        change(&app, "fr", "referrer", "2026-03-01", |terms| {
            let mut rule = terms["rules"]["first_annuity"].clone();
            rule["rate"] = json!({ "of": "amount", "amount": "33.33", "currency": "EUR", "per": "sale" });
            terms["rules"] = json!({ "for_each": rule });
        });
        let told_of = told(&sold, &partner);
        let mut sorted = told_of.clone();
        sorted.sort();
        let expected = [
            "first_annuity accrual - master 180.00", "first_annuity adjustment 0 partner 180.00", "for_each accrual - master 33.33",
        ];
        assert_eq!(sorted, expected);
        let taken = sold.entries(&partner).into_iter().find(|entry| entry["correction"] == "adjustment").unwrap();
        let explanation = partner.get(format!("/v1/ledger-entries/{}/explanation", taken["id"].as_str().unwrap())).expect(200);
        assert_eq!(explanation["not_due_because"], "not_in_terms");
        assert_eq!(explanation["rule"]["code"], "first_annuity");
        // What comes later is counted by the new rule alone.
        refund(&sold, "600.00");
        assert_eq!(told(&sold, &partner).len(), 4);
        assert_sound(&app);
    }

    fn r39_a_stages_margin_changes_the_share_and_what_promoters_have_of_it(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let id = market.partner();
        let of_margin = json!({ "rules": { "commission": { "base": "margin", "trigger": "contracted" } } });
        let promoter = market.agreement_with(&id, "client_manager", Some(&shop.partner), Some(of_margin));
        let (seller, promoter_sees) = (market.caller(&shop.partner), market.caller(&id));
        let sold = shop.sell(&market, &[&promoter]);
        sold.bill(1, "1520.00");
        let before: Vec<String> = told(&sold, &seller).into_iter().filter(|it| it.starts_with("margin")).collect();
        // A promoter at work raises the margin of 30 % by 5 points.
        assert_eq!(sold.settlement(&seller, 1)["share_due"], eur("650.00"), "{before:?}");
        let earned = told(&sold, &promoter_sees);
        change(&app, "pt", "reseller", "2026-03-01", |terms| {
            terms["stages"]["sub_network"]["margin"] = json!("0.25");
        });
        let after: Vec<String> = told(&sold, &seller).into_iter().filter(|it| it.starts_with("margin")).collect();
        assert_eq!(after.len(), before.len() + 1);
        assert!(after.last().unwrap().ends_with("partner 50.00"), "share due rises to 700.00: {after:?}");
        let settlement = sold.settlement(&seller, 1);
        assert_eq!((&settlement["share_due"], &settlement["adds_up"]), (&eur("700.00"), &json!(true)));
        let now = told(&sold, &promoter_sees);
        assert_eq!(now.len(), earned.len() + 1, "{now:?}");
        assert!(now.last().unwrap().contains("adjustment"), "its base is smaller: {now:?}");
        assert_sound(&app);
    }

    fn r37_a_commission_that_a_dispute_divided_is_adjusted_on_both_sides(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let [(agreement, holder), (_, challenger)] = [referrer(&market), referrer(&market)];
        let evidence = json!([{ "kind": "meeting", "dated_on": "2026-03-01", "description": "At their site." }]);
        let prospect = json!({ "name": "Vins de Loire", "country": "FR", "domain": "vins.fr" });
        let registration = json!({ "prospect": prospect, "evidence": evidence });
        let id = id_of(&holder.post("/v1/registrations", registration).expect(201));
        market.master().post(format!("/v1/registrations/{id}/accept"), json!({})).expect(200);
        let lines = json!([line(&market.item("instance"), "year", None)]);
        let offer = json!({ "registration_id": id, "agreement_id": agreement, "currency": "EUR", "lines": lines });
        let sold = market.sell(&holder, &offer);
        sold.bill(1, "1200.00");
        let objection = json!({
            "prospect": prospect, "grounds": "customer_preference", "statement": "They asked for us.", "evidence": evidence,
        });
        let dispute = id_of(&challenger.post("/v1/disputes", objection).expect(201));
        market.master().post(format!("/v1/disputes/{dispute}/hear"), json!({})).expect(200);
        holder.post(format!("/v1/disputes/{dispute}/statements"), json!({ "statement": "It is ours." })).expect(200);
        let ruling = json!({
            "outcome": "shared", "shares": { "challenger": "0.25", "holder": "0.75" }, "effects": ["reattribute_commissions"],
            "reasons": "Both were there.",
        });
        market.master().post(format!("/v1/disputes/{dispute}/decide"), ruling).expect(200);
        change(&app, "fr", "referrer", "2026-03-01", rate("0.2"));
        // 240.00 instead of 180.00, of which a quarter is the challenger's.
        let to_date = |caller: &Caller| {
            let page = caller.get("/v1/ledger-entries?limit=200").expect(200);
            let last = page["data"].as_array().unwrap()[0].clone();
            let explanation = caller.get(format!("/v1/ledger-entries/{}/explanation", id_of(&last))).expect(200);
            assert_eq!(crate::recompute::amount(&explanation), last["amount"]["amount"].as_str().unwrap());
            (last["correction"].clone(), last["amount"].clone(), last["entitled_to_date"].clone(), explanation)
        };
        let (correction, amount, entitled, _) = to_date(&holder);
        assert_eq!((correction, amount, entitled), (json!("adjustment"), eur("45.00"), eur("180.00")));
        let (correction, amount, entitled, explanation) = to_date(&challenger);
        assert_eq!((correction, amount, entitled), (json!("adjustment"), eur("15.00"), eur("60.00")));
        assert_eq!((&explanation["contract_id"], &explanation["replaced_terms"]), (&Value::Null, &Value::Null));
        assert_sound(&app);
    }

    fn what_is_posted_late_goes_into_the_open_period(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (agreement, _) = referrer(&market);
        let sold = brought(&market, &agreement, "2026-03-02");
        sold.bill(1, "1200.00");
        app.clock.set(Utc.with_ymd_and_hms(2026, 4, 3, 9, 0, 0).unwrap());
        let market = Market::all_in_web(&app);
        market.master().post("/v1/periods", json!({ "currency": "EUR", "ends_on": "2026-03-31" })).expect(201);
        let sold = market.again(&sold);
        change(&app, "fr", "referrer", "2026-03-01", rate("0.2"));
        let entries = sold.entries(market.master());
        assert_eq!((&entries[0]["dated_on"], &entries[1]["dated_on"]), (&json!("2026-03-02"), &json!("2026-04-03")));
        assert_sound(&app);
    }

    fn a_second_amendment_counts_what_the_first_one_changed(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (agreement, partner) = referrer(&market);
        let sold = brought(&market, &agreement, "2026-03-02");
        sold.bill(1, "1200.00");
        change(&app, "fr", "referrer", "2026-03-01", rate("0.2"));
        change(&app, "fr", "referrer", "2026-03-02", rate("0.1"));
        let expected = [
            "first_annuity accrual - master 180.00", "first_annuity adjustment 0 master 60.00",
            "first_annuity adjustment 1 partner 60.00", "first_annuity adjustment 0 partner 60.00",
        ];
        assert_eq!(told(&sold, &partner), expected);
        let version = sold.entries(&partner)[3]["terms_version"].clone();
        assert_eq!(version, 3);
        assert_sound(&app);
    }

    fn several_contract_years_are_counted_again_each_by_its_own_rule(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let id = market.partner();
        let (agreement, partner) = (market.agreement(&id, "affiliate", None), market.caller(&id));
        let lines = json!([line(&market.item("instance"), "year", None)]);
        let customer = market.customer(&id);
        let body = json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "lines": lines, "years": 3 });
        let sold = market.sell(&partner, &body);
        sold.bill(1, "1200.00");
        sold.record(2, "invoice", "600.00");
        change(&app, "fr", "affiliate", "2026-03-01", |terms| {
            terms["rules"]["buy_price"]["rate"] = json!({ "of": "fixed", "rate": "0.4" });
        });
        // Half the list price before, 40 % of it now: 480.00 of the first year, and half of that of the second.
        let expected = [
            "buy_price accrual - partner 600.00", "buy_price accrual - partner 300.00",
            "buy_price adjustment 0 master 120.00", "buy_price adjustment 1 master 60.00",
        ];
        assert_eq!(told(&sold, &partner), expected);
        sold.record(3, "invoice", "1200.00");
        assert_eq!(told(&sold, &partner)[4..], ["buy_price accrual - partner 480.00"]);
        assert_sound(&app);
    }

    fn an_amendment_that_reaches_no_sale_is_approved_at_once(engine: Engine) {
        let app = TestApp::start(engine);
        let (first, second) = (app.master("fr"), app.master("fr"));
        let id = propose(&first, &amended(&first, "referrer", "2026-03-01", "existing_agreements", rate("0.2")));
        // Nothing was sold: there is nothing to post.
        assert_eq!(approve(&second, &id).expect(200)["state"], "approved");
    }
}
