//! What a protection does to everybody else (R36, D22): masters' own pursuits, sales inside a protection, and the blind check.

mod check;
mod inside;
mod pursuit;

use std::collections::BTreeSet;

use entente_tests::app::{Answer, Caller};
use serde_json::{Value, json};

use crate::registration::{act, id_of};

/// A claim of a prospect by its domain.
fn claim_of_domain(domain: &str, product_lines: &[&str]) -> Value {
    let mut claim = crate::registration::claim(None, Some(domain));
    if !product_lines.is_empty() {
        claim["product_lines"] = json!(product_lines);
    }
    claim
}

/// An accepted registration.
fn protect(holder: &Caller, master: &Caller, domain: &str, product_lines: &[&str]) -> String {
    let id = id_of(&crate::registration::submit(holder, claim_of_domain(domain, product_lines)).expect(201));
    act(master, &id, "accept", json!({})).expect(200);
    id
}

/// The names of an answer's headers, and of its body's members.
fn shape(answer: &Answer) -> (BTreeSet<String>, BTreeSet<String>) {
    let headers = answer.headers.iter().map(|(name, _)| name.clone()).collect();
    let members = answer.json().as_object().expect("an object").keys().cloned().collect();
    (headers, members)
}

/// A refusal that tells nothing: it has the headers and members of a `not_found`, and no others.
#[track_caller]
fn assert_blind(refusal: &Answer, not_found: &Answer) {
    refusal.problem(409, "prospect_not_available");
    not_found.problem(404, "not_found");
    let (headers, members) = shape(refusal);
    let expected: BTreeSet<String> =
        ["type", "title", "status", "detail", "instance", "code"].into_iter().map(str::to_owned).collect();
    assert_eq!(members, expected);
    assert_eq!((headers, members), shape(not_found));
}
