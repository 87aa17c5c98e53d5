//! Failures as RFC 9457 problems: stable codes from one table, every violation at once, texts in the caller's language.
//!
//! What a caller may read and what an operator needs travel together and cannot be mixed up: [`Problem::cause`] goes to the
//! log with the request id, and never into an answer.

mod codes;
mod text;

use std::{borrow::Cow, fmt};

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};
use persistence::error::{CommandError, DbError};
use serde_json::{Map, Value, json};

pub use codes::Code;
pub use text::{LANGUAGES, Language, say};
pub(crate) use text::{thousandths, violations};

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where in the request it is.
    pub place: Place,
    /// A stable word for the rule. Its text is `violation.<code>` in `locales/`.
    pub code: &'static str,
    /// The R or D number of the rule, where it is one of the network's.
    pub rule: Option<Cow<'static, str>>,
    /// What its text needs to say, by name.
    pub params: Vec<(&'static str, String)>,
}

/// A place in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A part of the body, as an RFC 6901 pointer; empty for the body as a whole.
    Body(String),
    /// A query parameter.
    Query(String),
}

impl Violation {
    /// A violation at a pointer into the body.
    #[must_use]
    pub fn at(pointer: impl Into<String>, code: &'static str) -> Self {
        Self { place: Place::Body(pointer.into()), code, rule: None, params: Vec::new() }
    }

    /// A violation of a query parameter.
    #[must_use]
    pub fn of_parameter(name: impl Into<String>, code: &'static str) -> Self {
        Self { place: Place::Query(name.into()), code, rule: None, params: Vec::new() }
    }

    /// Names the rule.
    #[must_use]
    pub fn rule(mut self, rule: impl Into<Cow<'static, str>>) -> Self {
        self.rule = Some(rule.into());
        self
    }

    /// Adds something that the text says.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.params.push((name, value.to_string()));
        self
    }

    fn to_json(&self, language: Language) -> Value {
        let Self { place, code, rule, params } = self;
        let mut object = Map::new();
        match place {
            Place::Body(pointer) => object.insert("pointer".to_owned(), json!(pointer)),
            Place::Query(name) => object.insert("parameter".to_owned(), json!(name)),
        };
        object.insert("code".to_owned(), json!(code));
        object.insert("message".to_owned(), json!(say(language, &format!("violation.{code}"), params)));
        if let Some(rule) = rule {
            object.insert("rule".to_owned(), json!(rule));
        }
        Value::Object(object)
    }
}

/// Why a request was not carried out.
#[derive(Debug)]
pub struct Problem {
    code: Code,
    errors: Vec<Violation>,
    params: Vec<(&'static str, String)>,
    retry_after: Option<u64>,
    allow: Option<String>,
    cause: Option<DbError>,
    context: Option<String>,
}

impl Problem {
    /// A problem of a code.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self { code, errors: Vec::new(), params: Vec::new(), retry_after: None, allow: None, cause: None, context: None }
    }

    /// A readable request that breaks rules: all of them.
    #[must_use]
    pub fn invalid(errors: Vec<Violation>) -> Self {
        Self { errors, ..Self::new(Code::InvalidRequest) }
    }

    /// There is no such thing, or the caller may not see it.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(Code::NotFound)
    }

    /// The state does not allow the action.
    #[must_use]
    pub fn state_conflict(action: &str, state: &str) -> Self {
        Self::new(Code::StateConflict).with("action", action).with("state", state)
    }

    /// Something else already has this key.
    #[must_use]
    pub fn already_exists(violation: Violation) -> Self {
        Self { errors: vec![violation], ..Self::new(Code::AlreadyExists) }
    }

    /// A mistake on our side, with what an operator needs to find it.
    #[must_use]
    pub fn internal(context: impl Into<String>) -> Self {
        Self { context: Some(context.into()), ..Self::new(Code::InternalError) }
    }

    /// Adds violations.
    #[must_use]
    pub fn violations(mut self, errors: Vec<Violation>) -> Self {
        self.errors.extend(errors);
        self
    }

    /// Adds something that the detail says.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.params.push((name, value.to_string()));
        self
    }

    /// Says when to try again, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Says which methods the address has.
    #[must_use]
    pub fn allow(mut self, methods: impl Into<String>) -> Self {
        self.allow = Some(methods.into());
        self
    }

    /// The same problem for another answer. Its cause stays behind: it is logged where the first one is.
    #[must_use]
    pub fn again(&self) -> Self {
        let Self { code, errors, params, retry_after, allow, cause: _, context: _ } = self;
        Self {
            code: *code,
            errors: errors.clone(),
            params: params.clone(),
            retry_after: *retry_after,
            allow: allow.clone(),
            cause: None,
            context: self.cause(),
        }
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// The broken rules.
    #[must_use]
    pub fn errors(&self) -> &[Violation] {
        &self.errors
    }

    /// What an operator needs to know, never shown to the caller.
    #[must_use]
    pub fn cause(&self) -> Option<String> {
        self.cause.as_ref().map(ToString::to_string).or_else(|| self.context.clone())
    }

    /// The body, in `language`, for the request `request_id`.
    #[must_use]
    pub fn to_json(&self, language: Language, request_id: &str) -> Value {
        let code = self.code.name();
        let errors: Vec<Value> = self.errors.iter().map(|error| error.to_json(language)).collect();
        let mut body = json!({
            "type": format!("/docs/errors/{code}"),
            "title": say(language, &format!("problem.{code}.title"), &[]),
            "status": self.code.status(),
            "detail": say(language, &format!("problem.{code}.detail"), &self.params),
            "instance": format!("urn:entente:request:{request_id}"),
            "code": code,
        });
        if let (Some(object), false) = (body.as_object_mut(), errors.is_empty()) {
            object.insert("errors".to_owned(), Value::Array(errors));
        }
        body
    }

    /// The answer, in `language`, for the request `request_id`.
    #[must_use]
    pub fn answer(&self, language: Language, request_id: &str) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        answer.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        answer.insert_header((header::CONTENT_LANGUAGE, language.tag()));
        if let Some(seconds) = self.retry_after {
            answer.insert_header((header::RETRY_AFTER, seconds));
            if self.code == Code::TooManyRequests {
                answer.insert_header(("ratelimit", format!("\"requests\";r=0;t={seconds}")));
            }
        }
        if let Some(Ok(methods)) = self.allow.as_deref().map(HeaderValue::from_str) {
            answer.insert_header((header::ALLOW, methods));
        }
        if self.code.status() == 401 {
            let challenge = if self.code == Code::InvalidCredentials { "Bearer" } else { "Bearer error=\"invalid_token\"" };
            answer.insert_header((header::WWW_AUTHENTICATE, challenge));
        }
        answer.body(self.to_json(language, request_id).to_string())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.name())?;
        self.errors.iter().try_for_each(|error| write!(f, " {}", error.code))
    }
}

impl std::error::Error for Problem {}

/// The edge renders a problem again, in the caller's language and with the request's id.
impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        self.answer(Language::En, "unknown")
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        if error.is_unavailable() || error.is_retryable() {
            return Self { cause: Some(error), ..Self::new(Code::Unavailable) }.retry_after(1);
        }
        Self { cause: Some(error), ..Self::new(Code::InternalError) }
    }
}

impl CommandError for Problem {
    fn database(&self) -> Option<&DbError> {
        self.cause.as_ref()
    }
}
