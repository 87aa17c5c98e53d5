//! Annuities, and the instalments that came of them.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    id::{AnnuityId, CompanyId, ContractId, InstalmentId, MasterId, NetworkId, PartnerId},
    money::{Currency, Money},
    sale::{AnnuityState, Blameless, ContractState, Fault, InstalmentKind},
};

use super::{column, count, currency, fault};
use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::{annuities, contracts, instalments},
    view::{Page, View, paged},
};

/// What a customer pays for one contract year, net of tax (D12).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annuity {
    /// Its id.
    pub id: AnnuityId,
    /// Its network.
    pub network: NetworkId,
    /// The master that supervises the contract.
    pub master: MasterId,
    /// The partner of the contract, as there.
    pub partner: Option<PartnerId>,
    /// The contract.
    pub contract: ContractId,
    /// The contract year, from 1.
    pub year: u32,
    /// Its first day.
    pub starts_on: NaiveDate,
    /// Its last day.
    pub ends_on: NaiveDate,
    /// The currency of its amounts.
    pub currency: Currency,
    /// The year's lines at list prices.
    pub list: Money,
    /// The year's lines after discounts: what the customer pays.
    pub contracted: Money,
    /// What was invoiced, before credits.
    pub invoiced: Money,
    /// What was credited.
    pub credited: Money,
    /// What was collected, before refunds.
    pub collected: Money,
    /// What was refunded.
    pub refunded: Money,
    /// Its version.
    pub version: i64,
    /// When it was scheduled.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Whether it costs the customer nothing and its first day has not come: until then nothing is due of it.
    pub waits_for_start: bool,
}

impl Annuity {
    /// How far the annuity is, as the rules of sales see it.
    ///
    /// # Errors
    /// [`DbError::Corrupt`] when no instalments come to its amounts.
    pub fn state(&self) -> Result<AnnuityState, DbError> {
        let corrupt = || DbError::Corrupt(format!("{}: amounts that no instalments come to", self.id));
        let (billed, paid) = ([self.invoiced, self.credited], [self.collected, self.refunded]);
        AnnuityState::from_amounts(self.contracted, billed, paid).ok_or_else(corrupt)
    }
}

/// A part of an annuity that was invoiced, collected, credited or refunded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instalment {
    /// Its id.
    pub id: InstalmentId,
    /// The annuity.
    pub annuity: AnnuityId,
    /// What happened.
    pub kind: InstalmentKind,
    /// How much of the annuity.
    pub amount: Money,
    /// The day of the document.
    pub dated_on: NaiveDate,
    /// The document's own number, once for each kind.
    pub reference: String,
    /// Why, where it was said.
    pub reason: Option<String>,
    /// Whose fault it is, where something was taken back (D20).
    pub at_fault: Option<Fault>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = annuities, treat_none_as_default_value = false, treat_none_as_null = true)]
struct AnnuityRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    partner_id: Option<Uid>,
    contract_id: Uid,
    year: i32,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    currency: String,
    list_minor: i64,
    contracted_minor: i64,
    invoiced_minor: i64,
    credited_minor: i64,
    collected_minor: i64,
    refunded_minor: i64,
    version: i64,
    created_at: At,
    updated_at: At,
    waits_for_start: bool,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = instalments, treat_none_as_default_value = false)]
struct InstalmentRow {
    id: Uid,
    annuity_id: Uid,
    kind: String,
    amount_minor: i64,
    dated_on: NaiveDate,
    reference: String,
    reason: Option<String>,
    at_fault: Option<String>,
    recorded_at: At,
}

impl From<&Annuity> for AnnuityRow {
    fn from(annuity: &Annuity) -> Self {
        let Annuity {
            id,
            network,
            master,
            partner,
            contract,
            year,
            starts_on,
            ends_on,
            currency,
            list,
            contracted,
            invoiced,
            credited,
            collected,
            refunded,
            version,
            created_at,
            updated_at,
            waits_for_start,
        } = annuity;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            partner_id: partner.map(Uid::from),
            contract_id: (*contract).into(),
            year: column(*year),
            starts_on: *starts_on,
            ends_on: *ends_on,
            currency: currency.code().to_owned(),
            list_minor: list.minor(),
            contracted_minor: contracted.minor(),
            invoiced_minor: invoiced.minor(),
            credited_minor: credited.minor(),
            collected_minor: collected.minor(),
            refunded_minor: refunded.minor(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
            waits_for_start: *waits_for_start,
        }
    }
}

impl TryFrom<AnnuityRow> for Annuity {
    type Error = DbError;

