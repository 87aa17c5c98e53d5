//! Entry fees, and what was assessed of them each time (R58, D14).

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    entry_fee::{EntryFeeState, segment_key},
    id::{AgreementId, EntryFeeId, EntryId, MasterId, NetworkId, PartnerId, RemittancePaymentId, StatementId, TermsId},
    money::{Currency, Money, Rate},
    network::EntryFeeFormula,
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    payout::RemittanceAccount,
    schema::{entry_fee_revisions, entry_fees, statement_lines},
    view::{Due, Page, View, due, paged, visible_to},
};

/// An entry fee as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryFee {
    /// Its id.
    pub id: EntryFeeId,
    /// Its network.
    pub network: NetworkId,
    /// The master that it is owed to.
    pub master: MasterId,
    /// The partner that owes it.
    pub partner: PartnerId,
    /// The agreement whose terms ask for it.
    pub agreement: AgreementId,
    /// Where it stands.
    pub state: EntryFeeState,
    /// Its current assessment.
    pub current: Assessment,
    /// Who decided that, once somebody did.
    pub decided_by: Option<String>,
    /// What was said to the decision.
    pub decision_note: Option<String>,
    /// Its invoice, once there is one.
    pub invoice: Option<Invoice>,
    /// Its payment, once it was paid.
    pub payment: Option<Payment>,
    /// Its version.
    pub version: i64,
    /// When it was first assessed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// An assessment: it never changes, another one takes its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// Its number, from 1.
    pub number: u32,
    /// The segment that is conceded.
    pub segment: String,
    /// What the segment may bring in a year.
    pub potential: Money,
    /// The rate of the terms.
    pub rate: Rate,
    /// The formula of the terms.
    pub formula: EntryFeeFormula,
    /// The version of the terms.
    pub terms: TermsId,
    /// What it comes to.
    pub fee: Money,
    /// What was said to it.
    pub note: Option<String>,
    /// Who made it.
    pub assessed_by: String,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

/// How an entry fee was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// The master's reference of the invoice.
    pub reference: String,
    /// The day of the invoice.
    pub invoiced_on: NaiveDate,
    /// The day it is due.
    pub due_on: NaiveDate,
    /// The entry by which it is owed.
    pub entry: EntryId,
}

/// How an entry fee was paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The day.
    pub paid_on: NaiveDate,
    /// The reference of the payment.
    pub reference: String,
    /// The partner's payment in the ledger's books; none where what the master owed it back settled the statement.
    pub remittance: Option<RemittancePaymentId>,
}

/// Which entry fees are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EntryFeeFilter {
    /// Those of an agreement.
    pub agreement: Option<AgreementId>,
    /// Those of a partner.
    pub partner: Option<PartnerId>,
    /// Those in a state.
    pub state: Option<EntryFeeState>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = entry_fees, treat_none_as_default_value = false, treat_none_as_null = true)]
struct EntryFeeRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    partner_id: Uid,
    agreement_id: Uid,
    state: String,
    number: i32,
    segment: String,
    assessed_by: String,
    decided_by: Option<String>,
    decision_note: Option<String>,
    invoice_reference: Option<String>,
    invoiced_on: Option<NaiveDate>,
    due_on: Option<NaiveDate>,
    entry_id: Option<Uid>,
    paid_on: Option<NaiveDate>,
    payment_reference: Option<String>,
    version: i64,
    created_at: At,
    updated_at: At,
    remittance_payment_id: Option<Uid>,
    segment_key: Option<String>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = entry_fee_revisions, treat_none_as_default_value = false)]
struct RevisionRow {
    entry_fee_id: Uid,
    number: i32,
    segment: String,
    potential_minor: i64,
    currency: String,
    rate_ppm: i32,
    formula: String,
    terms_id: Uid,
    fee_minor: i64,
    note: Option<String>,
    assessed_by: String,
    recorded_at: At,
}

