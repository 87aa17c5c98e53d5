//! The sample data: how partners of every kind come in, sell and earn, in both networks, and what they are owed by statements.

mod closing;
mod paying;
mod promotion;

use std::sync::{Arc, Mutex, PoisonError};

use actix_http::Request;
use actix_web::{
    Error,
    body::BoxBody,
    dev::{Service, ServiceResponse},
    http::Method,
};
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use persistence::{
    db::{Clock, Db, Target},
    identity,
};
use serde_json::{Value, json};

use self::closing::registered;
use super::{
    Login, NETWORKS, amendment,
    client::{Client, Token, client, text},
};
use crate::{
    access::token::Keys,
    app::App,
    cli::Failure,
    identity::{commands, password},
    network::apply::apply_text,
    routes,
    write::Job,
};

/// The password of everybody in the demonstration, which listens on this machine alone.
const PASSWORD: &str = "a-password-for-the-demo";

/// The people of the masters: network, master, e-mail address.
const MASTERS: [(&str, &str, &str); 3] = [
    ("altoga", "pt", "ana@altoga.example"),
    ("altoga", "br", "bruno@londana.example"),
    ("all_in_web", "fr", "claire@all-in-web.example"),
];

/// A partner of the demonstration.
struct Sample {
    network: &'static str,
    master: &'static str,
    kind: &'static str,
    name: &'static str,
    legal_form: &'static str,
    country: &'static str,
    tax_id: Option<&'static str>,
    contact: &'static str,
    email: &'static str,
    language: &'static str,
    /// What its agreement changes in the terms of its type, as JSON (R2).
    special_terms: Option<&'static str>,
    about: &'static str,
}

const DOURO: Sample = Sample {
    network: "altoga",
    master: "pt",
    kind: "reseller",
    name: "Douro Sistemas, Lda.",
    legal_form: "company",
    country: "PT",
    tax_id: Some("508 012 341"),
    contact: "Duarte Nunes",
    email: "duarte@douro.example",
    language: "pt",
    special_terms: None,
    about: "a reseller with a sub-network: margin 30 % and 5 points of uplift",
};
const MINHO: Sample = Sample {
    name: "Minho Dados, Lda.",
    tax_id: Some("507 654 315"),
    contact: "Marta Lima",
    email: "marta@minho.example",
    about: "a reseller in its first stage, which asks to grow into the next one",
    ..DOURO
};
const RITA: Sample = Sample {
    network: "altoga",
    master: "pt",
    kind: "marketing_consultant",
    name: "Rita Faria",
    legal_form: "independent_professional",
    country: "PT",
    tax_id: Some("509 773 109"),
    contact: "Rita Faria",
    email: "rita@faria.example",
    language: "pt",
    special_terms: None,
    about: "a marketing consultant, paid by the reseller",
};
const AFFILIATE: Sample = Sample {
    network: "all_in_web",
    master: "fr",
    kind: "affiliate",
    name: "Atelier Numérique SAS",
    legal_form: "company",
    country: "FR",
    tax_id: Some("812 345 676"),
    contact: "Alice Morel",
    email: "alice@atelier.example",
    language: "fr",
    special_terms: None,
    about: "an affiliate: buys at 50 % of the list price, each year",
};
const INTEGRATOR: Sample = Sample {
    network: "all_in_web",
    master: "fr",
    kind: "affiliated_integrator",
    name: "Intégra SARL",
    legal_form: "company",
    country: "FR",
    tax_id: Some("823 456 785"),
    contact: "Ismaël Petit",
    email: "ismael@integra.example",
    language: "fr",
    special_terms: None,
    about: "an affiliated integrator: 70 % of the first annuity, from its 2nd sale",
};
const INDEPENDENT: Sample = Sample {
    network: "all_in_web",
    master: "fr",
    kind: "independent_integrator",
    name: "Liberté Conseil SARL",
    legal_form: "company",
    country: "FR",
    tax_id: Some("834 567 893"),
    contact: "Léa Bernard",
    email: "lea@liberte.example",
    language: "fr",
    special_terms: None,
    about: "an independent integrator: 50 % of the first annuity, from its 2nd sale",
};
const REFERRER: Sample = Sample {
    network: "all_in_web",
    master: "fr",
    kind: "referrer",
    name: "Paul Girard",
    legal_form: "independent_professional",
    country: "FR",
    tax_id: None,
    contact: "Paul Girard",
    email: "paul@girard.example",
    language: "fr",
    special_terms: None,
    about: "a referrer: 15 % of the first annuity, from its first sale",
};

