//! Values against the contract's schemas: what a request body or a network's file breaks, all of it at once.
//!
//! The schemas are those of the OpenAPI document's components, so that a value is measured by what its sender could read.
//! Knows nothing of HTTP and nothing of the network.

use std::{collections::HashMap, fmt, sync::OnceLock};

use chrono::{Datelike, NaiveDate};
use jsonschema::{
    Draft, Registry, ValidationError, Validator,
    error::{TypeKind, ValidationErrorKind as Kind},
};
use serde_json::{Value, json};
use thiserror::Error;

const CONTRACT: &str = "urn:entente:contract";

/// The named schemas of a contract, each compiled once, when it is first used.
pub struct Schemas {
    registry: Registry<'static>,
    compiled: HashMap<String, OnceLock<Result<Validator, String>>>,
}

/// A mistake in the contract itself, never in a value that is measured by it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UnusableSchema {
    /// No schema of this name.
    #[error("the contract has no schema {0}")]
    Unknown(String),
    /// It cannot be compiled.
    #[error("the contract's schema {name} is broken: {reason}")]
    Broken {
        /// The schema's name.
        name: String,
        /// What the compiler said.
        reason: String,
    },
}

/// One thing in which a value breaks its schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaFault {
    /// Where, as an RFC 6901 pointer. A missing or unknown field is pointed at itself, not at its object.
    pub pointer: String,
    /// A stable word: `required`, `unknown_field`, `wrong_field_name`, `wrong_type`, `wrong_format`, `unknown_value`,
    /// `too_short`, `too_long`, `too_small`, `too_large`, `too_few_items`, `too_many_items`, `duplicate_items`,
    /// `no_variant_matches` or `not_allowed`.
    pub code: &'static str,
    /// What a text about it needs to say, by name.
    pub params: Vec<(&'static str, String)>,
}

impl fmt::Display for SchemaFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let param = |name| self.params.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value.as_str());
        match self.code {
            "required" => write!(f, "the field {} is required", param("field")),
            "unknown_field" => write!(f, "there is no field {} here", param("field")),
            "wrong_field_name" => write!(f, "{} is not a name that may stand here: {}", param("field"), param("reason")),
            "wrong_type" => write!(f, "must be of type {}", param("expected")),
            "wrong_format" => write!(f, "must be written as {}", param("expected")),
            "unknown_value" => write!(f, "must be one of {}", param("expected")),
            "too_short" => write!(f, "must have at least {} characters", param("limit")),
            "too_long" => write!(f, "must have at most {} characters", param("limit")),
            "too_small" => write!(f, "must be {} at least", param("limit")),
            "too_large" => write!(f, "must be {} at most", param("limit")),
            "too_few_items" => write!(f, "must hold {} at least", param("limit")),
            "too_many_items" => write!(f, "must hold {} at most", param("limit")),
            "duplicate_items" => write!(f, "must not hold the same twice"),
            "no_variant_matches" => write!(f, "is none of the forms that may stand here"),
            _ => write!(f, "is not allowed by the contract"),
        }
    }
}

impl Schemas {
    /// The schemas of an OpenAPI document's `components` object. References are `#/components/schemas/X`.
    ///
    /// # Errors
    /// [`UnusableSchema::Broken`] when the components are no schema document at all. A single schema's mistake shows when it
    /// is first used.
    pub fn new(components: Value) -> Result<Self, UnusableSchema> {
        let names = components.get("schemas").and_then(Value::as_object).map(|schemas| schemas.keys().cloned().collect());
        let broken = |reason: String| UnusableSchema::Broken { name: "components".to_owned(), reason };
        let registry = Registry::new()
            .draft(Draft::Draft202012)
            .add(CONTRACT, json!({ "components": components }))
            .and_then(|registry| registry.prepare())
            .map_err(|error| broken(error.to_string()))?;
        let names: Vec<String> = names.unwrap_or_default();
        Ok(Self { registry, compiled: names.into_iter().map(|name| (name, OnceLock::new())).collect() })
    }

