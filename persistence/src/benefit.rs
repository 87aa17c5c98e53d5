//! Uses of benefits (R81 to R85): each takes one of the places that terms give for a year.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    agreement::Validity,
    benefit::BenefitUseState,
    id::{AgreementId, BenefitUseId, CourseSessionId, MasterId, NetworkId, PartnerId, ProposalId},
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::benefit_uses,
    view::{Page, View, paged, visible_to},
};

/// A use of a benefit as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BenefitUse {
    /// Its id.
    pub id: BenefitUseId,
    /// Its network.
    pub network: NetworkId,
    /// The master of the agreement.
    pub master: MasterId,
    /// The partner.
    pub partner: PartnerId,
    /// The agreement whose terms give it.
    pub agreement: AgreementId,
    /// The benefit's code in the terms.
    pub benefit: String,
    /// The day that it is wanted for.
    pub wanted_on: NaiveDate,
    /// The year that it is counted in; none where it is not counted by years.
    pub period: Option<(NaiveDate, NaiveDate)>,
    /// Which of the year's it is, from 1; none where it comes without limit.
    pub place: Option<u32>,
    /// Where it stands.
    pub state: BenefitUseState,
    /// The session that it is a place in.
    pub session: Option<CourseSessionId>,
    /// The proposal that it is the discount of.
    pub proposal: Option<ProposalId>,
    /// What the partner said about it.
    pub note: Option<String>,
    /// What the master said when it decided.
    pub reason: Option<String>,
    /// Who decided it last, and when.
    pub decided: Option<(String, DateTime<Utc>)>,
    /// Its version.
    pub version: i64,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// Which uses are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BenefitUseFilter {
    /// Those of a partner.
    pub partner: Option<PartnerId>,
    /// Those under an agreement.
    pub agreement: Option<AgreementId>,
    /// Those of a benefit.
    pub benefit: Option<String>,
    /// Those in a state.
    pub state: Option<BenefitUseState>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = benefit_uses, treat_none_as_default_value = false, treat_none_as_null = true)]