/// A number as a column holds it; what is assessed again and again stays far below the largest.
fn column(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

impl From<&EntryFee> for EntryFeeRow {
    fn from(entry_fee: &EntryFee) -> Self {
        let EntryFee {
            id,
            network,
            master,
            partner,
            agreement,
            state,
            current,
            decided_by,
            decision_note,
            invoice,
            payment,
            version,
            created_at,
            updated_at,
        } = entry_fee;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            partner_id: (*partner).into(),
            agreement_id: (*agreement).into(),
            state: state.code().to_owned(),
            number: column(current.number),
            segment: current.segment.clone(),
            assessed_by: current.assessed_by.clone(),
            decided_by: decided_by.clone(),
            decision_note: decision_note.clone(),
            invoice_reference: invoice.as_ref().map(|invoice| invoice.reference.clone()),
            invoiced_on: invoice.as_ref().map(|invoice| invoice.invoiced_on),
            due_on: invoice.as_ref().map(|invoice| invoice.due_on),
            entry_id: invoice.as_ref().map(|invoice| invoice.entry.into()),
            paid_on: payment.as_ref().map(|payment| payment.paid_on),
            payment_reference: payment.as_ref().map(|payment| payment.reference.clone()),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
            remittance_payment_id: payment.as_ref().and_then(|payment| payment.remittance).map(Uid::from),
            segment_key: Some(segment_key(&current.segment)),
        }
    }
}

impl RevisionRow {
    fn of(entry_fee: EntryFeeId, assessment: &Assessment) -> Self {
        let Assessment { number, segment, potential, rate, formula, terms, fee, note, assessed_by, recorded_at } = assessment;
        Self {
            entry_fee_id: entry_fee.into(),
            number: column(*number),
            segment: segment.clone(),
            potential_minor: potential.minor(),
            currency: potential.currency().code().to_owned(),
            rate_ppm: column(rate.ppm()),
            formula: formula.code().to_owned(),
            terms_id: (*terms).into(),
            fee_minor: fee.minor(),
            note: note.clone(),
            assessed_by: assessed_by.clone(),
            recorded_at: (*recorded_at).into(),
        }
    }
}

impl TryFrom<RevisionRow> for Assessment {
    type Error = DbError;

    fn try_from(row: RevisionRow) -> Result<Self, DbError> {
        let RevisionRow {
            entry_fee_id,
            number,
            segment,
            potential_minor,
            currency,
            rate_ppm,
            formula,
            terms_id,
            fee_minor,
            note,
            assessed_by,
            recorded_at,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("entry fee {}: {what}", entry_fee_id.0));
        let currency: Currency = currency.parse().map_err(|_| corrupt("currency"))?;
        let ppm = u32::try_from(rate_ppm).map_err(|_| corrupt("rate"))?;
        Ok(Self {
            number: u32::try_from(number).map_err(|_| corrupt("number"))?,
            segment,
            potential: Money::from_minor(potential_minor, currency),
            rate: Rate::from_ppm(ppm).map_err(|_| corrupt("rate"))?,
            formula: EntryFeeFormula::from_code(&formula).ok_or_else(|| corrupt("formula"))?,
            terms: terms_id.id(),
            fee: Money::from_minor(fee_minor, currency),
            note,
            assessed_by,
            recorded_at: recorded_at.0,
        })
    }
}

/// The row and its current assessment.
fn read((row, current): (EntryFeeRow, RevisionRow)) -> Result<EntryFee, DbError> {
    let EntryFeeRow {
        id,
        network_id,
        master_id,
        partner_id,
        agreement_id,
        state,
        number: _,
        segment: _,
        assessed_by: _,
        decided_by,
        decision_note,
        invoice_reference,
        invoiced_on,
        due_on,
        entry_id,
        paid_on,
        payment_reference,
        version,
        created_at,
        updated_at,
        remittance_payment_id,
        segment_key: _,
    } = row;
    let state = EntryFeeState::from_code(&state).ok_or_else(|| DbError::Corrupt(format!("entry fee {}: state", id.0)))?;
    let invoice = invoice_reference.zip(invoiced_on).zip(due_on).zip(entry_id);
    Ok(EntryFee {
        id: id.id(),
        network: network_id.id(),
        master: master_id.id(),
        partner: partner_id.id(),
        agreement: agreement_id.id(),
        state,
        current: current.try_into()?,
        decided_by,
        decision_note,
        invoice: invoice.map(|(((reference, invoiced_on), due_on), entry)| Invoice {
            reference,
            invoiced_on,
            due_on,
            entry: entry.id(),
        }),
        payment: paid_on.zip(payment_reference).map(|(paid_on, reference)| Payment {
            paid_on,
            reference,
            remittance: remittance_payment_id.map(Uid::id),
        }),
        version,
        created_at: created_at.0,
        updated_at: updated_at.0,
    })
}

