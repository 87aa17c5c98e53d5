//! Reminders of what is overdue: one for each bucket that a statement comes into, told to partner and master.

use chrono::{DateTime, NaiveDate, Utc};
use persistence::{
    db::{Conn, Db, Tx},
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
    let mut reminded = 0_usize;
    for account in db.read(late).await? {
        let mut job = Job::named("remind-of-remittances");
        let sent = db.write(move |tx| job.run(tx, None, |work| remind_of(work, &account))).await?;
        reminded = reminded.saturating_add(sent);
    }
    Ok(reminded)
}

/// The accounts in which something has come into a later bucket. Nobody waits for the writer where there is nothing to write.
fn late(tx: &mut Tx<'_>) -> Result<Vec<RemittanceAccount>, Problem> {
    let now = tx.now()?;
    let mut late = Vec::new();
    for account in store::remittance_accounts(tx.conn)? {
        if !to_remind_of(tx.conn, &account, now)?.is_empty() {
            late.push(account);
        }
    }
    Ok(late)
}

/// What has come into a later bucket since the last reminder.
struct Late {
    owed: OpenRemittance,
    level: u32,
    today: NaiveDate,
}

fn to_remind_of(conn: &mut Conn, account: &RemittanceAccount, now: DateTime<Utc>) -> Result<Vec<Late>, Problem> {
    let days = policies(conn, account.network)?.payouts.remittance_days;
    let today = calendar::today(conn, account.network, account.master, now)?;
    let standing = Standing::read(conn, account, days)?;
    let late = |owed: OpenRemittance| {
        let level = owed.bucket(today).map_or(0, domain::payout::Bucket::reminder_level);
        (level > owed.stated.reminded).then_some(Late { owed, level, today })
    };
    Ok(standing.remittances.into_iter().filter_map(late).collect())
}

fn remind_of(work: &mut Work<'_, '_>, account: &RemittanceAccount) -> Result<usize, Problem> {
    let now = work.now()?;
    let late = to_remind_of(work.conn(), account, now)?;
    let sent = late.len();
    for late in late {
        store::insert_reminder(work.conn(), late.owed.stated.statement, late.level, now)?;
        tell(work, account, late)?;
    }
    Ok(sent)
}

fn tell(work: &mut Work<'_, '_>, account: &RemittanceAccount, Late { mut owed, level, today }: Late) -> Result<(), Problem> {
    owed.stated.reminded = level;
    let subject = owed.stated.statement.to_string();
    let body = RemittanceReminder { partner_id: account.partner.to_string(), level, remittance: OwedRemittance::of(owed, today) };
    let audience = Audience { master: Some(account.master), partner: Some(account.partner), counterparty: None };
    let kind = "remittance.reminder";
    work.record(Change { network: account.network, kind, subject, version: i64::from(level), audience, body: &body })
}
