//! Reminders of what is overdue: one for each bucket that a statement comes into, told to partner and master.

use persistence::{
    db::{Db, Tx},
    event::Audience,
    payout::{self as store, RemittanceAccount},
};

use super::{
    standing::{OpenRemittance, Standing},
    wire::{OwedRemittance, RemittanceReminder},
};
use crate::{
    calendar,
    network::policies,
    problem::Problem,
    write::{Change, Job, Work},
};

/// Reminds every partner of what has come into a later bucket since the last reminder: once for each level. Each partner's
/// reminders are a transaction of their own.
///
/// # Errors
/// Those of the database.
pub async fn remind(db: &Db) -> Result<usize, Problem> {
    let accounts = db.read(|tx: &mut Tx<'_>| Ok::<_, Problem>(store::remittance_accounts(tx.conn)?)).await?;
    let mut reminded = 0_usize;
    for account in accounts {
        let mut job = Job::named("remind-of-remittances");
        let sent = db.write(move |tx| job.run(tx, None, |work| remind_of(work, &account))).await?;
        reminded = reminded.saturating_add(sent);
    }
    Ok(reminded)
}

fn remind_of(work: &mut Work<'_, '_>, account: &RemittanceAccount) -> Result<usize, Problem> {
    let now = work.now()?;
    let days = policies(work.conn(), account.network)?.payouts.remittance_days;
    let today = calendar::today(work.conn(), account.network, account.master, now)?;
    let standing = Standing::read(work.conn(), account, days)?;
    let mut sent = 0_usize;
    for owed in standing.remittances {
        let level = owed.bucket(today).map_or(0, domain::payout::Bucket::reminder_level);
        if level > owed.stated.reminded {
            store::insert_reminder(work.conn(), owed.stated.statement, level, now)?;
            tell(work, account, owed, level, today)?;
            sent = sent.saturating_add(1);
        }
    }
    Ok(sent)
}

fn tell(
    work: &mut Work<'_, '_>,
    account: &RemittanceAccount,
    mut owed: OpenRemittance,
    level: u32,
    today: chrono::NaiveDate,
) -> Result<(), Problem> {
    owed.stated.reminded = level;
    let subject = owed.stated.statement.to_string();
    let body = RemittanceReminder { partner_id: account.partner.to_string(), level, remittance: OwedRemittance::of(owed, today) };
    let audience = Audience { master: Some(account.master), partner: Some(account.partner), counterparty: None };
    let kind = "remittance.reminder";
    work.record(Change { network: account.network, kind, subject, version: i64::from(level), audience, body: &body })
}
