//! A partner that went over to another master fails: the new master's case takes over what was sold under the old one (R49 to R51, D19).

use entente_tests::{
    app::{Answer, Caller, TestApp},
    on_both_engines,
    sales::{Market, Shop, eur, id_of},
};
use serde_json::{Value, json};

use super::{all, gone_to_brazil};

fn case_of(app: &TestApp, partner: &str) -> String {
    let opening = json!({
        "partner_id": partner, "reason": "unreachable", "statement": "Nobody answers.",
        "evidence": [{ "dated_on": "2026-03-01", "description": "Three customers complain." }],
    });
    let case = id_of(&app.master("br").post("/v1/continuity-cases", opening).expect(201));
    act(app, &case, "suspend", json!({})).expect(200);
    case
}

fn act(app: &TestApp, case: &str, action: &str, body: Value) -> Answer {
    app.master("br").post(format!("/v1/continuity-cases/{case}/{action}"), body)
}

/// Approved by two people, carried out, and closed.
fn carry_out(app: &TestApp, case: &str) {
    for _ in 0..2 {
        act(app, case, "approve", json!({})).expect(200);
    }
    assert_eq!(act(app, case, "execute", json!({})).expect(200)["state"], "executed");
    assert_eq!(act(app, case, "confirm", json!({})).expect(200)["state"], "confirmed");
    assert_eq!(act(app, case, "close", json!({})).expect(200)["state"], "closed");
}

/// What a caller sees in the ledger, as `kind correction amount debtor creditor`, in the order of these words.
fn entries(caller: &Caller, names: &[(&str, &str)]) -> Vec<String> {
    let name = |id: &Value| names.iter().find(|(known, _)| *id == **known).map_or("?", |(_, name)| *name).to_owned();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let rows = all(caller, "/v1/ledger-entries?limit=200");
    let shown = rows.iter().map(|it| {
        let explanation = caller.get(format!("/v1/ledger-entries/{}/explanation", id_of(it))).expect(200);
        assert_eq!(crate::recompute::amount(&explanation), it["amount"]["amount"].as_str().unwrap(), "{explanation:#}");
        let (debtor, creditor) = (name(&it["debtor"]["id"]), name(&it["creditor"]["id"]));
        format!("{} {} {} {debtor} {creditor}", text(&it["kind"]), text(&it["correction"]), text(&it["amount"]["amount"]))
    });
    let mut shown: Vec<String> = shown.collect();
    shown.sort();
    shown
}

