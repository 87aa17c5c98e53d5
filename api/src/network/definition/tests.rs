use std::collections::BTreeSet;

use domain::{
    money::Rate,
    network::{self as rules, Duty, RuleRate, Side},
    partner::Country,
};
use serde_json::json;

use super::*;

const ALTOGA: &str = include_str!("../../../../networks/altoga.yaml");
const ALL_IN_WEB: &str = include_str!("../../../../networks/all-in-web.yaml");

fn definition(yaml: &str) -> NetworkDefinition {
    read(yaml).unwrap_or_else(|faults| panic!("{}", faults.iter().map(|fault| format!("{fault}\n")).collect::<String>()))
}

fn document(yaml: &str, code: &str) -> TermsDocument {
    definition(yaml).partnership_types[&Code(code.to_owned())].versions[0].terms.clone()
}

fn terms(yaml: &str, code: &str) -> rules::Terms {
    document(yaml, code).to_domain().unwrap()
}

fn rate(text: &str) -> Rate {
    text.parse().unwrap()
}

/// The line of `yaml`, from 1, on which `text` stands for the only time.
fn line_of(yaml: &str, text: &str) -> usize {
    assert_eq!(yaml.matches(text).count(), 1, "{text}");
    yaml.lines().position(|line| line.contains(text)).unwrap() + 1
}

fn found(yaml: &str) -> Vec<(usize, String, &'static str)> {
    let faults = read(yaml).expect_err("a bad file is refused");
    faults.into_iter().map(|FileFault { line, fault, .. }| (line, fault.pointer, fault.code)).collect()
}

fn fault(line: usize, pointer: &str, code: &'static str) -> (usize, String, &'static str) {
    (line, pointer.to_owned(), code)
}

/// A small file in which everything is right; every line of it can be made wrong.
const SMALL: &str = r#"network:
  code: small
  name: Small
  default_language: en
  languages: [en, fr]
  policies:
    negotiation: {evidence_min: 1}
    protection: {days: 90, cap_days: 360}
    ordinal_scope: partner
    commission_trigger: invoiced
masters:
  one:
    legal_name: One
    display_name: One
    country: FR
    currency: EUR
    time_zone: Europe/Paris
partnership_types:
  finder:
    names: {en: Finder}
    descriptions: {en: Finds.}
    versions:
      - version: 1
        effective_from: 2020-01-01
        texts: {en: {title: Finder, body: Finds.}}
        terms:
          legal_forms: [company]
          counterparty: {master: true, partner_types: [finder]}
          single_agreement: true
          exclusivity: never
          contracts_customers: false
          sells: []
          duties:
            contracting: {default: master, allowed: [master]}
            billing: {default: master, allowed: [master]}
            start_up: {default: master, allowed: [master]}
            integration: {default: master, allowed: [master]}
            training: {default: master, allowed: [master]}
            support: {default: master, allowed: [master]}
            maintenance: {default: master, allowed: [master]}
          own_lines_billed_by: master
          rules:
            found:
              summaries: {en: Ten per cent.}
              kind: commission
              base: net
              rate: {of: fixed, rate: "0.1"}
              lines: [network_module]
              from_sale: 1
              recurrence: once
catalogue:
  thing:
    kind: network_module
    names: {en: Thing}
    provider: one
    product_line: things
    prices:
      - {currency: EUR, period: year, amount: "10.00", from: 2020-01-01}
"#;

/// `SMALL` with `from` replaced, and the line on which that was.
fn spoiled(from: &str, to: &str) -> (String, usize) {
    (SMALL.replace(from, to), line_of(SMALL, from))
}

