//! Payouts made, sent, paid and returned by a dozen clients at once, while the processes that serve them are killed again and again:
//! three over PostgreSQL, one over SQLite. Afterwards every statement must have been paid once.
//!
//! `cargo run --release -p entente-tests --example payouts [PARTNERS] [KILLS]`

use entente_tests::{
    engine::Engine,
    payouts::{Outcome, Rush, rush},
    process::serve_if_asked,
};

const PARTNERS: usize = 40;
const KILLS: usize = 30;

fn main() -> Result<(), String> {
    // This program is started again to serve.
    serve_if_asked();
    let mut sizes = std::env::args().skip(1).map(|size| size.parse::<usize>().map_err(|error| format!("{size}: {error}")));
    let partners = sizes.next().transpose()?.unwrap_or(PARTNERS);
    let kills = sizes.next().transpose()?.unwrap_or(KILLS);
    for (engine, name, processes) in [(Engine::Postgres, "PostgreSQL", 3), (Engine::Sqlite, "SQLite", 1)] {
        report(name, kills, &rush(engine, Rush { partners, clients: 12, processes, kills }, "serve"))?;
    }
    Ok(())
}

fn report(name: &str, kills: usize, outcome: &Outcome) -> Result<(), String> {
    let Outcome { statements, payouts, unanswered, took, wrong, broken } = outcome;
    println!(
        "{name}: {statements} statements, {payouts} payouts, {kills} processes killed in {took:.1?}; {unanswered} requests unanswered"
    );
    println!("  statements not paid once: {}; rules broken: {}", wrong.len(), broken.len());
    match (wrong.first(), broken.first()) {
        (None, None) => Ok(()),
        (wrong, broken) => Err(format!("{name}: {wrong:?} {broken:?}")),
    }
}
