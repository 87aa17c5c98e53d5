//! A would-be partner applies to one named master, and that master decides, once (R3).

use entente_tests::{app::TestApp, on_both_engines};
use serde_json::{Value, json};

fn application() -> Value {
    json!({
        "network": "altoga", "master": "pt", "partnership_type": "reseller", "name": "Douro Sistemas, Lda.",
        "legal_form": "company", "country": "PT", "tax_id": "501 442 600", "contact_name": "Rui Melo",
        "email": "rui@douro.example", "language": "pt",
    })
}

fn with(changes: Value) -> Value {
    let mut body = application();
    body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    body
}

fn id(resource: &Value) -> String {
    resource["id"].as_str().unwrap_or_else(|| panic!("no id in {resource}")).to_owned()
}

on_both_engines! {
    fn everything_wrong_with_an_application_is_told_at_once(engine: Engine) {
        let app = TestApp::start(engine);
        let apply = |changes: Value| app.anonymous().post("/v1/applications", with(changes));
        let unknown = apply(json!({"master": "fr", "partnership_type": "wizard", "tax_id": "501 442 601"}));
        unknown.problem(422, "invalid_request");
        assert_eq!(unknown.broken(), [
            "tax_id_check_digits R13 /tax_id", "unknown_master - /master", "unknown_partnership_type - /partnership_type",
        ]);
        assert_eq!(apply(json!({"network": "nowhere", "country": "XX"})).broken(), ["unknown_country - /country", "unknown_network - /network"]);
        assert_eq!(apply(json!({"legal_form": "natural_person"})).broken(), ["legal_form_not_allowed R13 /legal_form"]);
        let cpf = apply(json!({"master": "br", "country": "BR", "tax_id": "390.533.447-05"}));
        assert_eq!(cpf.broken(), ["personal_tax_id R13 /tax_id"]);
        apply(json!({"legal_form": "natural_person", "partnership_type": "client_manager"})).expect(201);
    }

    fn the_applicant_learns_no_more_than_it_sent(engine: Engine) {
        let app = TestApp::start(engine);
        let known = app.master("pt").post("/v1/partners", json!({
            "name": "Known", "legal_form": "company", "country": "PT", "tax_id": "501442600", "email": "a@known.example", "language": "pt",
        }));
        known.expect(201);
        let received = app.anonymous().post("/v1/applications", application());
        let mut body = received.expect(201);
        assert!(id(&body).starts_with("application_"));
        body.as_object_mut().unwrap().remove("id");
        let mut sent = with(json!({"registration_number": null, "phone": null, "message": null}));
        sent.sort_all_objects();
        body.sort_all_objects();
        assert_eq!(body, json!({"application": sent, "state": "submitted"}));
        assert_eq!((received.header("location"), received.header("etag")), (None, None));
        app.anonymous().get("/v1/applications").problem(401, "authentication_required");
    }

    fn the_named_master_alone_decides_and_once(engine: Engine) {
        let app = TestApp::start(engine);
        let (master, other) = (app.master("pt"), app.master("br"));
        let path = format!("/v1/applications/{}", id(&app.anonymous().post("/v1/applications", application()).expect(201)));
        other.get(&path).problem(404, "not_found");
        other.post(format!("{path}/accept"), json!({})).problem(404, "not_found");
        other.post(format!("{path}/reject"), json!({"reason": "No."})).problem(404, "not_found");
        assert_eq!(other.get("/v1/applications").expect(200)["data"], json!([]));
        assert_eq!(master.get("/v1/applications?state=submitted").expect(200)["data"][0]["name"], "Douro Sistemas, Lda.");
        let accepted = master.post(format!("{path}/accept"), json!({})).expect(200);
        assert_eq!(accepted["application"]["state"], "accepted");
        let again = master.post(format!("{path}/accept"), json!({})).expect(200);
        assert_eq!((&again["partner_id"], &again["invitation"]), (&accepted["partner_id"], &json!(null)));
        assert_eq!(again["application"]["version"], accepted["application"]["version"]);
        master.post(format!("{path}/reject"), json!({"reason": "No."})).problem(409, "state_conflict");
        let partner = master.get(format!("/v1/partners/{}", accepted["partner_id"].as_str().unwrap())).expect(200);
        assert_eq!((&partner["tax_id"], &partner["billing_ability"]), (&json!("501 442 600"), &json!(false)));
    }

    fn the_contact_comes_in_by_an_invitation_that_is_shown_once(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let path = format!("/v1/applications/{}/accept", id(&app.anonymous().post("/v1/applications", application()).expect(201)));
        let accept = || master.request("POST", &path).header("idempotency-key", "k1").json(&json!({})).send();
        let first = accept().expect(200);
        let token = first["invitation"]["token"].as_str().unwrap().to_owned();
        let replayed = accept();
        assert_eq!(replayed.header("idempotency-replayed").as_deref(), Some("true"));
        assert_eq!(replayed.expect(200)["invitation"], json!(null));
        assert!(!master.get("/v1/events").text.contains(&token), "the token stands in an event");
        app.anonymous().post("/v1/invitations/accept", json!({"token": token, "password": "correct horse battery staple"})).expect(200);
        let signed_in = json!({"email": "rui@douro.example", "password": "correct horse battery staple"});
        app.anonymous().post("/v1/auth/login", signed_in).expect(200);
    }

    fn a_tax_id_that_a_partner_has_is_refused_on_acceptance_and_nothing_is_made(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let apply = |email: &str| id(&app.anonymous().post("/v1/applications", with(json!({"email": email}))).expect(201));
        let (first, second) = (apply("a@douro.example"), apply("b@douro.example"));
        master.post(format!("/v1/applications/{first}/accept"), json!({"invite_administrator": false})).expect(200);
        let refused = master.post(format!("/v1/applications/{second}/accept"), json!({}));
        refused.problem(409, "already_exists");
        assert_eq!(refused.broken(), ["tax_id_taken - "]);
        assert_eq!(master.get(format!("/v1/applications/{second}")).expect(200)["state"], "submitted");
        let rejected = master.post(format!("/v1/applications/{second}/reject"), json!({"reason": "It is in."})).expect(200);
        assert_eq!((&rejected["state"], &rejected["reason"], &rejected["partner_id"]), (&json!("rejected"), &json!("It is in."), &json!(null)));
    }
}
