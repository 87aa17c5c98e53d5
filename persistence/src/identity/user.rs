//! People who sign in. Each belongs to one company.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::id::{CompanyId, NetworkId, UserId};

use super::{Digest, company_of};
use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::{companies, users},
    view::{Page, View, paged},
};

/// Whether a person can sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserState {
    /// Not yet: no password was ever set.
    Invited,
    /// Yes.
    Active,
    /// No longer.
    Disabled,
}

impl UserState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Invited, Self::Active, Self::Disabled];

    /// The word in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

/// A person as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// The network.
    pub network: NetworkId,
    /// The company the person acts for.
    pub company: CompanyId,
    /// The e-mail address, in lower case: nobody else in any network has it.
    pub email: String,
    /// The name.
    pub name: String,
    /// The role, as text; the API gives it its meaning.
    pub role: String,
    /// Whether the person can sign in.
    pub state: UserState,
    /// The password's digest; nothing before an invitation was accepted.
    pub password: Option<Digest>,
    /// The version.
    pub version: i64,
    /// When the person came in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = users, treat_none_as_default_value = false, treat_none_as_null = true)]
struct UserRow {
    id: Uid,
    network_id: Uid,
    company_id: Uid,
    email: String,
    name: String,
    role: String,
    state: String,
    password_hash: Option<String>,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&User> for UserRow {
    fn from(user: &User) -> Self {
        let User { id, network, company, email, name, role, state, password, version, created_at, updated_at } = user;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            company_id: (*company).into(),
            email: email.clone(),
            name: name.clone(),
            role: role.clone(),
            state: state.code().to_owned(),
            password_hash: password.as_ref().map(|Digest(digest)| digest.clone()),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

impl TryFrom<(UserRow, String)> for User {
    type Error = DbError;

    fn try_from((row, company_kind): (UserRow, String)) -> Result<Self, DbError> {
        let UserRow { id, network_id, company_id, email, name, role, state, password_hash, version, created_at, updated_at } =
            row;
        let known = UserState::ALL.into_iter().find(|known| known.code() == state);
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            company: company_of(&company_kind, company_id)?,
            email,
            name,
            role,
            state: known.ok_or_else(|| DbError::Corrupt(format!("user {}: state {state}", id.0)))?,
            password: password_hash.map(Digest),
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Keeps a new person.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::UserEmail`] when somebody has the e-mail address.
pub fn insert(conn: &mut Conn, user: &User) -> Result<(), DbError> {
    diesel::insert_into(users::table).values(UserRow::from(user)).execute(conn)?;
    Ok(())
}

/// Keeps a changed person, unless it was changed since `user.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update(conn: &mut Conn, user: &User) -> Result<bool, DbError> {
    let before = user.version.saturating_sub(1);
    let unchanged = users::table.find(Uid::from(user.id)).filter(users::version.eq(before));
    Ok(diesel::update(unchanged).set(UserRow::from(user)).execute(conn)? == 1)
}

macro_rules! found {
    ($conn:expr, $filter:expr) => {{
        let row: Option<(UserRow, String)> = users::table
            .inner_join(companies::table.on(companies::id.eq(users::company_id)))
            .filter($filter)
            .select((UserRow::as_select(), companies::kind))
            .get_result($conn)
            .optional()?;
        row.map(User::try_from).transpose()
    }};
}

/// A person of the company that looks.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, view: &View, id: UserId) -> Result<Option<User>, DbError> {
    found!(conn, users::id.eq(Uid::from(id)).and(users::company_id.eq(Uid::from(view.company))))
}

/// A person of any company, for those who proved to be that person.
///
/// # Errors
/// Those of the database.
pub fn find_self(conn: &mut Conn, id: UserId) -> Result<Option<User>, DbError> {
    found!(conn, users::id.eq(Uid::from(id)))
}

/// The person of any company who has this e-mail address.
///
/// # Errors
/// Those of the database.
pub fn find_by_email(conn: &mut Conn, email: &str) -> Result<Option<User>, DbError> {
    found!(conn, users::email.eq(email))
}

/// A page of the people of the company that looks, of one state if one is named.
///
/// # Errors
/// Those of the database.
pub fn page(conn: &mut Conn, view: &View, state: Option<UserState>, page: &Page) -> Result<Vec<User>, DbError> {
    let mut query = users::table
        .inner_join(companies::table.on(companies::id.eq(users::company_id)))
        .filter(users::company_id.eq(Uid::from(view.company)))
        .into_boxed();
    if let Some(state) = state {
        query = query.filter(users::state.eq(state.code()));
    }
    let rows: Vec<(UserRow, String)> = paged!(query, users, page).select((UserRow::as_select(), companies::kind)).load(conn)?;
    rows.into_iter().map(User::try_from).collect()
}

/// How many people of `company` can sign in with `role`.
///
/// # Errors
/// Those of the database.
pub fn count_active(conn: &mut Conn, company: CompanyId, role: &str) -> Result<i64, DbError> {
    Ok(users::table
        .filter(users::company_id.eq(Uid::from(company)))
        .filter(users::state.eq(UserState::Active.code()))
        .filter(users::role.eq(role))
        .count()
        .get_result(conn)?)
}
