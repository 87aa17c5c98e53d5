//! Who may contract with whom, on which terms, under whose supervision (R2, R6, R7, R9 to R14, R26 to R31, R39, D1, D4, D5, D21).

use std::{sync::Barrier, thread};

use chrono::{TimeZone, Utc};
use entente_tests::{
    app::{Answer, Caller, TestApp},
    engine::wait,
    on_both_engines,
};
use serde_json::{Value, json};

/// A Portuguese company with everything on record that a reseller needs.
pub(super) fn company(master: &Caller, tax_id: &str) -> String {
    let body = json!({
        "name": "Douro Sistemas, Lda.", "legal_form": "company", "country": "PT", "registration_number": format!("PT-{tax_id}"),
        "tax_id": tax_id, "billing_ability": true, "email": "geral@douro.example", "language": "pt",
    });
    id(&master.post("/v1/partners", body).expect(201))
}

fn person(master: &Caller) -> String {
    let body = json!({
        "name": "Rui Melo", "legal_form": "natural_person", "country": "PT", "email": "rui@melo.example", "language": "pt",
    });
    id(&master.post("/v1/partners", body).expect(201))
}

pub(super) fn id(resource: &Value) -> String {
    resource["id"].as_str().unwrap_or_else(|| panic!("no id in {resource}")).to_owned()
}