#[test]
fn r55_r68_r75_r79_the_french_networks_rates_and_first_paid_sales_are_those_of_its_page() {
    let cases = [
        ("affiliate", "buy_price", rules::RuleKind::BuyPrice, rules::Base::List, "0.5", 1, rules::Recurrence::EveryYear),
        (
            "affiliated_integrator",
            "first_annuity",
            rules::RuleKind::Commission,
            rules::Base::FirstAnnuity,
            "0.7",
            2,
            rules::Recurrence::Once,
        ),
        (
            "independent_integrator",
            "first_annuity",
            rules::RuleKind::Commission,
            rules::Base::FirstAnnuity,
            "0.5",
            2,
            rules::Recurrence::Once,
        ),
        ("referrer", "first_annuity", rules::RuleKind::Commission, rules::Base::FirstAnnuity, "0.15", 1, rules::Recurrence::Once),
    ];
    for (code, name, kind, base, of, from_sale, recurrence) in cases {
        let terms = terms(ALL_IN_WEB, code);
        let rule = terms.rules.iter().find(|rule| rule.code == name).unwrap();
        assert_eq!((rule.kind, rule.base, rule.rate.clone()), (kind, base, RuleRate::Fixed(rate(of))), "{code}");
        assert_eq!((rule.from_sale, rule.recurrence), (from_sale, recurrence), "{code}");
    }
    let affiliate = terms(ALL_IN_WEB, "affiliate");
    assert_eq!(affiliate.minimum_sales_per_year, Some(15));
    assert!(affiliate.requirements.contains(&rules::Requirement::SupportStructure));
    assert!(affiliate.rules.iter().all(|rule| rule.kind != rules::RuleKind::Commission), "D10");
}

#[test]
fn d9_r66_r74_r80_the_french_networks_duties_are_those_of_its_table() {
    for (code, contracting, support, own_lines) in [
        ("affiliate", Side::Partner, Side::Partner, Side::Partner),
        ("affiliated_integrator", Side::Master, Side::Master, Side::Master),
        ("independent_integrator", Side::Master, Side::Master, Side::Partner),
        ("referrer", Side::Master, Side::Master, Side::Master),
    ] {
        let terms = terms(ALL_IN_WEB, code);
        assert_eq!(terms.duties[&Duty::Contracting].default, contracting, "{code}");
        assert_eq!(terms.duties[&Duty::Support].default, support, "{code}");
        assert_eq!(terms.duties[&Duty::Maintenance].allowed, BTreeSet::from([Side::Master]), "{code}");
        assert_eq!(terms.own_lines_billed_by, own_lines, "{code}");
    }
}

#[test]
fn r81_to_r85_integrators_and_affiliates_have_benefits_and_referrers_none() {
    for code in ["affiliate", "affiliated_integrator", "independent_integrator"] {
        let benefits = document(ALL_IN_WEB, code).benefits;
        assert_eq!(benefits[&Code("partner_instance".to_owned())].discount, Some(RateText("0.5".to_owned())), "{code}");
        assert_eq!(benefits[&Code("partner_seminars".to_owned())].quantity_per_year, Some(2), "{code}");
        assert_eq!(benefits.len(), 4, "{code}");
    }
    assert!(document(ALL_IN_WEB, "referrer").benefits.is_empty());
}

#[test]
fn r39_to_r45_a_reseller_grows_in_four_stages() {
    let terms = terms(ALTOGA, "reseller");
    let stages: Vec<_> = terms.stages.iter().map(|stage| (stage.code.as_str(), stage.margin, stage.sub_network)).collect();
    assert_eq!(
        stages,
        [
            ("facilitator", rate("0.2"), false),
            ("own_services", rate("0.25"), false),
            ("helpdesk", rate("0.3"), false),
            ("sub_network", rate("0.3"), true),
        ]
    );
    assert_eq!(terms.margin_uplift, rate("0.05"));
    assert_eq!(terms.rules.iter().map(|rule| rule.rate.clone()).collect::<Vec<_>>(), [RuleRate::OfStage]);
    assert_eq!(terms.legal_forms, BTreeSet::from([rules::LegalForm::Company]));
}

#[test]
fn d5_r26_promoters_contract_with_resellers_and_instructors_with_masters() {
    for code in ["marketing_consultant", "client_manager", "project_consultant"] {
        let counterparty = terms(ALTOGA, code).counterparty;
        assert!(!counterparty.master && counterparty.special_with_master, "{code}");
        assert_eq!(counterparty.partner_types, BTreeSet::from(["reseller".to_owned()]), "{code}");
    }
    assert!(terms(ALTOGA, "instructor").counterparty.master);
}

