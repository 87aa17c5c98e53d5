//! A reader with decimals: it computes the amount of an entry again from the JSON of its explanation and from nothing else.

use std::{collections::BTreeSet, path::Path};

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
            known.insert(("quantity".to_owned(), line["quantity"].to_string()));
        }
        known.extend(said_by_rule(&explanation["rule"]));
        known.extend(explanation["earlier_years"].as_str().map(|value| ("earlier_years".to_owned(), value.to_owned())));
        known.extend(explanation["volume_before"].as_str().map(|value| ("volume_before".to_owned(), value.to_owned())));
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

/// The rates and amounts that stand in a rule beside its rate.
fn said_by_rule(rule: &Value) -> Vec<(String, String)> {
    let mut said = Vec::new();
    let mut say = |name: &str, value: &Value| said.extend(value.as_str().map(|value| (name.to_owned(), value.to_owned())));
    say("fixed_amount", &rule["fixed_amount"]["amount"]["amount"]);
    for bound in ["floor", "cap"] {
        say(bound, &rule["bounds"][bound]["amount"]);
    }
    for tier in rule["tiers"]["tiers"].as_array().into_iter().flatten() {
        say("rate", &tier["rate"]);
        say("tier_from", &tier["from"]["amount"]);
        say("tier_below", &tier["below"]["amount"]);
    }
    rule["split"].as_array().into_iter().flatten().for_each(|weight| say("weight", weight));
    said
}

/// The part at a place, from 1: whole units of its proportion, and one more for the largest remainders, the earlier first.
fn largest_remainder(whole: Decimal, place: Decimal, weights: &[Decimal], digits: u32) -> Decimal {
    let unit = Decimal::new(1, digits);
    let sum: Decimal = weights.iter().sum();
    let ideal: Vec<Decimal> = weights.iter().map(|weight| whole * weight / sum / unit).collect();
    let mut parts: Vec<Decimal> = ideal.iter().map(Decimal::floor).collect();
    let left = whole / unit - parts.iter().sum::<Decimal>();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|at| (std::cmp::Reverse(ideal[*at] - parts[*at]), *at));
    order.into_iter().zip(1..).filter(|(_, rank)| Decimal::from(*rank) <= left).for_each(|(at, _)| parts[at] += Decimal::ONE);
    let at: usize = place.to_string().parse().expect("a place");
    parts[at - 1] * unit
}

/// What the rule's trigger has come to, from what happened to the annuity.
fn reached(explanation: &Value, round: impl Fn(Decimal) -> Decimal) -> Decimal {
    let told = |name: &str| decimal(&explanation["to_date"][name]["amount"]);
    // What is the master's fault is counted apart.
    let counts = |name: &str, apart: &str| {
        let apart = &explanation["to_date"][apart];
        told(name) - if apart.is_null() { Decimal::ZERO } else { decimal(&apart["amount"]) }
    };
    let (invoiced, credited) = (counts("invoiced", "invoiced_again"), counts("credited", "credited_by_fault"));
    let (collected, refunded) = (counts("collected", "collected_again"), counts("refunded", "refunded_by_fault"));
    let (contracted, nothing) = (decimal(&explanation["contracted"]["amount"]), Decimal::ZERO);
    let (bill, paid) = (invoiced - credited, collected - refunded);
    let given_back = refunded.min((bill - paid).max(nothing));
    assert_eq!(given_back, told("given_back"));
    let days = |name: &str| explanation["to_date"][name].as_u64().map(Decimal::from);
    match text(&explanation["rule"]["trigger"]).as_str() {
        "collected" => paid,
        "invoiced" => bill - given_back,
        _ => {
            let standing = contracted - (credited - (invoiced - contracted).max(nothing)).max(nothing) - given_back;
            let worth = days("days_served").zip(days("days_of_year")).map(|(served, all)| round(contracted * served / all));
            worth.map_or(standing, |worth| standing.min(worth.max(bill - given_back)))
        }
    }
}

/// The amount, as the currency writes it.
pub(super) fn amount(explanation: &Value) -> String {
    let rounding = &explanation["rounding"];
    assert_eq!(rounding["mode"], "half_up");
    let digits = u32::try_from(rounding["digits"].as_u64().expect("digits")).expect("digits");
    let round = |value: Decimal| value.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
    if !explanation["to_date"].is_null() {
        assert_eq!(reached(explanation, round), decimal(&explanation["reached"]["amount"]), "{explanation}");
    }
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
            (Some("minimum"), all) => *all.iter().min().expect("operands"),
            (Some("maximum"), all) => *all.iter().max().expect("operands"),
            (Some("split"), [whole, place, weights @ ..]) => largest_remainder(*whole, *place, weights, digits),
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

/// Everybody of the sample data who signs in with a password.
const EVERYBODY: [&str; 3] = ["ana@altoga.example", "claire@all-in-web.example", "paul@girard.example"];

/// Runs `scripts/recompute`, which knows JSON and decimals only, with bash around it.
fn script(demo: &super::readme::Demo, around: &str) -> (bool, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/recompute");
    let (found, _) = demo.script("command -v python3");
    assert!(found, "scripts/recompute needs python3, which is not installed: scripts/install-test-tools installs it");
    demo.script(&format!("recompute={}\n{around}", path.display()))
}

#[test]
fn the_script_recomputes_every_entry_of_the_sample_data_and_sees_the_smallest_lie() {
    let demo = super::readme::Demo::start();
    let mut recomputed = 0;
    for person in EVERYBODY {
        let sign_in = format!(
            "export ENTENTE_TOKEN=$(curl -sS --fail-with-body -H 'content-type: application/json' $BASE/v1/auth/login \
             -d '{{\"email\": \"{person}\", \"password\": \"a-password-for-the-demo\"}}' | jq -r .access_token)"
        );
        let (done, said) = script(&demo, &format!("{sign_in}\n$recompute --server $BASE"));
        assert!(done, "{person}: {said}");
        let count = said.split(' ').next().and_then(|count| count.parse::<usize>().ok());
        recomputed += count.unwrap_or_else(|| panic!("{person}: {said}"));
        // The first entry's explanation, as it is and with one cent more.
        let lie = "entry=$(curl -sS $BASE/v1/ledger-entries -H \"authorization: Bearer $ENTENTE_TOKEN\" | jq -r '.data[0].id')
            [ $entry = null ] && exit 0
            folder=$(mktemp -d); trap 'rm -r $folder' EXIT
            curl -sS $BASE/v1/ledger-entries/$entry/explanation -H \"authorization: Bearer $ENTENTE_TOKEN\" > $folder/told
            $recompute $folder/told
            for part in .amount .entitled_to_date .reached; do
              jq \"${part}.amount |= (.[:-1] + ((.[-1:] | tonumber + 1) % 10 | tostring))\" $folder/told > $folder/lie
              code=0; $recompute $folder/lie || code=$?
              [ $code = 1 ] || { echo \"$part: ended with $code\"; exit 1; }
            done
            echo '{}' > $folder/none; code=0; $recompute $folder/none || code=$?; [ $code = 2 ]";
        let (done, said) = script(&demo, &format!("{sign_in}\n{lie}"));
        assert!(done, "{person}: {said}");
    }
    assert!(recomputed > 5, "the sample data has entries: {recomputed}");
}
