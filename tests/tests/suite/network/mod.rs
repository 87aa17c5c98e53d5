//! Networks: their files, what they publish for good, and what everybody in them sees.

mod catalogue;
mod files;

use api::network::apply::apply_text;
use chrono::TimeDelta;
use entente_tests::{
    app::{Caller, TestApp},
    engine::wait,
    on_both_engines,
};
use serde_json::{Value, json};

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
    names: {en: Finder, fr: Apporteur}
    descriptions: {en: Finds.}
    versions:
      - version: 1
        effective_from: 2020-01-01
        texts: {en: {title: Finder, body: Finds.}, fr: {title: Apporteur, body: Apporte.}}
        terms:
          legal_forms: [company, natural_person]
          counterparty: {master: true}
          single_agreement: true
          exclusivity: never
          contracts_customers: false
          sells: [network_module]
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
    names: {en: Thing, fr: Chose}
    provider: one
    product_line: things
    prices:
      - {currency: EUR, period: year, amount: "10.00", from: 2020-01-01}
  other:
    kind: complementary
    names: {en: Other}
    provider: one
    product_line: things
    prices: []
"#;

/// `SMALL` with a second version of its terms, in force from 2026-03-03, the day after tests begin.
fn with_second_version(of: &str) -> String {
    let (head, rest) = of.split_once("      - version: 1").expect("a first version");
    let (version, tail) = rest.split_once("catalogue:").expect("a catalogue");
    let second = version.replace("2020-01-01", "2026-03-03").replace("\"0.1\"", "\"0.2\"");
    format!("{head}      - version: 1{version}      - version: 2{second}catalogue:{tail}")
}

/// The kinds of the events that the caller may read.
fn kinds(caller: &Caller) -> Vec<String> {
    let feed = caller.get("/v1/events?limit=200").expect(200);
    let kind = |event: &Value| event["kind"].as_str().expect("a kind").to_owned();
    feed["data"].as_array().expect("events").iter().map(kind).collect()
}

/// A partner of the master with this code, and its administrator.
fn partner(app: &TestApp, master: &str, name: &str) -> (String, Caller) {
    let body = json!({"name": name, "legal_form": "company", "country": "PT", "email": "a@partner.example", "language": "en"});
    let made = app.master(master).post("/v1/partners", body).expect(201);
    let id = made["id"].as_str().expect("an id").to_owned();
    let caller = app.partner(&id);
    (id, caller)
}

/// Every row of a list, `limit` at a time.
fn all(caller: &Caller, path: &str, limit: usize) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut after = String::new();
    loop {
        let page = caller.get(format!("{path}{}limit={limit}{after}", if path.contains('?') { "&" } else { "?" })).expect(200);
        let data = page["data"].as_array().expect("rows").clone();
        assert!(data.len() <= limit);
        rows.extend(data);
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return rows,
        }
    }
}

fn codes(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["code"].as_str().expect("a code")).collect()
}

