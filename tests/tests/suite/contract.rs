//! The contract, held to the code and to the conventions.

use std::{collections::BTreeSet, fs, path::Path};

use api::{
    access::{Access, OPERATIONS},
    contract::Contract,
    problem::Place,
};
use serde_json::{Value, json};

fn contract() -> Contract {
    api::routes::contract().expect("a contract")
}

/// Every operation: path, method, and what the contract says of it.
/// The fields of a body, wherever they stand in it, that are days: the way to each.
fn days_of(contract: &Contract, schema: &Value, way: &[String], found: &mut Vec<Vec<String>>) {
    let schema = match schema["$ref"].as_str() {
        Some(name) if way.len() < 6 => contract.document().pointer(&name[1..]).expect("a schema"),
        _ => schema,
    };
    if schema["format"] == "date" {
        found.push(way.to_vec());
    }
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        days_of(contract, field, &[way, std::slice::from_ref(name)].concat(), found);
    }
    if schema["items"].is_object() {
        days_of(contract, &schema["items"], &[way, &["0".to_owned()]].concat(), found);
    }
    for variants in ["allOf", "oneOf", "anyOf"] {
        schema[variants].as_array().into_iter().flatten().for_each(|variant| days_of(contract, variant, way, found));
    }
}

#[test]
fn no_date_of_a_request_is_beyond_what_the_service_counts_with() {
    let contract = contract();
    let mut days = 0;
    for (_, _, operation) in operations(&contract) {
        let Some(schema) = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str() else { continue };
        let name = schema.rsplit('/').next().expect("a name");
        let mut found = Vec::new();
        days_of(&contract, &json!({ "$ref": schema }), &[], &mut found);
        for way in found {
            days += 1;
            for day in ["0999-12-31", "3000-01-01", "9999-12-31", "+10000-01-01", "2026-02-29", "2026-3-1"] {
                let body = way.iter().rev().fold(json!(day), |inner, step| match step.as_str() {
                    "0" => json!([inner]),
                    name => json!({ name: inner }),
                });
                let at = format!("/{}", way.join("/"));
                let refused = contract.check_body(name, &body).expect_err("a refusal");
                let told = refused.errors().iter().any(|it| it.place == Place::Body(at.clone()) && it.code == "wrong_format");
                assert!(told, "{name}{at} {day}: {refused}");
            }
        }
    }
    assert!(days > 50, "{days} days in the contract's requests");
}

fn operations(contract: &Contract) -> Vec<(String, String, Value)> {
    let paths = contract.document()["paths"].as_object().expect("paths").clone();
    let of_path = |(path, methods): (String, Value)| {
        let methods = methods.as_object().expect("methods").clone();
        methods.into_iter().map(move |(method, operation)| (path.clone(), method, operation)).collect::<Vec<_>>()
    };
    paths.into_iter().flat_map(of_path).collect()
}

#[test]
fn the_committed_contract_is_what_the_code_generates() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi.yaml");
    let committed = fs::read_to_string(committed).unwrap_or_default();
    assert!(
        committed == contract().yaml(),
        "openapi.yaml is not what the code generates: run `make openapi` and look at the difference"
    );
}

#[test]
fn routes_contract_and_table_of_access_are_the_same_set() {
    let contract = contract();
    let listed: Vec<&str> = OPERATIONS.iter().map(|(id, _)| *id).collect();
    let table: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(listed.len(), table.len(), "an operation stands twice in the table");
    let operations = operations(&contract);
    let ids: Vec<&str> = operations.iter().map(|(_, _, operation)| operation["operationId"].as_str().expect("an id")).collect();
    let routes: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), routes.len(), "two operations share an id");
    assert_eq!(routes.difference(&table).collect::<Vec<_>>(), Vec::<&&str>::new(), "routes that nobody may call");
    assert_eq!(table.difference(&routes).collect::<Vec<_>>(), Vec::<&&str>::new(), "rows of the table without a route");
}

