//! From one statement to the next: what was not paid is carried on, debts as well, and what was paid is taken off once.

use chrono::{NaiveDate, TimeDelta};
use domain::{
    id::{CompanyId, MasterId, PartnerId},
    money::{Currency, Money},
    statement::StatementKind,
};
use entente_tests::{
    app::TestApp,
    engine::wait,
    on_both_engines,
    sales::{Market, Shop, eur, id_of},
};
use persistence::{
    error::DbError,
    identity,
    statement::{Payment, record_payment},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{balances, brought, close, document, lines, statements, tax::profile};

/// Records what all-in-web's master paid a partner, as a payout does.
pub(super) fn pay(app: &TestApp, partner: &str, minor: i64, dated_on: &str, reference: &str) {
    let partner: PartnerId = partner.parse().unwrap();
    let master = CompanyId::Master(MasterId::from_uuid(app.db_master("fr")));
    let (dated_on, reference): (NaiveDate, String) = (dated_on.parse().unwrap(), reference.to_owned());
    let paid = app.db.write(move |tx| {
        let payment = Payment {
            id: Uuid::now_v7(),
            network: identity::network_of(tx.conn, master)?.expect("a network"),
            kind: StatementKind::Earnings,
            partner,
            payer: master,
            payee: partner.into(),
            amount: Money::from_minor(minor, Currency::EUR),
            dated_on,
            reference: reference.clone(),
            recorded_at: tx.now()?,
        };
        record_payment(tx.conn, &payment)?;
        Ok::<_, DbError>(())
    });
    wait(paid).expect("a payment");
}

fn next_month(app: &TestApp) {
    app.advance(TimeDelta::days(31));
}

on_both_engines! {
    fn what_is_not_paid_is_carried_on_debts_as_well_until_nothing_is_left(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::all_in_web(&app);
        let partner = market.partner();
        let agreement = market.agreement(&partner, "referrer", None);
        let sold = brought(&market, &agreement);
        sold.bill(1, "1200.00");
        next_month(&app);
        close(&app.master("fr"), "2026-03");
        // Nothing happens in April, and what was not paid is on a statement all the same. In May it is paid.
        next_month(&app);
        assert_eq!(close(&app.master("fr"), "2026-04")["statements_closed"], json!(1));
        pay(&app, &partner, 18_000, "2026-05-02", "the first payment");
        next_month(&app);
        close(&app.master("fr"), "2026-05");
        // In June half of the price is refunded: the partner owes half of what it got, in July still.
        let market = Market::all_in_web(&app);
        market.again(&sold).record(1, "refund", "600.00");
        next_month(&app);
        close(&app.master("fr"), "2026-06");
        next_month(&app);
        close(&app.master("fr"), "2026-07");
        // In August it brings another sale and gives back a part of the debt.
        let market = Market::all_in_web(&app);
        brought(&market, &agreement).bill(1, "400.00");
        pay(&app, &partner, -2_500, "2026-08-04", "given back");
        next_month(&app);
        close(&app.master("fr"), "2026-08");
        pay(&app, &partner, -500, "2026-09-01", "the rest");
        next_month(&app);
        close(&app.master("fr"), "2026-09");
        next_month(&app);
        assert_eq!(close(&app.master("fr"), "2026-10")["statements_closed"], json!(0));
        let caller = app.partner(&partner);
        let all = statements(&caller, "");
        let said: Vec<_> = all.iter().map(|it| (it["period"].as_str().unwrap(), it["number"].as_i64().unwrap(), balances(it))).collect();
        let expected = [
            ("2026-03", 1, ["0.00", "180.00", "0.00", "0.00", "0.00", "180.00"]),
            ("2026-04", 2, ["180.00", "0.00", "0.00", "0.00", "0.00", "180.00"]),
            ("2026-05", 3, ["180.00", "0.00", "0.00", "0.00", "180.00", "0.00"]),
            ("2026-06", 4, ["0.00", "-90.00", "0.00", "0.00", "0.00", "-90.00"]),
            ("2026-07", 5, ["-90.00", "0.00", "0.00", "0.00", "0.00", "-90.00"]),
            ("2026-08", 6, ["-90.00", "60.00", "0.00", "0.00", "-25.00", "-5.00"]),
            ("2026-09", 7, ["-5.00", "0.00", "0.00", "0.00", "-5.00", "0.00"]),
        ];
        assert_eq!(said, expected);
        let paid = document(&caller, &all[2])["payments"].clone();
        assert_eq!(paid, json!([{ "dated_on": "2026-05-02", "amount": eur("180.00"), "reference": "the first payment" }]));
    }

    fn a_reseller_pays_its_promoter_and_remits_to_its_master_with_tax_and_every_correction_says_what_it_corrects(engine: Engine) {
        let app = TestApp::start(engine);
        let market = Market::altoga(&app);
        let shop = Shop::open(&market, "sub_network");
        let promoter = market.partner();
        let agreement = market.agreement(&promoter, "client_manager", Some(&shop.partner));
        for (company, number) in [(&promoter, "PT507957547"), (&market.master_id(), "PT501442600")] {
            market.master().post("/v1/tax-profiles", profile(company, "standard", Some(number))).expect(201);
        }
        let sold = shop.sell(&market, &[&agreement]);
        sold.bill(1, "1520.00");
        next_month(&app);
        close(&app.master("pt"), "2026-03");
        // In April half of it is refunded, which takes half of everything back.
        let market = Market::altoga(&app);
        for kind in ["credit", "refund"] {
            market.again(&sold).record(1, kind, "760.00");
        }
        next_month(&app);
        close(&app.master("pt"), "2026-04");
        let seller = app.partner(&shop.partner);
        // 10 % of the modules of 1,000.00 and 23 % of it; 65 % of them and 23 % of it.
        let of = |kind: &str| statements(&seller, &format!("&kind={kind}"));
        let said = |kind: &str| of(kind).iter().map(|it| balances(it).map(str::to_owned)).collect::<Vec<_>>();
        assert_eq!(said("earnings"), [
            ["0.00", "100.00", "23.00", "0.00", "0.00", "123.00"],
            ["123.00", "-50.00", "-11.50", "0.00", "0.00", "61.50"],
        ]);
        assert_eq!(said("remittance"), [
            ["0.00", "650.00", "149.50", "0.00", "0.00", "799.50"],
            ["799.50", "-325.00", "-74.75", "0.00", "0.00", "399.75"],
        ]);
        let kinds = [
            ("earnings", "commission", "100.00", json!({ "rate": "0.1", "base": "1000.00" })),
            // 30 % of the stage and 5 points of the sub-network.
            ("remittance", "share", "650.00", json!({ "margin_rate": "0.35", "base": "1000.00" })),
        ];
        for (kind, item, amount, components) in kinds {
            let both = of(kind);
            let (first, second) = (document(&seller, &both[0]), document(&seller, &both[1]));
            assert_eq!(lines(&second), [format!("{item} reversal -{}", half(amount))]);
            let (original, correction) = (&first["lines"][0], &second["lines"][0]);
            for component in ["rate", "margin_rate", "base"] {
                assert_eq!(original["calculation"][component], components[component], "{kind} {component}");
            }
            assert_eq!(correction["corrects_id"], original["ledger_entry_id"]);
            assert_eq!(correction["corrected_amount"], eur(amount));
            assert_eq!(correction["corrects_statement_id"], json!(id_of(&both[0])));
            assert_eq!((&correction["corrected_period"], &original["corrected_period"]), (&json!("2026-03"), &Value::Null));
        }
    }
}

/// Half of an amount that has a half.
fn half(amount: &str) -> String {
    (amount.parse::<rust_decimal::Decimal>().unwrap() / rust_decimal::Decimal::TWO).to_string()
}
