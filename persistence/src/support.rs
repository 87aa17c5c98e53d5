//! Requests of partners for their master's support (R41).

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    id::{AgreementId, CustomerId, MasterId, NetworkId, PartnerId, ProposalId, RegistrationId, SupportRequestId, UserId},
    support::{SupportDocument, SupportState},
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::support_requests,
    view::{Due, Page, View, due, paged, visible_to},
};

/// A request as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportRequest {
    /// Its id.
    pub id: SupportRequestId,
    /// Its network.
    pub network: NetworkId,
    /// The master that is asked.
    pub master: MasterId,
    /// The partner that asks.
    pub partner: PartnerId,
    /// The agreement under which it sells.
    pub agreement: AgreementId,
    /// What is to be drafted.
    pub document: SupportDocument,
    /// The registered prospect that it is for.
    pub registration: Option<RegistrationId>,
    /// The customer that it is for, where it is one already.
    pub customer: Option<CustomerId>,
    /// What is wanted.
    pub description: String,
    /// The day by which it is wanted.
    pub wanted_by: Option<NaiveDate>,
    /// Where it stands.
    pub state: SupportState,
    /// Who of the master does it.
    pub assignee: Option<UserId>,
    /// What was handed over.
    pub proposal: Option<ProposalId>,
    /// Why it was declined.
    pub reason: Option<String>,
    /// Who asked.
    pub requested_by: String,
    /// Its version.
    pub version: i64,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// Which requests are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SupportFilter {
    /// Those of a partner.
    pub partner: Option<PartnerId>,
    /// Those that somebody of the master does.
    pub assignee: Option<UserId>,
    /// Those for a document.
    pub document: Option<SupportDocument>,
    /// Those in a state.
    pub state: Option<SupportState>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = support_requests, treat_none_as_default_value = false, treat_none_as_null = true)]
