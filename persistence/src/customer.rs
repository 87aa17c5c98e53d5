//! Customers: prospects that signed, each with exactly one responsible company (R51).

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{
    id::{CompanyId, CustomerId, MasterId, NetworkId},
    partner::{Country, Domain, TaxId},
    registration::ProspectIdentity,
};

use crate::{
    columns::{At, Uid},
    db::{Conn, MultiBackend},
    error::DbError,
    identity::company_of,
    partner::read_tax_key,
    registration::matching::{self, NameEntry, SubjectKind},
    schema::{companies, customers},
    view::{Page, View, paged},
};

/// A customer as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// Its id.
    pub id: CustomerId,
    /// Its network.
    pub network: NetworkId,
    /// The master that supervises it.
    pub master: MasterId,
    /// The company that answers for it (R51).
    pub responsible: CompanyId,
    /// Who it is, known by the same keys as the prospect it was (D17).
    pub identity: ProspectIdentity,
    /// Its tax id as it was written.
    pub tax_id_written: Option<String>,
    /// Where it is written to.
    pub email: Option<String>,
    /// The code of the segment that its master puts it into, for rules that are about some customers only.
    pub segment: Option<String>,
    /// Its version.
    pub version: i64,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Customer {
    /// What the index of names keeps of it.
    fn name_entry(&self) -> NameEntry<'_> {
        NameEntry {
            kind: SubjectKind::Customer,
            subject: self.id.uuid(),
            network: self.network,
            master: self.master,
            company: self.responsible,
            country: self.identity.country(),
            name: self.identity.name(),
            protects: true,
        }
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = customers, treat_none_as_default_value = false, treat_none_as_null = true)]
struct CustomerRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    responsible_id: Uid,
    name: String,
    country: String,
    tax_id: Option<String>,
    tax_key: Option<String>,
    domain: Option<String>,
    email: Option<String>,
    version: i64,
    created_at: At,
    updated_at: At,
    segment: Option<String>,
}

