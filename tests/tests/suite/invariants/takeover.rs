//! Who took over from whom, with all that hung on a customer.

use entente_tests::{
    app::{Caller, TestApp},
    sales::{Market, Shop, id_of, line},
};
use serde_json::{Value, json};

use super::check::{Break, breaks};

/// What breaks the invariants of services that were taken over.
pub(super) const BREAKS: &[Break] = &[
    breaks(
        "each contract's services that were taken over are done by whom their takeovers say last",
        &["UPDATE contracts SET served_by_id = NULL WHERE id IN (SELECT contract_id FROM service_takeovers)"],
    ),
    breaks(
        "each contract's services that were taken over are done by whom their takeovers say last",
        &["UPDATE contracts SET served_by_id = customer_id WHERE id IN (SELECT contract_id FROM service_takeovers)"],
    ),
    breaks(
        "no customer was left with its partner when a case was closed",
        &[
            "UPDATE contracts SET served_by_id = partner_id WHERE id IN (SELECT contract_id FROM service_takeovers)",
            "DELETE FROM service_takeovers",
        ],
    ),
];

/// An integrator failed its master's customers, and the master does itself what it did for them.
pub(super) fn serve(app: &TestApp, market: &Market<'_>) -> Caller {
    let failed = market.partner();
    let agreement = market.agreement(&failed, "independent_integrator", None);
    let claim = json!({
        "prospect": { "name": "Verrerie du Nord", "country": "FR", "domain": "verrerie-du-nord.fr" },
        "evidence": [{ "kind": "meeting", "dated_on": "2026-03-01", "description": "At their site." }],
    });
    let caller = market.caller(&failed);
    let registration = id_of(&caller.post("/v1/registrations", claim).expect(201));
    market.master().post(format!("/v1/registrations/{registration}/accept"), json!({})).expect(200);
    let lines = json!([line(&market.item("instance"), "year", None)]);
    let proposal = json!({ "agreement_id": agreement, "registration_id": registration, "currency": "EUR", "lines": lines });
    market.sell(&caller, &proposal).bill(1, "1200.00");
    let case = json!({
        "partner_id": failed, "reason": "ceased_business", "statement": "It closed.",
        "evidence": [{ "dated_on": "2026-03-01", "description": "Its letter." }],
    });
    let case = id_of(&market.master().post("/v1/continuity-cases", case).expect(201));
    let act = |action: &str, body: Value| {
        app.master("fr").post(format!("/v1/continuity-cases/{case}/{action}"), body).expect(200);
    };
    act("suspend", json!({}));
    act("plan", json!({ "company_id": market.master_id(), "from": "2026-03-02", "protections": "release" }));
    for action in ["approve", "approve", "execute", "confirm", "close"] {
        act(action, json!({}));
    }
    caller
}

/// A reseller failed its customers, and another one took them over: one with a contract, one with a project, a client manager and an
/// open offer.
pub(super) fn take_over(app: &TestApp, market: &Market<'_>) -> Vec<Caller> {
    let (failed, taker) = (Shop::open(market, "sub_network"), Shop::open(market, "helpdesk"));
    let sold = failed.sell(market, &[]);
    sold.bill(1, "650.00");
    follow_a_customer(market, &failed);
    let case = json!({
        "partner_id": failed.partner, "reason": "insolvency", "statement": "It cannot pay any more.",
        "evidence": [{ "dated_on": "2026-03-01", "description": "The court says so." }],
    });
    let guarantee = json!({
        "partner_id": failed.partner, "kind": "deposit", "covers": "Support", "provider": "Banco do Douro", "valid_from": "2026-01-01",
        "amount": { "amount": "1000.00", "currency": "EUR" },
    });
    let guarantee = id_of(&market.master().post("/v1/guarantees", guarantee).expect(201));
    let case = id_of(&market.master().post("/v1/continuity-cases", case).expect(201));
    // Each time it is another person of the master.
    let act = |action: &str, body: Value| {
        app.master("pt").post(format!("/v1/continuity-cases/{case}/{action}"), body).expect(200);
    };
    act("suspend", json!({}));
    let used = json!({ "amount": "400.00", "currency": "EUR" });
    act("guarantees", json!({ "guarantee_id": guarantee, "outcome": "used", "amount": used, "reason": "It pays." }));
    act("plan", json!({ "company_id": taker.partner, "from": "2026-03-02", "protections": "release" }));
    for action in ["approve", "approve", "execute", "confirm", "close"] {
        act(action, json!({}));
    }
    sold.bill(1, "650.00");
    [failed, taker].map(|shop| market.caller(&shop.partner)).into()
}

/// A customer of the reseller has a client manager, a running project, and an open offer.
fn follow_a_customer(market: &Market<'_>, failed: &Shop) {
    let reseller = market.caller(&failed.partner);
    let customer = market.customer(&failed.partner);
    let [manager, consultant] = ["client_manager", "project_consultant"].map(|figure| {
        let partner = market.partner();
        (market.agreement(&partner, figure, Some(&failed.partner)), market.caller(&partner))
    });
    let place = json!({ "agreement_id": manager.0, "customer_id": customer, "from": "2026-03-01" });
    reseller.post("/v1/portfolio-places", place).expect(201);
    let area = json!({ "agreement_id": consultant.0, "area": "people", "description": "Ten years of payroll." });
    let area = id_of(&consultant.1.post("/v1/expertise", area).expect(201));
    market.master().post(format!("/v1/expertise/{area}/confirm"), json!({})).expect(200);
    let project = json!({
        "agreement_id": consultant.0, "customer_id": customer, "area": "people", "title": "Payroll", "starts_on": "2026-03-02",
    });
    let project = id_of(&reseller.post("/v1/projects", project).expect(201));
    consultant.1.post(format!("/v1/projects/{project}/accept"), json!({})).expect(200);
    let offer = json!({
        "agreement_id": failed.agreement, "customer_id": customer, "currency": "EUR",
        "lines": [line(&market.item("sales_and_purchasing"), "year", None)],
    });
    reseller.post("/v1/proposals", offer).expect(201);
}