#[test]
fn every_operation_says_what_it_does_who_may_call_it_and_how_it_fails() {
    let contract = contract();
    for (path, method, operation) in operations(&contract) {
        let what = format!("{method} {path}");
        assert!(operation["summary"].as_str().is_some_and(|text| text.len() > 5), "{what}: no summary");
        assert!(operation["tags"].as_array().is_some_and(|tags| tags.len() == 1), "{what}: not one tag");
        let described =
            contract.document()["tags"].as_array().expect("tags").iter().any(|tag| tag["name"] == operation["tags"][0]);
        assert!(described, "{what}: the tag {} is not described", operation["tags"][0]);
        let id = operation["operationId"].as_str().expect("an id");
        let public = OPERATIONS.iter().any(|(row, access)| *row == id && *access == Access::Public);
        let security = operation["security"].as_array().expect("security");
        assert_eq!(security.is_empty(), public, "{what}: security");
        let responses = operation["responses"].as_object().expect("responses");
        assert!(responses.keys().any(|status| status.starts_with('2')), "{what}: no success");
        assert!(!responses.contains_key("default"), "{what}: every error status is listed");
        for status in ["422", "429", "500", "503"] {
            assert!(responses.contains_key(status), "{what}: {status} is not listed");
        }
        assert!(public || (responses.contains_key("401") && responses.contains_key("403")), "{what}: 401 and 403");
    }
}

fn walk<'v>(pointer: &str, value: &'v Value, visit: &mut impl FnMut(&str, &'v Value)) {
    visit(pointer, value);
    match value {
        Value::Object(object) => object.iter().for_each(|(name, value)| walk(&format!("{pointer}/{name}"), value, visit)),
        Value::Array(items) => items.iter().enumerate().for_each(|(n, value)| walk(&format!("{pointer}/{n}"), value, visit)),
        _ => {}
    }
}

#[test]
fn no_number_with_a_fraction_and_every_pattern_has_an_example_that_fits() {
    let contract = contract();
    let mut problems = Vec::new();
    walk("", contract.document(), &mut |pointer, value| {
        if value["type"] == "number" {
            problems.push(format!("{pointer}: a number; money and rates are strings"));
        }
        if let Some(pattern) = value["pattern"].as_str() {
            let validator = jsonschema::options().build(&serde_json::json!({ "pattern": pattern })).expect("a pattern");
            match value.get("example").or_else(|| value["examples"].get(0)) {
                None => problems.push(format!("{pointer}: a pattern without an example")),
                Some(example) if !validator.is_valid(example) => {
                    problems.push(format!("{pointer}: {example} does not fit {pattern}"))
                }
                Some(_) => {}
            }
        }
    });
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn requests_are_closed_and_answers_stay_open() {
    let contract = contract();
    let mut requests = BTreeSet::new();
    for (_, _, operation) in operations(&contract) {
        // OAuth 2.0 passes over parameters that it does not know (RFC 6749 §3.2): its form is the standard's, not ours.
        walk("", &operation["requestBody"]["content"]["application/json"], &mut |_, value| {
            if let Some(name) = value["$ref"].as_str().and_then(|name| name.strip_prefix("#/components/schemas/")) {
                requests.insert(name.to_owned());
            }
        });
    }
    let schemas = contract.document()["components"]["schemas"].as_object().expect("schemas").clone();
    for name in requests {
        let schema = &schemas[&name];
        let form = schema["type"] == "object";
        assert!(!form || schema["additionalProperties"] == false, "{name}: unknown fields are not refused");
    }
}

#[test]
fn every_word_on_the_wire_is_in_snake_case() {
    let contract = contract();
    let mut problems = Vec::new();
    walk("", contract.document(), &mut |pointer, value| {
        for word in value["enum"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b':') {
                problems.push(format!("{pointer}: {word}"));
            }
        }
    });
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn every_violation_has_its_text_in_every_language() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../api/locales");
    for file in fs::read_dir(folder).expect("texts") {
        let text = fs::read_to_string(file.expect("a file").path()).expect("texts");
        let mut key = String::new();
        let mut languages = BTreeSet::new();
        for line in text.lines().chain(["end:"]) {
            if let Some(language) = line.strip_prefix("  ").and_then(|line| line.split(':').next()) {
                languages.insert(language.trim().to_owned());
            } else if line.ends_with(':') {
                let whole = languages.iter().map(String::as_str).eq(["en", "es", "fr", "pt"]);
                assert!(key.is_empty() || whole, "{key} is said in {languages:?} only");
                key = line.to_owned();
                languages.clear();
            }
        }
    }
}

#[test]
fn no_name_or_word_of_the_contract_is_a_boolean_to_readers_of_older_yaml() {
    let booleans = ["y", "n", "yes", "no", "on", "off", "true", "false"];
    let mut open = vec![contract().document().clone()];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(fields) => {
                for (name, field) in fields {
                    assert!(!booleans.contains(&name.to_lowercase().as_str()), "the name {name}");
                    open.push(field);
                }
            }
            Value::Array(values) => open.extend(values),
            Value::String(word) => assert!(!booleans.contains(&word.to_lowercase().as_str()), "the word {word}"),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}
