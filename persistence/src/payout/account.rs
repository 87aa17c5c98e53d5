//! Bank accounts.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    id::{BankAccountId, CompanyId, MasterId, NetworkId, PartnerId},
    money::Currency,
    partner::Country,
    payout::{AccountNumber, AccountState},
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::bank_accounts,
    view::{Page, View, paged, visible_to},
};

/// A bank account as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankAccount {
    /// Its id.
    pub id: BankAccountId,
    /// The network.
    pub network: NetworkId,
    /// The master whose it is, or that supervises the partner whose it is.
    pub master: MasterId,
    /// The partner whose it is; none for a master's own.
    pub partner: Option<PartnerId>,
    /// Whom it is registered for at the bank.
    pub holder: String,
    /// Where the bank is.
    pub country: Country,
    /// The currency that it is used for.
    pub currency: Currency,
    /// Its number.
    pub number: AccountNumber,
    /// The first day on which it is used.
    pub valid_from: NaiveDate,
    /// Where it stands.
    pub state: AccountState,
    /// Who set it.
    pub set_by: String,
    /// Who confirmed or rejected it.
    pub decided_by: Option<String>,
    /// When it was decided.
    pub decided_at: Option<DateTime<Utc>>,
    /// Its version.
    pub version: i64,
    /// When it was set.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl BankAccount {
    /// The company whose it is.
    #[must_use]
    pub fn company(&self) -> CompanyId {
        self.partner.map_or(CompanyId::Master(self.master), CompanyId::Partner)
    }
}

/// What a list of bank accounts is narrowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AccountFilters {
    /// Those of a partner.
    pub partner: Option<PartnerId>,
    /// Those that stand here.
    pub state: Option<AccountState>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = bank_accounts, treat_none_as_default_value = false, treat_none_as_null = true)]
struct AccountRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    partner_id: Option<Uid>,
    company_id: Uid,
    holder: String,
    country: String,
    currency: String,
    iban: Option<String>,
    bic: Option<String>,
    fields: Option<String>,
    valid_from: NaiveDate,
    state: String,
    set_by: String,
    decided_by: Option<String>,
    decided_at: Option<At>,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl TryFrom<&BankAccount> for AccountRow {
    type Error = DbError;

    fn try_from(account: &BankAccount) -> Result<Self, DbError> {
        let company = account.company();
        let BankAccount {
            id,
            network,
            master,
            partner,
            holder,
            country,
            currency,
            number,
            valid_from,
            state,
            set_by,
            decided_by,
            decided_at,
            version,
            created_at,
            updated_at,
        } = account.clone();
        let (iban, bic, fields) = match number {
            AccountNumber::Iban { iban, bic } => (Some(iban.as_str().to_owned()), bic.map(|bic| bic.as_str().to_owned()), None),
            AccountNumber::Local(fields) => {
                let json = serde_json::to_string(&fields).map_err(|error| DbError::Corrupt(format!("{id}: {error}")))?;
                (None, None, Some(json))
            }
        };
        Ok(Self {
            id: id.into(),
            network_id: network.into(),
            master_id: master.into(),
            partner_id: partner.map(Uid::from),
            company_id: company.into(),
            holder,
            country: country.code().to_owned(),
            currency: currency.code().to_owned(),
            iban,
            bic,
            fields,
            valid_from,
            state: state.code().to_owned(),
            set_by,
            decided_by,
            decided_at: decided_at.map(At::from),
            version,
            created_at: created_at.into(),
            updated_at: updated_at.into(),
        })
    }
}

impl TryFrom<AccountRow> for BankAccount {
    type Error = DbError;

