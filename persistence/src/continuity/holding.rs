//! What hangs on a partner company: all that has to go somewhere else should it fail (R49).

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    agreement::AgreementState,
    continuity::Left,
    id::{AnnuityId, CompanyId, ContinuityCaseId, ContractId, CustomerId, PartnerId, RegistrationId},
    introduction::IntroductionState,
    ledger::EntryKind,
    money::{Currency, Money},
    network::{Duties, ItemKind},
    project::ProjectState,
    registration::RegistrationState,
    sale::{ContractState, ProposalState},
    support::SupportState,
};
use uuid::Uuid;

use crate::{
    columns::{At, Uid},
    db::{Conn, MultiBackend},
    error::DbError,
    identity::company_of,
    sale::read_duties,
    schema::{
        agreements, annuities, companies, contracts, customers, entries, introductions, lines, portfolio_places, projects,
        proposals, registrations, service_takeovers, support_requests,
    },
    view::{Page, paged},
};

/// What can hang on a partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldingKind {
    /// A customer that it answers for, or on whose contract with a master it does services.
    Customer,
    /// A contract that it answers for, or that it does services on.
    Contract,
    /// An open proposal.
    Proposal,
    /// A live registration.
    Registration,
    /// An agreement that it is a party of, its promoters' among them.
    Agreement,
    /// A project with it or advised by it that has not ended.
    Project,
    /// A customer's place in a portfolio that is kept together with it.
    PortfolioPlace,
    /// What it asked of its master's support and is not done.
    SupportRequest,
    /// An introduction to it or of its that waits for an answer.
    Introduction,
}

/// Something that hangs on a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// Its id, without its kind.
    pub id: Uuid,
    /// What it is called, where it has a name.
    pub name: Option<String>,
    /// Where it stands, where it has a state.
    pub state: Option<String>,
    /// The customer that it is about.
    pub customer: Option<CustomerId>,
    /// The registration that it is or stands on.
    pub registration: Option<RegistrationId>,
    /// Who contracts the customer, where it is a proposal.
    pub seller: Option<CompanyId>,
    /// Whether it is a contract of a master, and the partner does services on it only.
    pub services_only: bool,
    /// Whether it ends with the partner, because nobody takes it over.
    pub ends: bool,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

const OPEN: [&str; 2] = [ProposalState::Draft.code(), ProposalState::Sent.code()];
const GOING_ON: [&str; 2] = [ProjectState::Proposed.code(), ProjectState::Running.code()];
const OWN: [&str; 2] = [ItemKind::PartnerOwn.code(), ItemKind::PartnerHelpdesk.code()];
const TO_DO: [&str; 3] = [SupportState::Requested.code(), SupportState::Assigned.code(), SupportState::InProgress.code()];
const OVER: [&str; 2] = [AgreementState::Terminated.code(), AgreementState::Expired.code()];
const LIVE: [&str; 4] = [
    RegistrationState::Submitted.code(),
    RegistrationState::InReview.code(),
    RegistrationState::ActionRequired.code(),
    RegistrationState::Accepted.code(),
];

/// Contracts that run and that a company answers for: what it took over last, or sold and nobody took over.
macro_rules! answered_by {
    ($company:expr) => {{
        let company = Uid::from($company);
        let taken_over = contracts::answered_by_id.assume_not_null().eq(company).and(contracts::answered_by_id.is_not_null());
        let sold = contracts::answered_by_id.is_null().and(contracts::seller_id.eq(company));
        contracts::state.eq(ContractState::Active.code()).and(taken_over.or(sold))
    }};
}

/// Contracts that run, that a master sold, and on which a company does the partner's services.
macro_rules! served_by {
    ($company:expr) => {
        contracts::state
            .eq(ContractState::Active.code())
            .and(contracts::served_by_id.assume_not_null().eq(Uid::from($company)))
            .and(contracts::served_by_id.is_not_null())
    };
}

