//! The JSON of statements and closing runs.

mod document;
mod tax;

use chrono::{DateTime, NaiveDate, Utc};
use persistence::statement as store;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use self::{
    document::{
        StatedCompany, StatedPayment, StatedPeriod, StatedTax, StatedVat, StatedWithholding, StatementDocument, StatementHead,
        StatementLine, StatementPdf,
    },
    tax::{NewTaxProfile, NewWithholding, TaxProfile, TaxProfileFilters, TaxProfilePage, WithholdingTerms},
};
use super::document::Format;
use crate::{
    pages,
    wire::{Company, Money},
    words::mirrored,
    write::Resource,
};

mirrored! {
    stored;

    /// Which way the money of a statement goes: what a network company owes the partner (`earnings`), or what the partner owes
    /// its master (`remittance`: shares and buy prices).
    StatementKind of domain::statement::StatementKind {
        /// What a network company owes the partner (R10, R25).
        Earnings,
        /// What the partner owes its master (R15, R55).
        Remittance,
    }

    /// How the value added tax of what a company supplies is dealt with: it charges the `standard` rate of its country unless the
    /// law moves the tax to the customer or out of the country, its customer accounts for it (`reverse_charge`), it is `exempt`,
    /// or there is no such tax on it (`outside_scope`).
    VatRegime of domain::statement::VatRegime {
        /// The standard rate of its country.
        Standard,
        /// Its customer accounts for the tax.
        ReverseCharge,
        /// It is exempt.
        Exempt,
        /// There is no such tax on what it supplies.
        OutsideScope,
    }

    /// Who writes the invoice for what a statement states: the statement itself is the invoice (`self_billing`), or the supplier
    /// sends one (`invoice`).
    Billing of domain::statement::Billing {
        /// The statement is the invoice.
        SelfBilling,
        /// The supplier sends one.
        Invoice,
    }

    /// The rule by which tax was assessed: the `standard_rate` of the supplier's country, the customer accounts for it
    /// (`reverse_charge`), the supplier is `exempt`, there is no such tax (`outside_scope`), or none is stated because the supplier
    /// has no tax profile (`no_profile`) or the network lost the standard rate of its country while the statements were made
    /// (`no_rate`).
    TaxTreatment of domain::statement::TaxTreatment {
        /// The standard rate of the supplier's country.
        StandardRate,
        /// The customer accounts for the tax.
        ReverseCharge,
        /// The supplier is exempt.
        Exempt,
        /// There is no such tax on the supply.
        OutsideScope,
        /// The supplier has no tax profile.
        NoProfile,
        /// The network knows no standard rate of the supplier's country.
        NoRate,
    }
}

/// A closed statement in a list, without its lines. It never changes.
///
/// It always adds up: `closing_balance` = `opening_balance` + `lines_total` + `vat` − `withheld` − `paid_total`, and `amount_due`
/// = `lines_total` + `vat` − `withheld`. What the payer owes is above nothing, what the payee owes back is below.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Statement {
    /// Its id.
    #[schema(example = "statement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// Which way its money goes.
    pub kind: StatementKind,
    /// The partner.
    #[schema(example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: String,
    /// Who owes what stands on it.
    pub payer: Company,
    /// Who is owed it.
    pub payee: Company,
    /// Its period: `2026-03` or `2026-Q1`.
    #[schema(example = "2026-03")]
    pub period: String,
    /// The period's first day.
    pub first_day: NaiveDate,
    /// The period's last day.
    pub last_day: NaiveDate,
    /// The day by which it was to be given (Directive 86/653/EEC, Article 12).
    pub due_on: NaiveDate,
    /// Its number among the statements of the same kind, payer, payee and currency, from 1.
    #[schema(minimum = 1, example = 1)]
    pub number: i32,
    /// The closing balance of the statement before.
    pub opening_balance: Money,
    /// The sum of its lines, net of tax.
    pub lines_total: Money,
    /// The value added tax on the lines.
    pub vat: Money,
    /// What the payer keeps back for its tax office.
    pub withheld: Money,
    /// What was paid since the statement before.
    pub paid_total: Money,
    /// What the statement itself makes due: lines and tax.
    pub amount_due: Money,
    /// What is owed now.
    pub closing_balance: Money,
    /// The rule by which tax was assessed.
    pub tax_treatment: TaxTreatment,
    /// Who writes the invoice; null where the supplier has no tax profile.
    #[schema(required)]
    pub billing: Option<Billing>,
    /// How many lines it has.
    #[schema(minimum = 0, example = 12)]
    pub line_count: i32,
    /// SHA-256 of the statement's document as JSON, in hexadecimal digits.
    #[schema(pattern = "^[0-9a-f]{64}$", example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub content_hash: String,
    /// The run that made it.
    #[schema(example = "statement_run_01h2xcejqtf2nbrexx3vqjhp41")]
    pub statement_run_id: String,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was closed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for Statement {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/statements/{}", self.id))
    }
}