struct RequestRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    partner_id: Uid,
    agreement_id: Uid,
    document: String,
    registration_id: Option<Uid>,
    customer_id: Option<Uid>,
    description: String,
    wanted_by: Option<NaiveDate>,
    state: String,
    assignee_id: Option<Uid>,
    proposal_id: Option<Uid>,
    reason: Option<String>,
    requested_by: String,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&SupportRequest> for RequestRow {
    fn from(request: &SupportRequest) -> Self {
        let SupportRequest {
            id,
            network,
            master,
            partner,
            agreement,
            document,
            registration,
            customer,
            description,
            wanted_by,
            state,
            assignee,
            proposal,
            reason,
            requested_by,
            version,
            created_at,
            updated_at,
        } = request;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            partner_id: (*partner).into(),
            agreement_id: (*agreement).into(),
            document: document.code().to_owned(),
            registration_id: registration.map(Uid::from),
            customer_id: customer.map(Uid::from),
            description: description.clone(),
            wanted_by: *wanted_by,
            state: state.code().to_owned(),
            assignee_id: assignee.map(Uid::from),
            proposal_id: proposal.map(Uid::from),
            reason: reason.clone(),
            requested_by: requested_by.clone(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

impl TryFrom<RequestRow> for SupportRequest {
    type Error = DbError;

    fn try_from(row: RequestRow) -> Result<Self, DbError> {
        let RequestRow {
            id,
            network_id,
            master_id,
            partner_id,
            agreement_id,
            document,
            registration_id,
            customer_id,
            description,
            wanted_by,
            state,
            assignee_id,
            proposal_id,
            reason,
            requested_by,
            version,
            created_at,
            updated_at,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("support request {}: {what}", id.0));
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            partner: partner_id.id(),
            agreement: agreement_id.id(),
            document: SupportDocument::from_code(&document).ok_or_else(|| corrupt("document"))?,
            registration: registration_id.map(Uid::id),
            customer: customer_id.map(Uid::id),
            description,
            wanted_by,
            state: SupportState::from_code(&state).ok_or_else(|| corrupt("state"))?,
            assignee: assignee_id.map(Uid::id),
            proposal: proposal_id.map(Uid::id),
            reason,
            requested_by,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Keeps a new request.
///
/// # Errors
/// Those of the database.
pub fn insert_request(conn: &mut Conn, request: &SupportRequest) -> Result<(), DbError> {
    diesel::insert_into(support_requests::table).values(RequestRow::from(request)).execute(conn)?;
    Ok(())
}

/// Keeps a changed request, unless it was changed since `request.version - 1`: `false` then.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::OneHandOver`] where another request handed the proposal over.
pub fn update_request(conn: &mut Conn, request: &SupportRequest) -> Result<bool, DbError> {
    let before = request.version.saturating_sub(1);
    let unchanged = support_requests::table.find(Uid::from(request.id)).filter(support_requests::version.eq(before));
    Ok(diesel::update(unchanged).set(RequestRow::from(request)).execute(conn)? == 1)
}

/// A request that `view` may see: a master those that it is asked, a partner its own.
///
/// # Errors
/// Those of the database.
pub fn find_request(conn: &mut Conn, view: &View, id: SupportRequestId) -> Result<Option<SupportRequest>, DbError> {
    let query = support_requests::table.filter(support_requests::id.eq(Uid::from(id))).into_boxed();
    let row: Option<RequestRow> =
        visible_to!(query, support_requests, view).select(RequestRow::as_select()).get_result(conn).optional()?;
    row.map(SupportRequest::try_from).transpose()
}

/// A request, whoever may see it.
///
/// # Errors
/// Those of the database.
pub fn request(conn: &mut Conn, id: SupportRequestId) -> Result<Option<SupportRequest>, DbError> {
    let query = support_requests::table.find(Uid::from(id)).select(RequestRow::as_select());
    let row: Option<RequestRow> = query.get_result(conn).optional()?;
    row.map(SupportRequest::try_from).transpose()
}

/// What a partner asked and is not done: `limit` requests at most, oldest first.
///
/// # Errors
/// Those of the database.
pub fn open_of(conn: &mut Conn, partner: PartnerId, limit: i64) -> Result<Vec<SupportRequest>, DbError> {
    let open: Vec<&str> = SupportState::ALL.into_iter().filter(|state| state.is_open()).map(SupportState::code).collect();
    let rows: Vec<RequestRow> = support_requests::table
        .filter(support_requests::partner_id.eq(Uid::from(partner)))
        .filter(support_requests::state.eq_any(open))
        .order(support_requests::id)
        .limit(limit)
        .select(RequestRow::as_select())
        .load(conn)?;
    rows.into_iter().map(SupportRequest::try_from).collect()
}

/// A page of the requests that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page_requests(conn: &mut Conn, view: &View, filter: SupportFilter, page: &Page) -> Result<Vec<SupportRequest>, DbError> {
    let SupportFilter { partner, assignee, document, state } = filter;
    let mut query = visible_to!(support_requests::table.into_boxed(), support_requests, view);
    if let Some(partner) = partner {
        query = query.filter(support_requests::partner_id.eq(Uid::from(partner)));
    }
    if let Some(assignee) = assignee {
        query = query.filter(support_requests::assignee_id.eq(Uid::from(assignee)));
    }
    if let Some(document) = document {
        query = query.filter(support_requests::document.eq(document.code()));
    }
    if let Some(state) = state {
        query = query.filter(support_requests::state.eq(state.code()));
    }
    let rows: Vec<RequestRow> = paged!(query, support_requests, page).select(RequestRow::as_select()).load(conn)?;
    rows.into_iter().map(SupportRequest::try_from).collect()
}

/// The requests that `view` may see, that are still to be done and that are wanted by a day, by that day; those of one partner alone, if it
/// is named.
///
/// # Errors
/// Those of the database.
pub fn wanted(
    conn: &mut Conn,
    view: &View,
    partner: Option<PartnerId>,
    due: &Due<NaiveDate>,
) -> Result<Vec<SupportRequest>, DbError> {
    let open: Vec<&str> = SupportState::ALL.into_iter().filter(|state| state.is_open()).map(SupportState::code).collect();
    let mut query = visible_to!(support_requests::table.into_boxed(), support_requests, view)
        .filter(support_requests::state.eq_any(open))
        .filter(support_requests::wanted_by.is_not_null());
    if let Some(partner) = partner {
        query = query.filter(support_requests::partner_id.eq(Uid::from(partner)));
    }
    let rows: Vec<RequestRow> =
        due!(query, support_requests, wanted_by, id, due, std::convert::identity).select(RequestRow::as_select()).load(conn)?;
    rows.into_iter().map(SupportRequest::try_from).collect()
}
