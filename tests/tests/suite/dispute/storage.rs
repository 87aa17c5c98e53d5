//! What the database itself refuses, whoever asks it.

use diesel::RunQueryDsl;
use entente_tests::{app::TestApp, engine::wait, on_both_engines, sales::Market};
use persistence::error::DbError;

use super::{Quarrel, act, ruling};

/// Why the database refuses a statement.
fn refusal(app: &TestApp, statement: String) -> String {
    let done = wait(app.db.write(move |tx| {
        diesel::sql_query(&statement).execute(tx.conn)?;
        Ok::<_, DbError>(())
    }));
    done.expect_err("a refusal").to_string()
}

on_both_engines! {
    fn r37_what_was_said_and_decided_in_a_dispute_never_changes(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let quarrel = Quarrel::heard(&market, "bad_faith");
        act(market.master(), &quarrel.dispute, "decide", ruling("dismissed", &[])).expect(200);
        for (table, column) in [("dispute_statements", "statement"), ("dispute_evidence", "description"), ("dispute_decisions", "reasons")] {
            for statement in [format!("UPDATE {table} SET {column} = 'Something else.'"), format!("DELETE FROM {table}")] {
                let why = refusal(&app, statement.clone());
                assert!(why.contains(&format!("append-only: {table}")), "{statement}: {why}");
            }
        }
    }

    fn r37_the_shares_of_a_decision_are_the_whole_and_each_number_is_decided_once(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let quarrel = Quarrel::heard(&market, "bad_faith");
        act(market.master(), &quarrel.dispute, "decide", ruling("dismissed", &[])).expect(200);
        let another = |number: i32, challenger: i32, holder: i32| {
            format!(
                "INSERT INTO dispute_decisions (dispute_id, number, master_id, outcome, effects, challenger_ppm, holder_ppm, protection, \
                 reasons, decided_by, decided_at) SELECT dispute_id, {number}, master_id, 'shared', effects, {challenger}, {holder}, \
                 protection, reasons, decided_by, decided_at FROM dispute_decisions"
            )
        };
        for (challenger, holder) in [(400_000, 599_999), (400_000, 600_001), (-1, 1_000_001)] {
            let why = refusal(&app, another(2, challenger, holder));
            assert!(why.to_lowercase().contains("check constraint"), "{why}");
        }
        let why = refusal(&app, another(1, 400_000, 600_000));
        assert!(why.contains("append-only") || why.contains("unique"), "{why}");
    }

    fn r37_a_dispute_stands_where_its_facts_let_it_stand(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        Quarrel::open(&market, "bad_faith");
        for change in [
            "holder_id = challenger_id", "appeal_master_id = master_id", "state = 'decided'", "state = 'appealed'", "state = 'final'",
            "appeal = 'Out of nothing.'", "heard_at = created_at",
        ] {
            let why = refusal(&app, format!("UPDATE disputes SET {change}"));
            assert!(why.to_lowercase().contains("check constraint"), "{change}: {why}");
        }
    }
}
