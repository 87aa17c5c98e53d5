//! The contract: OpenAPI 3.1, made from the handlers, and the measure that every request is held against.
//!
//! Handlers state what is theirs: path, summary, bodies. What follows from the conventions and from the table of access is
//! added here, once: security, ids in paths, idempotency keys, entity tags, dry runs, problems.

mod open;

use std::collections::BTreeMap;

use actix_web::App as ActixApp;
use serde_json::{Map, Value, json};
use utoipa::OpenApi;
use utoipa_actix_web::AppExt;

use crate::{
    access::{Access, access_to},
    problem::{Code, Problem, Violation},
    schema::{Schemas, UnusableSchema},
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Entente",
        description = "The backend of a partner network: who may sell what and for whom, whose prospect it is, who owes whom what, and why.\n\n\
            Every list is cursor-paged, every resource has an `ETag` made from its version, every POST takes an `Idempotency-Key`, and every \
            failure is an RFC 9457 problem with a stable `code` and all violations at once. Money is a decimal string with exactly the \
            currency's digits; rates are decimal fractions. Answers may gain fields and enum values; requests with unknown fields \
            or with the character U+0000 in a text are refused.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
        contact(name = "Entente")
    ),
    servers((url = "/", description = "This server")),
    tags(
        (name = "identity", description = "People, integrations and how they prove who they are."),
        (name = "network", description = "The network: masters, partnership types and their terms."),
        (name = "catalogue", description = "What can be sold: the network's modules and services, complementary products, partners' own."),
        (name = "applications", description = "How a would-be partner comes in: it applies to one master, which decides."),
        (name = "partners", description = "Partners and their record."),
        (name = "agreements", description = "Agreements, their supervision and their stages."),
        (name = "registrations", description = "Registrations of prospects, and the protection that an accepted one gives."),
        (name = "customers", description = "Customers, each with the one company that is responsible for it."),
        (name = "proposals", description = "Proposals in versions; signing one makes the contract."),
        (name = "contracts", description = "What customers signed: lines, duties, and who earns by it."),
        (name = "annuities", description = "What a customer pays for twelve contract months, and its instalments."),
        (name = "ledger", description = "Who owes whom what, and why."),
        (name = "events", description = "Everything that happened, in an order that can be followed."),
        (name = "health", description = "Whether the service lives and can work."),
    ),
    components(schemas(ProblemBody, ProblemViolation))
)]
struct Base;

/// A failure (RFC 9457).
#[derive(utoipa::ToSchema)]
#[schema(as = Problem)]
#[expect(dead_code, reason = "it only describes what problems look like")]
struct ProblemBody {
    /// Leads to a page about the code.
    #[schema(rename = "type", format = "uri-reference", example = "/docs/errors/invalid_request")]
    r#type: String,
    /// What kind of failure it is, in the caller's language.
    title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What went wrong, in the caller's language.
    detail: String,
    /// The request it happened in.
    #[schema(format = "uri-reference", example = "urn:entente:request:0193d5d8c2a37b7e8f6a2b1c0d9e8f7a")]
    instance: String,
    /// A stable word for the failure; it never changes with the language.
    #[schema(example = "invalid_request")]
    code: String,
    /// Every broken rule.
    #[schema(required = false)]
    errors: Vec<ProblemViolation>,
}

/// One broken rule.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it only describes what problems look like")]
struct ProblemViolation {
    /// Where in the body, as an RFC 6901 pointer.
    #[schema(required = false, example = "/legal_form")]
    pointer: String,
    /// Which query parameter.
    #[schema(required = false, example = "limit")]
    parameter: String,
    /// A stable word for the rule.
    #[schema(example = "legal_form_not_allowed")]
    code: String,
    /// The rule in plain words, in the caller's language.
    message: String,
    /// The requirement or decision behind it.
    #[schema(required = false, example = "R13")]
    rule: String,
}

