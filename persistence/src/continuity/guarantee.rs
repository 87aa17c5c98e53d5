//! What partners have for their customers, should they fail (R50).

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    continuity::{GuaranteeKind, GuaranteeState},
    id::{GuaranteeId, MasterId, NetworkId, PartnerId},
    money::{Currency, Money},
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::guarantees,
    view::{Page, View, paged, visible_to},
};

/// A guarantee as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guarantee {
    /// Its id.
    pub id: GuaranteeId,
    /// Its network.
    pub network: NetworkId,
    /// The master that supervises the partner.
    pub master: MasterId,
    /// Whose it is.
    pub partner: PartnerId,
    /// Of which kind.
    pub kind: GuaranteeKind,
    /// What it covers, in words.
    pub covers: String,
    /// Up to which amount, if there is one.
    pub amount: Option<Money>,
    /// Who gives it.
    pub provider: String,
    /// What it is called there.
    pub reference: Option<String>,
    /// Its first day.
    pub valid_from: NaiveDate,
    /// Its last day, if it has one.
    pub valid_until: Option<NaiveDate>,
    /// Where it stands.
    pub state: GuaranteeState,
    /// Why it was withdrawn.
    pub reason: Option<String>,
    /// Who recorded it.
    pub recorded_by: String,
    /// Its version.
    pub version: i64,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What a case made of a guarantee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuaranteeUse {
    /// Which.
    pub guarantee: GuaranteeId,
    /// Whether it was used.
    pub used: bool,
    /// For how much, if that is known.
    pub amount: Option<Money>,
    /// How, or why not.
    pub reason: String,
    /// Who decided.
    pub decided_by: String,
    /// When.
    pub decided_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = guarantees, treat_none_as_default_value = false, treat_none_as_null = true)]
struct GuaranteeRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    partner_id: Uid,
    kind: String,
    covers: String,
    amount_minor: Option<i64>,
    currency: Option<String>,
    provider: String,
    reference: Option<String>,
    valid_from: NaiveDate,
    valid_until: Option<NaiveDate>,
    state: String,
    reason: Option<String>,
    recorded_by: String,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Guarantee> for GuaranteeRow {
    fn from(guarantee: &Guarantee) -> Self {
        let Guarantee {
            id,
            network,
            master,
            partner,
            kind,
            covers,
            amount,
            provider,
            reference,
            valid_from,
            valid_until,
            state,
            reason,
            recorded_by,
            version,
            created_at,
            updated_at,
        } = guarantee.clone();
        Self {
            id: id.into(),
            network_id: network.into(),
            master_id: master.into(),
            partner_id: partner.into(),
            kind: kind.code().to_owned(),
            covers,
            amount_minor: amount.map(Money::minor),
            currency: amount.map(|amount| amount.currency().code().to_owned()),
            provider,
            reference,
            valid_from,
            valid_until,
            state: state.code().to_owned(),
            reason,
            recorded_by,
            version,
            created_at: created_at.into(),
            updated_at: updated_at.into(),
        }
    }
}

/// An amount in two columns, where there is one.
pub(super) fn money(minor: Option<i64>, currency: Option<&str>) -> Result<Option<Money>, DbError> {
    let Some((minor, code)) = minor.zip(currency) else { return Ok(None) };
    let currency: Currency = code.parse().map_err(|_| DbError::Corrupt(format!("currency {code}")))?;
    Ok(Some(Money::from_minor(minor, currency)))
}

impl TryFrom<GuaranteeRow> for Guarantee {
    type Error = DbError;

