//! What of recovery plans is due: the instalments that payouts take from their day on (D20).

use domain::obligation::ObligationKind;
use persistence::{db::Conn, ledger as store};

use crate::{
    obligation::{Asked, Obligation, asked::About},
    problem::Problem,
};

/// The instalments of active plans from today on: the earlier ones are with the payouts.
pub(crate) fn instalments(conn: &mut Conn, asked: &Asked) -> Result<Vec<Obligation>, Problem> {
    let kind = ObligationKind::RecoveryInstalment;
    let found = store::instalments_due(conn, &asked.view, asked.only(), asked.today, &asked.days(kind))?;
    let obligation = |due: store::InstalmentDue| {
        let store::InstalmentDue { plan, partner, planned } = due;
        let params = [("amount", planned.amount.to_string()), ("currency", planned.amount.currency().code().to_owned())];
        let text = asked.say("recovery_instalment", &params);
        asked.on(planned.due_on, About { kind, subject: plan, partner: Some(partner), text })
    };
    found.into_iter().map(obligation).collect()
}
