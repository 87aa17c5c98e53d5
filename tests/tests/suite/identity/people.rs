//! People: passwords, sessions, invitations, roles.

use api::{
    access::{Role, Scope},
    identity::{commands, secret::Secret},
    write::Job,
};
use chrono::TimeDelta;
use domain::id::CompanyId;
use entente_tests::{
    app::{TestApp, company},
    engine::wait,
    on_both_engines,
};
use persistence::columns::Uid;
use serde_json::{Value, json};

use super::{PASSWORD, administrator, log_in, partner, path_of, refresh, text};

on_both_engines! {
    fn a_person_signs_in_with_the_right_password_and_no_other(engine: Engine) {
        let app = TestApp::start(engine);
        let user = administrator(&app, "Ana@Example.com");
        assert_eq!(user["email"], "ana@example.com");
        let signed_in = log_in(&app, " ANA@example.com ", PASSWORD).expect(200);
        assert_eq!((&signed_in["token_type"], &signed_in["expires_in"]), (&json!("Bearer"), &json!(600)));
        assert_eq!(signed_in["user"]["id"], user["id"]);
        let me = app.bearer(&signed_in["access_token"]).get("/v1/me").expect(200);
        assert_eq!(me["id"], user["id"]);
        assert_eq!((&me["kind"], &me["role"], &me["scopes"]), (&json!("person"), &json!("master_administrator"), &json!([])));
        assert_eq!(me["company"], user["company"]);
        assert!(me["network"].is_string(), "{me}");
        let wrong = log_in(&app, "ana@example.com", "correct horse batterx").problem(401, "invalid_credentials");
        let unknown = log_in(&app, "nobody@example.com", PASSWORD).problem(401, "invalid_credentials");
        for field in ["type", "title", "detail", "code"] {
            assert_eq!(wrong[field], unknown[field], "a stranger learns who is known");
        }
    }

    fn an_access_token_lives_ten_minutes(engine: Engine) {
        let app = TestApp::start(engine);
        administrator(&app, "ana@example.com");
        let me = app.bearer(&log_in(&app, "ana@example.com", PASSWORD).expect(200)["access_token"]);
        app.advance(TimeDelta::seconds(599));
        me.get("/v1/me").expect(200);
        app.advance(TimeDelta::seconds(1));
        me.get("/v1/me").problem(401, "authentication_required");
    }

    fn a_session_goes_on_by_refresh_tokens_each_used_once(engine: Engine) {
        let app = TestApp::start(engine);
        administrator(&app, "ana@example.com");
        let first = log_in(&app, "ana@example.com", PASSWORD).expect(200);
        app.advance(TimeDelta::minutes(10));
        let second = refresh(&app, &first["refresh_token"]).expect(200);
        assert_ne!(first["refresh_token"], second["refresh_token"]);
        let me = app.bearer(&second["access_token"]);
        me.get("/v1/me").expect(200);
        app.advance(TimeDelta::minutes(5));
        refresh(&app, &second["refresh_token"]).expect(200);
        // Who comes with the first one now is not the one who went on with the second.
        refresh(&app, &first["refresh_token"]).problem(401, "invalid_credentials");
        me.get("/v1/me").problem(401, "authentication_required");
        refresh(&app, &second["refresh_token"]).problem(401, "invalid_credentials");
    }

    fn a_lost_answer_to_a_refresh_is_given_again_for_ten_seconds(engine: Engine) {
        let app = TestApp::start(engine);
        administrator(&app, "ana@example.com");
        let first = log_in(&app, "ana@example.com", PASSWORD).expect(200);
        let lost = refresh(&app, &first["refresh_token"]).expect(200);
        app.advance(TimeDelta::milliseconds(9_999));
        let again = refresh(&app, &first["refresh_token"]).expect(200);
        assert_ne!(lost["refresh_token"], again["refresh_token"]);
        app.advance(TimeDelta::milliseconds(1));
        refresh(&app, &first["refresh_token"]).problem(401, "invalid_credentials");
        refresh(&app, &again["refresh_token"]).problem(401, "invalid_credentials");
    }

    fn a_used_refresh_token_whose_child_was_used_ends_the_session_at_once(engine: Engine) {
        let app = TestApp::start(engine);
        administrator(&app, "ana@example.com");
        let first = log_in(&app, "ana@example.com", PASSWORD).expect(200);
        let second = refresh(&app, &first["refresh_token"]).expect(200);
        let third = refresh(&app, &second["refresh_token"]).expect(200);
        refresh(&app, &first["refresh_token"]).problem(401, "invalid_credentials");
        refresh(&app, &third["refresh_token"]).problem(401, "invalid_credentials");
        app.bearer(&third["access_token"]).get("/v1/me").problem(401, "authentication_required");
    }

    fn a_refresh_token_waits_fourteen_days(engine: Engine) {
        let app = TestApp::start(engine);
        administrator(&app, "ana@example.com");
        let kept = log_in(&app, "ana@example.com", PASSWORD).expect(200);
        let late = log_in(&app, "ana@example.com", PASSWORD).expect(200);
        app.advance(TimeDelta::days(14) - TimeDelta::milliseconds(1));
        refresh(&app, &kept["refresh_token"]).expect(200);
        app.advance(TimeDelta::milliseconds(1));
        refresh(&app, &late["refresh_token"]).problem(401, "invalid_credentials");
    }

    fn a_session_ends_after_ninety_days_however_it_goes_on(engine: Engine) {
        let app = TestApp::start(engine);
        administrator(&app, "ana@example.com");
        let mut last = log_in(&app, "ana@example.com", PASSWORD).expect(200);
        for _ in 0..6 {
            app.advance(TimeDelta::days(14) - TimeDelta::seconds(1));
            last = refresh(&app, &last["refresh_token"]).expect(200);
        }
        // 90 days are 6 × 14 and 6 more.
        app.advance(TimeDelta::days(6) + TimeDelta::seconds(5));
        last = refresh(&app, &last["refresh_token"]).expect(200);
        app.advance(TimeDelta::seconds(1));
        refresh(&app, &last["refresh_token"]).problem(401, "invalid_credentials");
        app.bearer(&last["access_token"]).get("/v1/me").problem(401, "authentication_required");
    }

    fn signing_out_ends_one_session_and_no_other(engine: Engine) {
        let app = TestApp::start(engine);
        administrator(&app, "ana@example.com");
        let here = log_in(&app, "ana@example.com", PASSWORD).expect(200);
        let there = log_in(&app, "ana@example.com", PASSWORD).expect(200);
        let ended = app.bearer(&here["access_token"]).post("/v1/auth/logout", json!({})).expect(200);
        assert!(ended["ended_at"].is_string(), "{ended}");
        app.bearer(&here["access_token"]).get("/v1/me").problem(401, "authentication_required");
        refresh(&app, &here["refresh_token"]).problem(401, "invalid_credentials");
        app.bearer(&there["access_token"]).get("/v1/me").expect(200);
        refresh(&app, &there["refresh_token"]).expect(200);
    }

    fn an_invited_person_sets_a_password_once(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let new = json!({"email": "Rui@Example.com", "name": "Rui Melo", "role": "supervisor"});
        let answer = master.post("/v1/users", new);
        let invited = answer.expect(201);
        assert_eq!((&invited["state"], &invited["email"]), (&json!("invited"), &json!("rui@example.com")));
        assert_eq!(answer.header("location"), Some(path_of(&invited)));
        log_in(&app, "rui@example.com", PASSWORD).problem(401, "invalid_credentials");
        let accept = |token: &Value, password: &str| {
            app.anonymous().post("/v1/invitations/accept", json!({"token": token, "password": password}))
        };
        let token = &invited["invitation"]["token"];
        assert_eq!(accept(token, "eleven char").broken(), ["too_short - /password"]);
        assert_eq!(accept(token, &"x".repeat(129)).broken(), ["too_long - /password"]);
        accept(&json!("ent_invite_unknown"), PASSWORD).problem(404, "not_found");
        assert_eq!(accept(token, PASSWORD).expect(200)["state"], "active");
        accept(token, "another password").problem(410, "invitation_ended");
        log_in(&app, "rui@example.com", PASSWORD).expect(200);
    }

    fn an_invitation_lasts_seven_days(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let invite = |email: &str| master.post("/v1/users", json!({"email": email, "name": "x", "role": "supervisor"})).expect(201);
        let (kept, late) = (invite("a@example.com"), invite("b@example.com"));
        let accept = |invited: &Value| {
            app.anonymous().post("/v1/invitations/accept", json!({"token": invited["invitation"]["token"], "password": PASSWORD}))
        };
        app.advance(TimeDelta::days(7) - TimeDelta::milliseconds(1));
        accept(&kept).expect(200);
        app.advance(TimeDelta::milliseconds(1));
        accept(&late).problem(410, "invitation_ended");
    }

    fn a_new_invitation_replaces_the_one_before_and_ends_sessions_when_used(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let user = administrator(&app, "ana@example.com");
        let session = log_in(&app, "ana@example.com", PASSWORD).expect(200);
        let renew = || master.post(format!("{}/invitation", path_of(&user)), json!({})).expect(200);
        let (first, second) = (renew(), renew());
        let accept = |invited: &Value| {
            let body = json!({"token": invited["invitation"]["token"], "password": "an entirely new one"});
            app.anonymous().post("/v1/invitations/accept", body)
        };
        accept(&first).problem(410, "invitation_ended");
        app.bearer(&session["access_token"]).get("/v1/me").expect(200);
        accept(&second).expect(200);
        app.bearer(&session["access_token"]).get("/v1/me").problem(401, "authentication_required");
        log_in(&app, "ana@example.com", PASSWORD).problem(401, "invalid_credentials");
        log_in(&app, "ana@example.com", "an entirely new one").expect(200);
    }

    fn a_person_has_a_role_of_the_companys_own_side(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let partner = app.partner(&partner(&master, "Douro"));
        for role in Role::ALL {
            for (caller, of_masters) in [(&master, true), (&partner, false)] {
                let email = format!("{}-{of_masters}@example.com", role.word());
                let answer = caller.post("/v1/users", json!({"email": email, "name": "x", "role": role.word()}));
                if role.is_masters() == of_masters {
                    answer.expect(201);
                } else {
                    answer.problem(422, "invalid_request");
                    assert_eq!(answer.broken(), ["role_not_of_company - /role"]);
                }
            }
        }
    }

    fn a_taken_address_is_refused_alike_whoever_has_it(engine: Engine) {
        let app = TestApp::start(engine);
        let (master, other) = (app.master("pt"), app.master("br"));
        let new = json!({"email": "rui@example.com", "name": "Rui", "role": "supervisor"});
        master.post("/v1/users", new.clone()).expect(201);
        let (own, strangers) = (master.post("/v1/users", new.clone()), other.post("/v1/users", new));
        let (own, mut strangers) = (own.problem(409, "already_exists"), strangers.problem(409, "already_exists"));
        strangers["instance"] = own["instance"].clone();
        assert_eq!(own, strangers);
    }

    fn a_disabled_person_is_out_at_once(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let user = administrator(&app, "ana@example.com");
        let session = log_in(&app, "ana@example.com", PASSWORD).expect(200);
        let tag = master.get(path_of(&user)).etag();
        let disabled = master.patch(path_of(&user), &tag, json!({"state": "disabled"}));
        assert_eq!(disabled.expect(200)["state"], "disabled");
        app.bearer(&session["access_token"]).get("/v1/me").problem(401, "authentication_required");
        refresh(&app, &session["refresh_token"]).problem(401, "invalid_credentials");
        log_in(&app, "ana@example.com", PASSWORD).problem(401, "invalid_credentials");
        master.post(format!("{}/invitation", path_of(&user)), json!({})).problem(409, "state_conflict");
        master.patch(path_of(&user), &disabled.etag(), json!({"state": "active"})).expect(200);
        refresh(&app, &session["refresh_token"]).problem(401, "invalid_credentials");
        log_in(&app, "ana@example.com", PASSWORD).expect(200);
    }

    fn a_new_role_counts_for_tokens_that_are_out_already(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let user = administrator(&app, "ana@example.com");
        let ana = app.bearer(&log_in(&app, "ana@example.com", PASSWORD).expect(200)["access_token"]);
        ana.get("/v1/users").expect(200);
        master.patch(path_of(&user), "*", json!({"role": "supervisor"})).expect(200);
        ana.get("/v1/users").problem(403, "forbidden");
    }

    fn the_last_administrator_who_can_sign_in_stays_one(engine: Engine) {
        let app = TestApp::start(engine);
        let partner = app.partner(&partner(&app.master("pt"), "Douro"));
        let me = text(&partner.get("/v1/me").expect(200)["id"]).to_owned();
        let path = format!("/v1/users/{me}");
        // One who was only invited cannot let anybody in.
        let new = json!({"email": "rui@example.com", "name": "Rui", "role": "partner_administrator"});
        let invited = partner.post("/v1/users", new).expect(201);
        assert_eq!(partner.patch(&path, "*", json!({"state": "disabled"})).broken(), ["last_administrator - /state"]);
        assert_eq!(partner.patch(&path, "*", json!({"role": "partner_member"})).broken(), ["last_administrator - /role"]);
        let both = partner.patch(&path, "*", json!({"role": "supervisor"})).broken();
        assert_eq!(both, ["last_administrator - /role", "role_not_of_company - /role"]);
        let body = json!({"token": invited["invitation"]["token"], "password": PASSWORD});
        app.anonymous().post("/v1/invitations/accept", body).expect(200);
        partner.patch(&path, "*", json!({"role": "partner_member"})).expect(200);
    }

    fn nobody_sees_people_or_integrations_of_another_company(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let id = partner(&master, "Douro");
        let own = app.partner(&id);
        let new = json!({"email": "rui@example.com", "name": "Rui", "role": "partner_member"});
        let user = own.post("/v1/users", new).expect(201);
        let integration = own.post("/v1/integrations", json!({"name": "CRM", "scopes": ["sales:read"]})).expect(201);
        let integration = format!("/v1/integrations/{}", text(&integration["id"]));
        own.get(path_of(&user)).expect(200);
        own.get(&integration).expect(200);
        for stranger in [master.clone(), app.master("br"), app.partner(&partner(&master, "Tejo"))] {
            let listed = stranger.get("/v1/users").expect(200);
            assert!(listed["data"].as_array().unwrap().iter().all(|listed| listed["company"]["id"] != json!(id)), "{listed}");
            assert_eq!(stranger.get("/v1/integrations").expect(200)["data"], json!([]));
            stranger.get(path_of(&user)).problem(404, "not_found");
            stranger.patch(path_of(&user), "*", json!({"name": "x"})).problem(404, "not_found");
            stranger.post(format!("{}/invitation", path_of(&user)), json!({})).problem(404, "not_found");
            stranger.get(&integration).problem(404, "not_found");
            stranger.post(format!("{integration}/secrets"), json!({})).problem(404, "not_found");
            stranger.post(format!("{integration}/revoke"), json!({})).problem(404, "not_found");
        }
    }

    fn people_are_listed_by_state_and_page(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        for number in 0..3 {
            let new = json!({"email": format!("{number}@example.com"), "name": "x", "role": "supervisor"});
            master.post("/v1/users", new).expect(201);
        }
        assert_eq!(master.get("/v1/users?state=active").expect(200)["data"].as_array().unwrap().len(), 1);
        let first = master.get("/v1/users?state=invited&limit=2").expect(200);
        let next = text(&first["next"]).to_owned();
        let second = master.get(format!("/v1/users?state=invited&limit=2&after={next}")).expect(200);
        let emails: Vec<&Value> = [&first, &second].iter().flat_map(|page| page["data"].as_array().unwrap()).map(|user| &user["email"]).collect();
        assert_eq!(emails, ["2@example.com", "1@example.com", "0@example.com"]);
        assert_eq!(second["next"], Value::Null);
    }

    fn only_administrators_run_people_and_integrations(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.db_master("pt");
        let id = partner(&app.master("pt"), "Douro");
        for (company, role) in [(master, Role::MasterOperator), (master, Role::Supervisor), (company(&id), Role::PartnerMember)] {
            let person = app.person(company, role);
            person.get("/v1/me").expect(200);
            person.get("/v1/users").problem(403, "forbidden");
            person.post("/v1/integrations", json!({"name": "CRM", "scopes": ["network:read"]})).problem(403, "forbidden");
        }
        app.integration(master, &Scope::ALL).get("/v1/users").problem(403, "forbidden");
    }

    fn the_first_administrator_is_made_once_unless_to_recover(engine: Engine) {
        let app = TestApp::start(engine);
        let master = CompanyId::Master(Uid(app.db_master("pt")).id());
        let establish = |email: &'static str, token: &'static str, recover: bool| {
            let access = commands::Access::Invitation(Secret::from(token.to_owned()).digest());
            wait(app.db.write(move |tx| {
                Job::named("test").run(tx, None, |work| commands::establish_administrator(work, master, (email, "x"), &access, recover))
            }))
        };
        let accept = |token: &str| app.anonymous().post("/v1/invitations/accept", json!({"token": token, "password": PASSWORD}));
        // Until somebody can sign in, it can be done again: the token may have been lost.
        let first = establish("ana@example.com", "one", false).unwrap();
        let again = establish("ana@example.com", "two", false).unwrap();
        assert_eq!(first.id, again.id);
        accept("one").problem(410, "invitation_ended");
        assert_eq!(accept("two").expect(200)["role"], "master_administrator");
        assert_eq!(establish("ana@example.com", "three", false).unwrap_err().code().name(), "state_conflict");
        assert_eq!(establish("eva@example.com", "three", false).unwrap_err().code().name(), "state_conflict");
        establish("eva@example.com", "four", true).unwrap();
        accept("four").expect(200);
    }
}