/// Customers that a partner answers for, or on whose contracts with a master it does services.
macro_rules! customers_of {
    ($company:expr) => {{
        let served = contracts::table.filter(served_by!($company)).select(contracts::customer_id);
        customers::responsible_id.eq(Uid::from($company)).or(customers::id.eq_any(served))
    }};
}

/// How much hangs on a partner.
///
/// # Errors
/// Those of the database.
pub fn left_of(conn: &mut Conn, partner: PartnerId) -> Result<Left, DbError> {
    let own = Uid::from(partner);
    let customers: i64 = customers::table.filter(customers_of!(partner)).count().get_result(conn)?;
    let contracts: i64 = contracts::table.filter(answered_by!(partner).or(served_by!(partner))).count().get_result(conn)?;
    let proposals: i64 =
        proposals::table.filter(proposals::partner_id.eq(own)).filter(proposals::state.eq_any(OPEN)).count().get_result(conn)?;
    let registrations: i64 = registrations::table
        .filter(registrations::partner_id.eq(own))
        .filter(registrations::state.eq_any(LIVE))
        .count()
        .get_result(conn)?;
    let projects: i64 = projects::table
        .filter(projects::company_id.eq(own).or(projects::partner_id.eq(own)))
        .filter(projects::state.eq_any(GOING_ON))
        .count()
        .get_result(conn)?;
    let places: i64 = portfolio_places::table
        .filter(portfolio_places::company_id.eq(own))
        .filter(portfolio_places::until_day.is_null())
        .count()
        .get_result(conn)?;
    let support_requests: i64 = support_requests::table
        .filter(support_requests::partner_id.eq(own))
        .filter(support_requests::state.eq_any(TO_DO))
        .count()
        .get_result(conn)?;
    let introductions: i64 = introductions::table
        .filter(introductions::company_id.eq(own).or(introductions::partner_id.eq(own)))
        .filter(introductions::state.eq(IntroductionState::Offered.code()))
        .count()
        .get_result(conn)?;
    let promoter_agreements: i64 = agreements::table
        .filter(agreements::counterparty_id.eq(own))
        .filter(agreements::state.ne_all(OVER))
        .count()
        .get_result(conn)?;
    let count = |number: i64| u64::try_from(number).map_err(|_| DbError::Corrupt(format!("a count of {number}")));
    Ok(Left {
        customers: count(customers)?,
        contracts: count(contracts)?,
        proposals: count(proposals)?,
        registrations: count(registrations)?,
        projects: count(projects)?,
        portfolio_places: count(places)?,
        support_requests: count(support_requests)?,
        introductions: count(introductions)?,
        promoter_agreements: count(promoter_agreements)?,
    })
}