pages!(StatementPage of Statement);

impl From<store::Sealed> for Statement {
    fn from(sealed: store::Sealed) -> Self {
        let store::Sealed { statement, content_hash, sealed_at } = sealed;
        let (payer, payee) = (statement.payer(), statement.payee());
        let store::Statement {
            id,
            network: _,
            run,
            kind,
            partner,
            master: _,
            other: _,
            period,
            due_on,
            number,
            totals,
            line_count,
            payment_count: _,
            treatment,
            rates: _,
            billing,
            language: _,
            recorded_at: _,
        } = statement;
        let domain::statement::Totals { opening, lines, vat, withheld, paid, closing } = totals;
        Self {
            id: id.to_string(),
            kind: kind.into(),
            partner_id: partner.to_string(),
            payer: payer.into(),
            payee: payee.into(),
            period: period.to_string(),
            first_day: period.first(),
            last_day: period.last(),
            due_on,
            number,
            opening_balance: opening.into(),
            lines_total: lines.into(),
            vat: vat.into(),
            withheld: withheld.into(),
            paid_total: paid.into(),
            amount_due: totals.due().unwrap_or(lines).into(),
            closing_balance: closing.into(),
            tax_treatment: treatment.into(),
            billing: billing.map(Into::into),
            line_count,
            content_hash,
            statement_run_id: run.to_string(),
            version: 1,
            created_at: sealed_at,
            updated_at: sealed_at,
        }
    }
}

/// Which statements are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StatementFilters {
    /// Those of a partner.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Those of what a company owes.
    #[param(
        pattern = "^(partner|master)_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "master_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub payer_id: Option<String>,
    /// Those that a run made.
    #[param(
        pattern = "^statement_run_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        example = "statement_run_01h2xcejqtf2nbrexx3vqjhp41",
        nullable = false
    )]
    pub statement_run_id: Option<String>,
    /// Those of a kind.
    #[param(inline, nullable = false)]
    pub kind: Option<StatementKind>,
    /// Those in a currency.
    #[param(pattern = "^[A-Z]{3}$", example = "EUR", nullable = false)]
    pub currency: Option<String>,
    /// Those of a period.
    #[param(pattern = "^[0-9]{4}-(Q[1-4]|0[1-9]|1[0-2])$", example = "2026-03", nullable = false)]
    pub period: Option<String>,
}

/// In which form a statement is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DocumentForm {
    /// The form; PDF unless it is said.
    #[param(inline, nullable = false)]
    pub format: Option<Format>,
}

/// A closing run to start.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStatementRun {
    /// The period: a month like `2026-03`, or a quarter like `2026-Q1`, as the network's policy says. It has ended.
    #[schema(pattern = "^[0-9]{4}-(Q[1-4]|0[1-9]|1[0-2])$", example = "2026-03")]
    pub period: String,
    /// The currency (ISO 4217).
    #[schema(pattern = "^[A-Z]{3}$", example = "EUR")]
    pub currency: String,
}

