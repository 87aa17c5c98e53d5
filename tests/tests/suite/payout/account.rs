//! Bank accounts: validated, set by their owner or confirmed by a second person, dated, and shown masked.

use api::access::Role;
use diesel::RunQueryDsl;
use entente_tests::{
    app::{Caller, TestApp, company},
    engine::wait,
    on_both_engines,
    sales::{Market, id_of},
};
use persistence::error::DbError;
use serde_json::{Value, json};

fn portuguese() -> Value {
    json!({
        "holder": "Padaria Central, Lda.", "country": "PT", "currency": "EUR", "iban": "PT50 0002 0123 1234 5678 9015 4",
        "bic": "BCOMPTPL",
    })
}

fn set(caller: &Caller, body: Value) -> Value {
    caller.post("/v1/bank-accounts", body).expect(201)
}

fn act(caller: &Caller, account: &Value, action: &str) -> entente_tests::app::Answer {
    caller.post(format!("/v1/bank-accounts/{}/{action}", id_of(account)), json!({}))
}

on_both_engines! {
    fn an_owners_account_holds_at_once_and_is_shown_masked(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let partner = market.partner();
        let account = set(&market.caller(&partner), portuguese());
        assert_eq!((&account["state"], &account["number"]), (&json!("confirmed"), &json!("PT50…0154")));
        assert_eq!((&account["owner"]["id"], &account["valid_from"]), (&json!(partner), &json!("2026-03-02")));
        let own = set(market.master(), portuguese());
        assert_eq!((&own["state"], &own["owner"]["id"]), (&json!("confirmed"), &json!(market.master_id())));
        // Neither answers nor events hold the number.
        for path in ["/v1/bank-accounts", "/v1/events?limit=200"] {
            let text = market.master().get(path).text;
            assert!(text.contains("PT50…0154") && !text.contains("12345678"), "{text}");
        }
    }

    fn an_account_that_a_master_sets_waits_for_a_second_person(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let partner = market.partner();
        let colleague = app.person(company(&market.master_id()), Role::MasterOperator);
        let mut body = portuguese();
        body["partner_id"] = json!(partner);
        let account = set(market.master(), body.clone());
        assert_eq!(account["state"], "pending");
        assert_eq!(act(market.master(), &account, "confirm").broken(), ["same_person - "]);
        let refused = market.master().post("/v1/bank-accounts", body.clone());
        refused.problem(409, "already_exists");
        assert_eq!(refused.broken(), ["account_pending - /currency"]);
        let confirmed = act(&colleague, &account, "confirm").expect(200);
        assert_eq!((&confirmed["state"], &confirmed["version"]), (&json!("confirmed"), &json!(2)));
        assert_eq!(act(&colleague, &account, "confirm").expect(200), confirmed, "the same again changes nothing");
        act(&colleague, &account, "reject").problem(409, "state_conflict");
        // The partner may confirm it too, and whoever set it may take it back.
        let next = set(market.master(), body.clone());
        assert_eq!(act(&market.caller(&partner), &next, "confirm").expect(200)["state"], "confirmed");
        let mistyped = set(market.master(), body);
        assert_eq!(act(market.master(), &mistyped, "reject").expect(200)["state"], "rejected");
    }

    fn everything_that_is_wrong_with_an_account_is_told_at_once(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let mut wrong = portuguese();
        wrong["iban"] = json!("PT51 0002 0123 1234 5678 9015 4");
        wrong["bic"] = json!("BCOMPTP!");
        wrong["currency"] = json!("ABC");
        wrong["valid_from"] = json!("2026-03-01");
        let refused = market.master().post("/v1/bank-accounts", wrong);
        refused.problem(422, "invalid_request");
        assert_eq!(refused.broken(), [
            "unknown_currency - /currency", "valid_from_past - /valid_from", "wrong_bic - /bic", "wrong_iban - /iban",
        ]);
        let brazil = json!({
            "holder": "Loja", "country": "BR", "currency": "BRL", "fields": { "account": "12345-6", "Wrong!": "x" },
        });
        assert_eq!(market.master().post("/v1/bank-accounts", brazil).broken(), [
            "account_fields_missing - /fields", "wrong_account_field - /fields",
        ]);
        let brazil = json!({ "holder": "Loja", "country": "BR", "currency": "BRL", "fields": { "pix_key": "ana@loja.example" } });
        assert_eq!(set(market.master(), brazil)["number"], "pix_key …mple");
    }

    fn d22_an_account_is_its_owners_and_its_masters(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (partner, other) = (market.partner(), market.partner());
        let account = set(&market.caller(&partner), portuguese());
        let mut body = portuguese();
        body["partner_id"] = json!(partner);
        for stranger in [market.caller(&other), app.master("br"), app.master("fr")] {
            stranger.get(format!("/v1/bank-accounts/{}", id_of(&account))).problem(404, "not_found");
            act(&stranger, &account, "reject").problem(404, "not_found");
            assert_eq!(stranger.get("/v1/bank-accounts").expect(200)["data"], json!([]));
            stranger.post("/v1/bank-accounts", body.clone()).problem(404, "not_found");
        }
    }

    fn the_database_itself_keeps_the_number_of_an_account(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        set(market.master(), portuguese());
        for statement in [
            "UPDATE bank_accounts SET iban = 'PT50003300000000000000000'", "UPDATE bank_accounts SET holder = 'Somebody else'",
            "UPDATE bank_accounts SET state = 'pending', decided_by = NULL, decided_at = NULL", "DELETE FROM bank_accounts",
        ] {
            let done = wait(app.db.write(move |tx| Ok::<_, DbError>(diesel::sql_query(statement).execute(tx.conn)?)));
            assert!(done.is_err_and(|error| error.to_string().contains("append-only")), "{statement}");
        }
    }
}
