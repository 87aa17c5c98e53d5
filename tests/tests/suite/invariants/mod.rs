//! What must always hold (requirements §7), each rule by itself, in a market where everything happened.

mod academy;
mod check;
mod duties;
mod money;
mod seal;
mod takeover;

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use diesel::{
    RunQueryDsl,
    result::{DatabaseErrorKind::ForeignKeyViolation, Error},
};
use entente_tests::{
    app::{Answer, Caller, TestApp},
    engine::wait,
    on_both_engines,
    sales::{Market, Shop, Sold, id_of, line},
};
use persistence::error::{Constraint, DbError};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::amendment;

/// Everybody who had a part in a market.
struct Traded {
    masters: Vec<Caller>,
    partners: Vec<Caller>,
}

/// Sold, billed, credited, refunded, renewed and cancelled, in both networks.
fn trade(app: &TestApp) -> Traded {
    let (altoga, all_in_web) = (Market::altoga(app), Market::all_in_web(app));
    close_periods(altoga.master());
    app.advance(TimeDelta::minutes(1));
    let mut partners = trade_through_a_reseller(&altoga);
    partners.extend(trade_through_partners_of_the_master(&all_in_web));
    partners.push(change_rules(app, &all_in_web));
    register(&altoga);
    partners.extend(dispute(&altoga));
    partners.push(sell_inside_a_protection(&altoga));
    pursue(&altoga);
    partners.push(introduce(&altoga));
    advise(&altoga);
    change_agreements(&altoga);
    grow(&altoga);
    academy::learn(app, &all_in_web);
    partners.extend(takeover::take_over(app, &altoga));
    partners.push(takeover::serve(app, &all_in_web));
    partners.push(duties::owe(app, &all_in_web));
    money::teach(&altoga);
    Traded { masters: vec![altoga.master().clone(), all_in_web.master().clone()], partners }
}

/// Closes January and February, in which nothing was posted.
fn close_periods(master: &Caller) {
    for ends_on in ["2026-01-31", "2026-02-28"] {
        master.post("/v1/periods", json!({ "currency": "EUR", "ends_on": ends_on })).expect(201);
    }
}

fn take_back(sold: &Sold<'_>, year: u32, amount: &str) {
    sold.record(year, "credit", amount);
    sold.record(year, "refund", amount);
}

fn trade_through_a_reseller(market: &Market<'_>) -> Vec<Caller> {
    let shop = Shop::open(market, "sub_network");
    let promoters = ["client_manager", "marketing_consultant"].map(|of_type| {
        let partner = market.partner();
        (market.agreement(&partner, of_type, Some(&shop.partner)), market.caller(&partner))
    });
    let sold = shop.sell(market, &promoters.each_ref().map(|(agreement, _)| agreement.as_str()));
    sold.bill(1, "1520.00");
    take_back(&sold, 1, "380.00");
    let reseller = market.caller(&shop.partner);
    reseller.post(format!("/v1/contracts/{}/renew", sold.contract), json!({})).expect(200);
    sold.bill(2, "1520.00");
    let [first, second] = promoters;
    vec![reseller, first.1, second.1]
}

