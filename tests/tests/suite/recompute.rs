//! A reader with decimals: it computes the amount of an entry again from the JSON of its explanation and from nothing else.

use std::collections::BTreeSet;

use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn decimal(value: &Value) -> Decimal {
    text(value).parse().unwrap_or_else(|_| panic!("no decimal: {value}"))
}

/// The values that a step may use: inputs, lines, what the rule says, and results of earlier steps.
struct Known(BTreeSet<(String, String)>);

impl Known {
    fn of(explanation: &Value) -> Self {
        let mut known = BTreeSet::new();
        for input in explanation["inputs"].as_array().expect("inputs") {
            let (name, value) = (text(&input["name"]), text(&input["value"]));
            if name == "stage_margin" && explanation["rule"]["rate"].is_null() {
                known.insert(("rate".to_owned(), value.clone()));
            }
            known.insert((name, value));
        }
        for line in explanation["lines"].as_array().expect("lines") {
            known.extend(["list", "net"].map(|price| ("line".to_owned(), text(&line[price]["amount"]))));
        }
        known.extend(explanation["rule"]["rate"].as_str().map(|rate| ("rate".to_owned(), rate.to_owned())));
        known.extend(["reached", "contracted"].map(|name| (name.to_owned(), text(&explanation[name]["amount"]))));
        Self(known)
    }

    fn take(&self, operand: &Value) -> Decimal {
        let named = (text(&operand["name"]), text(&operand["value"]));
        assert!(self.0.contains(&named), "{named:?} comes from nowhere");
        decimal(&operand["value"])
    }
}

/// The amount, as the currency writes it.
pub(super) fn amount(explanation: &Value) -> String {
    let rounding = &explanation["rounding"];
    assert_eq!(rounding["mode"], "half_up");
    let digits = u32::try_from(rounding["digits"].as_u64().expect("digits")).expect("digits");
    let round = |value: Decimal| value.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
    let mut known = Known::of(explanation);
    let mut last = Decimal::ZERO;
    for step in explanation["steps"].as_array().expect("steps") {
        let operands: Vec<Decimal> = step["operands"].as_array().expect("operands").iter().map(|it| known.take(it)).collect();
        last = match (step["operation"].as_str(), operands.as_slice()) {
            (Some("add"), all) => all.iter().sum(),
            (Some("multiply"), all) => all.iter().product(),
            (Some("subtract"), [from, what]) => from - what,
            (Some("round"), [only]) => round(*only),
            (Some("divide_and_round"), [what, by]) => round(what / by),
            other => panic!("{other:?}"),
        };
        assert_eq!(last, decimal(&step["result"]["value"]), "{step}");
        known.0.insert((text(&step["result"]["name"]), text(&step["result"]["value"])));
    }
    assert_eq!(last, decimal(&explanation["entitled_to_date"]["amount"]));
    assert_eq!(explanation["steps"] == serde_json::json!([]), explanation["not_due_because"].is_string());
    let posted = decimal(&explanation["posted_before"]["amount"]);
    let left = &explanation["left_of_corrected"];
    assert_eq!(left.is_null(), last > posted, "only what is taken back corrects an entry");
    let difference = (last - posted).abs();
    // No more is taken back of an entry than is left of it.
    let mut amount = if left.is_null() { difference } else { difference.min(decimal(&left["amount"])) };
    amount.rescale(digits);
    amount.to_string()
}
