//! Terms that are published, held against what a file says of them now.

use indexmap::IndexMap;
use persistence::network as store;
use serde::Serialize;
use serde_json::Value;

use super::super::{
    definition::{Language, TermsDocument, TermsTextDocument, TermsVersionDocument},
    stored::read,
};
use crate::{problem::Problem, schema::step};

/// Where `document` says something else than what was published, as pointers into it. The order of texts, rules and sets says
/// nothing, and a trigger that is left to the policy means the policy of when the terms were published.
pub(super) fn changed(before: &store::TermsVersion, document: &TermsVersionDocument) -> Result<Vec<String>, Problem> {
    let TermsVersionDocument { version: _, effective_from, texts, terms } = document;
    let mut pointers = Vec::new();
    if *effective_from != before.effective_from {
        pointers.push("/effective_from".to_owned());
    }
    let kept_texts: IndexMap<Language, TermsTextDocument> = read(&before.texts)?;
    pointers.extend(changes(&kept_texts, texts)?.into_iter().map(|pointer| format!("/texts{pointer}")));
    let kept: TermsDocument = read(&before.document)?;
    let mut terms = terms.clone();
    let kept_trigger = |code| kept.rules.get(code).and_then(|rule| rule.trigger);
    for (code, rule) in &mut terms.rules {
        rule.trigger = rule.trigger.or_else(|| kept_trigger(code));
    }
    pointers.extend(changes(&kept, &terms)?.into_iter().map(|pointer| format!("/terms{pointer}")));
    Ok(pointers)
}

/// Where `after` says something else than `before`, as pointers into them.
///
/// # Errors
/// Those of the serializer.
pub(crate) fn changes<T: PartialEq + Serialize>(before: &T, after: &T) -> Result<Vec<String>, Problem> {
    let mut pointers = Vec::new();
    if before != after {
        differences(&json(before)?, &json(after)?, "", &mut pointers);
    }
    Ok(pointers)
}

fn json(value: &impl Serialize) -> Result<Value, Problem> {
    serde_json::to_value(value).map_err(|error| Problem::internal(error.to_string()))
}

fn differences(before: &Value, after: &Value, at: &str, pointers: &mut Vec<String>) {
    let (Value::Object(before), Value::Object(after)) = (before, after) else {
        if before != after {
            pointers.push(at.to_owned());
        }
        return;
    };
    let added = after.keys().filter(|name| !before.contains_key(*name));
    for name in before.keys().chain(added) {
        let at = step(at, name);
        match (before.get(name), after.get(name)) {
            (Some(before), Some(after)) => differences(before, after, &at, pointers),
            _ => pointers.push(at),
        }
    }
}
