//! What of qualifications is due: their last days, also once they are over, where an agreement in force asks for them (R43, R64, R72).

use domain::obligation::ObligationKind;
use persistence::{db::Conn, qualification as store};

use super::lapse;
use crate::{
    obligation::{Asked, Obligation, asked::About},
    problem::Problem,
};

/// The granted ones that have a last day, and those that are over and missed.
pub(crate) fn expiries(conn: &mut Conn, asked: &Asked) -> Result<Vec<Obligation>, Problem> {
    let kind = ObligationKind::QualificationExpiry;
    let found = store::expiring(conn, &asked.view, asked.only(), &asked.days(kind))?;
    let due = found.into_iter().filter_map(|it| Some((it.standing.validity?.end?, it)));
    let obligation = |(last, it): (_, store::Qualification)| {
        let text = asked.say(kind.code(), &[("qualification", it.kind)]);
        asked.on(last, About { kind, subject: it.id, partner: Some(it.partner), text })
    };
    let mut all: Vec<Obligation> = due.map(obligation).collect::<Result<_, _>>()?;
    all.extend(lapse::obligations(conn, asked)?);
    Ok(asked.cut(all))
}
