//! The academy in the sample data: a qualification, a seminar that is a benefit, and a partner's own instance at half price.

use actix_http::Request;
use actix_web::{
    Error,
    body::BoxBody,
    dev::{Service, ServiceResponse},
};
use chrono::{Days, NaiveTime};
use serde_json::{Value, json};

use super::{
    client::{Token, text},
    sample::{Member, Story},
};
use crate::cli::Failure;

impl<S: Service<Request, Response = ServiceResponse<BoxBody>, Error = Error>> Story<S> {
    /// What an integrator shows, learns and gets beside money (R64, R81 to R85).
    pub(super) async fn learn(&self, master: &Token, partner: &Member) -> Result<(), Failure> {
        let claim = json!({
            "kind": "technical_start_up",
            "evidence": [{ "description": "Diplôme de la formation technique.", "dated_on": self.today }],
        });
        let claim = self.api.post(&partner.token, "/v1/qualifications", claim).await?;
        self.api.post(master, &format!("/v1/qualifications/{}/grant", text(&claim, "id")?), json!({})).await?;
        let session = self.seminar(master).await?;
        for (name, email) in [("Ismaël Petit", "ismael@integra.example"), ("Inès Garnier", "ines@integra.example")] {
            let enrolment = json!({ "course_session_id": session, "person": { "name": name, "email": email } });
            self.api.post(&partner.token, "/v1/enrolments", enrolment).await?;
        }
        self.api.post(&partner.token, "/v1/benefit-uses", json!({ "benefit": "technical_training" })).await?;
        let instance = self.item(partner, "instance", "year").await?;
        let proposal = json!({
            "agreement_id": partner.agreement, "benefit": "partner_instance", "currency": "EUR",
            "lines": [{ "item_id": instance.id, "period": "year", "quantity": 1 }],
        });
        self.api.post(&partner.token, "/v1/proposals", proposal).await?;
        Ok(())
    }

    /// A partner seminar that the master gives in two months; its session.
    async fn seminar(&self, master: &Token) -> Result<Value, Failure> {
        let course = json!({
            "kind": "seminar", "titles": { "fr": "Séminaire partenaires", "en": "Partner seminar" },
            "descriptions": { "fr": "Les nouveautés de l'année.", "en": "What is new this year." }, "benefit": "partner_seminars",
        });
        let course = self.api.post(master, "/v1/courses", course).await?;
        let path = format!("/v1/courses/{}", text(&course, "id")?);
        for action in ["submit", "publish"] {
            self.api.post(master, &format!("{path}/{action}"), json!({})).await?;
        }
        let day = self.today.checked_add_days(Days::new(60)).unwrap_or(self.today);
        let at = |hour| day.and_time(NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default()).and_utc();
        let session = json!({
            "course_id": course.get("id"), "venue": "on_site", "place": "Annecy", "language": "fr", "starts_at": at(9),
            "ends_at": at(17), "capacity": 20,
        });
        let session = self.api.post(master, "/v1/course-sessions", session).await?;
        Ok(session.get("id").cloned().unwrap_or_default())
    }
}