#[test]
fn both_networks_know_the_standard_rate_of_every_member_state_in_2026() {
    let in_force = "AT 0.2 BE 0.21 BG 0.2 CY 0.19 CZ 0.21 DE 0.19 DK 0.25 EE 0.24 ES 0.21 FI 0.255 FR 0.2 GR 0.24 HR 0.25 HU 0.27 \
                    IE 0.23 IT 0.22 LT 0.21 LU 0.17 LV 0.21 MT 0.18 NL 0.21 PL 0.23 PT 0.23 RO 0.21 SE 0.25 SI 0.22 SK 0.23";
    for yaml in [ALTOGA, ALL_IN_WEB] {
        let taxes = domain::statement::TaxRules::from(&definition(yaml).network.policies.taxes);
        let day = "2026-01-01".parse().unwrap();
        let rates = taxes.union.iter().map(|country| format!("{} {}", country.code(), taxes.rate(*country, day).unwrap()));
        assert_eq!(rates.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" "), in_force);
    }
}

#[test]
fn both_networks_have_the_policies_of_the_decisions() {
    for yaml in [ALTOGA, ALL_IN_WEB] {
        let policies = rules::Policies::from(&definition(yaml).network.policies);
        let expected = rules::Policies {
            negotiation: rules::NegotiationPolicy { evidence_min: 1, evidence_max_age_days: 3650 },
            protection: rules::ProtectionPolicy { days: 90, cap_days: 360 },
            warning_days: BTreeSet::from([30, 14, 3]),
            disputes: rules::DisputePolicy { hearing_days: 14, appeal_days: 14 },
            checks: rules::CheckPolicy { prospects_per_day: 250, warn_at: 100 },
            matching: rules::MatchingPolicy { possible_match: domain::registration::matching::Score::of(800) },
            ordinal_scope: rules::OrdinalScope::Partner,
            commission_trigger: rules::Trigger::Collected,
            payouts: policies.payouts.clone(),
            accounting: rules::AccountingPolicy {
                period: domain::ledger::PeriodLength::Month,
                debt_part: "0.5".parse().unwrap(),
            },
            taxes: policies.taxes.clone(),
            amendments: rules::AmendmentPolicy { existing_agreements: true, retroactive_days: 366 },
            obligations: rules::ObligationPolicy { due_soon_days: 30 },
        };
        assert_eq!(policies, expected);
        let limit = policies.payouts.limit(domain::money::Currency::EUR).map(|limit| limit.to_string());
        assert_eq!((limit.as_deref(), policies.payouts.remittance_days), (Some("5000.00"), 30));
        assert_eq!(policies.payouts.limit(domain::money::Currency::JPY), None, "every payout is approved");
        let on = |code: &str, day: &str| policies.taxes.rate(Country::parse(code).unwrap(), day.parse().unwrap());
        assert_eq!(on("PT", "2026-03-31"), Some(rate("0.23")));
        assert_eq!(on("FR", "2026-03-31"), Some(rate("0.2")));
        assert_eq!((policies.taxes.union.len(), on("PT", "2010-12-31")), (27, None));
    }
}

#[test]
fn a_payout_limit_in_no_currency_or_with_wrong_digits_is_refused_at_its_line() {
    let payouts = "commission_trigger: invoiced\n    payouts:\n      remittance_days: 30\n      approval_above:\n        ABC: \"1.00\"\n        \
                   JPY: \"1.00\"";
    let (bad, line) = spoiled("commission_trigger: invoiced", payouts);
    let at = "/network/policies/payouts/approval_above";
    let expected =
        [fault(line + 4, &format!("{at}/ABC"), "unknown_currency"), fault(line + 5, &format!("{at}/JPY"), "wrong_amount")];
    assert_eq!(found(&bad), expected);
}