/// An agreement from today on, in Portuguese, with `more` in it.
pub(super) fn asked(partner: &str, of_type: &str, more: Value) -> Value {
    let mut body = json!({"partner_id": partner, "partnership_type": of_type, "language": "pt", "starts_on": "2026-03-02"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

pub(super) fn draft(master: &Caller, body: Value) -> String {
    id(&master.post("/v1/agreements", body).expect(201))
}

pub(super) fn act(master: &Caller, agreement: &str, action: &str) -> Answer {
    master.post(format!("/v1/agreements/{agreement}/{action}"), json!({}))
}

/// A decision in which every item of the checklist is met.
pub(super) fn all_met(master: &Caller, agreement: &str, decision: &str) -> Value {
    let terms = master.get(format!("/v1/agreements/{agreement}/terms")).expect(200);
    let items = terms["checklist"].as_object().unwrap().keys();
    let findings: Vec<Value> = items.map(|item| json!({"item": item, "outcome": "met"})).collect();
    json!({"decision": decision, "findings": findings})
}

pub(super) fn begin(master: &Caller, agreement: &str) {
    act(master, agreement, "submit").expect(200);
    act(master, agreement, "begin-supervision").expect(200);
}

pub(super) fn decide(master: &Caller, agreement: &str, decision: Value) -> Answer {
    master.post(format!("/v1/agreements/{agreement}/supervisions"), decision)
}

pub(super) fn activate(master: &Caller, agreement: &str) {
    begin(master, agreement);
    let active = decide(master, agreement, all_met(master, agreement, "approve")).expect(200);
    assert_eq!(active["state"], "active");
}

/// An active reseller agreement of a new company.
fn reseller(master: &Caller, tax_id: &str) -> (String, String) {
    let partner = company(master, tax_id);
    let agreement = draft(master, asked(&partner, "reseller", json!({})));
    activate(master, &agreement);
    (partner, agreement)
}

fn state(master: &Caller, agreement: &str) -> Value {
    master.get(format!("/v1/agreements/{agreement}")).expect(200)["state"].clone()
}

on_both_engines! {
    fn a_natural_person_cannot_be_a_reseller_and_every_other_broken_rule_is_told_too(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let (other, _) = reseller(&master, "501442600");
        let more = json!({"counterparty_id": other, "language": "fr", "exclusivity": {"territory": "Minho"}, "special_terms": {}, "ends_on": "2026-03-01"});
        let body = asked(&person(&master), "reseller", more);
        let expected = [
            "end_before_start R86 /ends_on",
            "language_not_offered R90 /language",
            "legal_form_not_allowed R13 /partner_id",
            "partner_not_allowed R29 /counterparty_id",
            "requirement_not_on_record R13 /partner_id",
            "requirement_not_on_record R13 /partner_id",
            "requirement_not_on_record R13 /partner_id",
            "reseller_in_sub_network R44 /counterparty_id",
            "special_terms_in_standard R6 /special_terms",
            "territory_exclusivity R30 /exclusivity/territory",
        ];
        for path in ["/v1/agreements", "/v1/agreements?dry_run=true"] {
            let refused = master.post(path, body.clone());
            refused.problem(422, "invalid_request");
            assert_eq!(refused.broken(), expected, "{path}");
        }
        assert_eq!(master.get("/v1/agreements?state=draft").expect(200)["data"], json!([]));
    }

    fn what_is_unknown_is_told_at_once_and_like_what_may_not_be_seen(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let absent = "partner_01h2xcejqtf2nbrexx3vqjhp41";
        let strangers = company(&app.master("br"), "501442600");
        let of_other_network = id(&app.master("fr").post("/v1/partners", json!({
            "name": "Loire", "legal_form": "company", "country": "FR", "email": "a@loire.example", "language": "fr",
        })).expect(201));
        let told = |partner: &str, counterparty: &str| {
            let refused = master.post("/v1/agreements", asked(partner, "wizard", json!({"counterparty_id": counterparty})));
            refused.problem(422, "invalid_request");
            refused.json()["errors"].clone()
        };
        let expected = told(absent, absent);
        assert_eq!(expected.as_array().unwrap().len(), 3, "{expected}");
        assert_eq!(told(&strangers, absent), expected);
        assert_eq!(told(&of_other_network, &of_other_network), expected);
    }

    fn a_reseller_has_one_agreement_in_force_at_an_instant_whichever_the_master(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let (partner, first) = reseller(&master, "501442600");
        let second_master = master.get("/v1/masters").expect(200)["data"].as_array().unwrap().iter()
            .find(|other| other["code"] == "br").map(id).unwrap();
        let second = asked(&partner, "reseller", json!({"counterparty_id": second_master}));
        for path in ["/v1/agreements", "/v1/agreements?dry_run=true"] {
            let refused = master.post(path, second.clone());
            refused.problem(422, "invalid_request");
            assert_eq!(refused.broken(), ["second_agreement D4 /partnership_type"]);
        }
        // A dated transfer: the first one ends, the second one is the other master's to supervise (D21).
        master.post(format!("/v1/agreements/{first}/terminate"), json!({"reason": "It moves to Brazil."})).expect(200);
        let drafted = master.post("/v1/agreements", second).expect(201);
        assert_eq!(drafted["master_id"], json!(second_master));
        master.get(format!("/v1/agreements/{}", id(&drafted))).problem(404, "not_found");
        activate(&app.master("br"), &id(&drafted));
    }

    fn special_terms_never_let_a_reseller_have_two_agreements(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let (partner, _) = reseller(&master, "501442600");
        let special = json!({"kind": "special", "special_terms": {"single_agreement": false}});
        let lifted = "single_agreement_lifted D4 /special_terms/single_agreement";
        let refused = master.post("/v1/agreements", asked(&partner, "reseller", special.clone()));
        refused.problem(422, "invalid_request");
        assert_eq!(refused.broken(), ["second_agreement D4 /partnership_type", lifted]);
        let first = company(&master, "502757191");
        assert_eq!(master.post("/v1/agreements", asked(&first, "reseller", special)).broken(), [lifted]);
    }

    fn of_two_agreements_approved_at_the_same_time_one_takes_effect(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let partner = company(&master, "501442600");
        let both: Vec<String> = (0..2).map(|_| draft(&master, asked(&partner, "reseller", json!({})))).collect();
        both.iter().for_each(|agreement| begin(&master, agreement));
        let decision = all_met(&master, &both[0], "approve");
        let barrier = Barrier::new(2);
        let answers: Vec<Answer> = thread::scope(|scope| {
            let approvals: Vec<_> = both.iter().map(|agreement| scope.spawn(|| {
                barrier.wait();
                decide(&master, agreement, decision.clone())
            })).collect();
            approvals.into_iter().map(|approval| approval.join().unwrap()).collect()
        });
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
        let loser = answers.iter().find(|answer| answer.status != 200).unwrap();
        assert!(loser.broken().iter().any(|broken| broken.starts_with("second_agreement D4")), "{loser:?}");
        assert_eq!(master.get("/v1/agreements?state=active").expect(200)["data"].as_array().unwrap().len(), 1);
    }

    fn a_promoter_contracts_with_a_reseller_that_may_have_a_sub_network_or_specially_with_a_master(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let (reseller, of_reseller) = reseller(&master, "501442600");
        let promoter = person(&master);
        let alone = master.post("/v1/agreements", asked(&promoter, "client_manager", json!({})));
        alone.problem(422, "invalid_request");
        assert_eq!(alone.broken(), ["master_not_allowed D5 /counterparty_id"]);
        let special = master.post("/v1/agreements?dry_run=true", asked(&promoter, "client_manager", json!({"kind": "special"})));
        assert_eq!(special.expect(200)["kind"], "special");
        let with_reseller = asked(&promoter, "client_manager", json!({"counterparty_id": reseller}));
        let too_early = master.post("/v1/agreements", with_reseller.clone());
        too_early.problem(422, "invalid_request");
        assert_eq!(too_early.broken(), ["no_sub_network R44 /counterparty_id"]);
        master.post(format!("/v1/agreements/{of_reseller}/stages"), json!({"stage": "sub_network", "from": "2026-03-02", "reason": "It has its promoters."})).expect(200);
        activate(&master, &draft(&master, with_reseller));
        let with_promoter = asked(&company(&master, "501964843"), "client_manager", json!({"counterparty_id": promoter}));
        let refused = master.post("/v1/agreements", with_promoter);
        assert_eq!(refused.broken(), ["counterparty_not_qualified R26 /counterparty_id"], "a sub-network is one level deep");
    }

    fn the_master_of_the_reseller_party_supervises_whoever_drafts(engine: Engine) {
        let app = TestApp::start(engine);
        let (portugal, brazil) = (app.master("pt"), app.master("br"));
        let company = brazil.post("/v1/partners", json!({
            "name": "Paulista Ltda.", "legal_form": "company", "country": "BR", "registration_number": "35.1",
            "tax_id": "11.222.333/0001-81", "billing_ability": true, "email": "oi@paulista.example", "language": "pt",
        }));
        let reseller = id(&company.expect(201));
        let of_reseller = draft(&brazil, asked(&reseller, "reseller", json!({})));
        activate(&brazil, &of_reseller);
        brazil.post(format!("/v1/agreements/{of_reseller}/stages"), json!({"stage": "sub_network", "from": "2026-03-02", "reason": "It has its promoters."})).expect(200);
        let promoter = person(&portugal);
        let drafted = portugal.post("/v1/agreements", asked(&promoter, "client_manager", json!({"counterparty_id": reseller}))).expect(201);
        let supervised = brazil.get(format!("/v1/agreements/{}", id(&drafted))).expect(200);
        assert_eq!(drafted["master_id"], brazil.get(format!("/v1/agreements/{of_reseller}")).expect(200)["master_id"]);
        act(&portugal, &id(&supervised), "submit").problem(404, "not_found");
        activate(&brazil, &id(&supervised));
    }

    fn territory_is_never_exclusive_and_a_sector_only_specially_with_approval_and_reason(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let partner = company(&master, "501442600");
        let broken = |kind: &str, exclusivity: Value| {
            let answer = master.post("/v1/agreements?dry_run=true", asked(&partner, "reseller", json!({"kind": kind, "exclusivity": exclusivity})));
            if answer.status == 200 { Vec::new() } else { answer.broken() }
        };
        let why = "It built the connector.";
        for kind in ["standard", "special"] {
            let territory = broken(kind, json!({"territory": "Minho", "approved": true, "reason": why}));
            assert_eq!(territory, ["territory_exclusivity R30 /exclusivity/territory"], "{kind}");
        }
        assert_eq!(broken("standard", json!({"sector": "clinics", "approved": true, "reason": why})), ["exclusivity_needs_special D1 /exclusivity/sector"]);
        assert_eq!(broken("special", json!({"sector": "clinics"})), [
            "exclusivity_not_approved D1 /exclusivity/approved",
            "exclusivity_without_reason D1 /exclusivity/reason",
        ]);
        assert_eq!(broken("special", json!({"activity": "payroll", "approved": true, "reason": why})), Vec::<String>::new());
    }

    fn nothing_takes_effect_without_a_supervision_decision(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let agreement = draft(&master, asked(&company(&master, "501442600"), "reseller", json!({})));
        let approval = all_met(&master, &agreement, "approve");
        decide(&master, &agreement, approval.clone()).problem(409, "state_conflict");
        act(&master, &agreement, "resume").problem(409, "state_conflict");
        act(&master, &agreement, "submit").expect(200);
        decide(&master, &agreement, approval.clone()).problem(409, "state_conflict");
        assert_eq!(state(&master, &agreement), "submitted");
        act(&master, &agreement, "begin-supervision").expect(200);
        assert_eq!(act(&master, &agreement, "begin-supervision").expect(200)["state"], "under_supervision", "again");
        let active = decide(&master, &agreement, approval.clone()).expect(200);
        let again = decide(&master, &agreement, approval).expect(200);
        assert_eq!((active["state"].clone(), active["version"].clone()), (json!("active"), again["version"].clone()));
        let decisions = master.get(format!("/v1/agreements/{agreement}/supervisions")).expect(200);
        assert_eq!(decisions["data"].as_array().unwrap().len(), 1, "{decisions}");
        assert_eq!(decisions["data"][0]["id"], active["supervision"]["id"]);
    }

    fn an_approval_answers_the_checklist_and_a_refusal_sends_the_agreement_back(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let agreement = draft(&master, asked(&company(&master, "501442600"), "reseller", json!({})));
        begin(&master, &agreement);
        let mut findings = all_met(&master, &agreement, "approve");
        findings["findings"][0]["outcome"] = json!("not_met");
        let refused = decide(&master, &agreement, findings.clone());
        refused.problem(422, "invalid_request");
        assert_eq!(refused.broken(), ["mandatory_not_met R28 /findings"]);
        findings["findings"][1]["item"] = json!("shoe_size");
        let refused = decide(&master, &agreement, findings.clone());
        assert_eq!(refused.broken(), ["item_unanswered R28 /findings", "mandatory_not_met R28 /findings", "unknown_item R28 /findings"]);
        assert_eq!(state(&master, &agreement), "under_supervision");
        let mut refusal = all_met(&master, &agreement, "refuse");
        refusal["findings"][0]["outcome"] = json!("not_met");
        refusal["findings"][0]["note"] = json!("No extract of the register.");
        refusal["note"] = json!("Come back with the extract.");
        assert_eq!(decide(&master, &agreement, refusal.clone()).expect(200)["state"], "draft");
        let kept = master.get(format!("/v1/agreements/{agreement}/supervisions")).expect(200)["data"][0].clone();
        assert_eq!((&kept["decision"], &kept["note"]), (&json!("refuse"), &refusal["note"]));
        assert_eq!(kept["findings"][0]["note"], refusal["findings"][0]["note"]);
    }

    fn the_rules_are_judged_again_when_it_is_submitted_and_approved(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let partner = company(&master, "501442600");
        let bills = |able: bool| {
            let path = format!("/v1/partners/{partner}");
            let tag = master.get(&path).etag();
            master.patch(&path, &tag, json!({"billing_ability": able})).expect(200);
        };
        let agreement = draft(&master, asked(&partner, "reseller", json!({})));
        bills(false);
        let refused = act(&master, &agreement, "submit");
        refused.problem(422, "invalid_request");
        assert_eq!(refused.broken(), ["requirement_not_on_record R13 "]);
        bills(true);
        begin(&master, &agreement);
        bills(false);
        let refused = decide(&master, &agreement, all_met(&master, &agreement, "approve"));
        assert_eq!(refused.broken(), ["requirement_not_on_record R13 "]);
        assert_eq!(state(&master, &agreement), "under_supervision");
    }

    fn special_terms_override_the_types_and_are_read_back_letter_for_letter(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let partner = company(&master, "501442600");
        let special = json!({"margin_uplift": "0.070", "stages": {"facilitator": {"margin": "0.22"}}, "entry_fee": null});
        let body = asked(&partner, "reseller", json!({"kind": "special", "special_terms": special}));
        let drafted = master.post("/v1/agreements", body).expect(201);
        assert_eq!(drafted["special_terms"].to_string(), special.to_string());
        let terms = master.get(drafted["effective_terms"].as_str().unwrap()).expect(200);
        assert_eq!((&terms["margin_uplift"], &terms["stages"]["facilitator"]["margin"]), (&json!("0.070"), &json!("0.22")));
        assert_eq!(terms["stages"]["helpdesk"]["margin"], "0.30", "what is not named stays");
        let contradictory = json!({"contracts_customers": false, "margin_uplift": "lots"});
        let refused = master.post("/v1/agreements", asked(&partner, "reseller", json!({"kind": "special", "special_terms": contradictory, "exclusivity": {"territory": "Minho"}})));
        refused.problem(422, "invalid_request");
        assert_eq!(refused.broken(), ["territory_exclusivity R30 /exclusivity/territory", "wrong_format R6 /special_terms/margin_uplift"]);
        let refused = master.post("/v1/agreements", asked(&partner, "reseller", json!({"kind": "special", "special_terms": {"contracts_customers": false}})));
        assert!(refused.broken().contains(&"contracting_disagrees R11 /special_terms/duties/contracting".to_owned()), "{:?}", refused.broken());
    }

    fn a_draft_changes_by_merge_patch_and_what_was_handed_in_does_not(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let agreement = draft(&master, asked(&company(&master, "501442600"), "reseller", json!({"ends_on": "2027-03-01"})));
        let path = format!("/v1/agreements/{agreement}");
        let first = master.get(&path);
        let changed = master.patch(&path, &first.etag(), json!({"starts_on": "2026-04-01", "ends_on": null, "governing_language": "en"}));
        let body = changed.expect(200);
        assert_eq!((&body["starts_on"], &body["ends_on"], &body["governing_language"]), (&json!("2026-04-01"), &json!(null), &json!("en")));
        master.patch(&path, &first.etag(), json!({"language": "es"})).problem(412, "version_mismatch");
        let refused = master.patch(&path, &changed.etag(), json!({"starts_on": "2013-01-01"}));
        refused.problem(422, "invalid_request");
        assert_eq!(refused.broken(), ["terms_not_effective R86 /starts_on"]);
        let submitted = act(&master, &agreement, "submit");
        master.patch(&path, &submitted.etag(), json!({"language": "es"})).problem(409, "state_conflict");
        let named = master.patch(&path, &submitted.etag(), json!({"external_references": [{"system": "hubspot", "id": "4711"}]}));
        assert_eq!(named.expect(200)["external_references"][0]["id"], "4711");
        let partner = app.partner(body["partner_id"].as_str().unwrap());
        assert_eq!(partner.get(&path).expect(200)["external_references"], json!([]), "names are the company's own");
    }

    fn a_stage_counts_from_its_day_and_never_before(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let (_, agreement) = reseller(&master, "501442600");
        let enter = |stage: &str, from: &str| master.post(format!("/v1/agreements/{agreement}/stages"), json!({"stage": stage, "from": from, "reason": "It is able to."}));
        let early = enter("facilitator", "2026-03-01");
        early.problem(422, "invalid_request");
        assert_eq!(early.broken(), ["stage_before_start R39 /from"]);
        enter("facilitator", "2026-03-02").expect(200);
        let later = enter("own_services", "2026-06-01").expect(200);
        assert_eq!(enter("own_services", "2026-06-01").expect(200)["version"], later["version"], "the same again");
        assert_eq!(enter("helpdesk", "2026-06-01").broken(), ["stage_not_after_latest R39 /from"]);
        assert_eq!(enter("wizard", "2026-03-01").broken(), [
            "stage_before_start R39 /from", "stage_before_today R39 /from", "stage_not_after_latest R39 /from", "unknown_stage R39 /stage",
        ]);
        let stages = master.get(format!("/v1/agreements/{agreement}")).expect(200)["stages"].clone();
        let days: Vec<_> = stages.as_array().unwrap().iter().map(|stage| (stage["stage"].clone(), stage["from"].clone())).collect();
        assert_eq!(days, [(json!("facilitator"), json!("2026-03-02")), (json!("own_services"), json!("2026-06-01"))]);
        let trail = master.get(format!("/v1/events?subject={agreement}")).text;
        assert_eq!(trail.matches("agreement.stage_set").count(), 2, "{trail}");
    }

    fn an_agreement_is_suspended_resumed_and_terminated(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let (_, agreement) = reseller(&master, "501442600");
        let path = |action: &str| format!("/v1/agreements/{agreement}/{action}");
        let why = json!({"reason": "The billing licence has lapsed."});
        let suspended = master.post(path("suspend"), why.clone()).expect(200);
        assert_eq!((&suspended["state"], &suspended["reason"]), (&json!("suspended"), &why["reason"]));
        assert_eq!(master.post(path("suspend"), why.clone()).expect(200)["version"], suspended["version"], "again");
        assert_eq!(master.post(path("resume"), json!({})).expect(200)["state"], "active");
        assert_eq!(master.post(path("terminate"), why.clone()).expect(200)["state"], "terminated");
        master.post(path("suspend"), why).problem(409, "state_conflict");
        master.post(path("stages"), json!({"stage": "facilitator", "from": "2026-03-02"})).problem(409, "state_conflict");
    }

    fn an_agreement_expires_after_its_last_day_where_its_master_is(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let agreement = draft(&master, asked(&company(&master, "501442600"), "reseller", json!({"ends_on": "2026-07-14"})));
        activate(&master, &agreement);
        let expire = || {
            let mut job = api::write::Job::named("test");
            wait(app.db.write(move |tx| job.run(tx, None, api::agreement::expire_due))).unwrap()
        };
        // In July Lisbon is an hour ahead of UTC.
        app.clock.set(Utc.with_ymd_and_hms(2026, 7, 14, 22, 59, 59).unwrap());
        assert_eq!(expire(), 0);
        assert_eq!(state(&app.master("pt"), &agreement), "active");
        app.clock.set(Utc.with_ymd_and_hms(2026, 7, 14, 23, 0, 0).unwrap());
        assert_eq!(expire(), 1);
        assert_eq!(expire(), 0);
        assert_eq!(state(&app.master("pt"), &agreement), "expired");
    }

    fn only_its_parties_and_its_master_see_an_agreement(engine: Engine) {
        let app = TestApp::start(engine);
        let master = app.master("pt");
        let (reseller, of_reseller) = reseller(&master, "501442600");
        master.post(format!("/v1/agreements/{of_reseller}/stages"), json!({"stage": "sub_network", "from": "2026-03-02", "reason": "It has its promoters."})).expect(200);
        let promoter = person(&master);
        let of_promoter = draft(&master, asked(&promoter, "client_manager", json!({"counterparty_id": reseller})));
        let stranger = company(&master, "501964843");
        let absent = "agreement_01h2xcejqtf2nbrexx3vqjhp41";
        let sees = |caller: &Caller, expected: &[&str]| {
            let listed = caller.get("/v1/agreements").expect(200)["data"].as_array().unwrap().iter().map(id).collect::<Vec<_>>();
            assert_eq!(listed, expected);
            for agreement in [of_promoter.as_str(), of_reseller.as_str()] {
                for path in ["", "/terms", "/supervisions"] {
                    let answer = caller.get(format!("/v1/agreements/{agreement}{path}"));
                    let nothing = caller.get(format!("/v1/agreements/{absent}{path}"));
                    if expected.contains(&agreement) {
                        answer.expect(200);
                    } else {
                        let (mut answer, mut nothing) = (answer.problem(404, "not_found"), nothing.problem(404, "not_found"));
                        answer["instance"] = json!(null);
                        nothing["instance"] = json!(null);
                        assert_eq!(answer, nothing);
                    }
                }
            }
        };
        sees(&master, &[&of_promoter, &of_reseller]);
        sees(&app.partner(&reseller), &[&of_promoter, &of_reseller]);
        sees(&app.partner(&promoter), &[&of_promoter]);
        sees(&app.partner(&stranger), &[]);
        sees(&app.master("br"), &[]);
        act(&app.master("br"), &of_promoter, "submit").problem(404, "not_found");
        let filtered = master.get(format!("/v1/agreements?partner_id={promoter}&partnership_type=client_manager&state=draft")).expect(200);
        assert_eq!(filtered["data"].as_array().unwrap().len(), 1);
        assert_eq!(master.get(format!("/v1/agreements?partner_id={promoter}&state=active")).expect(200)["data"], json!([]));
    }
}