fn trade_through_partners_of_the_master(market: &Market<'_>) -> Vec<Caller> {
    let lines = json!([line(&market.item("instance"), "year", None)]);
    let brought = |agreement: &str, years: u32| {
        let customer = market.customer(&market.master_id());
        let body =
            json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "years": years, "lines": lines });
        market.sell(market.master(), &body)
    };
    let [referrer, integrator, affiliate] = ["referrer", "affiliated_integrator", "affiliate"].map(|of_type| {
        let partner = market.partner();
        (market.agreement(&partner, of_type, None), partner)
    });
    let sold = brought(&referrer.0, 2);
    sold.bill(1, "700.00");
    sold.bill(1, "500.00");
    take_back(&sold, 1, "400.00");
    sold.bill(1, "400.00");
    sold.bill(2, "1200.00");
    for _ in 0..2 {
        let sold = brought(&integrator.0, 1);
        sold.bill(1, "1200.00");
        take_back(&sold, 1, "600.00");
        let cancellation = json!({ "reason": "The customer closed its business.", "ended_on": "2026-03-02" });
        market.master().post(format!("/v1/contracts/{}/cancel", sold.contract), cancellation).expect(200);
    }
    let caller = market.caller(&affiliate.1);
    let customer = market.customer(&affiliate.1);
    let body = json!({ "agreement_id": affiliate.0, "customer_id": customer, "currency": "EUR", "years": 2, "lines": lines });
    let sold = market.sell(&caller, &body);
    sold.bill(1, "1200.00");
    sold.bill(2, "99.99");
    vec![market.caller(&referrer.1), market.caller(&integrator.1), caller]
}

/// Two sales of an integrator are counted again by rules that changed for both: more for the second one, and the first one earns.
fn change_rules(app: &TestApp, market: &Market<'_>) -> Caller {
    let partner = market.partner();
    let agreement = market.agreement(&partner, "independent_integrator", None);
    for _ in 0..2 {
        amendment::brought(market, &agreement, "2026-03-02").bill(1, "1200.00");
    }
    let body = amendment::amended(market.master(), "independent_integrator", "2026-03-01", "existing_agreements", |terms| {
        let tiers = json!([{ "from": "0.00", "below": "1500.00", "rate": "0.6" }, { "from": "1500.00", "rate": "0.7" }]);
        terms["rules"]["first_annuity"]["rate"] =
            json!({ "of": "volume_tiers", "currency": "EUR", "mode": "marginal", "over": "life", "tiers": tiers });
        terms["rules"]["first_annuity"]["from_sale"] = json!(1);
    });
    amendment::apply(&app.master("fr"), &amendment::propose(market.master(), &body));
    market.caller(&partner)
}

fn claim(domain: &str) -> Value {
    json!({
        "prospect": { "name": "Conservas do Mar, S.A.", "country": "PT", "domain": domain },
        "evidence": [{ "kind": "meeting", "dated_on": "2026-03-01", "description": "At their site." }],
    })
}

/// Two partners claim one prospect, and one of them is protected; other claims ended.
fn register(market: &Market<'_>) {
    let [first, second] = [(), ()].map(|()| {
        let partner = market.partner();
        market.agreement(&partner, "reseller", None);
        market.caller(&partner)
    });
    let submit = |caller: &Caller, domain: &str| id_of(&caller.post("/v1/registrations", claim(domain)).expect(201));
    let act = |caller: &Caller, id: &str, action: &str, body: Value| {
        caller.post(format!("/v1/registrations/{id}/{action}"), body).expect(200);
    };
    let (ours, _theirs) = (submit(&first, "conservas.pt"), submit(&second, "conservas.pt"));
    act(market.master(), &ours, "accept", json!({}));
    let ended = submit(&first, "sardinhas.pt");
    act(market.master(), &ended, "accept", json!({}));
    act(&first, &ended, "withdraw", json!({}));
}

/// A reseller sells inside the protection of another, by its master's leave.
fn sell_inside_a_protection(market: &Market<'_>) -> Caller {
    let holder = market.partner();
    market.agreement(&holder, "reseller", None);
    let holder = market.caller(&holder);
    let registration = id_of(&holder.post("/v1/registrations", claim("mercado.pt")).expect(201));
    market.master().post(format!("/v1/registrations/{registration}/accept"), json!({})).expect(200);
    let shop = Shop::open(market, "sub_network");
    let leave = json!({ "company_id": shop.partner, "reason": "The customer asked for it." });
    market.master().post(format!("/v1/registrations/{registration}/overrides"), leave).expect(201);
    let customer = json!({ "responsible_id": shop.partner, "name": "Mercado", "country": "PT", "domain": "mercado.pt" });
    let customer = id_of(&market.master().post("/v1/customers", customer).expect(201));
    let lines = json!([line(&market.item("sales_and_purchasing"), "year", None), line(&shop.services, "year", Some("400.00")),]);
    let proposal = json!({ "agreement_id": shop.agreement, "customer_id": customer, "currency": "EUR", "lines": lines });
    let seller = market.caller(&shop.partner);
    let sold = market.sell(&seller, &proposal);
    sold.bill(1, "333.33");
    sold.bill(1, "1066.67");
    seller
}

