//! Services of partners for network companies, and what became of them (R24, R25).

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    id::{
        AgreementId, CompanyId, CourseId, CourseSessionId, IntroductionId, MasterId, NetworkId, PartnerId, ProjectId, ServiceId,
        TermsId,
    },
    ledger::ServiceState,
    money::{Currency, Decimal, Money},
    network::{FeeKind, FeeUnit},
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    identity::company_of,
    schema::{companies, services},
    view::{Page, View, paged, visible_to},
};

/// What a service is about, where it is about something of its partner's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceSubject {
    /// An introduction (R18).
    Introduction(IntroductionId),
    /// A project (R21).
    Project(ProjectId),
    /// A course that it wrote (R22).
    Course(CourseId),
    /// A session of a course of its, which it held (R22).
    CourseSession(CourseSessionId),
}

impl ServiceSubject {
    /// Its id as it is written.
    #[must_use]
    pub fn written(&self) -> String {
        match self {
            Self::Introduction(id) => id.to_string(),
            Self::Project(id) => id.to_string(),
            Self::Course(id) => id.to_string(),
            Self::CourseSession(id) => id.to_string(),
        }
    }
}

/// A service as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// Its network.
    pub network: NetworkId,
    /// The master of the agreement.
    pub master: MasterId,
    /// The partner that did it.
    pub partner: PartnerId,
    /// The agreement that pays a fee for it.
    pub agreement: AgreementId,
    /// The version of the terms that the agreement was signed under.
    pub terms: TermsId,
    /// The network company that it served, which pays it.
    pub served: CompanyId,
    /// The fee's code.
    pub fee: String,
    /// How it is remunerated.
    pub kind: FeeKind,
    /// What the fee is for one of.
    pub unit: FeeUnit,
    /// What one unit brings.
    pub rate: Money,
    /// How many units, in hundredths at most.
    pub quantity: Decimal,
    /// What they come to.
    pub amount: Money,
    /// The day on which it was done.
    pub done_on: NaiveDate,
    /// What was done.
    pub description: String,
    /// What shows it, as JSON.
    pub evidence: String,
    /// What it is about.
    pub subject: Option<ServiceSubject>,
    /// The partner's own number for it, once for each agreement.
    pub reference: Option<String>,
    /// Where it stands.
    pub state: ServiceState,
    /// Why it was refused.
    pub reason: Option<String>,
    /// Who decided it.
    pub decided_by: Option<String>,
    /// Its version.
    pub version: i64,
    /// When it was reported.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// Which services are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ServiceFilter {
    /// Those that a partner did.
    pub partner: Option<PartnerId>,
    /// Those of an agreement.
    pub agreement: Option<AgreementId>,
    /// Those in a state.
    pub state: Option<ServiceState>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = services, treat_none_as_default_value = false, treat_none_as_null = true)]
struct ServiceRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    partner_id: Uid,
    agreement_id: Uid,
    terms_id: Uid,
    served_id: Uid,
    fee: String,
    kind: String,
    unit: String,
    rate_minor: i64,
    currency: String,
    quantity: i64,
    amount_minor: i64,
    done_on: NaiveDate,
    description: String,
    evidence: String,
    reference: Option<String>,
    state: String,
    reason: Option<String>,
    decided_by: Option<String>,
    version: i64,
    created_at: At,
    updated_at: At,
    introduction_id: Option<Uid>,
    project_id: Option<Uid>,
    course_id: Option<Uid>,
    course_session_id: Option<Uid>,
}

/// The digits after the point that a quantity is kept with.
const QUANTITY_DIGITS: u32 = 2;

impl ServiceRow {
    fn of(service: &Service) -> Result<Self, DbError> {
        let Service {
            id,
            network,
            master,
            partner,
            agreement,
            terms,
            served,
            fee,
            kind,
            unit,
            rate,
            quantity,
            amount,
            done_on,
            description,
            evidence,
            subject,
            reference,
            state,
            reason,
            decided_by,
            version,
            created_at,
            updated_at,
        } = service;
        let (mut introduction_id, mut project_id, mut course_id, mut course_session_id) = (None, None, None, None);
        match *subject {
            None => {}
            Some(ServiceSubject::Introduction(id)) => introduction_id = Some(id.into()),
            Some(ServiceSubject::Project(id)) => project_id = Some(id.into()),
            Some(ServiceSubject::Course(id)) => course_id = Some(id.into()),
            Some(ServiceSubject::CourseSession(id)) => course_session_id = Some(id.into()),
        }
        let corrupt = || DbError::Corrupt(format!("service {id}: quantity {quantity}"));
        let mut hundredths = *quantity;
        hundredths.rescale(QUANTITY_DIGITS);
        if hundredths != *quantity {
            return Err(corrupt());
        }
        Ok(Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            partner_id: (*partner).into(),
            agreement_id: (*agreement).into(),
            terms_id: (*terms).into(),
            served_id: (*served).into(),
            fee: fee.clone(),
            kind: kind.code().to_owned(),
            unit: unit.code().to_owned(),
            rate_minor: rate.minor(),
            currency: rate.currency().code().to_owned(),
            quantity: i64::try_from(hundredths.mantissa()).map_err(|_| corrupt())?,
            amount_minor: amount.minor(),
            done_on: *done_on,
            description: description.clone(),
            evidence: evidence.clone(),
            reference: reference.clone(),
            state: state.code().to_owned(),
            reason: reason.clone(),
            decided_by: decided_by.clone(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
            introduction_id,
            project_id,
            course_id,
            course_session_id,
        })
    }
}

