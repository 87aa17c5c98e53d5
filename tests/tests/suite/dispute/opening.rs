//! Opening a dispute: what stands in the way is found, and nothing is told of it.

use entente_tests::{
    app::TestApp,
    on_both_engines,
    sales::{Market, id_of},
};
use serde_json::{Value, json};

use super::{Quarrel, act, everything, evidence, objection, prospect, protect, show, told};

on_both_engines! {
    fn r37_a_dispute_is_opened_over_a_prospect_and_finds_the_protection_by_itself(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let quarrel = Quarrel::open(&market, "prior_negotiation");
        let own = show(&quarrel.challenger, &quarrel.dispute);
        assert_eq!((&own["state"], &own["side"], &own["version"]), (&json!("opened"), &json!("challenger"), &json!(1)));
        assert_eq!(own["challenger_id"], json!(quarrel.challenger_id));
        for hidden in ["registration_id", "holder_id", "master_id", "holder_until", "heard_at", "ended_at", "appeal"] {
            assert_eq!(own[hidden], Value::Null, "{hidden}");
        }
        let all = show(market.master(), &quarrel.dispute);
        assert_eq!((&all["registration_id"], &all["holder_id"]), (&json!(quarrel.registration), &json!(quarrel.holder_id)));
        assert_eq!(all["prospect"]["name"], "Conservas");
        let piece = &all["statements"][0]["evidence"][0];
        assert_eq!((&piece["before_protection"], &piece["before_holders_evidence"]), (&json!(true), &json!(true)));
        assert_eq!(own["statements"][0]["evidence"][0]["before_protection"], Value::Null, "only masters compare");
        // The holder learns of it when the hearing begins, and not before.
        quarrel.holder.get(format!("/v1/disputes/{}", quarrel.dispute)).problem(404, "not_found");
        assert_eq!(quarrel.holder.get("/v1/disputes").expect(200)["data"], json!([]));
        assert!(!everything(&quarrel.holder).contains(&quarrel.dispute));
        assert_eq!(told(&quarrel.challenger, &quarrel.dispute), ["dispute.opened"]);
        assert_eq!(told(market.master(), &quarrel.dispute), ["dispute.opened"]);
        app.master("br").get(format!("/v1/disputes/{}", quarrel.dispute)).problem(404, "not_found");
    }

    fn r37_where_nothing_of_another_stands_in_the_way_there_is_nothing_to_dispute(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (first, second) = (market.partner(), market.partner());
        for partner in [&first, &second] {
            market.agreement(partner, "reseller", None);
        }
        let (holder, challenger) = (market.caller(&first), market.caller(&second));
        challenger.post("/v1/disputes", objection("bad_faith", "2026-02-20")).problem(409, "nothing_to_dispute");
        let id = protect(market.master(), &holder);
        holder.post("/v1/disputes", objection("bad_faith", "2026-02-20")).problem(409, "nothing_to_dispute");
        let dry = challenger.post("/v1/disputes?dry_run=true", objection("bad_faith", "2026-02-20")).expect(200);
        challenger.get(format!("/v1/disputes/{}", id_of(&dry))).problem(404, "not_found");
        holder.post(format!("/v1/registrations/{id}/withdraw"), json!({})).expect(200);
        challenger.post("/v1/disputes", objection("bad_faith", "2026-02-20")).problem(409, "nothing_to_dispute");
        // What was won stands in the way still: the commissions of it can be disputed.
        let id = protect(market.master(), &holder);
        holder.post(format!("/v1/registrations/{id}/win"), json!({})).expect(200);
        let over = challenger.post("/v1/disputes", objection("bad_faith", "2026-02-20")).expect(201);
        assert_eq!(show(market.master(), &id_of(&over))["registration_id"], json!(id));
        holder.post("/v1/disputes", objection("bad_faith", "2026-02-20")).problem(409, "nothing_to_dispute");
    }

    fn d17_a_protection_of_other_product_lines_does_not_stand_in_the_way(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let lines = market.master().get("/v1/catalogue-items?limit=200").expect(200);
        let mut lines: Vec<String> =
            lines["data"].as_array().unwrap().iter().filter_map(|it| it["product_line"].as_str().map(str::to_owned)).collect();
        lines.sort();
        lines.dedup();
        let (first, second) = (market.partner(), market.partner());
        for partner in [&first, &second] {
            market.agreement(partner, "reseller", None);
        }
        let claim = json!({ "prospect": prospect(), "product_lines": [lines[0]], "evidence": [evidence("2026-03-01")] });
        let id = id_of(&market.caller(&first).post("/v1/registrations", claim).expect(201));
        market.master().post(format!("/v1/registrations/{id}/accept"), json!({})).expect(200);
        let challenger = market.caller(&second);
        let about = |line: &str| {
            let mut body = objection("bad_faith", "2026-02-20");
            body["product_lines"] = json!([line]);
            challenger.post("/v1/disputes", body)
        };
        about(&lines[1]).problem(409, "nothing_to_dispute");
        let unknown = about("no_such_line");
        unknown.problem(422, "invalid_request");
        assert_eq!(about(&lines[0]).expect(201)["product_lines"], json!([lines[0]]));
    }

    fn r37_a_partner_has_one_open_dispute_over_a_protection_at_a_time(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let quarrel = Quarrel::open(&market, "bad_faith");
        let again = quarrel.challenger.post("/v1/disputes", objection("prior_negotiation", "2026-02-01"));
        again.problem(409, "already_exists");
        assert_eq!(again.broken(), ["dispute_is_open R37 /prospect"]);
        let third = market.partner();
        market.agreement(&third, "reseller", None);
        market.caller(&third).post("/v1/disputes", objection("bad_faith", "2026-02-01")).expect(201);
        act(&quarrel.challenger, &quarrel.dispute, "withdraw", json!({})).expect(200);
        quarrel.challenger.post("/v1/disputes", objection("prior_negotiation", "2026-02-01")).expect(201);
    }

    fn everything_that_is_wrong_with_a_dispute_is_said_at_once(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let partner = market.partner();
        let mut body = objection("bad_faith", "2026-02-20");
        body["prospect"] = json!({ "name": "Conservas", "country": "PT", "domain": "co.uk" });
        body["product_lines"] = json!(["no_such_line"]);
        body["evidence"] = json!([evidence("2026-03-02"), evidence("2026-03-03")]);
        let answer = market.caller(&partner).post("/v1/disputes", body);
        answer.problem(422, "invalid_request");
        assert_eq!(
            answer.broken(),
            [
                "domain_public_suffix D17 /prospect/domain", "evidence_later D2 /evidence/1/dated_on",
                "no_active_agreement R7 /agreement_id", "unknown_product_line D17 /product_lines/0",
            ]
        );
        let mut bare = objection("bad_faith", "2026-02-20");
        bare["evidence"] = json!([]);
        market.caller(&partner).post("/v1/disputes", bare).problem(422, "invalid_request");
        market.master().post("/v1/disputes", objection("bad_faith", "2026-02-20")).problem(403, "forbidden");
    }

    fn d22_an_intake_tells_nothing_of_the_protection_whatever_the_date_of_the_evidence(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let partners = [(); 3].map(|()| {
            let partner = market.partner();
            market.agreement(&partner, "reseller", None);
            market.caller(&partner)
        });
        let [holder, early, late] = &partners;
        protect(market.master(), holder);
        let [early, late] = [(early, "2026-02-20"), (late, "2026-03-02")].map(|(caller, day)| {
            let mut shown = caller.post("/v1/disputes", objection("prior_negotiation", day)).expect(201);
            for own in ["id", "challenger_id", "agreement_id"] {
                shown[own] = Value::Null;
            }
            shown["statements"] = Value::Null;
            shown
        });
        assert_eq!(early, late);
    }
}
