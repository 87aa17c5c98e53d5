//! Entry fees (R58, D14): assessed from a segment's potential by one person, approved by another, frozen once they are invoiced.

use api::access::Role;
use chrono::TimeDelta;
use diesel::RunQueryDsl;
use entente_tests::{
    app::{Answer, Caller, TestApp},
    engine::wait,
    on_both_engines,
    sales::{Market, eur, id_of},
};
use persistence::error::DbError;
use serde_json::{Value, json};

use crate::statement::close;

/// An affiliate, whose terms ask for 5 % of the potential, and two people of its master.
struct Conceded<'a> {
    market: Market<'a>,
    partner: String,
    agreement: String,
    second: Caller,
}

impl<'a> Conceded<'a> {
    fn new(app: &'a TestApp) -> Self {
        let market = Market::all_in_web(app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "affiliate", None);
        Self { market, partner, agreement, second: app.person(app.db_master("fr"), Role::MasterAdministrator) }
    }

    fn body(&self, segment: &str, potential: &str) -> Value {
        json!({ "agreement_id": self.agreement, "segment": segment, "potential": eur(potential), "note": "The chamber's figures." })
    }

    fn assess(&self, segment: &str, potential: &str) -> Answer {
        self.market.master().post("/v1/entry-fees", self.body(segment, potential))
    }

    fn act(&self, by: &Caller, fee: &Value, action: &str, body: Value) -> Answer {
        by.post(format!("/v1/entry-fees/{}/{action}", id_of(fee)), body)
    }

    fn invoiced(&self, segment: &str, potential: &str, reference: &str) -> Value {
        let fee = self.assess(segment, potential).expect(201);
        self.act(&self.second, &fee, "approve", json!({})).expect(200);
        self.act(self.market.master(), &fee, "invoice", json!({ "reference": reference, "due_on": "2026-04-01" })).expect(200)
    }
}

fn rows(caller: &Caller, path: &str) -> Vec<Value> {
    caller.get(path).expect(200)["data"].as_array().unwrap().clone()
}

/// Runs a statement that the database is to refuse: why it did.
fn refusal(app: &TestApp, statement: String) -> String {
    let ran = app.db.write(move |tx| Ok::<_, DbError>(diesel::sql_query(&statement).execute(tx.conn)?));
    wait(ran).expect_err("a refusal").to_string()
}

