//! What handlers take: requests that were held against the contract before anything else looks at them.

use std::{future::Future, pin::Pin, rc::Rc, time::Duration};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::{Method, header},
    web,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use domain::id::{Id, StaticType};
use futures_util::StreamExt;
use persistence::view::{Page, Place as ListPlace};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    access::Caller,
    app::App,
    contract::form_urlencoded,
    problem::{Code, Language, Place, Problem, Violation},
    wire::ExternalReference,
};

/// The most bytes that a body may have.
pub const BODY_MAX: usize = 256 * 1024;
/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// How many rows a page has unless the caller says otherwise, and at most.
const LIMIT_DEFAULT: i64 = 50;

/// What the edge knows of a request: put into it before any handler runs.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The request's id.
    pub request_id: String,
    /// The caller's language.
    pub language: Language,
    /// The operation, by its id in the contract.
    pub operation: Option<String>,
    /// The caller, unless the operation is public.
    pub caller: Option<Caller>,
}

fn arrival(request: &HttpRequest) -> Result<Rc<Arrival>, Problem> {
    let found = request.extensions().get::<Rc<Arrival>>().cloned();
    found.ok_or_else(|| Problem::internal("the edge did not see this request"))
}

fn app(request: &HttpRequest) -> Result<web::Data<App>, Problem> {
    request.app_data::<web::Data<App>>().cloned().ok_or_else(|| Problem::internal("no app"))
}

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

/// A read: who asks, and what they have already.
#[derive(Debug, Clone)]
pub struct Read {
    /// Who asks.
    pub caller: Caller,
    /// The entity tags they have.
    pub if_none_match: Option<String>,
    /// Their language.
    pub language: Language,
}

impl FromRequest for Read {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let read = (|| {
            let arrival = arrival(request)?;
            let caller = arrival.caller.clone().ok_or_else(|| Problem::new(Code::AuthenticationRequired))?;
            Ok(Self { caller, if_none_match: text_header(request, "if-none-match"), language: arrival.language })
        })();
        Box::pin(async { read })
    }
}

/// The versions that a change is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// Any version, as long as there is one.
    Any,
    /// One of these.
    Versions(Vec<i64>),
}

/// A write: its body, held against the contract, and everything that [`App::create`] and [`App::change`] need.
#[derive(Debug)]
pub struct Write<T> {
    /// The body.
    pub body: T,
    /// Who asks; nobody, where the operation is public.
    pub caller: Option<Caller>,
    /// The caller's language.
    pub language: Language,
    pub(crate) request_id: String,
    pub(crate) key: Option<String>,
    pub(crate) fingerprint: String,
    pub(crate) if_match: Option<IfMatch>,
    pub(crate) dry_run: bool,
}

/// The body of an action that needs none.
#[derive(Debug, Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

impl<T: DeserializeOwned + ToSchema + 'static> FromRequest for Write<T> {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let arrival = arrival(&request)?;
            let app = app(&request)?;
            let query = checked_query(&request, &app, &arrival)?;
            let dry_run = query.get("dry_run").and_then(Value::as_bool).unwrap_or(false);
            let key = idempotency_key(&request)?;
            let if_match = if_match(&request);
            if request.method() == Method::PATCH && if_match.is_none() {
                return Err(Problem::new(Code::VersionRequired));
            }
            let expected: &[&str] = match *request.method() {
                Method::PATCH => &["application/merge-patch+json", "application/json"],
                _ => &["application/json"],
            };
            let bytes = read_body(&request, payload, expected, BODY_MAX).await?;
            let body = parse(&app, &T::name(), &bytes)?;
            let fingerprint = fingerprint(&request, &bytes);
            let Arrival { request_id, caller, language, operation: _ } = (*arrival).clone();
            Ok(Self { body, caller, language, request_id, key, fingerprint, if_match, dry_run })
        })
    }
}

/// A file that is sent as it is, up to `MAX` bytes: its media type, and the write of its bytes.
#[derive(Debug)]
pub struct Upload<const MAX: usize> {
    media_type: String,
    write: Write<Vec<u8>>,
}

impl<const MAX: usize> Upload<MAX> {
    /// Its media type, without parameters, and the write of its bytes.
    #[must_use]
    pub fn opened(self) -> (String, Write<Vec<u8>>) {
        (self.media_type, self.write)
    }
}

impl<const MAX: usize> FromRequest for Upload<MAX> {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let arrival = arrival(&request)?;
            let query = checked_query(&request, &*app(&request)?, &arrival)?;
            let dry_run = query.get("dry_run").and_then(Value::as_bool).unwrap_or(false);
            let key = idempotency_key(&request)?;
            let body = read_body(&request, payload, &["application/xml", "text/xml", "text/csv"], MAX).await?;
            let fingerprint = fingerprint(&request, &body);
            let Arrival { request_id, caller, language, operation: _ } = (*arrival).clone();
            let write = Write { body, caller, language, request_id, key, fingerprint, if_match: None, dry_run };
            Ok(Self { media_type: media_type(&request), write })
        })
    }
}

/// A form, as OAuth 2.0 has its requests: parameters in the order they came in, not held against any schema.
pub struct Form(pub Vec<(String, String)>);