    /// Everything in which `value` breaks the schema called `name`; nothing when it keeps it.
    ///
    /// # Errors
    /// [`UnusableSchema`] when the contract has no usable schema of that name.
    pub fn validate(&self, name: &str, value: &Value) -> Result<Vec<SchemaFault>, UnusableSchema> {
        let slot = self.compiled.get(name).ok_or_else(|| UnusableSchema::Unknown(name.to_owned()))?;
        let validator = slot
            .get_or_init(|| self.compile(name))
            .as_ref()
            .map_err(|reason| UnusableSchema::Broken { name: name.to_owned(), reason: reason.clone() })?;
        let mut faults = Vec::new();
        look_for_nul(value, String::new(), &mut faults);
        if !validator.is_valid(value) {
            faults.extend(validator.iter_errors(value).flat_map(faults_of));
        }
        Ok(faults)
    }

    fn compile(&self, name: &str) -> Result<Validator, String> {
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .with_format("date", is_usable_date)
            .with_registry(&self.registry)
            .build(&json!({ "$ref": format!("{CONTRACT}#/components/schemas/{name}") }))
            .map_err(|error| error.to_string())
    }
}

/// The days that may stand in a request. What the service counts from them, years of a contract say, stays within four digits.
pub const DATES: &str = "YYYY-MM-DD, from 1000-01-01 to 2999-12-31";

/// Whether a text is a day that may stand in a request, written `YYYY-MM-DD`.
fn is_usable_date(text: &str) -> bool {
    let is_written_so = text.len() == 10 && text.is_ascii();
    let day = text.parse::<NaiveDate>().ok().filter(|_| is_written_so);
    day.is_some_and(|day| (1_000..=2_999).contains(&day.year()))
}

/// `pointer` one step further, to the field or item called `step`.
#[must_use]
pub fn step(pointer: &str, step: &str) -> String {
    format!("{pointer}/{}", step.replace('~', "~0").replace('/', "~1"))
}

