//! Customers, each with exactly one responsible company (R51), whose keys tell nothing of strangers' (D17, D22).

use entente_tests::{
    app::{Answer, TestApp},
    on_both_engines,
};
use serde_json::{Value, json};

fn new_customer() -> Value {
    json!({ "name": "Hotel do Cais", "country": "PT", "tax_id": "502 011 475", "domain": "www.hotel-do-cais.pt" })
}

fn partner(app: &TestApp) -> String {
    let new = json!({ "name": "Douro Sistemas, Lda.", "legal_form": "company", "country": "PT", "email": "geral@douro.example", "language": "pt" });
    app.master("pt").post("/v1/partners", new).expect(201)["id"].as_str().unwrap().to_owned()
}

fn path(shown: &Value) -> String {
    format!("/v1/customers/{}", shown["id"].as_str().unwrap())
}

fn said(answer: &Answer) -> Value {
    let mut body = answer.json();
    body.as_object_mut().unwrap().remove("instance");
    body
}

on_both_engines! {
    fn r51_a_customer_has_one_responsible_company_which_sees_it(engine: Engine) {
        let app = TestApp::start(engine);
        let (own, other) = (partner(&app), partner(&app));
        let mut new = new_customer();
        new["responsible_id"] = json!(own);
        let made = app.master("pt").post("/v1/customers", new.clone()).expect(201);
        assert_eq!((&made["responsible"]["id"], &made["domain"]), (&json!(own), &json!("hotel-do-cais.pt")));
        assert_eq!(app.partner(&own).get(path(&made)).expect(200), made);
        app.partner(&other).get(path(&made)).problem(404, "not_found");
        app.master("br").get(path(&made)).problem(404, "not_found");
        assert_eq!(app.partner(&other).get("/v1/customers").expect(200)["data"], json!([]));
        app.partner(&own).post("/v1/customers", new_customer()).problem(403, "forbidden");
        // A stranger's partner answers for nobody here.
        assert_eq!(app.master("br").post("/v1/customers", new).broken(), ["unknown_company R51 /responsible_id"]);
    }

    fn d22_keys_that_are_taken_are_told_to_those_who_see_whose_they_are(engine: Engine) {
        let app = TestApp::start(engine);
        let (pt, br) = (app.master("pt"), app.master("br"));
        pt.post("/v1/customers", new_customer()).expect(201);
        let own = pt.post("/v1/customers", json!({ "name": "Another", "country": "PT", "tax_id": "PT502011475" }));
        own.problem(409, "already_exists");
        assert_eq!(own.broken(), ["customer_tax_id_taken D17 /tax_id"]);
        let by_tax_id = br.post("/v1/customers", new_customer());
        by_tax_id.problem(409, "prospect_not_available");
        let by_domain = br.post("/v1/customers", json!({ "name": "Another", "country": "BR", "domain": "hotel-do-cais.pt" }));
        assert_eq!(said(&by_domain), said(&by_tax_id));
        let second = br.post("/v1/customers", json!({ "name": "Another", "country": "BR", "domain": "acme.com.br" }));
        let moved = br.patch(path(&second.expect(201)), &second.etag(), json!({ "domain": "hotel-do-cais.pt" }));
        assert_eq!(said(&moved), said(&by_tax_id));
        assert_eq!(br.patch(path(&second.json()), &second.etag(), json!({ "domain": null })).broken(), ["prospect_without_key D17 "]);
    }

    fn a_customer_made_again_by_its_reference_is_the_same(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let named = "/v1/customers/by-reference/hubspot/4711";
        let made = master.put(named, new_customer()).expect(200);
        assert_eq!(made["external_references"], json!([{ "system": "hubspot", "id": "4711" }]));
        assert_eq!(master.put(named, new_customer()).expect(200), made);
        let called = |names: Value| {
            let mut new = new_customer();
            new["external_references"] = names;
            master.put(named, new).expect(200)
        };
        let (other, same) = (json!({ "system": "sap", "id": "1" }), json!({ "system": "hubspot", "id": "4711" }));
        let made = called(json!([other, same]));
        assert_eq!(made["version"], 2);
        assert_eq!(called(json!([same, other])), made, "the order of names says nothing");
        let mut renamed = new_customer();
        renamed["name"] = json!("Hotel do Cais Novo");
        renamed["external_references"] = made["external_references"].clone();
        let changed = master.put(named, renamed).expect(200);
        assert_eq!((&changed["id"], &changed["version"], &changed["name"]), (&made["id"], &json!(3), &json!("Hotel do Cais Novo")));
        assert_eq!(master.get(named).expect(200), changed);
        app.master("br").get(named).problem(404, "not_found");
    }
}