const SPECIAL: Sample = Sample {
    name: "Nora Lemaire",
    contact: "Nora Lemaire",
    email: "nora@lemaire.example",
    // 10 % of the first 1,000.00 and 20 % above, no more than 300.00 in all years, and payable after thirty days.
    special_terms: Some(
        r#"{"rules": {"first_annuity": {
            "base": "annuity", "recurrence": "every_year", "hold_days": 30,
            "rate": {"of": "volume_tiers", "currency": "EUR", "mode": "marginal", "rate": null, "tiers": [
                {"from": "0.00", "below": "1000.00", "rate": "0.1"}, {"from": "1000.00", "rate": "0.2"}]},
            "bounds": {"per": "sale", "currency": "EUR", "cap": "300.00"}}}}"#,
    ),
    about: "a referrer under special terms: tiers each year, a cap for the whole sale, held for thirty days",
    ..REFERRER
};

/// A catalogue item in a sale.
pub(super) struct Item {
    pub(super) id: String,
    period: &'static str,
}

/// What a partner works with.
pub(super) struct Member {
    id: String,
    pub(super) token: Token,
    pub(super) agreement: String,
}

/// The clock of the sample data.
struct Hand(Arc<Mutex<DateTime<Utc>>>);

impl Hand {
    fn set(&self, at: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }
}

/// Noon of the last day of the month that has ended everywhere.
fn last_month(now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    // Where it is latest, it is twelve hours earlier than here.
    let latest = now.checked_sub_signed(TimeDelta::hours(12))?.date_naive();
    let day = latest.with_day(1)?.checked_sub_days(Days::new(1))?;
    Some(day.and_hms_opt(12, 0, 0)?.and_utc())
}

/// Loads networks and sample data, unless they are there, and says who can sign in.
pub(super) async fn load(database: &Target, keys: Keys) -> Result<Vec<Login>, Failure> {
    let now = Utc::now();
    let then = last_month(now).ok_or("no last month")?;
    let hand = Hand(Arc::new(Mutex::new(then)));
    let db = Db::open(database.clone(), 4, Clock::Manual(Arc::clone(&hand.0)))?;
    let app = Arc::new(App::new(db, keys, routes::contract()?, 0));
    for network in NETWORKS {
        apply_text(&app.db, network, false).await.map_err(|fault| format!("{fault:?}"))?;
    }
    let fresh = establish_masters(&app).await?;
    let mut story = Story { api: client(&app).await, today: then.date_naive() };
    if fresh {
        story.altoga().await?;
        let refunded = story.all_in_web().await?;
        hand.set(now);
        story.today = now.date_naive();
        story.close(&then.format("%Y-%m").to_string()).await?;
        story.pay().await?;
        story.refund(&refunded, "99.99").await?;
        let claire = story.api.log_in("claire@all-in-web.example", PASSWORD).await?;
        amendment::propose(&story.api, &claire, story.today).await?;
    }
    hand.set(now);
    let mut logins: Vec<Login> =
        MASTERS.iter().map(|(_, _, email)| login("master administrator", email, "runs a master")).collect();
    for partner in [DOURO, MINHO, RITA, promotion::SOFIA, promotion::TIAGO, AFFILIATE, INTEGRATOR, INDEPENDENT, REFERRER, SPECIAL]
    {
        logins.push(login("partner administrator", partner.email, partner.about));
    }
    logins.push(story.integration("ana@altoga.example", "a master's onboarding script").await?);
    logins.push(story.integration(DOURO.email, "a reseller's CRM").await?);
    Ok(logins)
}

fn login(role: &'static str, email: &str, about: &'static str) -> Login {
    Login { role, name: email.to_owned(), secret: PASSWORD.to_owned(), about }
}

