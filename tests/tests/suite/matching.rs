//! What stands beside a registration (D17): everything that is the same prospect or may be, for a master who decides, and the
//! index of names that it is found by.

use domain::{
    partner::Country,
    registration::matching::{NameReason, Score},
};
use entente_tests::{
    app::{Caller, TestApp},
    engine::wait,
    on_both_engines,
};
use persistence::{
    error::DbError,
    migrate::{Direction, migrate},
    registration::matching::{Candidates, Sought, possible_matches, refresh},
    schema::prospect_names,
};
use serde_json::{Value, json};

use crate::{
    registration::{TAX_ID, act, evidence, id_of, network_of, partner, submit},
    scope::assert_sound,
};

/// A claim on a prospect of this name, known by a domain.
fn named(app: &TestApp, name: &str, domain: &str) -> Value {
    let day = app.clock.now().format("%Y-%m-%d").to_string();
    json!({ "prospect": { "name": name, "country": "PT", "domain": domain }, "evidence": [evidence(&day)] })
}

fn register(app: &TestApp, caller: &Caller, name: &str, domain: &str) -> String {
    id_of(&submit(caller, named(app, name, domain)).expect(201))
}

fn matches(master: &Caller, id: &str) -> Value {
    master.get(format!("/v1/registrations/{id}/matches")).expect(200)
}

/// Names like this one in the network, as the index gives them.
fn found(app: &TestApp, name: &'static str) -> Candidates {
    let (network, country) = (network_of(app), Country::parse("PT").unwrap());
    wait(app.db.read(move |tx| possible_matches(tx.conn, &Sought { network, country, name, least: Score::POSSIBLE_MATCH })))
        .unwrap()
}

fn names(candidates: &Candidates) -> Vec<&str> {
    candidates.found.iter().map(|candidate| candidate.name.as_str()).collect()
}

