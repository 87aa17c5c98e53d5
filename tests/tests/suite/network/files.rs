//! Files of networks: applied whole or not at all, and never touching what is published.

use api::network::apply::{Applied, NotApplied, apply_text};
use chrono::NaiveDate;
use diesel::{QueryDsl, RunQueryDsl};
use domain::{
    money::Currency,
    network::{Period, Trigger},
};
use entente_tests::{
    app::today,
    engine::{Engine, TestClock, TestStore, wait},
    on_both_engines,
};
use persistence::{db::Db, error::DbError, network as store, schema::events};

use super::{SMALL, with_second_version};

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

    fn a_kind_of_qualification_may_come_and_change_and_never_goes(engine: Engine) {
        let bare = Bare::with_small(engine);
        let kind = |months: u32| format!("qualifications:\n  support: {{names: {{en: Support}}, descriptions: {{en: Supports.}}, valid_months: {months}}}\n");
        let months = || bare.small().qualifications;
        assert_eq!(bare.apply(&format!("{SMALL}{}", kind(12))), ["network.changed small"]);
        let first = months();
        assert_eq!(bare.apply(&format!("{SMALL}{}", kind(12))), Vec::<String>::new());
        assert_eq!(bare.apply(&format!("{SMALL}{}", kind(24))), ["network.changed small"]);
        assert_ne!(first, months());
        assert_eq!(bare.refused(SMALL).iter().map(|fault| fault.split_once(' ').expect("a code").1.to_owned()).collect::<Vec<_>>(), ["qualification_removed"]);
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
        // What to do about it stands in the message, with what differs.
        let Err(NotApplied::Faults(faults)) = wait(apply_text(&bare.db, &SMALL.replace("\"0.1\"", "\"0.2\""), false)) else {
            panic!("it was applied")
        };
        let message = "version 1 is published and never changes: let it say what it said, and write what differs \
                       (/terms/rules/found/rate/rate) into a new version, number 2, that takes effect later";
        assert_eq!(faults[0].fault.message, message);
        // And so it goes, with a version that is one.
        bare.apply(&with_second_version(SMALL));
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