/// The first administrator of each master; `false` when they are there already.
async fn establish_masters(app: &App) -> Result<bool, Failure> {
    let digest = password::digest(&PASSWORD.to_owned().into()).map_err(|problem| problem.to_string())?;
    let mut fresh = false;
    for (network, master, email) in MASTERS {
        let access = commands::Access::Password(digest.clone());
        let mut job = Job::named("demo");
        let made = app.db.write(move |tx| {
            let Some(company) = identity::find_master(tx.conn, network, master)? else { return Ok(false) };
            let known = identity::user::find_by_email(tx.conn, email)?.is_some();
            if !known {
                job.run(tx, None, |work| {
                    commands::establish_administrator(work, company.into(), (email, email), &access, false)
                })?;
            }
            Ok::<_, crate::problem::Problem>(!known)
        });
        fresh |= made.await.map_err(|problem| problem.to_string())?;
    }
    Ok(fresh)
}

/// Tells what happened, through the API.
pub(super) struct Story<S> {
    pub(super) api: Client<S>,
    pub(super) today: NaiveDate,
}

impl<S: Service<Request, Response = ServiceResponse<BoxBody>, Error = Error>> Story<S> {
    async fn altoga(&self) -> Result<(), Failure> {
        let ana = self.api.log_in("ana@altoga.example", PASSWORD).await?;
        let douro = self.join(&ana, &DOURO, None).await?;
        self.guarantee(&douro).await?;
        let first_of_year = NaiveDate::from_ymd_opt(self.today.year(), 1, 1).unwrap_or(self.today);
        let reason = "It has sold business software with a team of promoters for ten years.";
        let stage = json!({ "stage": "sub_network", "from": first_of_year, "reason": reason });
        self.api.post(&ana, &format!("/v1/agreements/{}/stages", douro.agreement), stage).await?;
        let me = self.api.get(&douro.token, "/v1/me").await?;
        let reseller = text(me.get("company").unwrap_or(&Value::Null), "id")?;
        let rita = self.join(&ana, &RITA, Some(reseller)).await?;
        let own = self.own_item(&douro, "implementation_support", "partner_own", "400.00").await?;
        let helpdesk = self.own_item(&douro, "daily_helpdesk", "partner_helpdesk", "120.00").await?;
        let module = self.item(&douro, "sales_and_purchasing", "year").await?;
        let prospect =
            json!({ "name": "Adega do Vale, S.A.", "country": "PT", "tax_id": "510123457", "domain": "adegadovale.pt" });
        let introduction = self.introduce(&rita, &douro, &prospect).await?;
        let registration = self.protect(&ana, &douro, prospect).await?;
        let annuities = self.sell(&douro, &registration, "EUR", &[module, own, helpdesk], &[introduction]).await?;
        self.bill(&douro.token, &annuities, &["1520.00"], "EUR").await?;
        let rules = json!({
            "regime": "exempt", "legal_note": "IVA - regime de isenção (artigo 53.º do CIVA)", "billing": "invoice",
            "withholding": { "rate": "0.23", "legal_note": "Retenção na fonte de IRS (artigo 101.º do CIRS)" },
        });
        self.tax(&ana, &rita.id, rules).await?;
        self.tax(&ana, &self.company(&ana).await?, registered("PT501442600", "invoice")).await?;
        self.tax(&ana, &douro.id, registered("PT508012341", "self_billing")).await?;
        self.ask_for_support(&douro).await?;
        let sofia = self.join(&ana, &promotion::SOFIA, Some(reseller)).await?;
        let tiago = self.join(&ana, &promotion::TIAGO, Some(reseller)).await?;
        let customer = self.look_after(&douro, &sofia).await?;
        self.consult(&ana, &douro, &tiago, &customer).await?;
        self.grow(&ana, first_of_year).await
    }

    /// A reseller that begins as a facilitator and asks for its next stage: its first sale is still to come.
    async fn grow(&self, master: &Token, from: NaiveDate) -> Result<(), Failure> {
        let minho = self.join(master, &MINHO, None).await?;
        let stage = json!({ "stage": "facilitator", "from": from });
        self.api.post(master, &format!("/v1/agreements/{}/stages", minho.agreement), stage).await?;
        let asked = json!({
            "agreement_id": minho.agreement, "stage": "own_services", "note": "Our consultants can start customers up.",
        });
        self.api.post(&minho.token, "/v1/promotions", asked).await?;
        Ok(())
    }

