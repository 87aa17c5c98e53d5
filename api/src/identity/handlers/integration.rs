//! The integrations of a company, run by its administrators.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;

use crate::{
    app::App,
    extract::{Nothing, PageQuery, Paging, PathId, Read, Write},
    identity::{
        commands,
        secret::{Purpose, Secret},
        wire::{CreateIntegration, Integration, IntegrationPage, IntegrationWithSecret, RotateSecret},
    },
    problem::Problem,
};

/// List the integrations of your company
#[utoipa::path(tag = "identity", params(PageQuery), responses((status = 200, description = "A page of integrations.", body = IntegrationPage)))]
#[get("/v1/integrations")]
pub(super) async fn list_integrations(app: web::Data<App>, read: Read, paging: Paging) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list_integrations(tx, caller, &paging)).await
}

/// Make an integration of your company
///
/// Answers its client secret, shown once. With it `POST /v1/oauth/token` issues access tokens.
#[utoipa::path(tag = "identity", request_body = CreateIntegration, responses((status = 201, description = "The integration and its secret.", body = IntegrationWithSecret)))]
#[post("/v1/integrations")]
pub(super) async fn create_integration(app: web::Data<App>, write: Write<CreateIntegration>) -> Result<HttpResponse, Problem> {
    let secret = Secret::generate(Purpose::Client);
    app.create(write, move |work, new| {
        commands::create_integration(work, new, &secret.digest()).map(|integration| shown(integration, &secret))
    })
    .await
}

fn shown(integration: Integration, secret: &Secret) -> IntegrationWithSecret {
    IntegrationWithSecret { client_id: integration.id.clone(), integration, client_secret: Some(secret.clone()) }
}

/// Show an integration of your company
#[utoipa::path(tag = "identity", responses((status = 200, description = "The integration.", body = Integration)))]
#[get("/v1/integrations/{integration_id}")]
pub(super) async fn show_integration(
    app: web::Data<App>,
    read: Read,
    id: PathId<kind::Integration>,
) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show_integration(tx, caller, id.0)).await
}

/// Give an integration a new secret
///
/// The new secret is shown once. Those before it can be used until the overlap ends.
#[utoipa::path(tag = "identity", request_body = RotateSecret, responses((status = 200, description = "The integration and its new secret.", body = IntegrationWithSecret)))]
#[post("/v1/integrations/{integration_id}/secrets")]
pub(super) async fn rotate_integration_secret(
    app: web::Data<App>,
    write: Write<RotateSecret>,
    id: PathId<kind::Integration>,
) -> Result<HttpResponse, Problem> {
    let secret = Secret::generate(Purpose::Client);
    app.change(write, move |work, RotateSecret { overlap_hours }| {
        let rotated = commands::rotate_integration_secret(work, id.0, *overlap_hours, &secret.digest());
        rotated.map(|integration| shown(integration, &secret))
    })
    .await
}

/// Shut an integration out
///
/// At once and for good: its secrets and tokens are worth nothing any more.
#[utoipa::path(tag = "identity", request_body = Nothing, responses((status = 200, description = "The integration as it is now.", body = Integration)))]
#[post("/v1/integrations/{integration_id}/revoke")]
pub(super) async fn revoke_integration(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::Integration>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::revoke_integration(work, id.0)).await
}
