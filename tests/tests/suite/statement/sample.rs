//! The sample data: a month that is closed into statements in both networks, and what was taken back since.

use entente_tests::engine::wait;
use persistence::{
    db::{Clock, Db},
    invariants::INVARIANTS,
};

use crate::readme::Demo;

/// What a script says that reads something as a person of the demonstration.
fn ask(demo: &Demo, person: &str, path: &str, picked: &str) -> String {
    let script = format!(
        "token=$(curl -sS --fail-with-body -H 'content-type: application/json' $BASE/v1/auth/login \
         -d '{{\"email\": \"{person}\", \"password\": \"a-password-for-the-demo\"}}' | jq -r .access_token)
        curl -sS --fail-with-body -H \"authorization: Bearer $token\" \"$BASE{path}\" | jq -r '{picked}'"
    );
    let (done, said) = demo.script(&script);
    assert!(done, "{person}: {said}");
    said.trim().to_owned()
}

#[test]
fn the_sample_data_has_taxed_statements_of_both_networks_and_a_correction_since_and_keeps_every_invariant() {
    let demo = Demo::start();
    let statements = |person: &str| {
        let said = ".data[] | [.kind, .lines_total.amount, .vat.amount, .withheld.amount, .closing_balance.amount] | join(\" \")";
        let said = ask(&demo, person, "/v1/statements", said);
        let mut said: Vec<String> = said.lines().map(str::to_owned).collect();
        said.sort();
        said
    };
    // 65 % of modules of 1,000.00 and 23 % of that. The consultant's 10 % are exempt, and 23 % of them are kept back.
    let douro = ["earnings 100.00 0.00 23.00 77.00", "remittance 650.00 149.50 0.00 799.50"];
    let of_douro = statements("duarte@douro.example");
    assert!(douro.iter().all(|said| of_douro.iter().any(|known| known == said)), "{of_douro:?}");
    assert_eq!(statements("rita@faria.example"), douro[..1]);
    // 15 % of 1,199.88, exempt. It was paid, and of the 99.99 that were refunded since, 15.00 are owed back (D20).
    assert_eq!(statements("paul@girard.example"), ["earnings 179.98 0.00 0.00 179.98"]);
    let said = "[.data[] | [.state, (.correction // \"-\"), .amount.amount] | join(\" \")] | join(\", \")";
    assert_eq!(ask(&demo, "paul@girard.example", "/v1/ledger-entries?limit=1", said), "payable clawback 15.00");
    // An affiliate owes half of the list price and 20 % of that.
    assert_eq!(statements("alice@atelier.example"), ["remittance 600.00 120.00 0.00 720.00"]);
    let state = ask(&demo, "claire@all-in-web.example", "/v1/statement-runs", ".data[].state");
    assert_eq!(state, "completed");
    let db = Db::open(demo.database().parse().unwrap(), 1, Clock::Database).unwrap();
    for invariant in INVARIANTS {
        let broken = wait(db.read(|tx| invariant.broken(tx.conn))).unwrap();
        assert_eq!(broken, Vec::<String>::new(), "{}", invariant.rule);
    }
}
