//! The way to a sale, over HTTP: partners with agreements in force, customers, signed contracts, and what is billed of them.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use crate::app::{Caller, TestApp};

/// One master of a network, and what is usual there.
pub struct Market<'a> {
    app: &'a TestApp,
    master: Caller,
    country: &'static str,
    language: &'static str,
    count: AtomicU32,
}

/// Money as the wire has it, in euros.
pub fn eur(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

/// A Portuguese tax id with its check digit, another one for each number.
fn nif(number: u32) -> String {
    let digits: Vec<u32> = format!("5{number:07}").chars().filter_map(|digit| digit.to_digit(10)).collect();
    let sum: u32 = (2..=9).rev().zip(&digits).map(|(weight, digit)| weight * digit).sum();
    let check = match 11 - sum % 11 {
        check @ 0..=9 => check,
        _ => 0,
    };
    format!("5{number:07}{check}")
}

/// A Brazilian company's tax id with its check digits, another one for each number.
fn cnpj(number: u32) -> String {
    let mut digits: Vec<u32> = format!("{number:08}0001").chars().filter_map(|digit| digit.to_digit(10)).collect();
    for _ in 0..2 {
        let weights = (2..=9).cycle();
        let sum: u32 = weights.zip(digits.iter().rev()).map(|(weight, digit): (u32, _)| weight * digit).sum();
        digits.push(match sum % 11 {
            0 | 1 => 0,
            rest => 11 - rest,
        });
    }
    digits.iter().map(u32::to_string).collect()
}

impl<'a> Market<'a> {
    /// The market of ALTOGA's Portuguese master.
    pub fn altoga(app: &'a TestApp) -> Self {
        Self { app, master: app.master("pt"), country: "PT", language: "pt", count: AtomicU32::new(1) }
    }

    /// The market of ALTOGA's Brazilian master.
    pub fn altoga_in_brazil(app: &'a TestApp) -> Self {
        Self { app, master: app.master("br"), country: "BR", language: "pt", count: AtomicU32::new(1) }
    }

    /// The market of all-in-web's master.
    pub fn all_in_web(app: &'a TestApp) -> Self {
        Self { app, master: app.master("fr"), country: "FR", language: "fr", count: AtomicU32::new(1) }
    }

    /// The same market some time later: tokens live ten minutes.
    pub fn later(&self) -> Self {
        let count = AtomicU32::new(self.next());
        Self { app: self.app, master: self.app.master(&self.country.to_lowercase()), count, ..*self }
    }

    /// The master's administrator.
    pub fn master(&self) -> &Caller {
        &self.master
    }

    /// The master's id.
    pub fn master_id(&self) -> String {
        self.master.get("/v1/me").expect(200)["company"]["id"].as_str().expect("an id").to_owned()
    }

    fn next(&self) -> u32 {
        self.count.fetch_add(1, Ordering::Relaxed)
    }

    /// A new company as a partner, able to bill, to support and to start up.
    pub fn partner(&self) -> String {
        self.partner_from(self.country, self.language)
    }

    /// The same, of a country and with a language.
    pub fn partner_from(&self, country: &str, language: &str) -> String {
        let number = self.next();
        let mut body = json!({
            "name": format!("Partner {number}"), "legal_form": "company", "country": country,
            "registration_number": format!("R-{number}"), "billing_ability": true, "support_structure": true,
            "technical_qualification": true, "email": format!("partner{number}@partner.example"), "language": language,
        });
        match country {
            "PT" => body["tax_id"] = json!(nif(number)),
            "BR" => body["tax_id"] = json!(cnpj(number)),
            _ => {}
        }
        id_of(&self.master.post("/v1/partners", body).expect(201))
    }

    /// An administrator of a partner.
    pub fn caller(&self, partner: &str) -> Caller {
        self.app.partner(partner)
    }

    /// An agreement in force from the first day of the year.
    pub fn agreement(&self, partner: &str, of_type: &str, counterparty: Option<&str>) -> String {
        self.agreement_with(partner, of_type, counterparty, None)
    }

    /// An agreement in force, with special terms if there are any.
    pub fn agreement_with(&self, partner: &str, of_type: &str, counterparty: Option<&str>, special: Option<Value>) -> String {
        let id = self.under_supervision(partner, of_type, counterparty, special);
        let approval = self.approval(&id);
        let agreement = self.master.post(format!("/v1/agreements/{id}/supervisions"), approval).expect(200);
        assert_eq!(agreement["state"], "active");
        id
    }

    /// An agreement that waits for its master's decision.
    pub fn under_supervision(&self, partner: &str, of_type: &str, counterparty: Option<&str>, special: Option<Value>) -> String {
        let body = json!({
            "partner_id": partner, "partnership_type": of_type, "counterparty_id": counterparty, "language": self.language,
            "kind": if special.is_some() { "special" } else { "standard" }, "special_terms": special, "starts_on": "2026-01-01",
        });
        let id = id_of(&self.master.post("/v1/agreements", body).expect(201));
        self.master.post(format!("/v1/agreements/{id}/submit"), json!({})).expect(200);
        self.master.post(format!("/v1/agreements/{id}/begin-supervision"), json!({})).expect(200);
        id
    }

    /// An approval of an agreement, with every item of its checklist met.
    pub fn approval(&self, agreement: &str) -> Value {
        let terms = self.master.get(format!("/v1/agreements/{agreement}/terms")).expect(200);
        let checklist = terms["checklist"].as_object().expect("a checklist");
        let findings: Vec<Value> = checklist.keys().map(|item| json!({ "item": item, "outcome": "met" })).collect();
        json!({ "decision": "approve", "findings": findings })
    }

    /// Lets an agreement enter a stage on the first day of the year.
    pub fn enter_stage(&self, agreement: &str, stage: &str) {
        // The first one needs no reason (R39).
        let reason = (stage != "facilitator").then_some("It comes with its experience.");
        let body = json!({ "stage": stage, "from": "2026-01-01", "reason": reason });
        self.master.post(format!("/v1/agreements/{agreement}/stages"), body).expect(200);
    }

    /// A new customer that `responsible` answers for.
    pub fn customer(&self, responsible: &str) -> String {
        let number = self.next();
        let body = json!({
            "responsible_id": responsible, "name": format!("Customer {number}"), "country": self.country,
            "domain": format!("customer-{number}.com"),
        });
        id_of(&self.master.post("/v1/customers", body).expect(201))
    }

    /// A catalogue item of the network, by its code.
    pub fn item(&self, code: &str) -> String {
        let items = self.master.get("/v1/catalogue-items?limit=200").expect(200);
        let found = items["data"].as_array().expect("items").iter().find(|item| item["code"] == code);
        id_of(found.unwrap_or_else(|| panic!("no item {code}")))
    }

    /// A new item of a partner's own.
    pub fn own_item(&self, partner: &str, kind: &str) -> String {
        let language = if self.country == "PT" { "en" } else { "fr" };
        let body = json!({ "code": format!("own_{}", self.next()), "kind": kind, "names": { language: "Own" } });
        id_of(&self.caller(partner).post("/v1/catalogue-items", body).expect(201))
    }

    /// Signs a contract today, as `seller`.
    pub fn sell(&self, seller: &Caller, proposal: &Value) -> Sold<'_> {
        self.sell_on(seller, proposal, "2026-03-02")
    }

    /// Signs a contract on a day, as `seller`.
    pub fn sell_on(&self, seller: &Caller, proposal: &Value, signed_on: &str) -> Sold<'_> {
        let id = id_of(&seller.post("/v1/proposals", proposal.clone()).expect(201));
        seller.post(format!("/v1/proposals/{id}/send"), json!({})).expect(200);
        let signature = json!({ "signed_on": signed_on });
        let contract = id_of(&seller.post(format!("/v1/proposals/{id}/sign"), signature).expect(201));
        Sold { market: self, contract }
    }
}

