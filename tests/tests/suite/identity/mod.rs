//! Who is who: people and their sessions, integrations and their secrets.

mod integrations;
mod people;

use api::{
    identity::{commands, password, secret::Secret},
    write::Job,
};
use diesel::{ExpressionMethods, NullableExpressionMethods, QueryDsl, RunQueryDsl};
use domain::id::CompanyId;
use entente_tests::{
    app::{Answer, Caller, TestApp},
    engine::wait,
};
use persistence::{
    columns::Uid,
    error::DbError,
    schema::{events, idempotency_keys, integration_secrets, invitations, refresh_tokens, users},
};
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse battery";

/// An administrator of the Portuguese master with a password, made as the command line makes the first one.
fn administrator(app: &TestApp, email: &str) -> Value {
    let digest = password::digest(&Secret::from(PASSWORD.to_owned())).unwrap();
    let master = CompanyId::Master(Uid(app.db_master("pt")).id());
    let email = email.to_owned();
    let made = wait(app.db.write(move |tx| {
        Job::named("test").run(tx, None, |work| commands::create_administrator(work, master, &email, "Ana Sousa", &digest))
    }));
    serde_json::to_value(made.unwrap()).unwrap()
}

fn log_in(app: &TestApp, email: &str, password: &str) -> Answer {
    app.anonymous().post("/v1/auth/login", json!({"email": email, "password": password}))
}

fn refresh(app: &TestApp, token: &Value) -> Answer {
    app.anonymous().post("/v1/auth/refresh", json!({"refresh_token": token}))
}

fn partner(master: &Caller, name: &str) -> String {
    let body = json!({"name": name, "legal_form": "company", "country": "PT", "email": "geral@douro.example", "language": "pt"});
    master.post("/v1/partners", body).expect(201)["id"].as_str().unwrap().to_owned()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

fn path_of(user: &Value) -> String {
    format!("/v1/users/{}", text(&user["id"]))
}

/// Asks for a token as OAuth 2.0 has it, with the client in the form.
fn token(app: &TestApp, client: &Value, secret: &Value, more: &str) -> Answer {
    let form = format!("grant_type=client_credentials&client_id={}&client_secret={}{more}", text(client), text(secret));
    form_post(app, &form)
}

fn form_post(app: &TestApp, form: &str) -> Answer {
    let anonymous = app.anonymous();
    let request = anonymous.request("POST", "/v1/oauth/token").header("content-type", "application/x-www-form-urlencoded");
    request.raw(form.as_bytes().to_vec()).send()
}

/// What stands in every column that could hold a secret.
fn everything_stored(app: &TestApp) -> Vec<(&'static str, String)> {
    let read = app.db.read(|tx| {
        let mut all: Vec<(&str, String)> = Vec::new();
        let mut add = |place, texts: Vec<String>| all.extend(texts.into_iter().map(|text| (place, text)));
        add("events", events::table.select(events::body).load(tx.conn)?);
        add("kept answer", idempotency_keys::table.select(idempotency_keys::answer).load(tx.conn)?);
        add("secrets", integration_secrets::table.select(integration_secrets::hash).load(tx.conn)?);
        add("invitations", invitations::table.select(invitations::token_hash).load(tx.conn)?);
        add("refresh tokens", refresh_tokens::table.select(refresh_tokens::hash).load(tx.conn)?);
        let passwords = users::table.filter(users::password_hash.is_not_null()).select(users::password_hash.assume_not_null());
        add("users", passwords.load(tx.conn)?);
        Ok::<_, DbError>(all)
    });
    let all = wait(read).unwrap();
    for place in ["events", "kept answer", "secrets", "invitations", "refresh tokens", "users"] {
        assert!(all.iter().any(|(found, _)| *found == place), "nothing in {place}");
    }
    all
}