    fn try_from(row: GuaranteeRow) -> Result<Self, DbError> {
        let GuaranteeRow {
            id,
            network_id,
            master_id,
            partner_id,
            kind,
            covers,
            amount_minor,
            currency,
            provider,
            reference,
            valid_from,
            valid_until,
            state,
            reason,
            recorded_by,
            version,
            created_at,
            updated_at,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("guarantee {}: {what}", id.0));
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            partner: partner_id.id(),
            kind: GuaranteeKind::from_code(&kind).ok_or_else(|| corrupt("kind"))?,
            covers,
            amount: money(amount_minor, currency.as_deref())?,
            provider,
            reference,
            valid_from,
            valid_until,
            state: GuaranteeState::from_code(&state).ok_or_else(|| corrupt("state"))?,
            reason,
            recorded_by,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Keeps a new guarantee.
///
/// # Errors
/// Those of the database.
pub fn insert_guarantee(conn: &mut Conn, guarantee: &Guarantee) -> Result<(), DbError> {
    diesel::insert_into(guarantees::table).values(GuaranteeRow::from(guarantee)).execute(conn)?;
    Ok(())
}

/// Keeps a changed guarantee, unless it was changed since `guarantee.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update_guarantee(conn: &mut Conn, guarantee: &Guarantee) -> Result<bool, DbError> {
    let before = guarantee.version.saturating_sub(1);
    let unchanged = guarantees::table.find(Uid::from(guarantee.id)).filter(guarantees::version.eq(before));
    Ok(diesel::update(unchanged).set(GuaranteeRow::from(guarantee)).execute(conn)? == 1)
}

/// A guarantee that `view` may see: its partner and the master that supervises that one do.
///
/// # Errors
/// Those of the database.
pub fn find_guarantee(conn: &mut Conn, view: &View, id: GuaranteeId) -> Result<Option<Guarantee>, DbError> {
    let query = visible_to!(guarantees::table.filter(guarantees::id.eq(Uid::from(id))).into_boxed(), guarantees, view);
    let row: Option<GuaranteeRow> = query.select(GuaranteeRow::as_select()).get_result(conn).optional()?;
    row.map(Guarantee::try_from).transpose()
}

/// A guarantee, whoever may see it.
///
/// # Errors
/// Those of the database.
pub fn guarantee(conn: &mut Conn, id: GuaranteeId) -> Result<Option<Guarantee>, DbError> {
    let query = guarantees::table.find(Uid::from(id)).select(GuaranteeRow::as_select());
    let row: Option<GuaranteeRow> = query.get_result(conn).optional()?;
    row.map(Guarantee::try_from).transpose()
}

/// Which guarantees a list is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GuaranteeFilters {
    /// Those of a partner.
    pub partner: Option<PartnerId>,
    /// Those that stand here.
    pub state: Option<GuaranteeState>,
}

/// A page of the guarantees that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page_guarantees(conn: &mut Conn, view: &View, filters: &GuaranteeFilters, page: &Page) -> Result<Vec<Guarantee>, DbError> {
    let GuaranteeFilters { partner, state } = *filters;
    let mut query = visible_to!(guarantees::table.into_boxed(), guarantees, view);
    if let Some(partner) = partner {
        query = query.filter(guarantees::partner_id.eq(Uid::from(partner)));
    }
    if let Some(state) = state {
        query = query.filter(guarantees::state.eq(state.code()));
    }
    let rows: Vec<GuaranteeRow> = paged!(query, guarantees, page).select(GuaranteeRow::as_select()).load(conn)?;
    rows.into_iter().map(Guarantee::try_from).collect()
}

/// The guarantees of a partner that are in force on a day, oldest first.
///
/// # Errors
/// Those of the database.
pub fn guarantees_in_force(conn: &mut Conn, partner: PartnerId, on: NaiveDate) -> Result<Vec<Guarantee>, DbError> {
    let rows: Vec<GuaranteeRow> = guarantees::table
        .filter(guarantees::partner_id.eq(Uid::from(partner)))
        .filter(guarantees::state.eq(GuaranteeState::Active.code()))
        .filter(guarantees::valid_from.le(on))
        .filter(guarantees::valid_until.is_null().or(guarantees::valid_until.ge(on)))
        .order(guarantees::id)
        .select(GuaranteeRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Guarantee::try_from).collect()
}