/// A page of what hangs on a partner, of one kind.
///
/// # Errors
/// Those of the database.
pub fn page_holdings(conn: &mut Conn, partner: PartnerId, kind: HoldingKind, page: &Page) -> Result<Vec<Holding>, DbError> {
    type OfProspect = ((String, Uid), Uid, String, Option<Uid>, Option<Uid>, At);
    let own = Uid::from(partner);
    Ok(match kind {
        HoldingKind::Customer => {
            let query = customers::table.filter(customers_of!(partner)).into_boxed::<MultiBackend>();
            let rows: Vec<(Uid, String, At)> =
                paged!(query, customers, page).select((customers::id, customers::name, customers::updated_at)).load(conn)?;
            let read = |(id, name, at): (Uid, String, At)| Holding { name: Some(name), customer: Some(id.id()), ..bare(id, at) };
            rows.into_iter().map(read).collect()
        }
        HoldingKind::Contract => {
            type Row = (Uid, String, Uid, Option<Uid>, At);
            let query = contracts::table.filter(answered_by!(partner).or(served_by!(partner))).into_boxed::<MultiBackend>();
            let rows: Vec<Row> = paged!(query, contracts, page)
                .select((contracts::id, contracts::state, contracts::customer_id, contracts::served_by_id, contracts::updated_at))
                .load(conn)?;
            let read = |(id, state, customer, served_by, at): Row| Holding {
                state: Some(state),
                customer: Some(customer.id()),
                services_only: served_by == Some(own),
                ..bare(id, at)
            };
            rows.into_iter().map(read).collect()
        }
        HoldingKind::Proposal => {
            let query = proposals::table.filter(proposals::partner_id.eq(own)).filter(proposals::state.eq_any(OPEN));
            let query = query.inner_join(companies::table.on(companies::id.eq(proposals::seller_id)));
            let rows: Vec<OfProspect> = paged!(query.into_boxed::<MultiBackend>(), proposals, page)
                .select((
                    (companies::kind, proposals::seller_id),
                    proposals::id,
                    proposals::state,
                    proposals::customer_id,
                    proposals::registration_id,
                    proposals::updated_at,
                ))
                .load(conn)?;
            let read = |((kind, seller), id, state, customer, registration, at): OfProspect| {
                Ok(Holding {
                    state: Some(state),
                    customer: customer.map(Uid::id),
                    registration: registration.map(Uid::id),
                    seller: Some(company_of(&kind, seller)?),
                    ..bare(id, at)
                })
            };
            rows.into_iter().map(read).collect::<Result<_, DbError>>()?
        }
        HoldingKind::Registration => {
            let query = registrations::table.filter(registrations::partner_id.eq(own)).filter(registrations::state.eq_any(LIVE));
            let rows: Vec<(Uid, String, String, At)> = paged!(query.into_boxed::<MultiBackend>(), registrations, page)
                .select((registrations::id, registrations::prospect_name, registrations::state, registrations::updated_at))
                .load(conn)?;
            let read = |(id, name, state, at): (Uid, String, String, At)| Holding {
                name: Some(name),
                state: Some(state),
                registration: Some(id.id()),
                ..bare(id, at)
            };
            rows.into_iter().map(read).collect()
        }
        HoldingKind::Agreement => {
            let query = agreements::table.filter(agreements::partner_id.eq(own).or(agreements::counterparty_id.eq(own)));
            let rows: Vec<(Uid, String, At)> = paged!(query.into_boxed::<MultiBackend>(), agreements, page)
                .select((agreements::id, agreements::state, agreements::updated_at))
                .load(conn)?;
            rows.into_iter().map(|(id, state, at)| Holding { state: Some(state), ..bare(id, at) }).collect()
        }
        HoldingKind::Project => {
            type Row = (Uid, String, String, Option<Uid>, Uid, At);
            let parties = projects::company_id.eq(own).or(projects::partner_id.eq(own));
            let query = projects::table.filter(parties).filter(projects::state.eq_any(GOING_ON));
            let rows: Vec<Row> = paged!(query.into_boxed::<MultiBackend>(), projects, page)
                .select((
                    projects::id,
                    projects::title,
                    projects::state,
                    projects::customer_id,
                    projects::partner_id,
                    projects::updated_at,
                ))
                .load(conn)?;
            let read = |(id, title, state, customer, advised_by, at): Row| Holding {
                name: Some(title),
                state: Some(state),
                customer: customer.map(Uid::id),
                ends: advised_by == own,
                ..bare(id, at)
            };
            rows.into_iter().map(read).collect()
        }
        HoldingKind::PortfolioPlace => {
            let query = portfolio_places::table
                .filter(portfolio_places::company_id.eq(own))
                .filter(portfolio_places::until_day.is_null());
            let rows: Vec<(Uid, Uid, At)> = paged!(query.into_boxed::<MultiBackend>(), portfolio_places, page)
                .select((portfolio_places::id, portfolio_places::customer_id, portfolio_places::updated_at))
                .load(conn)?;
            rows.into_iter().map(|(id, customer, at)| Holding { customer: Some(customer.id()), ..bare(id, at) }).collect()
        }
        HoldingKind::SupportRequest => {
            type Row = (Uid, String, Option<Uid>, Option<Uid>, At);
            let query = support_requests::table
                .filter(support_requests::partner_id.eq(own))
                .filter(support_requests::state.eq_any(TO_DO));
            let rows: Vec<Row> = paged!(query.into_boxed::<MultiBackend>(), support_requests, page)
                .select((
                    support_requests::id,
                    support_requests::state,
                    support_requests::customer_id,
                    support_requests::registration_id,
                    support_requests::updated_at,
                ))
                .load(conn)?;
            let read = |(id, state, customer, registration, at): Row| Holding {
                state: Some(state),
                customer: customer.map(Uid::id),
                registration: registration.map(Uid::id),
                ends: true,
                ..bare(id, at)
            };
            rows.into_iter().map(read).collect()
        }
        HoldingKind::Introduction => {
            let query = introductions::table
                .filter(introductions::company_id.eq(own).or(introductions::partner_id.eq(own)))
                .filter(introductions::state.eq(IntroductionState::Offered.code()));
            let rows: Vec<(Uid, String, String, At)> = paged!(query.into_boxed::<MultiBackend>(), introductions, page)
                .select((introductions::id, introductions::prospect_name, introductions::state, introductions::updated_at))
                .load(conn)?;
            let read = |(id, name, state, at): (Uid, String, String, At)| Holding {
                name: Some(name),
                state: Some(state),
                ends: true,
                ..bare(id, at)
            };
            rows.into_iter().map(read).collect()
        }
    })
}

