//! Contracts, and who earns by them: attributions, frozen when the contract is signed.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    id::{
        AgreementId, AttributionId, CompanyId, ContractId, CustomerId, MasterId, NetworkId, PartnerId, PartnershipTypeId,
        ProposalId, TermsId,
    },
    money::Currency,
    sale::{ContractState, Fault, PriorSale},
};

use super::{column, count, currency, fault, seller};
use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    identity::company_of,
    schema::{agreements, attributions, companies, contracts},
    view::{Page, View, paged},
};

/// What a customer signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// Its id.
    pub id: ContractId,
    /// Its network.
    pub network: NetworkId,
    /// The master that supervises it.
    pub master: MasterId,
    /// The company that contracted the customer (R11, R13).
    pub seller: CompanyId,
    /// The partner that sold it or brought it; none where a master sold by itself (D7).
    pub partner: Option<PartnerId>,
    /// The customer.
    pub customer: CustomerId,
    /// The customer's country when it signed; not known of a contract that was imagined for nobody.
    pub customer_country: Option<String>,
    /// The customer's segment when it signed, if it had one.
    pub customer_segment: Option<String>,
    /// The proposal that was signed.
    pub proposal: ProposalId,
    /// The number of the proposal's version that was signed.
    pub number: u32,
    /// The currency of all its prices.
    pub currency: Currency,
    /// The day it was signed.
    pub signed_on: NaiveDate,
    /// The first day of its first contract year.
    pub starts_on: NaiveDate,
    /// How many contract years it has.
    pub years: u32,
    /// Where it stands.
    pub state: ContractState,
    /// The day it ended, or was cancelled.
    pub ended_on: Option<NaiveDate>,
    /// Why it was cancelled.
    pub reason: Option<String>,
    /// Whose fault that was (D20).
    pub at_fault: Option<Fault>,
    /// Whether its master helped to issue the proposal that was signed (R41).
    pub issued_with_support: bool,
    /// Its version.
    pub version: i64,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// Which part a partner has in a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// It sells, or brings the sale to the master that contracts.
    Seller,
    /// It promotes the sale of another company (R9, R10).
    Promoter,
}

impl Role {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Seller => "seller",
            Self::Promoter => "promoter",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::Seller, Self::Promoter].into_iter().find(|role| role.code() == code)
    }
}

/// A partner's place in a sale, frozen when the contract is signed (D11, D15, R39).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribution {
    /// Its id.
    pub id: AttributionId,
    /// Its network.
    pub network: NetworkId,
    /// The contract.
    pub contract: ContractId,
    /// The agreement it earns by.
    pub agreement: AgreementId,
    /// The partner of that agreement.
    pub partner: PartnerId,
    /// Which part it has.
    pub role: Role,
    /// The version of the terms that the agreement was signed under.
    pub terms_id: TermsId,
    /// Those terms with the agreement's special ones merged in, as JSON.
    pub terms_in_force: String,
    /// The code of the stage in force on the day of signing (R39).
    pub stage: Option<String>,
    /// Whether a supervised promoter contract of the partner was active on the day of signing (D15).
    pub uplift: bool,
    /// Who owes it commissions, and to whom it owes share and buy price (R10, R15, R47, R55).
    pub payer: CompanyId,
    /// What its ordinal is a number in.
    pub counts_in: String,
    /// The number of the sale, from 1 (D11).
    pub ordinal: u32,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = contracts, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct ContractRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    seller_id: Uid,
    partner_id: Option<Uid>,
    customer_id: Uid,
    customer_country: Option<String>,
    customer_segment: Option<String>,
    proposal_id: Uid,
    number: i32,
    currency: String,
    signed_on: NaiveDate,
    starts_on: NaiveDate,
    years: i32,
    state: String,
    ended_on: Option<NaiveDate>,
    reason: Option<String>,
    at_fault: Option<String>,
    issued_with_support: bool,
    version: i64,
    created_at: At,
    updated_at: At,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = attributions, treat_none_as_default_value = false)]
pub(super) struct AttributionRow {
    id: Uid,
    network_id: Uid,
    contract_id: Uid,
    agreement_id: Uid,
    partner_id: Uid,
    role: String,
    terms_id: Uid,
    terms_in_force: String,
    stage: Option<String>,
    uplift: bool,
    payer_id: Uid,
    counts_in: String,
    ordinal: i32,
    recorded_at: At,
}