impl<'a> Market<'a> {
    /// The same market later: its partners and customers are numbered from `first` on, so that none has another's keys.
    pub fn from(self, first: u32) -> Self {
        self.count.store(first, Ordering::Relaxed);
        self
    }

    /// A contract that was signed before, in the hands of those who call now: tokens live ten minutes.
    pub fn again(&self, sold: &Sold<'_>) -> Sold<'_> {
        Sold { market: self, contract: sold.contract.clone() }
    }
}

/// A line of one unit of an item.
pub fn line(item: &str, period: &str, net: Option<&str>) -> Value {
    let mut line = json!({ "item_id": item, "period": period, "quantity": 1 });
    if let Some(net) = net {
        line["net_price"] = eur(net);
    }
    line
}

/// A signed contract.
pub struct Sold<'a> {
    market: &'a Market<'a>,
    /// Its id.
    pub contract: String,
}

impl<'a> Sold<'a> {
    /// A contract that was signed without the market's help.
    pub fn of(market: &'a Market<'a>, contract: String) -> Self {
        Self { market, contract }
    }
}

impl Sold<'_> {
    /// The annuity of a contract year.
    pub fn annuity(&self, year: u32) -> String {
        let path = format!("/v1/annuities?contract_id={}&year={year}", self.contract);
        id_of(&self.market.master.get(path).expect(200)["data"][0])
    }

    /// Records an instalment of today on the annuity of a year.
    pub fn record(&self, year: u32, kind: &str, amount: &str) {
        self.record_on(&self.market.app.clock.now().date_naive().to_string(), year, kind, amount);
    }

    /// Records an instalment of a day on the annuity of a year.
    pub fn record_on(&self, day: &str, year: u32, kind: &str, amount: &str) {
        let body = json!({
            "kind": kind, "amount": eur(amount), "dated_on": day, "reference": format!("{kind}-{}", self.market.next()),
        });
        self.market.master.post(format!("/v1/annuities/{}/instalments", self.annuity(year)), body).expect(201);
    }

    /// Bills and collects an amount of a year.
    pub fn bill(&self, year: u32, amount: &str) {
        self.record(year, "invoice", amount);
        self.record(year, "collection", amount);
    }

    /// The entries of the contract as `caller` sees them, oldest first.
    pub fn entries(&self, caller: &Caller) -> Vec<Value> {
        let page = caller.get(format!("/v1/ledger-entries?contract_id={}&limit=200", self.contract)).expect(200);
        page["data"].as_array().expect("entries").iter().rev().cloned().collect()
    }

    /// The outcomes of the contract as `caller` sees them, oldest first, as `year rule reason`.
    pub fn outcomes(&self, caller: &Caller) -> Vec<String> {
        let page = caller.get(format!("/v1/outcomes?contract_id={}&limit=200", self.contract)).expect(200);
        let outcomes = page["data"].as_array().expect("outcomes").iter().rev();
        let text = |outcome: &Value, field: &str| outcome[field].as_str().unwrap_or("-").to_owned();
        outcomes.map(|it| format!("{} {} {}", it["year"], text(it, "rule"), text(it, "reason"))).collect()
    }

    /// Where the money of a year goes.
    pub fn settlement(&self, caller: &Caller, year: u32) -> Value {
        caller.get(format!("/v1/annuities/{}/settlement", self.annuity(year))).expect(200)
    }
}