/// Finds every text with the character U+0000 in it: PostgreSQL keeps none, so no schema has to say so.
fn look_for_nul(value: &Value, at: String, faults: &mut Vec<SchemaFault>) {
    match value {
        Value::String(text) if text.contains('\0') => {
            faults.push(SchemaFault { pointer: at, code: "not_allowed", params: Vec::new() });
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                look_for_nul(item, step(&at, &place.to_string()), faults);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                let pointer = step(&at, name);
                look_for_nul(&json!(name), pointer.clone(), faults);
                look_for_nul(field, pointer, faults);
            }
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn faults_of(error: ValidationError<'_>) -> Vec<SchemaFault> {
    let at = error.instance_path().as_str().to_owned();
    let parts = error.into_parts();
    match parts.kind {
        Kind::Required { property } => {
            let field = word(&property);
            vec![SchemaFault { pointer: step(&at, &field), code: "required", params: vec![("field", field)] }]
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => unexpected
            .into_iter()
            .map(|field| SchemaFault { pointer: step(&at, &field), code: "unknown_field", params: vec![("field", field)] })
            .collect(),
        Kind::PropertyNames { error } => {
            let field = word(error.instance());
            let reason = faults_of(*error).iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let params = vec![("field", field.clone()), ("reason", reason)];
            vec![SchemaFault { pointer: step(&at, &field), code: "wrong_field_name", params }]
        }
        Kind::OneOfNotValid { context } | Kind::AnyOf { context } => variant_faults(at, context),
        kind => {
            let (code, params) = code_of(kind);
            vec![SchemaFault { pointer: at, code, params }]
        }
    }
}

fn code_of(kind: Kind) -> (&'static str, Vec<(&'static str, String)>) {
    match kind {
        Kind::Type { kind } => ("wrong_type", vec![("expected", type_names(&kind))]),
        Kind::Pattern { pattern } => ("wrong_format", vec![("expected", pattern)]),
        Kind::Format { format } if format == "date" => ("wrong_format", vec![("expected", DATES.to_owned())]),
        Kind::Format { format } => ("wrong_format", vec![("expected", format)]),
        Kind::Enum { options } => ("unknown_value", vec![("expected", words(&options))]),
        Kind::Constant { expected_value } => ("unknown_value", vec![("expected", word(&expected_value))]),
        Kind::MinLength { limit } => ("too_short", vec![("limit", limit.to_string())]),
        Kind::MaxLength { limit } => ("too_long", vec![("limit", limit.to_string())]),
        Kind::Minimum { limit } | Kind::ExclusiveMinimum { limit } => ("too_small", vec![("limit", limit.to_string())]),
        Kind::Maximum { limit } | Kind::ExclusiveMaximum { limit } => ("too_large", vec![("limit", limit.to_string())]),
        Kind::MinItems { limit } | Kind::MinProperties { limit } => ("too_few_items", vec![("limit", limit.to_string())]),
        Kind::MaxItems { limit } | Kind::MaxProperties { limit } => ("too_many_items", vec![("limit", limit.to_string())]),
        Kind::UniqueItems => ("duplicate_items", Vec::new()),
        Kind::OneOfMultipleValid { .. } => ("no_variant_matches", Vec::new()),
        _ => ("not_allowed", Vec::new()),
    }
}

/// What is wrong with a value that fits none of several variants. "None fits" helps nobody, so the variant that was meant is
/// found: the one whose type is right and whose discriminator says so. Its faults are then the value's.
fn variant_faults(at: String, context: Vec<Vec<ValidationError<'_>>>) -> Vec<SchemaFault> {
    let mut variants: Vec<Vec<SchemaFault>> =
        context.into_iter().map(|errors| errors.into_iter().flat_map(faults_of).collect()).collect();
    let of_other_type = |faults: &Vec<SchemaFault>| faults.iter().any(|fault| fault.code == "wrong_type" && fault.pointer == at);
    if variants.iter().all(of_other_type) {
        return vec![SchemaFault { code: "wrong_type", params: joined(&variants, "wrong_type", "expected"), pointer: at }];
    }
    variants.retain(|faults| !of_other_type(faults));

    let tag = |faults: &Vec<SchemaFault>| faults.iter().find(|fault| is_tag(&at, fault)).map(|fault| fault.pointer.clone());
    if let [first, ..] = variants.as_slice()
        && let Some(pointer) = tag(first)
        && variants.iter().all(|faults| tag(faults).as_ref() == Some(&pointer))
    {
        return vec![SchemaFault { pointer, code: "unknown_value", params: joined(&variants, "unknown_value", "expected") }];
    }
    variants.retain(|faults| tag(faults).is_none());
    let shared: Vec<SchemaFault> = match variants.split_first() {
        Some((first, rest)) => first.iter().filter(|fault| rest.iter().all(|other| other.contains(fault))).cloned().collect(),
        None => Vec::new(),
    };
    if shared.is_empty() { vec![SchemaFault { pointer: at, code: "no_variant_matches", params: Vec::new() }] } else { shared }
}

/// Whether `fault` says that a field of the object at `at`, or the value itself, has not the one word this variant wants.
fn is_tag(at: &str, fault: &SchemaFault) -> bool {
    let below = fault.pointer.strip_prefix(at).unwrap_or_default();
    fault.code == "unknown_value" && below.matches('/').count() <= 1
}

fn joined(variants: &[Vec<SchemaFault>], code: &str, param: &'static str) -> Vec<(&'static str, String)> {
    let mut words: Vec<&str> = Vec::new();
    for (name, value) in variants.iter().flatten().filter(|fault| fault.code == code).flat_map(|fault| &fault.params) {
        if *name == param && !words.contains(&value.as_str()) {
            words.push(value);
        }
    }
    vec![(param, words.join(", "))]
}

fn type_names(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(name) => name.to_string(),
        TypeKind::Multiple(names) => names.iter().map(|name| name.to_string()).collect::<Vec<_>>().join(", "),
    }
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn words(value: &Value) -> String {
    value.as_array().map_or_else(|| word(value), |values| values.iter().map(word).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(schema: Value, value: &Value) -> Vec<(String, &'static str)> {
        let schemas = json!({"schemas": {
            "Tested": schema,
            "Inner": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": false},
        }});
        let faults = Schemas::new(schemas).unwrap().validate("Tested", value).unwrap();
        faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect()
    }

    fn one(pointer: &str, code: &'static str) -> Vec<(String, &'static str)> {
        vec![(pointer.to_owned(), code)]
    }

    #[test]
    fn every_keyword_has_its_stable_word() {
        let cases = [
            (json!({"type": "string"}), json!(1), "wrong_type"),
            (json!({"type": "string", "pattern": "^a$"}), json!("b"), "wrong_format"),
            (json!({"type": "string", "format": "date"}), json!("2024-02-30"), "wrong_format"),
            (json!({"type": "string", "format": "date"}), json!("2024-2-3"), "wrong_format"),
            (json!({"type": "string", "format": "date"}), json!("0999-12-31"), "wrong_format"),
            (json!({"type": "string", "format": "date"}), json!("3000-01-01"), "wrong_format"),
            (json!({"type": "string", "format": "date"}), json!("+2999-12-31"), "wrong_format"),
            (json!({"enum": ["a", "b"]}), json!("c"), "unknown_value"),
            (json!({"const": "a"}), json!("c"), "unknown_value"),
            (json!({"minLength": 2}), json!("c"), "too_short"),
            (json!({"maxLength": 2}), json!("ccc"), "too_long"),
            (json!({"minimum": 2}), json!(1), "too_small"),
            (json!({"maximum": 2}), json!(3), "too_large"),
            (json!({"minItems": 1}), json!([]), "too_few_items"),
            (json!({"maxItems": 1}), json!([1, 2]), "too_many_items"),
            (json!({"minProperties": 1}), json!({}), "too_few_items"),
            (json!({"uniqueItems": true}), json!([1, 1]), "duplicate_items"),
            (json!({"oneOf": [{"minimum": 1}, {"maximum": 3}]}), json!(2), "no_variant_matches"),
            (json!({"not": {}}), json!(2), "not_allowed"),
        ];
        for (schema, value, code) in cases {
            assert_eq!(faults(schema.clone(), &value), one("", code), "{schema}");
        }
    }

    #[test]
    fn a_text_or_a_name_with_the_character_nul_is_kept_nowhere() {
        let value = json!({"a": ["sound", "un\u{0}sound"], "b\u{0}": 1});
        let expected = [("/a/1".to_owned(), "not_allowed"), ("/b\u{0}".to_owned(), "not_allowed")];
        assert_eq!(faults(json!({"type": "object"}), &value), expected);
    }

    #[test]
    fn a_missing_and_an_unknown_field_are_pointed_at_themselves() {
        let found = faults(json!({"$ref": "#/components/schemas/Inner"}), &json!({"a/b": 1}));
        assert_eq!(found.len(), 2);
        assert!(found.contains(&("/n".to_owned(), "required")));
        assert!(found.contains(&("/a~1b".to_owned(), "unknown_field")));
    }

    #[test]
    fn a_wrong_key_of_a_map_is_pointed_at_itself() {
        let schema = json!({"propertyNames": {"pattern": "^[a-z]+$"}, "additionalProperties": {"type": "integer"}});
        assert_eq!(faults(schema, &json!({"ok": 1, "Bad": 1})), one("/Bad", "wrong_field_name"));
    }

    #[test]
    fn an_optional_object_shows_its_own_faults_and_not_that_no_variant_matches() {
        let schema = json!({"properties": {"inner": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Inner"}]}}});
        assert_eq!(faults(schema.clone(), &json!({"inner": {"n": "x"}})), one("/inner/n", "wrong_type"));
        assert_eq!(faults(schema.clone(), &json!({"inner": 7})), one("/inner", "wrong_type"));
        assert_eq!(faults(schema, &json!({"inner": null})), []);
    }

    #[test]
    fn a_union_shows_the_faults_of_the_variant_that_its_discriminator_names() {
        let variant = |tag: &str, field: &str| {
            json!({"type": "object", "required": ["kind", field],
                   "properties": {"kind": {"type": "string", "enum": [tag]}, field: {"type": "integer"}}})
        };
        let schema = json!({"oneOf": [variant("a", "x"), variant("b", "y")]});
        assert_eq!(faults(schema.clone(), &json!({"kind": "b", "y": "no"})), one("/y", "wrong_type"));
        assert_eq!(faults(schema.clone(), &json!({"kind": "c", "y": 1})), one("/kind", "unknown_value"));
        assert_eq!(faults(schema, &json!({"z": 1})), one("/kind", "required"));
    }

    #[test]
    fn a_name_that_the_contract_has_not_is_the_contracts_mistake() {
        let schemas = Schemas::new(json!({"schemas": {"Bad": {"type": "nonsense"}}})).unwrap();
        assert_eq!(schemas.validate("Other", &json!(1)), Err(UnusableSchema::Unknown("Other".to_owned())));
        assert!(matches!(schemas.validate("Bad", &json!(1)), Err(UnusableSchema::Broken { .. })));
    }
}
