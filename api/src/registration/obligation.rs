//! What of registrations is due: protections that run out (D3).

use domain::obligation::ObligationKind;
use persistence::{db::Conn, registration as store};

use crate::{
    obligation::{Asked, Obligation, asked::About},
    problem::Problem,
};

/// The protections that run.
pub(crate) fn protections(conn: &mut Conn, asked: &Asked) -> Result<Vec<Obligation>, Problem> {
    let kind = ObligationKind::Protection;
    let found = store::running_out(conn, &asked.view, asked.only(), asked.now, &asked.ends(kind))?;
    let due = found.into_iter().filter_map(|registration| Some((registration.status.protection?.until, registration)));
    let obligation = |(until, registration): (_, store::Registration)| {
        let text = asked.say("protection", &[("prospect", registration.prospect.name().to_owned())]);
        asked.until(until, About { kind, subject: registration.id, partner: Some(registration.partner), text })
    };
    Ok(due.map(obligation).collect())
}
