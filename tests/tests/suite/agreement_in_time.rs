//! Of a type that allows one agreement at an instant, several follow each other, and no two are in force on a day (D4).

use std::{sync::Barrier, thread};

use chrono::TimeDelta;
use diesel::{RunQueryDsl, sql_query};
use entente_tests::{
    app::{Answer, Caller, TestApp},
    engine::wait,
    on_both_engines,
    sales::{Market, id_of, line},
};
use persistence::{
    error::{Constraint, DbError},
    invariants::INVARIANTS,
};
use serde_json::{Value, json};

use super::agreement::{act, activate, all_met, asked, begin, company, decide, draft};

const SECOND: &str = "second_agreement D4 /partnership_type";

/// A reseller agreement of these days.
fn during(partner: &str, first: &str, last: Option<&str>) -> Value {
    asked(partner, "reseller", json!({ "starts_on": first, "ends_on": last }))
}

fn refused(master: &Caller, body: Value) -> Vec<String> {
    let answer = master.post("/v1/agreements", body);
    answer.problem(422, "invalid_request");
    answer.broken()
}

fn state(master: &Caller, agreement: &str) -> Value {
    master.get(format!("/v1/agreements/{agreement}")).expect(200)["state"].clone()
}

fn end(master: &Caller, agreement: &str) {
    master.post(format!("/v1/agreements/{agreement}/terminate"), json!({ "reason": "It was agreed." })).expect(200);
}

fn assert_sound(app: &TestApp) {
    for invariant in INVARIANTS {
        let broken = wait(app.db.read(|tx| invariant.broken(tx.conn))).expect("a check");
        assert_eq!(broken, Vec::<String>::new(), "{}", invariant.rule);
    }
}

