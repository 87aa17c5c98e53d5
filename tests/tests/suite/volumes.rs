//! Tiers by volume that add up over several of a partner's sales (D11). Figures are worked out by hand from the annual price of
//! 1,200.00 EUR.

use std::thread;

use chrono::TimeDelta;
use diesel::RunQueryDsl;
use entente_tests::{
    app::{Caller, TestApp},
    engine::wait,
    on_both_engines,
    sales::{Market, Sold, eur, id_of, line},
};
use persistence::error::DbError;
use serde_json::{Value, json};

use super::amendment::{amended, apply, assert_sound, propose};

/// 5 % below 2,000.00 and 10 % above.
fn tiered(mode: &str, over: &str) -> Value {
    let tiers = json!([{ "from": "0.00", "below": "2000.00", "rate": "0.05" }, { "from": "2000.00", "rate": "0.1" }]);
    json!({ "of": "volume_tiers", "currency": "EUR", "mode": mode, "over": over, "tiers": tiers })
}

/// The first annuity at a rate, once, from the first sale.
fn once(rate: &Value) -> Value {
    json!({
        "summaries": { "fr": "Une commission." }, "kind": "commission", "base": "first_annuity", "rate": rate,
        "lines": ["network_module"], "from_sale": 1, "recurrence": "once", "trigger": "contracted",
    })
}

/// A referrer whose only rule has these tiers.
fn referrer(market: &Market<'_>, rate: &Value) -> (String, Caller) {
    let partner = market.partner();
    let special = json!({ "rules": { "first_annuity": null, "tiered": once(rate) } });
    let agreement = market.agreement_with(&partner, "referrer", None, Some(special));
    (agreement, market.caller(&partner))
}

fn proposal(market: &Market<'_>, agreement: &str) -> Value {
    let customer = market.customer(&market.master_id());
    let lines = json!([line(&market.item("instance"), "year", None)]);
    json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "lines": lines })
}

fn sell_on<'a>(market: &'a Market<'_>, agreement: &str, day: &str) -> Sold<'a> {
    market.sell_on(market.master(), &proposal(market, agreement), day)
}

/// What a sale earned, and the volume that it says came before it; each amount is computed again from its explanation alone.
fn told(sold: &Sold<'_>, caller: &Caller) -> Vec<String> {
    let say = |entry: &Value| {
        let explanation = caller.get(format!("/v1/ledger-entries/{}/explanation", id_of(entry))).expect(200);
        assert_eq!(super::recompute::amount(&explanation), entry["amount"]["amount"].as_str().unwrap(), "{explanation:#}");
        let before = explanation["volume_before"].as_str().unwrap_or("-");
        format!("{} after {before}", entry["amount"]["amount"].as_str().unwrap())
    };
    sold.entries(caller).iter().map(say).collect()
}

fn refused(app: &TestApp, statement: &'static str) -> DbError {
    let changed = wait(app.db.write(move |tx| diesel::sql_query(statement).execute(tx.conn).map_err(DbError::from)));
    changed.expect_err(statement)
}

