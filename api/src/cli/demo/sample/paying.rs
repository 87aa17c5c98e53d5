//! What is paid of the month that is closed: where everybody is paid, the payouts, what the banks say, and what a reseller remits.

use actix_http::Request;
use actix_web::{
    Error,
    body::BoxBody,
    dev::{Service, ServiceResponse},
};
use serde_json::{Value, json};

use super::{
    super::client::{Token, text},
    DOURO, INDEPENDENT, INTEGRATOR, PASSWORD, REFERRER, RITA, SPECIAL, Story,
};
use crate::cli::Failure;

/// Where companies are paid, by who says so.
const ACCOUNTS: [(&str, &str, &str); 8] = [
    ("ana@altoga.example", "ALTOGA", "PT50000201231000000001716"),
    ("claire@all-in-web.example", "all-in-web", "FR7630006000011000000001169"),
    (DOURO.email, DOURO.name, "PT50000201231000000002880"),
    (RITA.email, RITA.name, "PT50000201231000000003947"),
    (INTEGRATOR.email, INTEGRATOR.name, "FR7630006000011000000002236"),
    (INDEPENDENT.email, INDEPENDENT.name, "FR7630006000011000000003303"),
    (REFERRER.email, REFERRER.name, "FR7630006000011000000004467"),
    (SPECIAL.email, SPECIAL.name, "FR7630006000011000000005534"),
];

impl<S: Service<Request, Response = ServiceResponse<BoxBody>, Error = Error>> Story<S> {
    /// Pays what the statements of a month owe: a master its partners, a reseller its promoter (R10, R47); and the reseller remits
    /// a part of what it owes (R15).
    pub(super) async fn pay(&self) -> Result<(), Failure> {
        for (email, holder, iban) in ACCOUNTS {
            let owner = self.api.log_in(email, PASSWORD).await?;
            let account = json!({ "holder": holder, "country": iban.get(..2), "currency": "EUR", "iban": iban });
            self.api.post(&owner, "/v1/bank-accounts", account).await?;
        }
        for payer in ["claire@all-in-web.example", DOURO.email] {
            let payer = self.api.log_in(payer, PASSWORD).await?;
            self.pay_all(&payer).await?;
        }
        let ana = self.api.log_in("ana@altoga.example", PASSWORD).await?;
        let douro = self.company(&self.api.log_in(DOURO.email, PASSWORD).await?).await?;
        let owing = self.api.get(&ana, "/v1/remittances?limit=200").await?;
        let mut owing = owing.get("data").and_then(Value::as_array).into_iter().flatten();
        let owed = owing.find(|owed| owed.get("partner_id").and_then(Value::as_str) == Some(douro.as_str()));
        let reference = owed.and_then(|owed| owed.pointer("/statements/0/payment_reference")).and_then(Value::as_str);
        let came_in = format!(
            "booked_on,amount,currency,reference,counterparty,text\n{},300.00,EUR,T-0001,\"{}\",{}\n",
            self.today,
            DOURO.name,
            reference.ok_or("nothing is owed")?
        );
        self.api.upload(&ana, "/v1/bank-statements", "text/csv", came_in).await?;
        Ok(())
    }

    /// Makes and sends a payer's run, and brings its bank's statement, which says that all of it was paid.
    async fn pay_all(&self, payer: &Token) -> Result<(), Failure> {
        let run = self.api.post(payer, "/v1/payout-runs", json!({ "currency": "EUR" })).await?;
        let id = text(&run, "id")?;
        self.api.post(payer, &format!("/v1/payout-runs/{id}/send"), json!({})).await?;
        let page = self.api.get(payer, &format!("/v1/payouts?limit=200&payout_run_id={id}")).await?;
        let mut went_out = "booked_on,amount,currency,reference,end_to_end_id\n".to_owned();
        for payout in page.get("data").and_then(Value::as_array).into_iter().flatten() {
            let name = text(payout, "end_to_end_id")?;
            let amount = text(payout.get("amount").unwrap_or(&Value::Null), "amount")?;
            went_out.push_str(&format!("{},-{amount},EUR,B-{name},{name}\n", self.today));
        }
        self.api.upload(payer, "/v1/bank-statements", "text/csv", went_out).await?;
        Ok(())
    }
}
