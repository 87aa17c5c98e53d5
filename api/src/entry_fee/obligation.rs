//! What of entry fees is due: those that are invoiced and not paid; and for masters those that are approved and not invoiced, and the
//! agreements that ask for one while none is assessed (R58, D14).

use domain::obligation::ObligationKind;
use persistence::{agreement, db::Conn, entry_fee as store};

use crate::{
    agreement::terms_of,
    calendar,
    obligation::{Asked, Obligation, asked::About},
    problem::Problem,
};

const KIND: ObligationKind = ObligationKind::EntryFee;

/// All of them.
pub(crate) fn due(conn: &mut Conn, asked: &Asked) -> Result<Vec<Obligation>, Problem> {
    let mut due = unpaid(conn, asked)?;
    if asked.view.company.master().is_some() {
        due.extend(uninvoiced(conn, asked)?);
        due.extend(unassessed(conn, asked)?);
    }
    Ok(asked.cut(due))
}

fn unpaid(conn: &mut Conn, asked: &Asked) -> Result<Vec<Obligation>, Problem> {
    let found = store::unpaid(conn, &asked.view, asked.only(), &asked.days(KIND))?;
    let due = found.into_iter().filter_map(|entry_fee| Some((entry_fee.invoice.clone()?, entry_fee)));
    let obligation = |(invoice, entry_fee): (store::Invoice, store::EntryFee)| {
        let params = [
            ("segment", entry_fee.current.segment.clone()),
            ("amount", entry_fee.current.fee.to_string()),
            ("currency", entry_fee.current.fee.currency().code().to_owned()),
            ("reference", invoice.reference),
        ];
        let text = asked.say("entry_fee", &params);
        asked.on(invoice.due_on, About { kind: KIND, subject: entry_fee.id, partner: Some(entry_fee.partner), text })
    };
    due.map(obligation).collect()
}

/// Approved ones, each from the day of its approval.
fn uninvoiced(conn: &mut Conn, asked: &Asked) -> Result<Vec<Obligation>, Problem> {
    let mut due = Vec::new();
    for entry_fee in store::approved(conn, &asked.view, asked.only())? {
        let day = calendar::of(conn, entry_fee.network, entry_fee.master)?.day_of(entry_fee.updated_at);
        let params = [
            ("segment", entry_fee.current.segment.clone()),
            ("amount", entry_fee.current.fee.to_string()),
            ("currency", entry_fee.current.fee.currency().code().to_owned()),
        ];
        let text = asked.say("entry_fee_approved", &params);
        due.push(asked.on(day, About { kind: KIND, subject: entry_fee.id, partner: Some(entry_fee.partner), text })?);
    }
    Ok(due)
}

/// Agreements in force or suspended, each from its first day: that its checklist says so is no assessment.
fn unassessed(conn: &mut Conn, asked: &Asked) -> Result<Vec<Obligation>, Problem> {
    let mut due = Vec::new();
    for held in agreement::without_entry_fee(conn, &asked.view, asked.only())? {
        if terms_of(conn, &held)?.1.entry_fee.is_some() {
            let text = asked.say("entry_fee_missing", &[]);
            due.push(asked.on(held.starts_on, About { kind: KIND, subject: held.id, partner: Some(held.partner), text })?);
        }
    }
    Ok(due)
}
