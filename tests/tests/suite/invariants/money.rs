//! What moves no money, and debts that are taken back by plan.

use entente_tests::sales::{Market, id_of};
use serde_json::json;

use super::check::{Break, breaks};

/// An instructor is paid in kind for one service, and another one is refused: no money moves.
pub(super) fn teach(market: &Market<'_>) {
    let partner = market.partner();
    let agreement = market.agreement(&partner, "instructor", None);
    let caller = market.caller(&partner);
    let report = |fee: &str| {
        let service = json!({
            "agreement_id": agreement, "fee": fee, "currency": "EUR", "quantity": "1", "done_on": "2026-03-02",
            "description": "A webinar.", "evidence": [{ "description": "The attendance list." }],
        });
        id_of(&caller.post("/v1/services", service).expect(201))
    };
    let in_kind = report("access_in_kind");
    market.master().post(format!("/v1/services/{in_kind}/confirm"), json!({})).expect(200);
    let refused = report("course");
    market.master().post(format!("/v1/services/{refused}/refuse"), json!({ "reason": "It was not held." })).expect(200);
}

const DECIDED: &str = "every service that was decided has an entry, or an outcome that says why nothing is due";

pub(super) const BREAKS: &[Break] = &[
    breaks(DECIDED, &["DELETE FROM outcomes WHERE reason = 'in_kind'"]),
    breaks(DECIDED, &["DELETE FROM outcomes WHERE reason = 'service_refused'"]),
    breaks(
        "of a debt that a plan recovered, payouts that were paid have taken something",
        &[
            "INSERT INTO recovery_plans (id, network_id, master_id, entry_id, partner_id, reason, state, version, created_at, updated_at, \
           recovered_on) SELECT e.id, e.network_id, e.master_id, e.id, e.partner_id, 'Agreed.', 'active', 1, e.recorded_at, e.recorded_at, \
           e.dated_on FROM entries e WHERE e.id IN (SELECT f.id FROM entries f ORDER BY f.id DESC LIMIT 1)",
        ],
    ),
];
