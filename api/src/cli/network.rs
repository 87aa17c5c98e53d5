//! `entente network`

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Database, Failure};
use crate::network::apply::{NotApplied, apply_text};

#[derive(Debug, Subcommand)]
pub(super) enum Network {
    /// Load a network's file into the database, whole or not at all
    ///
    /// Twice the same file changes nothing. A changed file makes new versions and never touches what is published: where it
    /// would, it is refused with every fault and its line.
    Apply(Apply),
}

#[derive(Debug, Args)]
pub(super) struct Apply {
    #[command(flatten)]
    database: Database,
    /// The network's file (YAML)
    file: PathBuf,
    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Network {
    pub(super) fn run(self) -> Result<(), Failure> {
        let Self::Apply(Apply { database, file, dry_run }) = self;
        let shown = file.display();
        let yaml = std::fs::read_to_string(&file).map_err(|error| format!("{shown}: {error}"))?;
        let db = database.open(1)?;
        match actix_web::rt::System::new().block_on(apply_text(&db, &yaml, dry_run)) {
            Ok(applied) => println!("{applied}"),
            Err(NotApplied::Faults(faults)) => {
                faults.iter().for_each(|fault| eprintln!("{shown}:{fault}"));
                return Err(format!("{shown} has {} faults; nothing of it was applied", faults.len()).into());
            }
            Err(NotApplied::Problem(problem)) => return Err(problem.cause().unwrap_or_else(|| problem.to_string()).into()),
        }
        Ok(())
    }
}