/// The contract.
pub struct Contract {
    document: Value,
    yaml: String,
    schemas: Schemas,
    operations: BTreeMap<(String, String), String>,
    parameters: BTreeMap<String, Map<String, Value>>,
}

/// The contract cannot be used: a mistake of ours, found when the service starts.
#[derive(Debug, thiserror::Error)]
pub enum BrokenContract {
    /// It cannot be written.
    #[error("the contract cannot be written: {0}")]
    Unwritable(String),
    /// Its schemas cannot be compiled.
    #[error(transparent)]
    Schemas(#[from] UnusableSchema),
}

impl Contract {
    /// Makes the contract from the routes.
    ///
    /// # Errors
    /// [`BrokenContract`]: a mistake of ours.
    pub fn new() -> Result<Self, BrokenContract> {
        let unwritable = |error: &dyn std::fmt::Display| BrokenContract::Unwritable(error.to_string());
        let (_, made) =
            ActixApp::new().into_utoipa_app().openapi(Base::openapi()).configure(crate::app::routes).split_for_parts();
        let mut document = serde_json::to_value(&made).map_err(|error| unwritable(&error))?;
        finish::complete(&mut document);
        open::open_answers(&mut document);
        let whole: utoipa::openapi::OpenApi = serde_json::from_value(document.clone()).map_err(|error| unwritable(&error))?;
        let yaml = whole.to_yaml().map_err(|error| unwritable(&error))?;
        let (operations, parameters) = index(&document);
        let mut components = document.pointer("/components").cloned().unwrap_or_default();
        name_parameters(&parameters, &mut components);
        Ok(Self { schemas: Schemas::new(components)?, document, yaml, operations, parameters })
    }

    /// The document as JSON.
    #[must_use]
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// The document as YAML, as it is committed.
    #[must_use]
    pub fn yaml(&self) -> &str {
        &self.yaml
    }

    /// The operation of a method at a path pattern.
    #[must_use]
    pub fn operation(&self, method: &str, pattern: &str) -> Option<&str> {
        self.operations.get(&(pattern.to_owned(), method.to_owned())).map(String::as_str)
    }

    /// The methods that a path pattern has.
    #[must_use]
    pub fn methods(&self, pattern: &str) -> Vec<&str> {
        let of_pattern = self.operations.keys().filter(|(path, _)| path == pattern);
        of_pattern.map(|(_, method)| method.as_str()).collect()
    }

    /// Holds a body against the schema of its name.
    ///
    /// # Errors
    /// `invalid_request` with every violation.
    pub fn check_body(&self, schema: &str, body: &Value) -> Result<(), Problem> {
        let faults = self.schemas.validate(schema, body).map_err(|error| Problem::internal(error.to_string()))?;
        if faults.is_empty() {
            return Ok(());
        }
        let violations =
            faults.into_iter().map(|fault| Violation { params: fault.params, ..Violation::at(fault.pointer, fault.code) });
        Err(Problem::invalid(violations.collect()))
    }

