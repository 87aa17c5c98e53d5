//! 24,000 claims of 1,000 prospects, by twenty-four partners at once: through three processes over PostgreSQL, and by as many clients
//! of one process over SQLite. Afterwards no prospect may have been held twice, at no instant.
//!
//! `cargo run --release -p entente-tests --example claims [PROSPECTS] [PARTNERS]`

use entente_tests::{
    claims::{Outcome, Rush, rush},
    engine::Engine,
    process::serve_if_asked,
};

const PROSPECTS: usize = 1_000;
const PARTNERS: usize = 24;

fn main() -> Result<(), String> {
    // This program is started again to serve.
    serve_if_asked();
    let mut sizes = std::env::args().skip(1).map(|size| size.parse::<usize>().map_err(|error| format!("{size}: {error}")));
    let prospects = sizes.next().transpose()?.unwrap_or(PROSPECTS);
    let partners = sizes.next().transpose()?.unwrap_or(PARTNERS);
    for (engine, name, processes) in [(Engine::Postgres, "PostgreSQL", 3), (Engine::Sqlite, "SQLite", 0)] {
        let outcome = rush(engine, Rush { prospects, partners, processes }, "serve");
        report(name, &outcome)?;
    }
    Ok(())
}

fn report(name: &str, outcome: &Outcome) -> Result<(), String> {
    let Outcome { claims, submitted, accepted, withdrawn, busy, took, broken, held_twice } = outcome;
    println!("{name}: {claims} claims in {took:.1?}; {submitted} handed in, {accepted} accepted, {withdrawn} of them withdrawn");
    println!("  told to come back {busy} times; rules broken: {}; prospects held twice: {}", broken.len(), held_twice.len());
    match (broken.first(), held_twice.first()) {
        (None, None) => Ok(()),
        (broken, twice) => Err(format!("{name}: {broken:?} {twice:?}")),
    }
}
