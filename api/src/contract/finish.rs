//! What follows from the conventions, added to every operation.

use serde_json::{Map, Value, json};

use crate::{
    access::{Access, access_to},
    problem::Code,
};

/// What is logged whatever its sender says: nobody can ask what it would answer.
const LOGGED: &[&str] = &["check_prospect"];

pub(super) fn complete(document: &mut Value) {
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        components.insert("securitySchemes".to_owned(), security_schemes());
        components.insert("responses".to_owned(), json!({ "Problem": problem() }));
    }
    let schemas = document.pointer("/components/schemas").cloned().unwrap_or_default();
    let references = schemas.pointer("/ExternalReference/properties").cloned().unwrap_or_default();
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for (path, methods) in paths {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            if let Some(operation) = operation.as_object_mut() {
                complete_operation(path, method, operation, &references);
                spare_empty_body(operation, &schemas);
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
            "Retry-After": { "description": "On 409 in progress, 429 and 503: when to try again, in seconds.", "schema": { "type": "integer" } },
            "RateLimit": { "description": "On 429: what is left, and in how many seconds there is more.", "schema": { "type": "string" } },
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
    if changes && !public && !LOGGED.contains(&id.as_str()) {
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

/// Where a body may say nothing, it need not be there: none counts as `{}`.
fn spare_empty_body(operation: &mut Map<String, Value>, schemas: &Value) {
    let Some(body) = operation.get_mut("requestBody").and_then(Value::as_object_mut) else { return };
    let name = body.get("content").and_then(|content| content.pointer("/application~1json/schema/$ref")).and_then(Value::as_str);
    let name = name.and_then(|name| name.strip_prefix("#/components/schemas/"));
    let needs = name
        .and_then(|name| schemas.get(name))
        .is_none_or(|schema| schema.get("required").and_then(Value::as_array).is_some_and(|required| !required.is_empty()));
    if !needs {
        body.insert("required".to_owned(), json!(false));
    }
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
            headers
                .insert("X-Request-Id".to_owned(), json!({ "description": "The request's id.", "schema": { "type": "string" } }));
            if !public && (of_one || method != "get") {
                let tag = json!({ "description": "The resource's version.", "schema": { "type": "string" } });
                headers.insert("ETag".to_owned(), tag);
            }
            if method == "post" && !public {
                let replayed =
                    json!({ "description": "`true` on an answer that was kept for the key.", "schema": { "type": "string" } });
                headers.insert("Idempotency-Replayed".to_owned(), replayed);
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
