//! Statements: what companies owe each other for a period, sealed.
//!
//! A statement is opened with its totals, gets its lines and the parts of its document, and is sealed; the schema's triggers
//! refuse to seal one that is not whole, and any change after that. Nobody sees a statement that is not sealed.

mod closing;
mod document;
mod notice;
mod payment;
mod run;
mod tax_profile;

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    id::{CompanyId, EntryId, MasterId, NetworkId, PartnerId, StatementId, StatementRunId},
    money::{Currency, Money, Rate},
    statement::{Billing, Period, StatementKind, TaxRates, TaxTreatment, Totals},
};

pub(crate) use self::closing::REMITTED;
pub use self::{
    closing::{
        Account, Corrected, Cursor, Line, accounts_after, cursor_at, last_partner_of_batch, next_lines, previous, take_lines,
        take_payments, unsealed,
    },
    document::{DocumentFormat, append_part, find_document, keep_document, part, part_count, seal},
    notice::{Notice, Unstated, notify, unstated},
    payment::{Payment, StatedPayment, payments_on, record_payment},
    run::{Run, RunState, count_to_state, find_run, insert_run, last_run, page_runs, run_of, running_runs, update_run},
    tax_profile::{
        TaxProfile, TaxProfileFilter, at_standard_rate, find_tax_profile, insert_tax_profile, page_tax_profiles, tax_profile_on,
    },
};
use crate::{
    columns::{At, Uid},
    db::{Conn, MultiBackend},
    error::DbError,
    identity::company_of,
    schema::{statement_lines, statement_seals, statements},
    view::{Page, View, paged},
};

/// A statement as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its id.
    pub id: StatementId,
    /// Its network.
    pub network: NetworkId,
    /// The run that made it.
    pub run: StatementRunId,
    /// Which way its money goes.
    pub kind: StatementKind,
    /// The partner.
    pub partner: PartnerId,
    /// The partner's master when it was made.
    pub master: MasterId,
    /// The company that the partner's entries are with.
    pub other: CompanyId,
    /// Its period.
    pub period: Period,
    /// The day by which it is to be given (Directive 86/653/EEC, Article 12).
    pub due_on: NaiveDate,
    /// Its number among those of the same kind, payer, payee and currency, from 1.
    pub number: i32,
    /// What it comes to.
    pub totals: Totals,
    /// How many lines it has.
    pub line_count: i32,
    /// How many payments it counts.
    pub payment_count: i32,
    /// The rule by which tax was assessed.
    pub treatment: TaxTreatment,
    /// The rates of its taxes; none where it was made before they were kept beside its document.
    pub rates: Option<TaxRates>,
    /// Who writes the invoice, where that is known.
    pub billing: Option<Billing>,
    /// The language it is written in.
    pub language: String,
    /// When it was made.
    pub recorded_at: DateTime<Utc>,
}

impl Statement {
    /// Who owes what stands on it.
    #[must_use]
    pub const fn payer(&self) -> CompanyId {
        match self.kind {
            StatementKind::Earnings => self.other,
            StatementKind::Remittance => CompanyId::Partner(self.partner),
        }
    }

    /// Who is owed it.
    #[must_use]
    pub const fn payee(&self) -> CompanyId {
        match self.kind {
            StatementKind::Earnings => CompanyId::Partner(self.partner),
            StatementKind::Remittance => self.other,
        }
    }

    /// Its currency.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.totals.closing.currency()
    }
}

/// A sealed statement with the digest of its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The statement.
    pub statement: Statement,
    /// SHA-256 of the document's bytes, in hexadecimal digits.
    pub content_hash: String,
    /// When it was sealed.
    pub sealed_at: DateTime<Utc>,
}

/// Which statements are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StatementFilter {
    /// Those of a partner.
    pub partner: Option<PartnerId>,
    /// Those of a kind.
    pub kind: Option<StatementKind>,
    /// Those in a currency.
    pub currency: Option<Currency>,
    /// Those of a period.
    pub period: Option<Period>,
    /// Those that a run made.
    pub run: Option<StatementRunId>,
    /// Those of what a company owes.
    pub payer: Option<CompanyId>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = statements, treat_none_as_default_value = false)]
