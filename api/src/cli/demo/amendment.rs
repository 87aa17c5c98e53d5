//! A change of rules that waits for its second person: referrers are to have 18 % instead of 15 %, from next month on.

use actix_http::Request;
use actix_web::{
    Error,
    body::BoxBody,
    dev::{Service, ServiceResponse},
};
use chrono::{Datelike, Months, NaiveDate};
use serde_json::{Value, json};

use super::client::{Client, Token, text};
use crate::cli::Failure;

/// Proposes it as a master, and simulates it on the sales of the year so far.
pub(super) async fn propose<S>(api: &Client<S>, master: &Token, today: NaiveDate) -> Result<(), Failure>
where
    S: Service<Request, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    let types = api.get(master, "/v1/partnership-types?limit=200").await?;
    let types = types.get("data").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let referrer = types.iter().find(|of| of.get("code").is_some_and(|code| code == "referrer"));
    let in_force = referrer.and_then(|of| of.get("terms_in_force")).ok_or("no referrers")?;
    let version = api.get(master, &format!("/v1/terms/{}", text(in_force, "id")?)).await?;
    let part = |name: &str| version.get(name).cloned().ok_or_else(|| Failure::from(format!("terms without {name}")));
    let (texts, mut terms) = (part("texts")?, part("terms")?);
    let rate = terms.pointer_mut("/rules/first_annuity/rate/rate").ok_or("no rate")?;
    *rate = json!("0.18");
    let next_month = today.with_day(1).and_then(|first| first.checked_add_months(Months::new(1))).unwrap_or(today);
    let amendment = json!({
        "partnership_type": "referrer", "effective_from": next_month, "reach": "existing_agreements", "texts": texts, "terms": terms,
        "reason": "Referrers bring more customers than we expected.",
    });
    let proposed = api.post(master, "/v1/amendments", amendment).await?;
    let first_of_year = NaiveDate::from_ymd_opt(today.year(), 1, 1).unwrap_or(today);
    let days = json!({ "amendment_id": text(&proposed, "id")?, "signed_from": first_of_year, "signed_to": today });
    api.post(master, "/v1/simulations", days).await?;
    Ok(())
}