/// The master pursues two prospects itself, and gave a third one up.
fn pursue(market: &Market<'_>) {
    let pursue = |domain: &str, product_lines: Value| {
        let prospect = json!({ "name": "Hotel do Cais", "country": "PT", "domain": domain });
        let pursuit = json!({ "prospect": prospect, "product_lines": product_lines });
        id_of(&market.master().post("/v1/pursuits", pursuit).expect(201))
    };
    pursue("cais.pt", Value::Null);
    pursue("margem.pt", json!(["crm"]));
    let given_up = pursue("foz.pt", Value::Null);
    market.master().post(format!("/v1/pursuits/{given_up}/close"), json!({ "reason": "abandoned" })).expect(200);
}

/// Two promoters introduce prospects to the master: one becomes a customer, one is on its way, one was introduced twice.
fn introduce(market: &Market<'_>) -> Caller {
    let [first, second] = ["client_manager", "marketing_consultant"].map(|figure| {
        let partner = market.partner();
        let agreement = market.agreement_with(&partner, figure, None, Some(json!({})));
        (market.caller(&partner), agreement)
    });
    let introduced = |(caller, agreement): &(Caller, String), domain: &str| {
        let prospect = json!({ "name": "Lota", "country": "PT", "domain": domain });
        id_of(&caller.post("/v1/introductions", json!({ "agreement_id": agreement, "prospect": prospect })).expect(201))
    };
    let act = |id: &str, action: &str, body: Value| {
        market.master().post(format!("/v1/introductions/{id}/{action}"), body).expect(200);
    };
    let way = ["lota.pt", "doca.pt"].map(|domain| {
        let id = introduced(&first, domain);
        introduced(&second, domain);
        act(&id, "accept", json!({}));
        let customer = json!({ "name": "Lota", "country": "PT", "domain": domain });
        let customer = id_of(&market.master().post("/v1/customers", customer).expect(201));
        json!({
            "customer_id": customer, "currency": "EUR", "introductions": [id], "lines": [line(&market.item("payroll"), "year", None)],
        })
    });
    let sent = id_of(&market.master().post("/v1/proposals", way[0].clone()).expect(201));
    market.master().post(format!("/v1/proposals/{sent}/send"), json!({})).expect(200);
    market.sell(market.master(), &way[1]).bill(1, "480.00");
    let declined = introduced(&second, "rede.pt");
    act(&declined, "decline", json!({ "reason": "out_of_scope" }));
    hand_over(market);
    first.0
}

/// The customer that was won is handed over to another client manager.
fn hand_over(market: &Market<'_>) {
    let to = market.agreement_with(&market.partner(), "client_manager", None, Some(json!({})));
    let place = id_of(&all(market.master(), "/v1/portfolio-places")[0]);
    let body = json!({ "agreement_id": to, "from": "2026-03-03" });
    market.master().post(format!("/v1/portfolio-places/{place}/hand-over"), body).expect(200);
}

