//! Disputes over a protection: what both sides said, and what was decided (R37, D18).

mod decision;
mod row;
mod statement;

use chrono::{DateTime, Utc};
use diesel::{dsl::case_when, prelude::*};
use domain::{
    dispute::{Dispute as Status, DisputeGrounds, DisputeSide, DisputeState},
    id::{AgreementId, CompanyId, DisputeId, MasterId, NetworkId, PartnerId, RegistrationId},
    registration::{ProspectIdentity, Scope},
};

pub use decision::{Decision, decisions_of, decisions_of_all, insert_decision};
use row::DisputeRow;
pub use statement::{Evidence, Statement, add_statement, statements_of, statements_of_all};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::disputes,
    view::{Page, Place, View, paged},
};

/// A dispute as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// Its id.
    pub id: DisputeId,
    /// Its network.
    pub network: NetworkId,
    /// The master that supervises the registration, and decides first.
    pub master: MasterId,
    /// The master that an appeal goes to, once there is a decision that can be appealed.
    pub appeal_master: Option<MasterId>,
    /// The registration whose protection it is about.
    pub registration: RegistrationId,
    /// The partner that opened it.
    pub challenger: PartnerId,
    /// The partner whose registration it is about.
    pub holder: PartnerId,
    /// The challenger's agreement, under which it would have the prospect.
    pub agreement: AgreementId,
    /// The prospect as the challenger named it.
    pub prospect: ProspectIdentity,
    /// The prospect's tax id as the challenger wrote it.
    pub tax_id_written: Option<String>,
    /// What of the prospect the challenger wants.
    pub scope: Scope,
    /// Why.
    pub grounds: DisputeGrounds,
    /// Where it stands.
    pub status: Status,
    /// When the hearing began.
    pub heard_at: Option<DateTime<Utc>>,
    /// The appellant's words.
    pub appeal: Option<String>,
    /// When it appealed.
    pub appealed_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// What the challenger sees of its changes.
    pub seen_by_challenger: Seen,
    /// What the holder sees of them.
    pub seen_by_holder: Seen,
    /// Its version, as masters see it.
    pub version: i64,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What a party sees of a dispute's changes: those alone that concern it, so that it does not learn when the other spoke (D22).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The version.
    pub version: i64,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Seen {
    /// The first version.
    #[must_use]
    pub const fn first(at: DateTime<Utc>) -> Self {
        Self { version: 1, updated_at: at }
    }

    /// The version after this one.
    #[must_use]
    pub const fn next(self, at: DateTime<Utc>) -> Self {
        Self { version: self.version.saturating_add(1), updated_at: at }
    }
}

impl Dispute {
    /// On which side a company stands; none for a master and a stranger.
    #[must_use]
    pub fn side_of(&self, company: CompanyId) -> Option<DisputeSide> {
        match company.partner()? {
            partner if partner == self.challenger => Some(DisputeSide::Challenger),
            partner if partner == self.holder => Some(DisputeSide::Holder),
            _ => None,
        }
    }

    /// The partner on a side.
    #[must_use]
    pub const fn partner_on(&self, side: DisputeSide) -> PartnerId {
        match side {
            DisputeSide::Challenger => self.challenger,
            DisputeSide::Holder => self.holder,
        }
    }

    /// What a side sees of its changes.
    #[must_use]
    pub const fn seen_by(&self, side: DisputeSide) -> Seen {
        match side {
            DisputeSide::Challenger => self.seen_by_challenger,
            DisputeSide::Holder => self.seen_by_holder,
        }
    }
}

/// What a list of disputes is narrowed to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filters {
    /// Those that stand here.
    pub state: Option<DisputeState>,
    /// Those over a registration that the caller may see.
    pub registration: Option<RegistrationId>,
}

/// Keeps a new dispute.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::OneOpenDispute`] when the challenger has an open one over the registration.
pub fn insert(conn: &mut Conn, dispute: &Dispute) -> Result<(), DbError> {
    diesel::insert_into(disputes::table).values(DisputeRow::from(dispute)).execute(conn)?;
    Ok(())
}

/// Keeps a changed dispute, unless it was changed since `dispute.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update(conn: &mut Conn, dispute: &Dispute) -> Result<bool, DbError> {
    let before = dispute.version.saturating_sub(1);
    let unchanged = disputes::table.find(Uid::from(dispute.id)).filter(disputes::version.eq(before));
    Ok(diesel::update(unchanged).set(DisputeRow::from(dispute)).execute(conn)? == 1)
}

/// Narrows a boxed query to what `view` may see: the challenger its own, the holder those that are heard, the supervising
/// master all of its registrations', the other master those that were appealed to it.
macro_rules! seen_by {
    ($query:expr, $view:expr) => {{
        let query = $query.filter(disputes::network_id.eq(Uid::from($view.network)));
        let company = Uid::from($view.company);
        match $view.company {
            CompanyId::Master(_) => query.filter(
                disputes::master_id
                    .eq(company)
                    .or(disputes::appeal_master_id.assume_not_null().eq(company).and(disputes::appealed_at.is_not_null())),
            ),
            CompanyId::Partner(_) => query.filter(
                disputes::challenger_id.eq(company).or(disputes::holder_id.eq(company).and(disputes::heard_at.is_not_null())),
            ),
        }
    }};
}

