//! Money follows responsibility by service period, to the day and to the cent (D19).

use std::collections::BTreeSet;

use chrono::TimeDelta;
use entente_tests::{
    app::{Caller, TestApp},
    on_both_engines,
    sales::{Market, eur, id_of},
};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Failing, all, assert_sound};

/// The entries that a caller sees, as `kind correction amount debtor`, oldest first, each computed again from its explanation.
pub(super) fn entries(caller: &Caller, names: &[(&str, &str)]) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let mut rows = all(caller, "/v1/ledger-entries?limit=200");
    rows.reverse();
    let shown = rows.iter().map(|entry| {
        let explanation = caller.get(format!("/v1/ledger-entries/{}/explanation", id_of(entry))).expect(200);
        assert_eq!(explanation["amount"], entry["amount"]);
        assert_eq!(crate::recompute::amount(&explanation), entry["amount"]["amount"].as_str().unwrap(), "{explanation:#}");
        let debtor = names.iter().find(|(id, _)| entry["debtor"]["id"] == **id).map_or("master", |(_, name)| *name);
        format!("{} {} {} {debtor}", text(&entry["kind"]), text(&entry["correction"]), text(&entry["amount"]["amount"]))
    });
    shown.collect()
}

/// What `caller` owes in all, less what is owed to it.
pub(super) fn owes(caller: &Caller) -> Decimal {
    let balances = all(caller, "/v1/balances");
    let net = |it: &Value| it["amounts"][0]["net"]["amount"].as_str().unwrap().parse::<Decimal>().unwrap();
    -balances.iter().map(net).sum::<Decimal>()
}

