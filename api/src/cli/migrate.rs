//! `entente migrate`

use clap::Args;
use persistence::migrate::{Direction, migrate};

use super::{Database, Failure};

#[derive(Debug, Args)]
pub(super) struct Migrate {
    #[command(flatten)]
    database: Database,
    /// Undo every step instead, and with them everything that is stored
    #[arg(long)]
    down: bool,
}

impl Migrate {
    pub(super) fn run(self) -> Result<(), Failure> {
        let direction = if self.down { Direction::Down } else { Direction::Up };
        let taken = migrate(&self.database.database, direction)?;
        for step in &taken {
            println!("{step}");
        }
        if taken.is_empty() {
            println!("nothing to do");
        }
        Ok(())
    }
}
