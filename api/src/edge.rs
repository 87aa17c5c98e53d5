//! The edge: what happens to every request, whatever it is for.
//!
//! A request gets an id, its operation is looked up, its caller is recognised and held against the table of access, and every
//! failure, the framework's own included, leaves as a problem in the caller's language. A route without a row in the table
//! answers nobody.

use std::{rc::Rc, time::Instant};

use actix_web::{
    Error, HttpMessage, HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};
use uuid::Uuid;

use crate::{
    access::{Access, Caller, Token, access_to},
    app::App,
    extract::{Arrival, text_header},
    negotiate::preferred,
    problem::{Code, Language, Problem},
};

/// The longest address that is read.
const ADDRESS_MAX: usize = 8 * 1024;

/// Passes a request through the edge.
///
/// # Errors
/// None that is not a problem answer already.
pub async fn pass(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let request_id = request_id(request.request());
    let language = Language::preferred(&text_header(request.request(), "accept-language").unwrap_or_default());
    let line = format!("{} {}", request.method(), request.path());
    let admitted = admit(&request, &request_id, language).await;
    let mut response = match admitted {
        Ok(arrival) => {
            request.extensions_mut().insert(Rc::new(arrival));
            // Routing takes the request apart, so that nothing of it may be kept here meanwhile. A handler's failure comes back
            // as a response; only a layer that failed itself ends here.
            next.call(request).await.map_err(|error| problem_from(&error))?.map_into_boxed_body()
        }
        Err(problem) => {
            log_cause(&problem, &request_id);
            request.into_response(problem.answer(language, &request_id))
        }
    };
    if let Some(problem) = problem_of(&response) {
        log_cause(&problem, &request_id);
        response = response.into_response(problem.answer(language, &request_id));
    }
    protect(&mut response, &request_id);
    log::info!(target: "entente::request", "{request_id} {line} {} {} ms", response.status().as_u16(), started.elapsed().as_millis());
    Ok(response)
}

fn request_id(request: &HttpRequest) -> String {
    let given = text_header(request, "x-request-id").unwrap_or_default();
    let sound = (1..=64).contains(&given.len()) && given.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if sound { given } else { Uuid::now_v7().simple().to_string() }
}

/// Looks up the operation and recognises the caller.
async fn admit(request: &ServiceRequest, request_id: &str, language: Language) -> Result<Arrival, Problem> {
    if request.uri().path_and_query().is_some_and(|address| address.as_str().len() > ADDRESS_MAX) {
        return Err(Problem::new(Code::AddressTooLong).with("limit", ADDRESS_MAX));
    }
    let app = request.app_data::<web::Data<App>>().ok_or_else(|| Problem::internal("no app"))?;
    let pattern = request.match_pattern().unwrap_or_default();
    let operation = app.contract.operation(request.method().as_str(), &pattern).map(str::to_owned);
    let mut arrival = Arrival { request_id: request_id.to_owned(), language, operation, caller: None };
    // Pages for people and unknown addresses belong to no operation.
    let Some(operation) = &arrival.operation else { return Ok(arrival) };
    let access = access_to(operation).ok_or_else(|| Problem::internal(format!("no access to {operation}")))?;
    if access == Access::Public {
        app.limits.check_public(&client_address(request))?;
        return Ok(arrival);
    }
    accepts(request.request(), &app.contract.answers(operation))?;
    let header = text_header(request.request(), "authorization").unwrap_or_default();
    let token = header.strip_prefix("Bearer ").or_else(|| header.strip_prefix("bearer "));
    let token = token.ok_or_else(|| Problem::new(Code::AuthenticationRequired))?.trim().to_owned();
    let token = app.keys.read_token(&token)?;
    let caller = app
        .db
        .read(move |tx| {
            let Token { bearer, narrowed_to } = token.at(tx.now()?)?;
            Ok::<_, Problem>(Caller::recognise(tx, bearer)?.narrowed_to(narrowed_to.as_deref()))
        })
        .await?;
    app.limits.check_caller(&caller.actor())?;
    caller.permit(access)?;
    arrival.caller = Some(caller);
    Ok(arrival)
}

fn client_address(request: &ServiceRequest) -> String {
    request.peer_addr().map(|address| address.ip().to_string()).unwrap_or_default()
}

/// A caller that accepts none of the forms in which the operation answers is told so.
fn accepts(request: &HttpRequest, answers: &[&str]) -> Result<(), Problem> {
    let accept = text_header(request, "accept");
    let problem = "application/problem+json";
    let offered: Vec<&str> = answers.iter().copied().chain([problem]).collect();
    if preferred(accept.as_deref(), &offered).is_some() { Ok(()) } else { Err(Problem::new(Code::NotAcceptable)) }
}

/// The problem that a response stands for, if it is one that was not rendered here: in the right language, with the request's
/// id, and never with the framework's own text.
fn problem_of(response: &ServiceResponse<BoxBody>) -> Option<Problem> {
    let status = response.status();
    if let Some(error) = response.response().error() {
        return Some(problem_from(error));
    }
    let rendered = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/problem+json");
    if status.as_u16() < 400 || rendered || response.headers().contains_key("x-own-error") {
        return None;
    }
    Some(foreign(status, response.request()))
}

/// Our own problem again, or what a failure of the framework comes to.
fn problem_from(error: &Error) -> Problem {
    match error.as_error::<Problem>() {
        Some(problem) => problem.again(),
        None => match error.as_response_error().status_code() {
            StatusCode::NOT_FOUND => Problem::not_found(),
            StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Code::BodyTooLarge).with("limit", crate::extract::BODY_MAX),
            StatusCode::REQUEST_TIMEOUT => Problem::new(Code::RequestTimeout),
            status if status.is_client_error() => Problem::new(Code::MalformedRequest).with("reason", error),
            _ => Problem::internal(error.to_string()),
        },
    }
}

fn foreign(status: StatusCode, request: &HttpRequest) -> Problem {
    match status {
        StatusCode::NOT_FOUND => {
            let methods = request
                .app_data::<web::Data<App>>()
                .map(|app| app.contract.methods(&request.match_pattern().unwrap_or_default()));
            match methods {
                Some(methods) if !methods.is_empty() => Problem::new(Code::MethodNotAllowed).allow(methods.join(", ")),
                _ => Problem::not_found(),
            }
        }
        StatusCode::METHOD_NOT_ALLOWED => Problem::new(Code::MethodNotAllowed),
        status if status.is_client_error() => Problem::new(Code::MalformedRequest).with("reason", status),
        status => Problem::internal(format!("a response with status {status}")),
    }
}

fn log_cause(problem: &Problem, request_id: &str) {
    if let Some(cause) = problem.cause() {
        log::error!("{request_id} {}: {cause}", problem.code().name());
    }
}

/// What a page for people may load: only what this server sends.
const PAGE_POLICY: &str = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; \
     script-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const PROTECTION: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("cache-control", "no-store"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
];

fn protect(response: &mut ServiceResponse<BoxBody>, request_id: &str) {
    let headers = response.headers_mut();
    headers.remove("x-own-error");
    let page = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    for (name, value) in PROTECTION {
        let value = if page && name == "content-security-policy" { PAGE_POLICY } else { value };
        let name = HeaderName::from_static(name);
        // Who answers may know better, how long an answer may be kept, for one.
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
}

/// Answers addresses that nobody else answers.
///
/// # Errors
/// Always one: `not_found`, or `method_not_allowed` with the methods that there are.
pub async fn nowhere(request: HttpRequest) -> Result<HttpResponse, Problem> {
    Err(foreign(StatusCode::NOT_FOUND, &request))
}
