//! The month that is closed: how everybody is taxed, the statements, and what is taken back after them.

use std::time::{Duration, Instant};

use actix_http::Request;
use actix_web::{
    Error,
    body::BoxBody,
    dev::{Service, ServiceResponse},
};
use chrono::{Datelike, NaiveDate};
use serde_json::{Value, json};

use super::{
    super::client::{Token, text},
    PASSWORD, Story,
};
use crate::cli::Failure;

/// How long a closing run of so little may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a company is taxed that is registered for value added tax.
pub(super) fn registered(number: &str, billing: &str) -> Value {
    json!({ "regime": "standard", "vat_number": number, "billing": billing })
}

impl<S: Service<Request, Response = ServiceResponse<BoxBody>, Error = Error>> Story<S> {
    /// The company of somebody who signed in.
    pub(super) async fn company(&self, person: &Token) -> Result<String, Failure> {
        let me = self.api.get(person, "/v1/me").await?;
        Ok(text(me.get("company").unwrap_or(&Value::Null), "id")?.to_owned())
    }

    /// Says how a company is taxed since the year began.
    pub(super) async fn tax(&self, master: &Token, company: &str, mut rules: Value) -> Result<(), Failure> {
        if let Some(fields) = rules.as_object_mut() {
            fields.insert("company_id".to_owned(), json!(company));
            fields.insert("valid_from".to_owned(), json!(NaiveDate::from_ymd_opt(self.today.year(), 1, 1)));
        }
        self.api.post(master, "/v1/tax-profiles", rules).await?;
        Ok(())
    }

    /// Closes a month into statements, in both networks.
    pub(super) async fn close(&self, period: &str) -> Result<(), Failure> {
        for email in ["ana@altoga.example", "claire@all-in-web.example"] {
            let master = self.api.log_in(email, PASSWORD).await?;
            let run = self.api.post(&master, "/v1/statement-runs", json!({ "period": period, "currency": "EUR" })).await?;
            let path = format!("/v1/statement-runs/{}", text(&run, "id")?);
            let started = Instant::now();
            while text(&self.api.get(&master, &path).await?, "state")? != "completed" {
                if started.elapsed() > PATIENCE {
                    return Err(format!("the closing run of {period} does not end").into());
                }
                actix_web::rt::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Ok(())
    }

    /// Gives a customer of all-in-web some of its money back: a correction on the next statement (D20).
    pub(super) async fn refund(&self, annuity: &Value, amount: &str) -> Result<(), Failure> {
        let claire = self.api.log_in("claire@all-in-web.example", PASSWORD).await?;
        let path = format!("/v1/annuities/{}/instalments", text(annuity, "id")?);
        for kind in ["credit", "refund"] {
            let instalment = json!({
                "kind": kind, "amount": { "amount": amount, "currency": "EUR" }, "dated_on": self.today, "reference": kind,
            });
            self.api.post(&claire, &path, instalment).await?;
        }
        Ok(())
    }
}
