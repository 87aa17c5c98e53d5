//! The contract: OpenAPI 3.1, made from the handlers, and the measure that every request is held against.
//!
//! Handlers state what is theirs: path, summary, bodies. What follows from the conventions and from the table of access is
//! added here, once: security, ids in paths, idempotency keys, entity tags, dry runs, problems.

mod finish;
mod open;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use crate::{
    problem::{Problem, Violation},
    schema::{Schemas, UnusableSchema, step},
    wire::Money,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Entente",
        description = "The backend of a partner network: who may sell what and for whom, whose prospect it is, who owes whom what, and why.\n\n\
            Every list is cursor-paged, every resource has an `ETag` made from its version, every POST takes an `Idempotency-Key`, and every \
            failure is an RFC 9457 problem with a stable `code` and all violations at once. Money is a decimal string with exactly the \
            currency's digits; rates are decimal fractions. A date in a request is a day from 1000-01-01 to 2999-12-31. Answers may gain fields and enum values; requests with unknown fields \
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
        (name = "continuity", description = "No customer is left alone: guarantees of partners, and cases by which others take over."),
        (name = "qualifications", description = "What partners have shown that they can do: reviewed by a master, valid for a time."),
        (name = "academy", description = "Courses and webinars, their sessions, who takes part, and certificates."),
        (name = "benefits", description = "What partners get beside money, and what is left of it."),
        (name = "agreements", description = "Agreements, their supervision and their stages."),
        (name = "amendments", description = "Changes of rules: proposed, simulated on past sales, decided by a second person, and applied."),
        (name = "entry-fees", description = "What a partner owes for the segment it is conceded: assessed, approved by a second person, invoiced."),
        (name = "minimum-sales", description = "How many sales agreements ask for in each of their years, and how many were signed."),
        (name = "findings", description = "What the service found and a master has to look at; none has a consequence by itself."),
        (name = "obligations", description = "Everything that runs out or is due, with its day."),
        (name = "registrations", description = "Registrations of prospects, and the protection that an accepted one gives."),
        (name = "disputes", description = "Objections to another partner's protection: both sides are heard, a master decides, another hears an appeal."),
        (name = "promotion", description = "What promoters do for network companies beside selling: introductions and their way to a customer, follow-ups of proposals, portfolios of customers, areas of expertise and projects."),
        (name = "customers", description = "Customers, each with the one company that is responsible for it."),
        (name = "proposals", description = "Proposals in versions; signing one makes the contract."),
        (name = "quotes", description = "What a sale would bring to everyone involved, before it is made."),
        (name = "contracts", description = "What customers signed: lines, duties, and who earns by it."),
        (name = "annuities", description = "What a customer pays for twelve contract months, and its instalments."),
        (name = "ledger", description = "Who owes whom what, and why."),
        (name = "payouts", description = "Where companies are paid, what is paid to them, and what their banks say of it."),
        (name = "statements", description = "What companies owe each other for a period, with tax: closing runs, sealed statements, tax profiles."),
        (name = "support", description = "What partners ask their master to draft for them, and who answers a customer."),
        (name = "events", description = "Everything that happened, in an order that can be followed."),
        (name = "health", description = "Whether the service lives and can work."),
    ),
    components(schemas(ProblemBody, ProblemViolation))
)]
pub(crate) struct Base;

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
    answers: BTreeMap<String, Vec<String>>,
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
    /// The contract that the operations make, completed by what follows from the conventions.
    ///
    /// # Errors
    /// [`BrokenContract`]: a mistake of ours.
    pub fn of(made: &utoipa::openapi::OpenApi) -> Result<Self, BrokenContract> {
        let unwritable = |error: &dyn std::fmt::Display| BrokenContract::Unwritable(error.to_string());
        let mut document = serde_json::to_value(made).map_err(|error| unwritable(&error))?;
        finish::complete(&mut document);
        open::open_answers(&mut document);
        let whole: utoipa::openapi::OpenApi = serde_json::from_value(document.clone()).map_err(|error| unwritable(&error))?;
        let yaml = whole.to_yaml().map_err(|error| unwritable(&error))?;
        let (operations, parameters) = index(&document);
        let answers = answers(&document);
        let mut components = document.pointer("/components").cloned().unwrap_or_default();
        name_parameters(&parameters, &mut components);
        Ok(Self { schemas: Schemas::new(components)?, document, yaml, operations, parameters, answers })
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

    /// The media types in which an operation answers.
    #[must_use]
    pub fn answers(&self, operation: &str) -> Vec<&str> {
        self.answers.get(operation).into_iter().flatten().map(String::as_str).collect()
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
        let mut violations: Vec<Violation> = violations.collect();
        look_for_amounts(body, "", &mut violations);
        Err(Problem::invalid(violations))
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

/// Finds the amounts that have not the digits of their currency, which no schema can say, and those that are less than nothing,
/// which answers may have and no request may: who is told of one fault is told of them all. What the schema finds wrong with an
/// amount is said already.
fn look_for_amounts(value: &Value, at: &str, violations: &mut Vec<Violation>) {
    match value {
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                look_for_amounts(item, &step(at, &place.to_string()), violations);
            }
        }
        Value::Object(fields) => {
            let money = serde_json::from_value::<Money>(value.clone()).ok();
            if let Some(violation) = money.and_then(|money| not_asked_for(&money, at))
                && !violations.iter().any(|known| known.place == violation.place)
            {
                violations.push(violation);
            }
            for (name, field) in fields {
                look_for_amounts(field, &step(at, name), violations);
            }
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Why an amount cannot stand in a request; nothing where it can.
fn not_asked_for(money: &Money, at: &str) -> Option<Violation> {
    match money.read(at) {
        Ok(amount) if amount.sign().is_lt() => Some(Violation::at(format!("{at}/amount"), "amount_negative").rule("D12")),
        Ok(_) => None,
        Err(violation) => Some(violation),
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

/// The media types of each operation's successful answers; JSON where they have no body.
fn answers(document: &Value) -> BTreeMap<String, Vec<String>> {
    let paths = document.get("paths").and_then(Value::as_object);
    let operations = paths.into_iter().flatten().flat_map(|(_, methods)| methods.as_object().into_iter().flatten());
    let kinds = operations.filter_map(|(_, operation)| {
        let responses = operation.get("responses")?.as_object()?;
        let successful = responses.iter().filter(|(status, _)| status.starts_with('2'));
        let content = successful.filter_map(|(_, response)| response.get("content")?.as_object());
        let mut kinds: Vec<String> = content.flat_map(|content| content.keys().cloned()).collect();
        if kinds.is_empty() {
            kinds.push("application/json".to_owned());
        }
        Some((operation.get("operationId")?.as_str()?.to_owned(), kinds))
    });
    kinds.collect()
}

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
