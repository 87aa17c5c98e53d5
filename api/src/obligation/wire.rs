//! The JSON of obligations.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, NaiveDate};
use domain::obligation as rules;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::asked::{self, Place};
use crate::{
    pages,
    problem::{Problem, Violation},
    words::mirrored,
};

mirrored! {
    stored;

    /// What runs out or is due.
    ObligationKind of domain::obligation::ObligationKind {
        /// An agreement ends with its last day.
        AgreementExpiry,
        /// A certificate of the academy ends with its last day (R82).
        CertificateExpiry,
        /// A party of a dispute may speak until then; for its master, the dispute can be decided after it (R37).
        DisputeHearing,
        /// An entry fee is invoiced and not paid; for its master, it is approved and not invoiced, or an agreement in force asks for one
        /// and none is assessed (R58).
        EntryFee,
        /// A finding waits for its master (D13).
        Finding,
        /// A year of an agreement asks for more sales (R57, D13).
        MinimumSales,
        /// The protection of a prospect runs out (D3).
        Protection,
        /// A qualification ends with its last day; or it ended, and an agreement in force asks for it (R43, R64, R72).
        QualificationExpiry,
        /// Payouts take an instalment of a debt from then on (D20).
        RecoveryInstalment,
        /// A partner owes its master by a statement (R15, R55).
        Remittance,
        /// The statements of a period are to be given (Directive 86/653/EEC, Article 12).
        Statement,
        /// An agreement that is handed in waits for its supervision; it is to start on that day (R7).
        Supervision,
        /// Items of an agreement's checklist were found not to be met on that day (R28).
        SupervisionItem,
        /// A partner waits for a document that its master drafts for it (R41).
        SupportRequest,
    }

    /// How near it is: its day is over (`overdue`), is today (`due`), comes within the days that the network calls soon (`due_soon`:
    /// its policy `obligations.due_soon_days`, 30 unless it says otherwise) or later (`info`). A year of an agreement in which fewer
    /// sales were signed than an even pace would have by today is `due_soon` at least.
    ObligationSeverity of domain::obligation::Severity {
        /// It comes later.
        Info,
        /// It comes within the days that the network calls soon.
        DueSoon,
        /// It is today.
        Due,
        /// Its day is over.
        Overdue,
    }
}

/// Something that runs out or is due. It is read from the record that makes it, and changes and goes with that.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Obligation {
    /// What runs out or is due.
    pub kind: ObligationKind,
    /// How near it is.
    pub severity: ObligationSeverity,
    /// The id of what it is about: the agreement, certificate, dispute, entry fee, finding, qualification, registration, recovery plan, statement or
    /// support request; of statements that are still to be made, their master.
    #[schema(example = "agreement_01h2xcejqtf2nbrexx3vqjhp41")]
    pub subject_id: String,
    /// The partner whose it is; null where it is no single partner's.
    #[schema(required, example = "partner_01h2xcejqtf2nbrexx3vqjhp41")]
    pub partner_id: Option<String>,
    /// The last day on which it is in time, where its master is.
    #[schema(example = "2026-12-31")]
    pub due_on: NaiveDate,
    /// The days from today to that day: 0 is today, and less than nothing is over.
    #[schema(example = 74)]
    pub days_left: i64,
    /// What it is, in your language.
    #[schema(example = "11 of 15 sales, 74 days left; 11 were to be expected by today.")]
    pub text: String,
}

impl Obligation {
    pub(super) fn of(obligation: asked::Obligation, days_left: i64) -> Self {
        let asked::Obligation { place, subject, partner, due_on, severity, text } = obligation;
        Self {
            kind: place.kind.into(),
            severity: severity.into(),
            subject_id: subject,
            partner_id: partner.map(|partner| partner.to_string()),
            due_on,
            days_left,
            text,
        }
    }
}

pages!(ObligationPage of Obligation);

/// Which obligations are asked for.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ObligationQuery {
    /// Those of a kind.
    #[param(inline, nullable = false)]
    pub kind: Option<ObligationKind>,
    /// Those as near as this.
    #[param(inline, nullable = false)]
    pub severity: Option<ObligationSeverity>,
    /// Those of a partner; a partner sees its own alone.
    #[param(pattern = "^partner_[0-7][0-9a-hjkmnp-tv-z]{25}$", example = "partner_01h2xcejqtf2nbrexx3vqjhp41", nullable = false)]
    pub partner_id: Option<String>,
    /// Those that are due on this day or before.
    #[param(nullable = false)]
    pub due_by: Option<NaiveDate>,
    /// How many at most.
    #[param(minimum = 1, maximum = 200, default = 50, nullable = false)]
    pub limit: Option<i64>,
    /// The cursor of the page before, from its `next`.
    #[param(
        min_length = 1,
        max_length = 400,
        pattern = "^[A-Za-z0-9_-]+$",
        example = "eyJpZCI6IjAxOTNkNWQ4In0",
        nullable = false
    )]
    pub after: Option<String>,
}

/// A place as a cursor holds it, with what was asked for: it leads on in the same list only.
#[derive(Serialize, Deserialize)]
struct Cursor {
    at: i64,
    kind: ObligationKind,
    id: Uuid,
    asked: String,
}

impl ObligationQuery {
    /// What was asked for beside the page, so that a cursor of another list is known.
    fn asked(&self) -> String {
        let Self { kind, severity, partner_id, due_by, limit: _, after: _ } = self;
        serde_json::json!([kind, severity, partner_id, due_by]).to_string()
    }

    /// Where the page before ended.
    pub(super) fn place(&self) -> Result<Option<Place>, Problem> {
        let Some(text) = &self.after else { return Ok(None) };
        let cursor = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| serde_json::from_slice::<Cursor>(&bytes).ok());
        let place = cursor.filter(|cursor| cursor.asked == self.asked()).and_then(|Cursor { at, kind, id, asked: _ }| {
            Some(Place { at: DateTime::from_timestamp_micros(at)?, kind: rules::ObligationKind::from(kind), id })
        });
        let unreadable = || Problem::invalid(vec![Violation::of_parameter("after", "invalid_cursor")]);
        place.map(Some).ok_or_else(unreadable)
    }

    /// The cursor of a place.
    pub(super) fn cursor(&self, place: Place) -> String {
        let Place { at, kind, id } = place;
        let cursor = Cursor { at: at.timestamp_micros(), kind: kind.into(), id, asked: self.asked() };
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).unwrap_or_default())
    }
}
