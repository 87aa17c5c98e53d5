//! Portfolios of client managers, the proposals that they follow and their contacts (R19, R20, D19, D22).

use std::{sync::Barrier, thread};

use entente_tests::{
    app::{Answer, Caller, TestApp},
    on_both_engines,
    sales::{Market, Shop, id_of, line},
};
use serde_json::{Value, json};

use super::{Promoter, agreement_is, introduction, list, prospect};

/// A reseller with a customer and a client manager.
struct Kept {
    shop: Shop,
    reseller: Caller,
    manager: Promoter,
    customer: String,
}

impl Kept {
    fn start(market: &Market<'_>) -> Self {
        let shop = Shop::open(market, "sub_network");
        let (manager, reseller) = (Promoter::of(market, &shop, "client_manager"), market.caller(&shop.partner));
        let customer = market.customer(&shop.partner);
        Self { shop, reseller, manager, customer }
    }

    fn put(&self, agreement: &str, from: &str) -> Answer {
        let body = json!({ "agreement_id": agreement, "customer_id": self.customer, "from": from });
        self.reseller.post("/v1/portfolio-places", body)
    }

    fn hand_over(&self, place: &Value, to: &str, from: &str) -> Answer {
        let body = json!({ "agreement_id": to, "from": from, "reason": "You move to the south." });
        self.reseller.post(format!("/v1/portfolio-places/{}/hand-over", id_of(place)), body)
    }

    /// Sends the customer a proposal.
    fn offer(&self, market: &Market<'_>, promoters: &[&str]) -> String {
        let proposal = json!({
            "agreement_id": self.shop.agreement, "customer_id": self.customer, "currency": "EUR", "promoters": promoters,
            "lines": [line(&market.item("sales_and_purchasing"), "year", None), line(&self.shop.services, "year", Some("400.00"))],
        });
        let id = id_of(&self.reseller.post("/v1/proposals", proposal).expect(201));
        self.reseller.post(format!("/v1/proposals/{id}/send"), json!({})).expect(200);
        id
    }

    fn sign(&self, proposal: &str, on: &str) -> Value {
        self.reseller.post(format!("/v1/proposals/{proposal}/sign"), json!({ "signed_on": on })).expect(201)
    }
}

fn end(caller: &Caller, place: &Value, until: &str) -> Answer {
    caller.post(format!("/v1/portfolio-places/{}/end", id_of(place)), json!({ "until": until }))
}

fn sales(caller: &Caller, place: &Value) -> Vec<Value> {
    list(caller, &format!("/v1/portfolio-places/{}/sales", id_of(place)))
}

fn contact(promoter: &Promoter, about: (&str, &str), dated_on: &str) -> Value {
    let (field, id) = about;
    json!({
        "agreement_id": promoter.agreement, field: id, "kind": "call", "dated_on": dated_on, "note": "They ask for payroll as well.",
        "next_on": "2026-03-09",
    })
}

