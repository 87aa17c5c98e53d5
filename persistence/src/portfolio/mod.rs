//! The places of customers in portfolios, and what follows from them: the sales that a client manager may see (R20).

mod sale;
mod takeover;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    id::{AgreementId, CompanyId, ContinuityCaseId, ContractId, CustomerId, MasterId, NetworkId, PartnerId, PortfolioPlaceId},
    portfolio::PlaceDays,
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    identity::company_of,
    schema::{companies, customers, portfolio_places},
    view::{Page, View, paged, visible_to_parties},
};

pub use sale::page_sales;
pub use takeover::{ended_by, open_of};

/// A customer's place in a client manager's portfolio as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its id.
    pub id: PortfolioPlaceId,
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
    /// The customer.
    pub customer: CustomerId,
    /// The contract by which the client manager won it; none where it was handed to it.
    pub won_by: Option<ContractId>,
    /// The place that was handed over to this one.
    pub handed_from: Option<PortfolioPlaceId>,
    /// Its days.
    pub days: PlaceDays,
    /// When the customer's place before ended.
    pub previous_until: Option<NaiveDate>,
    /// Why it ended.
    pub reason: Option<String>,
    /// The case by which it ended: another company answers for the customer (R49).
    pub ended_by: Option<ContinuityCaseId>,
    /// The place with another company that this one goes on with.
    pub took_over: Option<PortfolioPlaceId>,
    /// Its version.
    pub version: i64,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// The customer of a place, as far as its client manager needs to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The place.
    pub place: Place,
    /// The customer's name.
    pub name: String,
    /// The customer's country.
    pub country: String,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = portfolio_places, treat_none_as_default_value = false, treat_none_as_null = true)]
struct PlaceRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    company_id: Uid,
    partner_id: Uid,
    agreement_id: Uid,
    customer_id: Uid,
    won_by_id: Option<Uid>,
    handed_from_id: Option<Uid>,
    from_day: NaiveDate,
    until_day: Option<NaiveDate>,
    previous_until: Option<NaiveDate>,
    reason: Option<String>,
    version: i64,
    created_at: At,
    updated_at: At,
    case_id: Option<Uid>,
    took_over_id: Option<Uid>,
}

impl From<&Place> for PlaceRow {
    fn from(place: &Place) -> Self {
        let Place {
            id,
            network,
            master,
            company,
            partner,
            agreement,
            customer,
            won_by,
            handed_from,
            days: PlaceDays { from, until },
            previous_until,
            reason,
            ended_by,
            took_over,
            version,
            created_at,
            updated_at,
        } = place;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            company_id: (*company).into(),
            partner_id: (*partner).into(),
            agreement_id: (*agreement).into(),
            customer_id: (*customer).into(),
            won_by_id: won_by.map(Uid::from),
            handed_from_id: handed_from.map(Uid::from),
            from_day: *from,
            until_day: *until,
            previous_until: *previous_until,
            reason: reason.clone(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
            case_id: ended_by.map(Uid::from),
            took_over_id: took_over.map(Uid::from),
        }
    }
}

/// The row, what kind of company its company is, and the customer's name and country.
fn read((row, company_kind, name, country): (PlaceRow, String, String, String)) -> Result<Kept, DbError> {
    let PlaceRow {
        id,
        network_id,
        master_id,
        company_id,
        partner_id,
        agreement_id,
        customer_id,
        won_by_id,
        handed_from_id,
        from_day,
        until_day,
        previous_until,
        reason,
        version,
        created_at,
        updated_at,
        case_id,
        took_over_id,
    } = row;
    let place = Place {
        id: id.id(),
        network: network_id.id(),
        master: master_id.id(),
        company: company_of(&company_kind, company_id)?,
        partner: partner_id.id(),
        agreement: agreement_id.id(),
        customer: customer_id.id(),
        won_by: won_by_id.map(Uid::id),
        handed_from: handed_from_id.map(Uid::id),
        days: PlaceDays { from: from_day, until: until_day },
        previous_until,
        reason,
        ended_by: case_id.map(Uid::id),
        took_over: took_over_id.map(Uid::id),
        version,
        created_at: created_at.0,
        updated_at: updated_at.0,
    };
    Ok(Kept { place, name, country })
}