struct UseRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    partner_id: Uid,
    agreement_id: Uid,
    benefit: String,
    wanted_on: NaiveDate,
    period_from: Option<NaiveDate>,
    period_until: Option<NaiveDate>,
    place: Option<i64>,
    state: String,
    session_id: Option<Uid>,
    proposal_id: Option<Uid>,
    note: Option<String>,
    reason: Option<String>,
    decided_by: Option<String>,
    decided_at: Option<At>,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&BenefitUse> for UseRow {
    fn from(used: &BenefitUse) -> Self {
        let BenefitUse {
            id,
            network,
            master,
            partner,
            agreement,
            benefit,
            wanted_on,
            period,
            place,
            state,
            session,
            proposal,
            note,
            reason,
            decided,
            version,
            created_at,
            updated_at,
        } = used;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            partner_id: (*partner).into(),
            agreement_id: (*agreement).into(),
            benefit: benefit.clone(),
            wanted_on: *wanted_on,
            period_from: period.map(|(from, _)| from),
            period_until: period.map(|(_, until)| until),
            place: place.map(i64::from),
            state: state.code().to_owned(),
            session_id: session.map(Uid::from),
            proposal_id: proposal.map(Uid::from),
            note: note.clone(),
            reason: reason.clone(),
            decided_by: decided.as_ref().map(|(by, _)| by.clone()),
            decided_at: decided.as_ref().map(|(_, at)| (*at).into()),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

impl TryFrom<UseRow> for BenefitUse {
    type Error = DbError;

    fn try_from(row: UseRow) -> Result<Self, DbError> {
        let UseRow {
            id,
            network_id,
            master_id,
            partner_id,
            agreement_id,
            benefit,
            wanted_on,
            period_from,
            period_until,
            place,
            state,
            session_id,
            proposal_id,
            note,
            reason,
            decided_by,
            decided_at,
            version,
            created_at,
            updated_at,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("benefit use {}: {what}", id.0));
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            partner: partner_id.id(),
            agreement: agreement_id.id(),
            benefit,
            wanted_on,
            period: period_from.zip(period_until),
            place: place.map(u32::try_from).transpose().map_err(|_| corrupt("place"))?,
            state: BenefitUseState::from_code(&state).ok_or_else(|| corrupt("state"))?,
            session: session_id.map(Uid::id),
            proposal: proposal_id.map(Uid::id),
            note,
            reason,
            decided: decided_by.zip(decided_at.map(|at| at.0)),
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Keeps a new use.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::BenefitOnceAYear`] and [`crate::error::Constraint::BenefitOnce`] where another
/// has the place.
pub fn insert(conn: &mut Conn, used: &BenefitUse) -> Result<(), DbError> {
    diesel::insert_into(benefit_uses::table).values(UseRow::from(used)).execute(conn)?;
    Ok(())
}

/// Keeps a changed use, unless it was changed since `used.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update(conn: &mut Conn, used: &BenefitUse) -> Result<bool, DbError> {
    let before = used.version.saturating_sub(1);
    let unchanged = benefit_uses::table.find(Uid::from(used.id)).filter(benefit_uses::version.eq(before));
    Ok(diesel::update(unchanged).set(UseRow::from(used)).execute(conn)? == 1)
}

/// A use that `view` may see: a partner its own, a master those under its agreements.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, view: &View, id: BenefitUseId) -> Result<Option<BenefitUse>, DbError> {
    let query = visible_to!(benefit_uses::table.into_boxed(), benefit_uses, view).filter(benefit_uses::id.eq(Uid::from(id)));
    let row: Option<UseRow> = query.select(UseRow::as_select()).get_result(conn).optional()?;
    row.map(BenefitUse::try_from).transpose()
}

/// A use, whoever may see it.
///
/// # Errors
/// Those of the database.
pub fn by_id(conn: &mut Conn, id: BenefitUseId) -> Result<Option<BenefitUse>, DbError> {
    let query = benefit_uses::table.find(Uid::from(id)).select(UseRow::as_select());
    let row: Option<UseRow> = query.get_result(conn).optional()?;
    row.map(BenefitUse::try_from).transpose()
}

/// A page of the uses that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page(conn: &mut Conn, view: &View, filter: &BenefitUseFilter, page: &Page) -> Result<Vec<BenefitUse>, DbError> {
    let BenefitUseFilter { partner, agreement, benefit, state } = filter;
    let mut query = visible_to!(benefit_uses::table.into_boxed(), benefit_uses, view);
    if let Some(partner) = partner {
        query = query.filter(benefit_uses::partner_id.eq(Uid::from(*partner)));
    }
    if let Some(agreement) = agreement {
        query = query.filter(benefit_uses::agreement_id.eq(Uid::from(*agreement)));
    }
    if let Some(benefit) = benefit {
        query = query.filter(benefit_uses::benefit.eq(benefit.clone()));
    }
    if let Some(state) = state {
        query = query.filter(benefit_uses::state.eq(state.code()));
    }
    let rows: Vec<UseRow> = paged!(query, benefit_uses, page).select(UseRow::as_select()).load(conn)?;
    rows.into_iter().map(BenefitUse::try_from).collect()
}

/// A benefit whose places are counted.
#[derive(Debug, Clone, Copy)]
pub struct Counted<'a> {
    /// The partner: what it has by one of its agreements counts for all of them.
    pub partner: PartnerId,
    /// The benefit's code.
    pub benefit: &'a str,
    /// The year; none where it is not counted by years.
    pub year: Option<Validity>,
}

/// The places of a benefit that are taken: those of uses that are requested, granted or used. A use without a place takes none.
///
/// # Errors
/// Those of the database.
pub fn places_taken(conn: &mut Conn, counted: Counted<'_>) -> Result<BTreeSet<u32>, DbError> {
    Ok(live(conn, counted)?.into_iter().filter_map(|used| used.place).collect())
}

/// The uses of a benefit that are requested, granted or used, oldest first.
///
/// # Errors
/// Those of the database.
pub fn live(conn: &mut Conn, counted: Counted<'_>) -> Result<Vec<BenefitUse>, DbError> {
    let Counted { partner, benefit, year } = counted;
    let mut query = benefit_uses::table
        .filter(benefit_uses::partner_id.eq(Uid::from(partner)))
        .filter(benefit_uses::benefit.eq(benefit.to_owned()))
        .filter(benefit_uses::state.eq_any(live_states()))
        .into_boxed();
    query = match year {
        Some(Validity { start, end }) => query
            .filter(benefit_uses::period_from.is_not_null())
            .filter(benefit_uses::wanted_on.between(start, end.unwrap_or(NaiveDate::MAX))),
        None => query.filter(benefit_uses::period_from.is_null()),
    };
    let rows: Vec<UseRow> = query.order(benefit_uses::id).select(UseRow::as_select()).load(conn)?;
    rows.into_iter().map(BenefitUse::try_from).collect()
}

/// The live use by which a partner's people are in a session.
///
/// # Errors
/// Those of the database.
pub fn of_session(conn: &mut Conn, partner: PartnerId, session: CourseSessionId) -> Result<Option<BenefitUse>, DbError> {
    let row: Option<UseRow> = benefit_uses::table
        .filter(benefit_uses::partner_id.eq(Uid::from(partner)))
        .filter(benefit_uses::session_id.eq(Uid::from(session)))
        .filter(benefit_uses::state.eq_any(live_states()))
        .select(UseRow::as_select())
        .get_result(conn)
        .optional()?;
    row.map(BenefitUse::try_from).transpose()
}

/// The use that a proposal is the discount of.
///
/// # Errors
/// Those of the database.
pub fn of_proposal(conn: &mut Conn, proposal: ProposalId) -> Result<Option<BenefitUse>, DbError> {
    let query = benefit_uses::table.filter(benefit_uses::proposal_id.eq(Uid::from(proposal)));
    let row: Option<UseRow> = query.select(UseRow::as_select()).get_result(conn).optional()?;
    row.map(BenefitUse::try_from).transpose()
}

fn live_states() -> Vec<&'static str> {
    BenefitUseState::ALL.into_iter().filter(|state| state.takes_place()).map(BenefitUseState::code).collect()
}