    /// Reads a query string as the operation's parameters say: every unknown or wrong one at once.
    ///
    /// # Errors
    /// `invalid_request` with every violation.
    pub fn check_query(&self, operation: &str, query: &str) -> Result<Map<String, Value>, Problem> {
        let none = Map::new();
        let known = self.parameters.get(operation).unwrap_or(&none);
        let mut values = Map::new();
        let mut violations = Vec::new();
        for (name, text) in form_urlencoded(query) {
            let Some(schema) = known.get(&name) else {
                violations.push(Violation::of_parameter(name.clone(), "unknown_parameter").with("field", name));
                continue;
            };
            if values.contains_key(&name) {
                violations.push(Violation::of_parameter(name, "repeated_parameter"));
                continue;
            }
            let value = typed(schema, &text);
            let faults = self.schemas.validate(&parameter_schema(operation, &name), &value);
            for fault in faults.map_err(|error| Problem::internal(error.to_string()))? {
                violations.push(Violation { params: fault.params, ..Violation::of_parameter(name.clone(), fault.code) });
            }
            values.insert(name, value);
        }
        if violations.is_empty() { Ok(values) } else { Err(Problem::invalid(violations)) }
    }
}

/// A query parameter's text as its schema reads it; what does not fit stays a text, and is told so.
fn typed(schema: &Value, text: &str) -> Value {
    let is = |kind: &str| match schema.get("type") {
        Some(Value::String(one)) => one == kind,
        Some(Value::Array(several)) => several.iter().any(|one| one == kind),
        _ => false,
    };
    if is("integer")
        && let Ok(number) = text.parse::<i64>()
    {
        return json!(number);
    }
    if is("boolean")
        && let Ok(flag) = text.parse::<bool>()
    {
        return json!(flag);
    }
    json!(text)
}

pub(crate) fn form_urlencoded(query: &str) -> Vec<(String, String)> {
    actix_web::web::Query::<Vec<(String, String)>>::from_query(query).map(actix_web::web::Query::into_inner).unwrap_or_default()
}

fn parameter_schema(operation: &str, name: &str) -> String {
    format!("{operation}.{name}")
}

fn name_parameters(parameters: &BTreeMap<String, Map<String, Value>>, components: &mut Value) {
    let Some(schemas) = components.get_mut("schemas").and_then(Value::as_object_mut) else { return };
    for (operation, of_operation) in parameters {
        for (name, schema) in of_operation {
            schemas.insert(parameter_schema(operation, name), schema.clone());
        }
    }
}

type Operations = BTreeMap<(String, String), String>;
type Parameters = BTreeMap<String, Map<String, Value>>;

/// Where each operation is, and which query parameters it has.
fn index(document: &Value) -> (Operations, Parameters) {
    let mut operations = Operations::new();
    let mut parameters = Parameters::new();
    let paths = document.get("paths").and_then(Value::as_object);
    for (path, methods) in paths.into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let Some(id) = operation.get("operationId").and_then(Value::as_str) else { continue };
            operations.insert((path.clone(), method.to_uppercase()), id.to_owned());
            let listed = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
            let of_query = listed.filter(|parameter| parameter.get("in") == Some(&json!("query")));
            let named = of_query
                .filter_map(|parameter| Some((parameter.get("name")?.as_str()?.to_owned(), parameter.get("schema")?.clone())));
            parameters.insert(id.to_owned(), named.collect());
        }
    }
    (operations, parameters)
}

mod finish {
    //! What follows from the conventions, added to every operation.

    use super::{Access, Code, Map, Value, access_to, json};

