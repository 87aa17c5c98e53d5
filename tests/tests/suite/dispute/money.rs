//! Commissions re-attributed by a decision: new entries, to the cent, now and later, each computed again by its reader.

use chrono::TimeDelta;
use entente_tests::{
    app::{Caller, TestApp},
    on_both_engines,
    sales::{Market, Shop, Sold, eur, id_of, line},
};
use serde_json::{Value, json};

use super::{super::statement::close, act, check_invariants, everything, objection, protect, ruling};

/// Two partners that bring sales to a master for 10 % of the modules in each year (R20), and a dispute of one's registration.
struct Brought<'a> {
    holder_id: String,
    challenger_id: String,
    holder: Caller,
    challenger: Caller,
    agreement: String,
    registration: String,
    dispute: String,
    sold: Option<Sold<'a>>,
}

impl<'a> Brought<'a> {
    /// A registration that is disputed and heard; nothing is sold by it yet.
    fn nothing(market: &'a Market<'_>) -> Self {
        let [(holder_id, agreement), (challenger_id, _)] = [(), ()].map(|()| {
            let partner = market.partner();
            let agreement = market.agreement_with(&partner, "client_manager", None, Some(json!({})));
            (partner, agreement)
        });
        let (holder, challenger) = (market.caller(&holder_id), market.caller(&challenger_id));
        let registration = protect(market.master(), &holder);
        let dispute = id_of(&challenger.post("/v1/disputes", objection("bad_faith", "2026-02-20")).expect(201));
        Self { holder_id, challenger_id, holder, challenger, agreement, registration, dispute, sold: None }
    }

    /// The same, with a sale of 1,000.00 a year for two years, of which the first was collected: it earned 100.00.
    fn one_year(market: &'a Market<'_>) -> Self {
        let mut brought = Self::nothing(market);
        let sold = brought.sell(market);
        sold.bill(1, "1000.00");
        brought.sold = Some(sold);
        brought.hear(market);
        brought
    }

    fn sell(&self, market: &'a Market<'_>) -> Sold<'a> {
        let proposal = json!({
            "registration_id": self.registration, "agreement_id": self.agreement, "currency": "EUR", "years": 2,
            "lines": [line(&market.item("sales_and_purchasing"), "year", Some("1000.00"))],
        });
        market.sell(&self.holder, &proposal)
    }

    fn hear(&self, market: &Market<'_>) {
        act(market.master(), &self.dispute, "hear", json!({})).expect(200);
        act(&self.holder, &self.dispute, "statements", json!({ "statement": "It is ours." })).expect(200);
    }

    fn sold(&self) -> &Sold<'a> {
        self.sold.as_ref().expect("a sale")
    }

    /// What each side was posted, as `correction year amount`, oldest first, once its entries were computed again.
    fn posted(&self) -> [Vec<String>; 2] {
        [&self.holder, &self.challenger].map(|caller| {
            let page = caller.get("/v1/ledger-entries?limit=200").expect(200);
            let entries: Vec<Value> = page["data"].as_array().unwrap().iter().rev().cloned().collect();
            entries.iter().for_each(|entry| recompute(caller, entry));
            let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
            entries
                .iter()
                .map(|it| format!("{} {} {}", text(&it["correction"]), it["year"], text(&it["amount"]["amount"])))
                .collect()
        })
    }

    /// What each side is owed in all.
    fn owed(&self) -> [Value; 2] {
        [&self.holder, &self.challenger].map(|caller| {
            let balances = caller.get("/v1/balances").expect(200);
            balances["data"][0]["amounts"][0]["net"]["amount"].clone()
        })
    }
}

fn recompute(caller: &Caller, entry: &Value) {
    let explanation = caller.get(format!("/v1/ledger-entries/{}/explanation", id_of(entry))).expect(200);
    assert_eq!(explanation["amount"], entry["amount"]);
    assert_eq!(crate::recompute::amount(&explanation), entry["amount"]["amount"].as_str().unwrap(), "{explanation:#}");
}

fn shared(challenger: &str, holder: &str) -> Value {
    let mut body = ruling("shared", &["reattribute_commissions"]);
    body["shares"] = json!({ "challenger": challenger, "holder": holder });
    body
}