on_both_engines! {
    fn d19_a_master_that_answers_for_what_was_sold_under_another_has_margin_and_share_both(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let promoter = market.partner();
        let promotes = market.agreement(&promoter, "client_manager", Some(&shop.partner));
        let sold = shop.sell(&market, &[&promotes]);
        sold.bill(1, "1520.00");
        let customer = market.master().get(format!("/v1/contracts/{}", sold.contract)).expect(200)["customer_id"].as_str().unwrap().to_owned();
        gone_to_brazil(&app, &shop.partner);
        let case = case_of(&app, &shop.partner);
        let brazil = Market::altoga_in_brazil(&app).master_id();
        act(&app, &case, "plan", json!({ "company_id": brazil, "from": "2026-03-02", "protections": "release" })).expect(200);
        carry_out(&app, &case);
        let responsible = app.master("br").get(format!("/v1/customers/{customer}/responsibility")).expect(200);
        assert_eq!(responsible["responsible"]["id"], json!(brazil));
        // Whoever answers sees the contract and its annuities, and bills them.
        app.master("br").get(format!("/v1/contracts/{}", sold.contract)).expect(200);
        let annuity = id_of(&all(&app.master("br"), &format!("/v1/annuities?contract_id={}", sold.contract))[0]);
        app.master("br").get(format!("/v1/annuities/{annuity}")).expect(200);
        // The failed partner's share is taken back; the promoter's commission is the new master's.
        let portugal = market.master_id();
        let names = [(shop.partner.as_str(), "failed"), (promoter.as_str(), "promoter"), (portugal.as_str(), "pt"), (brazil.as_str(), "br")];
        assert_eq!(
            entries(&app.partner(&shop.partner), &names),
            ["commission - 100.00 failed promoter", "commission reversal 100.00 promoter failed", "share - 650.00 failed pt", "share reversal 650.00 pt failed"]
        );
        assert_eq!(
            entries(&app.partner(&promoter), &names),
            ["commission - 100.00 br promoter", "commission - 100.00 failed promoter", "commission reversal 100.00 promoter failed"]
        );
        // A share that it would owe nobody, it keeps: the settlement says what the ledger does.
        let part = json!([{
            "company": { "kind": "master", "id": brazil }, "answers": [{ "from": "2026-03-02", "until": "2027-03-01" }],
            "customer_total": eur("1520.00"), "share_due": eur("0.00"), "margin_kept": eur("1000.00"), "own_lines": eur("520.00"),
            "other_lines": eur("0.00"),
        }]);
        for master in ["pt", "br"] {
            let settled = app.master(master).get(format!("/v1/annuities/{annuity}/settlement")).expect(200);
            assert_eq!(settled["parts"], part, "{master}");
        }
        crate::continuity::assert_sound(&app);
    }

    fn d19_a_partner_that_answers_passes_the_share_to_the_master_it_answers_under(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "helpdesk");
        let sold = shop.sell(&market, &[]);
        sold.bill(1, "1520.00");
        let local = Market::altoga_in_brazil(&app).from(500);
        let taker = local.partner();
        local.enter_stage(&local.agreement(&taker, "reseller", None), "helpdesk");
        gone_to_brazil(&app, &shop.partner);
        let case = case_of(&app, &shop.partner);
        act(&app, &case, "plan", json!({ "company_id": taker, "from": "2026-03-02", "protections": "transfer" })).expect(200);
        carry_out(&app, &case);
        let (portugal, brazil) = (market.master_id(), local.master_id());
        let names = [(shop.partner.as_str(), "failed"), (taker.as_str(), "taker"), (portugal.as_str(), "pt"), (brazil.as_str(), "br")];
        assert_eq!(entries(&app.partner(&shop.partner), &names), ["share - 700.00 failed pt", "share reversal 700.00 pt failed"]);
        assert_eq!(entries(&app.partner(&taker), &names), ["share - 700.00 taker br"]);
        // Whom it is owed to reads what it is of, as the master of the sale does; and nothing of who sold it.
        let annuity = sold.annuity(1);
        let settled = |caller: &Caller| caller.get(format!("/v1/annuities/{annuity}/settlement"));
        let of_creditor = settled(&app.master("br")).expect(200);
        assert_eq!((&of_creditor["seller"]["id"], of_creditor["parts"].as_array().unwrap().len()), (&json!(taker), 1));
        let part = &of_creditor["parts"][0];
        assert_eq!((&part["company"]["id"], &part["share_due"], &part["margin_kept"]), (&json!(taker), &eur("700.00"), &eur("300.00")));
        assert!(!of_creditor.to_string().contains(&shop.partner), "{of_creditor}");
        assert_eq!(settled(&app.partner(&taker)).expect(200)["parts"], of_creditor["parts"]);
        assert_eq!(settled(market.master()).expect(200)["parts"], of_creditor["parts"]);
        settled(&app.partner(&local.partner())).problem(404, "not_found");
        crate::continuity::assert_sound(&app);
    }

    fn r50_a_guarantee_that_was_recorded_before_is_used_by_the_new_masters_case(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "helpdesk");
        let guarantee = json!({
            "kind": "bank_guarantee", "covers": "Everything.", "amount": eur("5000.00"), "provider": "Banco", "valid_from": "2026-01-01",
        });
        let guarantee = id_of(&market.caller(&shop.partner).post("/v1/guarantees", guarantee).expect(201));
        shop.sell(&market, &[]);
        gone_to_brazil(&app, &shop.partner);
        let case = case_of(&app, &shop.partner);
        let brazil = Market::altoga_in_brazil(&app).master_id();
        act(&app, &case, "plan", json!({ "company_id": brazil, "from": "2026-03-02", "protections": "release" })).expect(200);
        let preview = app.master("br").get(format!("/v1/continuity-cases/{case}/preview")).expect(200);
        assert_eq!(preview["guarantees_to_consider"], json!([guarantee]));
        let used = json!({ "guarantee_id": guarantee, "outcome": "used", "amount": eur("1000.00"), "reason": "It pays for the start." });
        act(&app, &case, "guarantees", used).expect(200);
        carry_out(&app, &case);
        crate::continuity::assert_sound(&app);
    }
}