on_both_engines! {
    fn d19_share_and_promoters_commission_are_divided_by_the_days_of_the_service_period(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let failing = Failing::of(&app, &market);
        let manager = market.partner();
        let agreement = market.agreement(&manager, "client_manager", Some(&failing.shop.partner));
        // 1,000.00 of modules: 650.00 to the master, 100.00 to the promoter, and half of the year is billed.
        let sold = failing.shop.sell(&market, &[&agreement]);
        sold.bill(1, "760.00");
        let annuity = sold.annuity(1);
        let case = failing.suspended();
        // 73 of 365 days are the failing partner's: a fifth.
        failing.plan(&case, "2026-05-14");
        let preview = failing.master().get(format!("/v1/continuity-cases/{case}/preview")).expect(200);
        let money = &preview["companies"][0]["money"];
        assert_eq!(*money, json!([{ "contracted": eur("1216.00"), "posted": eur("260.00") }]));
        failing.approve(&case);
        app.advance(TimeDelta::days(73));
        let names = [(failing.shop.partner.as_str(), "failed"), (failing.taker.partner.as_str(), "successor"), (manager.as_str(), "promoter")];
        failing.run(&case, "execute", 100, "executed");
        assert_eq!(
            entries(&failing.failed(), &names),
            ["share - 325.00 failed", "commission - 50.00 failed", "share reversal 260.00 master", "commission reversal 40.00 promoter"]
        );
        assert_eq!(entries(&failing.successor(), &names), ["share - 260.00 successor", "commission - 40.00 successor"]);
        assert_eq!(
            entries(&app.partner(&manager), &names),
            ["commission - 50.00 failed", "commission reversal 40.00 promoter", "commission - 40.00 successor"]
        );
        // Of the year's 1,520.00 a fifth is the failing partner's, by each part.
        let part = |company: &str, days: [&str; 2], amounts: [&str; 5]| {
            let [total, share, margin, own, other] = amounts.map(eur);
            json!({
                "company": { "kind": "partner", "id": company }, "answers": [{ "from": days[0], "until": days[1] }],
                "customer_total": total, "share_due": share, "margin_kept": margin, "own_lines": own, "other_lines": other,
            })
        };
        let before = part(&failing.shop.partner, ["2026-03-02", "2026-05-13"], ["304.00", "130.00", "70.00", "104.00", "0.00"]);
        let after = part(&failing.taker.partner, ["2026-05-14", "2027-03-01"], ["1216.00", "520.00", "280.00", "416.00", "0.00"]);
        let settled = |caller: &Caller| caller.get(format!("/v1/annuities/{annuity}/settlement")).expect(200);
        let [of_master, of_failed, of_successor] = [failing.master(), failing.failed(), failing.successor()].map(|it| settled(&it));
        assert_eq!(of_failed["parts"], json!([before]));
        assert_eq!((&of_successor["parts"], &of_successor["seller"]["id"]), (&json!([after]), &json!(failing.taker.partner)));
        assert!(!of_successor.to_string().contains(&failing.shop.partner), "{of_successor}");
        let both: BTreeSet<String> = of_master["parts"].as_array().unwrap().iter().map(Value::to_string).collect();
        assert_eq!(both, BTreeSet::from([before.to_string(), after.to_string()]));
        app.partner(&manager).get(format!("/v1/annuities/{annuity}/settlement")).problem(404, "not_found");
        // The successor bills the rest; the failing partner does not any more, and still has its days.
        let rest = |kind: &str| json!({ "kind": kind, "amount": eur("760.00"), "dated_on": "2026-05-14", "reference": format!("rest {kind}") });
        let instalments = format!("/v1/annuities/{annuity}/instalments");
        failing.failed().post(&instalments, rest("invoice")).problem(403, "forbidden");
        failing.successor().post(&instalments, rest("invoice")).expect(201);
        failing.successor().post(&instalments, rest("collection")).expect(201);
        assert_eq!((owes(&failing.failed()), owes(&failing.successor())), (Decimal::from(150), Decimal::from(600)));
        assert_eq!(owes(&app.partner(&manager)), Decimal::from(-100), "a running commission goes on");
        let own = all(&failing.successor(), "/v1/ledger-entries?limit=200");
        assert!(own.iter().all(|it| !it.to_string().contains(&failing.shop.partner)), "{own:?}");
        assert!(own.iter().filter(|it| it["kind"] == "share").all(|it| it["ordinal"] == json!(null)));
        // A renewed year is the successor's alone.
        failing.failed().post(format!("/v1/contracts/{}/renew", sold.contract), json!({})).problem(403, "forbidden");
        failing.successor().post(format!("/v1/contracts/{}/renew", sold.contract), json!({})).expect(200);
        let second = id_of(&all(&failing.successor(), &format!("/v1/annuities?contract_id={}&year=2", sold.contract))[0]);
        let mut whole = rest("invoice");
        whole["amount"] = eur("1520.00");
        failing.successor().post(format!("/v1/annuities/{second}/instalments"), whole.clone()).expect(201);
        whole["kind"] = json!("collection");
        failing.successor().post(format!("/v1/annuities/{second}/instalments"), whole).expect(201);
        assert_eq!((owes(&failing.failed()), owes(&failing.successor())), (Decimal::from(150), Decimal::from(1350)));
        entries(&failing.successor(), &names);
        assert_sound(&app);
    }

    fn d19_what_a_promoter_earned_once_stays_with_whoever_owed_it_then(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let failing = Failing::of(&app, &market);
        let consultant = market.partner();
        let agreement = market.agreement(&consultant, "marketing_consultant", Some(&failing.shop.partner));
        // Once 10 % of 1,000.00 of modules, of which half is collected when the reseller fails.
        let sold = failing.shop.sell(&market, &[&agreement]);
        sold.bill(1, "760.00");
        let annuity = sold.annuity(1);
        let case = failing.suspended();
        failing.plan(&case, "2026-05-14");
        failing.approve(&case);
        app.advance(TimeDelta::days(73));
        failing.run(&case, "execute", 100, "executed");
        let names = [
            (failing.shop.partner.as_str(), "failed"), (failing.taker.partner.as_str(), "successor"), (consultant.as_str(), "promoter"),
        ];
        assert_eq!(entries(&app.partner(&consultant), &names), ["commission - 50.00 failed"]);
        assert_eq!(
            entries(&failing.failed(), &names),
            ["share - 325.00 failed", "commission - 50.00 failed", "share reversal 260.00 master"]
        );
        assert_eq!(entries(&failing.successor(), &names), ["share - 260.00 successor"]);
        // What is collected from then on is earned then, whichever days it is for.
        let rest = |kind: &str| json!({ "kind": kind, "amount": eur("760.00"), "dated_on": "2026-05-14", "reference": format!("rest {kind}") });
        let instalments = format!("/v1/annuities/{annuity}/instalments");
        for kind in ["invoice", "collection"] {
            failing.successor().post(&instalments, rest(kind)).expect(201);
        }
        assert_eq!(entries(&app.partner(&consultant), &names), ["commission - 50.00 failed", "commission - 50.00 successor"]);
        assert_eq!((owes(&failing.failed()), owes(&failing.successor())), (Decimal::from(130 + 50), Decimal::from(520 + 50)));
        // Given back, it is taken of who owes the latest of it; taken back as a whole, all is as if nothing had gone.
        for kind in ["credit", "refund"] {
            failing.successor().post(&instalments, json!({ "kind": kind, "amount": eur("152.00"), "dated_on": "2026-05-14", "reference": kind })).expect(201);
        }
        assert_eq!(entries(&app.partner(&consultant), &names)[2..], ["commission reversal 10.00 promoter"]);
        failing.run(&case, "revert", 100, "open");
        assert_eq!(
            entries(&app.partner(&consultant), &names)[3..],
            ["commission reversal 40.00 promoter", "commission - 40.00 failed"]
        );
        assert_eq!(owes(&app.partner(&consultant)), Decimal::from(-90));
        assert_eq!(owes(&failing.successor()), Decimal::ZERO);
        assert_sound(&app);
    }

    fn d19_what_a_master_takes_over_nobody_owes_it_and_taken_back_all_is_as_before(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let failing = Failing::of(&app, &market);
        failing.shop.sell(&market, &[]).bill(1, "1520.00");
        // Stage 4 without a promoter has no uplift: 30 % of 1,000.00 are kept.
        assert_eq!(owes(&failing.failed()), Decimal::from(700));
        let case = failing.suspended();
        let to_master = json!({ "company_id": market.master_id(), "from": "2026-05-14", "protections": "release" });
        failing.act(&case, "plan", to_master).expect(200);
        failing.approve(&case);
        app.advance(TimeDelta::days(73));
        failing.run(&case, "execute", 100, "executed");
        assert_eq!(owes(&failing.failed()), Decimal::from(140));
        failing.run(&case, "revert", 100, "open");
        assert_eq!(owes(&failing.failed()), Decimal::from(700));
        let names = [(failing.shop.partner.as_str(), "failed")];
        assert_eq!(
            entries(&failing.failed(), &names),
            ["share - 700.00 failed", "share reversal 560.00 master", "share - 560.00 failed"]
        );
        assert_sound(&app);
    }

    fn d19_whatever_the_day_the_parts_are_the_whole(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let failing = Failing::of(&app, &market);
        let sold = failing.shop.sell(&market, &[]);
        sold.bill(1, "333.33");
        let before = owes(&failing.failed());
        let case = failing.suspended();
        failing.plan(&case, "2026-03-02");
        failing.approve(&case);
        failing.run(&case, "execute", 100, "executed");
        assert_eq!((owes(&failing.failed()), owes(&failing.successor())), (Decimal::ZERO, before), "from the first day all of it");
        for (from, days) in [("2026-03-03", 1), ("2026-04-01", 30)] {
            failing.run(&case, "revert", 100, "open");
            failing.plan(&case, from);
            failing.approve(&case);
            app.clock.set(entente_tests::app::today() + TimeDelta::days(days));
            failing.run(&case, "execute", 100, "executed");
            assert_eq!(owes(&failing.failed()) + owes(&failing.successor()), before);
            assert!(owes(&failing.failed()) > Decimal::ZERO);
        }
        let names = [(failing.shop.partner.as_str(), "failed"), (failing.taker.partner.as_str(), "successor")];
        entries(&failing.failed(), &names);
        entries(&failing.successor(), &names);
        assert_sound(&app);
    }

    fn d19_a_year_that_lies_wholly_after_a_takeover_is_settled_for_whoever_answers_for_it(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let failing = Failing::of(&app, &market);
        let sold = failing.shop.sell(&market, &[]);
        let master = market.master_id();
        let case = failing.suspended();
        let plan = json!({ "company_id": master, "from": "2026-05-14", "protections": "release" });
        failing.act(&case, "plan", plan).expect(200);
        failing.approve(&case);
        app.advance(TimeDelta::days(73));
        failing.run(&case, "execute", 100, "executed");
        failing.master().post(format!("/v1/contracts/{}/renew", sold.contract), json!({})).expect(200);
        let years = all(&failing.master(), &format!("/v1/annuities?contract_id={}", sold.contract));
        let settled = |caller: &Caller, year: i64| {
            let annuity = years.iter().find(|it| it["year"] == year).expect("the year");
            caller.get(format!("/v1/annuities/{}/settlement", id_of(annuity)))
        };
        let contract = failing.master().get(format!("/v1/contracts/{}", sold.contract)).expect(200);
        assert_eq!(contract["served_by"], json!({ "kind": "master", "id": master }), "who took it over serves its customer (R49)");
        // The year in which it went over is divided by its days.
        let first = settled(&failing.master(), 1).expect(200);
        assert_eq!((&first["seller"]["id"], &first["share_due"]), (&json!(failing.shop.partner), &eur("700.00")));
        let second = settled(&failing.master(), 2).expect(200);
        assert_eq!(second["seller"], json!({ "kind": "master", "id": master }));
        let amounts = ["customer_total", "share_due", "margin_kept", "own_lines", "kept"].map(|field| second[field]["amount"].clone());
        assert_eq!(amounts, ["1520.00", "0.00", "1000.00", "520.00", "1520.00"].map(|amount| json!(amount)));
        assert_eq!((&second["adds_up"], &second["rules"]), (&json!(true), &json!([])));
        // Of the days before it lost the contract the failed partner reads its part; a year of which it has no day is not its business.
        assert_eq!(settled(&failing.failed(), 1).expect(200)["parts"][0]["company"]["id"], json!(failing.shop.partner));
        settled(&failing.failed(), 2).problem(404, "not_found");
    }
}
