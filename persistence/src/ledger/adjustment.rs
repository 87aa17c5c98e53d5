//! Adjustments of entries: proposed by one person of a master, decided by another (D20).

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{
    id::{AdjustmentId, CompanyId, EntryId, MasterId, NetworkId},
    ledger::{Adjustable, AdjustmentDirection, AdjustmentState},
    money::{Currency, Money},
};

use super::adds;
use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::{adjustments, entries},
    view::{Page, View, paged},
};

/// An adjustment as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    /// Its id.
    pub id: AdjustmentId,
    /// Its network.
    pub network: NetworkId,
    /// The master of the entry.
    pub master: MasterId,
    /// The entry.
    pub entry: EntryId,
    /// Which way it goes.
    pub direction: AdjustmentDirection,
    /// How much.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// Where it stands.
    pub state: AdjustmentState,
    /// Who proposed it.
    pub proposed_by: String,
    /// Who decided it.
    pub decided_by: Option<String>,
    /// What was said to the decision.
    pub note: Option<String>,
    /// Its version.
    pub version: i64,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// Which adjustments are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AdjustmentFilter {
    /// Those of an entry.
    pub entry: Option<EntryId>,
    /// Those in a state.
    pub state: Option<AdjustmentState>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = adjustments, treat_none_as_default_value = false, treat_none_as_null = true)]
