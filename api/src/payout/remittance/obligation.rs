//! What of remittances is due: what partners owe their masters by statements, as far as it is open (R15, R55).

use domain::obligation::ObligationKind;
use persistence::{
    db::Conn,
    payout::{self as store, RemittanceAccount},
};

use super::standing::Standing;
use crate::{
    network::policies,
    obligation::{Asked, Obligation, asked::About},
    problem::Problem,
};

/// The statements of which something is open.
pub(crate) fn owed(conn: &mut Conn, asked: &Asked) -> Result<Vec<Obligation>, Problem> {
    let kind = ObligationKind::Remittance;
    let days = policies(conn, asked.network())?.payouts.remittance_days;
    let accounts = store::visible_remittance_accounts(conn, &asked.view)?;
    let wanted = |account: &RemittanceAccount| asked.only().is_none_or(|partner| partner == account.partner);
    let mut found = Vec::new();
    for account in accounts.into_iter().filter(wanted) {
        for owed in Standing::read(conn, &account, days)?.remittances {
            if !owed.open.sign().is_gt() {
                continue;
            }
            let params = [
                ("amount", owed.open.to_string()),
                ("currency", owed.open.currency().code().to_owned()),
                ("period", owed.stated.period),
            ];
            let text = asked.say(kind.code(), &params);
            found.push(
                asked.on(owed.due_on, About { kind, subject: owed.stated.statement, partner: Some(account.partner), text })?,
            );
        }
    }
    Ok(asked.cut(found))
}
