//! `entente check-invariants`

use clap::Args;
use persistence::{error::DbError, invariants::INVARIANTS};

use super::{Database, Failure};

#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    database: Database,
}

/// How many of the rows that break a rule are named.
const NAMED_MAX: usize = 10;

impl Check {
    pub(super) fn run(self) -> Result<(), Failure> {
        let db = self.database.open(1)?;
        let broken = actix_web::rt::System::new().block_on(db.read(|tx| {
            let mut broken = 0_usize;
            for invariant in INVARIANTS {
                let rows = invariant.broken(tx.conn)?;
                let verdict = if rows.is_empty() { "holds" } else { "BROKEN" };
                println!("{verdict:<7} {}", invariant.rule);
                rows.iter().take(NAMED_MAX).for_each(|row| println!("        {row}"));
                broken = broken.saturating_add(usize::from(!rows.is_empty()));
            }
            Ok::<_, DbError>(broken)
        }))?;
        if broken == 0 { Ok(()) } else { Err(format!("{broken} of {} invariants are broken", INVARIANTS.len()).into()) }
    }
}
