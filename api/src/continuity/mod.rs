//! Continuity: no customer is left alone (R49 to R51, D19). Who answers for each of them on each day, what partners have for them
//! should they fail, and the cases by which others take over.

mod case;
mod guarantee;
mod responsibility;
mod words;

use domain::id::PartnerId;
use persistence::continuity as store;
use utoipa_actix_web::service_config::ServiceConfig;

pub use case::continue_takeovers;
pub(crate) use guarantee::change_master as change_master_of_guarantee;

use crate::{
    problem::{Problem, Violation},
    write::Work,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.configure(responsibility::routes).configure(guarantee::routes).configure(case::routes);
}

/// What keeps a partner from anything new while a case suspends it: it registers, proposes, signs and renews nothing, holds no
/// prospect for longer and makes no agreement, whoever does it for it (R49). What else is new asks for an agreement in force, and a
/// case suspends them all. What is done it may still read, bill, confirm, pay and hand over.
///
/// # Errors
/// Those of the database.
pub(crate) fn suspension(
    work: &mut Work<'_, '_>,
    partner: Option<PartnerId>,
    pointer: &str,
) -> Result<Option<Violation>, Problem> {
    let Some(partner) = partner else { return Ok(None) };
    let suspended = store::is_suspended(work.conn(), partner)?;
    Ok(suspended.then(|| Violation::at(pointer, "partner_suspended").rule("R49")))
}
