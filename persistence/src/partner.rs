//! Partners.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{
    id::{CompanyId, MasterId, NetworkId, PartnerId},
    network::LegalForm,
    partner::{Country, PartnerRecord, TaxId},
};

use crate::{
    columns::{At, Uid},
    db::{Conn, MultiBackend},
    error::DbError,
    schema::{companies, partners},
    view::{Page, View, paged},
};

/// A partner as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partner {
    /// Its id.
    pub id: PartnerId,
    /// Its network.
    pub network: NetworkId,
    /// The master that supervises it.
    pub master: MasterId,
    /// Its name, as it is registered.
    pub name: String,
    /// What rules ask for.
    pub record: PartnerRecord,
    /// Its tax id as it was written.
    pub tax_id_written: Option<String>,
    /// Where it is written to.
    pub email: String,
    /// Where it is called.
    pub phone: Option<String>,
    /// The language it is written to in.
    pub language: String,
    /// Its version.
    pub version: i64,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = partners, treat_none_as_default_value = false, treat_none_as_null = true)]
struct PartnerRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    name: String,
    legal_form: String,
    country: String,
    registration_number: Option<String>,
    tax_id: Option<String>,
    tax_key: Option<String>,
    billing_ability: bool,
    support_structure: bool,
    technical_qualification: bool,
    email: String,
    phone: Option<String>,
    language: String,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Partner> for PartnerRow {
    fn from(partner: &Partner) -> Self {
        let Partner {
            id,
            network,
            master,
            name,
            record,
            tax_id_written,
            email,
            phone,
            language,
            version,
            created_at,
            updated_at,
        } = partner;
        let PartnerRecord {
            legal_form,
            country,
            registration_number,
            tax_id,
            billing_ability,
            support_structure,
            technical_qualification,
        } = record;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            name: name.clone(),
            legal_form: legal_form.code().to_owned(),
            country: country.code().to_owned(),
            registration_number: registration_number.clone(),
            tax_id: tax_id_written.clone(),
            tax_key: tax_id.as_ref().map(TaxId::key),
            billing_ability: *billing_ability,
            support_structure: *support_structure,
            technical_qualification: *technical_qualification,
            email: email.clone(),
            phone: phone.clone(),
            language: language.clone(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

impl TryFrom<PartnerRow> for Partner {
    type Error = DbError;

    fn try_from(row: PartnerRow) -> Result<Self, DbError> {
        let PartnerRow {
            id,
            network_id,
            master_id,
            name,
            legal_form,
            country,
            registration_number,
            tax_id,
            tax_key,
            billing_ability,
            support_structure,
            technical_qualification,
            email,
            phone,
            language,
            version,
            created_at,
            updated_at,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("partner {}: {what}", id.0));
        let record = PartnerRecord {
            legal_form: LegalForm::from_code(&legal_form).ok_or_else(|| corrupt("legal form"))?,
            country: Country::parse(&country).map_err(|_| corrupt("country"))?,
            registration_number,
            tax_id: tax_key.as_deref().map(read_tax_key).transpose().map_err(|()| corrupt("tax key"))?,
            billing_ability,
            support_structure,
            technical_qualification,
        };
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            name,
            record,
            tax_id_written: tax_id,
            email,
            phone,
            language,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// The tax id that a key (`PT:501442600`) stands for.
pub(crate) fn read_tax_key(key: &str) -> Result<TaxId, ()> {
    let (country, number) = key.split_once(':').ok_or(())?;
    TaxId::parse(Country::parse(country).map_err(|_| ())?, number).map_err(|_| ())
}

/// Keeps a new partner.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::PartnerTaxId`] when another partner of the network has the tax id.
pub fn insert(conn: &mut Conn, partner: &Partner) -> Result<(), DbError> {
    diesel::insert_into(companies::table)
        .values((
            companies::id.eq(Uid::from(partner.id)),
            companies::network_id.eq(Uid::from(partner.network)),
            companies::kind.eq("partner"),
        ))
        .execute(conn)?;
    diesel::insert_into(partners::table).values(PartnerRow::from(partner)).execute(conn)?;
    Ok(())
}

/// Keeps a changed partner, unless it was changed since `partner.version - 1`: `false` then.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::PartnerTaxId`].
pub fn update(conn: &mut Conn, partner: &Partner) -> Result<bool, DbError> {
    let before = partner.version.saturating_sub(1);
    let unchanged = partners::table.find(Uid::from(partner.id)).filter(partners::version.eq(before));
    Ok(diesel::update(unchanged).set(PartnerRow::from(partner)).execute(conn)? == 1)
}

/// A partner that `view` may see: a master sees those it supervises, a partner itself.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, view: &View, id: PartnerId) -> Result<Option<Partner>, DbError> {
    let query = visible(view).filter(partners::id.eq(Uid::from(id)));
    let row: Option<PartnerRow> = query.select(PartnerRow::as_select()).get_result(conn).optional()?;
    row.map(Partner::try_from).transpose()
}

/// A partner of the network with this tax id, whoever may see it: only to tell that there is one.
///
/// # Errors
/// Those of the database.
pub fn find_by_tax_id(conn: &mut Conn, network: NetworkId, tax_id: &TaxId) -> Result<Option<PartnerId>, DbError> {
    let found: Option<Uid> = partners::table
        .filter(partners::network_id.eq(Uid::from(network)))
        .filter(partners::tax_key.eq(tax_id.key()))
        .select(partners::id)
        .get_result(conn)
        .optional()?;
    Ok(found.map(Uid::id))
}

/// A page of the partners that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page(conn: &mut Conn, view: &View, page: &Page) -> Result<Vec<Partner>, DbError> {
    let rows: Vec<PartnerRow> = paged!(visible(view), partners, page).select(PartnerRow::as_select()).load(conn)?;
    rows.into_iter().map(Partner::try_from).collect()
}

/// A master sees the partners it supervises. Here the partner is the row itself, so that a partner sees its own.
fn visible(view: &View) -> partners::BoxedQuery<'static, MultiBackend> {
    let query = partners::table.filter(partners::network_id.eq(Uid::from(view.network))).into_boxed();
    match view.company {
        CompanyId::Master(id) => query.filter(partners::master_id.eq(Uid::from(id))),
        CompanyId::Partner(id) => query.filter(partners::id.eq(Uid::from(id))),
    }
}
