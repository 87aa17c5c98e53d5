//! Several takeovers at once, and a change of master together with a case (R49, R51, D4).

use std::thread;

use chrono::TimeDelta;
use entente_tests::{
    app::{Caller, TestApp},
    engine::wait,
    on_both_engines,
    sales::{Market, Shop, id_of},
};
use serde_json::json;

use super::{Failing, all, assert_sound, opening};
use crate::transfer::accepting;

/// Repeats an action until the case stands where it leads to, however often another one is faster.
fn insist(caller: &Caller, case: &str, action: &str, until: &str) {
    for _ in 0..500 {
        let answer = caller.post(format!("/v1/continuity-cases/{case}/{action}"), json!({ "limit": 1 }));
        match answer.status {
            200 if answer.json()["state"] == until => return,
            200 | 409 | 412 | 503 => {}
            other => panic!("{other}: {}", answer.text),
        }
        if caller.get(format!("/v1/continuity-cases/{case}")).expect(200)["state"] == until {
            return;
        }
    }
    panic!("{action} never ends");
}

/// Says who takes over and has it approved.
fn planned(failing: &Failing<'_>, case: &str, company: &str) {
    failing.act(case, "plan", json!({ "company_id": company, "from": "2026-03-02", "protections": "transfer" })).expect(200);
    failing.approve(case);
}