    /// What the referrer's customer pays a year, as it is kept: a part of it is refunded later.
    async fn all_in_web(&self) -> Result<Value, Failure> {
        let claire = self.api.log_in("claire@all-in-web.example", PASSWORD).await?;
        let customers = [
            ("Boulangerie Martin", "845678911", "boulangerie-martin.fr"),
            ("Garage du Port", "856789128", "garageduport.fr"),
            ("Clinique des Alpes", "867891236", "cliniquedesalpes.fr"),
            ("Hôtel Bellevue", "878912344", "hotelbellevue-annecy.fr"),
            ("Librairie Voltaire", "889123451", "librairievoltaire.fr"),
            ("Vins de Loire", "891234569", "vinsdeloire.fr"),
            ("Scierie du Jura", "902345677", "scieriedujura.fr"),
        ];
        let mut prospects = customers
            .into_iter()
            .map(|(name, tax_id, domain)| json!({ "name": name, "country": "FR", "tax_id": tax_id, "domain": domain }));
        self.tax(&claire, &self.company(&claire).await?, registered("FR40303265045", "invoice")).await?;
        let mut monthly = None;
        for (sample, sales, item, period, instalments) in [
            (&AFFILIATE, 1, "instance", "year", &["1200.00"][..]),
            (&INTEGRATOR, 2, "instance", "year", &["1200.00"]),
            (&INDEPENDENT, 2, "instance", "year", &["600.00", "600.00"]),
            (&REFERRER, 1, "instance_monthly", "month", &["99.99"; 12]),
            (&SPECIAL, 1, "instance", "year", &["400.00", "800.00"]),
        ] {
            let partner = self.join(&claire, sample, None).await?;
            let rules = match sample.tax_id {
                Some(number) => registered(number, "self_billing"),
                None => json!({
                    "regime": "exempt", "legal_note": "TVA non applicable, art. 293 B du CGI", "billing": "invoice",
                }),
            };
            self.tax(&claire, &partner.id, rules).await?;
            if sample.kind == AFFILIATE.kind {
                self.assess_entry_fee(&claire, &partner).await?;
            }
            for prospect in prospects.by_ref().take(sales) {
                let registration = self.protect(&claire, &partner, prospect).await?;
                let item = self.item(&partner, item, period).await?;
                let annuities = self.sell(&partner, &registration, "EUR", &[item], &[]).await?;
                self.bill(&claire, &annuities, instalments, "EUR").await?;
                monthly = annuities.into_iter().next().filter(|_| period == "month").or(monthly);
            }
            if sample.email == INTEGRATOR.email {
                self.learn(&claire, &partner).await?;
            }
        }
        Ok(monthly.ok_or("nothing is paid by month")?)
    }

    /// A partner asks its master to draft its next proposal for a customer (R41).
    async fn ask_for_support(&self, partner: &Member) -> Result<(), Failure> {
        let customers = self.api.get(&partner.token, "/v1/customers?limit=1").await?;
        let customer = text(customers.pointer("/data/0").ok_or("no customer")?, "id")?;
        let request = json!({
            "agreement_id": partner.agreement, "document": "proposal", "customer_id": customer,
            "description": "A second module for the new warehouse, for six users.",
            "wanted_by": self.today.checked_add_days(Days::new(7)),
        });
        self.api.post(&partner.token, "/v1/support-requests", request).await.map(|_| ())
    }

    /// What an affiliate owes for its segment, as it was assessed; a second person has to approve it (R58).
    async fn assess_entry_fee(&self, master: &Token, partner: &Member) -> Result<(), Failure> {
        let entry_fee = json!({
            "agreement_id": partner.agreement, "segment": "Boulangeries artisanales",
            "potential": { "amount": "180000.00", "currency": "EUR" }, "note": "150 boulangeries à 1 200,00 par an.",
        });
        self.api.post(master, "/v1/entry-fees", entry_fee).await.map(|_| ())
    }

