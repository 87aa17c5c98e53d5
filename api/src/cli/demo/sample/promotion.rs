//! What the promoters of the sample do beside selling: introductions, a portfolio, a project.

use actix_http::Request;
use actix_web::{
    Error,
    body::BoxBody,
    dev::{Service, ServiceResponse},
};
use serde_json::{Value, json};

use super::{Member, RITA, Sample, Story};
use crate::cli::{
    Failure,
    demo::client::{Token, text},
};

pub(super) const SOFIA: Sample = Sample {
    kind: "client_manager",
    name: "Sofia Leal",
    tax_id: Some("510 336 205"),
    contact: "Sofia Leal",
    email: "sofia@leal.example",
    about: "a client manager, with a portfolio of the reseller's customers",
    ..RITA
};
pub(super) const TIAGO: Sample = Sample {
    kind: "project_consultant",
    name: "Tiago Matos",
    tax_id: Some("511 224 338"),
    contact: "Tiago Matos",
    email: "tiago@matos.example",
    about: "a project consultant, who advises a project of the reseller's customer",
    ..RITA
};

impl<S: Service<Request, Response = ServiceResponse<BoxBody>, Error = Error>> Story<S> {
    /// A promoter introduces a prospect, and the company that it works with takes it up (R18).
    pub(super) async fn introduce(&self, promoter: &Member, company: &Member, prospect: &Value) -> Result<String, Failure> {
        let new = json!({ "agreement_id": promoter.agreement, "prospect": prospect, "note": "Met the owner at the wine fair." });
        let introduction = self.api.post(&promoter.token, "/v1/introductions", new).await?;
        let id = text(&introduction, "id")?.to_owned();
        self.api.post(&company.token, &format!("/v1/introductions/{id}/accept"), json!({})).await?;
        Ok(id)
    }

    /// The reseller's newest customer is handed to a client manager, who was in contact with it (R20).
    pub(super) async fn look_after(&self, company: &Member, manager: &Member) -> Result<String, Failure> {
        let customers = self.api.get(&company.token, "/v1/customers?limit=1").await?;
        let customer = text(customers.pointer("/data/0").unwrap_or(&Value::Null), "id")?.to_owned();
        let place = json!({ "agreement_id": manager.agreement, "customer_id": customer, "from": self.today });
        let place = self.api.post(&company.token, "/v1/portfolio-places", place).await?;
        let contact = json!({
            "agreement_id": manager.agreement, "portfolio_place_id": text(&place, "id")?, "kind": "call", "dated_on": self.today,
            "note": "All went well so far; they ask for the stock of their second cellar.",
        });
        self.api.post(&manager.token, "/v1/follow-ups", contact).await?;
        Ok(customer)
    }

    /// A consultant advises a project of a customer, within an area that a master confirmed (R21).
    pub(super) async fn consult(
        &self,
        master: &Token,
        company: &Member,
        consultant: &Member,
        customer: &str,
    ) -> Result<(), Failure> {
        let area = json!({
            "agreement_id": consultant.agreement, "area": "business_management", "description": "Fifteen years in wine cooperatives.",
        });
        let area = self.api.post(&consultant.token, "/v1/expertise", area).await?;
        self.api.post(master, &format!("/v1/expertise/{}/confirm", text(&area, "id")?), json!({})).await?;
        let project = json!({
            "agreement_id": consultant.agreement, "customer_id": customer, "area": "business_management", "starts_on": self.today,
            "title": "The stock of two cellars",
        });
        let project = self.api.post(&company.token, "/v1/projects", project).await?;
        let path = format!("/v1/projects/{}", text(&project, "id")?);
        self.api.post(&consultant.token, &format!("{path}/accept"), json!({})).await?;
        let milestone = json!({ "title": "Both cellars are counted.", "due_on": self.today });
        self.api.post(&company.token, &format!("{path}/milestones"), milestone).await?;
        let advice = json!({ "dated_on": self.today, "advice": "Count both cellars on the same day." });
        self.api.post(&consultant.token, &format!("{path}/advice"), advice).await?;
        Ok(())
    }
}
