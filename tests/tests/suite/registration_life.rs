//! The whole life of a registration: written, handed in, sent back, handed in again, put in another's place (R33 to R37, D2).

use std::{sync::Barrier, thread};

use chrono::TimeDelta;
use entente_tests::{
    app::{Caller, TestApp},
    engine::wait,
    on_both_engines,
    sales::Market,
};
use serde_json::{Value, json};

use crate::{
    registration::{DOMAIN, TAX_ID, act, claim, evidence, id_of, kinds, partner, said, submit, told},
    scope::assert_sound,
};

fn draft_of(mut claim: Value) -> Value {
    claim["draft"] = json!(true);
    claim
}

fn path(id: &str) -> String {
    format!("/v1/registrations/{id}")
}

/// A reseller whose agreement lets it have so many live registrations.
fn limited(market: &Market<'_>, registrations_max: u32) -> String {
    let partner = market.partner();
    market.agreement_with(&partner, "reseller", None, Some(json!({ "registrations_max": registrations_max })));
    partner
}

on_both_engines! {
    fn d22_a_draft_is_its_partners_alone_and_claims_nothing(engine: Engine) {
        let app = TestApp::start(engine);
        let (first, second) = (partner(&app, "pt"), partner(&app, "pt"));
        let (own, rival, master) = (app.partner(&first), app.partner(&second), app.master("pt"));
        let mut bare = draft_of(claim(Some(TAX_ID), None));
        bare["evidence"] = json!([]);
        let answer = submit(&own, bare.clone());
        let draft = answer.expect(201);
        let id = id_of(&draft);
        assert_eq!((&draft["state"], &draft["submitted_at"], &draft["asks"]), (&json!("draft"), &Value::Null, &json!([])));
        // It is not even in the way of another one of its own.
        let twin = id_of(&submit(&own, bare.clone()).expect(201));
        for stranger in [&master, &rival, &app.master("br")] {
            stranger.get(path(&id)).problem(404, "not_found");
            assert_eq!(stranger.get("/v1/registrations").expect(200)["data"], json!([]));
            assert_eq!(stranger.get("/v1/registrations?domain=conservas.pt").expect(200)["data"], json!([]));
            assert_eq!(told(stranger, &id, 0), Vec::<Value>::new());
        }
        for action in ["accept", "begin-review"] {
            act(&master, &id, action, json!({})).problem(404, "not_found");
        }
        act(&master, &id, "reject", json!({ "reason": "invalid_data" })).problem(404, "not_found");
        assert_eq!(kinds(&told(&own, &id, 1)), ["registration.drafted"]);
        assert_eq!(own.get("/v1/registrations?state=draft").expect(200)["data"].as_array().unwrap().len(), 2);

        let changed = own.patch(path(&id), &answer.etag(), json!({ "prospect": { "domain": DOMAIN }, "evidence": [evidence("2026-03-01")] }));
        assert_eq!((&changed.expect(200)["state"], &changed.json()["submitted_at"]), (&json!("draft"), &Value::Null));
        act(&own, &twin, "withdraw", json!({})).expect(200);
        master.get(path(&twin)).problem(404, "not_found");
        assert_eq!(told(&master, &twin, 0), Vec::<Value>::new(), "nor does it hear of one that was withdrawn");

        let submitted = act(&own, &id, "submit", json!({})).expect(200);
        assert_eq!((&submitted["state"], submitted["submitted_at"].is_string()), (&json!("submitted"), true));
        assert_eq!(act(&own, &id, "submit", json!({})).expect(200), submitted, "handed in twice is handed in once");
        assert_eq!(master.get(path(&id)).expect(200)["state"], "submitted");
        assert_eq!(kinds(&told(&master, &id, 1)), ["registration.submitted"]);
        act(&master, &id, "submit", json!({})).problem(403, "forbidden");
    }

    fn d22_a_draft_tells_nothing_of_whether_the_prospect_is_to_be_had(engine: Engine) {
        let app = TestApp::start(engine);
        let [holder, rival] = [(); 2].map(|()| app.partner(&partner(&app, "pt")));
        let held = id_of(&submit(&holder, claim(Some(TAX_ID), None)).expect(201));
        act(&app.master("pt"), &held, "accept", json!({})).expect(200);
        let refused = said(&submit(&rival, claim(Some(TAX_ID), None)));
        let taken = submit(&rival, draft_of(claim(Some(TAX_ID), None)));
        let free = submit(&rival, draft_of(claim(None, Some("free.pt"))));
        let shape = |draft: &Value| draft.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(shape(&taken.expect(201)), shape(&free.expect(201)));
        let changed = rival.patch(path(&id_of(&free.json())), "\"1\"", json!({ "prospect": { "tax_id": TAX_ID } })).expect(200);
        assert_eq!(changed["state"], "draft");
        let late = act(&rival, &id_of(&taken.json()), "submit", json!({}));
        late.problem(409, "prospect_not_available");
        assert_eq!(said(&late), refused, "only handing it in does");
        assert_eq!(rival.get(path(&id_of(&taken.json()))).expect(200)["version"], 1);
    }

    fn d2_what_is_asked_is_shown_until_the_partner_hands_it_in_again(engine: Engine) {
        let app = TestApp::start(engine);
        let (own, master) = (app.partner(&partner(&app, "pt")), app.master("pt"));
        let mut bare = claim(Some(TAX_ID), None);
        bare["evidence"] = json!([]);
        let shown = submit(&own, bare).expect(201);
        let id = id_of(&shown);
        assert_eq!((&shown["state"], &shown["asks"]), (&json!("action_required"), &json!([{ "code": "evidence", "text": null }])));
        assert_eq!(act(&own, &id, "submit", json!({})).expect(200)["version"], 1, "nothing was added");
        let added = own.patch(path(&id), "\"1\"", json!({ "evidence": [evidence("2026-03-01")] })).expect(200);
        assert_eq!((&added["state"], &added["asks"]), (&json!("submitted"), &json!([])));

        let asks = json!([{ "code": "prospect_domain", "text": "Which one is theirs?" }, { "code": "evidence" }]);
        let body = json!({ "reason": "invalid_data", "note": "Two things, please.", "asks": asks });
        let asked = act(&master, &id, "request-action", body).expect(200);
        let expected = json!([{ "code": "prospect_domain", "text": "Which one is theirs?" }, { "code": "evidence", "text": null }]);
        assert_eq!((&asked["state"], &asked["asks"], &asked["note"]), (&json!("action_required"), &expected, &json!("Two things, please.")));
        assert_eq!(own.get(path(&id)).expect(200)["asks"], expected);
        let again = act(&own, &id, "submit", json!({})).expect(200);
        assert_eq!((&again["state"], &again["asks"], &again["note"]), (&json!("submitted"), &json!([]), &Value::Null));

        let wordless = act(&master, &id, "request-action", json!({ "note": "Hm.", "asks": [{ "code": "evidence" }, { "code": "other" }] }));
        assert_eq!(wordless.broken(), ["ask_without_text - /asks/1/text"]);
        let plain = act(&master, &id, "request-action", json!({ "note": "Please call us." })).expect(200);
        assert_eq!(plain["asks"], json!([{ "code": "other", "text": "Please call us." }]));
    }

    fn r37_a_reason_that_does_not_fit_is_refused(engine: Engine) {
        let app = TestApp::start(engine);
        let (own, master) = (app.partner(&partner(&app, "pt")), app.master("pt"));
        let id = id_of(&submit(&own, claim(Some(TAX_ID), None)).expect(201));
        let refused = |caller: &Caller, action: &str, reason: &str| {
            let answer = act(caller, &id, action, json!({ "reason": reason, "note": "Because." }));
            answer.problem(422, "invalid_request");
            assert_eq!(answer.broken(), ["reason_does_not_fit R37 /reason"], "{action} for {reason}");
        };
        refused(&master, "request-action", "arbitration");
        refused(&master, "reject", "superseded");
        act(&master, &id, "accept", json!({})).expect(200);
        for reason in ["arbitration", "superseded", "partner_failed", "invalid_data"] {
            refused(&own, "lose", reason);
        }
        for reason in ["superseded", "insufficient_evidence", "capacity_exceeded"] {
            refused(&master, "release", reason);
        }
        assert_eq!(act(&master, &id, "release", json!({ "reason": "partner_failed" })).expect(200)["reason"], "partner_failed");
    }

    fn a_later_registration_takes_the_place_of_an_earlier_one_of_the_partner(engine: Engine) {
        let app = TestApp::start(engine);
        let [whose, others] = [(); 2].map(|()| partner(&app, "pt"));
        let (own, other, master) = (|| app.partner(&whose), || app.partner(&others), || app.master("pt"));
        let superseding = |caller: &Caller, id: &str, claim: Value| {
            let mut claim = claim;
            claim["supersedes_id"] = json!(id);
            submit(caller, claim)
        };
        // One that waits ends in the same transaction.
        let waiting = id_of(&submit(&own(), claim(Some(TAX_ID), None)).expect(201));
        let second = superseding(&own(), &waiting, claim(Some(TAX_ID), Some(DOMAIN))).expect(201);
        let ended = own().get(path(&waiting)).expect(200);
        assert_eq!((&ended["state"], &ended["reason"]), (&json!("withdrawn"), &json!("superseded")));
        assert_eq!((&ended["superseded_by_id"], &second["supersedes_id"]), (&second["id"], &json!(waiting)));
        assert_eq!((ended["ended_at"].is_string(), &ended["version"]), (true, &json!(2)));
        assert_eq!(kinds(&told(&master(), &waiting, 2)), ["registration.submitted", "registration.withdrawn"]);
        // One that ended stays what it was, and shows the link.
        act(&master(), &id_of(&second), "reject", json!({ "reason": "out_of_scope" })).expect(200);
        let third = superseding(&own(), &id_of(&second), claim(None, Some(DOMAIN))).expect(201);
        let rejected = own().get(path(&id_of(&second))).expect(200);
        assert_eq!((&rejected["state"], &rejected["superseded_by_id"], &rejected["version"]), (&json!("rejected"), &third["id"], &json!(3)));
        assert_eq!(kinds(&told(&own(), &id_of(&second), 3)), ["registration.submitted", "registration.rejected", "registration.superseded"]);

        let refusals = |answer: entente_tests::app::Answer| {
            answer.problem(422, "invalid_request");
            answer.broken()
        };
        assert_eq!(refusals(superseding(&own(), &waiting, claim(Some(TAX_ID), None))), ["superseded_already - /supersedes_id"]);
        assert_eq!(refusals(superseding(&own(), &id_of(&third), claim(None, Some("other.pt")))), ["superseded_of_another D17 /supersedes_id"]);
        assert_eq!(refusals(superseding(&other(), &id_of(&third), claim(None, Some(DOMAIN)))), ["superseded_not_found - /supersedes_id"]);
        let nobody = "registration_01h2xcejqtf2nbrexx3vqjhp41";
        assert_eq!(refusals(superseding(&other(), nobody, claim(None, Some(DOMAIN)))), ["superseded_not_found - /supersedes_id"]);
        act(&master(), &id_of(&third), "accept", json!({})).expect(200);
        assert_eq!(refusals(superseding(&own(), &id_of(&third), claim(None, Some(DOMAIN)))), ["superseded_stands R37 /supersedes_id"]);
        // From the last instant on it has expired, whether or not anybody noted it.
        app.advance(TimeDelta::days(90));
        let fourth = superseding(&own(), &id_of(&third), claim(None, Some(DOMAIN))).expect(201);
        let expired = own().get(path(&id_of(&third))).expect(200);
        assert_eq!((&expired["state"], &expired["superseded_by_id"]), (&json!("expired"), &fourth["id"]));
        // A draft takes the place when it is handed in, and not before.
        let draft = superseding(&own(), &id_of(&fourth), draft_of(claim(None, Some(DOMAIN)))).expect(201);
        assert_eq!(own().get(path(&id_of(&fourth))).expect(200)["state"], "submitted");
        act(&own(), &id_of(&draft), "submit", json!({})).expect(200);
        assert_eq!(own().get(path(&id_of(&fourth))).expect(200)["superseded_by_id"], draft["id"]);
        assert_sound(&app.db);
    }

    fn d3_ones_own_protection_that_has_run_out_is_not_in_the_way(engine: Engine) {
        let app = TestApp::start(engine);
        let whose = partner(&app, "pt");
        let id = id_of(&submit(&app.partner(&whose), claim(Some(TAX_ID), None)).expect(201));
        act(&app.master("pt"), &id, "accept", json!({})).expect(200);
        app.advance(TimeDelta::days(90) - TimeDelta::microseconds(1));
        submit(&app.partner(&whose), claim(Some(TAX_ID), None)).problem(409, "already_exists");
        app.advance(TimeDelta::microseconds(1));
        // Nobody has swept yet.
        submit(&app.partner(&whose), claim(Some(TAX_ID), None)).expect(201);
        assert_eq!(app.partner(&whose).get(path(&id)).expect(200)["state"], "expired");
        assert_eq!(sweep(&app), 0);
    }

    fn a_refused_successor_leaves_the_earlier_registration_as_it_was(engine: Engine) {
        let app = TestApp::start(engine);
        let [own, rival] = [(); 2].map(|()| app.partner(&partner(&app, "pt")));
        let waiting = id_of(&submit(&own, claim(Some(TAX_ID), None)).expect(201));
        let theirs = id_of(&submit(&rival, claim(None, Some(DOMAIN))).expect(201));
        act(&app.master("pt"), &theirs, "accept", json!({})).expect(200);
        let mut later = claim(Some(TAX_ID), Some(DOMAIN));
        later["supersedes_id"] = json!(waiting);
        submit(&own, later.clone()).problem(409, "prospect_not_available");
        act(&rival, &theirs, "withdraw", json!({})).expect(200);
        own.post("/v1/registrations?dry_run=true", later).expect(200);
        let kept = own.get(path(&waiting)).expect(200);
        assert_eq!((&kept["state"], &kept["superseded_by_id"], &kept["version"]), (&json!("submitted"), &Value::Null, &json!(1)));
    }

    fn one_of_many_successors_takes_the_place(engine: Engine) {
        let app = TestApp::start(engine);
        let (own, master) = (app.partner(&partner(&app, "pt")), app.master("pt"));
        let ended = id_of(&submit(&own, claim(Some(TAX_ID), Some(DOMAIN))).expect(201));
        act(&master, &ended, "reject", json!({ "reason": "invalid_data" })).expect(200);
        // Two claims that share no key, so that nothing but the link is in their way.
        let claims = [claim(Some(TAX_ID), None), claim(None, Some(DOMAIN))].map(|mut claim| {
            claim["supersedes_id"] = json!(ended);
            claim
        });
        let together = Barrier::new(2);
        let mut statuses: Vec<u16> = thread::scope(|scope| {
            let all = claims.each_ref().map(|claim| scope.spawn(|| {
                together.wait();
                submit(&own, claim.clone()).status
            }));
            all.map(|one| one.join().unwrap()).to_vec()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422]);
        assert_sound(&app.db);
    }

    fn d2_what_is_wrong_with_evidence_is_said_of_each_piece(engine: Engine) {
        let app = TestApp::start(engine);
        let own = app.partner(&partner(&app, "pt"));
        let mut wrong = claim(Some(TAX_ID), None);
        // 3650 days before 2 March 2026 are 4 March 2016: the leap days of 2016, 2020 and 2024.
        let mut blank = evidence("2026-03-01");
        blank["document"] = json!("https://crm.example/1");
        wrong["evidence"] = json!([evidence("1899-12-31"), evidence("2016-03-03"), evidence("2016-03-04"), evidence("2016-03-04"), blank]);
        let refused = submit(&own, wrong.clone());
        refused.problem(422, "invalid_request");
        assert_eq!(refused.broken(), ["evidence_absurd_date D2 /evidence/0/dated_on", "evidence_absurd_date D2 /evidence/1/dated_on", "evidence_twice D2 /evidence/3"]);
        assert_eq!(submit(&own, draft_of(wrong)).status, 422, "a draft keeps no nonsense either");
        for (field, value) in [("description", " \t"), ("document", ""), ("description", "")] {
            let mut wrong = claim(Some(TAX_ID), None);
            wrong["evidence"][0][field] = json!(value);
            submit(&own, wrong).problem(422, "invalid_request");
        }
        let shown = submit(&own, claim(Some(TAX_ID), None)).expect(201);
        let twice = own.patch(path(&id_of(&shown)), "\"1\"", json!({ "evidence": [evidence("2026-02-01"), evidence("2026-02-01"), evidence("1900-01-01")] }));
        assert_eq!(twice.broken(), ["evidence_absurd_date D2 /evidence/2/dated_on", "evidence_twice D2 /evidence/1"]);
        // What is on record already adds nothing.
        assert_eq!(own.patch(path(&id_of(&shown)), "\"1\"", json!({ "evidence": [evidence("2026-03-01")] })).expect(200)["version"], 1);
    }

    fn r34_a_partner_has_as_many_live_registrations_as_its_terms_allow(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let whose = limited(&market, 2);
        let own = || market.caller(&whose);
        let free = market.partner();
        market.agreement(&free, "reseller", None);
        let nth = |n: usize| claim(None, Some(&format!("acme{n}.pt")));
        let first = id_of(&submit(&own(), nth(1)).expect(201));
        let mut bare = nth(2);
        bare["evidence"] = json!([]);
        let second = id_of(&submit(&own(), bare).expect(201));
        let draft = id_of(&submit(&own(), draft_of(nth(3))).expect(201));
        let refused = submit(&own(), nth(4));
        refused.problem(422, "invalid_request");
        assert_eq!(refused.broken(), ["capacity_exceeded R34 "]);
        assert!(refused.text.contains("allow 2 live registrations at an instant, and there are 2"), "{}", refused.text);
        assert_eq!(act(&own(), &draft, "submit", json!({})).broken(), ["capacity_exceeded R34 "]);
        // One that takes another's place needs no place of its own.
        let mut later = nth(1);
        later["supersedes_id"] = json!(first);
        let first = id_of(&submit(&own(), later).expect(201));
        act(&app.master("pt"), &first, "accept", json!({})).expect(200);
        assert_eq!(submit(&own(), nth(4)).status, 422, "a protection is live, too");
        // What has run out is not, whether or not anybody noted it.
        app.advance(TimeDelta::days(90));
        submit(&own(), nth(4)).expect(201);
        assert_eq!(submit(&own(), nth(5)).status, 422);
        act(&own(), &second, "withdraw", json!({})).expect(200);
        act(&own(), &draft, "submit", json!({})).expect(200);
        // The limit is the one partner's.
        for n in 10..15 {
            submit(&market.caller(&free), nth(n)).expect(201);
        }
    }

    fn r34_of_many_submissions_at_the_limit_exactly_the_limit_comes_through(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let own = market.caller(&limited(&market, 5));
        let together = Barrier::new(16);
        let statuses: Vec<u16> = thread::scope(|scope| {
            let all: Vec<_> = (0..16).map(|n| {
                let (own, together) = (&own, &together);
                scope.spawn(move || {
                    together.wait();
                    submit(own, claim(None, Some(&format!("acme{n}.pt")))).status
                })
            }).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 5, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 11, "{statuses:?}");
    }
}

/// Shared with what this module does not test: a sweep of everything that has run out.
pub(crate) fn sweep(app: &TestApp) -> usize {
    wait(api::registration::expire_due(&app.db)).expect("a sweep")
}
