//! What the database itself refuses of amendments, whoever asks.

use diesel::{RunQueryDsl, sql_query};
use entente_tests::{app::TestApp, engine::wait, on_both_engines, sales::Market};
use persistence::error::{Constraint, DbError};

use serde_json::json;

use super::{amended, apply, brought, propose, rate};

/// Runs a statement that is kept if it succeeds.
fn run(app: &TestApp, statement: &'static str) -> Result<usize, DbError> {
    wait(app.db.write(move |tx| Ok::<_, DbError>(sql_query(statement).execute(tx.conn)?)))
}

fn refuses(app: &TestApp, statement: &'static str, because: &str) {
    let error = run(app, statement).expect_err(statement).to_string().to_lowercase();
    assert!(error.contains(because), "{statement}: {error}");
}

/// Lets the first proposed amendment count past sales again, as the version of a type of this code.
macro_rules! counting {
    ($decided_by:literal, $code:literal) => {
        concat!(
            "UPDATE amendments SET state = 'applying', decision_reason = 'r', decided_by = ",
            $decided_by,
            ", terms_id = (SELECT v.id FROM terms v JOIN partnership_types t ON t.id = v.type_id WHERE t.code = '",
            $code,
            "' ORDER BY v.number LIMIT 1) WHERE id = (SELECT a.id FROM amendments a WHERE a.state = 'proposed' ORDER BY a.id LIMIT 1)"
        )
    };
}

on_both_engines! {
    fn what_was_proposed_and_decided_never_changes_and_two_people_decide(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let agreement = market.agreement(&market.partner(), "referrer", None);
        brought(&market, &agreement, "2026-03-02").bill(1, "1200.00");
        let body = amended(market.master(), "referrer", "2026-03-01", "existing_agreements", rate("0.2"));
        let (id, second) = (propose(market.master(), &body), app.master("fr"));
        apply(&second, &id);
        let days = json!({ "amendment_id": id, "signed_from": "2026-01-01", "signed_to": "2026-03-02" });
        market.master().post("/v1/simulations", days).expect(201);
        for statement in [
            "UPDATE amendments SET document = '{}'", "UPDATE amendments SET effective_from = '2026-01-01'",
            "UPDATE amendments SET reach = 'new_agreements'", "UPDATE amendments SET state = 'applying'", "DELETE FROM amendments",
            "UPDATE restatements SET recorded_at = recorded_at", "DELETE FROM restatements",
            "UPDATE restated_places SET terms_id = terms_id", "DELETE FROM restated_places",
            "UPDATE simulations SET sales = 0", "DELETE FROM simulations",
        ] {
            refuses(&app, statement, "append-only");
        }
        propose(market.master(), &amended(market.master(), "referrer", "2026-03-03", "existing_agreements", rate("0.3")));
        refuses(&app, counting!("proposed_by", "affiliate"), "check constraint");
    }

    fn one_amendment_of_a_type_at_a_time_counts_past_sales_again(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("fr");
        for from in ["2026-03-03", "2026-03-04"] {
            propose(&master, &amended(&master, "referrer", from, "existing_agreements", rate("0.3")));
        }
        assert_eq!(run(&app, counting!("'another'", "referrer")).expect("the first one"), 1);
        let second = run(&app, counting!("'another'", "affiliate")).expect_err("the second one");
        assert_eq!(second.broken(), Some(Constraint::OneApplyingAmendment));
    }
}