#[test]
fn a_country_that_is_none_and_rates_out_of_order_are_refused_at_their_lines() {
    let taxes = "commission_trigger: invoiced\n    taxes:\n      union: [FR, UK]\n      standard_rates:\n        PT:\n          \
                 - {from: 2011-01-01, rate: \"0.23\"}\n          - {from: 2011-01-01, rate: \"0.2\"}";
    let (bad, line) = spoiled("commission_trigger: invoiced", taxes);
    let at = "/network/policies/taxes";
    let expected = [
        fault(line + 2, &format!("{at}/union/1"), "unknown_country"),
        fault(line + 6, &format!("{at}/standard_rates/PT/1/from"), "dates_not_ascending"),
    ];
    assert_eq!(found(&bad), expected);
}

#[test]
fn d12_a_commission_without_a_trigger_waits_for_what_the_networks_policy_says() {
    assert_eq!(terms(SMALL, "finder").rules[0].trigger, rules::Trigger::Invoiced);
    assert_eq!(terms(ALL_IN_WEB, "referrer").rules[0].trigger, rules::Trigger::Collected);
    let (margin, line) = spoiled("kind: commission", "kind: margin");
    let at = "/partnership_types/finder/versions/0/terms/rules/found";
    assert!(found(&margin).contains(&fault(line - 2, &format!("{at}/trigger"), "required")), "only commissions have a policy");
}

#[test]
fn every_text_of_both_networks_is_there_in_each_of_its_languages() {
    for yaml in [ALTOGA, ALL_IN_WEB] {
        let definition = definition(yaml);
        let expected: BTreeSet<_> = definition.network.languages.iter().collect();
        for (code, partnership_type) in &definition.partnership_types {
            for version in &partnership_type.versions {
                assert_eq!(version.texts.keys().collect::<BTreeSet<_>>(), expected, "{code:?}");
                let summaries = version.terms.rules.values().map(|rule| &rule.summaries);
                let checks = version.terms.checklist.values().map(|item| &item.texts);
                for texts in summaries.chain(checks).chain([&partnership_type.names, &partnership_type.descriptions]) {
                    assert_eq!(texts.0.keys().collect::<BTreeSet<_>>(), expected, "{code:?}");
                }
            }
        }
    }
}

#[test]
fn a_definition_is_written_as_it_was_read() {
    for yaml in [ALTOGA, ALL_IN_WEB] {
        let definition = definition(yaml);
        let written = serde_json::to_string(&definition).unwrap();
        assert_eq!(serde_json::from_str::<NetworkDefinition>(&written).unwrap(), definition);
        let order = |definition: &NetworkDefinition| definition.catalogue.keys().cloned().collect::<Vec<_>>();
        assert_eq!(order(&serde_json::from_str(&written).unwrap()), order(&definition));
    }
}