/// Something of which only that it is there is known.
const fn bare(id: Uid, at: At) -> Holding {
    Holding {
        id: id.0,
        name: None,
        state: None,
        customer: None,
        registration: None,
        seller: None,
        services_only: false,
        ends: false,
        updated_at: at.0,
    }
}

/// The customers, as far as they are known, of the projects with a partner that go on, and those of which a portfolio that is kept
/// together with it has one.
///
/// # Errors
/// Those of the database.
pub fn customers_followed(conn: &mut Conn, partner: PartnerId) -> Result<(Vec<Option<CustomerId>>, Vec<CustomerId>), DbError> {
    let own = Uid::from(partner);
    let of_projects: Vec<Option<Uid>> = projects::table
        .filter(projects::company_id.eq(own))
        .filter(projects::state.eq_any(GOING_ON))
        .select(projects::customer_id)
        .load(conn)?;
    let of_places: Vec<Uid> = portfolio_places::table
        .filter(portfolio_places::company_id.eq(own))
        .filter(portfolio_places::until_day.is_null())
        .select(portfolio_places::customer_id)
        .load(conn)?;
    let of_projects = of_projects.into_iter().map(|customer| customer.map(Uid::id)).collect();
    Ok((of_projects, of_places.into_iter().map(Uid::id).collect()))
}

/// Customers that a partner answers for: `limit` of them at most, oldest first.
///
/// # Errors
/// Those of the database.
pub fn next_customers(conn: &mut Conn, partner: PartnerId, limit: i64) -> Result<Vec<CustomerId>, DbError> {
    let ids: Vec<Uid> = customers::table
        .filter(customers::responsible_id.eq(Uid::from(partner)))
        .order(customers::id)
        .limit(limit)
        .select(customers::id)
        .load(conn)?;
    Ok(ids.into_iter().map(Uid::id).collect())
}

/// Whether a partner answers for any customer or contract, beside those on which it only does services.
///
/// # Errors
/// Those of the database.
pub fn answers_for_some(conn: &mut Conn, partner: PartnerId) -> Result<bool, DbError> {
    if !next_customers(conn, partner, 1)?.is_empty() {
        return Ok(true);
    }
    let contracts: i64 = contracts::table.filter(answered_by!(partner)).count().get_result(conn)?;
    Ok(contracts > 0)
}

/// Customers, whoever answers for them, of contracts that a partner answers for or does services on: `limit` of them at most, oldest
/// first.
///
/// # Errors
/// Those of the database.
pub fn customers_of_contracts(conn: &mut Conn, partner: PartnerId, limit: i64) -> Result<Vec<CustomerId>, DbError> {
    let ids: Vec<Uid> = contracts::table
        .filter(answered_by!(partner).or(served_by!(partner)))
        .order(contracts::customer_id)
        .select(contracts::customer_id)
        .distinct()
        .limit(limit)
        .load(conn)?;
    Ok(ids.into_iter().map(Uid::id).collect())
}

