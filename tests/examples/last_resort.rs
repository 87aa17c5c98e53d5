//! A reseller with 10,000 customers fails them, and another one takes all of them over, while the process that carries it out is
//! killed every two seconds and others go on billing. Afterwards nobody is left alone, nobody went over twice, and what is owed is
//! what was owed, to the cent.
//!
//! `cargo run --release -p entente-tests --example last_resort [CUSTOMERS] [CONTRACTS] [sqlite|postgres]`

use std::time::Duration;

use entente_tests::{
    engine::Engine,
    last_resort::{Outcome, Size, fail},
    process::serve_if_asked,
};

const CUSTOMERS: usize = 10_000;
const CONTRACTS: usize = 2_500;

fn main() -> Result<(), String> {
    // This program is started again to carry the plan out.
    serve_if_asked();
    let engines: Vec<_> = [(Engine::Sqlite, "SQLite"), (Engine::Postgres, "PostgreSQL")]
        .into_iter()
        .filter(|(_, name)| std::env::args().nth(3).is_none_or(|only| name.to_lowercase().starts_with(&only)))
        .collect();
    let sizes = std::env::args().skip(1).take(2);
    let mut sizes = sizes.map(|size| size.parse::<usize>().map_err(|error| format!("{size}: {error}")));
    let customers = sizes.next().transpose()?.unwrap_or(CUSTOMERS);
    let contracts = sizes.next().transpose()?.unwrap_or(CONTRACTS).min(customers);
    for (engine, name) in engines {
        let size = Size { customers, contracts, kill_every: Duration::from_secs(2) };
        report(name, size, &fail(engine, size, "serve"))?;
    }
    Ok(())
}

fn report(name: &str, size: Size, outcome: &Outcome) -> Result<(), String> {
    let Outcome { kills, edits, took, left_alone, doubles, owed_before, owed_after, broken } = outcome;
    let Size { customers, contracts, kill_every: _ } = size;
    println!(
        "{name}: {customers} customers with {contracts} contracts went over in {took:.1?}, through {kills} kills and {edits} edits"
    );
    println!("  left alone: {left_alone}; gone twice: {doubles}; owed {owed_before} before and {owed_after} after");
    let sound = *left_alone == 0 && *doubles == 0 && owed_before == owed_after;
    match broken.first() {
        None if sound => Ok(()),
        broken => Err(format!("{name}: {broken:?}")),
    }
}