/// Keeps a new entry fee with its first assessment.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::OneEntryFeeOfSegment`] where the agreement has one for the segment.
pub fn insert_entry_fee(conn: &mut Conn, entry_fee: &EntryFee) -> Result<(), DbError> {
    diesel::insert_into(entry_fees::table).values(EntryFeeRow::from(entry_fee)).execute(conn)?;
    add_assessment(conn, entry_fee)
}

/// Keeps the current assessment of an entry fee, which is a new one.
///
/// # Errors
/// Those of the database, which refuses one of what was invoiced (D14).
pub fn add_assessment(conn: &mut Conn, entry_fee: &EntryFee) -> Result<(), DbError> {
    let row = RevisionRow::of(entry_fee.id, &entry_fee.current);
    diesel::insert_into(entry_fee_revisions::table).values(row).execute(conn)?;
    Ok(())
}

/// Keeps a changed entry fee, unless it was changed since `entry_fee.version - 1`: `false` then.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::InvoiceReference`] where another one has the invoice's reference, and
/// [`crate::error::Constraint::OneEntryFeeOfSegment`] where another one of the agreement has the segment.
pub fn update_entry_fee(conn: &mut Conn, entry_fee: &EntryFee) -> Result<bool, DbError> {
    let before = entry_fee.version.saturating_sub(1);
    let unchanged = entry_fees::table.find(Uid::from(entry_fee.id)).filter(entry_fees::version.eq(before));
    Ok(diesel::update(unchanged).set(EntryFeeRow::from(entry_fee)).execute(conn)? == 1)
}

/// Entry fees with their current assessments, ready to be narrowed.
macro_rules! all {
    () => {
        entry_fees::table
            .inner_join(
                entry_fee_revisions::table.on(entry_fee_revisions::entry_fee_id
                    .eq(entry_fees::id)
                    .and(entry_fee_revisions::number.eq(entry_fees::number))),
            )
            .into_boxed()
    };
}

/// An entry fee that `view` may see: a master those that are owed to it, a partner its own.
///
/// # Errors
/// Those of the database.
pub fn find_entry_fee(conn: &mut Conn, view: &View, id: EntryFeeId) -> Result<Option<EntryFee>, DbError> {
    let query = visible_to!(all!(), entry_fees, view).filter(entry_fees::id.eq(Uid::from(id)));
    let found: Option<(EntryFeeRow, RevisionRow)> =
        query.select((EntryFeeRow::as_select(), RevisionRow::as_select())).get_result(conn).optional()?;
    found.map(read).transpose()
}

/// A page of the entry fees that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page_entry_fees(conn: &mut Conn, view: &View, filter: EntryFeeFilter, page: &Page) -> Result<Vec<EntryFee>, DbError> {
    let EntryFeeFilter { agreement, partner, state } = filter;
    let mut query = visible_to!(all!(), entry_fees, view);
    if let Some(agreement) = agreement {
        query = query.filter(entry_fees::agreement_id.eq(Uid::from(agreement)));
    }
    if let Some(partner) = partner {
        query = query.filter(entry_fees::partner_id.eq(Uid::from(partner)));
    }
    if let Some(state) = state {
        query = query.filter(entry_fees::state.eq(state.code()));
    }
    let rows: Vec<(EntryFeeRow, RevisionRow)> =
        paged!(query, entry_fees, page).select((EntryFeeRow::as_select(), RevisionRow::as_select())).load(conn)?;
    rows.into_iter().map(read).collect()
}

/// Every assessment of each of `entry_fees`, within each the first one first.
///
/// # Errors
/// Those of the database.
pub fn assessments_of(conn: &mut Conn, of: &[EntryFeeId]) -> Result<Vec<(EntryFeeId, Assessment)>, DbError> {
    let ids: Vec<Uid> = of.iter().copied().map(Uid::from).collect();
    let rows: Vec<RevisionRow> = entry_fee_revisions::table
        .filter(entry_fee_revisions::entry_fee_id.eq_any(ids))
        .order((entry_fee_revisions::entry_fee_id.asc(), entry_fee_revisions::number.asc()))
        .select(RevisionRow::as_select())
        .load(conn)?;
    rows.into_iter().map(|row| Ok((row.entry_fee_id.id(), row.try_into()?))).collect()
}