/// A consultant advises a project of the master's customer to its end.
fn advise(market: &Market<'_>) {
    let partner = market.partner();
    let agreement = market.agreement_with(&partner, "project_consultant", None, Some(json!({})));
    let consultant = market.caller(&partner);
    let area = json!({ "agreement_id": agreement, "area": "people", "description": "Ten years of payroll." });
    let area = id_of(&consultant.post("/v1/expertise", area).expect(201));
    market.master().post(format!("/v1/expertise/{area}/confirm"), json!({})).expect(200);
    let project = json!({
        "agreement_id": agreement, "customer_id": market.customer(&market.master_id()), "area": "people", "title": "Payroll",
        "starts_on": "2026-03-02",
    });
    let project = id_of(&market.master().post("/v1/projects", project).expect(201));
    let act = |caller: &Caller, action: &str, body: Value, status: u16| {
        caller.post(format!("/v1/projects/{project}/{action}"), body).expect(status)
    };
    act(&consultant, "accept", json!({}), 200);
    act(&consultant, "advice", json!({ "dated_on": "2026-03-02", "advice": "Begin with the contracts." }), 201);
    let milestone = id_of(&act(market.master(), "milestones", json!({ "title": "Paid", "due_on": "2026-03-31" }), 201));
    consultant.patch(format!("/v1/milestones/{milestone}"), "\"1\"", json!({ "progress": 100 })).expect(200);
    act(market.master(), "complete", json!({}), 200);
}

/// A prospect whose protection went to another partner, and one whose commissions are shared: a dispute of it was taken back, and
/// the next one decided.
fn dispute(market: &Market<'_>) -> Vec<Caller> {
    let [holder, challenger] = [(), ()].map(|()| {
        let partner = market.partner();
        let agreement = market.agreement_with(&partner, "client_manager", None, Some(json!({})));
        (market.caller(&partner), partner, agreement)
    });
    let [passed, disputed] = ["queijos.pt", "vinhos.pt"].map(|domain| {
        let id = id_of(&holder.0.post("/v1/registrations", claim(domain)).expect(201));
        market.master().post(format!("/v1/registrations/{id}/accept"), json!({})).expect(200);
        id
    });
    let to = json!({ "partner_id": challenger.1, "reason": "inactivity" });
    market.master().post(format!("/v1/registrations/{passed}/transfer"), to).expect(201);
    let proposal = json!({
        "registration_id": disputed, "agreement_id": holder.2, "currency": "EUR",
        "lines": [line(&market.item("sales_and_purchasing"), "year", Some("1000.00"))],
    });
    market.sell(&holder.0, &proposal).bill(1, "1000.00");
    let objection = json!({
        "prospect": { "name": "Vinhos", "country": "PT", "domain": "vinhos.pt" }, "grounds": "customer_preference",
        "statement": "They asked for us.", "evidence": claim("vinhos.pt")["evidence"],
    });
    let open = || id_of(&challenger.0.post("/v1/disputes", objection.clone()).expect(201));
    challenger.0.post(format!("/v1/disputes/{}/withdraw", open()), json!({})).expect(200);
    let id = open();
    market.master().post(format!("/v1/disputes/{id}/hear"), json!({})).expect(200);
    holder.0.post(format!("/v1/disputes/{id}/statements"), json!({ "statement": "It is ours." })).expect(200);
    let ruling = json!({
        "outcome": "shared", "shares": { "challenger": "0.25", "holder": "0.75" }, "effects": ["reattribute_commissions"],
        "reasons": "Both were there.",
    });
    market.master().post(format!("/v1/disputes/{id}/decide"), ruling).expect(200);
    vec![holder.0, challenger.0]
}

/// One agreement ended and another took its place; one is suspended.
fn change_agreements(market: &Market<'_>) {
    let (partner, other) = (market.partner(), market.partner());
    let end = |agreement: &str, action: &str| {
        market.master().post(format!("/v1/agreements/{agreement}/{action}"), json!({ "reason": "It was agreed." })).expect(200);
    };
    end(&market.agreement(&partner, "reseller", None), "terminate");
    market.agreement(&partner, "reseller", None);
    end(&market.agreement(&other, "reseller", None), "suspend");
}