struct StatementRow {
    id: Uid,
    network_id: Uid,
    run_id: Uid,
    kind: String,
    partner_id: Uid,
    master_id: Uid,
    payer_id: Uid,
    payee_id: Uid,
    other_kind: String,
    currency: String,
    period: String,
    first_day: NaiveDate,
    last_day: NaiveDate,
    due_on: NaiveDate,
    number: i32,
    opening_minor: i64,
    lines_minor: i64,
    vat_minor: i64,
    withheld_minor: i64,
    paid_minor: i64,
    closing_minor: i64,
    line_count: i32,
    payment_count: i32,
    treatment: String,
    vat_ppm: Option<i32>,
    withholding_ppm: Option<i32>,
    billing: Option<String>,
    language: String,
    recorded_at: At,
}

impl From<&Statement> for StatementRow {
    fn from(statement: &Statement) -> Self {
        let Statement {
            id,
            network,
            run,
            kind,
            partner,
            master,
            other,
            period,
            due_on,
            number,
            totals,
            line_count,
            payment_count,
            treatment,
            rates,
            billing,
            language,
            recorded_at,
        } = statement;
        let Totals { opening, lines, vat, withheld, paid, closing } = totals;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            run_id: (*run).into(),
            kind: kind.code().to_owned(),
            partner_id: (*partner).into(),
            master_id: (*master).into(),
            payer_id: statement.payer().into(),
            payee_id: statement.payee().into(),
            other_kind: kind_of(*other).to_owned(),
            currency: statement.currency().code().to_owned(),
            period: period.to_string(),
            first_day: period.first(),
            last_day: period.last(),
            due_on: *due_on,
            number: *number,
            opening_minor: opening.minor(),
            lines_minor: lines.minor(),
            vat_minor: vat.minor(),
            withheld_minor: withheld.minor(),
            paid_minor: paid.minor(),
            closing_minor: closing.minor(),
            line_count: *line_count,
            payment_count: *payment_count,
            treatment: treatment.code().to_owned(),
            vat_ppm: rates.and_then(|rates| i32::try_from(rates.vat.ppm()).ok()),
            withholding_ppm: rates.and_then(|rates| i32::try_from(rates.withholding.ppm()).ok()),
            billing: billing.map(|billing| billing.code().to_owned()),
            language: language.clone(),
            recorded_at: (*recorded_at).into(),
        }
    }
}

impl TryFrom<StatementRow> for Statement {
    type Error = DbError;

    fn try_from(row: StatementRow) -> Result<Self, DbError> {
        let StatementRow {
            id,
            network_id,
            run_id,
            kind,
            partner_id,
            master_id,
            payer_id,
            payee_id,
            other_kind,
            currency,
            period,
            first_day: _,
            last_day: _,
            due_on,
            number,
            opening_minor,
            lines_minor,
            vat_minor,
            withheld_minor,
            paid_minor,
            closing_minor,
            line_count,
            payment_count,
            treatment,
            vat_ppm,
            withholding_ppm,
            billing,
            language,
            recorded_at,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("statement {}: {what}", id.0));
        let currency: Currency = currency.parse().map_err(|_| corrupt("currency"))?;
        let money = |minor| Money::from_minor(minor, currency);
        let billing = billing.map(|code| Billing::from_code(&code).ok_or_else(|| corrupt("billing"))).transpose()?;
        let other = company_of(&other_kind, if payer_id == partner_id { payee_id } else { payer_id })?;
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            run: run_id.id(),
            kind: StatementKind::from_code(&kind).ok_or_else(|| corrupt("kind"))?,
            partner: partner_id.id(),
            master: master_id.id(),
            other,
            period: period.parse().map_err(|_| corrupt("period"))?,
            due_on,
            number,
            totals: Totals {
                opening: money(opening_minor),
                lines: money(lines_minor),
                vat: money(vat_minor),
                withheld: money(withheld_minor),
                paid: money(paid_minor),
                closing: money(closing_minor),
            },
            line_count,
            payment_count,
            treatment: TaxTreatment::from_code(&treatment).ok_or_else(|| corrupt("treatment"))?,
            rates: tax_rates(vat_ppm, withholding_ppm),
            billing,
            language,
            recorded_at: recorded_at.0,
        })
    }
}

