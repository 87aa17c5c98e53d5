//! What promoters do for network companies, each exactly what its figure does (R9, R18 to R22, R26, D5, D6, D22).

mod introduced_sale;
mod introduction;
mod portfolio;
mod project;

use entente_tests::{
    app::Caller,
    sales::{Market, Shop},
};
use serde_json::{Value, json};

/// A promoter with its agreement.
pub struct Promoter {
    /// The partner.
    pub partner: String,
    /// Its agreement.
    pub agreement: String,
    /// Somebody of it.
    pub caller: Caller,
}

impl Promoter {
    /// A promoter of a figure that works with a reseller.
    pub fn of(market: &Market<'_>, shop: &Shop, figure: &str) -> Self {
        let partner = market.partner();
        let agreement = market.agreement(&partner, figure, Some(&shop.partner));
        let caller = market.caller(&partner);
        Self { partner, agreement, caller }
    }
}

/// A prospect that is known by a domain.
pub fn prospect(domain: &str) -> Value {
    json!({ "name": "Conservas do Mar, S.A.", "country": "PT", "domain": domain })
}

/// An introduction of a prospect, to the other party of the agreement.
pub fn introduction(agreement: &str, domain: &str) -> Value {
    json!({ "agreement_id": agreement, "prospect": prospect(domain), "note": "They want to leave their spreadsheets." })
}

/// Ends, suspends or resumes an agreement.
pub fn agreement_is(market: &Market<'_>, agreement: &str, action: &str) {
    let body = if action == "resume" { json!({}) } else { json!({ "reason": "It was agreed." }) };
    market.master().post(format!("/v1/agreements/{agreement}/{action}"), body).expect(200);
}

/// What a caller finds in a list.
pub fn list(caller: &Caller, path: &str) -> Vec<Value> {
    caller.get(path).expect(200)["data"].as_array().expect("a list").clone()
}
