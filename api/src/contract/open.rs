//! Answers may gain fields: the schemas that only answers use stay open, whatever their types refuse when they are read.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// Opens every schema that no request is held against.
pub(super) fn open_answers(document: &mut Value) {
    let asked = asked_for(document);
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    for (_, schema) in schemas.into_iter().flatten().filter(|(name, _)| !asked.contains(*name)) {
        open(schema);
    }
}

/// The schemas that requests are held against, by name: those of bodies and parameters, and what these are made of.
fn asked_for(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let operations = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let operations = operations.filter_map(|(_, methods)| methods.as_object()).flatten();
    for (_, operation) in operations {
        for part in ["requestBody", "parameters"].into_iter().filter_map(|part| operation.get(part)) {
            name_all(part, document, &mut found);
        }
    }
    found
}

fn name_all(value: &Value, document: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| name_all(item, document, found)),
        Value::Object(fields) => {
            let referred =
                fields.get("$ref").and_then(Value::as_str).and_then(|place| place.strip_prefix("#/components/schemas/"));
            if let Some(name) = referred
                && found.insert(name.to_owned())
                && let Some(schema) = document.pointer(&format!("/components/schemas/{name}"))
            {
                name_all(schema, document, found);
            }
            fields.values().for_each(|field| name_all(field, document, found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn open(schema: &mut Value) {
    match schema {
        Value::Array(parts) => parts.iter_mut().for_each(open),
        Value::Object(parts) => {
            if is_closed(parts) {
                parts.remove("additionalProperties");
            }
            parts.values_mut().for_each(open);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_closed(schema: &Map<String, Value>) -> bool {
    schema.get("additionalProperties") == Some(&json!(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_no_request_is_made_of_is_open() {
        let closed = |part: &str| {
            json!({"type": "object", "additionalProperties": false,
                   "properties": {"part": {"$ref": format!("#/components/schemas/{part}")}}})
        };
        let refer =
            |name: &str| json!({"content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{name}")}}}});
        let mut document = json!({
            "paths": {"/things": {"post": {"requestBody": refer("New"), "responses": {"201": refer("Thing")}}}},
            "components": {"schemas": {
                "New": closed("Shared"), "Thing": {"allOf": [closed("Answered")]}, "Shared": closed("Shared"), "Answered": closed("Shared"),
            }},
        });
        open_answers(&mut document);
        let is_closed = |path: &str| document.pointer(&format!("/components/schemas/{path}/additionalProperties")).is_some();
        assert!(is_closed("New") && is_closed("Shared"));
        assert!(!is_closed("Thing/allOf/0") && !is_closed("Answered"));
    }
}
