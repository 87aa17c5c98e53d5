//! Follow-ups of client managers, and the proposals that they follow (R19, R20).

mod proposal;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    follow_up::ContactKind,
    id::{AgreementId, CompanyId, FollowUpId, MasterId, NetworkId, PartnerId, PortfolioPlaceId, ProposalId},
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    identity::company_of,
    schema::{companies, follow_ups},
    view::{Page, View, paged, visible_to_parties},
};

pub use proposal::{find_followed, page_followed};

/// What a follow-up is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A proposal.
    Proposal(ProposalId),
    /// A customer's place in the portfolio.
    Place(PortfolioPlaceId),
}

/// A follow-up as it is kept, for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// Its id.
    pub id: FollowUpId,
    /// Its network.
    pub network: NetworkId,
    /// The master that supervises the client manager's agreement.
    pub master: MasterId,
    /// The network company.
    pub company: CompanyId,
    /// The client manager.
    pub partner: PartnerId,
    /// Its agreement.
    pub agreement: AgreementId,
    /// What it is about.
    pub subject: Subject,
    /// How they were in contact.
    pub kind: ContactKind,
    /// The day.
    pub dated_on: NaiveDate,
    /// What came of it.
    pub note: String,
    /// The day of the next contact, if one was agreed.
    pub next_on: Option<NaiveDate>,
    /// Who noted it.
    pub noted_by: String,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = follow_ups, treat_none_as_default_value = false)]
struct FollowUpRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    company_id: Uid,
    partner_id: Uid,
    agreement_id: Uid,
    proposal_id: Option<Uid>,
    place_id: Option<Uid>,
    kind: String,
    dated_on: NaiveDate,
    note: String,
    next_on: Option<NaiveDate>,
    noted_by: String,
    recorded_at: At,
}

impl From<&FollowUp> for FollowUpRow {
    fn from(follow_up: &FollowUp) -> Self {
        let FollowUp {
            id,
            network,
            master,
            company,
            partner,
            agreement,
            subject,
            kind,
            dated_on,
            note,
            next_on,
            noted_by,
            recorded_at,
        } = follow_up;
        let (proposal_id, place_id) = match *subject {
            Subject::Proposal(id) => (Some(id.into()), None),
            Subject::Place(id) => (None, Some(id.into())),
        };
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            company_id: (*company).into(),
            partner_id: (*partner).into(),
            agreement_id: (*agreement).into(),
            proposal_id,
            place_id,
            kind: kind.code().to_owned(),
            dated_on: *dated_on,
            note: note.clone(),
            next_on: *next_on,
            noted_by: noted_by.clone(),
            recorded_at: (*recorded_at).into(),
        }
    }
}

fn read((row, company_kind): (FollowUpRow, String)) -> Result<FollowUp, DbError> {
    let FollowUpRow {
        id,
        network_id,
        master_id,
        company_id,
        partner_id,
        agreement_id,
        proposal_id,
        place_id,
        kind,
        dated_on,
        note,
        next_on,
        noted_by,
        recorded_at,
    } = row;
    let corrupt = |what: &str| DbError::Corrupt(format!("follow-up {}: {what}", id.0));
    let subject = match (proposal_id, place_id) {
        (Some(id), None) => Subject::Proposal(id.id()),
        (None, Some(id)) => Subject::Place(id.id()),
        _ => return Err(corrupt("subject")),
    };
    Ok(FollowUp {
        id: id.id(),
        network: network_id.id(),
        master: master_id.id(),
        company: company_of(&company_kind, company_id)?,
        partner: partner_id.id(),
        agreement: agreement_id.id(),
        subject,
        kind: ContactKind::from_code(&kind).ok_or_else(|| corrupt("kind"))?,
        dated_on,
        note,
        next_on,
        noted_by,
        recorded_at: recorded_at.0,
    })
}

/// Keeps a follow-up.
///
/// # Errors
/// Those of the database.
pub fn insert(conn: &mut Conn, follow_up: &FollowUp) -> Result<(), DbError> {
    diesel::insert_into(follow_ups::table).values(FollowUpRow::from(follow_up)).execute(conn)?;
    Ok(())
}

/// Which follow-ups a list is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filters {
    /// Those about a proposal.
    pub proposal: Option<ProposalId>,
    /// Those of a place in a portfolio.
    pub place: Option<PortfolioPlaceId>,
    /// Those of a client manager.
    pub partner: Option<PartnerId>,
    /// Those whose next contact is on this day or before.
    pub next_by: Option<NaiveDate>,
}

/// A follow-up that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, view: &View, id: FollowUpId) -> Result<Option<FollowUp>, DbError> {
    let one = Page { limit: 1, after: None, updated_since: None };
    Ok(load(conn, view, Some(id), Filters::default(), &one)?.pop())
}

/// A page of the follow-ups that `view` may see. They change only by coming in.
///
/// # Errors
/// Those of the database.
pub fn page(conn: &mut Conn, view: &View, filters: Filters, page: &Page) -> Result<Vec<FollowUp>, DbError> {
    load(conn, view, None, filters, page)
}

/// A client manager sees its own, a company those about its customers and proposals, a master those it supervises.
fn load(conn: &mut Conn, view: &View, id: Option<FollowUpId>, filters: Filters, page: &Page) -> Result<Vec<FollowUp>, DbError> {
    let Filters { proposal, place, partner, next_by } = filters;
    let query = follow_ups::table.inner_join(companies::table.on(companies::id.eq(follow_ups::company_id))).into_boxed();
    let mut query = visible_to_parties!(query, follow_ups, view);
    if let Some(id) = id {
        query = query.filter(follow_ups::id.eq(Uid::from(id)));
    }
    if let Some(proposal) = proposal {
        query = query.filter(follow_ups::proposal_id.eq(Uid::from(proposal)));
    }
    if let Some(place) = place {
        query = query.filter(follow_ups::place_id.eq(Uid::from(place)));
    }
    if let Some(partner) = partner {
        query = query.filter(follow_ups::partner_id.eq(Uid::from(partner)));
    }
    if let Some(day) = next_by {
        query = query.filter(follow_ups::next_on.le(day));
    }
    let rows: Vec<(FollowUpRow, String)> =
        paged!(query, follow_ups, page, changed recorded_at).select((FollowUpRow::as_select(), companies::kind)).load(conn)?;
    rows.into_iter().map(read).collect()
}