impl From<&Contract> for ContractRow {
    fn from(contract: &Contract) -> Self {
        let Contract {
            id,
            network,
            master,
            seller,
            partner,
            customer,
            customer_country,
            customer_segment,
            proposal,
            number,
            currency,
            signed_on,
            starts_on,
            years,
            state,
            ended_on,
            reason,
            at_fault,
            issued_with_support,
            version,
            created_at,
            updated_at,
        } = contract;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            seller_id: (*seller).into(),
            partner_id: partner.map(Uid::from),
            customer_id: (*customer).into(),
            customer_country: customer_country.clone(),
            customer_segment: customer_segment.clone(),
            proposal_id: (*proposal).into(),
            number: column(*number),
            currency: currency.code().to_owned(),
            signed_on: *signed_on,
            starts_on: *starts_on,
            years: column(*years),
            state: state.code().to_owned(),
            ended_on: *ended_on,
            reason: reason.clone(),
            at_fault: at_fault.map(|fault| fault.code().to_owned()),
            issued_with_support: *issued_with_support,
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

impl TryFrom<ContractRow> for Contract {
    type Error = DbError;

    fn try_from(row: ContractRow) -> Result<Self, DbError> {
        let ContractRow {
            id,
            network_id,
            master_id,
            seller_id,
            partner_id,
            customer_id,
            customer_country,
            customer_segment,
            proposal_id,
            number,
            currency: code,
            signed_on,
            starts_on,
            years,
            state,
            ended_on,
            reason,
            at_fault,
            issued_with_support,
            version,
            created_at,
            updated_at,
        } = row;
        let (master, partner) = (master_id.id(), partner_id.map(Uid::id));
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            master,
            seller: seller(seller_id, master, partner)?,
            partner,
            customer: customer_id.id(),
            customer_country,
            customer_segment,
            proposal: proposal_id.id(),
            number: count(number, "proposal number")?,
            currency: currency(&code)?,
            signed_on,
            starts_on,
            years: count(years, "years")?,
            state: ContractState::from_code(&state).ok_or_else(|| DbError::Corrupt(format!("contract state {state}")))?,
            ended_on,
            reason,
            at_fault: fault(at_fault)?,
            issued_with_support,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

impl From<&Attribution> for AttributionRow {
    fn from(attribution: &Attribution) -> Self {
        let Attribution {
            id,
            network,
            contract,
            agreement,
            partner,
            role,
            terms_id,
            terms_in_force,
            stage,
            uplift,
            payer,
            counts_in,
            ordinal,
            recorded_at,
        } = attribution;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            contract_id: (*contract).into(),
            agreement_id: (*agreement).into(),
            partner_id: (*partner).into(),
            role: role.code().to_owned(),
            terms_id: (*terms_id).into(),
            terms_in_force: terms_in_force.clone(),
            stage: stage.clone(),
            uplift: *uplift,
            payer_id: (*payer).into(),
            counts_in: counts_in.clone(),
            ordinal: column(*ordinal),
            recorded_at: (*recorded_at).into(),
        }
    }
}

impl AttributionRow {
    pub(super) fn attribution(self, payer_kind: &str) -> Result<Attribution, DbError> {
        let Self {
            id,
            network_id,
            contract_id,
            agreement_id,
            partner_id,
            role,
            terms_id,
            terms_in_force,
            stage,
            uplift,
            payer_id,
            counts_in,
            ordinal,
            recorded_at,
        } = self;
        Ok(Attribution {
            id: id.id(),
            network: network_id.id(),
            contract: contract_id.id(),
            agreement: agreement_id.id(),
            partner: partner_id.id(),
            role: Role::from_code(&role).ok_or_else(|| DbError::Corrupt(format!("role {role}")))?,
            terms_id: terms_id.id(),
            terms_in_force,
            stage,
            uplift,
            payer: company_of(payer_kind, payer_id)?,
            counts_in,
            ordinal: count(ordinal, "ordinal")?,
            recorded_at: recorded_at.0,
        })
    }
}

/// Keeps a new contract, with the partner that does services on what its master sold; none where no partner does.
///
/// # Errors
/// Those of the database.
pub fn insert_contract(conn: &mut Conn, contract: &Contract, served_by: Option<PartnerId>) -> Result<(), DbError> {
    let row = (ContractRow::from(contract), contracts::served_by_id.eq(served_by.map(Uid::from)));
    diesel::insert_into(contracts::table).values(row).execute(conn)?;
    Ok(())
}

/// Keeps a changed contract, unless it was changed since `contract.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update_contract(conn: &mut Conn, contract: &Contract) -> Result<bool, DbError> {
    let before = contract.version.saturating_sub(1);
    let unchanged = contracts::table.find(Uid::from(contract.id)).filter(contracts::version.eq(before));
    Ok(diesel::update(unchanged).set(ContractRow::from(contract)).execute(conn)? == 1)
}

/// Narrows a boxed query to the contracts that `view` may see: its master and its partner do, and the company that took it or its
/// services over.
macro_rules! seen_by {
    ($query:expr, $view:expr) => {{
        let view: &View = $view;
        let query = $query.filter(contracts::network_id.eq(Uid::from(view.network)));
        let taken_over = contracts::answered_by_id.assume_not_null().eq(Uid::from(view.company));
        let taken_over = taken_over.and(contracts::answered_by_id.is_not_null());
        let served = contracts::served_by_id.assume_not_null().eq(Uid::from(view.company));
        let taken_over = taken_over.or(served.and(contracts::served_by_id.is_not_null()));
        match view.company {
            CompanyId::Master(id) => query.filter(contracts::master_id.eq(Uid::from(id)).or(taken_over)),
            CompanyId::Partner(id) => query.filter(contracts::partner_id.assume_not_null().eq(Uid::from(id)).or(taken_over)),
        }
    }};
}

/// A contract that `view` may see: its master and its partner do, promoters do not (D22).
///
/// # Errors
/// Those of the database.
pub fn find_contract(conn: &mut Conn, view: &View, id: ContractId) -> Result<Option<Contract>, DbError> {
    let query = seen_by!(contracts::table.filter(contracts::id.eq(Uid::from(id))).into_boxed(), view);
    let row: Option<ContractRow> = query.select(ContractRow::as_select()).get_result(conn).optional()?;
    row.map(Contract::try_from).transpose()
}

/// Who has the partner's duties on the lines of these contracts: whoever took the services or the contract over, or the partner that
/// sold it. One on which no partner does anything has none.
///
/// # Errors
/// Those of the database.
pub fn servers_of(conn: &mut Conn, ids: &[ContractId]) -> Result<BTreeMap<ContractId, CompanyId>, DbError> {
    type Row = (Uid, Uid, Option<Uid>, Option<Uid>);
    let ids: Vec<Uid> = ids.iter().copied().map(Uid::from).collect();
    let rows: Vec<Row> = contracts::table
        .filter(contracts::id.eq_any(ids))
        .select((contracts::id, contracts::seller_id, contracts::answered_by_id, contracts::served_by_id))
        .load(conn)?;
    let serves = |(id, seller, answers, serves): Row| (id, serves.or(answers).unwrap_or(seller), serves.or(answers).is_some());
    let found: Vec<(Uid, Uid, bool)> = rows.into_iter().map(serves).collect();
    let companies: Vec<Uid> = found.iter().map(|(_, company, _)| *company).collect();
    let kinds: Vec<(Uid, String)> =
        companies::table.filter(companies::id.eq_any(companies)).select((companies::id, companies::kind)).load(conn)?;
    let kinds: BTreeMap<_, _> = kinds.into_iter().map(|(id, kind)| (id.0, kind)).collect();
    let mut servers = BTreeMap::new();
    for (id, company, taken_over) in found {
        let kind = kinds.get(&company.0).ok_or_else(|| DbError::Corrupt(format!("contract {}: no company", id.0)))?;
        let company = company_of(kind, company)?;
        // What a master sold by itself, and took over from nobody, has no partner's duties.
        if taken_over || company.partner().is_some() {
            servers.insert(id.id(), company);
        }
    }
    Ok(servers)
}

/// A contract, whoever may see it.
///
/// # Errors
/// Those of the database.
pub fn contract(conn: &mut Conn, id: ContractId) -> Result<Option<Contract>, DbError> {
    let query = contracts::table.find(Uid::from(id)).select(ContractRow::as_select());
    let row: Option<ContractRow> = query.get_result(conn).optional()?;
    row.map(Contract::try_from).transpose()
}

/// The contract that a proposal became.
///
/// # Errors
/// Those of the database.
pub fn contract_of(conn: &mut Conn, proposal: ProposalId) -> Result<Option<Contract>, DbError> {
    let query = contracts::table.filter(contracts::proposal_id.eq(Uid::from(proposal))).select(ContractRow::as_select());
    let row: Option<ContractRow> = query.get_result(conn).optional()?;
    row.map(Contract::try_from).transpose()
}

/// Which contracts a list is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ContractFilters {
    /// Those of a customer.
    pub customer: Option<CustomerId>,
    /// Those that a partner sold or brought.
    pub partner: Option<PartnerId>,
    /// Those that stand here.
    pub state: Option<ContractState>,
}

/// A page of the contracts that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page_contracts(conn: &mut Conn, view: &View, filters: &ContractFilters, page: &Page) -> Result<Vec<Contract>, DbError> {
    let ContractFilters { customer, partner, state } = filters;
    let mut query = seen_by!(contracts::table.into_boxed(), view);
    if let Some(customer) = customer {
        query = query.filter(contracts::customer_id.eq(Uid::from(*customer)));
    }
    if let Some(partner) = partner {
        query = query.filter(contracts::partner_id.eq(Uid::from(*partner)));
    }
    if let Some(state) = state {
        query = query.filter(contracts::state.eq(state.code()));
    }
    let rows: Vec<ContractRow> = paged!(query, contracts, page).select(ContractRow::as_select()).load(conn)?;
    rows.into_iter().map(Contract::try_from).collect()
}