/// A reseller grew into its second stage, and asks for its third.
fn grow(market: &Market<'_>) {
    let partner = market.partner();
    let special = json!({ "stages": { "own_services": { "conditions": { "own_sales": 0 } } } });
    let agreement = market.agreement_with(&partner, "reseller", None, Some(special));
    market.enter_stage(&agreement, "facilitator");
    let propose = |stage: &str| {
        let asked = json!({ "agreement_id": agreement, "stage": stage, "from": "2026-03-03" });
        market.master().post("/v1/promotions", asked)
    };
    let promotion = id_of(&propose("own_services").expect(201));
    let why = json!({ "reason": "It has its own consultants.", "from": "2026-03-02" });
    market.master().post(format!("/v1/promotions/{promotion}/approve"), why).expect(200);
    propose("helpdesk").expect(201);
}

fn all(caller: &Caller, path: &str) -> Vec<Value> {
    let page = caller.get(format!("{path}{}limit=200", if path.contains('?') { '&' } else { '?' })).expect(200);
    assert_eq!(page["next"], Value::Null, "{path} has more than one page");
    page["data"].as_array().unwrap().clone()
}

fn own_id(caller: &Caller) -> String {
    id_of(&caller.get("/v1/me").expect(200)["company"])
}

fn amount(money: &Value) -> Decimal {
    money["amount"].as_str().unwrap_or_else(|| panic!("no money: {money}")).parse().unwrap()
}

fn sum<'a>(amounts: impl Iterator<Item = &'a Value>) -> Decimal {
    amounts.map(amount).sum()
}

impl Traded {
    fn everybody(&self) -> impl Iterator<Item = &Caller> {
        self.masters.iter().chain(&self.partners)
    }
}

/// The entries that a caller sees, each computed again from its explanation, and the balances from the entries.
fn recompute_ledger(caller: &Caller) -> usize {
    let (me, entries) = (own_id(caller), all(caller, "/v1/ledger-entries"));
    for entry in &entries {
        let explanation = caller.get(format!("/v1/ledger-entries/{}/explanation", id_of(entry))).expect(200);
        assert_eq!(explanation["amount"], entry["amount"]);
        assert_eq!(json!(super::recompute::amount(&explanation)), entry["amount"]["amount"], "{explanation:#}");
    }
    let owed = |from: &str, to: &str| {
        sum(entries.iter().filter(|it| it["debtor"]["id"] == *from && it["creditor"]["id"] == *to).map(|it| &it["amount"]))
    };
    let balances = all(caller, "/v1/balances");
    for balance in &balances {
        let other = id_of(&balance["counterparty"]);
        let stated = &balance["amounts"][0];
        let (to_me, by_me) = (owed(&other, &me), owed(&me, &other));
        assert_eq!((amount(&stated["owed_to_you"]), amount(&stated["owed_by_you"])), (to_me, by_me), "{balance}");
        let open = (to_me - amount(&stated["paid_to_you"])) - (by_me - amount(&stated["paid_by_you"]));
        assert_eq!(amount(&stated["net"]), open, "{balance}");
    }
    let party = |it: &Value| [&it["debtor"]["id"], &it["creditor"]["id"]].contains(&&json!(me));
    let others: BTreeSet<String> =
        entries.iter().filter(|it| party(it)).flat_map(|it| [id_of(&it["debtor"]), id_of(&it["creditor"])]).collect();
    assert_eq!(balances.len(), others.iter().filter(|it| **it != me).count());
    entries.len()
}