on_both_engines! {
    fn r51_two_takeovers_by_one_company_run_at_once_each_by_two_requests(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let first = Failing::of(&app, &market);
        let second = Failing { app: &app, shop: Shop::open(&market, "helpdesk"), taker: Shop::open(&market, "helpdesk") };
        let sold = [&first, &second].map(|failing| (0..3).map(|_| failing.shop.sell(&market, &[]).contract).collect::<Vec<_>>());
        let cases = [&first, &second].map(|failing| {
            let case = failing.suspended();
            planned(failing, &case, &first.taker.partner);
            case
        });
        thread::scope(|scope| {
            for case in cases.iter().chain(&cases) {
                let caller = app.master("pt");
                scope.spawn(move || insist(&caller, case, "execute", "executed"));
            }
        });
        for case in &cases {
            assert_eq!(all(&app.master("pt"), &format!("/v1/continuity-cases/{case}/moves")).len(), 3);
        }
        let seller = |contract: &String| app.partner(&first.taker.partner).get(format!("/v1/contracts/{contract}")).expect(200)["seller"]["id"].clone();
        assert!(sold.iter().flatten().all(|contract| seller(contract) == json!(first.taker.partner)));
        assert_sound(&app);
        // One is taken back while the other is made final.
        thread::scope(|scope| {
            let (one, two) = (app.master("pt"), app.master("pt"));
            let [first, second] = &cases;
            scope.spawn(move || insist(&one, first, "revert", "open"));
            scope.spawn(move || insist(&two, second, "confirm", "confirmed"));
        });
        let back = app.partner(&first.shop.partner);
        assert!(sold[0].iter().all(|contract| back.get(format!("/v1/contracts/{contract}")).status == 200));
        assert_sound(&app);
    }

    fn r51_who_took_over_and_fails_itself_hands_on_and_nothing_comes_back_past_it(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let first = Failing::of(&app, &market);
        let customer = market.customer(&first.shop.partner);
        let case = first.suspended();
        planned(&first, &case, &first.taker.partner);
        first.run(&case, "execute", 10, "executed");
        // The successor fails in its turn: a third one takes over.
        let next = Failing { app: &app, shop: shop_of(&first.taker), taker: Shop::open(&market, "helpdesk") };
        let second = next.suspended();
        planned(&next, &second, &next.taker.partner);
        next.run(&second, "execute", 10, "executed");
        assert_eq!(first.responsible(&customer, "2026-03-02"), json!(next.taker.partner));
        // The first takeover is taken back: the customer is not the first partner's to have any more.
        first.run(&case, "revert", 10, "open");
        assert_eq!(first.responsible(&customer, "2026-03-02"), json!(next.taker.partner));
        // The second one is taken back as well: it is whose it was before that one.
        next.run(&second, "revert", 10, "open");
        assert_eq!(first.responsible(&customer, "2026-03-02"), json!(first.taker.partner));
        assert_sound(&app);
    }

    fn r51_a_takeover_that_cannot_go_on_keeps_no_other_from_going_on(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let stuck = Failing::of(&app, &market);
        let other = Failing { app: &app, shop: Shop::open(&market, "helpdesk"), taker: Shop::open(&market, "helpdesk") };
        let cases = [&stuck, &other].map(|failing| {
            (0..2).for_each(|_| drop(market.customer(&failing.shop.partner)));
            let case = failing.suspended();
            planned(failing, &case, &failing.taker.partner);
            failing.act(&case, "execute", json!({ "limit": 1 })).expect(200);
            case
        });
        let end = json!({ "reason": "It was agreed." });
        market.master().post(format!("/v1/agreements/{}/terminate", stuck.taker.agreement), end).expect(200);
        assert!(wait(api::continuity::continue_takeovers(&app.db)).is_err(), "what is stuck is said");
        let state = |case: &str| app.master("pt").get(format!("/v1/continuity-cases/{case}")).expect(200)["state"].clone();
        assert_eq!(cases.each_ref().map(|case| state(case)), [json!("executing"), json!("executed")]);
        assert_sound(&app);
    }

    fn d4_a_partner_goes_over_to_no_other_master_while_a_case_about_it_is_open(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let failing = Failing::of(&app, &market);
        let brazil = Market::altoga_in_brazil(&app).master_id();
        let propose = |partner: &str| {
            let body = json!({ "partner_id": partner, "kind": "master", "to_master_id": brazil, "from": "2026-03-03", "reason": "It moved." });
            app.master("pt").post("/v1/partner-transfers", body)
        };
        let agreed = |partner: &str| {
            let path = format!("/v1/partner-transfers/{}", id_of(&propose(partner).expect(201)));
            app.master("br").post(format!("{path}/decide"), accepting(&app.master("br"), "reseller")).expect(200);
            path
        };
        let (going, takers) = (agreed(&failing.shop.partner), agreed(&failing.taker.partner));
        market.customer(&failing.shop.partner);
        let opened = id_of(&failing.master().post("/v1/continuity-cases", opening(&failing.shop.partner)).expect(201));
        let other = market.partner();
        market.agreement(&other, "reseller", None);
        failing.master().post("/v1/continuity-cases", opening(&other)).expect(201);
        assert_eq!(propose(&other).broken(), ["continuity_case_is_open R49 /partner_id"]);
        failing.act(&opened, "suspend", json!({})).expect(200);
        failing.plan(&opened, "2026-03-03");
        failing.approve(&opened);
        app.advance(TimeDelta::days(1));
        // Neither by hand nor by itself.
        let execute = |path: &str| app.master("br").post(format!("{path}/execute"), json!({}));
        assert_eq!(execute(&going).broken(), ["continuity_case_is_open R49 "]);
        // The other one's transfer is carried out; it takes nothing over from then on, being another master's.
        assert!(wait(api::transfer::continue_transfers(&app.db)).is_err(), "what waits is said");
        assert_eq!(app.master("br").get(&takers).expect(200)["state"], "done");
        let held = app.master("pt").get(&going).expect(200);
        assert_eq!((&held["state"], &held["held_up_by"]), (&json!("agreed"), &json!([{ "code": "continuity_case_is_open", "rule": "R49" }])));
        // Said once, and not again by each turn.
        assert!(wait(api::transfer::continue_transfers(&app.db)).is_err());
        assert_eq!(app.partner(&failing.shop.partner).get(&going).expect(200), held);
        assert_eq!(failing.act(&opened, "execute", json!({})).broken(), ["taker_not_in_force R7 "]);
        failing.master().get(format!("/v1/partners/{}", failing.shop.partner)).expect(200);
        // Once the case is given up, it goes over.
        failing.act(&opened, "withdraw", json!({ "note": "It answers again." })).expect(200);
        let done = execute(&going).expect(200);
        assert_eq!((&done["state"], &done["held_up_by"]), (&json!("done"), &json!([])));
        assert_sound(&app);
    }
}

/// The same shop in other hands.
fn shop_of(shop: &Shop) -> Shop {
    let Shop { partner, agreement, services, helpdesk } = shop;
    let [partner, agreement, services, helpdesk] = [partner, agreement, services, helpdesk].map(Clone::clone);
    Shop { partner, agreement, services, helpdesk }
}