/// The rates of a statement's taxes, by their parts per million.
pub(crate) fn tax_rates(vat: Option<i32>, withholding: Option<i32>) -> Option<TaxRates> {
    let rate = |ppm: i32| Rate::from_ppm(u32::try_from(ppm).ok()?).ok();
    Some(TaxRates { vat: rate(vat?)?, withholding: rate(withholding?)? })
}

/// Those of `entries` that stand on a closed statement.
///
/// # Errors
/// Those of the database.
pub fn stated_among(conn: &mut Conn, entries: &[EntryId]) -> Result<BTreeSet<EntryId>, DbError> {
    let ids: Vec<Uid> = entries.iter().copied().map(Uid::from).collect();
    let stated: Vec<Uid> = statement_lines::table
        .inner_join(statement_seals::table.on(statement_seals::statement_id.eq(statement_lines::statement_id)))
        .filter(statement_lines::entry_id.eq_any(ids))
        .select(statement_lines::entry_id)
        .load(conn)?;
    Ok(stated.into_iter().map(Uid::id).collect())
}

const fn kind_of(company: CompanyId) -> &'static str {
    match company {
        CompanyId::Master(_) => "master",
        CompanyId::Partner(_) => "partner",
    }
}

/// Opens a statement.
///
/// # Errors
/// Those of the database, which refuses a second one of the same companies, kind, currency and period.
pub fn insert(conn: &mut Conn, statement: &Statement) -> Result<(), DbError> {
    diesel::insert_into(statements::table).values(StatementRow::from(statement)).execute(conn)?;
    Ok(())
}

type SealRow = (String, At);

fn sealed((row, (content_hash, sealed_at)): (StatementRow, SealRow)) -> Result<Sealed, DbError> {
    Ok(Sealed { statement: row.try_into()?, content_hash, sealed_at: sealed_at.0 })
}

/// A sealed statement that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, view: &View, id: StatementId) -> Result<Option<Sealed>, DbError> {
    let one = Page { limit: 1, after: None, updated_since: None };
    Ok(load(conn, view, Some(id), &StatementFilter::default(), &one)?.pop())
}

/// A page of the sealed statements that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page(conn: &mut Conn, view: &View, filter: &StatementFilter, page: &Page) -> Result<Vec<Sealed>, DbError> {
    load(conn, view, None, filter, page)
}

/// A company sees what it owes and is owed, a master also the statements of the partners that it supervises.
fn load(
    conn: &mut Conn,
    view: &View,
    id: Option<StatementId>,
    filter: &StatementFilter,
    page: &Page,
) -> Result<Vec<Sealed>, DbError> {
    let StatementFilter { partner, kind, currency, period, run, payer } = *filter;
    let company = Uid::from(view.company);
    let mut query = statements::table
        .inner_join(statement_seals::table.on(statement_seals::statement_id.eq(statements::id)))
        .filter(statements::network_id.eq(Uid::from(view.network)))
        .into_boxed::<MultiBackend>();
    let party = statements::payer_id.eq(company).or(statements::payee_id.eq(company));
    query = match view.company {
        CompanyId::Master(_) => query.filter(party.or(statements::master_id.eq(company))),
        CompanyId::Partner(_) => query.filter(party),
    };
    if let Some(id) = id {
        query = query.filter(statements::id.eq(Uid::from(id)));
    }
    if let Some(partner) = partner {
        query = query.filter(statements::partner_id.eq(Uid::from(partner)));
    }
    if let Some(kind) = kind {
        query = query.filter(statements::kind.eq(kind.code()));
    }
    if let Some(currency) = currency {
        query = query.filter(statements::currency.eq(currency.code()));
    }
    if let Some(period) = period {
        query = query.filter(statements::period.eq(period.to_string()));
    }
    if let Some(run) = run {
        query = query.filter(statements::run_id.eq(Uid::from(run)));
    }
    if let Some(payer) = payer {
        query = query.filter(statements::payer_id.eq(Uid::from(payer)));
    }
    let seal = (statement_seals::content_hash, statement_seals::sealed_at);
    let rows: Vec<(StatementRow, SealRow)> = paged!(query, statements, page, changed at statement_seals::sealed_at)
        .select((StatementRow::as_select(), seal))
        .load(conn)?;
    rows.into_iter().map(sealed).collect()
}
