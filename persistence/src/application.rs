//! Applications of would-be partners to one master (R3).

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{
    id::{ApplicationId, MasterId, NetworkId, PartnerId, PartnershipTypeId},
    network::LegalForm,
    partner::{ApplicationState, Country, TaxId},
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    partner::read_tax_key,
    schema::applications,
    view::{Page, View, paged, visible_to},
};

/// An application as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// The network.
    pub network: NetworkId,
    /// The master it names, which alone decides it.
    pub master: MasterId,
    /// What the applicant wants to become.
    pub type_id: PartnershipTypeId,
    /// The applicant's name, as it is registered.
    pub name: String,
    /// Its legal form.
    pub legal_form: LegalForm,
    /// Where it is established.
    pub country: Country,
    /// Its number in the company register.
    pub registration_number: Option<String>,
    /// Its tax id.
    pub tax_id: Option<TaxId>,
    /// Its tax id as it was written.
    pub tax_id_written: Option<String>,
    /// The person to talk to.
    pub contact_name: String,
    /// Where that person is written to.
    pub email: String,
    /// Where that person is called.
    pub phone: Option<String>,
    /// The language that person is written to in.
    pub language: String,
    /// What the applicant says.
    pub message: Option<String>,
    /// Where it stands.
    pub state: ApplicationState,
    /// Why it was rejected.
    pub reason: Option<String>,
    /// The partner it became.
    pub partner: Option<PartnerId>,
    /// Who decided it.
    pub decided_by: Option<String>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// Its version.
    pub version: i64,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = applications, treat_none_as_default_value = false, treat_none_as_null = true)]
struct ApplicationRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    type_id: Uid,
    name: String,
    legal_form: String,
    country: String,
    registration_number: Option<String>,
    tax_id: Option<String>,
    tax_key: Option<String>,
    contact_name: String,
    email: String,
    phone: Option<String>,
    language: String,
    message: Option<String>,
    state: String,
    reason: Option<String>,
    partner_id: Option<Uid>,
    decided_by: Option<String>,
    decided_at: Option<At>,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Application> for ApplicationRow {
    fn from(application: &Application) -> Self {
        let Application {
            id,
            network,
            master,
            type_id,
            name,
            legal_form,
            country,
            registration_number,
            tax_id,
            tax_id_written,
            contact_name,
            email,
            phone,
            language,
            message,
            state,
            reason,
            partner,
            decided_by,
            decided_at,
            version,
            created_at,
            updated_at,
        } = application.clone();
        Self {
            id: id.into(),
            network_id: network.into(),
            master_id: master.into(),
            type_id: type_id.into(),
            name,
            legal_form: legal_form.code().to_owned(),
            country: country.code().to_owned(),
            registration_number,
            tax_id: tax_id_written,
            tax_key: tax_id.as_ref().map(TaxId::key),
            contact_name,
            email,
            phone,
            language,
            message,
            state: state.code().to_owned(),
            reason,
            partner_id: partner.map(Uid::from),
            decided_by,
            decided_at: decided_at.map(At::from),
            version,
            created_at: created_at.into(),
            updated_at: updated_at.into(),
        }
    }
}

impl TryFrom<ApplicationRow> for Application {
    type Error = DbError;

    fn try_from(row: ApplicationRow) -> Result<Self, DbError> {
        let ApplicationRow {
            id,
            network_id,
            master_id,
            type_id,
            name,
            legal_form,
            country,
            registration_number,
            tax_id,
            tax_key,
            contact_name,
            email,
            phone,
            language,
            message,
            state,
            reason,
            partner_id,
            decided_by,
            decided_at,
            version,
            created_at,
            updated_at,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("application {}: {what}", id.0));
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            type_id: type_id.id(),
            name,
            legal_form: LegalForm::from_code(&legal_form).ok_or_else(|| corrupt("legal form"))?,
            country: Country::parse(&country).map_err(|_| corrupt("country"))?,
            registration_number,
            tax_id: tax_key.as_deref().map(read_tax_key).transpose().map_err(|()| corrupt("tax key"))?,
            tax_id_written: tax_id,
            contact_name,
            email,
            phone,
            language,
            message,
            state: ApplicationState::from_code(&state).ok_or_else(|| corrupt("state"))?,
            reason,
            partner: partner_id.map(Uid::id),
            decided_by,
            decided_at: decided_at.map(|at| at.0),
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Keeps a new application.
///
/// # Errors
/// Those of the database.
pub fn insert(conn: &mut Conn, application: &Application) -> Result<(), DbError> {
    diesel::insert_into(applications::table).values(ApplicationRow::from(application)).execute(conn)?;
    Ok(())
}

/// Keeps a changed application, unless it was changed since `application.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update(conn: &mut Conn, application: &Application) -> Result<bool, DbError> {
    let before = application.version.saturating_sub(1);
    let unchanged = applications::table.find(Uid::from(application.id)).filter(applications::version.eq(before));
    Ok(diesel::update(unchanged).set(ApplicationRow::from(application)).execute(conn)? == 1)
}

/// An application that `view` may see: a master sees those that name it.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, view: &View, id: ApplicationId) -> Result<Option<Application>, DbError> {
    let query = visible_to!(applications::table.into_boxed(), applications, view).filter(applications::id.eq(Uid::from(id)));
    let row: Option<ApplicationRow> = query.select(ApplicationRow::as_select()).get_result(conn).optional()?;
    row.map(Application::try_from).transpose()
}

/// A page of the applications that `view` may see, of one state or all.
///
/// # Errors
/// Those of the database.
pub fn page(conn: &mut Conn, view: &View, state: Option<ApplicationState>, page: &Page) -> Result<Vec<Application>, DbError> {
    let mut query = visible_to!(applications::table.into_boxed(), applications, view);
    if let Some(state) = state {
        query = query.filter(applications::state.eq(state.code()));
    }
    let rows: Vec<ApplicationRow> = paged!(query, applications, page).select(ApplicationRow::as_select()).load(conn)?;
    rows.into_iter().map(Application::try_from).collect()
}