on_both_engines! {
    fn d4_the_next_agreement_is_approved_while_this_one_runs_and_begins_the_day_after_its_last(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let partner = company(&master, "501442600");
        let now = draft(&master, during(&partner, "2026-03-02", Some("2026-06-30")));
        activate(&master, &now);
        // The last day is included: on it there would be two.
        assert_eq!(refused(&master, during(&partner, "2026-06-30", None)), [SECOND]);
        let next = draft(&master, during(&partner, "2026-07-01", Some("2026-12-31")));
        activate(&master, &next);
        assert_eq!([state(&master, &now), state(&master, &next)], [json!("active"), json!("active")]);
        for (first, last) in [("2026-12-31", None), ("2026-05-01", Some("2026-05-31")), ("2026-01-01", None), ("2026-01-01", Some("2026-03-02"))] {
            assert_eq!(refused(&master, during(&partner, first, last))[0], SECOND, "{first} {last:?}");
        }
        let after = draft(&master, during(&partner, "2027-01-01", None));
        let before = draft(&master, during(&partner, "2026-01-01", Some("2026-03-01")));
        [after, before].iter().for_each(|agreement| activate(&master, agreement));
        assert_sound(&app);
    }

    fn d4_two_that_overlap_in_the_future_are_refused_when_the_second_one_is_approved(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let partner = company(&master, "501442600");
        let [one, other] = [("2026-09-01", Some("2026-12-31")), ("2026-12-31", None)].map(|(first, last)| {
            let drafted = draft(&master, during(&partner, first, last));
            begin(&master, &drafted);
            drafted
        });
        decide(&master, &one, all_met(&master, &one, "approve")).expect(200);
        let answer = decide(&master, &other, all_met(&master, &other, "approve"));
        answer.problem(422, "invalid_request");
        assert_eq!(answer.broken(), ["second_agreement D4 "]);
        assert_eq!(state(&master, &other), "under_supervision");
    }

    fn d4_a_suspended_agreement_holds_its_days_and_one_that_is_over_does_not(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let partner = company(&master, "501442600");
        let first = draft(&master, during(&partner, "2026-03-02", Some("2026-12-31")));
        activate(&master, &first);
        let why = json!({ "reason": "It does not answer." });
        master.post(format!("/v1/agreements/{first}/suspend"), why).expect(200);
        assert_eq!(refused(&master, during(&partner, "2026-06-01", None)), [SECOND]);
        let second = draft(&master, during(&partner, "2027-01-01", None));
        activate(&master, &second);
        act(&master, &first, "resume").expect(200);
        // Ended earlier than its term, it holds no day after that.
        end(&master, &first);
        let third = draft(&master, during(&partner, "2026-06-01", Some("2026-12-31")));
        activate(&master, &third);
        assert_sound(&app);
    }

    fn d4_an_approval_does_not_reach_back_to_days_on_which_another_agreement_was_in_force(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let partner = market.partner();
        let first = market.agreement(&partner, "reseller", None);
        market.enter_stage(&first, "facilitator");
        app.advance(TimeDelta::days(10));
        let market = Market::altoga(&app).from(100);
        let master = market.master();
        end(master, &first);
        // Made for days that were the first one's: it has its effects from the day on which that one ended.
        let second = market.agreement(&partner, "reseller", None);
        let shown = master.get(format!("/v1/agreements/{second}")).expect(200);
        let entered = shown["states"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&entered["state"], &entered["from"]), (&json!("active"), &json!("2026-03-12")));
        assert_eq!(shown["starts_on"], "2026-01-01");
        assert_sound(&app);
        let offer = json!({
            "agreement_id": second, "customer_id": market.customer(&partner), "currency": "EUR",
            "lines": [line(&market.item("sales_and_purchasing"), "year", None)],
        });
        market.enter_stage(&second, "facilitator");
        let seller = market.caller(&partner);
        let proposal = id_of(&seller.post("/v1/proposals", offer).expect(201));
        seller.post(format!("/v1/proposals/{proposal}/send"), json!({})).expect(200);
        let sign = |on: &str| seller.post(format!("/v1/proposals/{proposal}/sign?dry_run=true"), json!({ "signed_on": on }));
        assert_eq!(sign("2026-03-11").status, 422, "it was the first one's day");
        sign("2026-03-12").expect(200);
    }

    fn d4_of_two_that_are_approved_at_the_same_time_both_take_effect_where_they_share_no_day(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        for (tax_id, first_day, expected) in [("501442600", "2026-07-01", 2), ("502757191", "2026-06-30", 1)] {
            let partner = company(&master, tax_id);
            let both = [during(&partner, "2026-03-02", Some("2026-06-30")), during(&partner, first_day, None)]
                .map(|body| draft(&master, body));
            both.iter().for_each(|agreement| begin(&master, agreement));
            let decision = all_met(&master, &both[0], "approve");
            let barrier = Barrier::new(2);
            let answers: Vec<Answer> = thread::scope(|scope| {
                let approvals = both.each_ref().map(|agreement| scope.spawn(|| {
                    barrier.wait();
                    decide(&master, agreement, decision.clone())
                }));
                approvals.into_iter().map(|approval| approval.join().unwrap()).collect()
            });
            assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), expected, "{first_day}: {answers:?}");
        }
        assert_sound(&app);
    }

    fn d4_the_database_itself_refuses_two_that_share_a_day(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let partner = company(&master, "501442600");
        for (first, last) in [("2026-03-02", Some("2026-06-30")), ("2026-07-01", None)] {
            activate(&master, &draft(&master, during(&partner, first, last)));
        }
        let run = |statement: &'static str| wait(app.db.write(move |tx| Ok::<_, DbError>(sql_query(statement).execute(tx.conn)?)));
        for statement in [
            "UPDATE agreements SET ends_on = '2026-07-01' WHERE ends_on IS NOT NULL",
            "UPDATE agreements SET ends_on = NULL WHERE ends_on IS NOT NULL",
            "UPDATE agreements SET starts_on = '2026-06-30' WHERE ends_on IS NULL",
        ] {
            let error = run(statement).expect_err(statement);
            assert_eq!(error.broken(), Some(Constraint::OneAgreementInForce), "{statement}: {error}");
        }
        run("UPDATE agreements SET ends_on = '2026-06-29' WHERE ends_on IS NOT NULL").expect("a day in between");
    }
}
