//! People: invited, active, disabled. A company never loses its last administrator.

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::{CompanyId, NetworkId, UserId};
use persistence::{
    db::Tx,
    error::DbError,
    identity::{
        self, Digest,
        invitation::{self, Invitation},
        session,
        user::{self, User, UserState},
    },
};

use super::audience;
use crate::{
    access::{Caller, Role},
    extract::Paging,
    identity::wire::{self, ChangedState},
    problem::{Code, Problem, Violation},
    write::{Change, Work},
};

/// How long an invitation can be used.
const INVITATION_LIFETIME: TimeDelta = TimeDelta::days(7);

/// A person who was invited.
#[derive(Debug)]
pub struct Invited {
    /// The person.
    pub user: wire::User,
    /// Until when the invitation can be used.
    pub expires_at: DateTime<Utc>,
}

/// How a person who comes in from the command line gets to a password.
#[derive(Debug, Clone)]
pub enum Access {
    /// It is set already: its digest.
    Password(Digest),
    /// The person sets it with a token: its digest.
    Invitation(Digest),
}

/// A page of the people of the caller's company.
///
/// # Errors
/// Those of the database.
pub fn list_users(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &wire::UserFilters,
    paging: &Paging,
) -> Result<wire::UserPage, Problem> {
    let found = user::page(tx.conn, &caller.view(), filters.state.map(UserState::from), &paging.page())?;
    let (users, next) = paging.cut(found, |user| (user.id.uuid(), user.updated_at));
    let data = users.into_iter().map(wire::User::try_from).collect::<Result<_, _>>()?;
    Ok(wire::UserPage { data, next })
}

/// A person of the caller's company.
///
/// # Errors
/// `not_found`.
pub fn show_user(tx: &mut Tx<'_>, caller: &Caller, id: UserId) -> Result<wire::User, Problem> {
    user::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?.try_into()
}

/// A person to add to a company.
struct NewUser<'n> {
    company: CompanyId,
    network: NetworkId,
    email: &'n str,
    name: &'n str,
    role: Role,
}

/// Invites a person to a company: the holder of the token with this digest sets the password.
///
/// # Errors
/// `invalid_request` when the role is not one of the company's side, `already_exists` when somebody, in whatever company, has
/// the e-mail address.
pub fn invite(
    work: &mut Work<'_, '_>,
    company: CompanyId,
    network: NetworkId,
    email: &str,
    name: &str,
    role: Role,
    token: &Digest,
) -> Result<Invited, Problem> {
    let user = add(work, NewUser { company, network, email, name, role }, None)?;
    let expires_at = invite_again(work, user.id, token)?;
    Ok(Invited { user: record(work, "user.invited", user)?, expires_at })
}

/// Adds a person whose password is known already.
///
/// # Errors
/// Those of [`invite`], and `not_found` when there is no such company.
pub fn create_user(
    work: &mut Work<'_, '_>,
    company: CompanyId,
    email: &str,
    name: &str,
    role: Role,
    password: &Digest,
) -> Result<wire::User, Problem> {
    let network = identity::network_of(work.conn(), company)?.ok_or_else(Problem::not_found)?;
    let user = add(work, NewUser { company, network, email, name, role }, Some(password.clone()))?;
    record(work, "user.created", user)
}

/// Adds an administrator whose password is known already.
///
/// # Errors
/// Those of [`create_user`].
pub fn create_administrator(
    work: &mut Work<'_, '_>,
    company: CompanyId,
    email: &str,
    name: &str,
    password: &Digest,
) -> Result<wire::User, Problem> {
    create_user(work, company, email, name, Role::administrator_of(company), password)
}

