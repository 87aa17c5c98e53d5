//! The HTTP of sessions of courses.

use actix_web::{HttpResponse, get, patch, post, web};
use domain::id::kind;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    commands,
    wire::{
        CourseSession, CourseSessionCancellation, CourseSessionChange, CourseSessionFilters, CourseSessionPage, NewCourseSession,
    },
};
use crate::{
    app::App,
    extract::{PageQuery, Paging, PathId, Query, Read, Write},
    problem::Problem,
};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(list_course_sessions)
        .service(show_course_session)
        .service(plan_course_session)
        .service(change_course_session)
        .service(cancel_course_session);
}

/// List sessions of courses
#[utoipa::path(tag = "academy", params(CourseSessionFilters, PageQuery),
    responses((status = 200, description = "A page of sessions.", body = CourseSessionPage)))]
#[get("/v1/course-sessions")]
async fn list_course_sessions(
    app: web::Data<App>,
    read: Read,
    filters: Query<CourseSessionFilters>,
    paging: Paging,
) -> Result<HttpResponse, Problem> {
    app.list(read, move |tx, caller| commands::list(tx, caller, &filters.0, &paging)).await
}

/// Show a session of a course
#[utoipa::path(tag = "academy", responses((status = 200, description = "The session.", body = CourseSession)))]
#[get("/v1/course-sessions/{course_session_id}")]
async fn show_course_session(app: web::Data<App>, read: Read, id: PathId<kind::CourseSession>) -> Result<HttpResponse, Problem> {
    app.show(read, move |tx, caller| commands::show(tx, caller, id.0)).await
}

/// Plan a session of a course
///
/// By its master or its instructor, of a published course: on site or online, with places for so many and no more.
#[utoipa::path(tag = "academy", request_body = NewCourseSession,
    responses((status = 201, description = "The new session.", body = CourseSession)))]
#[post("/v1/course-sessions")]
async fn plan_course_session(app: web::Data<App>, write: Write<NewCourseSession>) -> Result<HttpResponse, Problem> {
    app.create(write, commands::plan).await
}

/// Change a session of a course
///
/// As long as it has not begun. With more places, whoever waits moves up.
#[utoipa::path(tag = "academy", request_body = CourseSessionChange,
    responses((status = 200, description = "The session as it is now.", body = CourseSession)))]
#[patch("/v1/course-sessions/{course_session_id}")]
async fn change_course_session(
    app: web::Data<App>,
    write: Write<CourseSessionChange>,
    id: PathId<kind::CourseSession>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, change| commands::change(work, id.0, change)).await
}

/// Cancel a session of a course
///
/// As long as it has not begun: every enrolment in it is cancelled, and benefits that it took are given back.
#[utoipa::path(tag = "academy", request_body = CourseSessionCancellation,
    responses((status = 200, description = "The session as it is now.", body = CourseSession)))]
#[post("/v1/course-sessions/{course_session_id}/cancel")]
async fn cancel_course_session(
    app: web::Data<App>,
    write: Write<CourseSessionCancellation>,
    id: PathId<kind::CourseSession>,
) -> Result<HttpResponse, Problem> {
    app.change(write, move |work, why| commands::cancel(work, id.0, why)).await
}
