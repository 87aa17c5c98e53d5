//! What the database itself refuses of statements, whoever asks it.

use chrono::TimeDelta;
use diesel::RunQueryDsl;
use entente_tests::{
    app::TestApp,
    engine::wait,
    on_both_engines,
    sales::{Market, id_of},
};
use persistence::error::DbError;

use super::{balances::pay, brought, close, statements, tax::profile};

/// Why the database refuses the last one of these; nothing of them is kept.
fn refusal(app: &TestApp, done: &[&str]) -> String {
    let done: Vec<String> = done.iter().map(|&statement| statement.to_owned()).collect();
    let count = done.len();
    let refused = wait(app.db.write(move |tx| {
        for (number, statement) in (1..).zip(&done) {
            let executed = diesel::sql_query(statement).execute(tx.conn);
            if number == count {
                return executed.map(drop).map_err(DbError::from);
            }
            assert!(executed.expect(statement) > 0, "nothing was done by {statement}");
        }
        Ok::<_, DbError>(())
    }));
    refused.expect_err("a refusal").to_string()
}

/// A closed statement of March with a payment, and two entries that stand on none.
fn closed(app: &TestApp) {
    let market = Market::all_in_web(app);
    let partner = market.partner();
    let agreement = market.agreement(&partner, "referrer", None);
    market.master().post("/v1/tax-profiles", profile(&partner, "outside_scope", None)).expect(201);
    brought(&market, &agreement).bill(1, "1200.00");
    pay(app, &partner, 100, "2026-03-05", "in advance");
    app.advance(TimeDelta::days(30));
    close(&app.master("fr"), "2026-03");
    let caller = app.partner(&partner);
    let [statement] = &statements(&caller, "")[..] else { panic!("one statement") };
    assert_eq!(caller.get(format!("/v1/statements/{}/document?format=csv", id_of(statement))).status, 200);
    let market = market.later();
    brought(&market, &agreement).bill(1, "1200.00");
    brought(&market, &agreement).bill(1, "1200.00");
}

/// Another statement of 180.00, open, whose id is that of its run.
const OPEN: &str = "INSERT INTO statements (id, network_id, run_id, kind, partner_id, master_id, payer_id, payee_id, other_kind, \
    currency, period, first_day, last_day, due_on, number, opening_minor, lines_minor, vat_minor, withheld_minor, paid_minor, \
    closing_minor, line_count, payment_count, treatment, billing, language, recorded_at) SELECT run_id, network_id, run_id, kind, \
    partner_id, master_id, payer_id, payee_id, other_kind, currency, period, first_day, due_on, due_on, 2, closing_minor, 18000, 0, 0, \
    0, closing_minor + 18000, 1, 0, treatment, billing, language, recorded_at FROM statements";
const LINE: &str = "INSERT INTO statement_lines (statement_id, position, entry_id, amount_minor) SELECT s.id, 1, e.id, 18000 \
    FROM statements s, entries e WHERE s.number = 2 AND e.id NOT IN (SELECT entry_id FROM statement_lines) ORDER BY e.id LIMIT 1";
const PART: &str = "INSERT INTO statement_parts (statement_id, number, body) SELECT id, 0, '{}' FROM statements WHERE number = 2";
const SEAL: &str = "INSERT INTO statement_seals (statement_id, part_count, content_hash, sealed_at) \
    SELECT s.run_id, 1, t.content_hash, t.sealed_at FROM statements s JOIN statement_seals t ON t.statement_id = s.id";

