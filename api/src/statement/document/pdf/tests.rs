//! What every printed statement keeps to, whatever stands on it: nothing runs off the paper, and no text lies on another one.

use domain::ledger::{CorrectionKind, EntryKind};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{
    paper::{BOTTOM, MARGIN, RIGHT, Written},
    *,
};

/// How one unit of a currency's amounts is written: 1234.5 of EUR, 1234 of JPY, 1.234 of BHD.
fn money(minor: i64, currency: &str) -> Value {
    let digits = match currency {
        "JPY" => 0,
        "BHD" => 3,
        _ => 2,
    };
    json!({ "amount": Decimal::new(minor, digits).to_string(), "currency": currency })
}

/// Every kind of line in turn: earned, divided, taken back, adjusted, a fee by units, a fixed amount.
fn line(position: i32, currency: &str) -> Value {
    let amount = |minor| money(minor, currency)["amount"].clone();
    let (kind, correction, calculation) = match position % 6 {
        0 => ("commission", Some("reversal"), json!({ "year": 2, "base": amount(120_000), "rate": "0.15" })),
        1 => (
            "commission",
            None,
            json!({
                "year": 1, "base": amount(123_456_789), "rate": "0.15", "reached": amount(40_000_000), "contracted": amount(123_456_789),
                "entitled_to_date": amount(6_000_000), "posted_before": amount(0),
            }),
        ),
        2 => (
            "commission",
            Some("adjustment"),
            json!({
                "reason": "Another campaign brought the customer, as both partners said in writing when they were heard about it in \
                           March, and the master follows them in that.",
            }),
        ),
        3 => ("fee", None, json!({ "unit_amount": amount(6_000), "quantity": "7.5" })),
        4 => (
            "commission",
            Some("clawback"),
            json!({ "divided_to_date": amount(10_000), "divided_part": "0.333333", "entitled_to_date": amount(7_500), "posted_before": amount(0) }),
        ),
        _ => ("commission", None, json!({ "year": 1, "fixed_amount": amount(5_000) })),
    };
    let customer = if position % 4 == 0 {
        "Cooperativa Agrícola dos Viticultores e Olivicultores do Alto Douro Vinhateiro e Terras de Bouro, C.R.L."
    } else {
        "Fromagerie du Lac"
    };
    let minor = if correction.is_some() { -123_456 } else { 1_234_567 };
    let mut line = json!({
        "position": position, "ledger_entry_id": "entry_01h2xcejqtf2nbrexx3vqjhp41", "kind": kind, "amount": money(minor, currency),
        "dated_on": "2026-03-02", "payable_on": if position % 5 == 0 { "2025-12-31" } else { "2026-03-28" }, "rule": "commission",
        "customer": customer, "calculation": calculation, "explanation": "/v1/ledger-entries/entry/explanation",
    });
    if let Some(correction) = correction {
        line["correction"] = json!(correction);
        line["corrected_amount"] = money(1_234_567, currency);
        line["corrected_period"] = json!("2026-02");
    }
    line
}

/// A statement of as many lines and payments, with the longest names and notes.
fn statement(language: &str, currency: &str, lines: i32, payments: i32) -> StatementDocument {
    let money = |minor| money(minor, currency);
    let paid = |number: i32| {
        let minor = if number % 3 == 2 { -45_600 } else { 45_600 };
        let reference = "payout_01h2xcejqtf2nbrexx3vqjhp41 paid";
        json!({ "dated_on": "2026-03-15", "amount": money(minor), "reference": reference })
    };
    let note = "IRS retido na fonte pela entidade pagadora nos termos do artigo 101.º do Código do IRS, à taxa aplicável aos rendimentos \
                de categoria B previstos na tabela do artigo 151.º, e entregue ao Estado até ao dia 20 do mês seguinte.";
    let document = json!({
        "id": "statement_01h2xcejqtf2nbrexx3vqjhp41", "kind": "earnings", "number": 12, "previous_id": null,
        "partner_id": "partner_01h2xcejqtf2nbrexx3vqjhp41",
        "payer": {
            "id": "master_01h2xcejqtf2nbrexx3vqjhp41", "country": "PT", "tax_id": "PT501442600",
            "name": "Altoga Software — Sociedade de Desenvolvimento, Comercialização e Manutenção de Aplicações Informáticas, S.A.",
        },
        "payee": {
            "id": "partner_01h2xcejqtf2nbrexx3vqjhp41", "country": "FR", "tax_id": "FR40303265045",
            "name": "Société Anonyme des Intégrateurs Informatiques Indépendants de la Vallée du Rhône et des Alpes-Maritimes Réunies",
        },
        "period": { "code": "2026-03", "first_day": "2026-03-01", "last_day": "2026-03-31" },
        "due_on": "2026-04-30", "made_at": "2026-04-01T06:00:00Z", "language": language, "currency": currency,
        "billing": "self_billing", "opening_balance": money(1_234_567_890), "lines_total": money(987_654_321),
        "tax": {
            "supplier_id": "partner_01h2xcejqtf2nbrexx3vqjhp41", "customer_id": "master_01h2xcejqtf2nbrexx3vqjhp41", "day": "2026-03-31",
            "vat": {
                "treatment": "reverse_charge", "base": money(987_654_321), "rate": "0", "amount": money(0),
                "note": "Autoliquidation : la taxe est due par le preneur (articles 44 et 196 de la directive 2006/112/CE).",
            },
            "withholding": { "base": money(987_654_321), "rate": "0.115", "amount": money(113_580_247), "note": note },
        },
        "amount_due": money(874_074_074), "payments": (0..payments).map(paid).collect::<Vec<_>>(),
        "paid_total": money(45_600), "closing_balance": money(2_108_596_364), "line_count": lines,
        "lines": (1..=lines).map(|position| line(position, currency)).collect::<Vec<_>>(),
    });
    serde_json::from_value(document).unwrap()
}

