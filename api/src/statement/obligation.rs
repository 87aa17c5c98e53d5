//! What of statements is due: the periods that have ended and whose statements are not made (Directive 86/653/EEC, Article 12).

use domain::{id::CompanyId, obligation::ObligationKind};
use persistence::db::Conn;

use super::{
    deadline::{deadlines, is_open},
    wire::StatementDeadline,
};
use crate::{
    obligation::{Asked, Obligation, asked::About},
    problem::Problem,
};

/// The ended periods of the caller's master, which closes them. They are no single partner's.
pub(crate) fn unstated(conn: &mut Conn, asked: &Asked) -> Result<Vec<Obligation>, Problem> {
    let kind = ObligationKind::Statement;
    let (CompanyId::Master(subject), None) = (asked.view.company, asked.partner) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for deadline in deadlines(conn, asked.network(), asked.now)? {
        if is_open(&deadline) {
            continue;
        }
        let StatementDeadline { period, due_on, currency, .. } = deadline.shown();
        let text = asked.say(kind.code(), &[("period", period), ("currency", currency.clone())]);
        let mut obligation = asked.on(due_on, About { kind, subject, partner: None, text })?;
        obligation.place.id = in_order_of(&currency);
        found.push(obligation);
    }
    Ok(asked.cut(found))
}

/// A place among the statements of several currencies that are due on one day.
fn in_order_of(currency: &str) -> uuid::Uuid {
    let mut bytes = [0_u8; 16];
    bytes.iter_mut().zip(currency.bytes()).for_each(|(to, from)| *to = from);
    uuid::Uuid::from_bytes(bytes)
}