/// The annuities that a caller sees, computed again from their instalments and from the lines of their settlement.
fn recompute_annuities(caller: &Caller) -> usize {
    let mut settled = 0;
    for annuity in all(caller, "/v1/annuities") {
        let id = id_of(&annuity);
        let instalments = all(caller, &format!("/v1/annuities/{id}/instalments"));
        let of = |kind: &str| sum(instalments.iter().filter(|it| it["kind"] == kind).map(|it| &it["amount"]));
        for (kind, field) in
            [("invoice", "invoiced"), ("collection", "collected"), ("credit", "credited"), ("refund", "refunded")]
        {
            assert_eq!(amount(&annuity[field]), of(kind), "{field} of {annuity}");
        }
        let settlement = caller.get(format!("/v1/annuities/{id}/settlement"));
        if settlement.status == 404 {
            continue;
        }
        let settlement = settlement.expect(200);
        assert_eq!(
            amount(&settlement["customer_total"]),
            sum(settlement["lines"].as_array().unwrap().iter().map(|it| &it["net"]))
        );
        assert_eq!(settlement["customer_total"], annuity["contracted"]);
        assert_adds_up(&settlement);
        settled += 1;
    }
    settled
}

/// What the customer pays is what is passed on, and what is kept of the network's lines, of own lines and of others.
fn assert_adds_up(settlement: &Value) {
    let [total, share, margin, own, other, kept] =
        ["customer_total", "share_due", "margin_kept", "own_lines", "other_lines", "kept"]
            .map(|field| amount(&settlement[field]));
    assert_eq!(total, share + margin + own + other, "{settlement}");
    assert_eq!(total, share + kept, "{settlement}");
    assert_eq!(settlement["adds_up"], json!(true));
}

/// Every byte that is stated about every entry, to everybody.
fn stated(traded: &Traded) -> BTreeMap<(usize, String), String> {
    let mut stated = BTreeMap::new();
    for (n, caller) in traded.everybody().enumerate() {
        for entry in all(caller, "/v1/ledger-entries") {
            for path in ["", "/explanation"].map(|part| format!("/v1/ledger-entries/{}{part}", id_of(&entry))) {
                let answer = caller.get(path.clone());
                answer.expect(200);
                stated.insert((n, path), answer.text);
            }
        }
    }
    stated
}

/// Takes a cent back of every year, ends every contract and every agreement, and renames every partner.
fn undo_everything(master: &Caller) {
    for annuity in all(master, "/v1/annuities") {
        for kind in ["credit", "refund"] {
            let back = json!({ "amount": "0.01", "currency": "EUR" });
            let body = json!({ "kind": kind, "amount": back, "dated_on": "2026-03-02", "reference": format!("last {kind}") });
            master.post(format!("/v1/annuities/{}/instalments", id_of(&annuity)), body).expect(201);
        }
    }
    let why = json!({ "reason": "It was agreed.", "ended_on": "2026-03-02" });
    for contract in all(master, "/v1/contracts") {
        master.post(format!("/v1/contracts/{}/cancel", id_of(&contract)), why.clone()).expect(200);
    }
    for agreement in all(master, "/v1/agreements?state=active") {
        let body = json!({ "reason": "It was agreed." });
        master.post(format!("/v1/agreements/{}/terminate", id_of(&agreement)), body).expect(200);
    }
    for partner in all(master, "/v1/partners") {
        let etag = format!("\"{}\"", partner["version"]);
        master.patch(format!("/v1/partners/{}", id_of(&partner)), &etag, json!({ "name": "Another name" })).expect(200);
    }
}

/// Runs statements that are not kept: why the database refuses them.
fn refusal(app: &TestApp, statements: &'static [&'static str]) -> DbError {
    let ran = app.db.write(move |tx| {
        for statement in statements {
            diesel::sql_query(*statement).execute(tx.conn)?;
        }
        Ok::<_, DbError>(())
    });
    wait(ran).expect_err("a refusal")
}

