//! Sessions: they begin with a password, go on by refresh tokens, and end.

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::{SessionId, UserId};
use persistence::{
    db::Tx,
    identity::{
        self, Digest, integration,
        session::{self, RefreshToken, Session},
        user::{self, User, UserState},
    },
};

use super::audience;
use crate::{
    access::{Bearer, Caller},
    identity::wire,
    problem::{Code, Problem},
    write::{Change, Work},
};

/// How long a session lives at most: then the password is asked for again.
const SESSION_LIFETIME: TimeDelta = TimeDelta::days(90);
/// How long a refresh token waits for its use.
const REFRESH_LIFETIME: TimeDelta = TimeDelta::days(14);
/// For how long a used refresh token still gets an answer, while nobody used the one it was exchanged for. An answer may be
/// lost on its way, and two tabs may refresh at once; neither is theft.
const GRACE: TimeDelta = TimeDelta::seconds(10);

/// A session that a person has.
#[derive(Debug)]
pub struct Opened {
    /// The person.
    pub user: wire::User,
    /// What an access token is issued to.
    pub bearer: Bearer,
    /// When.
    pub now: DateTime<Utc>,
    /// Until when the refresh token can be used.
    pub refresh_expires_at: DateTime<Utc>,
}

/// What an exchange of a refresh token comes to.
#[derive(Debug)]
pub enum Refreshed {
    /// The session goes on.
    Opened(Box<Opened>),
    /// The token was used before: somebody else may have it, so the session ended. This is no error here, because that end has
    /// to be kept.
    Reused,
}

fn refused() -> Problem {
    Problem::new(Code::InvalidCredentials)
}

fn later(now: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    now.checked_add_signed(by).unwrap_or(now)
}

/// Begins a session for a person whose password was checked, unless the person or the password changed since.
///
/// # Errors
/// `invalid_credentials`.
pub fn open_session(work: &mut Work<'_, '_>, checked: &User, token: &Digest) -> Result<Opened, Problem> {
    let now = work.now()?;
    let user = user::find_self(work.conn(), checked.id)?.ok_or_else(refused)?;
    if user.state != UserState::Active || user.password != checked.password {
        return Err(refused());
    }
    let id: SessionId = work.new_id();
    let session = Session { id, user: user.id, expires_at: later(now, SESSION_LIFETIME), revoked_at: None, created_at: now };
    session::insert(work.conn(), &session)?;
    let refresh_expires_at = issue(work, &session, token, None, now)?;
    record(work, "session.started", &user, session, 1)?;
    opened(user, id, now, refresh_expires_at)
}

/// Keeps a refresh token of a session, and says until when it can be used.
fn issue(
    work: &mut Work<'_, '_>,
    session: &Session,
    token: &Digest,
    parent: Option<&Digest>,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, Problem> {
    let expires_at = later(now, REFRESH_LIFETIME).min(session.expires_at);
    let token = RefreshToken {
        token: token.clone(),
        session: session.id,
        parent: parent.cloned(),
        expires_at,
        used_at: None,
        created_at: now,
    };
    session::insert_token(work.conn(), &token)?;
    Ok(expires_at)
}

fn opened(user: User, session: SessionId, now: DateTime<Utc>, refresh_expires_at: DateTime<Utc>) -> Result<Opened, Problem> {
    let bearer = Bearer::Person { user: user.id, session };
    Ok(Opened { user: user.try_into()?, bearer, now, refresh_expires_at })
}

/// Exchanges a refresh token for `child`. A token that was used before ends its session, because one of the two who used it is
/// not its owner.
///
/// # Errors
/// `invalid_credentials` for a token that is unknown, too old, or of a session or person that may no longer sign in.
pub fn refresh_session(work: &mut Work<'_, '_>, token: &Digest, child: &Digest) -> Result<Refreshed, Problem> {
    let now = work.now()?;
    let token = session::find_token(work.conn(), token)?.ok_or_else(refused)?;
    let session = session::find(work.conn(), token.session)?.ok_or_else(refused)?;
    if session.revoked_at.is_some() || session.expires_at <= now {
        return Err(refused());
    }
    let user = user::find_self(work.conn(), session.user)?.filter(|user| user.state == UserState::Active).ok_or_else(refused)?;
    if let Some(used_at) = token.used_at {
        let in_grace = now < later(used_at, GRACE) && !session::child_was_used(work.conn(), session.id, &token.token)?;
        if !in_grace {
            end(work, &user, session, "session.revoked", now)?;
            return Ok(Refreshed::Reused);
        }
    }
    if token.expires_at <= now {
        return Err(refused());
    }
    session::use_token(work.conn(), &token.token, now)?;
    let refresh_expires_at = issue(work, &session, child, Some(&token.token), now)?;
    // The session is the same as before: its going on is nothing that an audit or a reader of the feed looks for.
    work.nothing_changed();
    Ok(Refreshed::Opened(Box::new(opened(user, session.id, now, refresh_expires_at)?)))
}

/// Who calls.
///
/// # Errors
/// `authentication_required` when it is gone meanwhile.
pub fn show_me(tx: &mut Tx<'_>, caller: &Caller) -> Result<wire::Me, Problem> {
    let missing = || Problem::new(Code::AuthenticationRequired);
    let network = identity::network_code(tx.conn, caller.network)?;
    let (kind, name, email) = match caller.bearer {
        Bearer::Person { user, .. } => {
            let user = user::find(tx.conn, &caller.view(), user)?.ok_or_else(missing)?;
            (wire::CallerKind::Person, user.name, Some(user.email))
        }
        Bearer::Integration(id) => {
            let integration = integration::find(tx.conn, &caller.view(), id)?.ok_or_else(missing)?;
            (wire::CallerKind::Integration, integration.name, None)
        }
    };
    let (role, scopes) = (caller.role, caller.scopes.clone());
    Ok(wire::Me { kind, id: caller.actor(), name, email, network, company: caller.company.into(), role, scopes })
}

/// Ends the session that the caller's token belongs to.
///
/// # Errors
/// `authentication_required` when the caller has none.
pub fn close_session(work: &mut Work<'_, '_>) -> Result<wire::Session, Problem> {
    let missing = || Problem::new(Code::AuthenticationRequired);
    let Bearer::Person { user, session } = work.caller()?.bearer else { return Err(missing()) };
    let now = work.now()?;
    let session = session::find(work.conn(), session)?.ok_or_else(missing)?;
    let user = find_owner(work, user)?;
    end(work, &user, session, "session.ended", now)
}

fn find_owner(work: &mut Work<'_, '_>, user: UserId) -> Result<User, Problem> {
    user::find_self(work.conn(), user)?.ok_or_else(|| Problem::new(Code::AuthenticationRequired))
}

fn end(
    work: &mut Work<'_, '_>,
    user: &User,
    session: Session,
    kind: &'static str,
    now: DateTime<Utc>,
) -> Result<wire::Session, Problem> {
    session::revoke(work.conn(), session.id, now)?;
    record(work, kind, user, Session { revoked_at: Some(now), ..session }, 2)
}

fn record(
    work: &mut Work<'_, '_>,
    kind: &'static str,
    user: &User,
    session: Session,
    version: i64,
) -> Result<wire::Session, Problem> {
    let subject = session.id.to_string();
    let body = wire::Session::from(session);
    work.record(Change { network: user.network, kind, subject, version, audience: audience(user.company), body: &body })?;
    Ok(body)
}