on_both_engines! {
    fn r37_a_shared_decision_divides_what_was_earned_and_what_will_be(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let brought = Brought::one_year(&market);
        assert_eq!(brought.posted(), [vec!["- 1 100.00"], vec![]]);
        act(market.master(), &brought.dispute, "decide", shared("0.4", "0.6")).expect(200);
        assert_eq!(brought.posted(), [vec!["- 1 100.00", "reversal 1 40.00"], vec!["- 1 40.00"]]);
        // 10 % of 333.33 is 33.33: 20.00 and 13.33, which is 33.33 again.
        brought.sold().bill(2, "333.33");
        let [holder, challenger] = brought.posted();
        assert_eq!((holder.last().unwrap().as_str(), challenger.last().unwrap().as_str()), ("- 2 20.00", "- 2 13.33"));
        brought.sold().bill(2, "666.67");
        assert_eq!(brought.owed(), [json!("120.00"), json!("80.00")]);
        // What is refunded is taken back of both.
        brought.sold().record(2, "credit", "500.00");
        brought.sold().record(2, "refund", "500.00");
        assert_eq!(brought.owed(), [json!("90.00"), json!("60.00")]);
        brought.posted();
        check_invariants(&app);
    }

    fn d22_a_statement_says_nothing_of_the_sale_in_whose_commission_its_partner_has_a_part(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let brought = Brought::one_year(&market);
        let contract = brought.sold().contract.clone();
        let customer = market.master().get(format!("/v1/contracts/{contract}")).expect(200)["customer_id"].clone();
        let customer = market.master().get(format!("/v1/customers/{}", customer.as_str().unwrap())).expect(200)["name"].clone();
        act(market.master(), &brought.dispute, "decide", shared("0.4", "0.6")).expect(200);
        app.advance(TimeDelta::days(30));
        close(&app.master("pt"), "2026-03");
        let (holder, challenger) = (app.partner(&brought.holder_id), app.partner(&brought.challenger_id));
        let read = |caller: &Caller| {
            let statement = id_of(&caller.get("/v1/statements").expect(200)["data"][0]);
            caller.get(format!("/v1/statements/{statement}"))
        };
        let hidden = [contract.as_str(), customer.as_str().unwrap()];
        let (all, part) = (read(&holder), read(&challenger));
        assert!(hidden.iter().all(|text| all.text.contains(text)), "{}", all.text);
        assert!(!hidden.iter().any(|text| part.text.contains(text)), "{}", part.text);
        assert_eq!((&part.json()["lines_total"], &part.json()["line_count"]), (&eur("40.00"), &json!(1)));
    }

    fn r37_an_upheld_decision_gives_the_challenger_all_of_it_and_a_dismissed_one_nothing(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let brought = Brought::one_year(&market);
        act(market.master(), &brought.dispute, "decide", ruling("upheld", &["reattribute_commissions"])).expect(200);
        assert_eq!(brought.posted(), [vec!["- 1 100.00", "reversal 1 100.00"], vec!["- 1 100.00"]]);
        // On appeal all of it goes back, by new entries again.
        act(&brought.holder, &brought.dispute, "appeal", json!({ "statement": "Wrong." })).expect(200);
        act(&app.master("br"), &brought.dispute, "decide", ruling("dismissed", &[])).expect(200);
        assert_eq!(
            brought.posted(),
            [vec!["- 1 100.00", "reversal 1 100.00", "- 1 100.00"], vec!["- 1 100.00", "reversal 1 100.00"]]
        );
        brought.sold().bill(2, "1000.00");
        assert_eq!(brought.owed(), [json!("200.00"), json!("0.00")]);
        check_invariants(&app);
    }

    fn r37_what_is_sold_by_a_shared_registration_later_is_divided_from_the_first_cent(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let brought = Brought::nothing(&market);
        brought.hear(&market);
        act(market.master(), &brought.dispute, "decide", shared("0.5", "0.5")).expect(200);
        let sold = brought.sell(&market);
        sold.bill(1, "0.10");
        // 10 % of 0.10 is one cent, and where both remainders are the same it is the holder's.
        assert_eq!(brought.posted(), [vec!["- 1 0.01"], vec![]]);
        sold.bill(1, "999.90");
        assert_eq!(brought.owed(), [json!("50.00"), json!("50.00")]);
        check_invariants(&app);
    }

    fn r15_a_resellers_margin_is_no_commission_and_stays(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "helpdesk");
        let (reseller, other) = (market.caller(&shop.partner), market.partner());
        market.agreement(&other, "reseller", None);
        let challenger = market.caller(&other);
        let registration = protect(market.master(), &reseller);
        let proposal = json!({
            "registration_id": registration, "agreement_id": shop.agreement, "currency": "EUR",
            "lines": [line(&market.item("sales_and_purchasing"), "year", Some("1000.00"))],
        });
        let sold = market.sell(&reseller, &proposal);
        sold.bill(1, "1000.00");
        let before = sold.entries(market.master());
        let dispute = id_of(&challenger.post("/v1/disputes", objection("bad_faith", "2026-02-20")).expect(201));
        act(market.master(), &dispute, "hear", json!({})).expect(200);
        act(&reseller, &dispute, "statements", json!({ "statement": "It is ours." })).expect(200);
        act(market.master(), &dispute, "decide", ruling("upheld", &["reattribute_commissions"])).expect(200);
        assert_eq!(sold.entries(market.master()), before);
        assert_eq!(challenger.get("/v1/ledger-entries").expect(200)["data"], json!([]));
        assert_eq!(sold.settlement(&reseller, 1)["adds_up"], json!(true));
        check_invariants(&app);
    }

    fn d22_neither_side_learns_of_the_other_by_its_entries(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let brought = Brought::one_year(&market);
        act(market.master(), &brought.dispute, "decide", shared("0.4", "0.6")).expect(200);
        brought.sold().bill(2, "1000.00");
        let explained = |caller: &Caller| -> String {
            let page = caller.get("/v1/ledger-entries?limit=200").expect(200);
            let entries = page["data"].as_array().unwrap().clone();
            entries.iter().map(|it| caller.get(format!("/v1/ledger-entries/{}/explanation", id_of(it))).text).collect()
        };
        let own = everything(&brought.challenger) + &explained(&brought.challenger);
        let (contract, annuity) = (&brought.sold().contract, brought.sold().annuity(1));
        for secret in [&brought.holder_id, &brought.agreement, &brought.registration, contract, &annuity] {
            assert!(!own.contains(secret.as_str()), "{secret} in {own}");
        }
        let own = everything(&brought.holder) + &explained(&brought.holder);
        let theirs = brought.challenger.get("/v1/agreements").expect(200);
        for secret in [brought.challenger_id.as_str(), theirs["data"][0]["id"].as_str().unwrap()] {
            assert!(!own.contains(secret), "{secret}");
        }
        brought.challenger.get(format!("/v1/contracts/{contract}")).problem(404, "not_found");
        let settled = brought.sold().settlement(market.master(), 1);
        assert_eq!((&settled["promoter_commissions"], &settled["adds_up"]), (&eur("100.00"), &json!(true)));
    }

    fn r37_the_file_has_the_entries_that_the_decisions_made(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let brought = Brought::one_year(&market);
        act(market.master(), &brought.dispute, "decide", shared("0.4", "0.6")).expect(200);
        brought.sold().bill(2, "1000.00");
        let file = market.master().get(format!("/v1/disputes/{}/file", brought.dispute)).expect(200);
        let made: Vec<&Value> = file["ledger_entries"].as_array().unwrap().iter().map(|it| &it["amount"]["amount"]).collect();
        assert_eq!(made, [&json!("40.00"), &json!("40.00")], "what came later followed from the sale");
    }

    fn r37_commissions_that_one_dispute_divides_are_not_divided_by_another(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let brought = Brought::one_year(&market);
        act(market.master(), &brought.dispute, "decide", shared("0.4", "0.6")).expect(200);
        let third = market.partner();
        market.agreement_with(&third, "client_manager", None, Some(json!({})));
        let dispute = id_of(&market.caller(&third).post("/v1/disputes", objection("bad_faith", "2026-02-20")).expect(201));
        act(market.master(), &dispute, "hear", json!({})).expect(200);
        act(&brought.holder, &dispute, "statements", json!({ "statement": "It is ours." })).expect(200);
        let refused = act(market.master(), &dispute, "decide", shared("0.1", "0.9"));
        assert_eq!(refused.broken(), ["commissions_already_divided R37 /effects"]);
        act(market.master(), &dispute, "decide", ruling("dismissed", &[])).expect(200);
        check_invariants(&app);
    }
}
