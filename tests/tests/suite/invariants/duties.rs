//! What the market owes besides money: minimum sales, an entry fee, and what its master drafts for it.

use entente_tests::{
    app::{Caller, TestApp},
    engine::wait,
    sales::{Market, Sold, id_of, line},
};
use serde_json::json;

/// An affiliate is assessed for its segment, twice, gets a proposal drafted that it signs, and leaves with sales missing.
pub(super) fn owe(app: &TestApp, market: &Market<'_>) -> Caller {
    let partner = market.partner();
    let agreement = market.agreement(&partner, "affiliate", None);
    let (master, caller) = (market.master(), market.caller(&partner));
    let potential = json!({ "amount": "1000.00", "currency": "EUR" });
    let fee = json!({ "agreement_id": agreement, "segment": "Clinics", "potential": potential });
    let fee = id_of(&master.post("/v1/entry-fees", fee).expect(201));
    master.post(format!("/v1/entry-fees/{fee}/revise"), json!({ "potential": potential })).expect(200);
    let customer = market.customer(&partner);
    let request =
        json!({ "agreement_id": agreement, "document": "proposal", "customer_id": customer, "description": "One instance." });
    let request = id_of(&caller.post("/v1/support-requests", request).expect(201));
    let me = master.get("/v1/me").expect(200)["id"].clone();
    master.post(format!("/v1/support-requests/{request}/assign"), json!({ "assignee_id": me })).expect(200);
    let lines = json!([line(&market.item("instance"), "year", None)]);
    let proposal = json!({ "agreement_id": agreement, "customer_id": customer, "currency": "EUR", "lines": lines });
    let proposal = id_of(&master.post("/v1/proposals", proposal).expect(201));
    master.post(format!("/v1/support-requests/{request}/hand-over"), json!({ "proposal_id": proposal })).expect(200);
    caller.post(format!("/v1/proposals/{proposal}/send"), json!({})).expect(200);
    let contract = caller.post(format!("/v1/proposals/{proposal}/sign"), json!({ "signed_on": "2026-03-02" })).expect(201);
    Sold::of(market, id_of(&contract)).bill(1, "1200.00");
    master.post(format!("/v1/agreements/{agreement}/terminate"), json!({ "reason": "It was agreed." })).expect(200);
    wait(api::minimum_sales::judge_due(&app.db)).unwrap();
    caller
}
