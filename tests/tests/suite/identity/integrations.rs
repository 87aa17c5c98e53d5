//! Integrations: scopes, secrets, tokens; and that no secret is kept.

use api::access::Scope;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use entente_tests::{app::TestApp, on_both_engines};
use serde_json::{Value, json};

use super::{PASSWORD, everything_stored, form_post, partner, refresh, text, token};

on_both_engines! {
    fn an_integration_gets_tokens_by_basic_or_by_form(engine: Engine) {
        let app = TestApp::start(engine);
        let made = app.master("pt").post("/v1/integrations", json!({"name": "CRM", "scopes": ["network:read", "partners:read"]})).expect(201);
        assert_eq!(made["client_id"], made["id"]);
        let issued = token(&app, &made["client_id"], &made["client_secret"], "").expect(200);
        assert_eq!((&issued["token_type"], &issued["expires_in"]), (&json!("Bearer"), &json!(600)));
        assert_eq!(issued["scope"], "network:read partners:read");
        let crm = app.bearer(&issued["access_token"]);
        let me = crm.get("/v1/me").expect(200);
        assert_eq!((&me["id"], &me["kind"]), (&made["id"], &json!("integration")));
        assert_eq!(me["scopes"], json!(["network:read", "partners:read"]));
        crm.get("/v1/partners").expect(200);
        let anonymous = app.anonymous();
        let basic = STANDARD.encode(format!("{}:{}", text(&made["client_id"]), text(&made["client_secret"])));
        let answer = anonymous
            .request("POST", "/v1/oauth/token")
            .header("authorization", &format!("Basic {basic}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .raw(b"grant_type=client_credentials".to_vec())
            .send();
        app.bearer(&answer.expect(200)["access_token"]).get("/v1/me").expect(200);
        assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
    }

    fn a_failure_of_the_token_endpoint_is_the_standards_own(engine: Engine) {
        let app = TestApp::start(engine);
        let made = app.master("pt").post("/v1/integrations", json!({"name": "CRM", "scopes": ["network:read"]})).expect(201);
        let (client, secret) = (&made["client_id"], &made["client_secret"]);
        let wrong = token(&app, client, &json!("ent_secret_wrong"), "");
        assert_eq!(wrong.expect(401)["error"], "invalid_client");
        assert_eq!(wrong.header("www-authenticate").as_deref(), Some("Basic realm=\"entente\""));
        assert_eq!(wrong.header("content-type").as_deref(), Some("application/json"));
        assert_eq!(wrong.header("x-own-error"), None);
        let unknown = token(&app, &json!("integration_01h2xcejqtf2nbrexx3vqjhp41"), secret, "");
        assert_eq!(unknown.expect(401), wrong.expect(401));
        assert_eq!(token(&app, &json!("nonsense"), secret, "").expect(401), wrong.expect(401));
        assert_eq!(token(&app, client, secret, "&scope=ledger:read").expect(400)["error"], "invalid_scope");
        assert_eq!(token(&app, client, secret, "&client_id=x").expect(400)["error"], "invalid_request");
        assert_eq!(form_post(&app, "grant_type=password").expect(400)["error"], "unsupported_grant_type");
        assert_eq!(form_post(&app, "").expect(400)["error"], "invalid_request");
        app.anonymous().post("/v1/oauth/token", json!({})).problem(415, "unsupported_media_type");
    }

    fn a_narrowed_token_carries_no_more_than_was_asked_for(engine: Engine) {
        let app = TestApp::start(engine);
        let made = app.master("pt").post("/v1/integrations", json!({"name": "CRM", "scopes": ["network:read", "partners:read"]})).expect(201);
        let issued = token(&app, &made["client_id"], &made["client_secret"], "&scope=network:read").expect(200);
        assert_eq!(issued["scope"], "network:read");
        let narrow = app.bearer(&issued["access_token"]);
        assert_eq!(narrow.get("/v1/me").expect(200)["scopes"], json!(["network:read"]));
        narrow.get("/v1/partners").problem(403, "insufficient_scope");
    }

    fn an_old_secret_works_until_its_overlap_ends(engine: Engine) {
        let app = TestApp::start(engine);
        let made = app.master("pt").post("/v1/integrations", json!({"name": "CRM", "scopes": ["network:read"]})).expect(201);
        let (client, old) = (&made["client_id"], &made["client_secret"]);
        let path = format!("/v1/integrations/{}/secrets", text(client));
        let rotated = app.master("pt").post(&path, json!({"overlap_hours": 2})).expect(200);
        let new = &rotated["client_secret"];
        assert_eq!(rotated["version"], 2);
        assert_eq!(rotated["secrets"].as_array().unwrap().len(), 2);
        app.advance(TimeDelta::hours(2) - TimeDelta::milliseconds(1));
        token(&app, client, old, "").expect(200);
        token(&app, client, new, "").expect(200);
        app.advance(TimeDelta::milliseconds(1));
        token(&app, client, old, "").expect(401);
        token(&app, client, new, "").expect(200);
        let last = app.master("pt").post(&path, json!({"overlap_hours": 0})).expect(200);
        token(&app, client, new, "").expect(401);
        token(&app, client, &last["client_secret"], "").expect(200);
        assert_eq!(app.master("pt").post(&path, json!({"overlap_hours": 169})).broken(), ["too_large - /overlap_hours"]);
    }

    fn a_revoked_integration_is_out_at_once_and_for_good(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let made = master.post("/v1/integrations", json!({"name": "CRM", "scopes": ["network:read"]})).expect(201);
        let (client, secret) = (&made["client_id"], &made["client_secret"]);
        let crm = app.bearer(&token(&app, client, secret, "").expect(200)["access_token"]);
        crm.get("/v1/me").expect(200);
        let path = format!("/v1/integrations/{}", text(client));
        let revoked = master.post(format!("{path}/revoke"), json!({})).expect(200);
        assert_eq!((&revoked["state"], &revoked["secrets"]), (&json!("revoked"), &json!([])));
        crm.get("/v1/me").problem(401, "authentication_required");
        assert_eq!(token(&app, client, secret, "").expect(401)["error"], "invalid_client");
        assert_eq!(master.post(format!("{path}/revoke"), json!({})).expect(200), revoked, "the same again answers the same");
        master.post(format!("{path}/secrets"), json!({})).problem(409, "state_conflict");
    }

    fn onboarding_is_for_integrations_of_masters(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let partner = app.partner(&partner(&master, "Douro"));
        let body = json!({"name": "CRM", "scopes": ["sales:read", "onboarding"]});
        let refused = partner.post("/v1/integrations", body.clone());
        refused.problem(422, "invalid_request");
        assert_eq!(refused.broken(), ["scope_of_masters R3 /scopes/1"]);
        master.post("/v1/integrations", body).expect(201);
        for scope in Scope::ALL.into_iter().filter(|scope| *scope != Scope::Onboarding) {
            partner.post("/v1/integrations", json!({"name": "CRM", "scopes": [scope.word()]})).expect(201);
        }
    }

    fn a_secret_is_shown_once_and_kept_nowhere(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let keyed = |path: String, body: Value| {
            master.request("POST", path).header("idempotency-key", "once").json(&body).send()
        };
        let once = |key: &str, path: &str, body: &Value| {
            master.request("POST", path).header("idempotency-key", key).json(body).send()
        };
        let mut secrets = vec![PASSWORD.to_owned()];
        let new = json!({"email": "rui@example.com", "name": "Rui", "role": "supervisor"});
        let invited = once("invite", "/v1/users", &new).expect(201);
        let again = once("invite", "/v1/users", &new).expect(201);
        assert_eq!((&again["id"], &again["invitation"]), (&invited["id"], &Value::Null));
        let new = json!({"name": "CRM", "scopes": ["network:read"]});
        let made = once("create", "/v1/integrations", &new).expect(201);
        let again = once("create", "/v1/integrations", &new).expect(201);
        assert_eq!((&again["id"], &again["client_secret"]), (&made["id"], &Value::Null));
        let rotated = keyed(format!("/v1/integrations/{}/secrets", text(&made["id"])), json!({})).expect(200);
        let token_body = json!({"token": invited["invitation"]["token"], "password": PASSWORD});
        let anonymous = app.anonymous();
        anonymous.request("POST", "/v1/invitations/accept").header("idempotency-key", "accept").json(&token_body).send().expect(200);
        let login = json!({"email": "rui@example.com", "password": PASSWORD});
        let login = || anonymous.request("POST", "/v1/auth/login").header("idempotency-key", "login").json(&login).send().expect(200);
        let (first, second) = (login(), login());
        assert_ne!(first["refresh_token"], second["refresh_token"], "signing in is never answered from what was kept");
        let refreshed = refresh(&app, &first["refresh_token"]).expect(200);
        secrets.extend([&invited["invitation"]["token"], &made["client_secret"], &rotated["client_secret"]].map(|it| text(it).to_owned()));
        for signed_in in [&first, &second, &refreshed] {
            secrets.extend([text(&signed_in["access_token"]).to_owned(), text(&signed_in["refresh_token"]).to_owned()]);
        }
        let shown = [master.get("/v1/users").text, master.get("/v1/integrations").text, master.get("/v1/events").text];
        for (place, stored) in everything_stored(&app).into_iter().chain(shown.map(|text| ("an answer", text))) {
            for secret in &secrets {
                assert!(!stored.contains(secret.as_str()), "{place} holds a secret: {stored}");
            }
            assert!(!["events", "kept answer", "an answer"].contains(&place) || !stored.contains("$argon2"), "{place}: {stored}");
        }
    }

    fn the_keys_that_check_a_token_are_public(engine: Engine) {
        let app = TestApp::start(engine);
        let keys = app.anonymous().get("/.well-known/jwks.json").expect(200);
        assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
        let key = &keys["keys"][0];
        assert_eq!((&key["kty"], &key["crv"], &key["use"], &key["alg"]), (&json!("OKP"), &json!("Ed25519"), &json!("sig"), &json!("EdDSA")));
        assert_eq!(key.get("d"), None, "the private half");
    }
}