/// Gives a company an administrator from outside: its first one, or, to recover, one more. A person of the company who has
/// the e-mail address already becomes it.
///
/// # Errors
/// `state_conflict` when the company has an active administrator and nothing is to be recovered; those of [`invite`].
pub fn establish_administrator(
    work: &mut Work<'_, '_>,
    company: CompanyId,
    (email, name): (&str, &str),
    access: &Access,
    recover: bool,
) -> Result<wire::User, Problem> {
    let role = Role::administrator_of(company);
    if !recover && user::count_active(work.conn(), company, role.word())? > 0 {
        return Err(Problem::state_conflict("create", "administered"));
    }
    let known = user::find_by_email(work.conn(), &wire::email(email))?.filter(|user| user.company == company);
    let Some(known) = known else {
        return match access {
            Access::Password(password) => create_administrator(work, company, email, name, password),
            Access::Invitation(token) => {
                let network = identity::network_of(work.conn(), company)?.ok_or_else(Problem::not_found)?;
                Ok(invite(work, company, network, email, name, role, token)?.user)
            }
        };
    };
    let mut user = User { role: role.word().to_owned(), ..known };
    match access {
        Access::Password(password) => {
            let now = work.now()?;
            user.password = Some(password.clone());
            session::revoke_all(work.conn(), user.id, now)?;
        }
        Access::Invitation(token) => drop(invite_again(work, user.id, token)?),
    }
    user.state = if user.password.is_some() { UserState::Active } else { UserState::Invited };
    let user = keep(work, user)?;
    record(work, "user.recovered", user)
}

