//! What partners owe their masters by sealed statements, what they paid of it, and the reminders they got.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{prelude::*, sql_types};
use domain::{
    id::{CompanyId, MasterId, NetworkId, PartnerId, RemittancePaymentId, StatementId},
    money::{Currency, Money},
    statement::StatementKind,
};

use crate::{
    columns::{At, Key, Uid},
    db::Conn,
    error::DbError,
    schema::{remittance_payments, remittance_reminders, statement_seals, statements},
    view::{Page, View, paged, visible_to},
};

/// A partner and its master, with a currency in which the partner's statements say that it owes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemittanceAccount {
    /// The network.
    pub network: NetworkId,
    /// The master.
    pub master: MasterId,
    /// The partner.
    pub partner: PartnerId,
    /// The currency.
    pub currency: Currency,
}

/// What a statement says that a partner owes its master for a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwedStatement {
    /// The statement.
    pub statement: StatementId,
    /// Its period.
    pub period: String,
    /// The last day of it.
    pub last_day: NaiveDate,
    /// How much: less than nothing where the master owes it back.
    pub due: Money,
    /// The highest level of the reminders that the partner got of it.
    pub reminded: u32,
}

/// What a partner paid its master.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemittancePayment {
    /// Its id.
    pub id: RemittancePaymentId,
    /// The network.
    pub network: NetworkId,
    /// The master.
    pub master: MasterId,
    /// The partner.
    pub partner: PartnerId,
    /// How much.
    pub amount: Money,
    /// The day it came in.
    pub received_on: NaiveDate,
    /// What the bank or the master calls it.
    pub reference: String,
    /// Who recorded it.
    pub recorded_by: String,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = remittance_payments, treat_none_as_default_value = false)]
struct PaymentRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    partner_id: Uid,
    amount_minor: i64,
    currency: String,
    received_on: NaiveDate,
    reference: String,
    recorded_by: String,
    recorded_at: At,
}

impl TryFrom<PaymentRow> for RemittancePayment {
    type Error = DbError;

    fn try_from(row: PaymentRow) -> Result<Self, DbError> {
        let PaymentRow {
            id,
            network_id,
            master_id,
            partner_id,
            amount_minor,
            currency,
            received_on,
            reference,
            recorded_by,
            recorded_at,
        } = row;
        let currency =
            Currency::from_code(&currency).ok_or_else(|| DbError::Corrupt(format!("remittance payment {}: currency", id.0)))?;
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            partner: partner_id.id(),
            amount: Money::from_minor(amount_minor, currency),
            received_on,
            reference,
            recorded_by,
            recorded_at: recorded_at.0,
        })
    }
}

/// Keeps what a partner paid.
///
/// # Errors
/// Those of the database, which refuses a second payment of the same reference.
pub fn insert_remittance(conn: &mut Conn, payment: &RemittancePayment) -> Result<(), DbError> {
    let RemittancePayment { id, network, master, partner, amount, received_on, reference, recorded_by, recorded_at } =
        payment.clone();
    let row = PaymentRow {
        id: id.into(),
        network_id: network.into(),
        master_id: master.into(),
        partner_id: partner.into(),
        amount_minor: amount.minor(),
        currency: amount.currency().code().to_owned(),
        received_on,
        reference,
        recorded_by,
        recorded_at: recorded_at.into(),
    };
    diesel::insert_into(remittance_payments::table).values(row).execute(conn)?;
    Ok(())
}

/// What was paid that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find_remittance(conn: &mut Conn, view: &View, id: RemittancePaymentId) -> Result<Option<RemittancePayment>, DbError> {
    let query = visible_to!(remittance_payments::table.into_boxed(), remittance_payments, view);
    let row: Option<PaymentRow> =
        query.filter(remittance_payments::id.eq(Uid::from(id))).select(PaymentRow::as_select()).get_result(conn).optional()?;
    row.map(RemittancePayment::try_from).transpose()
}

/// A page of what was paid that `view` may see, by one partner alone where it is named.
///
/// # Errors
/// Those of the database.
pub fn page_remittances(
    conn: &mut Conn,
    view: &View,
    partner: Option<PartnerId>,
    page: &Page,
) -> Result<Vec<RemittancePayment>, DbError> {
    let mut query = visible_to!(remittance_payments::table.into_boxed(), remittance_payments, view);
    if let Some(partner) = partner {
        query = query.filter(remittance_payments::partner_id.eq(Uid::from(partner)));
    }
    let rows: Vec<PaymentRow> =
        paged!(query, remittance_payments, page, changed recorded_at).select(PaymentRow::as_select()).load(conn)?;
    rows.into_iter().map(RemittancePayment::try_from).collect()
}

/// What a partner paid its master in a currency, the oldest first.
///
/// # Errors
/// Those of the database.
pub fn remittances_between(conn: &mut Conn, account: &RemittanceAccount) -> Result<Vec<RemittancePayment>, DbError> {
    let rows: Vec<PaymentRow> = remittance_payments::table
        .filter(remittance_payments::master_id.eq(Uid::from(account.master)))
        .filter(remittance_payments::partner_id.eq(Uid::from(account.partner)))
        .filter(remittance_payments::currency.eq(account.currency.code()))
        .order((remittance_payments::received_on.asc(), remittance_payments::id.asc()))
        .select(PaymentRow::as_select())
        .load(conn)?;
    rows.into_iter().map(RemittancePayment::try_from).collect()
}