impl FromRequest for Form {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            checked_query(&request, &*app(&request)?, &*arrival(&request)?)?;
            let bytes = read_body(&request, payload, &["application/x-www-form-urlencoded"], BODY_MAX).await?;
            let text = String::from_utf8(bytes).map_err(|error| Problem::new(Code::MalformedRequest).with("reason", error))?;
            Ok(Self(form_urlencoded(&text)))
        })
    }
}

/// Reads JSON and holds it against the contract's schema: every violation at once, and what passes can be read.
fn parse<T: DeserializeOwned>(app: &App, schema: &str, bytes: &[u8]) -> Result<T, Problem> {
    let bytes = if bytes.is_empty() { b"{}" } else { bytes };
    let value: Value =
        serde_json::from_slice(bytes).map_err(|error| Problem::new(Code::MalformedRequest).with("reason", error))?;
    app.contract.check_body(schema, &value)?;
    serde_path_to_error::deserialize(value).map_err(|error| {
        let pointer: String = error.path().iter().map(|segment| format!("/{segment}")).collect();
        Problem::invalid(vec![Violation::at(pointer, "not_readable").with("reason", error.inner())])
    })
}

async fn read_body(
    request: &HttpRequest,
    mut payload: Payload,
    expected: &[&'static str],
    max: usize,
) -> Result<Vec<u8>, Problem> {
    let too_large = || Problem::new(Code::BodyTooLarge).with("limit", max);
    let length = text_header(request, "content-length").and_then(|length| length.parse::<usize>().ok());
    if length.is_some_and(|length| length > max) {
        return Err(too_large());
    }
    let whole = async {
        let mut bytes = Vec::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|error| Problem::new(Code::MalformedRequest).with("reason", error))?;
            if bytes.len().saturating_add(chunk.len()) > max {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    };
    let bytes = tokio::time::timeout(BODY_TIMEOUT, whole).await.map_err(|_| Problem::new(Code::RequestTimeout))??;
    let kind = media_type(request);
    let known = expected.contains(&kind.as_str());
    let plain = text_header(request, "content-encoding").is_none_or(|encoding| encoding.eq_ignore_ascii_case("identity"));
    let absent = bytes.is_empty() && kind.is_empty();
    if !(known || absent) || !plain {
        return Err(Problem::new(Code::UnsupportedMediaType).with("expected", expected.first().copied().unwrap_or_default()));
    }
    Ok(bytes)
}

/// The media type of the body, without parameters.
fn media_type(request: &HttpRequest) -> String {
    let kind = text_header(request, "content-type").unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

pub(crate) fn text_header(request: &HttpRequest, name: &str) -> Option<String> {
    request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// A digest of what was asked: method, address and body.
fn fingerprint(request: &HttpRequest, body: &[u8]) -> String {
    let mut digest = Sha256::new();
    digest.update(format!("{} {}\n", request.method(), request.uri()));
    digest.update(body);
    URL_SAFE_NO_PAD.encode(digest.finalize())
}

fn idempotency_key(request: &HttpRequest) -> Result<Option<String>, Problem> {
    if request.method() != Method::POST {
        return Ok(None);
    }
    let Some(value) = request.headers().get("idempotency-key") else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    let bare = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    if bare.is_empty() || bare.len() > 255 || !bare.bytes().all(|byte| byte.is_ascii_graphic()) {
        let expected = "1 to 255 printable ASCII characters without spaces";
        return Err(Problem::new(Code::InvalidHeader).with("name", "Idempotency-Key").with("expected", expected));
    }
    Ok(Some(bare.to_owned()))
}

fn if_match(request: &HttpRequest) -> Option<IfMatch> {
    // A header that cannot be read names no version: it must not count as none at all.
    let text = request.headers().get(header::IF_MATCH)?.to_str().unwrap_or_default();
    if text.trim() == "*" {
        return Some(IfMatch::Any);
    }
    // Weak or bare tags are read too; a tag that was never given matches nothing.
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").trim_matches('"').parse::<i64>();
    Some(IfMatch::Versions(text.split(',').filter_map(|tag| opaque(tag).ok()).collect()))
}

/// The name that a caller's other system has for a resource, in the path.
#[derive(Debug)]
pub struct PathReference(pub ExternalReference);

impl FromRequest for PathReference {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let reference = (|| {
            let part = |name: &str| request.match_info().query(name).to_owned();
            let reference = ExternalReference { system: part("system"), id: part("external_id") };
            let written = serde_json::to_value(&reference).map_err(|error| Problem::internal(error.to_string()))?;
            app(request)?.contract.check_body(&ExternalReference::name(), &written).map_err(|problem| {
                match problem.errors().first() {
                    Some(Violation { place: Place::Body(pointer), params, .. }) => {
                        let name = if pointer == "/system" { "system" } else { "external_id" };
                        let expected = params.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(" ");
                        Problem::new(Code::InvalidPathParameter).with("name", name).with("expected", expected)
                    }
                    _ => problem,
                }
            })?;
            Ok(Self(reference))
        })();
        Box::pin(async { reference })
    }
}

/// An id in the path.
pub struct PathId<K: StaticType>(pub Id<K>);

impl<K: StaticType + 'static> FromRequest for PathId<K> {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        // The first parameter that is named after the kind: `{registration_id}`.
        let first = request.match_info().iter().next();
        let (name, text) = first.map(|(name, text)| (name.to_owned(), text.to_owned())).unwrap_or_default();
        let id = text.parse::<Id<K>>().map(Self);
        Box::pin(async move {
            id.map_err(|_| {
                let expected = format!("{}_ and 26 characters", K::TYPE);
                Problem::new(Code::InvalidPathParameter).with("name", name).with("expected", expected)
            })
        })
    }
}

