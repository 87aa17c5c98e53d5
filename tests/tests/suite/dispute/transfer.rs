//! A master passes a protection on, or ends it, with a reason (R37).

use chrono::TimeDelta;
use entente_tests::{
    app::{Answer, Caller, TestApp, today},
    on_both_engines,
    sales::{Market, id_of, line},
};
use serde_json::{Value, json};

use super::{check_invariants, everything, evidence, prospect, protect, registrations, told};

/// A partner with an agreement in force, as it calls.
fn partner(market: &Market<'_>) -> (String, Caller) {
    let id = market.partner();
    market.agreement(&id, "reseller", None);
    let caller = market.caller(&id);
    (id, caller)
}

fn transfer(master: &Caller, registration: &str, to: &str, reason: &str) -> Answer {
    master.post(format!("/v1/registrations/{registration}/transfer"), json!({ "partner_id": to, "reason": reason }))
}

on_both_engines! {
    fn r37_a_protection_passes_to_another_partner_until_the_same_instant(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let ((first, loser), (second, winner)) = (partner(&market), partner(&market));
        let id = protect(market.master(), &loser);
        let until = market.master().get(format!("/v1/registrations/{id}")).expect(200)["protected_until"].clone();
        app.clock.set(today() + TimeDelta::minutes(5));
        let answer = transfer(market.master(), &id, &second, "customer_declined_partner");
        let taken = answer.expect(201);
        assert_eq!(answer.header("location"), Some(format!("/v1/registrations/{}", id_of(&taken))));
        assert_eq!((&taken["state"], &taken["partner_id"], &taken["protected_until"]), (&json!("accepted"), &json!(second), &until));
        assert_eq!((&taken["taken_from_id"], &taken["protected_from"]), (&json!(id), &json!("2026-03-02T09:05:00Z")));
        assert_eq!(registrations(&loser), ["released customer_declined_partner"]);
        assert_eq!(registrations(&winner), ["accepted -"]);
        let again = transfer(market.master(), &id, &second, "customer_declined_partner").expect(201);
        assert_eq!(again, taken, "passed on twice is passed on once");
        for (caller, other, theirs) in [(&loser, &second, id_of(&taken)), (&winner, &first, id.clone())] {
            let all = everything(caller);
            assert!(!all.contains(other.as_str()) && !all.contains(&theirs), "{all}");
        }
        assert_eq!(told(&loser, &id), ["registration.submitted", "registration.accepted", "registration.released"]);
        assert_eq!(told(&winner, &id_of(&taken)), ["registration.accepted"]);
        check_invariants(&app);
    }

    fn everything_that_is_wrong_with_a_transfer_is_said_at_once(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (first, loser) = partner(&market);
        let without = market.partner();
        let id = protect(market.master(), &loser);
        assert_eq!(
            transfer(market.master(), &id, &first, "duplicate_registration").broken(),
            ["partner_has_it R37 /partner_id", "reason_does_not_fit R37 /reason"]
        );
        assert_eq!(
            transfer(market.master(), &id, &without, "other").broken(),
            ["no_active_agreement R7 /agreement_id", "note_required - /note"]
        );
        let stranger = "partner_01h2xcejqtf2nbrexx3vqjhp41";
        assert_eq!(transfer(market.master(), &id, stranger, "inactivity").broken(), ["unknown_partner - /partner_id"]);
        transfer(&loser, &id, &first, "inactivity").problem(403, "forbidden");
        transfer(&app.master("br"), &id, &first, "inactivity").problem(404, "not_found");
        assert_eq!(registrations(&loser), ["accepted -"], "a refusal leaves nothing behind");
        for reason in ["customer_declined_partner", "customer_released", "partner_failed", "inactivity", "arbitration"] {
            let path = format!("/v1/registrations/{id}/transfer?dry_run=true");
            let (other, _) = partner(&market);
            market.master().post(path, json!({ "partner_id": other, "reason": reason })).expect(200);
        }
        loser.post(format!("/v1/registrations/{id}/withdraw"), json!({})).expect(200);
        let (second, _) = partner(&market);
        transfer(market.master(), &id, &second, "inactivity").problem(409, "state_conflict");
    }

    fn d3_a_protection_that_has_run_out_is_not_passed_on(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let ((_, loser), (second, _)) = (partner(&market), partner(&market));
        let id = protect(market.master(), &loser);
        app.clock.set(today() + TimeDelta::days(90));
        transfer(&app.master("pt"), &id, &second, "inactivity").problem(409, "state_conflict");
        app.clock.set(today() + TimeDelta::days(90) - TimeDelta::microseconds(1));
        transfer(&app.master("pt"), &id, &second, "inactivity").expect(201);
    }

    fn r37_a_limit_of_registrations_counts_a_transfer_and_does_not_stop_it(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (_, loser) = partner(&market);
        let limited = market.partner();
        market.agreement_with(&limited, "reseller", None, Some(json!({ "registrations_max": 1 })));
        let winner = market.caller(&limited);
        let claim = |domain: &str| {
            let prospect = json!({ "name": "Outra", "country": "PT", "domain": domain });
            winner.post("/v1/registrations", json!({ "prospect": prospect, "evidence": [evidence("2026-03-01")] }))
        };
        claim("outra.pt").expect(201);
        let id = protect(market.master(), &loser);
        transfer(market.master(), &id, &limited, "partner_failed").expect(201);
        assert_eq!(registrations(&winner), ["accepted -", "submitted -"]);
        let own = id_of(&winner.get("/v1/registrations?state=submitted").expect(200)["data"][0]);
        winner.post(format!("/v1/registrations/{own}/withdraw"), json!({})).expect(200);
        let one_more = claim("terceira.pt");
        one_more.problem(422, "invalid_request");
        assert!(one_more.broken()[0].starts_with("capacity_exceeded"), "{:?}", one_more.broken());
    }

    fn r37_what_the_taker_still_claimed_itself_gives_way(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let ((_, loser), (second, winner)) = (partner(&market), partner(&market));
        let claim = json!({ "prospect": prospect(), "evidence": [evidence("2026-03-01")] });
        winner.post("/v1/registrations", claim).expect(201);
        let id = protect(market.master(), &loser);
        transfer(market.master(), &id, &second, "partner_failed").expect(201);
        assert_eq!(registrations(&winner), ["accepted -", "withdrawn superseded"]);
        check_invariants(&app);
    }

    fn r36_open_proposals_of_whoever_loses_a_protection_cannot_be_signed_any_more(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        for release in [false, true] {
            let id = market.partner();
            let agreement = market.agreement(&id, "reseller", None);
            market.enter_stage(&agreement, "facilitator");
            let loser = market.caller(&id);
            let registration = protect(market.master(), &loser);
            let proposal = json!({
                "registration_id": registration, "agreement_id": agreement, "currency": "EUR",
                "lines": [line(&market.item("sales_and_purchasing"), "year", None)],
            });
            let proposal = id_of(&loser.post("/v1/proposals", proposal).expect(201));
            loser.post(format!("/v1/proposals/{proposal}/send"), json!({})).expect(200);
            let (second, winner) = partner(&market);
            if release {
                let path = format!("/v1/registrations/{registration}/release");
                market.master().post(path, json!({ "reason": "inactivity" })).expect(200);
            } else {
                transfer(market.master(), &registration, &second, "inactivity").expect(201);
            }
            let signed = loser.post(format!("/v1/proposals/{proposal}/sign"), json!({ "signed_on": "2026-03-02" }));
            let (status, code) = if release { (422, "invalid_request") } else { (409, "prospect_not_available") };
            signed.problem(status, code);
            assert_eq!(loser.get("/v1/contracts").expect(200)["data"], json!([]));
            if !release {
                let own = id_of(&winner.get("/v1/registrations").expect(200)["data"][0]);
                winner.post(format!("/v1/registrations/{own}/withdraw"), json!({})).expect(200);
            }
        }
    }

    fn r37_a_master_releases_a_protection_with_a_reason_and_the_prospect_is_free(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let ((_, loser), (_, next)) = (partner(&market), partner(&market));
        for reason in ["customer_released", "partner_failed", "inactivity"] {
            let id = protect(market.master(), &loser);
            let path = format!("/v1/registrations/{id}/release");
            let released = market.master().post(&path, json!({ "reason": reason, "note": "It was agreed." })).expect(200);
            assert_eq!((&released["state"], &released["reason"], &released["passed_to_id"]), (&json!("released"), &json!(reason), &Value::Null));
            let other = id_of(&next.post("/v1/registrations", json!({ "prospect": prospect(), "evidence": [evidence("2026-03-01")] })).expect(201));
            next.post(format!("/v1/registrations/{other}/withdraw"), json!({})).expect(200);
        }
    }
}