on_both_engines! {
    fn r58_a_fee_is_assessed_approved_by_a_second_person_invoiced_and_owed_to_the_master(engine: Engine) {
        let app = TestApp::start(engine);
        let conceded = Conceded::new(&app);
        let (market, partner) = (&conceded.market, app.partner(&conceded.partner));
        let fee = conceded.assess("Dental clinics", "250000.00").expect(201);
        assert_eq!((&fee["state"], &fee["fee"], &fee["grants_exclusivity"]), (&json!("assessed"), &eur("12500.00"), &json!(false)));
        let assessed = &fee["assessments"][0];
        assert_eq!((&assessed["rate"], &assessed["exact"], &assessed["formula"]), (&json!("0.05"), &json!("12500"), &json!("rate_of_potential_1")));
        assert_eq!(rows(&partner, "/v1/ledger-entries"), Vec::<Value>::new(), "nothing is owed before it is invoiced");

        let twice = conceded.act(market.master(), &fee, "approve", json!({}));
        twice.problem(422, "invalid_request");
        assert_eq!(twice.broken(), ["same_person D14 "]);
        conceded.act(market.master(), &fee, "invoice", json!({ "reference": "F-1", "due_on": "2026-04-01" })).problem(409, "state_conflict");
        let approved = conceded.act(&conceded.second, &fee, "approve", json!({ "note": "Agreed." })).expect(200);
        assert_eq!((&approved["state"], &approved["decision_note"]), (&json!("approved"), &json!("Agreed.")));
        assert_ne!(approved["decided_by"], assessed["assessed_by"]);

        let invoice = json!({ "reference": "F-1", "due_on": "2026-04-01" });
        let invoiced = conceded.act(market.master(), &fee, "invoice", invoice.clone()).expect(200);
        assert_eq!((&invoiced["state"], &invoiced["invoice"]["invoiced_on"]), (&json!("invoiced"), &json!("2026-03-02")));
        assert_eq!(conceded.act(market.master(), &fee, "invoice", invoice).expect(200), invoiced, "the same again changes nothing");
        conceded.act(market.master(), &fee, "invoice", json!({ "reference": "F-2", "due_on": "2026-04-01" })).problem(409, "state_conflict");

        let entries = rows(&partner, "/v1/ledger-entries");
        assert_eq!(entries.len(), 1);
        let entry = &entries[0];
        assert_eq!((&entry["kind"], &entry["amount"], &entry["id"]), (&json!("entry_fee"), &eur("12500.00"), &invoiced["invoice"]["ledger_entry_id"]));
        assert_eq!((&entry["debtor"]["id"], &entry["creditor"]["id"]), (&json!(conceded.partner), &json!(market.master_id())));
        assert_eq!((&entry["payable_on"], &entry["state"], &entry["source_id"]), (&json!("2026-04-01"), &json!("held"), &fee["id"]));
        let explained = partner.get(format!("/v1/ledger-entries/{}/explanation", id_of(entry))).expect(200);
        assert_eq!((&explained["about"], &explained["potential"], &explained["rate"]), (&json!("entry_fee"), &eur("250000.00"), &json!("0.05")));
        assert_eq!((&explained["exact"], &explained["amount"]), (&json!("12500"), &entry["amount"]));
        let owed = &rows(&partner, "/v1/balances")[0]["amounts"][0];
        assert_eq!(owed["owed_by_you"], eur("12500.00"));

        let payment = json!({ "paid_on": "2026-03-02", "reference": "SEPA 118" });
        let paid = conceded.act(market.master(), &fee, "record-payment", payment.clone()).expect(200);
        assert_eq!((&paid["state"], &paid["payment"]["reference"]), (&json!("paid"), &json!("SEPA 118")));
        assert_eq!(conceded.act(market.master(), &fee, "record-payment", payment).expect(200), paid);
        conceded.act(market.master(), &fee, "record-payment", json!({ "paid_on": "2026-03-01", "reference": "SEPA 118" })).problem(409, "state_conflict");
        let kinds: Vec<Value> = rows(&partner, &format!("/v1/events?subject={}", id_of(&fee))).iter().map(|event| event["kind"].clone()).collect();
        assert_eq!(kinds, [json!("entry_fee.assessed"), json!("entry_fee.approved"), json!("entry_fee.invoiced"), json!("entry_fee.paid")]);
    }

    fn r58_until_a_fee_is_assessed_and_invoiced_its_master_is_told(engine: Engine) {
        let app = TestApp::start(engine);
        // The checklist says that the fee was assessed, and no record does.
        let conceded = Conceded::new(&app);
        let due = |caller: &Caller| -> Vec<String> {
            let rows = rows(caller, "/v1/obligations?kind=entry_fee");
            rows.iter().map(|row| format!("{} {}", row["subject_id"].as_str().unwrap(), row["due_on"].as_str().unwrap())).collect()
        };
        let (master, partner) = (conceded.market.master(), app.partner(&conceded.partner));
        let missing = format!("{} 2026-01-01", conceded.agreement);
        assert_eq!(due(master), std::slice::from_ref(&missing));
        assert_eq!(due(&partner), Vec::<String>::new(), "it is the master's to assess");
        let fee = conceded.assess("Dental clinics", "250000.00").expect(201);
        assert_eq!(due(master), Vec::<String>::new());
        conceded.act(&conceded.second, &fee, "reject", json!({ "reason": "Too high." })).expect(200);
        assert_eq!(due(master), [missing]);
        let revision = json!({ "potential": eur("200000.00") });
        let revised = master.post(format!("/v1/entry-fees/{}/revise", id_of(&fee)), revision);
        revised.expect(200);
        conceded.act(&conceded.second, &fee, "approve", json!({})).expect(200);
        assert_eq!(due(master), [format!("{} 2026-03-02", id_of(&fee))], "approved, and not invoiced");
        assert_eq!(due(&partner), Vec::<String>::new(), "nothing is owed yet");
        conceded.act(master, &fee, "invoice", json!({ "reference": "F-1", "due_on": "2026-04-01" })).expect(200);
        let owed = [format!("{} 2026-04-01", id_of(&fee))];
        assert_eq!((due(master), due(&partner)), (owed.to_vec(), owed.to_vec()));
        // Who has no entry fee by its terms owes none.
        let integrator = conceded.market.partner();
        conceded.market.agreement(&integrator, "independent_integrator", None);
        assert_eq!(due(master), owed);
    }

    fn r58_a_fee_is_assessed_in_the_masters_currency(engine: Engine) {
        let app = TestApp::start(engine);
        let conceded = Conceded::new(&app);
        let mut dollars = conceded.body("Dental clinics", "250000.00");
        dollars["potential"]["currency"] = json!("USD");
        let refused = conceded.market.master().post("/v1/entry-fees", dollars.clone());
        refused.problem(422, "invalid_request");
        assert_eq!(refused.broken(), ["entry_fee_in_other_currency R58 /potential/currency"]);
        let fee = conceded.assess("Dental clinics", "250000.00").expect(201);
        let revision = json!({ "potential": dollars["potential"] });
        let revised = conceded.market.master().post(format!("/v1/entry-fees/{}/revise", id_of(&fee)), revision);
        assert_eq!(revised.broken(), ["entry_fee_in_other_currency R58 /potential/currency"]);
    }

    fn r58_a_fee_is_stated_with_the_potential_and_the_rate_that_it_follows_from(engine: Engine) {
        let app = TestApp::start(engine);
        let conceded = Conceded::new(&app);
        conceded.invoiced("Dental clinics", "250000.00", "F-1");
        app.advance(TimeDelta::days(62));
        close(&app.master("fr"), "2026-04");
        let partner = app.partner(&conceded.partner);
        let statements = rows(&partner, "/v1/statements");
        let stated = partner.get(format!("/v1/statements/{}", id_of(&statements[0]))).expect(200);
        let lines = stated["lines"].as_array().unwrap();
        assert_eq!((lines.len(), &lines[0]["kind"], &lines[0]["amount"]), (1, &json!("entry_fee"), &eur("12500.00")));
        let calculation = json!({ "agreement_id": conceded.agreement, "base": "250000.00", "rate": "0.05" });
        assert_eq!(lines[0]["calculation"], calculation);
    }

    fn d14_it_is_assessed_anew_until_it_is_invoiced_and_frozen_from_then_on(engine: Engine) {
        let app = TestApp::start(engine);
        let conceded = Conceded::new(&app);
        let master = conceded.market.master();
        let fee = conceded.assess("Dental clinics", "250000.00").expect(201);
        conceded.act(&conceded.second, &fee, "approve", json!({})).expect(200);
        let revised = conceded.act(&conceded.second, &fee, "revise", json!({ "potential": eur("100.29") })).expect(200);
        assert_eq!((&revised["state"], &revised["fee"], &revised["decided_by"]), (&json!("assessed"), &eur("5.01"), &Value::Null));
        let fees: Vec<&Value> = revised["assessments"].as_array().unwrap().iter().map(|it| &it["fee"]).collect();
        assert_eq!(fees, [&eur("12500.00"), &eur("5.01")], "history is kept");
        assert_eq!(revised["assessments"][1]["exact"], "5.0145");
        // Who assessed it last does not approve it, whoever assessed it first may.
        assert_eq!(conceded.act(&conceded.second, &fee, "approve", json!({})).broken(), ["same_person D14 "]);
        let rejected = conceded.act(master, &fee, "reject", json!({ "reason": "Too low." })).expect(200);
        assert_eq!((&rejected["state"], &rejected["decision_note"]), (&json!("rejected"), &json!("Too low.")));
        conceded.act(master, &fee, "invoice", json!({ "reference": "F-1", "due_on": "2026-04-01" })).problem(409, "state_conflict");
        let again = conceded.act(&conceded.second, &fee, "revise", json!({ "potential": eur("200000.00"), "segment": "Clinics" })).expect(200);
        assert_eq!((&again["state"], &again["segment"], &again["fee"]), (&json!("assessed"), &json!("Clinics"), &eur("10000.00")));
    }

    fn d14_what_is_invoiced_takes_no_revision_not_even_past_the_service(engine: Engine) {
        let app = TestApp::start(engine);
        let conceded = Conceded::new(&app);
        let fee = conceded.invoiced("Dental clinics", "250000.00", "F-1");
        for (action, body) in [("revise", json!({ "potential": eur("1.00") })), ("withdraw", json!({})), ("reject", json!({ "reason": "No." })), ("approve", json!({}))] {
            let by = if matches!(action, "revise" | "withdraw") { conceded.market.master() } else { &conceded.second };
            conceded.act(by, &fee, action, body).problem(409, "state_conflict");
        }
        let revision = "INSERT INTO entry_fee_revisions SELECT entry_fee_id, 2, segment, potential_minor, currency, rate_ppm, formula, terms_id, fee_minor, note, assessed_by, recorded_at FROM entry_fee_revisions";
        assert!(refusal(&app, revision.to_owned()).contains("entry fee frozen"));
        for change in ["state = 'approved'", "segment = 'Other'", "due_on = '2027-01-01'", "invoice_reference = 'F-9'"] {
            let why = refusal(&app, format!("UPDATE entry_fees SET {change}"));
            assert!(why.contains("append-only"), "{change}: {why}");
        }
        for change in ["UPDATE entry_fee_revisions SET fee_minor = 1", "DELETE FROM entry_fee_revisions"] {
            assert!(refusal(&app, change.to_owned()).contains("append-only"), "{change}");
        }
    }

    fn d14_the_database_knows_that_a_second_person_decides(engine: Engine) {
        let app = TestApp::start(engine);
        let conceded = Conceded::new(&app);
        conceded.assess("Dental clinics", "250000.00").expect(201);
        let why = refusal(&app, "UPDATE entry_fees SET state = 'approved', decided_by = assessed_by".to_owned());
        assert!(why.to_lowercase().contains("check constraint"), "{why}");
    }

    fn d14_a_conceded_segment_grants_nobody_exclusivity(engine: Engine) {
        let app = TestApp::start(engine);
        let conceded = Conceded::new(&app);
        conceded.assess("Dental clinics", "250000.00").expect(201);
        let other = Conceded::new(&app);
        // The second affiliate is conceded the same segment.
        let other = Conceded { market: conceded.market, ..other };
        assert_eq!(other.assess("Dental clinics", "10000.00").expect(201)["grants_exclusivity"], false);
        let again = other.assess("Dental clinics", "10000.00");
        again.problem(409, "already_exists");
        assert_eq!(again.broken(), ["entry_fee_of_segment_taken D14 /segment"], "one of its own");
        // It is the same segment however it is written, assessed or assessed anew.
        assert_eq!(other.assess("  dental   CLINICS ", "10000.00").broken(), ["entry_fee_of_segment_taken D14 /segment"]);
        let another = other.assess("Opticians", "10000.00").expect(201);
        let renamed = other.act(other.market.master(), &another, "revise", json!({ "segment": "DENTAL clinics", "potential": eur("1000.00") }));
        assert_eq!(renamed.broken(), ["entry_fee_of_segment_taken D14 /segment"]);
        let mut exclusive = other.body("Veterinaries", "10000.00");
        exclusive["exclusive"] = json!(true);
        assert_eq!(other.market.master().post("/v1/entry-fees", exclusive).broken(), ["unknown_field - /exclusive"]);
        let fee = other.assess("Veterinaries", "10000.00").expect(201);
        other.act(other.market.master(), &fee, "withdraw", json!({})).expect(200);
        other.assess("Veterinaries", "20000.00").expect(201);
    }

    fn r58_everything_that_is_wrong_with_an_assessment_or_invoice_is_told(engine: Engine) {
        let app = TestApp::start(engine);
        let conceded = Conceded::new(&app);
        let master = conceded.market.master();
        assert_eq!(conceded.assess("Dental clinics", "0.00").broken(), ["amount_not_positive D14 /potential/amount"]);
        assert_eq!(conceded.assess("Dental clinics", "0.09").broken(), ["entry_fee_is_nothing D14 /potential/amount"]);
        assert_eq!(conceded.assess("Dental clinics", "0.10").expect(201)["fee"], eur("0.01"));
        let referrer = conceded.market.agreement(&conceded.market.partner(), "referrer", None);
        let body = json!({ "agreement_id": referrer, "segment": "Any", "potential": { "amount": "1.0", "currency": "EUR" } });
        assert_eq!(master.post("/v1/entry-fees", body).broken(), ["no_entry_fee R58 /agreement_id", "wrong_amount - /potential/amount"]);
        master.post(format!("/v1/agreements/{referrer}/terminate"), json!({ "reason": "It left." })).expect(200);
        let body = json!({ "agreement_id": referrer, "segment": "Any", "potential": eur("100.00") });
        assert_eq!(master.post("/v1/entry-fees", body).broken(), ["agreement_ended R58 /agreement_id"]);

        let fee = conceded.assess("Clinics", "100.00").expect(201);
        conceded.act(&conceded.second, &fee, "approve", json!({})).expect(200);
        let invoice = |invoiced_on: &str, due_on: &str, reference: &str| {
            conceded.act(master, &fee, "invoice", json!({ "reference": reference, "invoiced_on": invoiced_on, "due_on": due_on }))
        };
        assert_eq!(invoice("2026-03-03", "2026-03-02", "F-1").broken(), ["dated_in_future - /invoiced_on", "due_before_invoice - /due_on"]);
        conceded.invoiced("Others", "100.00", "F-1");
        assert_eq!(invoice("2026-03-02", "2026-03-02", "F-1").broken(), ["invoice_reference_taken - /reference"]);
        invoice("2026-03-02", "2026-03-02", "F-2").expect(200);
        let paid = conceded.act(master, &fee, "record-payment", json!({ "paid_on": "2026-03-03", "reference": "P" }));
        assert_eq!(paid.broken(), ["dated_in_future - /paid_on"]);
    }

    fn r6_special_terms_change_the_rate(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement_with(&partner, "affiliate", None, Some(json!({ "entry_fee": { "rate": "0.025" } })));
        let body = json!({ "agreement_id": agreement, "segment": "Clinics", "potential": eur("1000.00") });
        assert_eq!(market.master().post("/v1/entry-fees", body).expect(201)["fee"], eur("25.00"));
        let none = market.agreement_with(&market.partner(), "affiliate", None, Some(json!({ "entry_fee": null })));
        let body = json!({ "agreement_id": none, "segment": "Clinics", "potential": eur("1000.00") });
        assert_eq!(market.master().post("/v1/entry-fees", body).broken(), ["no_entry_fee R58 /agreement_id"]);
    }

    fn d22_a_partner_sees_its_own_entry_fees_and_nobody_elses(engine: Engine) {
        let app = TestApp::start(engine);
        let conceded = Conceded::new(&app);
        let fee = conceded.assess("Dental clinics", "250000.00").expect(201);
        let path = format!("/v1/entry-fees/{}", id_of(&fee));
        let (own, stranger) = (app.partner(&conceded.partner), app.partner(&conceded.market.partner()));
        assert_eq!(own.get(&path).expect(200)["id"], fee["id"]);
        stranger.get(&path).problem(404, "not_found");
        app.master("pt").get(&path).problem(404, "not_found");
        assert_eq!(rows(&stranger, "/v1/entry-fees"), Vec::<Value>::new());
        assert_eq!(rows(&own, "/v1/entry-fees?state=assessed").len(), 1);
        assert_eq!(rows(&own, "/v1/entry-fees?state=paid").len(), 0);
        assert_eq!(rows(conceded.market.master(), &format!("/v1/entry-fees?partner_id={}&agreement_id={}", conceded.partner, conceded.agreement)).len(), 1);
        let body = conceded.body("Mine", "100.00");
        own.post("/v1/entry-fees", body.clone()).problem(403, "forbidden");
        app.master("pt").post("/v1/entry-fees", body).problem(404, "not_found");
        // A version that is not the current one, and a dry run.
        let stale = conceded.second.request("POST", format!("{path}/approve")).header("if-match", "\"9\"").json(&json!({})).send();
        stale.problem(412, "version_mismatch");
        let dry = conceded.second.post(format!("{path}/approve?dry_run=true"), json!({})).expect(200);
        assert_eq!((&dry["state"], &own.get(&path).expect(200)["state"]), (&json!("approved"), &json!("assessed")));
        app.advance(TimeDelta::minutes(1));
    }

    fn r58_the_payment_of_an_entry_fee_is_a_payment_in_the_books(engine: Engine) {
        let app = TestApp::start(engine);
        let conceded = Conceded::new(&app);
        let master = conceded.market.master();
        let fee = conceded.invoiced("Clinics", "1000.00", "F-1");
        let paid = conceded.act(master, &fee, "record-payment", json!({ "paid_on": "2026-03-02", "reference": "SEPA 118" })).expect(200);
        let payments = rows(master, "/v1/remittance-payments");
        assert_eq!((payments.len(), &payments[0]["id"]), (1, &paid["payment"]["remittance_payment_id"]));
        assert_eq!((&payments[0]["amount"], &payments[0]["received_on"], &payments[0]["reference"]), (&eur("50.00"), &json!("2026-03-02"), &json!("SEPA 118")));
        // The same money is not recorded twice, by whichever way.
        let again = json!({ "partner_id": conceded.partner, "amount": eur("50.00"), "reference": "SEPA 118" });
        assert_eq!(master.post("/v1/remittance-payments", again).broken(), ["remittance_reference_taken - /reference"]);
        let other = conceded.invoiced("Others", "100.00", "F-2");
        let taken = conceded.act(master, &other, "record-payment", json!({ "paid_on": "2026-03-02", "reference": "SEPA 118" }));
        assert_eq!(taken.broken(), ["remittance_reference_taken - /reference"]);
        assert_eq!(master.get(format!("/v1/entry-fees/{}", id_of(&other))).expect(200)["state"], "invoiced");
    }

    fn r58_an_entry_fee_is_paid_once_nothing_is_open_of_its_statement(engine: Engine) {
        let app = TestApp::start(engine);
        let conceded = Conceded::new(&app);
        let fee = conceded.invoiced("Clinics", "1000.00", "F-1");
        app.clock.set("2026-05-01T09:00:00Z".parse().unwrap());
        let master = app.master("fr");
        close(&master, "2026-04");
        let open = rows(&master, "/v1/remittances")[0]["open"]["amount"].as_str().unwrap().to_owned();
        let all_but_a_cent = open.parse::<rust_decimal::Decimal>().unwrap() - rust_decimal::Decimal::new(1, 2);
        let shown = || master.get(format!("/v1/entry-fees/{}", id_of(&fee))).expect(200);
        let pay = |amount: &str, reference: &str| {
            let body = json!({ "partner_id": conceded.partner, "amount": eur(amount), "reference": reference });
            master.post("/v1/remittance-payments", body).expect(201)
        };
        pay(&all_but_a_cent.to_string(), "T1");
        assert_eq!(shown()["state"], "invoiced");
        let last = pay("0.01", "T2");
        assert_eq!((&shown()["state"], &shown()["payment"]["reference"], &shown()["payment"]["remittance_payment_id"]), (&json!("paid"), &json!("T2"), &last["id"]));
        let again = conceded.act(&master, &fee, "record-payment", json!({ "paid_on": "2026-05-01", "reference": "T3" }));
        again.problem(409, "state_conflict");
        assert_eq!(rows(&master, "/v1/remittance-payments").len(), 2, "it is not counted twice");
    }

    fn r58_what_was_paid_before_it_was_stated_counts_once_it_is(engine: Engine) {
        let app = TestApp::start(engine);
        let conceded = Conceded::new(&app);
        let fee = conceded.invoiced("Clinics", "1000.00", "F-1");
        let body = json!({ "partner_id": conceded.partner, "amount": eur("100.00"), "reference": "T1" });
        conceded.market.master().post("/v1/remittance-payments", body).expect(201);
        let note = || wait(api::entry_fee::note_settled(&app.db)).expect("a look at entry fees");
        assert_eq!(note(), 0);
        app.clock.set("2026-05-01T09:00:00Z".parse().unwrap());
        close(&app.master("fr"), "2026-04");
        assert_eq!((note(), note()), (1, 0));
        let shown = app.master("fr").get(format!("/v1/entry-fees/{}", id_of(&fee))).expect(200);
        assert_eq!((&shown["state"], &shown["payment"]["reference"]), (&json!("paid"), &json!("T1")));
    }
}