on_both_engines! {
    fn r1_every_amount_that_is_stated_can_be_computed_again_from_the_answers(engine: Engine) {
        let app = TestApp::start(engine);
        let traded = trade(&app);
        let entries: Vec<usize> = traded.everybody().map(recompute_ledger).collect();
        assert!(entries.iter().all(|count| *count > 0), "everybody has something to compute: {entries:?}");
        let settled: Vec<usize> = traded.everybody().map(recompute_annuities).collect();
        // Two years of the reseller's sale, one inside a protection, one of which the commission is shared, one that was introduced and one
        // that was taken over; two each of referrer and affiliate, one each of two integrators' two sales, one of an integrator's own
        // instance, one of which the services were taken over, and one that its master drafted.
        assert_eq!(settled[..2], [6, 11]);
    }

    fn r2_no_qualifying_event_ends_in_silence(engine: Engine) {
        let app = TestApp::start(engine);
        let traded = trade(&app);
        let partners: BTreeMap<String, &Caller> = traded.partners.iter().map(|caller| (own_id(caller), caller)).collect();
        let mut events = 0;
        for master in &traded.masters {
            let annuities = all(master, "/v1/annuities");
            for contract in all(master, "/v1/contracts") {
                let billed = annuities.iter().filter(|it| it["contract_id"] == contract["id"] && amount(&it["invoiced"]) > Decimal::ZERO);
                for (year, attribution) in billed.flat_map(|year| contract["attributions"].as_array().unwrap().iter().map(move |it| (year, it))) {
                    let partner = attribution["partner_id"].as_str().unwrap();
                    let told = |path: &str| {
                        let all = all(partners[partner], path);
                        all.iter().filter(|it| it["annuity_id"] == year["id"] && it["partner_id"] == *partner).count()
                    };
                    assert!(told("/v1/ledger-entries") + told("/v1/outcomes") > 0, "silence on {year} for {attribution}");
                    events += 1;
                }
            }
        }
        // Two years with a seller and two promoters; one inside a protection; one that is shared; one that was introduced; one that was
        // taken over; the referrer's two, the integrators' two each, the affiliate's two, one of which the services were taken over, and the one
        // that its master drafted.
        assert_eq!(events, 2 * 3 + 1 + 1 + 1 + 1 + 8 + 1 + 1);
    }

    fn r3_nothing_that_was_stated_changes_whatever_happens_after(engine: Engine) {
        let app = TestApp::start(engine);
        let traded = trade(&app);
        let before = stated(&traded);
        traded.masters.iter().for_each(undo_everything);
        let after = stated(&traded);
        assert!(after.len() > before.len(), "corrections are entries of their own");
        for (what, text) in &before {
            assert_eq!(after.get(what), Some(text), "{what:?}");
        }
    }

    fn r4_on_every_sale_the_money_adds_up_in_both_directions(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let promoter = market.partner();
        let promoting = market.agreement(&promoter, "client_manager", Some(&shop.partner));
        let (modules, reseller) = (market.item("sales_and_purchasing"), market.caller(&shop.partner));
        for (module, own, support) in [
            ("1000.00", "400.00", "120.00"), ("999.99", "0.01", "0.01"), ("0.01", "0.00", "0.00"), ("0.03", "0.02", "99.99"),
            ("333.33", "333.33", "333.34"), ("0.00", "10.00", "0.00"),
        ] {
            let lines = json!([
                line(&modules, "year", Some(module)), line(&shop.services, "year", Some(own)), line(&shop.helpdesk, "year", Some(support)),
            ]);
            let sold = shop.sell_lines(&market, &lines, &[&promoting]);
            let total = [module, own, support].map(|net| net.parse::<Decimal>().unwrap()).iter().sum::<Decimal>();
            // In two parts, the first of which is an odd one.
            let first = (total / Decimal::from(3)).round_dp(2);
            [first, total - first].iter().filter(|part| !part.is_zero()).for_each(|part| sold.bill(1, &format!("{part:.2}")));
            let settlement = sold.settlement(&reseller, 1);
            assert_eq!(amount(&settlement["customer_total"]), total);
            assert_adds_up(&settlement);
            assert_eq!(sold.settlement(market.master(), 1), settlement, "both directions");
            let entries = sold.entries(&reseller);
            let posted = |kind: &str| sum(entries.iter().filter(|it| it["kind"] == kind).map(|it| &it["amount"]));
            assert_eq!(posted("share"), amount(&settlement["share_due"]));
            assert_eq!(posted("commission"), amount(&settlement["promoter_commissions"]));
        }
    }

    fn r5_the_database_itself_lets_no_two_partners_hold_protection_on_a_prospect(engine: Engine) {
        let app = TestApp::start(engine);
        trade(&app);
        let second = refusal(&app, &["UPDATE registration_keys SET protects = TRUE, mode = 'whole' WHERE live"]);
        assert_eq!(second.broken(), Some(Constraint::OneProtection), "{second}");
        let of_a_line = refusal(
            &app,
            &["UPDATE registration_keys SET protects = TRUE, mode = 'lines', line = 'crm' WHERE live AND NOT protects"],
        );
        let points_to_no_head = |error: &DbError| matches!(error, DbError::Query(Error::DatabaseError(ForeignKeyViolation, _)));
        assert!(points_to_no_head(&of_a_line), "{of_a_line}");
    }

    fn r6_an_agreement_that_breaks_rules_does_not_take_effect_and_is_told_of_every_one_at_once(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let partner = market.partner();
        let [waiting, second] = [(), ()].map(|()| market.under_supervision(&partner, "reseller", None, None));
        let decide = |agreement: &str, approval: Value| -> Answer {
            market.master().post(format!("/v1/agreements/{agreement}/supervisions"), approval)
        };
        decide(&second, market.approval(&second)).expect(200);
        let path = format!("/v1/partners/{partner}");
        let etag = market.master().get(path.clone()).etag();
        let poorer = json!({ "billing_ability": false, "registration_number": null, "tax_id": null });
        market.master().patch(path, &etag, poorer).expect(200);
        let mut approval = market.approval(&waiting);
        approval["findings"][0]["outcome"] = json!("not_met");
        let refused = decide(&waiting, approval);
        refused.problem(422, "invalid_request");
        assert_eq!(refused.broken(), [
            "mandatory_not_met R28 /findings",
            "requirement_not_on_record R13 ",
            "requirement_not_on_record R13 ",
            "requirement_not_on_record R13 ",
            "second_agreement D4 ",
        ]);
        let state = |agreement: &str| market.master().get(format!("/v1/agreements/{agreement}")).expect(200)["state"].clone();
        assert_eq!((state(&waiting), state(&second)), (json!("under_supervision"), json!("active")));
    }

    fn r7_each_customer_of_a_failed_partner_has_exactly_one_responsible_company(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (shop, other) = (Shop::open(&market, "helpdesk"), Shop::open(&market, "helpdesk"));
        let customers: Vec<String> = (0..3).map(|_| market.customer(&shop.partner)).collect();
        let body = json!({ "reason": "It fails its customers." });
        for action in ["suspend", "terminate"] {
            market.master().post(format!("/v1/agreements/{}/{action}", shop.agreement), body.clone()).expect(200);
            for customer in &customers {
                let shown = market.master().get(format!("/v1/customers/{customer}")).expect(200);
                assert_eq!(shown["responsible"], json!({ "kind": "partner", "id": shop.partner }));
                let seen = |partner: &str| market.caller(partner).get(format!("/v1/customers/{customer}")).status;
                assert_eq!((seen(&shop.partner), seen(&other.partner)), (200, 404));
            }
        }
        // Nor can the database hold a customer of nobody, or of somebody who is no company.
        // Not even a company becomes responsible without a record of it.
        let reasons = ["not null", "not-null", "responsibility unrecorded"];
        for nobody in [&["UPDATE customers SET responsible_id = NULL"], &["UPDATE customers SET responsible_id = id"]] {
            let why = refusal(&app, nobody).to_string().to_lowercase();
            assert!(reasons.iter().any(|reason| why.contains(reason)), "{nobody:?}: {why}");
        }
    }
}
