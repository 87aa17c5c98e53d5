//! The document of a statement, as it is sealed. Its JSON has the members in this order and no white space between them; the
//! lines come last, so that a long statement can be written in parts.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, Object, RefOr, Schema, SchemaFormat, schema::Type},
};

use super::{Billing, StatementKind, TaxTreatment};
use crate::{
    ledger::{
        calculation::Calculation,
        wire::{LedgerCorrection, LedgerEntryKind},
    },
    wire::Money,
};

/// A statement for people to read, as a file.
#[derive(Debug)]
pub struct StatementPdf;

impl PartialSchema for StatementPdf {
    fn schema() -> RefOr<Schema> {
        let binary = SchemaFormat::KnownFormat(KnownFormat::Binary);
        let file = Object::builder().schema_type(Type::String).format(Some(binary));
        file.description(Some("A statement for people to read, as a file.")).into()
    }
}

impl ToSchema for StatementPdf {}

/// A company as it stands on a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatedCompany {
    /// Its id.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// Its name.
    #[schema(example = "Douro Sistemas, Lda.")]
    pub name: String,
    /// Where it is established (ISO 3166-1 alpha-2).
    #[schema(example = "PT")]
    pub country: String,
    /// Its tax id as it was written, where it is known: that of its tax profile, or else that of its record.
    #[schema(required, example = "PT501442600")]
    pub tax_id: Option<String>,
}

/// The period of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatedPeriod {
    /// A month or a quarter.
    #[schema(example = "2026-03")]
    pub code: String,
    /// Its first day.
    pub first_day: NaiveDate,
    /// Its last day.
    pub last_day: NaiveDate,
}

/// The value added tax on a statement's lines: `base` × `rate`, rounded once, half up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatedVat {
    /// The rule by which it was assessed.
    pub treatment: TaxTreatment,
    /// The sum of the lines.
    pub base: Money,
    /// The rate.
    #[schema(example = "0.23")]
    pub rate: String,
    /// The tax.
    pub amount: Money,
    /// Why, and by which law, in the statement's language.
    #[schema(example = "VAT of PT at the standard rate.")]
    pub note: String,
}

/// What the payer keeps back for its tax office: `base` × `rate`, rounded once, half up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatedWithholding {
    /// The sum of the lines.
    pub base: Money,
    /// The rate.
    #[schema(example = "0.015")]
    pub rate: String,
    /// What is kept back.
    pub amount: Money,
    /// By which law.
    #[schema(example = "IRRF, Decreto 9.580/2018, art. 714")]
    pub note: String,
}

/// The taxes on a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatedTax {
    /// The company that supplied what the lines are for.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub supplier_id: String,
    /// The company that it was supplied to.
    #[schema(example = "master_01h2xcejqtf2nbrexx3vqjhp41")]
    pub customer_id: String,
    /// The day whose rates and profiles count: the last of the period.
    pub day: NaiveDate,
    /// Value added tax.
    pub vat: StatedVat,
    /// What is kept back; null where nothing is.
    #[schema(required)]
    pub withholding: Option<StatedWithholding>,
}

/// Something that was paid between the two companies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatedPayment {
    /// The day.
    pub dated_on: NaiveDate,
    /// How much: below nothing where it came back.
    pub amount: Money,
    /// What it was.
    #[schema(example = "payout_01h2xcejqtf2nbrexx3vqjhp41 paid")]
    pub reference: String,
}

/// Everything on a statement but its lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatementHead {
    /// Its id.
    #[schema(example = "statement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// Which way its money goes.
    pub kind: StatementKind,
    /// Its number among the statements of the same kind, payer, payee and currency, from 1.
    #[schema(minimum = 1, example = 1)]
    pub number: i32,
    /// The statement before it; null on the first.
    #[schema(required, example = "statement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub previous_id: Option<String>,
    /// The partner.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// Who owes what stands on it.
    pub payer: StatedCompany,
    /// Who is owed it.
    pub payee: StatedCompany,
    /// Its period.
    pub period: StatedPeriod,
    /// The day by which it was to be given (Directive 86/653/EEC, Article 12).
    pub due_on: NaiveDate,
    /// Of what a partner owes its master: the day by which it has to be paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub payable_by: Option<NaiveDate>,
    /// The reference by which its payment is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "RS01h2xcejqtf2nbrexx3vqjhp41")]
    pub payment_reference: Option<String>,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// The language of its texts.
    #[schema(example = "pt")]
    pub language: String,
    /// The currency of all its amounts.
    #[schema(example = "EUR")]
    pub currency: String,
    /// Who writes the invoice; null where the supplier has no tax profile.
    #[schema(required)]
    pub billing: Option<Billing>,
    /// The closing balance of the statement before.
    pub opening_balance: Money,
    /// The sum of the lines, net of tax.
    pub lines_total: Money,
    /// The taxes on the lines.
    pub tax: StatedTax,
    /// What the statement itself makes due: lines and value added tax, less what is kept back.
    pub amount_due: Money,
    /// What was paid since the statement before.
    pub payments: Vec<StatedPayment>,
    /// The sum of the payments.
    pub paid_total: Money,
    /// `opening_balance` + `amount_due` − `paid_total`.
    pub closing_balance: Money,
    /// How many lines it has.
    #[schema(minimum = 0, example = 12)]
    pub line_count: i32,
}

/// One ledger entry on a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatementLine {
    /// Its position, from 1.
    #[schema(minimum = 1, example = 1)]
    pub position: i32,
    /// The entry.
    #[schema(example = "entry_01h2xcejqtf2nbrexx3vqjhp41")]
    pub ledger_entry_id: String,
    /// What it is for.
    pub kind: LedgerEntryKind,
    /// Above nothing where the payer owes it, below where the payee owes it back.
    pub amount: Money,
    /// The day it is dated.
    pub dated_on: NaiveDate,
    /// The day from which it may be paid.
    pub payable_on: NaiveDate,
    /// Why it corrects another entry; left out where it corrects none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub correction: Option<LedgerCorrection>,
    /// The entry that it corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "entry_01h2xcejqtf2nbrexx3vqjhp41")]
    pub corrects_id: Option<String>,
    /// That entry's amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub corrected_amount: Option<Money>,
    /// The statement on which the corrected entry stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "statement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub corrects_statement_id: Option<String>,
    /// That statement's period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "2026-02")]
    pub corrected_period: Option<String>,
    /// The contract, where it comes from one; left out of a part of another partner's commission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "contract_01h2xcejqtf2nbrexx3vqjhp41")]
    pub contract_id: Option<String>,
    /// The customer's name, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Fromagerie du Lac")]
    pub customer: Option<String>,
    /// The code of the rule that made it.
    #[schema(example = "commission")]
    pub rule: String,
    /// The main components of its calculation.
    pub calculation: Calculation,
    /// Where the whole calculation is.
    #[schema(format = "uri-reference", example = "/v1/ledger-entries/entry_01h2xcejqtf2nbrexx3vqjhp41/explanation")]
    pub explanation: String,
}

/// A closed statement: sealed, the same bytes for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatementDocument {
    /// Everything but its lines.
    #[serde(flatten)]
    pub head: StatementHead,
    /// Its lines: ledger entries that became payable by the period's end and stand on no other statement.
    pub lines: Vec<StatementLine>,
}