/// A reseller with an agreement, a stage and own items.
pub struct Shop {
    /// The reseller.
    pub partner: String,
    /// Its agreement.
    pub agreement: String,
    /// Its own services in the catalogue.
    pub services: String,
    /// Its helpdesk in the catalogue.
    pub helpdesk: String,
}

impl Shop {
    /// A new reseller in a stage.
    pub fn open(market: &Market<'_>, stage: &str) -> Self {
        let partner = market.partner();
        let agreement = market.agreement(&partner, "reseller", None);
        market.enter_stage(&agreement, stage);
        let (services, helpdesk) = (market.own_item(&partner, "partner_own"), market.own_item(&partner, "partner_helpdesk"));
        Self { partner, agreement, services, helpdesk }
    }

    /// Modules for 1,000.00, own services for 400.00 and helpdesk for 120.00 a year.
    pub fn sell<'a>(&self, market: &'a Market<'_>, promoters: &[&str]) -> Sold<'a> {
        let lines = json!([
            line(&market.item("sales_and_purchasing"), "year", None),
            line(&self.services, "year", Some("400.00")),
            line(&self.helpdesk, "year", Some("120.00")),
        ]);
        self.sell_lines(market, &lines, promoters)
    }

    /// Sells lines to a new customer of its own.
    pub fn sell_lines<'a>(&self, market: &'a Market<'_>, lines: &Value, promoters: &[&str]) -> Sold<'a> {
        let proposal = json!({
            "agreement_id": self.agreement, "customer_id": market.customer(&self.partner), "currency": "EUR", "lines": lines,
            "promoters": promoters,
        });
        market.sell(&market.caller(&self.partner), &proposal)
    }
}

/// The id of a resource.
pub fn id_of(resource: &Value) -> String {
    resource["id"].as_str().unwrap_or_else(|| panic!("no id in {resource}")).to_owned()
}
