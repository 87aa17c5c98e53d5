//! From the rule document to the domain's rule.

use std::collections::BTreeSet;

use domain::{
    money::{Currency, InvalidAmount, Money, Rate, exponent},
    network as rules,
    partner::Country,
};

use super::{
    AmountText, BoundsDocument, Code, CountTierDocument, CountTiersDocument, CountryCode, CurrencyCode, Fault,
    FixedAmountDocument, FixedRateDocument, RuleDocument, RuleRateDocument, SelectorDocument, StageRateDocument,
    VolumeTierDocument, VolumeTiersDocument, YearsDocument,
    convert::{converted, rate},
};
use crate::schema::step;

/// The rule that a document says; what is wrong with it goes to `faults`, pointing into the terms.
pub(super) fn rule(code: &Code, document: &RuleDocument, faults: &mut Vec<Fault>) -> rules::Rule {
    let RuleDocument {
        summaries: _,
        kind,
        base,
        rate: rate_document,
        lines,
        only,
        from_sale,
        to_sale,
        recurrence,
        years,
        trigger,
        bounds: bounds_document,
        additive,
        split,
        hold_days,
    } = document;
    let pointer = step("/rules", &code.0);
    if trigger.is_none() {
        let message = "a rule says what it waits for";
        let params = vec![("field", "trigger".to_owned())];
        faults.push(Fault { params, ..Fault::new(format!("{pointer}/trigger"), "required", message) });
    }
    rules::Rule {
        code: code.0.clone(),
        kind: (*kind).into(),
        base: (*base).into(),
        rate: rule_rate(rate_document, &format!("{pointer}/rate"), faults),
        lines: converted(lines),
        only: only.as_ref().map(|only| selector(only, &format!("{pointer}/only"), faults)).unwrap_or_default(),
        from_sale: *from_sale,
        to_sale: *to_sale,
        recurrence: (*recurrence).into(),
        years: years.as_ref().map(|YearsDocument { from, to }| rules::Years { from: *from, to: *to }),
        trigger: trigger.map_or(rules::Trigger::Contracted, Into::into),
        bounds: bounds_document.as_ref().and_then(|document| bounds(document, &format!("{pointer}/bounds"), faults)),
        additive: *additive,
        split: rates(split.iter(), &format!("{pointer}/split"), faults),
        hold_days: *hold_days,
    }
}

fn rates<'a>(texts: impl Iterator<Item = &'a super::RateText>, pointer: &str, faults: &mut Vec<Fault>) -> Vec<Rate> {
    texts.enumerate().map(|(place, text)| rate(text, &format!("{pointer}/{place}"), faults)).collect()
}

fn rule_rate(document: &RuleRateDocument, pointer: &str, faults: &mut Vec<Fault>) -> rules::RuleRate {
    match document {
        RuleRateDocument::Fixed(FixedRateDocument { of: _, rate: text }) => {
            rules::RuleRate::Fixed(rate(text, &format!("{pointer}/rate"), faults))
        }
        RuleRateDocument::Stage(StageRateDocument { of: _ }) => rules::RuleRate::OfStage,
        RuleRateDocument::Amount(FixedAmountDocument { of: _, amount: text, currency: code, per }) => {
            let currency = currency(code, &format!("{pointer}/currency"), faults);
            let amount = currency.and_then(|currency| amount(text, currency, &format!("{pointer}/amount"), faults));
            amount.map_or(NOTHING, |amount| rules::RuleRate::Amount { amount, per: (*per).into() })
        }
        RuleRateDocument::VolumeTiers(document) => volume_tiers(document, pointer, faults),
        RuleRateDocument::CountTiers(CountTiersDocument { of: _, mode: _, tiers }) => {
            let tier = |(place, document): (usize, &CountTierDocument)| {
                let CountTierDocument { from, to, rate: text } = document;
                rules::CountTier { from: *from, to: *to, rate: rate(text, &format!("{pointer}/tiers/{place}/rate"), faults) }
            };
            rules::RuleRate::CountTiers { tiers: tiers.iter().enumerate().map(tier).collect() }
        }
    }
}

/// What stands in for a rate that cannot be read; it is never used, since its fault is told.
const NOTHING: rules::RuleRate = rules::RuleRate::Fixed(Rate::ZERO);

fn volume_tiers(document: &VolumeTiersDocument, pointer: &str, faults: &mut Vec<Fault>) -> rules::RuleRate {
    let VolumeTiersDocument { of: _, currency: code, mode, over, tiers: documents } = document;
    let Some(currency) = currency(code, &format!("{pointer}/currency"), faults) else { return NOTHING };
    let mut tiers = Vec::new();
    for (place, VolumeTierDocument { from, below, rate: text }) in documents.iter().enumerate() {
        let at = format!("{pointer}/tiers/{place}");
        let from = amount(from, currency, &format!("{at}/from"), faults);
        let below = below.as_ref().and_then(|below| amount(below, currency, &format!("{at}/below"), faults));
        let rate = rate(text, &format!("{at}/rate"), faults);
        tiers.extend(from.map(|from| rules::VolumeTier { from, below, rate }));
    }
    let over = over.map_or(rules::VolumeOver::Annuity, Into::into);
    rules::RuleRate::VolumeTiers { mode: (*mode).into(), over, tiers }
}

fn bounds(document: &BoundsDocument, pointer: &str, faults: &mut Vec<Fault>) -> Option<rules::Bounds> {
    let BoundsDocument { per, currency: code, floor, cap } = document;
    let currency = currency(code, &format!("{pointer}/currency"), faults)?;
    let mut bound = |text: &Option<AmountText>, name: &str| {
        text.as_ref().and_then(|text| amount(text, currency, &format!("{pointer}/{name}"), faults))
    };
    Some(rules::Bounds { per: (*per).into(), floor: bound(floor, "floor"), cap: bound(cap, "cap") })
}

fn selector(document: &SelectorDocument, pointer: &str, faults: &mut Vec<Fault>) -> rules::Selector {
    let SelectorDocument { items, product_lines, segments, countries: country_codes } = document;
    let codes = |codes: &BTreeSet<Code>| codes.iter().map(|code| code.0.clone()).collect();
    let mut countries = BTreeSet::new();
    for (place, CountryCode(code)) in country_codes.iter().enumerate() {
        match Country::parse(code) {
            Ok(country) => _ = countries.insert(country),
            Err(error) => {
                let fault = Fault::new(format!("{pointer}/countries/{place}"), "unknown_country", error.to_string());
                faults.push(Fault { params: vec![("value", code.clone())], ..fault });
            }
        }
    }
    rules::Selector { items: codes(items), product_lines: codes(product_lines), segments: codes(segments), countries }
}

fn currency(code: &CurrencyCode, pointer: &str, faults: &mut Vec<Fault>) -> Option<Currency> {
    let currency = Currency::from_code(&code.0);
    if currency.is_none() {
        let message = format!("ISO 4217 knows no currency {}", code.0);
        faults.push(Fault { params: vec![("value", code.0.clone())], ..Fault::new(pointer, "unknown_currency", message) });
    }
    currency
}

fn amount(text: &AmountText, currency: Currency, pointer: &str, faults: &mut Vec<Fault>) -> Option<Money> {
    let wrong = |error: InvalidAmount| {
        let params = vec![("currency", currency.code().to_owned()), ("digits", exponent(currency).to_string())];
        faults.push(Fault { params, ..Fault::new(pointer, "wrong_amount", error.to_string()) });
    };
    Money::parse(&text.0, currency).map_err(wrong).ok()
}