on_both_engines! {
    fn d17_a_master_sees_what_is_the_same_prospect_and_what_may_be_by_its_name(engine: Engine) {
        let app = TestApp::start(engine);
        let (master, [one, other]) = (app.master("pt"), [(); 2].map(|()| app.partner(&partner(&app, "pt"))));
        let first = register(&app, &one, "Conservas do Mar, S.A.", "conservas-do-mar.pt");
        let alike = register(&app, &other, "Conservas Do Mra Lda", "outro-mar.pt");
        let same = register(&app, &other, "Fábrica de Peixe, Lda", "conservas-do-mar.pt");
        register(&app, &other, "Conservas do Rio, S.A.", "conservas-do-rio.pt");
        let customer = json!({ "name": "CONSERVAS MAR SA", "country": "PT", "tax_id": TAX_ID });
        let customer = master.post("/v1/customers", customer).expect(201);
        let pursuit = json!({ "prospect": { "name": "Conservas do Mar", "country": "PT", "domain": "mar.pt" } });
        let pursuit = master.post("/v1/pursuits", pursuit).expect(201);

        let shown = matches(&master, &first);
        assert_eq!(shown["complete"], json!(true));
        let of = |id: &Value| shown["data"].as_array().unwrap().iter().find(|one| one["id"] == *id).cloned().unwrap_or_default();
        let data = shown["data"].as_array().unwrap();
        assert_eq!(data.len(), 4, "{shown}");
        assert_eq!((&data[0]["id"], &data[0]["matched_on"]), (&json!(same), &json!(["domain"])), "a key comes first");
        let (mistyped, known, pursued) = (of(&json!(alike)), of(&customer["id"]), of(&pursuit["id"]));
        assert_eq!((&mistyped["kind"], &mistyped["protects"]), (&json!("registration"), &json!(false)));
        assert_eq!((&mistyped["matched_on"], &mistyped["name"]), (&json!(["name"]), &json!("Conservas Do Mra Lda")));
        assert!(mistyped["score"].as_u64() < Some(1000) && mistyped["score"].as_u64() >= Some(800), "{mistyped}");
        assert!(mistyped["reasons"].as_array().unwrap().contains(&json!("typing_error")), "{mistyped}");
        assert_eq!((&known["kind"], &known["protects"], &known["score"]), (&json!("customer"), &json!(true), &json!(1000)));
        assert_eq!((&pursued["kind"], &pursued["protects"]), (&json!("pursuit"), &json!(true)));
        assert_eq!(pursued["reasons"], json!(["same_words", "same_after_legal_form"]));
        assert_sound(&app.db);
    }

    fn d22_of_what_another_master_supervises_a_master_sees_that_there_is_one_and_no_more(engine: Engine) {
        let app = TestApp::start(engine);
        let (here, there) = (app.partner(&partner(&app, "pt")), app.partner(&partner(&app, "br")));
        let first = register(&app, &here, "Conservas do Mar, S.A.", "conservas-do-mar.pt");
        register(&app, &there, "Conservas do Mar", "conservas-mar.pt");
        let shown = matches(&app.master("pt"), &first);
        let expected = json!([{
            "kind": "registration", "id": null, "company_id": null, "name": null, "matched_on": ["name"], "score": 1000,
            "reasons": ["same_words", "same_after_legal_form"], "protects": false,
        }]);
        assert_eq!(shown["data"], expected);
        app.master("br").get(format!("/v1/registrations/{first}/matches")).problem(404, "not_found");
        for caller in [&here, &there] {
            caller.get(format!("/v1/registrations/{first}/matches")).problem(403, "forbidden");
        }
    }

    fn d17_the_index_of_names_is_in_step_with_what_changes(engine: Engine) {
        let app = TestApp::start(engine);
        let (master, one) = (app.master("pt"), app.partner(&partner(&app, "pt")));
        let id = register(&app, &one, "Zanolari & Brulé, Lda", "zanolari.pt");
        assert_eq!(names(&found(&app, "Zanolari e Brule")), ["Zanolari & Brulé, Lda"]);
        assert!(!found(&app, "Zanolari Brule").found[0].protects, "a claim");
        act(&master, &id, "accept", json!({})).expect(200);
        assert!(found(&app, "Zanolari Brule").found[0].protects, "a protection");
        assert_sound(&app.db);
        act(&one, &id, "withdraw", json!({})).expect(200);
        assert_eq!(names(&found(&app, "Zanolari e Brule")), [""; 0]);

        let new = json!({ "name": "Frigorífico Peixoto", "country": "PT", "domain": "peixoto.pt" });
        let made = app.master("pt").post("/v1/customers", new).expect(201);
        let path = format!("/v1/customers/{}", made["id"].as_str().unwrap());
        master.patch(&path, "\"1\"", json!({ "name": "Frigorífico Barroso" })).expect(200);
        assert_eq!(names(&found(&app, "Frigorifico Peixoto")), [""; 0]);
        assert_eq!(names(&found(&app, "Frigorifico Baroso")), ["Frigorífico Barroso"]);
        assert_sound(&app.db);
    }

    fn d17_names_of_another_country_or_another_network_are_not_found(engine: Engine) {
        let app = TestApp::start(engine);
        register(&app, &app.partner(&partner(&app, "pt")), "Zanolari, Lda", "zanolari.pt");
        let spanish = json!({ "name": "Zanolari", "country": "ES", "domain": "zanolari.es" });
        app.master("pt").post("/v1/customers", spanish).expect(201);
        let french = json!({ "name": "Zanolari", "country": "PT", "domain": "zanolari.fr" });
        app.master("fr").post("/v1/customers", french).expect(201);
        assert_eq!(names(&found(&app, "Zanolari")), ["Zanolari, Lda"]);
    }

    fn d17_those_that_protect_are_found_however_many_claim_under_the_same_name(engine: Engine) {
        let app = TestApp::start(engine);
        let (master, one) = (app.master("pt"), app.partner(&partner(&app, "pt")));
        let protected = register(&app, &one, "Silva, Lda", "silva.pt");
        act(&master, &protected, "accept", json!({})).expect(200);
        for number in 0..60 {
            register(&app, &one, "Silva, Lda", &format!("silva-{number}.pt"));
        }
        let all = found(&app, "Silva Lda");
        assert!(!all.complete, "so many are not all looked at");
        assert!(all.found[0].protects);
        assert_eq!(all.found[0].reasons, [NameReason::SameName]);
    }

    fn an_index_that_is_missing_is_made_anew_by_the_migration(engine: Engine) {
        let app = TestApp::start(engine);
        let one = app.partner(&partner(&app, "pt"));
        register(&app, &one, "Zanolari, Lda", "zanolari.pt");
        register(&app, &one, "Brulé, Lda", "brule.pt");
        let new = json!({ "name": "Frigorífico Peixoto", "country": "PT", "domain": "peixoto.pt" });
        app.master("pt").post("/v1/customers", new).expect(201);
        let pursuit = json!({ "prospect": { "name": "Conservas do Mar", "country": "PT", "domain": "mar.pt" } });
        app.master("pt").post("/v1/pursuits", pursuit).expect(201);
        // One under other rules, the others missing.
        wait(app.db.write(|tx| {
            use diesel::prelude::*;
            let kept = prospect_names::table.filter(prospect_names::name.eq("Zanolari, Lda"));
            diesel::update(kept).set(prospect_names::rules.eq(1_000)).execute(tx.conn)?;
            for name in ["Brulé, Lda", "Frigorífico Peixoto", "Conservas do Mar"] {
                let subject: persistence::columns::Uid =
                    prospect_names::table.filter(prospect_names::name.eq(name)).select(prospect_names::subject_id).get_result(tx.conn)?;
                persistence::registration::matching::remove(tx.conn, subject.0)?;
            }
            Ok::<_, DbError>(())
        }))
        .unwrap();
        assert_eq!(names(&found(&app, "Brule")), [""; 0]);
        migrate(app.db.target(), Direction::Up).unwrap();
        for name in ["Zanolari", "Brule", "Frigorifico Peixoto", "Conservas do Mar"] {
            assert_eq!(found(&app, name).found.len(), 1, "{name}");
        }
        assert_sound(&app.db);
        assert_eq!(wait(app.db.write(|tx| refresh(tx.conn))).unwrap(), 0, "once is enough");
    }
}