/// The entry fees that `view` may see and that are invoiced and not paid, by the day they are due; those of one partner alone, if it
/// is named.
///
/// # Errors
/// Those of the database.
pub fn unpaid(conn: &mut Conn, view: &View, partner: Option<PartnerId>, due: &Due<NaiveDate>) -> Result<Vec<EntryFee>, DbError> {
    let mut query = visible_to!(all!(), entry_fees, view).filter(entry_fees::state.eq(EntryFeeState::Invoiced.code()));
    if let Some(partner) = partner {
        query = query.filter(entry_fees::partner_id.eq(Uid::from(partner)));
    }
    let rows: Vec<(EntryFeeRow, RevisionRow)> = due!(query, entry_fees, due_on, id, due, std::convert::identity)
        .select((EntryFeeRow::as_select(), RevisionRow::as_select()))
        .load(conn)?;
    rows.into_iter().map(read).collect()
}

/// The entry fees that `view` may see and that are approved and not invoiced, oldest first; those of one partner alone, if it is named.
///
/// # Errors
/// Those of the database.
pub fn approved(conn: &mut Conn, view: &View, partner: Option<PartnerId>) -> Result<Vec<EntryFee>, DbError> {
    let mut query = visible_to!(all!(), entry_fees, view).filter(entry_fees::state.eq(EntryFeeState::Approved.code()));
    if let Some(partner) = partner {
        query = query.filter(entry_fees::partner_id.eq(Uid::from(partner)));
    }
    let rows: Vec<(EntryFeeRow, RevisionRow)> =
        query.order(entry_fees::id.asc()).select((EntryFeeRow::as_select(), RevisionRow::as_select())).load(conn)?;
    rows.into_iter().map(read).collect()
}

/// The invoiced entry fees of a partner that it has not paid its master yet, in a currency, oldest first.
///
/// # Errors
/// Those of the database.
pub fn invoiced_of(conn: &mut Conn, account: &RemittanceAccount) -> Result<Vec<EntryFee>, DbError> {
    let RemittanceAccount { network: _, master, partner, currency } = *account;
    let rows: Vec<(EntryFeeRow, RevisionRow)> = all!()
        .filter(entry_fees::state.eq(EntryFeeState::Invoiced.code()))
        .filter(entry_fees::master_id.eq(Uid::from(master)))
        .filter(entry_fees::partner_id.eq(Uid::from(partner)))
        .filter(entry_fee_revisions::currency.eq(currency.code()))
        .order(entry_fees::id)
        .select((EntryFeeRow::as_select(), RevisionRow::as_select()))
        .load(conn)?;
    rows.into_iter().map(read).collect()
}

/// Between whom, and in which currency, invoiced entry fees are not paid yet.
///
/// # Errors
/// Those of the database.
pub fn accounts_with_invoiced(conn: &mut Conn) -> Result<Vec<RemittanceAccount>, DbError> {
    let rows: Vec<(EntryFeeRow, RevisionRow)> = all!()
        .filter(entry_fees::state.eq(EntryFeeState::Invoiced.code()))
        .order(entry_fees::id)
        .select((EntryFeeRow::as_select(), RevisionRow::as_select()))
        .load(conn)?;
    let mut accounts: Vec<RemittanceAccount> = Vec::new();
    for row in rows {
        let EntryFee { network, master, partner, current, .. } = read(row)?;
        let account = RemittanceAccount { network, master, partner, currency: current.fee.currency() };
        if !accounts.contains(&account) {
            accounts.push(account);
        }
    }
    Ok(accounts)
}

/// The statements that entries stand on, of those that do.
///
/// # Errors
/// Those of the database.
pub fn statements_of(conn: &mut Conn, entries: &[EntryId]) -> Result<Vec<(EntryId, StatementId)>, DbError> {
    let ids: Vec<Uid> = entries.iter().copied().map(Uid::from).collect();
    let rows: Vec<(Uid, Uid)> = statement_lines::table
        .filter(statement_lines::entry_id.eq_any(ids))
        .select((statement_lines::entry_id, statement_lines::statement_id))
        .load(conn)?;
    Ok(rows.into_iter().map(|(entry, statement)| (entry.id(), statement.id())).collect())
}