    fn try_from(row: AnnuityRow) -> Result<Self, DbError> {
        let AnnuityRow {
            id,
            network_id,
            master_id,
            partner_id,
            contract_id,
            year,
            starts_on,
            ends_on,
            currency: code,
            list_minor,
            contracted_minor,
            invoiced_minor,
            credited_minor,
            collected_minor,
            refunded_minor,
            version,
            created_at,
            updated_at,
            waits_for_start,
        } = row;
        let currency = currency(&code)?;
        let amount = |minor| Money::from_minor(minor, currency);
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            partner: partner_id.map(Uid::id),
            contract: contract_id.id(),
            year: count(year, "year")?,
            starts_on,
            ends_on,
            currency,
            list: amount(list_minor),
            contracted: amount(contracted_minor),
            invoiced: amount(invoiced_minor),
            credited: amount(credited_minor),
            collected: amount(collected_minor),
            refunded: amount(refunded_minor),
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
            waits_for_start,
        })
    }
}

/// Keeps a new annuity.
///
/// # Errors
/// Those of the database.
pub fn insert_annuity(conn: &mut Conn, annuity: &Annuity) -> Result<(), DbError> {
    diesel::insert_into(annuities::table).values(AnnuityRow::from(annuity)).execute(conn)?;
    Ok(())
}

/// Keeps a changed annuity, unless it was changed since `annuity.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update_annuity(conn: &mut Conn, annuity: &Annuity) -> Result<bool, DbError> {
    let before = annuity.version.saturating_sub(1);
    let unchanged = annuities::table.find(Uid::from(annuity.id)).filter(annuities::version.eq(before));
    Ok(diesel::update(unchanged).set(AnnuityRow::from(annuity)).execute(conn)? == 1)
}

/// Narrows a boxed query to the annuities that `view` may see: those of its contracts, and of those that it took over, wholly or the
/// services on them.
macro_rules! seen_by {
    ($query:expr, $view:expr) => {{
        let view: &View = $view;
        let query = $query.filter(annuities::network_id.eq(Uid::from(view.network)));
        let taken_over = contracts::table
            .filter(contracts::answered_by_id.assume_not_null().eq(Uid::from(view.company)))
            .filter(contracts::answered_by_id.is_not_null())
            .select(contracts::id);
        let served = contracts::table
            .filter(contracts::served_by_id.assume_not_null().eq(Uid::from(view.company)))
            .filter(contracts::served_by_id.is_not_null())
            .select(contracts::id);
        let taken_over = annuities::contract_id.eq_any(taken_over).or(annuities::contract_id.eq_any(served));
        match view.company {
            CompanyId::Master(id) => query.filter(annuities::master_id.eq(Uid::from(id)).or(taken_over)),
            CompanyId::Partner(id) => query.filter(annuities::partner_id.assume_not_null().eq(Uid::from(id)).or(taken_over)),
        }
    }};
}

/// An annuity that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find_annuity(conn: &mut Conn, view: &View, id: AnnuityId) -> Result<Option<Annuity>, DbError> {
    let query = seen_by!(annuities::table.filter(annuities::id.eq(Uid::from(id))).into_boxed(), view);
    let row: Option<AnnuityRow> = query.select(AnnuityRow::as_select()).get_result(conn).optional()?;
    row.map(Annuity::try_from).transpose()
}

/// An annuity, whoever may see it.
///
/// # Errors
/// Those of the database.
pub fn annuity(conn: &mut Conn, id: AnnuityId) -> Result<Option<Annuity>, DbError> {
    let query = annuities::table.find(Uid::from(id)).select(AnnuityRow::as_select());
    let row: Option<AnnuityRow> = query.get_result(conn).optional()?;
    row.map(Annuity::try_from).transpose()
}

/// The annuities of a contract, by year.
///
/// # Errors
/// Those of the database.
pub fn annuities_of(conn: &mut Conn, contract: ContractId) -> Result<Vec<Annuity>, DbError> {
    let query = annuities::table.filter(annuities::contract_id.eq(Uid::from(contract))).order(annuities::year);
    let rows: Vec<AnnuityRow> = query.select(AnnuityRow::as_select()).load(conn)?;
    rows.into_iter().map(Annuity::try_from).collect()
}

/// The annuities of contracts that run which wait for a first day up to `latest`, the earliest first; not more than `limit`.
///
/// # Errors
/// Those of the database.
pub fn waiting_annuities(conn: &mut Conn, latest: NaiveDate, limit: i64) -> Result<Vec<Annuity>, DbError> {
    let query = annuities::table
        .inner_join(contracts::table.on(contracts::id.eq(annuities::contract_id)))
        .filter(annuities::waits_for_start);
    let query = query.filter(contracts::state.eq(ContractState::Active.code())).filter(annuities::starts_on.le(latest));
    let query = query.order((annuities::starts_on, annuities::id)).limit(limit).select(AnnuityRow::as_select());
    let rows: Vec<AnnuityRow> = query.load(conn)?;
    rows.into_iter().map(Annuity::try_from).collect()
}

/// Which annuities a list is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AnnuityFilters {
    /// Those of a contract.
    pub contract: Option<ContractId>,
    /// Those of a contract year.
    pub year: Option<u32>,
}