fn service((row, served_kind): (ServiceRow, String)) -> Result<Service, DbError> {
    let ServiceRow {
        id,
        network_id,
        master_id,
        partner_id,
        agreement_id,
        terms_id,
        served_id,
        fee,
        kind,
        unit,
        rate_minor,
        currency,
        quantity,
        amount_minor,
        done_on,
        description,
        evidence,
        reference,
        state,
        reason,
        decided_by,
        version,
        created_at,
        updated_at,
        introduction_id,
        project_id,
        course_id,
        course_session_id,
    } = row;
    let introduced = introduction_id.map(|id| ServiceSubject::Introduction(id.id()));
    let advised = project_id.map(|id| ServiceSubject::Project(id.id()));
    let written = course_id.map(|id| ServiceSubject::Course(id.id()));
    let held = course_session_id.map(|id| ServiceSubject::CourseSession(id.id()));
    let corrupt = |what: &str| DbError::Corrupt(format!("service {}: {what}", id.0));
    let currency: Currency = currency.parse().map_err(|_| corrupt("currency"))?;
    Ok(Service {
        id: id.id(),
        network: network_id.id(),
        master: master_id.id(),
        partner: partner_id.id(),
        agreement: agreement_id.id(),
        terms: terms_id.id(),
        served: company_of(&served_kind, served_id)?,
        fee,
        kind: FeeKind::from_code(&kind).ok_or_else(|| corrupt("kind"))?,
        unit: FeeUnit::from_code(&unit).ok_or_else(|| corrupt("unit"))?,
        rate: Money::from_minor(rate_minor, currency),
        quantity: Decimal::new(quantity, QUANTITY_DIGITS).normalize(),
        amount: Money::from_minor(amount_minor, currency),
        done_on,
        description,
        evidence,
        subject: introduced.or(advised).or(written).or(held),
        reference,
        state: ServiceState::from_code(&state).ok_or_else(|| corrupt("state"))?,
        reason,
        decided_by,
        version,
        created_at: created_at.0,
        updated_at: updated_at.0,
    })
}

/// Keeps a new service.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::ServiceReference`] when the agreement has one of the reference, and
/// [`crate::error::Constraint::OneServiceForIntroduction`] when its introduction was reported by the same fee already.
pub fn insert_service(conn: &mut Conn, service: &Service) -> Result<(), DbError> {
    diesel::insert_into(services::table).values(ServiceRow::of(service)?).execute(conn)?;
    Ok(())
}

/// Keeps a changed service, unless it was changed since `service.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update_service(conn: &mut Conn, service: &Service) -> Result<bool, DbError> {
    let before = service.version.saturating_sub(1);
    let unchanged = services::table.find(Uid::from(service.id)).filter(services::version.eq(before));
    Ok(diesel::update(unchanged).set(ServiceRow::of(service)?).execute(conn)? == 1)
}

/// Whether an introduction was reported by a fee, and the company it was made to has not refused it.
///
/// # Errors
/// Those of the database.
pub fn is_reported_for(conn: &mut Conn, introduction: IntroductionId, fee: &str) -> Result<bool, DbError> {
    let counts = [ServiceState::Reported, ServiceState::Confirmed].map(ServiceState::code);
    let found: i64 = services::table
        .filter(services::introduction_id.assume_not_null().eq(Uid::from(introduction)))
        .filter(services::introduction_id.is_not_null())
        .filter(services::fee.eq(fee))
        .filter(services::state.eq_any(counts))
        .count()
        .get_result(conn)?;
    Ok(found > 0)
}

/// A service that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find_service(conn: &mut Conn, view: &View, id: ServiceId) -> Result<Option<Service>, DbError> {
    let one = Page { limit: 1, after: None, updated_since: None };
    Ok(load(conn, view, Some(id), ServiceFilter::default(), &one)?.pop())
}

/// A page of the services that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page_services(conn: &mut Conn, view: &View, filter: ServiceFilter, page: &Page) -> Result<Vec<Service>, DbError> {
    load(conn, view, None, filter, page)
}

/// A partner sees those it did and those that served it, a master those under the agreements it supervises.
fn load(
    conn: &mut Conn,
    view: &View,
    id: Option<ServiceId>,
    filter: ServiceFilter,
    page: &Page,
) -> Result<Vec<Service>, DbError> {
    let ServiceFilter { partner, agreement, state } = filter;
    let query = services::table.inner_join(companies::table.on(companies::id.eq(services::served_id))).into_boxed();
    let mut query = visible_to!(query, services, view, or served_id);
    if let Some(id) = id {
        query = query.filter(services::id.eq(Uid::from(id)));
    }
    if let Some(partner) = partner {
        query = query.filter(services::partner_id.eq(Uid::from(partner)));
    }
    if let Some(agreement) = agreement {
        query = query.filter(services::agreement_id.eq(Uid::from(agreement)));
    }
    if let Some(state) = state {
        query = query.filter(services::state.eq(state.code()));
    }
    let rows: Vec<(ServiceRow, String)> =
        paged!(query, services, page).select((ServiceRow::as_select(), companies::kind)).load(conn)?;
    rows.into_iter().map(service).collect()
}