on_both_engines! {
    fn somebody_who_would_like_to_join_sees_every_network_its_masters_and_its_types(engine: Engine) {
        let app = TestApp::start(engine);
        let networks = all(&app.anonymous(), "/v1/networks", 1);
        let mut found = codes(&networks);
        found.sort_unstable();
        assert_eq!(found.len(), 2);
        assert!(found.contains(&"altoga"));
        let altoga = networks.iter().find(|network| network["code"] == "altoga").expect("the network");
        assert_eq!(codes(altoga["masters"].as_array().expect("masters")), ["pt", "br"]);
        assert!(altoga["partnership_types"].as_array().expect("types").iter().any(|it| it["names"]["pt"] == "Parceiro revendedor"));
        assert!(altoga.get("policies").is_none());
    }

    fn a_caller_sees_its_own_network_and_nothing_of_another(engine: Engine) {
        let app = TestApp::start(engine);
        let (pt, fr) = (app.master("pt"), app.master("fr"));
        let network = pt.get("/v1/network");
        assert_eq!(network.expect(200)["policies"]["protection"]["days"], 90);
        assert_eq!(pt.request("GET", "/v1/network").header("if-none-match", &network.etag()).send().status, 304);
        assert_eq!(codes(&all(&pt, "/v1/masters", 1)), ["br", "pt"]);
        for list in ["/v1/masters", "/v1/partnership-types", "/v1/catalogue-items"] {
            let first = all(&pt, list, 3).remove(0);
            let path = format!("{list}/{}", first["id"].as_str().expect("an id"));
            let shown = pt.get(&path);
            assert_eq!(shown.expect(200), first);
            assert_eq!(shown.etag(), format!("\"{}\"", first["version"]));
            fr.get(&path).problem(404, "not_found");
        }
        let reseller = all(&pt, "/v1/partnership-types", 200).into_iter().find(|it| it["code"] == "reseller").expect("a type");
        let of_type = format!("/v1/partnership-types/{}/terms", reseller["id"].as_str().expect("an id"));
        let heads = all(&pt, &of_type, 1);
        assert_eq!(heads, [reseller["terms_in_force"].clone()]);
        fr.get(&of_type).problem(404, "not_found");
        let terms = format!("/v1/terms/{}", heads[0]["id"].as_str().expect("an id"));
        fr.get(&terms).problem(404, "not_found");
        let languages = |answer: Value| answer["texts"].as_object().expect("texts").keys().cloned().collect::<Vec<_>>();
        let shown = pt.get(&terms);
        assert_eq!(shown.etag(), "\"1\"");
        assert_eq!(languages(shown.expect(200)), ["en", "es", "pt"]);
        assert_eq!(languages(pt.get(format!("{terms}?language=es")).expect(200)), ["es"]);
        assert_eq!(languages(pt.get(format!("{terms}?language=fr")).expect(200)), ["en"]);
        assert_eq!(shown.json()["terms"]["single_agreement"], true);
    }

    fn a_type_shows_the_terms_of_the_day_and_its_entity_tag_says_when_they_are_others(engine: Engine) {
        let app = TestApp::start(engine);
        wait(apply_text(&app.db, SMALL, false)).expect("a file that is applied");
        let type_of = |app: &TestApp| all(&app.master("one"), "/v1/partnership-types", 200).remove(0);
        let path = format!("/v1/partnership-types/{}", type_of(&app)["id"].as_str().expect("an id"));
        let mut seen = Vec::new();
        let mut look = || {
            let shown = app.master("one").get(&path);
            seen.push((shown.expect(200)["terms_in_force"]["number"].clone(), shown.etag()));
        };
        look();
        wait(apply_text(&app.db, &with_second_version(SMALL), false)).expect("a file that is applied");
        look();
        app.advance(TimeDelta::hours(15) - TimeDelta::microseconds(1));
        look();
        app.advance(TimeDelta::microseconds(1));
        look();
        let numbers: Vec<_> = seen.iter().map(|(number, _)| number.clone()).collect();
        assert_eq!(numbers, [json!(1), json!(1), json!(1), json!(2)]);
        assert!(seen[0].1 != seen[1].1 && seen[1].1 == seen[2].1 && seen[2].1 != seen[3].1, "{seen:?}");
    }

    fn masters_learn_what_their_file_changed_and_a_partner_learns_of_its_own_items(engine: Engine) {
        let app = TestApp::start(engine);
        let (_, own) = partner(&app, "pt", "Own");
        own.post("/v1/catalogue-items", catalogue::archive()).expect(201);
        // A feed keeps back what is newer than a transaction that runs still, in whichever database of the server.
        let learns = |caller: &Caller, kind: &str| (0..200).any(|round| {
            std::thread::sleep(std::time::Duration::from_millis(25 * u64::from(round > 0)));
            kinds(caller).iter().any(|seen| seen == kind)
        });
        assert!(learns(&own, "catalogue_item.created"));
        for master in ["pt", "br"] {
            let caller = app.master(master);
            for kind in ["network.created", "master.created", "partnership_type.created", "terms.published"] {
                assert!(learns(&caller, kind), "{master}: {kind}");
            }
        }
        assert!(!kinds(&app.master("br")).contains(&"partner.created".to_owned()));
    }
}
