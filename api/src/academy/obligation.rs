//! What of the academy is due: the last days of certificates (R82).

use domain::obligation::ObligationKind;
use persistence::{academy as store, db::Conn};

use crate::{
    obligation::{Asked, Obligation, asked::About},
    problem::Problem,
};

/// The certificates that have a last day, from today on: those before it are over, and stay on record.
pub(crate) fn expiries(conn: &mut Conn, asked: &Asked) -> Result<Vec<Obligation>, Problem> {
    let kind = ObligationKind::CertificateExpiry;
    let found = store::expiring_certificates(conn, &asked.view, asked.only(), asked.today, &asked.days(kind))?;
    let due = found.into_iter().filter_map(|it| Some((it.status.validity.end?, it)));
    let obligation = |(last, it): (_, store::Certificate)| {
        let text = asked.say(kind.code(), &[("number", it.number), ("person", it.person_name)]);
        asked.on(last, About { kind, subject: it.id, partner: Some(it.partner), text })
    };
    due.map(obligation).collect()
}