#[derive(QueryableByName)]
struct AccountRow {
    #[diesel(sql_type = Key)]
    network_id: Uid,
    #[diesel(sql_type = Key)]
    master_id: Uid,
    #[diesel(sql_type = Key)]
    partner_id: Uid,
    #[diesel(sql_type = sql_types::Text)]
    currency: String,
}

const ACCOUNTS: &str = "\
SELECT DISTINCT s.network_id AS network_id, m.id AS master_id, s.partner_id AS partner_id, s.currency AS currency \
FROM statements s JOIN statement_seals t ON t.statement_id = s.id JOIN masters m ON m.id = s.payee_id WHERE s.kind = 'remittance'";

fn accounts(conn: &mut Conn, query: String, company: Option<CompanyId>) -> Result<Vec<RemittanceAccount>, DbError> {
    let ordered = format!("{query} ORDER BY 3, 2, 4");
    let rows: Vec<AccountRow> = match company {
        Some(company) => diesel::sql_query(ordered).bind::<Key, _>(Uid::from(company)).load(conn)?,
        None => diesel::sql_query(ordered).load(conn)?,
    };
    let accounts = rows.into_iter().map(|AccountRow { network_id, master_id, partner_id, currency }| {
        let currency = Currency::from_code(&currency)
            .ok_or_else(|| DbError::Corrupt(format!("statements of {}: currency", partner_id.0)))?;
        Ok(RemittanceAccount { network: network_id.id(), master: master_id.id(), partner: partner_id.id(), currency })
    });
    accounts.collect()
}

/// Every partner that ever owed its master something by a statement, for each currency.
///
/// # Errors
/// Those of the database.
pub fn remittance_accounts(conn: &mut Conn) -> Result<Vec<RemittanceAccount>, DbError> {
    accounts(conn, ACCOUNTS.to_owned(), None)
}

/// Those that `view` may see: a partner its own, a master those of whoever owes it.
///
/// # Errors
/// Those of the database.
pub fn visible_remittance_accounts(conn: &mut Conn, view: &View) -> Result<Vec<RemittanceAccount>, DbError> {
    let side = if view.company.master().is_some() { "s.payee_id" } else { "s.partner_id" };
    accounts(conn, format!("{ACCOUNTS} AND {side} = $1"), Some(view.company))
}

type OwedRow = (Uid, String, NaiveDate, i64, i64, i64);

/// What the sealed statements between a partner and its master say in a currency, the oldest first.
///
/// # Errors
/// Those of the database.
pub fn owed_statements(conn: &mut Conn, account: &RemittanceAccount) -> Result<Vec<OwedStatement>, DbError> {
    let rows: Vec<OwedRow> = statements::table
        .inner_join(statement_seals::table.on(statement_seals::statement_id.eq(statements::id)))
        .filter(statements::kind.eq(StatementKind::Remittance.code()))
        .filter(statements::payer_id.eq(Uid::from(account.partner)))
        .filter(statements::payee_id.eq(Uid::from(account.master)))
        .filter(statements::currency.eq(account.currency.code()))
        .order((statements::last_day.asc(), statements::id.asc()))
        .select((
            statements::id,
            statements::period,
            statements::last_day,
            statements::lines_minor,
            statements::vat_minor,
            statements::withheld_minor,
        ))
        .load(conn)?;
    let ids: Vec<Uid> = rows.iter().map(|(id, ..)| *id).collect();
    let reminded: Vec<(Uid, i32)> = remittance_reminders::table
        .filter(remittance_reminders::statement_id.eq_any(ids))
        .select((remittance_reminders::statement_id, remittance_reminders::level))
        .load(conn)?;
    let owed = rows.into_iter().map(|(id, period, last_day, lines, vat, withheld)| {
        let due = lines.checked_add(vat).and_then(|sum| sum.checked_sub(withheld));
        let due = due.ok_or_else(|| DbError::Corrupt(format!("statement {}: its sum", id.0)))?;
        let levels = reminded.iter().filter(|(of, _)| *of == id).map(|(_, level)| *level);
        Ok(OwedStatement {
            statement: id.id(),
            period,
            last_day,
            due: Money::from_minor(due, account.currency),
            reminded: levels.max().and_then(|level| u32::try_from(level).ok()).unwrap_or(0),
        })
    });
    owed.collect()
}

/// The partner that owes a master by a statement, if it is one of that master's.
///
/// # Errors
/// Those of the database.
pub fn debtor_of(conn: &mut Conn, master: MasterId, statement: StatementId) -> Result<Option<PartnerId>, DbError> {
    let found: Option<Uid> = statements::table
        .find(Uid::from(statement))
        .filter(statements::payee_id.eq(Uid::from(master)))
        .filter(statements::kind.eq(StatementKind::Remittance.code()))
        .select(statements::partner_id)
        .get_result(conn)
        .optional()?;
    Ok(found.map(Uid::id))
}

/// Keeps that the partner was reminded of a statement, once for each level.
///
/// # Errors
/// Those of the database.
pub fn insert_reminder(conn: &mut Conn, statement: StatementId, level: u32, at: DateTime<Utc>) -> Result<(), DbError> {
    let level = i32::try_from(level).map_err(|_| DbError::Corrupt(format!("{statement}: level {level}")))?;
    let row = (
        remittance_reminders::statement_id.eq(Uid::from(statement)),
        remittance_reminders::level.eq(level),
        remittance_reminders::recorded_at.eq(At::from(at)),
    );
    diesel::insert_into(remittance_reminders::table).values(row).execute(conn)?;
    Ok(())
}