/// The filters of a list, held against the contract.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let filters = (|| {
            let query = checked_query(request, &*app(request)?, &*arrival(request)?)?;
            let filters = serde_json::from_value(Value::Object(query));
            filters.map(Self).map_err(|error| Problem::internal(error.to_string()))
        })();
        Box::pin(async { filters })
    }
}

fn checked_query(request: &HttpRequest, app: &App, arrival: &Arrival) -> Result<Map<String, Value>, Problem> {
    let operation = arrival.operation.as_deref().unwrap_or_default();
    app.contract.check_query(operation, request.query_string())
}

/// The parameters that every list of mirrored resources has.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the parameters; `Paging` reads them")]
pub struct PageQuery {
    /// How many rows at most.
    #[param(minimum = 1, maximum = 200, default = 50, nullable = false)]
    limit: Option<i64>,
    /// The cursor of the page before, from its `next`.
    #[param(
        min_length = 1,
        max_length = 400,
        pattern = "^[A-Za-z0-9_-]+$",
        example = "eyJpZCI6IjAxOTNkNWQ4In0",
        nullable = false
    )]
    after: Option<String>,
    /// Only what changed at or after this instant, in the order of change: to keep a copy up to date. What changed at the same
    /// time may become visible in another order: ask from a minute before the last change that you have. What ended stays in the
    /// list, in its last state; what left your sight for another company's is not in it: `GET /v1/events` tells of it once, by an
    /// event whose kind ends in `.left`.
    #[param(nullable = false)]
    updated_since: Option<DateTime<Utc>>,
}

/// Which page of a list is asked for.
#[derive(Debug, Clone)]
pub struct Paging {
    page: Page,
    limit: i64,
    filters: String,
}

#[derive(Serialize, Deserialize)]
struct Cursor {
    id: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<i64>,
    filters: String,
}

impl FromRequest for Paging {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let paging = (|| {
            let mut query = checked_query(request, &*app(request)?, &*arrival(request)?)?;
            Self::of(&mut query)
        })();
        Box::pin(async { paging })
    }
}

impl Paging {
    fn of(query: &mut Map<String, Value>) -> Result<Self, Problem> {
        let limit = query.remove("limit").and_then(|limit| limit.as_i64()).unwrap_or(LIMIT_DEFAULT);
        let after = query.remove("after");
        let filters = URL_SAFE_NO_PAD.encode(Sha256::digest(Value::Object(query.clone()).to_string())).chars().take(16).collect();
        let updated_since = query.get("updated_since").and_then(Value::as_str).map(str::parse).transpose();
        let updated_since = updated_since.map_err(|_| {
            let fault = Violation::of_parameter("updated_since", "wrong_format").with("expected", "date-time");
            Problem::invalid(vec![fault])
        })?;
        let after = after.as_ref().and_then(Value::as_str).map(|text| place(text, &filters)).transpose()?;
        // One row more than asked for tells whether there is a next page.
        let page = Page { limit: limit.saturating_add(1), after, updated_since };
        Ok(Self { page, limit, filters })
    }

    /// What the query has to find.
    #[must_use]
    pub fn page(&self) -> Page {
        self.page
    }

    /// Cuts what was found to the page, with the cursor of the next one.
    #[must_use]
    pub fn cut<T>(&self, mut found: Vec<T>, place: impl Fn(&T) -> (Uuid, DateTime<Utc>)) -> (Vec<T>, Option<String>) {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        if found.len() <= limit {
            return (found, None);
        }
        found.truncate(limit);
        let next = found.last().map(|last| {
            let (id, updated_at) = place(last);
            let at = self.page.updated_since.is_some().then(|| updated_at.timestamp_micros());
            let cursor = Cursor { id, at, filters: self.filters.clone() };
            URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).unwrap_or_default())
        });
        (found, next)
    }
}

fn place(text: &str, filters: &String) -> Result<ListPlace, Problem> {
    let cursor = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| serde_json::from_slice::<Cursor>(&bytes).ok());
    let cursor = cursor.filter(|cursor| cursor.filters == *filters);
    let cursor = cursor.ok_or_else(|| Problem::invalid(vec![Violation::of_parameter("after", "invalid_cursor")]))?;
    Ok(ListPlace { updated_at: cursor.at.and_then(DateTime::from_timestamp_micros), id: cursor.id })
}

/// A field of a merge patch: absent, null (take it away) or a value.
///
/// # Errors
/// Those of the value's own reading.
pub fn present<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}