/// The contracts of a customer that a company answers for, oldest first.
///
/// # Errors
/// Those of the database.
pub fn contracts_answered(conn: &mut Conn, customer: CustomerId, by: CompanyId) -> Result<Vec<ContractId>, DbError> {
    let ids: Vec<Uid> = contracts::table
        .filter(contracts::customer_id.eq(Uid::from(customer)))
        .filter(answered_by!(by))
        .order(contracts::id)
        .select(contracts::id)
        .load(conn)?;
    Ok(ids.into_iter().map(Uid::id).collect())
}

/// The contracts of a customer on which a company does the partner's services, oldest first.
///
/// # Errors
/// Those of the database.
pub fn contracts_served(conn: &mut Conn, customer: CustomerId, by: CompanyId) -> Result<Vec<ContractId>, DbError> {
    let ids: Vec<Uid> = contracts::table
        .filter(contracts::customer_id.eq(Uid::from(customer)))
        .filter(served_by!(by))
        .order(contracts::id)
        .select(contracts::id)
        .load(conn)?;
    Ok(ids.into_iter().map(Uid::id).collect())
}

/// All contracts on which a partner does services, with their customers.
///
/// # Errors
/// Those of the database.
pub fn services_at_stake(conn: &mut Conn, partner: PartnerId) -> Result<Vec<(ContractId, CustomerId)>, DbError> {
    let rows: Vec<(Uid, Uid)> =
        contracts::table.filter(served_by!(partner)).select((contracts::id, contracts::customer_id)).load(conn)?;
    Ok(rows.into_iter().map(|(contract, customer)| (contract.id(), customer.id())).collect())
}

/// Who has which duty on the lines of contracts on which a partner does services, or of which the services went over from it by a case,
/// each combination once. What is the partner's own to sell is its own in all respects, and asks nothing of whoever takes over.
///
/// # Errors
/// Those of the database.
pub fn duties_at_stake(conn: &mut Conn, partner: PartnerId, case: ContinuityCaseId) -> Result<Vec<Duties>, DbError> {
    let of_contract = lines::proposal_id.eq(contracts::proposal_id).and(lines::number.eq(contracts::number));
    let gone =
        service_takeovers::table.filter(service_takeovers::case_id.eq(Uid::from(case))).select(service_takeovers::contract_id);
    let went_over = contracts::state.eq(ContractState::Active.code()).and(contracts::id.eq_any(gone));
    let written: Vec<String> = lines::table
        .inner_join(contracts::table.on(of_contract))
        .filter(served_by!(partner).or(went_over))
        .filter(lines::kind.ne_all(OWN))
        .select(lines::duties)
        .distinct()
        .load(conn)?;
    let read = |text: String| read_duties(&text).ok_or_else(|| DbError::Corrupt(format!("duties {text}")));
    written.into_iter().map(read).collect()
}

/// The contracts of a customer, oldest first.
///
/// # Errors
/// Those of the database.
pub fn contracts_of(conn: &mut Conn, customer: CustomerId) -> Result<Vec<ContractId>, DbError> {
    let of_customer = contracts::table.filter(contracts::customer_id.eq(Uid::from(customer)));
    let ids: Vec<Uid> = of_customer.order(contracts::id).select(contracts::id).load(conn)?;
    Ok(ids.into_iter().map(Uid::id).collect())
}

/// Live registrations of a partner: `limit` of them at most, oldest first.
///
/// # Errors
/// Those of the database.
pub fn live_registrations(conn: &mut Conn, partner: PartnerId, limit: i64) -> Result<Vec<RegistrationId>, DbError> {
    let ids: Vec<Uid> = registrations::table
        .filter(registrations::partner_id.eq(Uid::from(partner)))
        .filter(registrations::state.eq_any(LIVE))
        .order(registrations::id)
        .limit(limit)
        .select(registrations::id)
        .load(conn)?;
    Ok(ids.into_iter().map(Uid::id).collect())
}