/// What is wrong with the pages of a statement.
fn faults(statement: &StatementDocument) -> Vec<String> {
    let sheet = Sheet::of(statement).unwrap();
    let mut faults = Vec::new();
    for (page, texts) in sheet.paper.written().into_iter().enumerate() {
        for Written { left, right, y, text, .. } in &texts {
            if *left < MARGIN - 0.1 || *right > RIGHT + 0.1 || *y > BOTTOM + 0.1 {
                faults.push(format!("page {page}: off the paper: {text}"));
            }
        }
        for (index, one) in texts.iter().enumerate() {
            for other in &texts[index + 1..] {
                let apart = one.right <= other.left || other.right <= one.left;
                if !apart && (one.y - other.y).abs() < one.size.min(other.size) * 0.7 {
                    faults.push(format!("page {page}: {} lies on {}", one.text, other.text));
                }
            }
        }
    }
    faults
}

#[test]
fn nothing_runs_off_the_paper_and_no_text_lies_on_another_in_any_language_and_currency() {
    for language in ["en", "es", "fr", "pt"] {
        for currency in ["EUR", "JPY", "BHD"] {
            for (lines, payments) in [(0, 0), (1, 1), (7, 6), (60, 40)] {
                let statement = statement(language, currency, lines, payments);
                assert_eq!(faults(&statement), Vec::<String>::new(), "{language} {currency} {lines} {payments}");
            }
        }
    }
}

#[test]
fn a_name_in_letters_that_the_font_does_not_have_stays_on_the_paper() {
    let mut statement = statement("en", "JPY", 60, 0);
    statement.head.payee.name = "日本商事株式会社".repeat(30);
    assert_eq!(faults(&statement), Vec::<String>::new());
}

#[test]
fn a_fee_says_which_service_it_is_for_and_a_correction_what_was_left_of_what_it_corrects() {
    let mut statement = statement("en", "EUR", 6, 0);
    let fee = statement.lines.iter_mut().find(|line| line.kind == LedgerEntryKind::Fee).unwrap();
    (fee.rule, fee.calculation.reference) = ("consulting_hour".into(), Some("workshop-7".into()));
    let corrected = statement.lines.iter_mut().find(|line| line.correction.is_some()).unwrap();
    (corrected.calculation.ordinal, corrected.calculation.left_of_corrected) = (Some(2), Some("60.00".into()));
    let written = Sheet::of(&statement).unwrap().paper.written();
    let all = written.into_iter().flatten().map(|it| it.text).collect::<Vec<_>>().join(" ");
    for said in ["Fee · consulting hour · workshop-7", "sale no. 2", "60.00 of it was left to take back"] {
        assert!(all.contains(said), "{said}: {all}");
    }
}

#[test]
fn what_a_partner_has_to_pay_says_by_when_and_under_which_reference_and_nothing_withheld_has_no_sign() {
    let mut statement = statement("fr", "EUR", 1, 0);
    statement.head.payable_by = Some("2026-04-30".parse().unwrap());
    statement.head.payment_reference = Some("RS01h2xcejqtf2nbrexx3vqjhp41".into());
    statement.head.tax.withholding.as_mut().unwrap().amount.amount = "0.00".into();
    assert_eq!(faults(&statement), Vec::<String>::new());
    let written: Vec<String> = Sheet::of(&statement).unwrap().paper.written().into_iter().flatten().map(|it| it.text).collect();
    for said in ["À payer avant le", "30/04/2026", "RS01h2xcejqtf2nbrexx3vqjhp41", "0,00"] {
        assert!(written.iter().any(|text| text == said), "{said}: {written:?}");
    }
    assert!(!written.iter().any(|text| text == "\u{2212}0,00"), "{written:?}");
}

#[test]
fn every_kind_of_line_and_of_correction_has_its_words_in_each_language() {
    let kinds = EntryKind::ALL.map(|kind| format!("kind.{}", kind.code()));
    let corrections = CorrectionKind::ALL.map(|correction| format!("correction.{}", correction.code()));
    for key in kinds.iter().chain(&corrections) {
        for language in [Language::En, Language::Es, Language::Fr, Language::Pt] {
            let said = text(language, key);
            assert!(!said.contains(key), "{said}");
        }
    }
}

#[test]
fn every_page_says_what_it_belongs_to_and_repeats_the_heads_of_the_columns() {
    let statement = statement("en", "EUR", 60, 0);
    let pages = Sheet::of(&statement).unwrap().paper.written();
    assert!(pages.len() > 2, "{}", pages.len());
    for (number, page) in pages.iter().enumerate() {
        let says = |wanted: &str| page.iter().any(|it| it.text.contains(wanted));
        assert!(says("Commission statement") && says("2026-03"), "page {number}");
        assert!(number == 0 || says("Payable") && says("Amount"), "page {number}");
    }
}

#[test]
fn every_line_and_every_payment_is_printed_once() {
    let statement = statement("en", "EUR", 60, 40);
    let pages = Sheet::of(&statement).unwrap().paper.written();
    let count = |wanted: &str| pages.iter().flatten().filter(|it| it.text == wanted).count();
    // Half of the lines correct something; of the payments 13 came back, and the sum of them all stands among the balances.
    assert_eq!((count("12,345.67"), count("\u{2212}1,234.56")), (30, 30));
    assert_eq!((count("\u{2212}456.00"), count("456.00")), (27 + 1, 13));
}
