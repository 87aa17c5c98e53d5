//! The people of a company, run by its administrators.

use actix_web::{HttpResponse, get, patch, post, web};
use domain::id::kind;

use crate::{
    app::App,
    extract::{Nothing, PageQuery, Paging, PathId, Query, Read, Write},
    identity::{
        commands::{self, Invited},
        secret::{Purpose, Secret},
        wire::{ChangeUser, InvitationToken, InviteUser, InvitedUser, User, UserFilters, UserPage},
    },
    problem::Problem,
};

/// List the people of your company
#[utoipa::path(tag = "identity", params(UserFilters, PageQuery), responses((status = 200, description = "A page of people.", body = UserPage)))]
#[get("/v1/users")]
pub(super) async fn list_users(
    app: web::Data<App>,
    read: Read,
    filters: Query<UserFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list_users(tx, caller, &filters.0, &paging)).await
}

/// Invite a person to your company
///
/// Answers a one-time token, shown once: pass it on to the person, who sets a password with it within seven days.
#[utoipa::path(tag = "identity", request_body = InviteUser, responses((status = 201, description = "The person and the invitation.", body = InvitedUser)))]
#[post("/v1/users")]
pub(super) async fn invite_user(app: web::Data<App>, write: Write<InviteUser>) -> Result<HttpResponse, Problem> {
    let token = Secret::generate(Purpose::Invitation);
    app.create(write, move |work, new| {
        let view = work.caller()?.view();
        let InviteUser { email, name, role } = new;
        commands::invite(work, view.company, view.network, email, name, *role, &token.digest()).map(|user| shown(user, &token))
    })
    .await
}

fn shown(invited: Invited, token: &Secret) -> InvitedUser {
    let Invited { user, expires_at } = invited;
    InvitedUser { user, invitation: Some(InvitationToken { token: token.clone(), expires_at }) }
}

/// Show a person of your company
#[utoipa::path(tag = "identity", responses((status = 200, description = "The person.", body = User)))]
#[get("/v1/users/{user_id}")]
pub(super) async fn show_user(app: web::Data<App>, read: Read, id: PathId<kind::User>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show_user(tx, caller, id.0)).await
}

/// Change a person of your company
///
/// A new role counts at once. Who is disabled is out at once. The last administrator who can sign in stays one.
#[utoipa::path(tag = "identity", request_body = ChangeUser, responses((status = 200, description = "The person as it is now.", body = User)))]
#[patch("/v1/users/{user_id}")]
pub(super) async fn change_user(
    app: web::Data<App>,
    write: Write<ChangeUser>,
    id: PathId<kind::User>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, change| commands::change_user(work, id.0, change)).await
}

/// Invite a person of your company anew
///
/// For one who did not accept in time, or forgot the password. The tokens before it end; the password before it stays valid
/// until a new one is set.
#[utoipa::path(tag = "identity", request_body = Nothing, responses((status = 200, description = "The person and the invitation.", body = InvitedUser)))]
#[post("/v1/users/{user_id}/invitation")]
pub(super) async fn renew_invitation(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::User>,
) -> Result<HttpResponse, Problem> {
    let token = Secret::generate(Purpose::Invitation);
    app.change(write, move |work, _| commands::renew_invitation(work, id.0, &token.digest()).map(|user| shown(user, &token)))
        .await
}
