//! The HTTP of certificates.

use actix_web::{HttpResponse, get, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{Certificate, CertificateFilters, CertificateNumber, CertificatePage, CertificateVerification},
};
use crate::{
    app::App,
    extract::{PageQuery, Paging, PathId, Query, Read},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(list_certificates).service(show_certificate).service(verify_certificate);
}

/// List certificates
///
/// A partner sees those of its people, a master those of its courses.
#[utoipa::path(tag = "academy", params(CertificateFilters, PageQuery),
    responses((status = 200, description = "A page of certificates.", body = CertificatePage)))]
#[get("/v1/certificates")]
async fn list_certificates(
    app: web::Data<App>,
    read: Read,
    filters: Query<CertificateFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show a certificate
#[utoipa::path(tag = "academy", responses((status = 200, description = "The certificate.", body = Certificate)))]
#[get("/v1/certificates/{certificate_id}")]
async fn show_certificate(app: web::Data<App>, read: Read, id: PathId<kind::Certificate>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Verify a certificate
///
/// For anybody who was shown its number: whose it is, what for, and whether it is valid today.
#[utoipa::path(tag = "academy", params(CertificateNumber),
    responses((status = 200, description = "What the number stands for.", body = CertificateVerification)))]
#[get("/v1/certificate-verifications")]
async fn verify_certificate(app: web::Data<App>, number: Query<CertificateNumber>) -> Result<HttpResponse, Problem> {
    let found = app.db.read(move |tx| commands::verify(tx, number.0.number.as_deref())).await?;
    Ok(HttpResponse::Ok().json(found))
}