/// How far a closing run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatementRunState {
    /// Some statements are not made yet.
    Running,
    /// All are.
    Completed,
}

impl From<store::RunState> for StatementRunState {
    fn from(state: store::RunState) -> Self {
        match state {
            store::RunState::Running => Self::Running,
            store::RunState::Completed => Self::Completed,
        }
    }
}

/// What makes all statements of a period and currency, each once.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StatementRun {
    /// Its id.
    #[schema(example = "statement_run_01h2xcejqtf2nbrexx3vqjhp41")]
    pub id: String,
    /// The period.
    #[schema(example = "2026-03")]
    pub period: String,
    /// The period's first day.
    pub first_day: NaiveDate,
    /// The period's last day.
    pub last_day: NaiveDate,
    /// The day by which its statements are to be given (Directive 86/653/EEC, Article 12).
    pub due_on: NaiveDate,
    /// The currency.
    #[schema(example = "EUR")]
    pub currency: String,
    /// How far it is.
    pub state: StatementRunState,
    /// How many ledger entries it has to state.
    #[schema(minimum = 0, example = 1200)]
    pub entry_count: i64,
    /// How many of them stand on closed or open statements.
    #[schema(minimum = 0, example = 1200)]
    pub entries_stated: i64,
    /// How many statements it closed.
    #[schema(minimum = 0, example = 34)]
    pub statements_closed: i64,
    /// Its version, which is its `ETag`.
    pub version: i64,
    /// When it was started.
    pub created_at: DateTime<Utc>,
    /// When it last went on.
    pub updated_at: DateTime<Utc>,
    /// When it was completed; null while it runs.
    #[schema(required)]
    pub completed_at: Option<DateTime<Utc>>,
}

impl Resource for StatementRun {
    fn version(&self) -> Option<i64> {
        Some(self.version)
    }

    fn location(&self) -> Option<String> {
        Some(format!("/v1/statement-runs/{}", self.id))
    }
}

pages!(StatementRunPage of StatementRun);

impl From<store::Run> for StatementRun {
    fn from(run: store::Run) -> Self {
        let store::Run {
            id,
            network: _,
            currency,
            period,
            due_on,
            after: _,
            state,
            entry_count,
            entries_stated,
            statements_closed,
            opened_to: _,
            sealed_to: _,
            started_by: _,
            master: _,
            version,
            created_at,
            updated_at,
            completed_at,
        } = run;
        Self {
            id: id.to_string(),
            period: period.to_string(),
            first_day: period.first(),
            last_day: period.last(),
            due_on,
            currency: currency.code().to_owned(),
            state: state.into(),
            entry_count,
            entries_stated,
            statements_closed,
            version,
            created_at,
            updated_at,
            completed_at,
        }
    }
}

/// How a period stands that has something to state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineState {
    /// It has not ended.
    Open,
    /// It has ended, and its statements are to be given.
    Due,
    /// The day by which they were to be given has passed.
    Overdue,
}

/// A period and currency whose statements are not made yet.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StatementDeadline {
    /// The period.
    #[schema(example = "2026-03")]
    pub period: String,
    /// Its first day.
    pub first_day: NaiveDate,
    /// Its last day.
    pub last_day: NaiveDate,
    /// The day by which its statements are to be given: the last of the month after the quarter (Directive 86/653/EEC,
    /// Article 12).
    pub due_on: NaiveDate,
    /// The currency.
    #[schema(example = "EUR")]
    pub currency: String,
    /// How many ledger entries became payable in it and stand on no statement.
    #[schema(minimum = 1, example = 12)]
    pub entry_count: i64,
    /// How it stands.
    pub state: DeadlineState,
}

pages!(StatementDeadlinePage of StatementDeadline);
