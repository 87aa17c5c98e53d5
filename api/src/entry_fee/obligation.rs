//! What of entry fees is due: those that are invoiced and not paid (R58).

use domain::obligation::ObligationKind;
use persistence::{db::Conn, entry_fee as store};

use crate::{
    obligation::{Asked, Obligation, asked::About},
    problem::Problem,
};

/// The unpaid ones.
pub(crate) fn unpaid(conn: &mut Conn, asked: &Asked) -> Result<Vec<Obligation>, Problem> {
    let kind = ObligationKind::EntryFee;
    let found = store::unpaid(conn, &asked.view, asked.only(), &asked.days(kind))?;
    let due = found.into_iter().filter_map(|entry_fee| Some((entry_fee.invoice.clone()?, entry_fee)));
    let obligation = |(invoice, entry_fee): (store::Invoice, store::EntryFee)| {
        let params = [
            ("segment", entry_fee.current.segment.clone()),
            ("amount", entry_fee.current.fee.to_string()),
            ("currency", entry_fee.current.fee.currency().code().to_owned()),
            ("reference", invoice.reference),
        ];
        let text = asked.say("entry_fee", &params);
        asked.on(invoice.due_on, About { kind, subject: entry_fee.id, partner: Some(entry_fee.partner), text })
    };
    due.map(obligation).collect()
}