/// An annuity of a contract that a partner answers for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnnuityAtStake {
    /// The annuity.
    pub annuity: AnnuityId,
    /// Its contract.
    pub contract: ContractId,
    /// The contract's customer.
    pub customer: CustomerId,
    /// Its first day.
    pub starts_on: NaiveDate,
    /// Its last day.
    pub ends_on: NaiveDate,
    /// What the customer pays for it.
    pub contracted: Money,
}

/// The annuities of the contracts that a partner answers for and that run.
///
/// # Errors
/// Those of the database.
pub fn annuities_at_stake(conn: &mut Conn, partner: PartnerId) -> Result<Vec<AnnuityAtStake>, DbError> {
    type Row = (Uid, Uid, Uid, NaiveDate, NaiveDate, String, i64);
    let rows: Vec<Row> = annuities::table
        .inner_join(contracts::table.on(contracts::id.eq(annuities::contract_id)))
        .filter(answered_by!(partner))
        .select((
            annuities::id,
            annuities::contract_id,
            contracts::customer_id,
            annuities::starts_on,
            annuities::ends_on,
            annuities::currency,
            annuities::contracted_minor,
        ))
        .load(conn)?;
    let read = |(annuity, contract, customer, starts_on, ends_on, currency, minor): Row| {
        let currency: Currency = currency.parse().map_err(|_| DbError::Corrupt(format!("currency {currency}")))?;
        let (annuity, contract, customer) = (annuity.id(), contract.id(), customer.id());
        let contracted = Money::from_minor(minor, currency);
        Ok(AnnuityAtStake { annuity, contract, customer, starts_on, ends_on, contracted })
    };
    rows.into_iter().map(read).collect()
}

/// The annuities, with their customers, of the contracts on which a partner does services, by whose proposals it would bill some of
/// them itself (R69 to R74).
///
/// # Errors
/// Those of the database.
pub fn annuities_beside(conn: &mut Conn, partner: PartnerId) -> Result<Vec<(AnnuityId, CustomerId)>, DbError> {
    let own = lines::table.filter(lines::kind.eq_any(OWN)).filter(lines::duties.like("%billing:partner%"));
    let rows: Vec<(Uid, Uid)> = annuities::table
        .inner_join(contracts::table.on(contracts::id.eq(annuities::contract_id)))
        .filter(served_by!(partner))
        .filter(contracts::proposal_id.eq_any(own.select(lines::proposal_id)))
        .select((annuities::id, contracts::customer_id))
        .order(annuities::id)
        .load(conn)?;
    Ok(rows.into_iter().map(|(annuity, customer)| (annuity.id(), customer.id())).collect())
}

/// What a partner owes its master by its customers' annuities, as far as it was posted: share and buy price, by annuity.
///
/// # Errors
/// Those of the database; [`DbError::Corrupt`] for amounts that cannot be added.
pub fn posted_to_partner(conn: &mut Conn, partner: PartnerId) -> Result<BTreeMap<AnnuityId, Money>, DbError> {
    let owed = [EntryKind::Share, EntryKind::BuyPrice].map(EntryKind::code);
    let rows: Vec<(Option<Uid>, Option<String>, String, i64)> = entries::table
        .filter(entries::partner_id.eq(Uid::from(partner)))
        .filter(entries::kind.eq_any(owed))
        .filter(entries::sequence.is_not_null())
        .select((entries::annuity_id, entries::correction, entries::currency, entries::amount_minor))
        .load(conn)?;
    let mut posted = BTreeMap::new();
    for (annuity, correction, currency, minor) in rows {
        let Some(annuity) = annuity else { continue };
        let corrupt = || DbError::Corrupt(format!("annuity {}: amounts", annuity.0));
        let currency: Currency = currency.parse().map_err(|_| corrupt())?;
        let amount = Money::from_minor(minor, currency);
        let total = posted.entry(annuity.id()).or_insert(Money::zero(currency));
        let sum = if correction.is_none() { total.checked_add(amount) } else { total.checked_sub(amount) };
        *total = sum.ok_or_else(corrupt)?;
    }
    Ok(posted)
}
