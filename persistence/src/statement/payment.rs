//! What was paid between two companies outside of the ledger's entries: payouts and their returns, remittances.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    id::{CompanyId, NetworkId, PartnerId, StatementId},
    money::{Currency, Money},
    statement::StatementKind,
};
use uuid::Uuid;

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::{statement_payment_lines, statement_payments},
};

/// A payment: the next statement between the two counts it, dated in its period or before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Its id.
    pub id: Uuid,
    /// Its network.
    pub network: NetworkId,
    /// The statements that it is about.
    pub kind: StatementKind,
    /// The partner.
    pub partner: PartnerId,
    /// Who pays.
    pub payer: CompanyId,
    /// Who is paid.
    pub payee: CompanyId,
    /// How much: below nothing where a payment came back.
    pub amount: Money,
    /// The day it is dated.
    pub dated_on: NaiveDate,
    /// What it was, once: the id of a payout and what happened to it, say.
    pub reference: String,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

#[derive(Insertable)]
#[diesel(table_name = statement_payments, treat_none_as_default_value = false)]
struct PaymentRow<'p> {
    id: Uid,
    network_id: Uid,
    kind: &'p str,
    partner_id: Uid,
    payer_id: Uid,
    payee_id: Uid,
    currency: &'p str,
    amount_minor: i64,
    dated_on: NaiveDate,
    reference: &'p str,
    recorded_at: At,
}

/// Records a payment, once for each reference.
///
/// # Errors
/// Those of the database, which refuses a second one of the same reference.
pub fn record_payment(conn: &mut Conn, payment: &Payment) -> Result<(), DbError> {
    let Payment { id, network, kind, partner, payer, payee, amount, dated_on, reference, recorded_at } = payment;
    let row = PaymentRow {
        id: Uid(*id),
        network_id: (*network).into(),
        kind: kind.code(),
        partner_id: (*partner).into(),
        payer_id: (*payer).into(),
        payee_id: (*payee).into(),
        currency: amount.currency().code(),
        amount_minor: amount.minor(),
        dated_on: *dated_on,
        reference,
        recorded_at: (*recorded_at).into(),
    };
    diesel::insert_into(statement_payments::table).values(&row).execute(conn)?;
    Ok(())
}

/// A payment as it stands on a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedPayment {
    /// How much.
    pub amount: Money,
    /// The day it is dated.
    pub dated_on: NaiveDate,
    /// What it was.
    pub reference: String,
}

/// The payments that a statement counts, in the order in which they were recorded.
///
/// # Errors
/// Those of the database.
pub fn payments_on(conn: &mut Conn, statement: StatementId, currency: Currency) -> Result<Vec<StatedPayment>, DbError> {
    let rows: Vec<(i64, NaiveDate, String)> = statement_payment_lines::table
        .inner_join(statement_payments::table.on(statement_payments::id.eq(statement_payment_lines::payment_id)))
        .filter(statement_payment_lines::statement_id.eq(Uid::from(statement)))
        .order(statement_payment_lines::payment_id.asc())
        .select((statement_payments::amount_minor, statement_payments::dated_on, statement_payments::reference))
        .load(conn)?;
    let stated = rows.into_iter().map(|(minor, dated_on, reference)| StatedPayment {
        amount: Money::from_minor(minor, currency),
        dated_on,
        reference,
    });
    Ok(stated.collect())
}
