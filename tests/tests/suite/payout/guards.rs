//! What the database itself refuses, whatever the code: a second payout of a statement, a jump of a payout, a change of what was sent.

use diesel::RunQueryDsl;
use entente_tests::{app::TestApp, engine::wait, on_both_engines, sales::Market};
use persistence::error::{Constraint, DbError};

use super::*;

fn execute(app: &TestApp, statement: &'static str) -> Result<usize, DbError> {
    wait(app.db.write(move |tx| Ok::<_, DbError>(diesel::sql_query(statement).execute(tx.conn)?)))
}

on_both_engines! {
    fn no_statement_is_in_two_live_payouts(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (one, other) = (referrer(&market), referrer(&market));
        set_account(market.master(), FRENCH[0]);
        earn(&market, &one.1, 1);
        earn(&market, &other.1, 2);
        let master = pass(&app, "fr", "2026-03");
        run(&master);
        let second = execute(&app, "INSERT INTO payout_parts (payout_id, statement_id, kind, amount_minor, live) \
            SELECT p.id, t.statement_id, 'owed', t.amount_minor, TRUE FROM payouts p, payout_parts t WHERE t.payout_id <> p.id");
        assert_eq!(second.unwrap_err().broken(), Some(Constraint::StatementPaidOnce));
        for (statement, why) in [
            ("UPDATE payouts SET state = 'failed'", "no step of a payout"),
            ("UPDATE payouts SET state = 'returned'", "no step of a payout"),
            ("UPDATE payouts SET amount_minor = amount_minor + 1", "append-only: payouts"),
            ("UPDATE payouts SET partner_id = payer_id", "append-only: payouts"),
            ("DELETE FROM payouts", "append-only: payouts"),
            ("UPDATE payout_parts SET live = FALSE", "append-only: payout_parts"),
            ("UPDATE payout_parts SET amount_minor = amount_minor + 1", "append-only: payout_parts"),
            ("DELETE FROM payout_parts", "append-only: payout_parts"),
            ("UPDATE payout_steps SET state = 'paid'", "append-only: payout_steps"),
            ("DELETE FROM payout_steps", "append-only: payout_steps"),
            ("UPDATE payout_runs SET execute_on = '2026-05-01'", "append-only: payout_runs"),
        ] {
            let done = execute(&app, statement).map_err(|error| error.to_string());
            assert!(done.as_ref().is_err_and(|error| error.contains(why)), "{statement}: {done:?}");
        }
    }

    fn what_went_to_the_bank_and_what_the_bank_said_never_changes(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let (_, agreement) = referrer(&market);
        set_account(market.master(), FRENCH[0]);
        earn(&market, &agreement, 1);
        let master = pass(&app, "fr", "2026-03");
        send(&master, &run(&master)).expect(200);
        let list = "booked_on,amount,currency,text\n2026-04-01,-1.00,EUR,fee\n";
        master.request("POST", "/v1/bank-statements").header("content-type", "text/csv").raw(list.into()).send().expect(201);
        for (statement, why) in [
            ("UPDATE payout_files SET content_hash = content_hash", "payout_files"),
            ("DELETE FROM payout_files", "payout_files"),
            ("UPDATE payout_runs SET sent_by = 'x'", "payout_runs"),
            ("UPDATE bank_entries SET amount_minor = -2", "bank_entries"),
            ("DELETE FROM bank_entries", "bank_entries"),
            ("UPDATE bank_statements SET known_count = 1", "bank_statements"),
        ] {
            let done = execute(&app, statement).map_err(|error| error.to_string());
            assert!(done.as_ref().is_err_and(|error| error.contains(why)), "{statement}: {done:?}");
        }
    }
}
