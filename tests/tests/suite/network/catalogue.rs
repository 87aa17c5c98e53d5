//! Partners' own catalogue items.

use entente_tests::{app::TestApp, on_both_engines};
use serde_json::{Value, json};

use super::{all, codes, partner};

pub(super) fn archive() -> Value {
    json!({"code": "archive", "kind": "partner_own", "names": {"en": "Archive"}, "product_line": "erp",
           "prices": [{"price": {"amount": "100.00", "currency": "EUR"}, "period": "year", "from": "2026-01-01"}]})
}

on_both_engines! {
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
        let both = ["amount_negative D12 /prices/1/price/amount", "unknown_value - /kind"];
        assert_eq!(own.post("/v1/catalogue-items", item).broken(), both);
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
}
