//! Networks: their files, what they publish for good, and what everybody in them sees.

use api::network::apply::{Applied, NotApplied, apply_text};
use chrono::{NaiveDate, TimeDelta};
use diesel::{QueryDsl, RunQueryDsl};
use domain::{
    money::Currency,
    network::{Period, Trigger},
};
use entente_tests::{
    app::{Caller, TestApp, today},
    engine::{Engine, TestClock, TestStore, wait},
    on_both_engines,
};
use persistence::{db::Db, error::DbError, network as store, schema::events};
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

fn line_of(yaml: &str, part: &str) -> usize {
    yaml.lines().position(|line| line.contains(part)).expect("a line") + 1
}

/// A database without any network.
struct Bare {
    db: Db,
    _store: TestStore,
}

impl Bare {
    fn new(engine: Engine) -> Self {
        let store = TestStore::migrated(engine);
        Self { db: store.open(TestClock::at(today()).clock()), _store: store }
    }

    fn with_small(engine: Engine) -> Self {
        let bare = Self::new(engine);
        bare.apply(SMALL);
        bare
    }

    #[track_caller]
    fn apply(&self, yaml: &str) -> Vec<String> {
        changes(&wait(apply_text(&self.db, yaml, false)).expect("a file that is applied"))
    }

    /// The faults of a file that is refused, as `line code`.
    #[track_caller]
    fn refused(&self, yaml: &str) -> Vec<String> {
        match wait(apply_text(&self.db, yaml, false)) {
            Err(NotApplied::Faults(faults)) => {
                faults.iter().map(|fault| format!("{} {}", fault.line, fault.fault.code)).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    fn read<T: Send + 'static>(&self, read: impl FnOnce(&mut persistence::db::Conn) -> Result<T, DbError> + Send + 'static) -> T {
        wait(self.db.read(move |tx| read(tx.conn))).expect("a database that answers")
    }

    fn small(&self) -> store::Network {
        self.read(|conn| store::find_network_by_code(conn, "small")).expect("the network")
    }

    fn finder(&self) -> store::PartnershipType {
        let network = self.small().id;
        self.read(move |conn| store::find_type_by_code(conn, network, "finder")).expect("the type")
    }

    fn terms(&self) -> Vec<store::TermsVersion> {
        let finder = self.finder().id;
        self.read(move |conn| store::terms_of(conn, finder))
    }

    fn items(&self) -> Vec<store::CatalogueItem> {
        let network = self.small().id;
        self.read(move |conn| store::items_of_masters(conn, network))
    }

    fn events(&self) -> i64 {
        self.read(|conn| Ok(events::table.count().get_result(conn)?))
    }
}

fn changes(applied: &Applied) -> Vec<String> {
    applied.changes.iter().map(ToString::to_string).collect()
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

on_both_engines! {
    fn the_same_file_twice_changes_nothing(engine: Engine) {
        let bare = Bare::new(engine);
        for file in ["altoga", "all-in-web"] {
            let path = format!("{}/../networks/{file}.yaml", env!("CARGO_MANIFEST_DIR"));
            let yaml = std::fs::read_to_string(path).expect("a file");
            assert!(bare.apply(&yaml).len() > 10, "{file}");
            let events = bare.events();
            assert_eq!(bare.apply(&yaml), Vec::<String>::new(), "{file}");
            assert_eq!(bare.events(), events, "{file}");
        }
    }

    fn what_is_only_written_in_another_order_is_no_change(engine: Engine) {
        let bare = Bare::with_small(engine);
        let shuffled = SMALL
            .replace("{en: Finder, fr: Apporteur}", "{fr: Apporteur, en: Finder}")
            .replace("[company, natural_person]", "[natural_person, company]")
            .replace("{en: Thing, fr: Chose}", "{fr: Chose, en: Thing}");
        assert_ne!(shuffled, SMALL);
        assert_eq!(bare.apply(&shuffled), Vec::<String>::new());
    }

    fn a_dry_run_says_the_same_and_writes_nothing(engine: Engine) {
        let bare = Bare::new(engine);
        let dry = wait(apply_text(&bare.db, SMALL, true)).expect("a file that could be applied");
        assert_eq!(bare.read(|conn| store::find_network_by_code(conn, "small")), None);
        assert_eq!(changes(&dry), bare.apply(SMALL));
        assert_eq!(changes(&dry), [
            "network.created small",
            "master.created one",
            "partnership_type.created finder",
            "terms.published finder 1",
            "catalogue_item.created thing",
            "catalogue_item.created other",
        ]);
    }

    fn a_changed_name_or_policy_makes_a_new_version_of_what_has_it(engine: Engine) {
        let bare = Bare::with_small(engine);
        let changed = SMALL.replace("display_name: One", "display_name: First").replace("days: 90", "days: 60");
        assert_eq!(bare.apply(&changed), ["network.changed small", "master.changed one"]);
        let network = bare.small();
        let master = bare.read(move |conn| store::find_master_by_code(conn, network.id, "one")).expect("the master");
        assert_eq!((network.version, master.version, master.display_name.as_str()), (2, 2, "First"));
        let policies = wait(bare.db.read(move |tx| api::network::policies(tx.conn, network.id))).expect("policies");
        assert_eq!(policies.protection.days, 60);
    }

    fn r86_published_terms_never_change_and_the_file_that_would_is_refused_whole(engine: Engine) {
        let bare = Bare::with_small(engine);
        let before = (bare.small(), bare.terms(), bare.events());
        let line = line_of(SMALL, "- version: 1");
        for (from, to) in [
            ("\"0.1\"", "\"0.2\""),
            ("effective_from: 2020-01-01", "effective_from: 2020-01-02"),
            ("body: Apporte.", "body: Trouve."),
            ("recurrence: once", "recurrence: every_year"),
            ("recurrence: once", "recurrence: once\n              trigger: collected"),
        ] {
            let changed = SMALL.replace(from, to).replace("name: Small", "name: Smaller");
            assert_eq!(bare.refused(&changed), [format!("{line} published_terms_changed")], "{to}");
        }
        assert_eq!((bare.small(), bare.terms(), bare.events()), before);
    }

    fn r86_a_new_version_is_appended_and_what_was_signed_before_stays_under_the_old_one(engine: Engine) {
        let bare = Bare::with_small(engine);
        let signed = bare.terms();
        assert_eq!(bare.apply(&with_second_version(SMALL)), ["partnership_type.changed finder", "terms.published finder 2"]);
        let terms = bare.terms();
        assert_eq!(terms.iter().map(|terms| terms.number).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(terms[..1], signed[..]);
        let finder = bare.finder();
        assert_eq!(finder.version, 2);
        for (on, number) in [("2019-12-31", None), ("2020-01-01", Some(1)), ("2026-03-02", Some(1)), ("2026-03-03", Some(2))] {
            let found = bare.read(move |conn| store::terms_in_force(conn, finder.id, day(on)));
            assert_eq!(found.map(|terms| terms.number), number, "{on}");
        }
        let line = line_of(SMALL, "versions:");
        assert_eq!(bare.refused(SMALL), [format!("{line} published_terms_removed")]);
    }

    fn d12_another_policy_leaves_published_terms_alone_and_counts_for_those_to_come(engine: Engine) {
        let bare = Bare::with_small(engine);
        let changed = SMALL.replace("commission_trigger: invoiced", "commission_trigger: collected");
        assert_eq!(bare.apply(&changed), ["network.changed small"]);
        bare.apply(&with_second_version(&changed));
        let triggers: Vec<Trigger> = bare.terms().iter().map(|terms| {
            let terms = api::network::terms_document(terms).expect("a document").to_domain().expect("sound terms");
            terms.rules[0].trigger
        }).collect();
        assert_eq!(triggers, [Trigger::Invoiced, Trigger::Collected]);
    }

    fn a_new_price_holds_from_its_day_and_one_that_stands_is_neither_changed_nor_taken_back(engine: Engine) {
        let bare = Bare::with_small(engine);
        let price = r#"      - {currency: EUR, period: year, amount: "10.00", from: 2020-01-01}"#;
        let (at_price, at_prices) = (line_of(SMALL, price), line_of(SMALL, "    prices:"));
        assert_eq!(bare.refused(&SMALL.replace("\"10.00\"", "\"11.00\"")), [format!("{at_price} published_price_changed")]);
        assert_eq!(bare.refused(&SMALL.replace("10.00\", from: 2020-01-01", "10.00\", from: 2020-01-02")), [format!("{at_prices} published_price_removed")]);
        let later = format!("{price}\n{}", price.replace("10.00", "12.00").replace("2020-01-01", "2026-03-03"));
        assert_eq!(bare.apply(&SMALL.replace(price, &later)), ["catalogue_item.changed thing"]);
        let thing = bare.items().remove(0);
        assert_eq!((thing.code.as_str(), thing.version), ("thing", 2));
        for (on, minor) in [("2019-12-31", None), ("2020-01-01", Some(1000)), ("2026-03-02", Some(1000)), ("2026-03-03", Some(1200))] {
            let found = bare.read(move |conn| store::price_on(conn, thing.id, Currency::EUR, Period::Year, day(on)));
            assert_eq!(found.map(|price| price.minor()), minor, "{on}");
        }
        let none = bare.read(move |conn| store::price_on(conn, thing.id, Currency::EUR, Period::Month, day("2026-03-03")));
        assert_eq!(none, None);
    }

    fn an_item_that_goes_is_retired_and_may_come_back_while_masters_and_types_stay(engine: Engine) {
        let bare = Bare::with_small(engine);
        let (without, item) = SMALL.split_once("  other:").expect("the item");
        let state = || bare.items().into_iter().map(|item| (item.code, item.active)).collect::<Vec<_>>();
        assert_eq!(bare.apply(without), ["catalogue_item.retired other"]);
        assert_eq!(state(), [("thing".to_owned(), true), ("other".to_owned(), false)]);
        assert_eq!(bare.apply(without), Vec::<String>::new());
        assert_eq!(bare.apply(&format!("{without}  other:{item}")), ["catalogue_item.changed other"]);
        assert_eq!(state(), [("thing".to_owned(), true), ("other".to_owned(), true)]);
        let renamed = SMALL.replace("  one:\n", "  uno:\n").replace("provider: one", "provider: uno").replace("  finder:", "  seeker:");
        let refused = bare.refused(&renamed);
        assert!(refused.contains(&format!("{} master_removed", line_of(SMALL, "masters:"))), "{refused:?}");
        assert!(refused.contains(&format!("{} partnership_type_removed", line_of(SMALL, "partnership_types:"))), "{refused:?}");
        let other_kind = SMALL.replace("kind: complementary", "kind: network_service");
        assert_eq!(bare.refused(&other_kind), [format!("{} item_kind_changed", line_of(SMALL, "kind: complementary"))]);
    }
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

fn archive() -> Value {
    json!({"code": "archive", "kind": "partner_own", "names": {"en": "Archive"}, "product_line": "erp",
           "prices": [{"price": {"amount": "100.00", "currency": "EUR"}, "period": "year", "from": "2026-01-01"}]})
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

    fn d22_a_partners_own_items_are_its_own_and_its_masters_to_see(engine: Engine) {
        let app = TestApp::start(engine);
        let ((id, own), (_, neighbour), (_, abroad)) =
            (partner(&app, "pt", "Own"), partner(&app, "pt", "Neighbour"), partner(&app, "br", "Abroad"));
        let made = own.post("/v1/catalogue-items", archive());
        let item = made.expect(201);
        assert_eq!(item["provider"], json!({"kind": "partner", "id": id}));
        let path = made.header("location").expect("a location");
        for sees in [&own, &app.master("pt")] {
            assert_eq!(sees.get(&path).expect(200), item);
            assert_eq!(codes(&all(sees, "/v1/catalogue-items?kind=partner_own", 1)), ["archive"]);
        }
        for sees_not in [&neighbour, &abroad, &app.master("br"), &app.master("fr")] {
            sees_not.get(&path).problem(404, "not_found");
            assert_eq!(codes(&all(sees_not, "/v1/catalogue-items?kind=partner_own", 1)), Vec::<&str>::new());
        }
        let change = json!({"state": "retired"});
        neighbour.patch(&path, "\"1\"", change.clone()).problem(404, "not_found");
        neighbour.post("/v1/catalogue-items", archive()).expect(201);
        let taken = own.post("/v1/catalogue-items", archive());
        taken.problem(409, "already_exists");
        assert_eq!(taken.broken(), ["item_code_taken - /code"]);
        let networks = all(&own, "/v1/catalogue-items?kind=network_module", 200).remove(0);
        let networks = format!("/v1/catalogue-items/{}", networks["id"].as_str().expect("an id"));
        own.patch(networks, "*", change.clone()).problem(403, "forbidden");
        app.master("pt").patch(&path, "*", change).problem(403, "forbidden");
    }

    fn a_partner_changes_its_item_and_prices_it_from_a_day_on(engine: Engine) {
        let app = TestApp::start(engine);
        let (_, own) = partner(&app, "pt", "Own");
        let path = own.post("/v1/catalogue-items", archive()).header("location").expect("a location");
        let changed = own.patch(&path, "\"1\"", json!({"names": {"pt": "Arquivo"}, "product_line": null}));
        assert_eq!(changed.expect(200)["names"], json!({"en": "Archive", "pt": "Arquivo"}));
        assert_eq!((changed.etag().as_str(), &changed.json()["product_line"]), ("\"2\"", &Value::Null));
        own.patch(&path, "\"1\"", json!({"state": "retired"})).problem(412, "version_mismatch");
        let wrong = own.patch(&path, "\"2\"", json!({"names": {"en": null, "fr": "Archive"}}));
        wrong.problem(422, "invalid_request");
        assert_eq!(wrong.broken(), ["default_language_missing - /names/en", "language_not_of_network - /names/fr"]);
        assert_eq!(own.patch(&path, "\"2\"", json!({"names": {"pt": "Arquivo"}})).etag(), "\"2\"");

        let prices = format!("{path}/prices");
        let price = |amount: &str, from: &str| json!({"price": {"amount": amount, "currency": "EUR"}, "period": "year", "from": from});
        let set = own.post(&prices, price("120.00", "2027-01-01"));
        assert_eq!(set.expect(200)["prices"], json!([price("100.00", "2026-01-01"), price("120.00", "2027-01-01")]));
        assert_eq!(set.etag(), "\"3\"");
        assert_eq!(own.post(&prices, price("120.00", "2027-01-01")).etag(), "\"3\"");
        let stands = own.post(&prices, price("130.00", "2027-01-01"));
        stands.problem(409, "already_exists");
        assert_eq!(stands.broken(), ["price_stands - /from"]);
        for (amount, broken) in [("-1.00", "negative_price - /price/amount"), ("1.0", "wrong_amount - /price/amount")] {
            assert_eq!(own.post(&prices, price(amount, "2028-01-01")).broken(), [broken]);
        }
        own.post(&prices, price("0.00", "2028-01-01")).expect(200);
        own.patch(&path, "\"4\"", json!({"state": "retired"})).expect(200);
        own.post(&prices, price("140.00", "2029-01-01")).problem(409, "state_conflict");
    }

    fn a_new_item_tells_everything_that_is_wrong_with_it_at_once(engine: Engine) {
        let app = TestApp::start(engine);
        let (_, own) = partner(&app, "pt", "Own");
        let mut item = archive();
        item["names"] = json!({"fr": "Archive"});
        let price = item["prices"][0].clone();
        let mut negative = price.clone();
        negative["price"]["amount"] = json!("-0.01");
        item["prices"] = json!([price, negative, price]);
        let refused = own.post("/v1/catalogue-items", item.clone());
        refused.problem(422, "invalid_request");
        assert_eq!(refused.broken(), [
            "default_language_missing - /names/en",
            "duplicate_price - /prices/2",
            "language_not_of_network - /names/fr",
            "negative_price - /prices/1/price/amount",
        ]);
        item["kind"] = json!("network_module");
        assert_eq!(own.post("/v1/catalogue-items", item).broken(), ["unknown_value - /kind"]);
    }

    fn a_list_skips_and_repeats_nothing_while_items_come_in(engine: Engine) {
        let app = TestApp::start(engine);
        let (_, own) = partner(&app, "pt", "Own");
        let before: Vec<Value> = all(&own, "/v1/catalogue-items", 200);
        assert!(before.len() > 10);
        let (mut seen, mut after) = (Vec::new(), String::new());
        for round in 0.. {
            let page = own.get(format!("/v1/catalogue-items?limit=3{after}")).expect(200);
            seen.extend(page["data"].as_array().expect("rows").clone());
            let mut item = archive();
            item["code"] = json!(format!("item_{round}"));
            own.post("/v1/catalogue-items", item).expect(201);
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_eq!(seen, before);
        let since = own.get("/v1/catalogue-items?limit=200&product_line=services").expect(200);
        assert!(since["data"].as_array().expect("rows").iter().all(|row| row["product_line"] == "services"));
    }

    fn masters_learn_what_their_file_changed_and_a_partner_learns_of_its_own_items(engine: Engine) {
        let app = TestApp::start(engine);
        let (_, own) = partner(&app, "pt", "Own");
        own.post("/v1/catalogue-items", archive()).expect(201);
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
