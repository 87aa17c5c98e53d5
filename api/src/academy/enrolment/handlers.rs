//! The HTTP of enrolments.

use actix_web::{HttpResponse, get, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands, results,
    wire::{Attendance, CourseResult, Enrolment, EnrolmentFilters, EnrolmentPage, NewEnrolment},
};
use crate::{
    app::App,
    extract::{Nothing, PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_enrolments)
        .service(show_enrolment)
        .service(enrol_person)
        .service(cancel_enrolment)
        .service(record_attendance)
        .service(record_course_result);
}

/// List enrolments
///
/// A partner sees those of its people, whoever gives the course all that are in it.
#[utoipa::path(tag = "academy", params(EnrolmentFilters, PageQuery),
    responses((status = 200, description = "A page of enrolments.", body = EnrolmentPage)))]
#[get("/v1/enrolments")]
async fn list_enrolments(
    app: web::Data<App>,
    read: Read,
    filters: Query<EnrolmentFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show an enrolment
#[utoipa::path(tag = "academy", responses((status = 200, description = "The enrolment.", body = Enrolment)))]
#[get("/v1/enrolments/{enrolment_id}")]
async fn show_enrolment(app: web::Data<App>, read: Read, id: PathId<kind::Enrolment>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Enrol one of your people
///
/// `enrolled` where a place is free, `waiting` where none is. Where the course is a benefit, the partner has one less of it for the
/// session, however many of its people take part; with none left it is refused (R85).
#[utoipa::path(tag = "academy", request_body = NewEnrolment,
    responses((status = 201, description = "The new enrolment.", body = Enrolment)))]
#[post("/v1/enrolments")]
async fn enrol_person(app: web::Data<App>, write: Write<NewEnrolment>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::enrol).await
}

/// Cancel an enrolment
///
/// By its partner or the course's master, as long as the session has not begun: whoever waits longest moves up, and the benefit is
/// given back with the partner's last person in the session.
#[utoipa::path(tag = "academy", request_body = Nothing,
    responses((status = 200, description = "The enrolment as it is now.", body = Enrolment)))]
#[post("/v1/enrolments/{enrolment_id}/cancel")]
async fn cancel_enrolment(
    app: web::Data<App>,
    write: Write<Nothing>,
    id: PathId<kind::Enrolment>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::cancel(work, id.0)).await
}

/// Record who was there
///
/// By whoever gives the course, once the session has begun. Noted again until there is a result.
#[utoipa::path(tag = "academy", request_body = Attendance,
    responses((status = 200, description = "The enrolment as it is now.", body = Enrolment)))]
#[post("/v1/enrolments/{enrolment_id}/attendance")]
async fn record_attendance(
    app: web::Data<App>,
    write: Write<Attendance>,
    id: PathId<kind::Enrolment>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, attendance| results::attend(work, id.0, attendance)).await
}

/// Record a result
///
/// By whoever gives the course, of a person who was there. Who passed gets a certificate, and its partner the qualification that the
/// course gives.
#[utoipa::path(tag = "academy", request_body = CourseResult,
    responses((status = 200, description = "The enrolment as it is now.", body = Enrolment)))]
#[post("/v1/enrolments/{enrolment_id}/result")]
async fn record_course_result(
    app: web::Data<App>,
    write: Write<CourseResult>,
    id: PathId<kind::Enrolment>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, result| results::record_result(work, id.0, result)).await
}