/// A page of the annuities that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page_annuities(conn: &mut Conn, view: &View, filters: &AnnuityFilters, page: &Page) -> Result<Vec<Annuity>, DbError> {
    let AnnuityFilters { contract, year } = filters;
    let mut query = seen_by!(annuities::table.into_boxed(), view);
    if let Some(contract) = contract {
        query = query.filter(annuities::contract_id.eq(Uid::from(*contract)));
    }
    if let Some(year) = year {
        query = query.filter(annuities::year.eq(column(*year)));
    }
    let rows: Vec<AnnuityRow> = paged!(query, annuities, page).select(AnnuityRow::as_select()).load(conn)?;
    rows.into_iter().map(Annuity::try_from).collect()
}

/// Keeps a new instalment.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::InstalmentReference`] when the annuity has one of the kind and reference.
pub fn insert_instalment(conn: &mut Conn, instalment: &Instalment) -> Result<(), DbError> {
    let Instalment { id, annuity, kind, amount, dated_on, reference, reason, at_fault, recorded_at } = instalment;
    let row = InstalmentRow {
        id: (*id).into(),
        annuity_id: (*annuity).into(),
        kind: kind.code().to_owned(),
        amount_minor: amount.minor(),
        dated_on: *dated_on,
        reference: reference.clone(),
        reason: reason.clone(),
        at_fault: at_fault.map(|fault| fault.code().to_owned()),
        recorded_at: (*recorded_at).into(),
    };
    diesel::insert_into(instalments::table).values(&row).execute(conn)?;
    Ok(())
}

/// How far an annuity would be had nothing been the master's fault; `None` where nothing was (D20).
///
/// # Errors
/// Those of the database; [`DbError::Corrupt`] for instalments that it cannot have taken.
pub fn blameless(conn: &mut Conn, annuity: &Annuity) -> Result<Option<Blameless>, DbError> {
    let of_annuity = instalments::table.filter(instalments::annuity_id.eq(Uid::from(annuity.id)));
    let at_fault = of_annuity.filter(instalments::at_fault.is_not_null()).select(instalments::id);
    if at_fault.first::<Uid>(conn).optional()?.is_none() {
        return Ok(None);
    }
    let in_order = of_annuity.order((instalments::recorded_at, instalments::id)).select(InstalmentRow::as_select());
    let rows: Vec<InstalmentRow> = in_order.load(conn)?;
    let recorded: Result<Vec<_>, DbError> = rows
        .into_iter()
        .map(|row| {
            let Instalment { kind, amount, at_fault, .. } = instalment(row, annuity.currency)?;
            Ok((kind, amount, at_fault))
        })
        .collect();
    let blameless = Blameless::after(annuity.contracted, recorded?);
    blameless.map(Some).ok_or_else(|| DbError::Corrupt(format!("{}: more than was left", annuity.id)))
}

/// Whether an annuity has an instalment of this kind and reference.
///
/// # Errors
/// Those of the database.
pub fn has_instalment(conn: &mut Conn, annuity: AnnuityId, kind: InstalmentKind, reference: &str) -> Result<bool, DbError> {
    let found: Option<Uid> = instalments::table
        .filter(instalments::annuity_id.eq(Uid::from(annuity)))
        .filter(instalments::kind.eq(kind.code()))
        .filter(instalments::reference.eq(reference))
        .select(instalments::id)
        .get_result(conn)
        .optional()?;
    Ok(found.is_some())
}

/// A page of an annuity's instalments, newest first. They never change, so there is no order of change.
///
/// # Errors
/// Those of the database.
pub fn page_instalments(conn: &mut Conn, annuity: &Annuity, page: &Page) -> Result<Vec<Instalment>, DbError> {
    let mut query = instalments::table.filter(instalments::annuity_id.eq(Uid::from(annuity.id))).into_boxed();
    if let Some(place) = page.after {
        query = query.filter(instalments::id.lt(Uid(place.id)));
    }
    let rows: Vec<InstalmentRow> =
        query.order(instalments::id.desc()).limit(page.limit).select(InstalmentRow::as_select()).load(conn)?;
    rows.into_iter().map(|row| instalment(row, annuity.currency)).collect()
}

fn instalment(row: InstalmentRow, currency: Currency) -> Result<Instalment, DbError> {
    let InstalmentRow { id, annuity_id, kind, amount_minor, dated_on, reference, reason, at_fault, recorded_at } = row;
    Ok(Instalment {
        id: id.id(),
        annuity: annuity_id.id(),
        kind: InstalmentKind::from_code(&kind).ok_or_else(|| DbError::Corrupt(format!("instalment kind {kind}")))?,
        amount: Money::from_minor(amount_minor, currency),
        dated_on,
        reference,
        reason,
        at_fault: fault(at_fault)?,
        recorded_at: recorded_at.0,
    })
}