    /// From the application to an agreement in force (R3, R7).
    async fn join(&self, master: &Token, partner: &Sample, counterparty: Option<&str>) -> Result<Member, Failure> {
        let Sample {
            network,
            master: code,
            kind,
            name,
            legal_form,
            country,
            tax_id,
            contact,
            email,
            language,
            special_terms,
            about: _,
        } = partner;
        let application = json!({
            "network": network, "master": code, "partnership_type": kind, "name": name, "legal_form": legal_form, "country": country,
            "tax_id": tax_id, "registration_number": tax_id.map(|it| it.replace(' ', "")), "contact_name": contact, "email": email,
            "language": language,
        });
        let application = self.api.send(Method::POST, "/v1/applications", None, Some(application)).await?;
        let path = format!("/v1/applications/{}/accept", text(&application, "id")?);
        let accepted = self.api.post(master, &path, json!({})).await?;
        let id = text(&accepted, "partner_id")?;
        let invitation = text(accepted.get("invitation").unwrap_or(&Value::Null), "token")?;
        let accept = json!({ "token": invitation, "password": PASSWORD });
        self.api.send(Method::POST, "/v1/invitations/accept", None, Some(accept)).await?;
        let record = json!({ "billing_ability": true, "support_structure": true, "technical_qualification": true });
        self.api.patch(master, &format!("/v1/partners/{id}"), record).await?;
        let special: Option<Value> = special_terms.map(serde_json::from_str).transpose()?;
        let draft = json!({
            "partner_id": id, "partnership_type": kind, "counterparty_id": counterparty, "language": language,
            "kind": if special.is_some() { "special" } else { "standard" }, "special_terms": special,
            "starts_on": NaiveDate::from_ymd_opt(self.today.year(), 1, 1),
        });
        let agreement = self.api.post(master, "/v1/agreements", draft).await?;
        let path = format!("/v1/agreements/{}", text(&agreement, "id")?);
        self.api.post(master, &format!("{path}/submit"), json!({})).await?;
        self.api.post(master, &format!("{path}/begin-supervision"), json!({})).await?;
        let findings = self.all_met(master, &agreement).await?;
        self.api.post(master, &format!("{path}/supervisions"), json!({ "decision": "approve", "findings": findings })).await?;
        let token = self.api.log_in(email, PASSWORD).await?;
        Ok(Member { id: id.to_owned(), token, agreement: text(&agreement, "id")?.to_owned() })
    }

    /// A finding that each item of the checklist is met (R28).
    async fn all_met(&self, master: &Token, agreement: &Value) -> Result<Vec<Value>, Failure> {
        let terms = self.api.get(master, &format!("/v1/terms/{}", text(agreement, "terms_id")?)).await?;
        let checklist = terms.pointer("/terms/checklist").and_then(Value::as_object).ok_or("terms without a checklist")?;
        Ok(checklist.keys().map(|item| json!({ "item": item, "outcome": "met" })).collect())
    }

    /// What a partner has for its customers, should it fail them (R50).
    async fn guarantee(&self, partner: &Member) -> Result<(), Failure> {
        let guarantee = json!({
            "kind": "bank_guarantee", "covers": "Support of all customers for twelve months", "provider": "Banco do Douro",
            "amount": { "amount": "50000.00", "currency": "EUR" }, "valid_from": self.today,
        });
        self.api.post(&partner.token, "/v1/guarantees", guarantee).await?;
        Ok(())
    }

    /// A partner's own item, at a price a year (R42, R43).
    async fn own_item(&self, partner: &Member, code: &str, kind: &str, price: &str) -> Result<Item, Failure> {
        let from = NaiveDate::from_ymd_opt(self.today.year(), 1, 1);
        let item = json!({
            "code": code, "kind": kind, "names": { "en": code.replace('_', " "), "pt": code.replace('_', " "), "es": code.replace('_', " ") },
            "prices": [{ "price": { "amount": price, "currency": "EUR" }, "period": "year", "from": from }],
        });
        let item = self.api.post(&partner.token, "/v1/catalogue-items", item).await?;
        Ok(Item { id: text(&item, "id")?.to_owned(), period: "year" })
    }

    pub(super) async fn item(&self, partner: &Member, code: &str, period: &'static str) -> Result<Item, Failure> {
        let page = self.api.get(&partner.token, "/v1/catalogue-items?limit=200").await?;
        let items = page.get("data").and_then(Value::as_array).into_iter().flatten();
        let found =
            items.filter(|item| item.get("code").and_then(Value::as_str) == Some(code)).map(|item| text(item, "id")).next();
        Ok(Item { id: found.ok_or_else(|| format!("no item {code}"))??.to_owned(), period })
    }