/// The contracts of a customer that `view` may see, the oldest first.
///
/// # Errors
/// Those of the database.
pub fn contracts_of_customer(conn: &mut Conn, view: &View, customer: CustomerId) -> Result<Vec<Contract>, DbError> {
    let of_customer = contracts::table.filter(contracts::customer_id.eq(Uid::from(customer))).into_boxed();
    let query = seen_by!(of_customer, view).order(contracts::id.asc());
    let rows: Vec<ContractRow> = query.select(ContractRow::as_select()).load(conn)?;
    rows.into_iter().map(Contract::try_from).collect()
}

/// Keeps a new attribution.
///
/// # Errors
/// Those of the database. Two sales signed at once that would get one ordinal meet a unique key, and the later one runs again.
pub fn insert_attribution(conn: &mut Conn, attribution: &Attribution) -> Result<(), DbError> {
    diesel::insert_into(attributions::table).values(AttributionRow::from(attribution)).execute(conn)?;
    Ok(())
}

/// The attributions of a contract: the seller's first, then the promoters'.
///
/// # Errors
/// Those of the database.
pub fn attributions_of(conn: &mut Conn, contract: ContractId) -> Result<Vec<Attribution>, DbError> {
    attributions_of_all(conn, &[contract])
}

/// The attributions of each of `contracts`, within each the seller's first. Parts in them are no attributions of their own.
///
/// # Errors
/// Those of the database.
pub fn attributions_of_all(conn: &mut Conn, of: &[ContractId]) -> Result<Vec<Attribution>, DbError> {
    let ids: Vec<Uid> = of.iter().copied().map(Uid::from).collect();
    let rows: Vec<(AttributionRow, String)> = attributions::table
        .inner_join(companies::table.on(companies::id.eq(attributions::payer_id)))
        .filter(attributions::contract_id.eq_any(ids))
        .filter(attributions::part_of_id.is_null())
        .order((attributions::role.desc(), attributions::id))
        .select((AttributionRow::as_select(), companies::kind))
        .load(conn)?;
    rows.into_iter().map(|(row, payer)| row.attribution(&payer)).collect()
}

/// The sales that a partner signed before under agreements of a type, cancelled ones among them (D11).
///
/// # Errors
/// Those of the database.
pub fn prior_sales(conn: &mut Conn, partner: PartnerId, of_type: PartnershipTypeId) -> Result<Vec<PriorSale>, DbError> {
    let rows: Vec<(Uid, NaiveDate)> = attributions::table
        .inner_join(contracts::table.on(contracts::id.eq(attributions::contract_id)))
        .inner_join(agreements::table.on(agreements::id.eq(attributions::agreement_id)))
        .filter(attributions::partner_id.eq(Uid::from(partner)))
        .filter(attributions::part_of_id.is_null())
        .filter(agreements::type_id.eq(Uid::from(of_type)))
        .select((attributions::agreement_id, contracts::signed_on))
        .load(conn)?;
    Ok(rows.into_iter().map(|(agreement, signed_on)| PriorSale { agreement: agreement.id(), signed_on }).collect())
}