struct AdjustmentRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    entry_id: Uid,
    direction: String,
    amount_minor: i64,
    currency: String,
    reason: String,
    state: String,
    proposed_by: String,
    decided_by: Option<String>,
    note: Option<String>,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Adjustment> for AdjustmentRow {
    fn from(adjustment: &Adjustment) -> Self {
        let Adjustment {
            id,
            network,
            master,
            entry,
            direction,
            amount,
            reason,
            state,
            proposed_by,
            decided_by,
            note,
            version,
            created_at,
            updated_at,
        } = adjustment;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            entry_id: (*entry).into(),
            direction: direction.code().to_owned(),
            amount_minor: amount.minor(),
            currency: amount.currency().code().to_owned(),
            reason: reason.clone(),
            state: state.code().to_owned(),
            proposed_by: proposed_by.clone(),
            decided_by: decided_by.clone(),
            note: note.clone(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

impl TryFrom<AdjustmentRow> for Adjustment {
    type Error = DbError;

    fn try_from(row: AdjustmentRow) -> Result<Self, DbError> {
        let AdjustmentRow {
            id,
            network_id,
            master_id,
            entry_id,
            direction,
            amount_minor,
            currency,
            reason,
            state,
            proposed_by,
            decided_by,
            note,
            version,
            created_at,
            updated_at,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("adjustment {}: {what}", id.0));
        let currency: Currency = currency.parse().map_err(|_| corrupt("currency"))?;
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            entry: entry_id.id(),
            direction: AdjustmentDirection::from_code(&direction).ok_or_else(|| corrupt("direction"))?,
            amount: Money::from_minor(amount_minor, currency),
            reason,
            state: AdjustmentState::from_code(&state).ok_or_else(|| corrupt("state"))?,
            proposed_by,
            decided_by,
            note,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Keeps a new adjustment.
///
/// # Errors
/// Those of the database.
pub fn insert_adjustment(conn: &mut Conn, adjustment: &Adjustment) -> Result<(), DbError> {
    diesel::insert_into(adjustments::table).values(AdjustmentRow::from(adjustment)).execute(conn)?;
    Ok(())
}

/// Keeps a changed adjustment, unless it was changed since `adjustment.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update_adjustment(conn: &mut Conn, adjustment: &Adjustment) -> Result<bool, DbError> {
    let before = adjustment.version.saturating_sub(1);
    let unchanged = adjustments::table.find(Uid::from(adjustment.id)).filter(adjustments::version.eq(before));
    Ok(diesel::update(unchanged).set(AdjustmentRow::from(adjustment)).execute(conn)? == 1)
}

/// An adjustment that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find_adjustment(conn: &mut Conn, view: &View, id: AdjustmentId) -> Result<Option<Adjustment>, DbError> {
    let one = Page { limit: 1, after: None, updated_since: None };
    Ok(load(conn, view, Some(id), AdjustmentFilter::default(), &one)?.pop())
}

/// A page of the adjustments that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page_adjustments(conn: &mut Conn, view: &View, filter: AdjustmentFilter, page: &Page) -> Result<Vec<Adjustment>, DbError> {
    load(conn, view, None, filter, page)
}

/// A master sees those of the entries it supervises; partners see the entries that come of them.
fn load(
    conn: &mut Conn,
    view: &View,
    id: Option<AdjustmentId>,
    filter: AdjustmentFilter,
    page: &Page,
) -> Result<Vec<Adjustment>, DbError> {
    let CompanyId::Master(master) = view.company else { return Ok(Vec::new()) };
    let AdjustmentFilter { entry, state } = filter;
    let mut query = adjustments::table.filter(adjustments::master_id.eq(Uid::from(master))).into_boxed();
    if let Some(id) = id {
        query = query.filter(adjustments::id.eq(Uid::from(id)));
    }
    if let Some(entry) = entry {
        query = query.filter(adjustments::entry_id.eq(Uid::from(entry)));
    }
    if let Some(state) = state {
        query = query.filter(adjustments::state.eq(state.code()));
    }
    let rows: Vec<AdjustmentRow> = paged!(query, adjustments, page).select(AdjustmentRow::as_select()).load(conn)?;
    rows.into_iter().map(Adjustment::try_from).collect()
}

/// What is left of an entry, and of the accrual that it corrects, after everything that corrects them (D20).
///
/// # Errors
/// Those of the database; [`DbError::Corrupt`] for amounts that cannot be added.
pub fn left_of(conn: &mut Conn, entry: EntryId) -> Result<Adjustable, DbError> {
    let corrupt = |what: &str| DbError::Corrupt(format!("entry {entry}: {what}"));
    let of: Link = link(conn, entry.into())?;
    let mut accrual = of.clone();
    while let Some(corrects) = accrual.corrects() {
        accrual = link(conn, corrects)?;
    }
    let (mut known, mut above) = (Vec::new(), vec![accrual.id]);
    while !above.is_empty() {
        let below: Vec<Link> = entries::table.filter(entries::corrects_id.eq_any(&above)).select(Link::as_select()).load(conn)?;
        let below: Vec<Link> = below.into_iter().filter(|link| link.corrects().is_some()).collect();
        above = below.iter().map(|link| link.id).collect();
        known.extend(below);
    }
    let left = |of: &Link, corrections: &[&Link]| {
        let sum = corrections.iter().try_fold(of.amount_minor, |left, link| {
            if link.debtor_id == of.debtor_id { left.checked_add(link.amount_minor) } else { left.checked_sub(link.amount_minor) }
        });
        let currency: Currency = of.currency.parse().map_err(|_| corrupt("currency"))?;
        Ok::<_, DbError>(Money::from_minor(sum.ok_or_else(|| corrupt("amounts"))?, currency))
    };
    let own: Vec<&Link> = known.iter().filter(|link| link.corrects_id == Some(of.id)).collect();
    Ok(Adjustable {
        entry: left(&of, &own)?,
        accrual: left(&accrual, &known.iter().collect::<Vec<_>>())?,
        takes_back: of.debtor_id != accrual.debtor_id,
    })
}

/// What of an entry says what is left of another one.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = entries)]
struct Link {
    id: Uid,
    debtor_id: Uid,
    amount_minor: i64,
    currency: String,
    corrects_id: Option<Uid>,
    sequence: Option<i32>,
    kind: String,
    creditor_id: Uid,
    partner_id: Uid,
}

impl Link {
    /// The entry that it corrects; none for an accrual, and for what a change of rules added to one: that is an accrual of its own.
    fn corrects(&self) -> Option<Uid> {
        let raised = self.sequence.is_some() && adds(&self.kind, self.creditor_id == self.partner_id) == Some(true);
        self.corrects_id.filter(|_| !raised)
    }
}

fn link(conn: &mut Conn, id: Uid) -> Result<Link, DbError> {
    Ok(entries::table.find(id).select(Link::as_select()).get_result(conn)?)
}