    /// A registered prospect that a master accepted (R33 to R35).
    async fn protect(&self, master: &Token, partner: &Member, prospect: Value) -> Result<String, Failure> {
        let evidence =
            json!([{ "kind": "meeting", "dated_on": self.today, "description": "First meeting at the customer's premises." }]);
        let registration = json!({ "agreement_id": partner.agreement, "prospect": prospect, "evidence": evidence });
        let registration = self.api.post(&partner.token, "/v1/registrations", registration).await?;
        let id = text(&registration, "id")?.to_owned();
        self.api.post(master, &format!("/v1/registrations/{id}/accept"), json!({})).await?;
        Ok(id)
    }

    /// A proposal, signed today; its annuities.
    async fn sell(
        &self,
        partner: &Member,
        registration: &str,
        currency: &str,
        items: &[Item],
        introductions: &[String],
    ) -> Result<Vec<Value>, Failure> {
        let lines: Vec<Value> =
            items.iter().map(|item| json!({ "item_id": item.id, "period": item.period, "quantity": 1 })).collect();
        let proposal = json!({
            "agreement_id": partner.agreement, "registration_id": registration, "currency": currency, "lines": lines,
            "introductions": introductions,
        });
        let proposal = self.api.post(&partner.token, "/v1/proposals", proposal).await?;
        let path = format!("/v1/proposals/{}", text(&proposal, "id")?);
        self.api.post(&partner.token, &format!("{path}/send"), json!({})).await?;
        self.api.post(&partner.token, &format!("{path}/sign"), json!({ "signed_on": self.today })).await?;
        let contracts = self.api.get(&partner.token, "/v1/contracts?limit=1").await?;
        let contract = contracts.pointer("/data/0").ok_or("no contract")?;
        let annuities = self.api.get(&partner.token, &format!("/v1/annuities?contract_id={}", text(contract, "id")?)).await?;
        Ok(annuities.get("data").and_then(Value::as_array).cloned().unwrap_or_default())
    }

    /// Invoices and collects the first annuity in instalments.
    async fn bill(&self, biller: &Token, annuities: &[Value], instalments: &[&str], currency: &str) -> Result<(), Failure> {
        let annuity = annuities.first().ok_or("no annuity")?;
        let path = format!("/v1/annuities/{}/instalments", text(annuity, "id")?);
        for kind in ["invoice", "collection"] {
            for (number, amount) in instalments.iter().enumerate() {
                let instalment = json!({
                    "kind": kind, "amount": { "amount": amount, "currency": currency }, "dated_on": self.today,
                    "reference": format!("{kind}-{}", number.saturating_add(1)),
                });
                self.api.post(biller, &path, instalment).await?;
            }
        }
        Ok(())
    }

    /// An integration with every scope that its company may give, and a secret that is shown now.
    async fn integration(&self, email: &str, about: &'static str) -> Result<Login, Failure> {
        let token = self.api.log_in(email, PASSWORD).await?;
        let page = self.api.get(&token, "/v1/integrations").await?;
        let known = page.pointer("/data/0/id").and_then(Value::as_str);
        let shown = match known {
            Some(id) => self.api.post(&token, &format!("/v1/integrations/{id}/secrets"), json!({ "overlap_hours": 0 })).await?,
            None => {
                let mut scopes = vec![
                    "network:read",
                    "partners:read",
                    "agreements:read",
                    "registrations:read",
                    "registrations:write",
                    "sales:read",
                    "sales:write",
                    "ledger:read",
                    "events:read",
                ];
                scopes.push(if email == DOURO.email { "catalogue:write" } else { "onboarding" });
                self.api.post(&token, "/v1/integrations", json!({ "name": about, "scopes": scopes })).await?
            }
        };
        let id = shown.get("client_id").or_else(|| shown.get("id")).and_then(Value::as_str).or(known).unwrap_or_default();
        Ok(Login { role: "integration", name: id.to_owned(), secret: text(&shown, "client_secret")?.to_owned(), about })
    }
}
