//! Growth (R39 to R46): how a partner grows into the next stage of its terms, proposed, measured and decided.

mod commands;
mod handlers;
mod measure;
mod refusals;
pub mod wire;
mod words;

use domain::agreement::StageStep;
use persistence::agreement::Agreement;

pub(crate) use commands::follow_agreement;
pub(crate) use handlers::routes;

use crate::{
    problem::{Problem, Violation},
    write::Work,
};

/// What keeps a master from letting an agreement enter a stage on its own decision without saying why: the stages that it passes over
/// and everything that the stage asks for and is not there (R39).
///
/// # Errors
/// Those of the database.
pub(crate) fn unexplained(work: &mut Work<'_, '_>, agreement: &Agreement, step: &StageStep) -> Result<Vec<Violation>, Problem> {
    let now = work.now()?;
    let grower = measure::Grower::of(work.conn(), agreement.clone(), now)?;
    let passed = grower.passed_over(work.conn(), step)?;
    let mut violations = refusals::violations(&passed, refusals::Asked::Stage, step.from);
    if !violations.is_empty() {
        violations.push(Violation::at("/reason", "stage_needs_reason").rule("R39"));
    }
    Ok(violations)
}
