//! Every broken rule that can be told has its text, and no answer shows the name of a text or an unfilled place in one.
//!
//! That no answer does is asserted of every answer that any test reads: see `Answer` in the tests' harness.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Codes that no request is answered with as a broken rule: faults of a network's file, which the command line tells in its own words,
/// and refusals that are answered with a conflict of states.
const ELSEWHERE: [&str; 15] = [
    "already_decided",
    "bad_yaml",
    "dates_not_ascending",
    "duplicate_key",
    "not_named_master",
    "portfolio_place_ended",
    "qualification_removed",
    "requirement_missing",
    "requirement_not_shown",
    "session_begun",
    "session_not_begun",
    "too_deep",
    "unquoted_decimal",
    "unusable_schema",
    "wrong_key",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The files below a folder with an ending, without their tests.
fn files(folder: &str, ending: &str) -> Vec<String> {
    let (mut found, mut folders) = (Vec::new(), vec![root().join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|of| of == ending) {
                let text = fs::read_to_string(&entry).expect("a file");
                found.push(text.split("#[cfg(test)]").next().unwrap_or_default().to_owned());
            }
        }
    }
    assert!(found.len() > 3, "{folder}");
    found
}

/// How often each text is defined, by its name.
fn texts() -> BTreeMap<String, usize> {
    let mut defined = BTreeMap::new();
    for file in files("api/locales", "yml") {
        let names = file.lines().filter(|line| !line.starts_with([' ', '#', '-'])).filter_map(|line| line.strip_suffix(':'));
        names.for_each(|name| *defined.entry(name.to_owned()).or_default() += 1);
    }
    defined
}

/// What stands between the parenthesis that opens at the start of `text` and the one that closes it, by argument.
fn arguments(text: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut from, mut found) = (0_u32, false, 1, Vec::new());
    for (at, character) in text.char_indices() {
        match character {
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            _ => {}
        }
        if (depth == 1 && !quoted && character == ',') || depth == 0 {
            found.push(&text[from..at]);
            from = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    found
}

/// The words in quotation marks that may be codes.
fn quoted(text: &str) -> impl Iterator<Item = String> {
    let is_code =
        |word: &&str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    text.split('"').skip(1).step_by(2).filter(is_code).map(str::to_owned)
}

/// The codes that are written where broken rules are told, and those of the domain's refusals and faults.
fn codes() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for source in files("api/src", "rs") {
        for told in ["Violation::at(", "Violation::of_parameter(", "Fault::new("] {
            for (at, _) in source.match_indices(told) {
                let told = arguments(&source[at + told.len() - 1..]);
                codes.extend(told.get(1).into_iter().flat_map(|code| quoted(code)));
            }
        }
    }
    for source in files("domain/src", "rs") {
        let decisions = source.split("\nimpl ").skip(1).filter(|of| {
            let name = of.split([' ', '<']).next().unwrap_or_default();
            name.ends_with("Refusal") || name.ends_with("Fault") || name.starts_with("Invalid")
        });
        for decision in decisions {
            let Some((_, code)) = decision.split_once("fn code(") else { continue };
            let arms = code.split("\n    }").next().unwrap_or_default().split("=> ").skip(1);
            codes.extend(arms.flat_map(|arm| quoted(arm.lines().next().unwrap_or_default())));
        }
    }
    codes
}

#[test]
fn every_broken_rule_that_can_be_told_has_a_text_that_is_written_once() {
    let (texts, codes) = (texts(), codes());
    assert!(codes.len() > 300 && codes.contains("remuneration_missing") && codes.contains("earns_nothing"), "{codes:?}");
    let missing: Vec<&String> = codes.iter().filter(|code| !texts.contains_key(&format!("violation.{code}"))).collect();
    assert_eq!(missing, ELSEWHERE, "what can be told has a text in api/locales");
    let twice: Vec<&String> = texts.iter().filter(|(_, count)| **count > 1).map(|(name, _)| name).collect();
    assert_eq!(twice, Vec::<&String>::new(), "of two texts of one name the last one read is told");
}