    fn try_from(row: AccountRow) -> Result<Self, DbError> {
        let AccountRow {
            id,
            network_id,
            master_id,
            partner_id,
            company_id: _,
            holder,
            country,
            currency,
            iban,
            bic,
            fields,
            valid_from,
            state,
            set_by,
            decided_by,
            decided_at,
            version,
            created_at,
            updated_at,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("bank account {}: {what}", id.0));
        let fields: BTreeMap<String, String> =
            fields.as_deref().map(serde_json::from_str).transpose().map_err(|_| corrupt("fields"))?.unwrap_or_default();
        let country = Country::parse(&country).map_err(|_| corrupt("country"))?;
        let number = AccountNumber::read(country, iban.as_deref(), bic.as_deref(), &fields).map_err(|_| corrupt("number"))?;
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            partner: partner_id.map(Uid::id),
            holder,
            country,
            currency: Currency::from_code(&currency).ok_or_else(|| corrupt("currency"))?,
            number,
            valid_from,
            state: AccountState::from_code(&state).ok_or_else(|| corrupt("state"))?,
            set_by,
            decided_by,
            decided_at: decided_at.map(|at| at.0),
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Keeps a new bank account.
///
/// # Errors
/// Those of the database.
pub fn insert_account(conn: &mut Conn, account: &BankAccount) -> Result<(), DbError> {
    diesel::insert_into(bank_accounts::table).values(AccountRow::try_from(account)?).execute(conn)?;
    Ok(())
}

/// Keeps a decided bank account, unless it was changed since `account.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update_account(conn: &mut Conn, account: &BankAccount) -> Result<bool, DbError> {
    let before = account.version.saturating_sub(1);
    let unchanged = bank_accounts::table.find(Uid::from(account.id)).filter(bank_accounts::version.eq(before));
    Ok(diesel::update(unchanged).set(AccountRow::try_from(account)?).execute(conn)? == 1)
}

/// A bank account that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find_account(conn: &mut Conn, view: &View, id: BankAccountId) -> Result<Option<BankAccount>, DbError> {
    let query = visible_to!(bank_accounts::table.into_boxed(), bank_accounts, view).filter(bank_accounts::id.eq(Uid::from(id)));
    let row: Option<AccountRow> = query.select(AccountRow::as_select()).get_result(conn).optional()?;
    row.map(BankAccount::try_from).transpose()
}

/// A bank account, whoever may see it: for what goes to the bank.
///
/// # Errors
/// Those of the database.
pub fn account(conn: &mut Conn, id: BankAccountId) -> Result<Option<BankAccount>, DbError> {
    let query = bank_accounts::table.find(Uid::from(id));
    let row: Option<AccountRow> = query.select(AccountRow::as_select()).get_result(conn).optional()?;
    row.map(BankAccount::try_from).transpose()
}

/// A page of the bank accounts that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page_accounts(conn: &mut Conn, view: &View, filters: &AccountFilters, page: &Page) -> Result<Vec<BankAccount>, DbError> {
    let mut query = visible_to!(bank_accounts::table.into_boxed(), bank_accounts, view);
    if let Some(partner) = filters.partner {
        query = query.filter(bank_accounts::partner_id.eq(Uid::from(partner)));
    }
    if let Some(state) = filters.state {
        query = query.filter(bank_accounts::state.eq(state.code()));
    }
    let rows: Vec<AccountRow> = paged!(query, bank_accounts, page).select(AccountRow::as_select()).load(conn)?;
    rows.into_iter().map(BankAccount::try_from).collect()
}

/// The account to which a company is paid in a currency on a day: of those that are confirmed and hold by then, the one that
/// holds since the latest day, and of these the one set last.
///
/// # Errors
/// Those of the database.
pub fn payable_account(
    conn: &mut Conn,
    company: CompanyId,
    currency: Currency,
    on: NaiveDate,
) -> Result<Option<BankAccount>, DbError> {
    let row: Option<AccountRow> = bank_accounts::table
        .filter(bank_accounts::company_id.eq(Uid::from(company)))
        .filter(bank_accounts::currency.eq(currency.code()))
        .filter(bank_accounts::state.eq(AccountState::Confirmed.code()))
        .filter(bank_accounts::valid_from.le(on))
        .order((bank_accounts::valid_from.desc(), bank_accounts::id.desc()))
        .select(AccountRow::as_select())
        .first(conn)
        .optional()?;
    row.map(BankAccount::try_from).transpose()
}
