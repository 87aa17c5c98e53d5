//! Signing in, staying in, going out.

use actix_web::{HttpResponse, get, post, web};
use persistence::identity::user;

use crate::{
    access::token,
    app::App,
    extract::{Nothing, Read, Write},
    identity::{
        commands::{self, Opened, Refreshed},
        password,
        secret::{Purpose, Secret},
        wire::{self, AcceptInvitation, LogIn, Me, RefreshSession, Session, SignedIn, User},
    },
    problem::{Code, Problem},
};

/// Sign in
///
/// With e-mail address and password, for people. A wrong password, an unknown address and a disabled person get the same
/// answer.
#[utoipa::path(tag = "identity", request_body = LogIn, responses((status = 200, description = "The tokens.", body = SignedIn)))]
#[post("/v1/auth/login")]
pub(super) async fn log_in(app: web::Data<App>, write: Write<LogIn>) -> Result<HttpResponse, Problem> {
    let email = wire::email(&write.body.email);
    app.limits.check_credentials(&email)?;
    let found = app.db.read(move |tx| user::find_by_email(tx.conn, &email).map_err(Problem::from)).await?;
    let kept = found.as_ref().and_then(|user| user.password.clone());
    let proved = password::matches(&app, write.body.password.clone(), kept).await?;
    let user = found.filter(|_| proved).ok_or_else(|| Problem::new(Code::InvalidCredentials))?;
    let token = Secret::generate(Purpose::Refresh);
    let digest = token.digest();
    let opened = app.exchange(write, move |work, _| commands::open_session(work, &user, &digest)).await?;
    signed_in(&app, opened, token)
}

fn signed_in(app: &App, opened: Opened, refresh_token: Secret) -> Result<HttpResponse, Problem> {
    let Opened { user, bearer, now, refresh_expires_at } = opened;
    Ok(HttpResponse::Ok().json(SignedIn {
        access_token: app.keys.issue(bearer, now)?.into(),
        token_type: "Bearer",
        expires_in: token::LIFETIME.num_seconds(),
        refresh_token,
        refresh_expires_at,
        user,
    }))
}

/// Go on with a session
///
/// Exchanges a refresh token for a new pair of tokens. Each refresh token can be used once. Using one again ends the session,
/// because somebody else may have it; only within ten seconds, and as long as nobody used the one it was exchanged for, it
/// answers once more, because an answer may be lost on its way.
#[utoipa::path(tag = "identity", request_body = RefreshSession, responses((status = 200, description = "The tokens.", body = SignedIn)))]
#[post("/v1/auth/refresh")]
pub(super) async fn refresh_session(app: web::Data<App>, write: Write<RefreshSession>) -> Result<HttpResponse, Problem> {
    let child = Secret::generate(Purpose::Refresh);
    let (token, digest) = (write.body.refresh_token.digest(), child.digest());
    match app.exchange(write, move |work, _| commands::refresh_session(work, &token, &digest)).await? {
        Refreshed::Opened(opened) => signed_in(&app, *opened, child),
        Refreshed::Reused => Err(Problem::new(Code::InvalidCredentials)),
    }
}

/// Sign out
///
/// Ends the session that the token belongs to, at once: its access tokens and refresh tokens are worth nothing any more.
#[utoipa::path(tag = "identity", request_body = Nothing, responses((status = 200, description = "The session that ended.", body = Session)))]
#[post("/v1/auth/logout")]
pub(super) async fn log_out(app: web::Data<App>, write: Write<Nothing>) -> Result<HttpResponse, Problem> {
    app.change(write, |work, _| commands::close_session(work)).await
}

/// Show who you are
///
/// The person or integration of the token, its company, and what it may do now.
#[utoipa::path(tag = "identity", responses((status = 200, description = "You.", body = Me)))]
#[get("/v1/me")]
pub(super) async fn show_me(app: web::Data<App>, read: Read) -> Result<HttpResponse, Problem> {
    app.show(read, commands::show_me).await
}

/// Accept an invitation
///
/// Sets the password of the person whom the token invites; from then on the person can sign in. Who was invited anew because
/// of a forgotten password is signed out everywhere.
#[utoipa::path(tag = "identity", request_body = AcceptInvitation, responses((status = 200, description = "The person.", body = User)))]
#[post("/v1/invitations/accept")]
pub(super) async fn accept_invitation(app: web::Data<App>, write: Write<AcceptInvitation>) -> Result<HttpResponse, Problem> {
    let token = write.body.token.digest();
    // Hashing is slow on purpose: nobody without an invitation gets to it.
    let known = token.clone();
    app.db.read(move |tx| commands::check_invitation(tx, &known).map(drop)).await?;
    let password = password::keep(&app, write.body.password.clone()).await?;
    let accepted =
        app.exchange(write, move |work, body| commands::accept_invitation(work, &token, &password, body.name.as_deref())).await?;
    Ok(HttpResponse::Ok().json(accepted))
}