#[test]
fn five_faults_of_form_are_all_found_with_their_lines() {
    let bad = SMALL
        .replace("    country: FR\n", "")
        .replace("exclusivity: never", "exclusivity: territory")
        .replace("single_agreement: true", "single_agreement: 1")
        .replace(r#"rate: "0.1""#, r#"rate: "1.1""#)
        .replace("    provider: one", "    provider: one\n    colour: red");
    let terms = "/partnership_types/finder/versions/0/terms";
    assert_eq!(
        found(&bad),
        [
            fault(line_of(&bad, "  one:"), "/masters/one/country", "required"),
            fault(line_of(&bad, "single_agreement"), &format!("{terms}/single_agreement"), "wrong_type"),
            fault(line_of(&bad, "exclusivity"), &format!("{terms}/exclusivity"), "unknown_value"),
            fault(line_of(&bad, "of: fixed"), &format!("{terms}/rules/found/rate/rate"), "wrong_format"),
            fault(line_of(&bad, "colour"), "/catalogue/thing/colour", "unknown_field"),
        ]
    );
}

#[test]
fn faults_of_meaning_are_all_found_with_their_lines() {
    let bad = SMALL
        .replace("cap_days: 360", "cap_days: 89")
        .replace("country: FR", "country: XQ")
        .replace("    currency: EUR", "    currency: QQQ")
        .replace("descriptions: {en: Finds.}", "descriptions: {fr: Trouve., de: Findet.}")
        .replace("names: {en: Thing}", "names: {en: ' '}")
        .replace("version: 1", "version: 2")
        .replace("[finder]", "[seeker]")
        .replace("provider: one", "provider: two")
        .replace(r#""10.00""#, r#""10.000""#);
    let version = "/partnership_types/finder/versions/0";
    let descriptions = line_of(&bad, "descriptions");
    assert_eq!(
        found(&bad),
        [
            fault(line_of(&bad, "cap_days"), "/network/policies/protection/cap_days", "too_small"),
            fault(line_of(&bad, "country: XQ"), "/masters/one/country", "unknown_country"),
            fault(line_of(&bad, "QQQ"), "/masters/one/currency", "unknown_currency"),
            fault(descriptions, "/partnership_types/finder/descriptions/en", "default_language_missing"),
            fault(descriptions, "/partnership_types/finder/descriptions/de", "unknown_language"),
            fault(line_of(&bad, "version: 2"), &format!("{version}/version"), "wrong_version"),
            fault(line_of(&bad, "seeker"), &format!("{version}/terms/counterparty/partner_types/0"), "unknown_partnership_type"),
            fault(line_of(&bad, "' '"), "/catalogue/thing/names/en", "empty_text"),
            fault(line_of(&bad, "provider"), "/catalogue/thing/provider", "unknown_master"),
            fault(line_of(&bad, "10.000"), "/catalogue/thing/prices/0/amount", "wrong_amount"),
        ]
    );
}

#[test]
fn two_prices_for_the_same_currency_period_and_day_are_refused() {
    let price = r#"      - {currency: EUR, period: year, amount: "10.00", from: 2020-01-01}"#;
    let line = line_of(SMALL, price);
    let with = |second: &str| SMALL.replace(price, &format!("{price}\n{second}"));
    assert_eq!(found(&with(price)), [fault(line + 1, "/catalogue/thing/prices/1", "duplicate_price")]);
    assert!(read(&with(&price.replace("2020-01-01", "2020-01-02"))).is_ok());
    assert!(read(&with(&price.replace("year", "month"))).is_ok());
}

#[test]
fn a_version_takes_effect_after_the_one_before_and_not_on_the_same_day() {
    let start = SMALL.find("      - version: 1").unwrap();
    let end = SMALL.find("catalogue:").unwrap();
    let second = |from: &str| SMALL[start..end].replace("version: 1", "version: 2").replace("2020-01-01", from);
    let with = |from: &str| format!("{}{}{}", &SMALL[..end], second(from), &SMALL[end..]);
    let at = "/partnership_types/finder/versions/1/effective_from";
    let codes = |yaml: &str| found(yaml).into_iter().map(|(_, pointer, code)| (pointer, code)).collect::<Vec<_>>();
    assert_eq!(codes(&with("2019-12-31")), [(at.to_owned(), "dates_not_ascending")]);
    assert_eq!(codes(&with("2020-01-01")), [(at.to_owned(), "dates_not_ascending")]);
    assert!(read(&with("2020-01-02")).is_ok());
}

#[test]
fn a_partners_own_item_is_not_the_networks_to_list() {
    let (bad, line) = spoiled("    kind: network_module", "    kind: partner_own");
    assert_eq!(found(&bad), [fault(line, "/catalogue/thing/kind", "partners_own_item")]);
}

#[test]
fn two_stages_cannot_have_the_same_place_in_the_order() {
    let bad = ALTOGA.replace("order: 3", "order: 2");
    let at = "/partnership_types/reseller/versions/0/terms/stages/helpdesk/order";
    assert_eq!(found(&bad), [fault(line_of(ALTOGA, "order: 3"), at, "duplicate_order")]);
}

#[test]
fn what_yaml_readers_understand_differently_is_refused_with_its_line() {
    let cases = [
        ("  code: small", "  code: small\n  code: small", 1, "/network/code", "duplicate_key"),
        ("languages: [en, fr]", "languages: &all [en, fr]", 0, "/network/languages", "alias_not_allowed"),
        ("product_line: things", "product_line: !word things", 0, "/catalogue/thing/product_line", "tag_not_allowed"),
        (r#""10.00""#, "10.00", 0, "/catalogue/thing/prices/0/amount", "unquoted_decimal"),
        ("\n  thing:", "\n  12:", 0, "/catalogue", "wrong_key"),
        ("    legal_name: One", "\tlegal_name: One", 0, "/masters", "bad_yaml"),
        ("languages: [en, fr]", "languages: [en, fr", 1, "/network/languages", "bad_yaml"),
        ("catalogue:", "---\ncatalogue:", 0, "", "bad_yaml"),
    ];
    for (from, to, below, pointer, code) in cases {
        let bad = SMALL.replace(from, to);
        let line = line_of(SMALL, from.trim_start_matches('\n')) + below;
        let found = found(&bad);
        assert!(found.contains(&fault(line, pointer, code)), "{to}: {found:?}");
    }
    assert_eq!(found(""), [fault(1, "", "bad_yaml")]);
}

#[test]
fn a_file_that_would_blow_up_is_refused_before_it_does() {
    let bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n";
    assert!(found(bomb).iter().any(|(line, _, code)| (*line, *code) == (3, "alias_not_allowed")));
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(found(&nested(64)), [fault(1, "", "wrong_type")]);
    assert_eq!(found(&nested(65))[0].2, "too_deep");
    assert!(read(&"[".repeat(100_000)).is_err());
    assert_eq!(found(&"- ".repeat(100_000))[0].2, "too_deep");
    let large = format!("# {}\n{SMALL}", "x".repeat(4 * 1024 * 1024));
    assert_eq!(found(&large), [fault(1, "", "too_large")]);
}

#[test]
fn r6_special_terms_override_what_they_name_and_leave_the_rest() {
    let standard = document(ALL_IN_WEB, "referrer");
    let special = standard.with_special(&json!({"rules": {"first_annuity": {"rate": {"rate": "0.2"}}}})).unwrap();
    let code = Code("first_annuity".to_owned());
    let expected = FixedRateDocument { of: OfFixed::Fixed, rate: RateText("0.2".to_owned()) };
    assert_eq!(special.rules[&code].rate, RuleRateDocument::Fixed(expected));
    // What the rule was called in words says another rate.
    assert!(special.rules[&code].summaries.0.is_empty() && !standard.rules[&code].summaries.0.is_empty());
    let mut back = special;
    back.rules[&code].rate = standard.rules[&code].rate.clone();
    back.rules[&code].summaries = standard.rules[&code].summaries.clone();
    assert_eq!(back, standard);
    assert_eq!(standard.with_special(&json!({})), Ok(standard.clone()));
}

#[test]
fn r6_special_terms_can_add_and_take_away_by_code() {
    let reseller = document(ALTOGA, "reseller");
    let stage = json!({"order": 5, "names": {"en": "Champion"}, "margin": "0.4", "sub_network": true});
    let special = reseller
        .with_special(&json!({"stages": {"facilitator": null, "own_services": {"conditions": null}, "champion": stage}}))
        .unwrap();
    let stages: Vec<_> = special.to_domain().unwrap().stages.into_iter().map(|stage| stage.code).collect();
    assert_eq!(stages, ["own_services", "helpdesk", "sub_network", "champion"]);
}

#[test]
fn r6_special_terms_that_break_the_contract_are_refused_with_every_pointer() {
    let patch = json!({"colour": "red", "single_agreement": null, "rules": {"first_annuity": {"rate": {"rate": "1.5"}}}});
    let faults = document(ALL_IN_WEB, "referrer").with_special(&patch).unwrap_err();
    let mut faults: Vec<_> = faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect();
    faults.sort();
    let expected =
        [("/colour", "unknown_field"), ("/rules/first_annuity/rate/rate", "wrong_format"), ("/single_agreement", "required")];
    assert_eq!(faults, expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    let of_stage = json!({"rules": {"first_annuity": {"rate": {"of": "stage"}}}});
    let faults = document(ALL_IN_WEB, "referrer").with_special(&of_stage).unwrap_err();
    assert_eq!((faults[0].pointer.as_str(), faults[0].code), ("/rules/first_annuity/rate/rate", "unknown_field"));
    let faults = document(ALL_IN_WEB, "referrer").with_special(&json!("no object")).unwrap_err();
    assert_eq!(faults[0].code, "wrong_type");
}

#[test]
fn contradictions_in_terms_are_all_found_with_their_lines() {
    let bad = SMALL
        .replace("contracts_customers: false", "contracts_customers: true")
        .replace(
            "maintenance: {default: master, allowed: [master]}",
            "maintenance: {default: master, allowed: [master, partner]}",
        )
        .replace("support: {default: master, allowed: [master]}", "support: {default: partner, allowed: [master]}")
        .replace(r#"{of: fixed, rate: "0.1"}"#, "{of: stage}");
    let at = "/partnership_types/finder/versions/0/terms";
    assert_eq!(
        found(&bad),
        [
            fault(line_of(&bad, "contracting: {"), &format!("{at}/duties/contracting"), "contracting_disagrees"),
            fault(line_of(&bad, "support: {"), &format!("{at}/duties/support/default"), "default_side_not_allowed"),
            fault(line_of(&bad, "maintenance: {"), &format!("{at}/duties/maintenance"), "maintenance_not_masters"),
            fault(line_of(&bad, "rate: {"), &format!("{at}/rules/found/rate"), "stage_rate_outside_margin"),
        ]
    );
}

#[test]
fn d10_special_terms_bring_no_contradiction_in() {
    let commission = json!({
        "summaries": {"fr": "x"}, "kind": "commission", "base": "annuity", "rate": {"of": "fixed", "rate": "0.5"},
        "lines": ["network_module"], "from_sale": 1, "recurrence": "every_year", "trigger": "collected",
    });
    let faults = document(ALL_IN_WEB, "affiliate").with_special(&json!({"rules": {"commission": commission}})).unwrap_err();
    assert_eq!(
        faults.iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect::<Vec<_>>(),
        [("/rules", "commission_and_buy_price")]
    );
}

#[test]
fn r64_a_kind_of_qualification_meets_what_a_partner_can_do_and_says_so_in_the_networks_languages() {
    let kinds = |yaml| qualification_kinds(&definition(yaml).qualifications);
    for yaml in [ALTOGA, ALL_IN_WEB] {
        let met: BTreeSet<_> = kinds(yaml).into_iter().filter_map(|kind| kind.requirement).collect();
        assert_eq!(met, [rules::Requirement::SupportStructure, rules::Requirement::TechnicalQualification].into());
        let start_up = kinds(yaml).into_iter().find(|kind| kind.code == "technical_start_up").unwrap();
        assert_eq!(start_up.duties, [Duty::StartUp, Duty::Integration].into());
    }
    let with = |kind: &str| found(&format!("{SMALL}qualifications:\n  kind: {{{kind}}}\n"));
    let texts = "names: {en: A}, descriptions: {en: B}";
    let line = SMALL.lines().count() + 2;
    let at = |pointer: &str, code| fault(line, &format!("/qualifications/kind{pointer}"), code);
    let cases = [
        ("requirement: tax_id", at("/requirement", "requirement_not_shown")),
        ("duties: [start_up]", at("/duties", "requirement_missing")),
        ("requirement: support_structure, duties: [maintenance]", at("/duties", "maintenance_not_masters")),
        ("valid_months: 0", at("/valid_months", "too_small")),
    ];
    for (wrong, expected) in cases {
        assert_eq!(with(&format!("{texts}, {wrong}")), [expected], "{wrong}");
    }
    assert_eq!(with("names: {fr: A}, descriptions: {en: ' '}").len(), 2);
}
