//! What of support requests is due: those that are wanted by a day and still to be done (R41).

use domain::obligation::ObligationKind;
use persistence::{db::Conn, support as store};

use crate::{
    obligation::{Asked, Obligation, asked::About},
    problem::Problem,
};

/// The open ones that are wanted by a day.
pub(crate) fn wanted(conn: &mut Conn, asked: &Asked) -> Result<Vec<Obligation>, Problem> {
    let kind = ObligationKind::SupportRequest;
    let found = store::wanted(conn, &asked.view, asked.only(), &asked.days(kind))?;
    let due = found.into_iter().filter_map(|request| Some((request.wanted_by?, request)));
    let obligation = |(wanted_by, request): (_, store::SupportRequest)| {
        let text = asked.say(&format!("support_request_{}", request.document.code()), &[]);
        asked.on(wanted_by, About { kind, subject: request.id, partner: Some(request.partner), text })
    };
    due.map(obligation).collect()
}
