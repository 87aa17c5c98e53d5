//! What of findings is due: those that wait for their master (D13).

use domain::obligation::ObligationKind;
use persistence::{db::Conn, finding as store};

use super::wire::MasterFinding;
use crate::{
    obligation::{Asked, Obligation, asked::About},
    problem::Problem,
};

/// The undecided ones of the caller's master.
pub(crate) fn undecided(conn: &mut Conn, asked: &Asked) -> Result<Vec<Obligation>, Problem> {
    let kind = ObligationKind::Finding;
    let found = store::undecided(conn, &asked.view, asked.only(), &asked.days(kind))?;
    let obligation = |finding: store::Finding| {
        let (subject, partner, found_on) = (finding.id, Some(finding.partner), finding.found_on);
        let text = asked.say("finding", &[("detail", MasterFinding::of(finding, asked.language)?.detail)]);
        asked.on(found_on, About { kind, subject, partner, text })
    };
    found.into_iter().map(obligation).collect()
}