on_both_engines! {
    fn r20_a_customer_is_in_one_portfolio_of_a_company_on_any_day(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let it = Kept::start(&market);
        let other = Promoter::of(&market, &it.shop, "client_manager");
        let place = it.put(&it.manager.agreement, "2026-02-01").expect(201);
        assert_eq!((&place["customer"]["id"], &place["from"], &place["until"], &place["won"]), (&json!(it.customer), &json!("2026-02-01"), &Value::Null, &json!(false)));
        let taken = it.put(&other.agreement, "2026-03-02");
        taken.problem(409, "already_exists");
        assert_eq!(taken.broken(), ["customer_in_portfolio R20 /customer_id"]);
        assert_eq!(end(&it.reseller, &place, "2026-02-01").broken(), ["not_after_first_day R20 /until"]);
        assert_eq!(end(&it.reseller, &place, "2026-03-01").expect(200)["until"], json!("2026-03-01"));
        end(&it.reseller, &place, "2026-03-01").expect(200);
        end(&it.reseller, &place, "2026-03-02").problem(409, "state_conflict");
        assert_eq!(it.put(&other.agreement, "2026-02-28").broken(), ["portfolio_places_overlap R20 /from"]);
        it.put(&other.agreement, "2026-03-01").expect(201);
        let on = |day: &str| list(market.master(), &format!("/v1/portfolio-places?customer_id={}&on_day={day}", it.customer));
        for (day, manager) in [("2026-02-01", Some(&it.manager)), ("2026-02-28", Some(&it.manager)), ("2026-03-01", Some(&other)), ("2026-01-31", None)] {
            let managers: Vec<Value> = on(day).iter().map(|place| place["partner_id"].clone()).collect();
            assert_eq!(managers, manager.iter().map(|it| json!(it.partner)).collect::<Vec<_>>(), "{day}");
        }
    }

    fn r20_a_hand_over_ends_one_place_and_begins_another_on_the_same_day_and_neither_manager_learns_of_the_other(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let it = Kept::start(&market);
        let other = Promoter::of(&market, &it.shop, "client_manager");
        let place = it.put(&it.manager.agreement, "2026-02-01").expect(201);
        assert_eq!(it.hand_over(&place, &it.manager.agreement, "2026-03-02").broken(), ["same_manager R20 /agreement_id"]);
        assert_eq!(it.hand_over(&place, &other.agreement, "2026-02-01").broken(), ["not_after_first_day R20 /from"]);
        let consultant = Promoter::of(&market, &it.shop, "marketing_consultant");
        assert_eq!(it.hand_over(&place, &consultant.agreement, "2026-03-02").broken(), ["capability_missing R20 /agreement_id"]);
        let handed = it.hand_over(&place, &other.agreement, "2026-03-02").expect(200);
        assert_eq!((&handed["from"], &handed["partner_id"], &handed["handed_from_id"]), (&json!("2026-03-02"), &json!(other.partner), &place["id"]));
        assert_eq!(it.hand_over(&place, &other.agreement, "2026-03-02").expect(200), handed, "handed over again, nothing changes");
        it.hand_over(&place, &other.agreement, "2026-03-03").problem(409, "state_conflict");
        let own = list(&it.manager.caller, "/v1/portfolio-places");
        assert_eq!((own.len(), &own[0]["until"], &own[0]["reason"]), (1, &json!("2026-03-02"), &json!("You move to the south.")));
        let theirs = list(&other.caller, "/v1/portfolio-places");
        assert_eq!((theirs.len(), &theirs[0]["handed_from_id"]), (1, &Value::Null));
        other.caller.get(format!("/v1/portfolio-places/{}", id_of(&place))).problem(404, "not_found");
        let told = list(&other.caller, "/v1/events");
        assert!(!told.iter().any(|event| event.to_string().contains(&it.manager.partner)), "{told:?}");
    }

    fn r20_only_the_company_that_answers_for_a_customer_puts_it_into_a_portfolio_of_a_figure_that_keeps_one(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let (it, stranger) = (Kept::start(&market), Shop::open(&market, "sub_network"));
        let consultant = Promoter::of(&market, &it.shop, "marketing_consultant");
        assert_eq!(it.put(&consultant.agreement, "2026-03-02").broken(), ["capability_missing R20 /agreement_id"]);
        assert_eq!(it.put(&it.manager.agreement, "2025-12-31").broken(), ["agreement_not_in_force R7 /agreement_id", "not_a_network_company D6 "]);
        let body = json!({ "agreement_id": it.manager.agreement, "customer_id": it.customer, "from": "2026-03-02" });
        it.manager.caller.post("/v1/portfolio-places", body.clone()).problem(403, "forbidden");
        market.caller(&stranger.partner).post("/v1/portfolio-places", body.clone()).problem(404, "not_found");
        assert_eq!(market.master().post("/v1/portfolio-places", body).broken(), ["customer_answered_by_another R51 /customer_id"]);
        let place = it.put(&it.manager.agreement, "2026-01-01").expect(201);
        market.caller(&stranger.partner).get(format!("/v1/portfolio-places/{}", id_of(&place))).problem(404, "not_found");
        end(market.master(), &place, "2026-03-02").problem(403, "forbidden");
        end(&market.caller(&stranger.partner), &place, "2026-03-02").problem(404, "not_found");
        let given_back = end(&it.manager.caller, &place, "2026-03-02").expect(200);
        assert_eq!(given_back["until"], json!("2026-03-02"), "a client manager gives a customer back");
    }

    fn r20_a_customer_that_is_won_with_a_client_manager_comes_into_its_portfolio(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let it = Kept::start(&market);
        let consultant = Promoter::of(&market, &it.shop, "marketing_consultant");
        let proposal = it.offer(&market, &[&consultant.agreement, &it.manager.agreement]);
        it.sign(&proposal, "2026-02-27");
        let own = list(&it.manager.caller, "/v1/portfolio-places");
        assert_eq!((own.len(), &own[0]["from"], &own[0]["won"], &own[0]["customer"]["id"]), (1, &json!("2026-02-27"), &json!(true), &json!(it.customer)));
        assert_eq!(list(&consultant.caller, "/v1/portfolio-places"), Vec::<Value>::new(), "its figure keeps none");
        // A further sale with another client manager changes nothing: the customer has its place.
        let other = Promoter::of(&market, &it.shop, "client_manager");
        it.sign(&it.offer(&market, &[&other.agreement]), "2026-03-02");
        assert_eq!(list(&other.caller, "/v1/portfolio-places"), Vec::<Value>::new());
    }

    fn d22_a_client_manager_sees_what_was_sold_of_the_network_up_to_the_end_of_its_place_and_no_prices(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let it = Kept::start(&market);
        let first = it.sign(&it.offer(&market, &[&it.manager.agreement]), "2026-02-27");
        let place = list(&it.manager.caller, "/v1/portfolio-places")[0].clone();
        let other = Promoter::of(&market, &it.shop, "client_manager");
        let handed = it.hand_over(&place, &other.agreement, "2026-03-01").expect(200);
        let second = it.sign(&it.offer(&market, &[]), "2026-03-02");
        let own = sales(&it.manager.caller, &place);
        assert_eq!((own.len(), &own[0]["contract_id"], &own[0]["in_sale"]), (1, &first["id"], &json!(true)));
        let items = own[0]["items"].as_array().unwrap();
        assert_eq!((items.len(), &items[0]["item_id"]), (1, &json!(market.item("sales_and_purchasing"))), "the company's own lines are its own");
        let text = own[0].to_string();
        assert!(!text.contains("1000") && !text.contains("400.00") && !text.contains("EUR"), "{text}");
        let theirs: Vec<Value> = sales(&other.caller, &handed).iter().map(|sale| sale["contract_id"].clone()).collect();
        assert_eq!(theirs, [second["id"].clone(), first["id"].clone()]);
        assert!(sales(&other.caller, &handed).iter().all(|sale| sale["in_sale"] == json!(false)));
        other.caller.get(format!("/v1/portfolio-places/{}/sales", id_of(&place))).problem(404, "not_found");
    }

    fn r19_a_client_manager_follows_the_proposals_of_those_it_introduced_or_was_handed(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let it = Kept::start(&market);
        let followed = |promoter: &Promoter| -> Vec<String> {
            list(&promoter.caller, "/v1/followed-proposals").iter().map(id_of).collect()
        };
        let unrelated = it.offer(&market, &[]);
        assert_eq!(followed(&it.manager), Vec::<String>::new());
        it.manager.caller.get(format!("/v1/followed-proposals/{unrelated}")).problem(404, "not_found");
        // Named on it.
        let named = it.offer(&market, &[&it.manager.agreement]);
        assert_eq!(followed(&it.manager), std::slice::from_ref(&named));
        let seen = it.manager.caller.get(format!("/v1/followed-proposals/{named}")).expect(200);
        assert_eq!((&seen["state"], &seen["company"]["id"]), (&json!("sent"), &json!(it.shop.partner)));
        assert!(!seen.to_string().contains("1000"), "no prices: {seen}");
        // Introduced by it.
        let introduced = it.manager.caller.post("/v1/introductions", introduction(&it.manager.agreement, "conservas.pt")).expect(201);
        it.reseller.post(format!("/v1/introductions/{}/accept", id_of(&introduced)), json!({})).expect(200);
        let claim = json!({
            "prospect": prospect("conservas.pt"),
            "evidence": [{ "kind": "meeting", "dated_on": "2026-03-02", "description": "At their site." }],
        });
        let registration = id_of(&it.reseller.post("/v1/registrations", claim).expect(201));
        market.master().post(format!("/v1/registrations/{registration}/accept"), json!({})).expect(200);
        let proposal = json!({
            "agreement_id": it.shop.agreement, "registration_id": registration, "currency": "EUR",
            "lines": [line(&market.item("payroll"), "year", None)],
        });
        let draft = id_of(&it.reseller.post("/v1/proposals", proposal).expect(201));
        assert_eq!(followed(&it.manager), std::slice::from_ref(&named), "a draft is the company's alone");
        it.reseller.post(format!("/v1/proposals/{draft}/send"), json!({})).expect(200);
        assert_eq!(followed(&it.manager), [draft.clone(), named.clone()]);
        assert_eq!(it.manager.caller.get(format!("/v1/followed-proposals/{draft}")).expect(200)["prospect"], json!("Conservas do Mar, S.A."));
        // Handed to it, until it is no more.
        let place = it.put(&it.manager.agreement, "2026-03-02").expect(201);
        assert_eq!(followed(&it.manager), [draft.clone(), named.clone(), unrelated.clone()]);
        let other = Promoter::of(&market, &it.shop, "client_manager");
        it.hand_over(&place, &other.agreement, "2026-03-03").expect(200);
        assert_eq!(followed(&it.manager).len(), 3, "until the day before");
        assert_eq!(followed(&other), Vec::<String>::new());
        app.advance(chrono::TimeDelta::days(1));
        let tomorrow = |promoter: &Promoter| -> Vec<String> {
            list(&market.caller(&promoter.partner), "/v1/followed-proposals").iter().map(id_of).collect()
        };
        assert_eq!(tomorrow(&it.manager), [draft, named.clone()]);
        assert_eq!(tomorrow(&other), [named, unrelated]);
    }

    fn r19_figures_that_follow_no_proposals_see_none(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let it = Kept::start(&market);
        let consultant = Promoter::of(&market, &it.shop, "marketing_consultant");
        let named = it.offer(&market, &[&consultant.agreement, &it.manager.agreement]);
        assert_eq!(list(&consultant.caller, "/v1/followed-proposals"), Vec::<Value>::new());
        let refused = consultant.caller.post("/v1/follow-ups", contact(&consultant, ("proposal_id", &named), "2026-03-02"));
        assert_eq!(refused.broken(), ["capability_missing R19 /agreement_id"]);
        agreement_is(&market, &it.manager.agreement, "suspend");
        assert_eq!(list(&it.manager.caller, "/v1/followed-proposals"), Vec::<Value>::new());
        it.manager.caller.get(format!("/v1/followed-proposals/{named}")).problem(404, "not_found");
        it.reseller.post(format!("/v1/proposals/{named}/decline"), json!({})).expect(200);
    }

    fn r19_contacts_are_dated_and_kept_and_seen_by_the_company_and_its_master(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let it = Kept::start(&market);
        let named = it.offer(&market, &[&it.manager.agreement]);
        let note = |about: (&str, &str), on: &str| it.manager.caller.post("/v1/follow-ups", contact(&it.manager, about, on));
        let noted = note(("proposal_id", &named), "2026-03-02").expect(201);
        assert_eq!((&noted["proposal_id"], &noted["company"]["id"], &noted["next_on"]), (&json!(named), &json!(it.shop.partner), &json!("2026-03-09")));
        assert_eq!(note(("proposal_id", &named), "2026-03-03").broken(), ["dated_in_future R19 /dated_on"]);
        assert_eq!(note(("proposal_id", &named), "2025-12-31").broken(), ["agreement_not_in_force R7 /agreement_id"]);
        let mut both = contact(&it.manager, ("proposal_id", &named), "2026-03-02");
        both["next_on"] = json!("2026-03-01");
        assert_eq!(it.manager.caller.post("/v1/follow-ups", both).broken(), ["next_contact_before_this R19 /next_on"]);
        let unrelated = it.offer(&market, &[]);
        note(("proposal_id", &unrelated), "2026-03-02").problem(404, "not_found");
        let place = it.put(&it.manager.agreement, "2026-02-01").expect(201);
        end(&it.reseller, &place, "2026-03-01").expect(200);
        for (day, fits) in [("2026-01-31", false), ("2026-02-01", true), ("2026-02-28", true), ("2026-03-01", false)] {
            let answer = note(("portfolio_place_id", &id_of(&place)), day);
            if fits {
                answer.expect(201);
            } else {
                assert_eq!(answer.broken(), ["outside_portfolio R20 /dated_on"], "{day}");
            }
        }
        for caller in [&it.manager.caller, &it.reseller, market.master()] {
            assert_eq!(list(caller, "/v1/follow-ups").len(), 3);
            assert_eq!(list(caller, &format!("/v1/follow-ups?proposal_id={named}")), std::slice::from_ref(&noted));
            assert_eq!(list(caller, "/v1/follow-ups?next_by=2026-03-08"), Vec::<Value>::new());
            caller.get(format!("/v1/follow-ups/{}", id_of(&noted))).expect(200);
        }
        let stranger = market.caller(&market.partner());
        assert_eq!(list(&stranger, "/v1/follow-ups"), Vec::<Value>::new());
        stranger.get(format!("/v1/follow-ups/{}", id_of(&noted))).problem(404, "not_found");
        let neither = json!({ "agreement_id": it.manager.agreement, "kind": "call", "dated_on": "2026-03-02", "note": "x" });
        assert_eq!(it.manager.caller.post("/v1/follow-ups", neither).broken(), ["proposal_or_place R19 /proposal_id"]);
    }

    fn r20_two_hand_overs_at_once_leave_one_place(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let it = Kept::start(&market);
        let place = it.put(&it.manager.agreement, "2026-01-01").expect(201);
        let others = [(), ()].map(|()| Promoter::of(&market, &it.shop, "client_manager"));
        let together = Barrier::new(2);
        let mut statuses = thread::scope(|scope| {
            let hand = |to: &Promoter| {
                together.wait();
                it.hand_over(&place, &to.agreement, "2026-03-02").status
            };
            others.each_ref().map(|to| scope.spawn(move || hand(to))).map(|thread| thread.join().unwrap())
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        assert_eq!(list(&it.reseller, "/v1/portfolio-places?on_day=2026-03-02").len(), 1);
    }
}
