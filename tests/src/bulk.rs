//! Many entries at once, past the service: what it would post in hours.

use diesel::RunQueryDsl;
use persistence::{db::Db, error::DbError};
use uuid::Uuid;

use crate::{
    app::company,
    engine::{Engine, wait},
};

/// The id of a database's own making that is `number` of `of`, ordered like those of the service.
fn key(engine: Engine, of: u32, number: &str) -> String {
    match engine {
        Engine::Sqlite => format!("printf('%08x-0000-7000-8000-%012x', {of}, {number})"),
        Engine::Postgres => {
            format!("CAST(lpad(to_hex({of}), 8, '0') || '-0000-7000-8000-' || lpad(to_hex({number}), 12, '0') AS uuid)")
        }
    }
}

fn literal(engine: Engine, id: Uuid) -> String {
    match engine {
        Engine::Sqlite => format!("'{id}'"),
        Engine::Postgres => format!("CAST('{id}' AS uuid)"),
    }
}

/// Posts `count` entries like the first one of a partner, in one sealed journal. Each call has another `turn`, above 0.
pub fn repeat_entry(db: &Db, engine: Engine, partner: &str, turn: u32, count: u32) {
    const SAME: &str = "network_id, master_id, debtor_id, creditor_id, kind, correction, corrects_id, amount_minor, currency, \
                        partner_id, counterparty_id, agreement_id, terms_id, contract_id, annuity_id, attribution_id, rule, \
                        explanation, calculation, dated_on, payable_on, recorded_at";
    let partner = literal(engine, company(partner));
    let first = format!("(SELECT * FROM entries WHERE partner_id = {partner} ORDER BY id LIMIT 1) e");
    let journal = key(engine, turn, "0");
    let statements = [
        format!(
            "INSERT INTO journals (id, network_id, source_kind, source_id, source_turn, cause, entry_count, total_minor, seal_id, \
             recorded_at) SELECT {journal}, network_id, 'adjustment', {journal}, 1, NULL, {count}, {count} * amount_minor, {journal}, \
             recorded_at FROM {first}"
        ),
        format!(
            "INSERT INTO entries (id, journal_id, position, sequence, entitled_minor, {SAME}) \
             WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {count}) \
             SELECT {}, {journal}, n, NULL, NULL, {SAME} FROM series, {first}",
            key(engine, turn, "n")
        ),
        format!("INSERT INTO seals (journal_id) SELECT {journal}"),
    ];
    let posted = db.write(move |tx| {
        for statement in &statements {
            diesel::sql_query(statement).execute(tx.conn)?;
        }
        Ok::<_, DbError>(())
    });
    wait(posted).expect("entries");
}