on_both_engines! {
    fn d11_sales_of_a_calendar_year_stand_on_each_other_and_the_one_that_crosses_is_split_or_reaches(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        // The second sale crosses 2,000.00 by 400.00: 800.00 at 5 % and 400.00 at 10 %, or all of it at 10 %.
        for (mode, second) in [("marginal", "80.00"), ("whole", "120.00")] {
            let (agreement, partner) = referrer(&market, &tiered(mode, "calendar_year"));
            let sold = ["2026-01-01", "2026-03-02", "2026-02-01"].map(|day| sell_on(&market, &agreement, day));
            let said = sold.each_ref().map(|sold| told(sold, &partner));
            let expected = [["60.00 after 0.00".to_owned()], [format!("{second} after 1200.00")], ["120.00 after 2400.00".to_owned()]];
            assert_eq!(said, expected, "{mode}: in the order in which they are signed");
        }
        assert_sound(&app);
    }

    fn d11_each_calendar_year_and_each_agreement_year_begins_at_nothing_and_a_life_does_not(engine: Engine) {
        let app = TestApp::start(engine);
        app.advance(TimeDelta::days(320));
        let market = Market::all_in_web(&app);
        // Today is 16 January 2027; the agreements began on 1 January 2026, so that both years end on 31 December.
        for (over, in_january) in [("calendar_year", "0.00"), ("agreement_year", "0.00"), ("life", "1200.00")] {
            let (agreement, partner) = referrer(&market, &tiered("whole", over));
            sell_on(&market, &agreement, "2026-12-31");
            assert_eq!(told(&sell_on(&market, &agreement, "2027-01-01"), &partner)[0].split(" after ").nth(1), Some(in_january), "{over}");
            let late = told(&sell_on(&market, &agreement, "2026-12-30"), &partner);
            let expected = if over == "life" { "120.00 after 2400.00" } else { "120.00 after 1200.00" };
            assert_eq!(late, [expected], "{over}: signed in the year before");
        }
    }

    fn d11_a_later_cancellation_changes_no_volume(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (agreement, partner) = referrer(&market, &tiered("marginal", "life"));
        let [first, second] = [(), ()].map(|()| sell_on(&market, &agreement, "2026-03-02"));
        let cancellation = json!({ "reason": "The customer closed its business.", "ended_on": "2026-03-02" });
        market.master().post(format!("/v1/contracts/{}/cancel", first.contract), cancellation).expect(200);
        assert_eq!(told(&second, &partner), ["80.00 after 1200.00"], "frozen");
        assert_eq!(told(&sell_on(&market, &agreement, "2026-03-02"), &partner), ["120.00 after 2400.00"], "it still counts");
    }

    fn d22_a_partners_volume_is_its_own(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let [(one, _), (other, caller)] = [(), ()].map(|()| referrer(&market, &tiered("whole", "life")));
        sell_on(&market, &one, "2026-03-02");
        assert_eq!(told(&sell_on(&market, &other, "2026-03-02"), &caller), ["60.00 after 0.00"]);
    }

    fn an_agreement_joins_what_was_sold_before_it_asked(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let plain = market.agreement(&partner, "referrer", None);
        sell_on(&market, &plain, "2026-03-02");
        market.master().post(format!("/v1/agreements/{plain}/terminate"), json!({ "reason": "Another one follows." })).expect(200);
        let special = json!({ "rules": { "first_annuity": null, "tiered": once(&tiered("whole", "calendar_year")) } });
        let body = json!({
            "partner_id": partner, "partnership_type": "referrer", "language": "fr", "kind": "special", "special_terms": special,
            "starts_on": "2026-03-03",
        });
        let agreement = id_of(&market.master().post("/v1/agreements", body).expect(201));
        for action in ["submit", "begin-supervision"] {
            market.master().post(format!("/v1/agreements/{agreement}/{action}"), json!({})).expect(200);
        }
        market.master().post(format!("/v1/agreements/{agreement}/supervisions"), market.approval(&agreement)).expect(200);
        app.advance(TimeDelta::days(1));
        let market = Market::all_in_web(&app).from(100);
        let sold = sell_on(&market, &agreement, "2026-03-03");
        assert_eq!(told(&sold, &market.caller(&partner)), ["120.00 after 1200.00"], "the type's sales of the year");
    }

    fn a_quote_stands_on_what_was_sold_and_leaves_no_trace(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (agreement, partner) = referrer(&market, &tiered("marginal", "life"));
        let quoted = || {
            let lines = json!([line(&market.item("instance"), "year", None)]);
            let body = json!({ "agreement_id": agreement, "currency": "EUR", "lines": lines });
            partner.post("/v1/quotes", body).expect(200)["contract_years"][0]["amounts"][0]["amount"].clone()
        };
        assert_eq!([quoted(), quoted()], [eur("60.00"), eur("60.00")]);
        sell_on(&market, &agreement, "2026-03-02");
        assert_eq!(quoted(), eur("80.00"));
        assert_eq!(told(&sell_on(&market, &agreement, "2026-03-02"), &partner), ["80.00 after 1200.00"]);
    }

    fn r86_an_amendment_counts_past_sales_on_each_other_as_its_simulation_said(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        let sold = [(), (), ()].map(|()| sell_on(&market, &agreement, "2026-03-02"));
        sold.iter().for_each(|sold| sold.bill(1, "1200.00"));
        let tiers = tiered("marginal", "life");
        let change = |terms: &mut Value| terms["rules"]["first_annuity"]["rate"] = tiers.clone();
        let id = propose(market.master(), &amended(market.master(), "referrer", "2026-03-01", "existing_agreements", change));
        let asked = json!({ "amendment_id": id, "signed_from": "2026-01-01", "signed_to": "2026-03-02" });
        let simulation = market.master().post("/v1/simulations", asked).expect(201);
        let path = format!("/v1/simulations/{}/differences?limit=200", id_of(&simulation));
        let differences = market.master().get(path).expect(200);
        let mut simulated: Vec<String> = differences["data"].as_array().unwrap().iter()
            .map(|it| it["after"]["amount"].as_str().unwrap().to_owned()).collect();
        simulated.sort();
        assert_eq!(simulated, ["120.00", "60.00", "80.00"], "each was 180.00");
        apply(&app.master("fr"), &id);
        let caller = market.caller(&partner);
        let after = sold.each_ref().map(|sold| sold.entries(&caller).last().unwrap()["entitled_to_date"].clone());
        assert_eq!(after, ["60.00", "80.00", "120.00"].map(eur));
        assert_eq!(told(&sold[1], &caller), ["180.00 after -", "100.00 after 1200.00"]);
        assert_sound(&app);
    }

    fn d11_of_sales_signed_at_once_each_stands_on_another(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (agreement, partner) = referrer(&market, &tiered("whole", "life"));
        let master = market.master();
        let ready: Vec<String> = (0..4).map(|_| {
            let id = id_of(&master.post("/v1/proposals", proposal(&market, &agreement)).expect(201));
            master.post(format!("/v1/proposals/{id}/send"), json!({})).expect(200);
            id
        }).collect();
        let sign = |id: &String| id_of(&master.post(format!("/v1/proposals/{id}/sign"), json!({ "signed_on": "2026-03-02" })).expect(201));
        let signed: Vec<String> = thread::scope(|scope| {
            let signing: Vec<_> = ready.iter().map(|id| scope.spawn(move || sign(id))).collect();
            signing.into_iter().map(|contract| contract.join().unwrap()).collect()
        });
        let mut said: Vec<String> = signed.into_iter().flat_map(|id| told(&Sold::of(&market, id), &partner)).collect();
        said.sort();
        assert_eq!(said, ["120.00 after 1200.00", "120.00 after 2400.00", "120.00 after 3600.00", "60.00 after 0.00"]);
    }

    fn the_database_itself_keeps_volumes_as_they_were_frozen(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (agreement, _) = referrer(&market, &tiered("whole", "life"));
        sell_on(&market, &agreement, "2026-03-02");
        sell_on(&market, &agreement, "2026-03-02");
        sell_on(&market, &market.agreement(&market.partner(), "referrer", None), "2026-03-02");
        for statement in [
            "UPDATE sale_volumes SET before_minor = 0",
            "DELETE FROM sale_volumes",
            // Another link in the place of the second.
            "INSERT INTO sale_volumes SELECT t.id, v.counts_in, v.place, v.currency, v.before_minor, v.own_minor, v.recorded_at \
             FROM sale_volumes v JOIN attributions t ON t.id NOT IN (SELECT l.attribution_id FROM sale_volumes l) WHERE v.place = 2",
            // A first one that stands on something.
            "INSERT INTO sale_volumes SELECT attribution_id, 'other', 1, currency, 1, own_minor, recorded_at FROM sale_volumes WHERE place = 1",
        ] {
            refused(&app, statement);
        }
        assert_sound(&app);
    }
}

on_both_engines! {
    fn d22_a_volume_of_margins_is_refused_and_a_mode_of_counted_tiers_is_not(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let create = |rule: Value| {
            let special = json!({ "rules": { "first_annuity": null, "tiered": rule } });
            market.master().post("/v1/agreements", json!({
                "partner_id": market.partner(), "partnership_type": "referrer", "language": "fr", "kind": "special",
                "special_terms": special, "starts_on": "2026-01-01",
            }))
        };
        let mut of_margin = once(&tiered("whole", "life"));
        of_margin["base"] = json!("margin");
        let refused = create(of_margin);
        refused.problem(422, "invalid_request");
        assert_eq!(refused.broken(), ["volume_of_margins D16 /special_terms/rules/tiered/rate/over"]);
        let counted = json!({ "of": "count_tiers", "mode": "whole", "tiers": [{ "from": 1, "to": 1, "rate": "0.1" }, { "from": 2, "rate": "0.2" }] });
        create(once(&counted)).expect(201);
    }
}
