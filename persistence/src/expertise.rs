//! Areas of expertise of project consultants, and for which days masters confirmed them (R21).

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    expertise::{ConfirmedDays, Expertise as Status, ExpertiseState},
    id::{AgreementId, CompanyId, ExpertiseId, MasterId, NetworkId, PartnerId},
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    identity::company_of,
    schema::{companies, expertise},
    view::{Page, View, paged, visible_to_parties},
};

/// An area of expertise as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expertise {
    /// Its id.
    pub id: ExpertiseId,
    /// Its network.
    pub network: NetworkId,
    /// The master that supervises the consultant's agreement.
    pub master: MasterId,
    /// The other party of the agreement.
    pub company: CompanyId,
    /// The consultant.
    pub partner: PartnerId,
    /// Its agreement.
    pub agreement: AgreementId,
    /// The area's code.
    pub area: String,
    /// What shows it, in the consultant's words.
    pub description: String,
    /// Where a document is that shows it.
    pub document: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// Why it was refused or revoked.
    pub reason: Option<String>,
    /// Who decided last.
    pub decided_by: Option<String>,
    /// Its version.
    pub version: i64,
    /// When it was declared.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = expertise, treat_none_as_default_value = false, treat_none_as_null = true)]
struct ExpertiseRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    company_id: Uid,
    partner_id: Uid,
    agreement_id: Uid,
    area: String,
    description: String,
    document: Option<String>,
    declared_on: NaiveDate,
    state: String,
    from_day: Option<NaiveDate>,
    until_day: Option<NaiveDate>,
    reason: Option<String>,
    decided_by: Option<String>,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Expertise> for ExpertiseRow {
    fn from(kept: &Expertise) -> Self {
        let Expertise {
            id,
            network,
            master,
            company,
            partner,
            agreement,
            area,
            description,
            document,
            status: Status { state, declared_on, days },
            reason,
            decided_by,
            version,
            created_at,
            updated_at,
        } = kept;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            company_id: (*company).into(),
            partner_id: (*partner).into(),
            agreement_id: (*agreement).into(),
            area: area.clone(),
            description: description.clone(),
            document: document.clone(),
            declared_on: *declared_on,
            state: state.code().to_owned(),
            from_day: days.map(|days| days.from),
            until_day: days.and_then(|days| days.until),
            reason: reason.clone(),
            decided_by: decided_by.clone(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

fn read((row, company_kind): (ExpertiseRow, String)) -> Result<Expertise, DbError> {
    let ExpertiseRow {
        id,
        network_id,
        master_id,
        company_id,
        partner_id,
        agreement_id,
        area,
        description,
        document,
        declared_on,
        state,
        from_day,
        until_day,
        reason,
        decided_by,
        version,
        created_at,
        updated_at,
    } = row;
    let state =
        ExpertiseState::from_code(&state).ok_or_else(|| DbError::Corrupt(format!("expertise {}: state {state}", id.0)))?;
    Ok(Expertise {
        id: id.id(),
        network: network_id.id(),
        master: master_id.id(),
        company: company_of(&company_kind, company_id)?,
        partner: partner_id.id(),
        agreement: agreement_id.id(),
        area,
        description,
        document,
        status: Status { state, declared_on, days: from_day.map(|from| ConfirmedDays { from, until: until_day }) },
        reason,
        decided_by,
        version,
        created_at: created_at.0,
        updated_at: updated_at.0,
    })
}

/// Areas with the kind of their company, ready to be narrowed.
macro_rules! all {
    () => {
        expertise::table.inner_join(companies::table.on(companies::id.eq(expertise::company_id))).into_boxed()
    };
}

/// Loads what a query of [`all`] finds.
macro_rules! load {
    ($query:expr, $conn:expr) => {{
        let rows: Vec<(ExpertiseRow, String)> = $query.select((ExpertiseRow::as_select(), companies::kind)).load($conn)?;
        rows.into_iter().map(read).collect::<Result<Vec<Expertise>, DbError>>()
    }};
}

/// Keeps a new area of expertise.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::OneOpenExpertise`] when one of the consultant is open.
pub fn insert(conn: &mut Conn, kept: &Expertise) -> Result<(), DbError> {
    diesel::insert_into(expertise::table).values(ExpertiseRow::from(kept)).execute(conn)?;
    Ok(())
}

/// Keeps a changed area of expertise, unless it was changed since `kept.version - 1`: `false` then.
///
/// # Errors
/// Those of [`insert`].
pub fn update(conn: &mut Conn, kept: &Expertise) -> Result<bool, DbError> {
    let before = kept.version.saturating_sub(1);
    let unchanged = expertise::table.find(Uid::from(kept.id)).filter(expertise::version.eq(before));
    Ok(diesel::update(unchanged).set(ExpertiseRow::from(kept)).execute(conn)? == 1)
}

/// What a consultant ever declared of an area, oldest first.
///
/// # Errors
/// Those of the database.
pub fn declared_by(conn: &mut Conn, partner: PartnerId, area: &str) -> Result<Vec<Status>, DbError> {
    let query = all!().filter(expertise::partner_id.eq(Uid::from(partner))).filter(expertise::area.eq(area));
    Ok(load!(query.order(expertise::id), conn)?.into_iter().map(|kept| kept.status).collect())
}

/// Which areas of expertise a list is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    /// Those of a consultant.
    pub partner: Option<PartnerId>,
    /// Those of an area.
    pub area: Option<String>,
    /// Those that stand here.
    pub state: Option<ExpertiseState>,
    /// Those that are confirmed on a day.
    pub on: Option<NaiveDate>,
}

/// An area of expertise that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, view: &View, id: ExpertiseId) -> Result<Option<Expertise>, DbError> {
    Ok(load!(visible_to_parties!(all!(), expertise, view).filter(expertise::id.eq(Uid::from(id))), conn)?.pop())
}

/// An area of expertise, whoever may see it.
///
/// # Errors
/// Those of the database.
pub fn by_id(conn: &mut Conn, id: ExpertiseId) -> Result<Option<Expertise>, DbError> {
    Ok(load!(all!().filter(expertise::id.eq(Uid::from(id))), conn)?.pop())
}

/// A page of the areas of expertise that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page(conn: &mut Conn, view: &View, filters: Filters, page: &Page) -> Result<Vec<Expertise>, DbError> {
    let Filters { partner, area, state, on } = filters;
    let mut query = visible_to_parties!(all!(), expertise, view);
    if let Some(partner) = partner {
        query = query.filter(expertise::partner_id.eq(Uid::from(partner)));
    }
    if let Some(area) = area {
        query = query.filter(expertise::area.eq(area));
    }
    if let Some(state) = state {
        query = query.filter(expertise::state.eq(state.code()));
    }
    if let Some(day) = on {
        let begun = expertise::from_day.le(day);
        query = query.filter(begun.and(expertise::until_day.is_null().or(expertise::until_day.gt(day))));
    }
    load!(paged!(query, expertise, page), conn)
}
