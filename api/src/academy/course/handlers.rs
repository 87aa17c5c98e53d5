//! The HTTP of courses.

use actix_web::{HttpResponse, get, patch, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{Course, CourseChange, CourseFilters, CoursePage, CourseReason, NewCourse},
};
use crate::{
    app::App,
    extract::{Nothing, PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_courses)
        .service(show_course)
        .service(create_course)
        .service(change_course)
        .service(submit_course)
        .service(return_course)
        .service(publish_course)
        .service(retire_course);
}

/// List courses
///
/// Everybody in the network sees what is published; what is not is its author's and its master's.
#[utoipa::path(tag = "academy", params(CourseFilters, PageQuery),
    responses((status = 200, description = "A page of courses.", body = CoursePage)))]
#[get("/v1/courses")]
async fn list_courses(
    app: web::Data<App>,
    read: Read,
    filters: Query<CourseFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show a course
#[utoipa::path(tag = "academy", responses((status = 200, description = "The course.", body = Course)))]
#[get("/v1/courses/{course_id}")]
async fn show_course(app: web::Data<App>, read: Read, id: PathId<kind::Course>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Write a course
///
/// By an instructor, under an agreement whose terms let it author courses, with the master that supervises it (R22); or by a master.
#[utoipa::path(tag = "academy", request_body = NewCourse,
    responses((status = 201, description = "The course, a draft.", body = Course)))]
#[post("/v1/courses")]
async fn create_course(app: web::Data<App>, write: Write<NewCourse>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::create).await
}

/// Change a draft of a course
#[utoipa::path(tag = "academy", request_body = CourseChange,
    responses((status = 200, description = "The course as it is now.", body = Course)))]
#[patch("/v1/courses/{course_id}")]
async fn change_course(
    app: web::Data<App>,
    write: Write<CourseChange>,
    id: PathId<kind::Course>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, change| commands::change(work, id.0, change)).await
}

/// Hand a course in
///
/// By its author; the master reviews it.
#[utoipa::path(tag = "academy", request_body = Nothing, responses((status = 200, description = "The course as it is now.", body = Course)))]
#[post("/v1/courses/{course_id}/submit")]
async fn submit_course(app: web::Data<App>, write: Write<Nothing>, id: PathId<kind::Course>) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::submit(work, id.0)).await
}

/// Give a course back to its author
///
/// For a reason that its author reads; it is a draft again.
#[utoipa::path(tag = "academy", request_body = CourseReason,
    responses((status = 200, description = "The course as it is now.", body = Course)))]
#[post("/v1/courses/{course_id}/return")]
async fn return_course(
    app: web::Data<App>,
    write: Write<CourseReason>,
    id: PathId<kind::Course>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, why| commands::give_back(work, id.0, why)).await
}

/// Publish a course
///
/// Everybody in the network sees it from now on, it does not change any more, and it may have sessions.
#[utoipa::path(tag = "academy", request_body = Nothing, responses((status = 200, description = "The course as it is now.", body = Course)))]
#[post("/v1/courses/{course_id}/publish")]
async fn publish_course(app: web::Data<App>, write: Write<Nothing>, id: PathId<kind::Course>) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, _| commands::publish(work, id.0)).await
}

/// Retire a course
///
/// By its author or its master: it gets no more sessions. Those that are planned take place.
#[utoipa::path(tag = "academy", request_body = CourseReason,
    responses((status = 200, description = "The course as it is now.", body = Course)))]
#[post("/v1/courses/{course_id}/retire")]
async fn retire_course(
    app: web::Data<App>,
    write: Write<CourseReason>,
    id: PathId<kind::Course>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, why| commands::retire(work, id.0, why)).await
}