fn add(work: &mut Work<'_, '_>, new: NewUser<'_>, password: Option<Digest>) -> Result<User, Problem> {
    let NewUser { company, network, email, name, role } = new;
    if let Some(violation) = wrong_role(role, company) {
        return Err(Problem::invalid(vec![violation]));
    }
    let email = wire::email(email);
    if user::find_by_email(work.conn(), &email)?.is_some() {
        // The same answer whoever has it (D22).
        return Err(Problem::already_exists(Violation::at("/email", "email_taken")));
    }
    let now = work.now()?;
    let user = User {
        id: work.new_id(),
        network,
        company,
        email,
        name: name.trim().to_owned(),
        role: role.word().to_owned(),
        state: if password.is_some() { UserState::Active } else { UserState::Invited },
        password,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    user::insert(work.conn(), &user)?;
    Ok(user)
}

/// A role that people of the other side have.
fn wrong_role(role: Role, company: CompanyId) -> Option<Violation> {
    let allowed: Vec<Role> = Role::of_company(company).collect();
    if allowed.contains(&role) {
        return None;
    }
    let allowed: Vec<&str> = allowed.into_iter().map(Role::word).collect();
    Some(Violation::at("/role", "role_not_of_company").with("role", role.word()).with("allowed", allowed.join(", ")))
}

/// Makes an invitation that replaces those before it.
fn invite_again(work: &mut Work<'_, '_>, user: UserId, token: &Digest) -> Result<DateTime<Utc>, Problem> {
    let now = work.now()?;
    invitation::end_all(work.conn(), user, now)?;
    let expires_at = now.checked_add_signed(INVITATION_LIFETIME).unwrap_or(now);
    let id = work.new_id();
    let invitation = Invitation { id, user, token: token.clone(), expires_at, used_at: None, created_at: now };
    invitation::insert(work.conn(), &invitation)?;
    Ok(expires_at)
}

fn find(work: &mut Work<'_, '_>, id: UserId) -> Result<User, Problem> {
    let view = work.caller()?.view();
    let user = user::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(user.version)?;
    Ok(user)
}

/// Keeps a changed person as its next version.
fn keep(work: &mut Work<'_, '_>, mut user: User) -> Result<User, Problem> {
    user.version = user.version.saturating_add(1);
    user.updated_at = work.now()?;
    // Another write came between: the caller may try again.
    if user::update(work.conn(), &user)? { Ok(user) } else { Err(DbError::Busy.into()) }
}

fn record(work: &mut Work<'_, '_>, kind: &'static str, user: User) -> Result<wire::User, Problem> {
    let User { network, company, version, .. } = user;
    let subject = user.id.to_string();
    let body = wire::User::try_from(user)?;
    work.record(Change { network, kind, subject, version, audience: audience(company), body: &body })?;
    Ok(body)
}

/// Changes a person's name, role or state. Who is disabled is out at once.
///
/// # Errors
/// `not_found`, `version_mismatch`, and `invalid_request` with every broken rule: a role of the other side, or the last
/// administrator who can sign in would go.
pub fn change_user(work: &mut Work<'_, '_>, id: UserId, change: &wire::ChangeUser) -> Result<wire::User, Problem> {
    let before = find(work, id)?;
    let mut after = before.clone();
    let wire::ChangeUser { name, role, state } = change;
    if let Some(name) = name {
        after.name = name.trim().to_owned();
    }
    if let Some(role) = role {
        after.role = role.word().to_owned();
    }
    match state {
        Some(ChangedState::Disabled) => after.state = UserState::Disabled,
        Some(ChangedState::Active) if before.state == UserState::Disabled => {
            after.state = if after.password.is_some() { UserState::Active } else { UserState::Invited };
        }
        Some(ChangedState::Active) | None => {}
    }
    let mut violations: Vec<Violation> = role.and_then(|role| wrong_role(role, before.company)).into_iter().collect();
    violations.extend(last_administrator_goes(work, &before, &after)?);
    if !violations.is_empty() {
        return Err(Problem::invalid(violations));
    }
    if after == before {
        work.nothing_changed();
        return before.try_into();
    }
    if after.state == UserState::Disabled {
        let now = work.now()?;
        session::revoke_all(work.conn(), id, now)?;
        invitation::end_all(work.conn(), id, now)?;
    }
    let after = keep(work, after)?;
    record(work, "user.changed", after)
}

/// Without an administrator who can sign in, nobody could let anybody in again.
fn last_administrator_goes(work: &mut Work<'_, '_>, before: &User, after: &User) -> Result<Option<Violation>, Problem> {
    let role = Role::administrator_of(before.company).word();
    let administers = |user: &User| user.state == UserState::Active && user.role == role;
    if !administers(before) || administers(after) || user::count_active(work.conn(), before.company, role)? > 1 {
        return Ok(None);
    }
    let pointer = if after.state == UserState::Active { "/role" } else { "/state" };
    Ok(Some(Violation::at(pointer, "last_administrator")))
}

/// Invites a person anew: one who did not accept, or one who forgot the password. The password before stays valid until a new
/// one is set.
///
/// # Errors
/// `not_found`, `version_mismatch`, and `state_conflict` for a person who is disabled.
pub fn renew_invitation(work: &mut Work<'_, '_>, id: UserId, token: &Digest) -> Result<Invited, Problem> {
    let user = find(work, id)?;
    if user.state == UserState::Disabled {
        return Err(Problem::state_conflict("renew_invitation", user.state.code()));
    }
    let expires_at = invite_again(work, id, token)?;
    Ok(Invited { user: record(work, "user.invitation_renewed", user)?, expires_at })
}

/// Sets the password of the person whom a token invites, and ends every session that the person had.
///
/// # Errors
/// `not_found` for an unknown token, `invitation_ended` for one that was used, replaced, or is too old.
pub fn accept_invitation(
    work: &mut Work<'_, '_>,
    token: &Digest,
    password: &Digest,
    name: Option<&str>,
) -> Result<wire::User, Problem> {
    let now = work.now()?;
    let mut user = check_invitation(work.tx(), token)?;
    invitation::end_all(work.conn(), user.id, now)?;
    session::revoke_all(work.conn(), user.id, now)?;
    user.password = Some(password.clone());
    user.state = UserState::Active;
    if let Some(name) = name {
        user.name = name.trim().to_owned();
    }
    let user = keep(work, user)?;
    record(work, "user.activated", user)
}

/// The person whom a token invites.
///
/// # Errors
/// Those of [`accept_invitation`].
pub fn check_invitation(tx: &mut Tx<'_>, token: &Digest) -> Result<User, Problem> {
    let now = tx.now()?;
    let invitation = invitation::find(tx.conn, token)?.ok_or_else(Problem::not_found)?;
    let ended = || Problem::new(Code::InvitationEnded);
    if invitation.used_at.is_some() || invitation.expires_at <= now {
        return Err(ended());
    }
    user::find_self(tx.conn, invitation.user)?.filter(|user| user.state != UserState::Disabled).ok_or_else(ended)
}