/// [`paged`] for a party, in whose order of change each dispute stands by the changes of its own side.
macro_rules! paged_by_party {
    ($query:expr, $view:expr, $page:expr) => {{
        let page: &Page = $page;
        let own = disputes::challenger_id.eq(Uid::from($view.company));
        let changed = case_when(own, disputes::challenger_updated_at).otherwise(disputes::holder_updated_at);
        let mut query = $query.limit(page.limit);
        if let Some(since) = page.updated_since {
            query = query.filter(changed.ge(At::from(since)));
            if let Some(Place { updated_at: Some(at), id }) = page.after {
                let (at, id) = (At::from(at), Uid(id));
                query = query.filter(changed.gt(at).or(changed.eq(at).and(disputes::id.gt(id))));
            }
            query.order((changed.asc(), disputes::id.asc()))
        } else {
            if let Some(place) = page.after {
                query = query.filter(disputes::id.lt(Uid(place.id)));
            }
            query.order(disputes::id.desc())
        }
    }};
}

/// A dispute that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, view: &View, id: DisputeId) -> Result<Option<Dispute>, DbError> {
    let query = seen_by!(disputes::table.filter(disputes::id.eq(Uid::from(id))).into_boxed(), view);
    let row: Option<DisputeRow> = query.select(DisputeRow::as_select()).get_result(conn).optional()?;
    row.map(Dispute::try_from).transpose()
}

/// A dispute, whoever may see it.
///
/// # Errors
/// Those of the database.
pub fn by_id(conn: &mut Conn, id: DisputeId) -> Result<Option<Dispute>, DbError> {
    let row: Option<DisputeRow> =
        disputes::table.find(Uid::from(id)).select(DisputeRow::as_select()).get_result(conn).optional()?;
    row.map(Dispute::try_from).transpose()
}

/// A page of the disputes that `view` may see. Each of its readers keeps a copy by the changes that it sees itself.
///
/// # Errors
/// Those of the database.
pub fn page(conn: &mut Conn, view: &View, filters: &Filters, page: &Page) -> Result<Vec<Dispute>, DbError> {
    let Filters { state, registration } = *filters;
    let mut query = seen_by!(disputes::table.into_boxed(), view);
    if let Some(state) = state {
        query = query.filter(disputes::state.eq(state.code()));
    }
    if let Some(registration) = registration {
        query = query.filter(disputes::registration_id.eq(Uid::from(registration)));
        // What another partner's registration is called is nothing that one may ask with (D22).
        if view.company.partner().is_some() {
            query = query.filter(disputes::holder_id.eq(Uid::from(view.company)));
        }
    }
    let rows: Vec<DisputeRow> = match view.company {
        CompanyId::Master(_) => paged!(query, disputes, page).select(DisputeRow::as_select()).load(conn)?,
        CompanyId::Partner(_) => paged_by_party!(query, view, page).select(DisputeRow::as_select()).load(conn)?,
    };
    rows.into_iter().map(Dispute::try_from).collect()
}

/// The open disputes over registrations, each with whether both sides are heard by now.
///
/// # Errors
/// Those of the database.
pub fn open_over(conn: &mut Conn, registrations: &[RegistrationId]) -> Result<Vec<(RegistrationId, bool)>, DbError> {
    let ids: Vec<Uid> = registrations.iter().copied().map(Uid::from).collect();
    let open = DisputeState::ALL.into_iter().filter(|state| state.is_open()).map(DisputeState::code);
    let rows: Vec<(Uid, Option<At>)> = disputes::table
        .filter(disputes::registration_id.eq_any(ids))
        .filter(disputes::state.eq_any(open.collect::<Vec<_>>()))
        .select((disputes::registration_id, disputes::heard_at))
        .load(conn)?;
    Ok(rows.into_iter().map(|(registration, heard_at)| (registration.id(), heard_at.is_some())).collect())
}

/// The disputes over a registration that may have divided what was sold by it, oldest first.
///
/// # Errors
/// Those of the database.
pub fn over(conn: &mut Conn, registration: RegistrationId) -> Result<Vec<DisputeId>, DbError> {
    let ids: Vec<Uid> = disputes::table
        .filter(disputes::registration_id.eq(Uid::from(registration)))
        .order(disputes::id)
        .select(disputes::id)
        .load(conn)?;
    Ok(ids.into_iter().map(Uid::id).collect())
}

/// Disputes whose decision nobody can appeal any more at `now`, of every network: `limit` of them at most, oldest first.
///
/// # Errors
/// Those of the database.
pub fn unappealed(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> Result<Vec<Dispute>, DbError> {
    let rows: Vec<DisputeRow> = disputes::table
        .filter(disputes::state.eq(DisputeState::Decided.code()))
        .filter(disputes::appealable_until.le(At::from(now)))
        .order((disputes::appealable_until, disputes::id))
        .limit(limit)
        .select(DisputeRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Dispute::try_from).collect()
}

/// The disputes that `view` may see and in which both sides are being heard, oldest first.
///
/// # Errors
/// Those of the database.
pub fn in_hearing(conn: &mut Conn, view: &View) -> Result<Vec<Dispute>, DbError> {
    let query = seen_by!(disputes::table.into_boxed(), view).filter(disputes::state.eq(DisputeState::Evidence.code()));
    let rows: Vec<DisputeRow> = query.order(disputes::id.asc()).select(DisputeRow::as_select()).load(conn)?;
    rows.into_iter().map(Dispute::try_from).collect()
}