    pub(super) fn complete(document: &mut Value) {
        if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
            components.insert("securitySchemes".to_owned(), security_schemes());
            components.insert("responses".to_owned(), json!({ "Problem": problem() }));
        }
        let references = document.pointer("/components/schemas/ExternalReference/properties").cloned().unwrap_or_default();
        let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
        for (path, methods) in paths {
            for (method, operation) in methods.as_object_mut().into_iter().flatten() {
                if let Some(operation) = operation.as_object_mut() {
                    complete_operation(path, method, operation, &references);
                }
            }
        }
    }

    fn security_schemes() -> Value {
        json!({
            "bearer": {
                "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                "description": "An access token of POST /v1/auth/login (people) or POST /v1/oauth/token (integrations); it lives ten minutes.",
            },
        })
    }

    fn problem() -> Value {
        json!({
            "description": "A failure, as an RFC 9457 problem.",
            "headers": {
                "X-Request-Id": { "description": "The request's id.", "schema": { "type": "string" } },
                "Retry-After": { "description": "In how many seconds the same request may succeed.", "schema": { "type": "integer" } },
                "RateLimit": { "description": "With 429: what is left, and in how many seconds there is more.", "schema": { "type": "string" } },
            },
            "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
        })
    }

    fn complete_operation(path: &str, method: &str, operation: &mut Map<String, Value>, references: &Value) {
        let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default().to_owned();
        let access = access_to(&id);
        let public = access == Some(Access::Public);
        operation.insert("security".to_owned(), if public { json!([]) } else { json!([{ "bearer": [] }]) });
        let open_to = access.map(open_to).unwrap_or_default();
        let described = operation.get("description").and_then(Value::as_str).map(|text| format!("{text}\n\n"));
        operation.insert("description".to_owned(), json!(described.unwrap_or_default() + &open_to));
        if let Some(Access::Callers { people, integrations }) = access {
            let roles: Vec<&str> = people.iter().map(|role| role.word()).collect();
            let mut who = json!({ "roles": roles });
            if let (Some(integrations), Some(who)) = (integrations, who.as_object_mut()) {
                who.insert("scope".to_owned(), json!(integrations.scope.word()));
                let sides = [("master", integrations.of_masters), ("partner", integrations.of_partners)];
                let sides: Vec<&str> = sides.into_iter().filter(|(_, may)| *may).map(|(side, _)| side).collect();
                who.insert("integrations_of".to_owned(), json!(sides));
            }
            operation.insert("x-access".to_owned(), who);
        }
        let changes = matches!(method, "post" | "patch" | "put");
        let of_one = path.ends_with('}') || path == "/v1/network";
        let mut parameters = path_parameters(path, references);
        let own = operation.remove("parameters").and_then(|own| own.as_array().cloned()).unwrap_or_default();
        parameters.extend(own.into_iter().filter(|parameter| parameter.get("in") != Some(&json!("path"))).map(exemplified));
        if changes && !public {
            parameters.push(dry_run());
        }
        if method == "post" && (!public || id == "submit_application") {
            parameters.push(idempotency_key());
        }
        if changes && !public && path.contains("_id}") {
            parameters.push(if_match(method == "patch"));
        }
        if method == "get" && !public && of_one {
            parameters.push(if_none_match());
        }
        if !parameters.is_empty() {
            operation.insert("parameters".to_owned(), Value::Array(parameters));
        }
        if method == "patch" {
            accept_merge_patch(operation);
        }
        complete_responses(operation, method, public, of_one, path);
    }

    /// Who may call, in words.
    fn open_to(access: Access) -> String {
        let Access::Callers { people, integrations } = access else { return "Open to everybody.".to_owned() };
        let roles: Vec<String> = people.iter().map(|role| format!("`{}`", role.word())).collect();
        let people = format!("Open to people in the roles {}", roles.join(", "));
        match integrations {
            None => format!("{people}."),
            Some(it) => {
                let whose = match (it.of_masters, it.of_partners) {
                    (true, true) => "integrations",
                    (true, false) => "integrations of masters",
                    _ => "integrations of partners",
                };
                format!("{people}, and to {whose} with the scope `{}`.", it.scope.word())
            }
        }
    }

    fn path_parameters(path: &str, references: &Value) -> Vec<Value> {
        let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        names.map(|name| path_parameter(name, references)).collect()
    }

    /// The parameter with its example in the schema too, where generators look for it.
    fn exemplified(mut parameter: Value) -> Value {
        if let Some(example) = parameter.get("example").cloned()
            && let Some(schema) = parameter.get_mut("schema").and_then(Value::as_object_mut)
        {
            schema.insert("example".to_owned(), example);
        }
        parameter
    }

    fn path_parameter(name: &str, references: &Value) -> Value {
        let schema = match name.strip_suffix("_id").filter(|kind| *kind != "external") {
            Some(kind) => {
                let prefix = match kind {
                    "partnership_type" => "ptype",
                    "catalogue_item" => "item",
                    "ledger_entry" => "entry",
                    kind => kind,
                };
                json!({
                    "type": "string", "pattern": format!("^{prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$"),
                    "example": format!("{prefix}_01h2xcejqtf2nbrexx3vqjhp41"),
                })
            }
            // The same schema as in a body: what names a resource there names it here.
            None => references.get(if name == "system" { "system" } else { "id" }).cloned().unwrap_or_default(),
        };
        json!({ "name": name, "in": "path", "required": true, "schema": schema })
    }

    fn dry_run() -> Value {
        json!({
            "name": "dry_run", "in": "query", "required": false,
            "description": "The full answer, and nothing is written.", "schema": { "type": "boolean" },
        })
    }

    fn idempotency_key() -> Value {
        json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "The same key and body replay the kept answer for at least 24 hours; the same key with another body is 422.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$", "example": "0f7c1a52-7a0e-4a8e-9a35-2f1f7a3b9c11" },
        })
    }

    fn if_match(required: bool) -> Value {
        json!({
            "name": "If-Match", "in": "header", "required": required,
            "description": "The ETag that was read: another version is 412.",
            "schema": { "type": "string", "example": "\"1\"" },
        })
    }

    fn if_none_match() -> Value {
        json!({
            "name": "If-None-Match", "in": "header", "required": false,
            "description": "The ETag that is known: the same version answers 304.",
            "schema": { "type": "string", "example": "\"1\"" },
        })
    }

    fn accept_merge_patch(operation: &mut Map<String, Value>) {
        let content = operation.get_mut("requestBody").and_then(|body| body.get_mut("content")).and_then(Value::as_object_mut);
        if let Some(content) = content
            && let Some(json) = content.get("application/json").cloned()
        {
            content.insert("application/merge-patch+json".to_owned(), json);
        }
    }

    fn complete_responses(operation: &mut Map<String, Value>, method: &str, public: bool, of_one: bool, path: &str) {
        let has_body = operation.contains_key("requestBody");
        let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
        for (status, response) in responses.iter_mut() {
            if status.starts_with('2')
                && let Some(response) = response.as_object_mut()
                && let Some(headers) = response.entry("headers").or_insert_with(|| json!({})).as_object_mut()
            {
                headers.insert(
                    "X-Request-Id".to_owned(),
                    json!({ "description": "The request's id.", "schema": { "type": "string" } }),
                );
                if !public && (of_one || method != "get") {
                    let tag = json!({ "description": "The resource's version.", "schema": { "type": "string" } });
                    headers.insert("ETag".to_owned(), tag);
                }
                if status == "201" {
                    let place = json!({ "description": "Where it is.", "schema": { "type": "string" } });
                    headers.insert("Location".to_owned(), place);
                }
            }
        }
        if !public && let Some(created) = responses.get("201").cloned() {
            let mut tried = created;
            if let Some(tried) = tried.as_object_mut() {
                tried.insert("description".to_owned(), json!("A dry run: what would be made, and nothing was."));
                if let Some(headers) = tried.get_mut("headers").and_then(Value::as_object_mut) {
                    headers.remove("Location");
                }
            }
            responses.entry("200").or_insert(tried);
        }
        if method == "get" && of_one && !public {
            responses.insert("304".to_owned(), json!({ "description": "The caller has this version already." }));
        }
        let changes = method != "get";
        for code in Code::ALL {
            let fits = match code.status() {
                400 | 404 | 405 | 414 | 422 | 429 | 431 | 500 | 503 => true,
                401 => !public || path.starts_with("/v1/auth") || path.starts_with("/v1/oauth"),
                403 | 406 => !public,
                410 => path == "/v1/events" || path == "/v1/invitations/accept",
                408 | 413 | 415 => has_body || changes,
                409 => changes,
                412 => changes && !public,
                428 => method == "patch",
                _ => false,
            };
            if fits {
                responses.entry(code.status().to_string()).or_insert_with(|| json!({ "$ref": "#/components/responses/Problem" }));
            }
        }
    }
}
