//! The command line. A sub-command is a variant here and a file beside it.

mod admin;
mod check;
mod demo;
mod key;
mod migrate;
mod network;
mod openapi;
mod serve;

use std::{ffi::OsString, io::Write, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use persistence::db::{Clock, Db, Target};

/// The backend of a partner network: who may sell what for whom, whose prospect it is, who owes whom what.
#[derive(Debug, Parser)]
#[command(name = "entente", version, propagate_version = true)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API
    Serve(serve::Serve),
    /// Bring the database's schema up to this program's
    Migrate(migrate::Migrate),
    /// Networks, as their files define them
    #[command(subcommand)]
    Network(network::Network),
    /// Write the contract (OpenAPI 3.1, YAML) to standard output
    Openapi,
    /// Administrators of companies
    #[command(subcommand)]
    Admin(admin::Admin),
    /// Keys that access tokens are signed with
    #[command(subcommand)]
    Key(key::Key),
    /// Serve both sample networks from an SQLite file, for a first look
    Demo(demo::Demo),
    /// Look for anything stored that breaks what must always hold
    CheckInvariants(check::Check),
}

/// Where the database is.
#[derive(Debug, Clone, Args)]
struct Database {
    /// Where the database is: sqlite:PATH or postgres://…
    #[arg(long, env = "ENTENTE_DATABASE", value_name = "URL", default_value = "sqlite:entente.db", hide_env_values = true)]
    database: Target,
}

impl Database {
    /// Opens a database that is there; a mistyped path makes no new one.
    fn open(&self, connections: u32) -> Result<Db, Failure> {
        if let Some(path) = self.database.path()
            && !path.exists()
        {
            return Err(format!("there is no database at {}; `entente migrate` makes one", path.display()).into());
        }
        Ok(Db::open(self.database.clone(), connections, Clock::Database)?)
    }
}

/// Why the program ended. What it says is for operators.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Runs the command that a line says: the program's name and its arguments.
#[must_use]
pub fn run(line: impl IntoIterator<Item = OsString>) -> ExitCode {
    let line = Line::parse_from(line);
    log_to_standard_error();
    let done = match line.command {
        Command::Serve(serve) => serve.run(),
        Command::Migrate(migrate) => migrate.run(),
        Command::Network(network) => network.run(),
        Command::Openapi => openapi::run(),
        Command::Admin(admin) => admin.run(),
        Command::Key(key) => key.run(),
        Command::Demo(demo) => demo.run(),
        Command::CheckInvariants(check) => check.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("entente: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// One line a message: time, level, text. `RUST_LOG` chooses what is told; without it, everything from `info` on.
fn log_to_standard_error() {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("info"))
        .format(|out, record| {
            let now = chrono::Utc::now().format("%Y-%m-%dT%H:%M:%S%.3fZ");
            writeln!(out, "{now} {} {}", record.level(), record.args())
        })
        .init();
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        Line::command().debug_assert();
    }

    #[test]
    fn a_database_without_a_scheme_is_refused() {
        assert!(Line::try_parse_from(["entente", "migrate", "--database", "entente.db"]).is_err());
        assert!(Line::try_parse_from(["entente", "migrate", "--database", "sqlite:entente.db"]).is_ok());
    }
}