on_both_engines! {
    fn what_is_stated_never_changes(engine: Engine) {
        let app = TestApp::start(engine);
        closed(&app);
        for (table, column) in [
            ("statements", "number"),
            ("statement_lines", "amount_minor"),
            ("statement_payments", "amount_minor"),
            ("statement_payment_lines", "statement_id"),
            ("statement_parts", "body"),
            ("statement_seals", "content_hash"),
            ("statement_documents", "body"),
            ("tax_profiles", "billing"),
        ] {
            for change in [format!("UPDATE {table} SET {column} = {column}"), format!("DELETE FROM {table}")] {
                let why = refusal(&app, &[&change]);
                assert!(why.contains(&format!("append-only: {table}")), "{change}: {why}");
            }
        }
    }

    fn a_sealed_statement_takes_nothing_more(engine: Engine) {
        let app = TestApp::start(engine);
        closed(&app);
        let payment = "INSERT INTO statement_payments (id, network_id, kind, partner_id, payer_id, payee_id, currency, amount_minor, \
            dated_on, reference, recorded_at) SELECT network_id, network_id, kind, partner_id, payer_id, payee_id, currency, 1, \
            dated_on, 'another', recorded_at FROM statement_payments";
        let counted = "INSERT INTO statement_payment_lines (payment_id, statement_id) SELECT p.network_id, s.id \
            FROM statement_payments p, statements s WHERE p.reference = 'another' AND s.number = 2";
        for more in [
            &["INSERT INTO statement_parts (statement_id, number, body) SELECT id, 1, '{}' FROM statements WHERE number = 2"][..],
            &[&LINE.replace("s.id, 1,", "s.id, 2,")],
            &[payment, counted],
        ] {
            let why = refusal(&app, &[&[OPEN, LINE, PART, SEAL], more].concat());
            assert!(why.contains("statement sealed"), "{more:?}: {why}");
        }
    }

    fn a_statement_that_is_not_whole_is_not_sealed(engine: Engine) {
        let app = TestApp::start(engine);
        closed(&app);
        let less = LINE.replace("18000", "17999");
        let two = SEAL.replace("s.run_id, 1,", "s.run_id, 2,");
        let unpaid = OPEN.replace("1, 0, treatment", "1, 1, treatment");
        for parts in [
            &[OPEN, PART, SEAL][..],
            &[OPEN, &less, PART, SEAL],
            &[OPEN, LINE, PART, &two],
            &[&unpaid, LINE, PART, SEAL],
        ] {
            let why = refusal(&app, parts);
            assert!(why.contains("statement incomplete"), "{parts:?}: {why}");
        }
        let open = refusal(&app, &["UPDATE statement_runs SET sealed_to = NULL", OPEN, "UPDATE statement_runs SET version = version + 1"]);
        assert!(open.contains("statements open"), "{open}");
    }

    fn each_line_is_of_an_entry_that_stands_nowhere_else_and_balances_add_up(engine: Engine) {
        let app = TestApp::start(engine);
        closed(&app);
        let of_nothing = "INSERT INTO statement_lines (statement_id, position, entry_id, amount_minor) \
            SELECT id, 1, network_id, 18000 FROM statements WHERE number = 2";
        let to_nothing = LINE.replace("SELECT s.id, 1,", "SELECT s.network_id, 1,");
        for parts in [&[OPEN, of_nothing][..], &[OPEN, &to_nothing]] {
            let why = refusal(&app, parts);
            assert!(why.contains("statement line of nothing") || why.contains("FOREIGN KEY"), "{parts:?}: {why}");
        }
        let again = "INSERT INTO statement_lines (statement_id, position, entry_id, amount_minor) \
            SELECT s.id, 1, l.entry_id, 18000 FROM statements s, statement_lines l WHERE s.number = 2";
        let wrong = OPEN.replace("closing_minor + 18000", "closing_minor + 18001");
        let period = OPEN.replace("first_day, due_on, due_on", "first_day, last_day, due_on");
        for (parts, expected) in [(&[OPEN, again][..], "entry_id"), (&[&wrong], "check"), (&[&period], "last_day")] {
            let why = refusal(&app, parts).to_lowercase();
            assert!(why.contains(expected) || why.contains("append-only"), "{parts:?}: {why}");
        }
    }
}