/// Places with their company and customer, ready to be narrowed.
macro_rules! all {
    () => {
        portfolio_places::table
            .inner_join(companies::table.on(companies::id.eq(portfolio_places::company_id)))
            .inner_join(customers::table.on(customers::id.eq(portfolio_places::customer_id)))
            .into_boxed()
    };
}
use all;

/// Loads what a query of [`all`] finds.
macro_rules! load {
    ($query:expr, $conn:expr) => {{
        let rows: Vec<(PlaceRow, String, String, String)> =
            $query.select((PlaceRow::as_select(), companies::kind, customers::name, customers::country)).load($conn)?;
        rows.into_iter().map(read).collect::<Result<Vec<Kept>, DbError>>()
    }};
}
use load;

/// Keeps a new place.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::OneOpenPlace`] where the customer has one with the company.
pub fn insert(conn: &mut Conn, place: &Place) -> Result<(), DbError> {
    diesel::insert_into(portfolio_places::table).values(PlaceRow::from(place)).execute(conn)?;
    Ok(())
}

/// Keeps a changed place, unless it was changed since `place.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update(conn: &mut Conn, place: &Place) -> Result<bool, DbError> {
    let before = place.version.saturating_sub(1);
    let unchanged = portfolio_places::table.find(Uid::from(place.id)).filter(portfolio_places::version.eq(before));
    Ok(diesel::update(unchanged).set(PlaceRow::from(place)).execute(conn)? == 1)
}

/// A place that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, view: &View, id: PortfolioPlaceId) -> Result<Option<Kept>, DbError> {
    Ok(load!(visible_to_parties!(all!(), portfolio_places, view).filter(portfolio_places::id.eq(Uid::from(id))), conn)?.pop())
}

/// The place that was handed over from another one, whoever may see it.
///
/// # Errors
/// Those of the database.
pub fn handed_from(conn: &mut Conn, id: PortfolioPlaceId) -> Result<Option<Kept>, DbError> {
    Ok(load!(all!().filter(portfolio_places::handed_from_id.eq(Uid::from(id))), conn)?.pop())
}

/// The last place of a customer in the portfolios of a company.
///
/// # Errors
/// Those of the database.
pub fn last_of(conn: &mut Conn, customer: CustomerId, company: CompanyId) -> Result<Option<Place>, DbError> {
    let of_both = all!()
        .filter(portfolio_places::customer_id.eq(Uid::from(customer)))
        .filter(portfolio_places::company_id.eq(Uid::from(company)));
    let last = of_both.order(portfolio_places::from_day.desc()).limit(1);
    Ok(load!(last, conn)?.pop().map(|kept| kept.place))
}

/// Which places a list is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filters {
    /// Those of a client manager.
    pub partner: Option<PartnerId>,
    /// Those under an agreement.
    pub agreement: Option<AgreementId>,
    /// Those of a customer.
    pub customer: Option<CustomerId>,
    /// Those on a day.
    pub on: Option<NaiveDate>,
}

/// A page of the places that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page(conn: &mut Conn, view: &View, filters: Filters, page: &Page) -> Result<Vec<Kept>, DbError> {
    let Filters { partner, agreement, customer, on } = filters;
    let mut query = visible_to_parties!(all!(), portfolio_places, view);
    if let Some(partner) = partner {
        query = query.filter(portfolio_places::partner_id.eq(Uid::from(partner)));
    }
    if let Some(agreement) = agreement {
        query = query.filter(portfolio_places::agreement_id.eq(Uid::from(agreement)));
    }
    if let Some(customer) = customer {
        query = query.filter(portfolio_places::customer_id.eq(Uid::from(customer)));
    }
    if let Some(day) = on {
        let begun = portfolio_places::from_day.le(day);
        query = query.filter(begun.and(portfolio_places::until_day.is_null().or(portfolio_places::until_day.gt(day))));
    }
    load!(paged!(query, portfolio_places, page), conn)
}