impl From<&Customer> for CustomerRow {
    fn from(customer: &Customer) -> Self {
        let Customer {
            id,
            network,
            master,
            responsible,
            identity,
            tax_id_written,
            email,
            segment,
            version,
            created_at,
            updated_at,
        } = customer;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            responsible_id: (*responsible).into(),
            name: identity.name().to_owned(),
            country: identity.country().code().to_owned(),
            tax_id: tax_id_written.clone(),
            tax_key: identity.tax_id().map(TaxId::key),
            domain: identity.domain().map(|domain| domain.as_str().to_owned()),
            email: email.clone(),
            segment: segment.clone(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

impl CustomerRow {
    fn read(self, kinds: &[(Uid, String)]) -> Result<Customer, DbError> {
        let Self {
            id,
            network_id,
            master_id,
            responsible_id,
            name,
            country,
            tax_id,
            tax_key,
            domain,
            email,
            version,
            created_at,
            updated_at,
            segment,
        } = self;
        let corrupt = |what: &str| DbError::Corrupt(format!("customer {}: {what}", id.0));
        let kind = kinds.iter().find(|(company, _)| *company == responsible_id).map(|(_, kind)| kind.as_str());
        Ok(Customer {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            responsible: company_of(kind.ok_or_else(|| corrupt("responsible company"))?, responsible_id)?,
            identity: read_identity(&name, &country, tax_key.as_deref(), domain.as_deref()).map_err(corrupt)?,
            tax_id_written: tax_id,
            email,
            segment,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Who stands in a row, or which column is wrong.
pub(crate) fn read_identity(
    name: &str,
    country: &str,
    tax_key: Option<&str>,
    domain: Option<&str>,
) -> Result<ProspectIdentity, &'static str> {
    let country = Country::parse(country).map_err(|_| "country")?;
    let tax_id = tax_key.map(read_tax_key).transpose().map_err(|()| "tax key")?;
    let domain = domain.map(Domain::parse).transpose().map_err(|_| "domain")?;
    ProspectIdentity::new(name, country, tax_id, domain).map_err(|_| "identity")
}

fn read_all(conn: &mut Conn, rows: Vec<CustomerRow>) -> Result<Vec<Customer>, DbError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let responsible: Vec<Uid> = rows.iter().map(|row| row.responsible_id).collect();
    let kinds: Vec<(Uid, String)> =
        companies::table.filter(companies::id.eq_any(responsible)).select((companies::id, companies::kind)).load(conn)?;
    rows.into_iter().map(|row| row.read(&kinds)).collect()
}

/// Keeps a new customer.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::CustomerTaxId`] or [`crate::error::Constraint::CustomerDomain`] when the
/// network has a customer with this tax id or domain.
pub fn insert(conn: &mut Conn, customer: &Customer) -> Result<(), DbError> {
    diesel::insert_into(customers::table).values(CustomerRow::from(customer)).execute(conn)?;
    matching::keep_new(conn, &customer.name_entry())
}

/// Keeps a changed customer, unless it was changed since `customer.version - 1`: `false` then.
///
/// # Errors
/// Those of [`insert`].
pub fn update(conn: &mut Conn, customer: &Customer) -> Result<bool, DbError> {
    let before = customer.version.saturating_sub(1);
    let unchanged = customers::table.find(Uid::from(customer.id)).filter(customers::version.eq(before));
    if diesel::update(unchanged).set(CustomerRow::from(customer)).execute(conn)? != 1 {
        return Ok(false);
    }
    matching::keep(conn, &customer.name_entry())?;
    Ok(true)
}

/// A customer that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, view: &View, id: CustomerId) -> Result<Option<Customer>, DbError> {
    let query = visible(view).filter(customers::id.eq(Uid::from(id)));
    let row: Option<CustomerRow> = query.select(CustomerRow::as_select()).get_result(conn).optional()?;
    Ok(read_all(conn, row.into_iter().collect())?.pop())
}

/// A customer, whoever may see it.
///
/// # Errors
/// Those of the database.
pub fn by_id(conn: &mut Conn, id: CustomerId) -> Result<Option<Customer>, DbError> {
    let query = customers::table.find(Uid::from(id)).select(CustomerRow::as_select());
    let row: Option<CustomerRow> = query.get_result(conn).optional()?;
    Ok(read_all(conn, row.into_iter().collect())?.pop())
}

/// The customers of the network with this tax id (`PT:501442600`) or this domain, whoever may see them: one, or two where each
/// key leads to another one.
///
/// # Errors
/// Those of the database.
pub fn find_by_keys(
    conn: &mut Conn,
    network: NetworkId,
    tax_key: Option<&str>,
    domain: Option<&str>,
) -> Result<Vec<Customer>, DbError> {
    let of_network = || customers::table.filter(customers::network_id.eq(Uid::from(network))).select(CustomerRow::as_select());
    let by_tax_id: Option<CustomerRow> = match tax_key {
        Some(key) => of_network().filter(customers::tax_key.eq(key)).get_result(conn).optional()?,
        None => None,
    };
    let by_domain: Option<CustomerRow> = match domain {
        Some(domain) => of_network().filter(customers::domain.eq(domain)).get_result(conn).optional()?,
        None => None,
    };
    let by_domain = by_domain.filter(|row| by_tax_id.as_ref().is_none_or(|first| first.id != row.id));
    read_all(conn, by_tax_id.into_iter().chain(by_domain).collect())
}

/// A page of the customers that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page(conn: &mut Conn, view: &View, page: &Page) -> Result<Vec<Customer>, DbError> {
    let rows: Vec<CustomerRow> = paged!(visible(view), customers, page).select(CustomerRow::as_select()).load(conn)?;
    read_all(conn, rows)
}

/// A master sees the customers it supervises, a partner those it is responsible for.
fn visible(view: &View) -> customers::BoxedQuery<'static, MultiBackend> {
    let query = customers::table.filter(customers::network_id.eq(Uid::from(view.network))).into_boxed();
    match view.company {
        CompanyId::Master(id) => query.filter(customers::master_id.eq(Uid::from(id))),
        CompanyId::Partner(id) => query.filter(customers::responsible_id.eq(Uid::from(id))),
    }
}
