//! What of qualifications is due: their last days (R43, R64, R72).

use domain::obligation::ObligationKind;
use persistence::{db::Conn, qualification as store};

use crate::{
    obligation::{Asked, Obligation, asked::About},
    problem::Problem,
};

/// The granted ones that have a last day.
pub(crate) fn expiries(conn: &mut Conn, asked: &Asked) -> Result<Vec<Obligation>, Problem> {
    let kind = ObligationKind::QualificationExpiry;
    let found = store::expiring(conn, &asked.view, asked.only(), &asked.days(kind))?;
    let due = found.into_iter().filter_map(|it| Some((it.standing.validity?.end?, it)));
    let obligation = |(last, it): (_, store::Qualification)| {
        let text = asked.say(kind.code(), &[("qualification", it.kind)]);
        asked.on(last, About { kind, subject: it.id, partner: Some(it.partner), text })
    };
    due.map(obligation).collect()
}
