//! Introductions of prospects to network companies, what their prospects are known by, and their way to a customer (R18).

mod way;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    id::{AgreementId, CompanyId, IntroductionId, MasterId, NetworkId, PartnerId},
    introduction::{Introduction as Status, IntroductionReason, IntroductionState},
    partner::TaxId,
    registration::ProspectIdentity,
};

use crate::{
    columns::{At, Uid},
    customer::read_identity,
    db::Conn,
    error::DbError,
    identity::company_of,
    schema::{companies, introduction_keys, introductions},
    view::{Page, View, paged, visible_to_parties},
};

pub use way::{Led, Step, follow_proposal, in_sale, insert_step, proposals_followed, steps_of, steps_of_all};

/// An introduction as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Introduction {
    /// Its id.
    pub id: IntroductionId,
    /// Its network.
    pub network: NetworkId,
    /// The master that supervises the promoter's agreement.
    pub master: MasterId,
    /// The promoter.
    pub partner: PartnerId,
    /// Its agreement.
    pub agreement: AgreementId,
    /// The network company that the prospect is introduced to (D6).
    pub company: CompanyId,
    /// Whom.
    pub prospect: ProspectIdentity,
    /// The prospect's tax id as it was written.
    pub tax_id_written: Option<String>,
    /// Where the prospect is written to.
    pub email: Option<String>,
    /// What the promoter says of it.
    pub note: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// What the company said when it declined or closed it.
    pub answer: Option<String>,
    /// The day it was offered.
    pub offered_on: NaiveDate,
    /// The day the company answered it, and who did.
    pub answered: Option<(NaiveDate, String)>,
    /// Its version.
    pub version: i64,
    /// When it was offered.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Introduction {
    /// What its prospect is known by: `tax_id:PT:501442600`, `domain:acme.pt`.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        self.prospect.keys().iter().map(ToString::to_string).collect()
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = introductions, treat_none_as_default_value = false, treat_none_as_null = true)]
struct IntroductionRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    partner_id: Uid,
    agreement_id: Uid,
    company_id: Uid,
    prospect_name: String,
    country: String,
    tax_id: Option<String>,
    tax_key: Option<String>,
    domain: Option<String>,
    email: Option<String>,
    note: Option<String>,
    state: String,
    reason: Option<String>,
    answer: Option<String>,
    offered_on: NaiveDate,
    answered_on: Option<NaiveDate>,
    answered_by: Option<String>,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Introduction> for IntroductionRow {
    fn from(introduction: &Introduction) -> Self {
        let Introduction {
            id,
            network,
            master,
            partner,
            agreement,
            company,
            prospect,
            tax_id_written,
            email,
            note,
            status: Status { state, reason },
            answer,
            offered_on,
            answered,
            version,
            created_at,
            updated_at,
        } = introduction;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            partner_id: (*partner).into(),
            agreement_id: (*agreement).into(),
            company_id: (*company).into(),
            prospect_name: prospect.name().to_owned(),
            country: prospect.country().code().to_owned(),
            tax_id: tax_id_written.clone(),
            tax_key: prospect.tax_id().map(TaxId::key),
            domain: prospect.domain().map(|domain| domain.as_str().to_owned()),
            email: email.clone(),
            note: note.clone(),
            state: state.code().to_owned(),
            reason: reason.map(|reason| reason.code().to_owned()),
            answer: answer.clone(),
            offered_on: *offered_on,
            answered_on: answered.as_ref().map(|(on, _)| *on),
            answered_by: answered.as_ref().map(|(_, by)| by.clone()),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

/// The row and what kind of company the prospect is introduced to.
fn read((row, company_kind): (IntroductionRow, String)) -> Result<Introduction, DbError> {
    let IntroductionRow {
        id,
        network_id,
        master_id,
        partner_id,
        agreement_id,
        company_id,
        prospect_name,
        country,
        tax_id,
        tax_key,
        domain,
        email,
        note,
        state,
        reason,
        answer,
        offered_on,
        answered_on,
        answered_by,
        version,
        created_at,
        updated_at,
    } = row;
    let corrupt = |what: &str| DbError::Corrupt(format!("introduction {}: {what}", id.0));
    let state = IntroductionState::from_code(&state).ok_or_else(|| corrupt("state"))?;
    let reason = reason.map(|code| IntroductionReason::from_code(&code).ok_or_else(|| corrupt("reason"))).transpose()?;
    Ok(Introduction {
        id: id.id(),
        network: network_id.id(),
        master: master_id.id(),
        partner: partner_id.id(),
        agreement: agreement_id.id(),
        company: company_of(&company_kind, company_id)?,
        prospect: read_identity(&prospect_name, &country, tax_key.as_deref(), domain.as_deref()).map_err(corrupt)?,
        tax_id_written: tax_id,
        email,
        note,
        status: Status { state, reason },
        answer,
        offered_on,
        answered: answered_on.zip(answered_by),
        version,
        created_at: created_at.0,
        updated_at: updated_at.0,
    })
}

/// Introductions with the kind of their company, ready to be narrowed.
macro_rules! all {
    () => {
        introductions::table.inner_join(companies::table.on(companies::id.eq(introductions::company_id))).into_boxed()
    };
}

/// Loads what a query of [`all`] finds.
macro_rules! load {
    ($query:expr, $conn:expr) => {{
        let rows: Vec<(IntroductionRow, String)> = $query.select((IntroductionRow::as_select(), companies::kind)).load($conn)?;
        rows.into_iter().map(read).collect::<Result<Vec<Introduction>, DbError>>()
    }};
}

/// Keeps a new introduction.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::OneLiveIntroduction`] when the promoter has introduced the prospect to the
/// company already.
pub fn insert(conn: &mut Conn, introduction: &Introduction) -> Result<(), DbError> {
    diesel::insert_into(introductions::table).values(IntroductionRow::from(introduction)).execute(conn)?;
    keep_keys(conn, introduction)
}

/// Keeps a changed introduction, unless it was changed since `introduction.version - 1`: `false` then.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::OneIntroductionThatCounts`] when it would count and another one of the
/// prospect to the company does (R18).
pub fn update(conn: &mut Conn, introduction: &Introduction) -> Result<bool, DbError> {
    let before = introduction.version.saturating_sub(1);
    let unchanged = introductions::table.find(Uid::from(introduction.id)).filter(introductions::version.eq(before));
    if diesel::update(unchanged).set(IntroductionRow::from(introduction)).execute(conn)? != 1 {
        return Ok(false);
    }
    diesel::delete(introduction_keys::table.filter(introduction_keys::introduction_id.eq(Uid::from(introduction.id))))
        .execute(conn)?;
    keep_keys(conn, introduction)?;
    Ok(true)
}

fn keep_keys(conn: &mut Conn, introduction: &Introduction) -> Result<(), DbError> {
    let state = introduction.status.state;
    for key in introduction.keys().iter().filter(|_| state.is_live()) {
        diesel::insert_into(introduction_keys::table)
            .values((
                introduction_keys::introduction_id.eq(Uid::from(introduction.id)),
                introduction_keys::key.eq(key),
                introduction_keys::company_id.eq(Uid::from(introduction.company)),
                introduction_keys::partner_id.eq(Uid::from(introduction.partner)),
                introduction_keys::counts.eq(state.counts()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// An introduction that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, view: &View, id: IntroductionId) -> Result<Option<Introduction>, DbError> {
    Ok(load!(visible_to_parties!(all!(), introductions, view).filter(introductions::id.eq(Uid::from(id))), conn)?.pop())
}

/// The introductions of these ids, whoever may see them.
///
/// # Errors
/// Those of the database.
pub fn find_all(conn: &mut Conn, ids: &[IntroductionId]) -> Result<Vec<Introduction>, DbError> {
    let ids: Vec<Uid> = ids.iter().copied().map(Uid::from).collect();
    load!(all!().filter(introductions::id.eq_any(ids)).order(introductions::id), conn)
}

/// The introductions that count for a prospect with one of these keys, with `company`: one, or two where each key leads to another.
///
/// # Errors
/// Those of the database.
pub fn counting_for(conn: &mut Conn, company: CompanyId, keys: &[String]) -> Result<Vec<Introduction>, DbError> {
    let ids: Vec<Uid> = introduction_keys::table
        .filter(introduction_keys::company_id.eq(Uid::from(company)))
        .filter(introduction_keys::key.eq_any(keys))
        .filter(introduction_keys::counts)
        .select(introduction_keys::introduction_id)
        .load(conn)?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    load!(all!().filter(introductions::id.eq_any(ids)).order(introductions::id), conn)
}

/// Introductions to a company, or of a partner, that wait for an answer: `limit` of them at most, oldest first.
///
/// # Errors
/// Those of the database.
pub fn offered_of(conn: &mut Conn, partner: PartnerId, limit: i64) -> Result<Vec<Introduction>, DbError> {
    let party = introductions::company_id.eq(Uid::from(partner)).or(introductions::partner_id.eq(Uid::from(partner)));
    let query = all!().filter(party).filter(introductions::state.eq(IntroductionState::Offered.code()));
    load!(query.order(introductions::id).limit(limit), conn)
}

/// Which introductions a list is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filters {
    /// Those that stand here.
    pub state: Option<IntroductionState>,
    /// Those under an agreement.
    pub agreement: Option<AgreementId>,
    /// Those of a promoter.
    pub partner: Option<PartnerId>,
    /// Those to a company.
    pub company: Option<CompanyId>,
}

/// A page of the introductions that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page(conn: &mut Conn, view: &View, filters: Filters, page: &Page) -> Result<Vec<Introduction>, DbError> {
    let Filters { state, agreement, partner, company } = filters;
    let mut query = visible_to_parties!(all!(), introductions, view);
    if let Some(state) = state {
        query = query.filter(introductions::state.eq(state.code()));
    }
    if let Some(agreement) = agreement {
        query = query.filter(introductions::agreement_id.eq(Uid::from(agreement)));
    }
    if let Some(partner) = partner {
        query = query.filter(introductions::partner_id.eq(Uid::from(partner)));
    }
    if let Some(company) = company {
        query = query.filter(introductions::company_id.eq(Uid::from(company)));
    }
    load!(paged!(query, introductions, page), conn)
}
