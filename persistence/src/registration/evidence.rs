//! Dated evidence: it is added, and never changed or taken away.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    id::{EvidenceId, RegistrationId},
    registration::EvidenceKind,
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::evidence,
};

/// A piece of evidence as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Its id.
    pub id: EvidenceId,
    /// The registration it is for.
    pub registration: RegistrationId,
    /// What it shows.
    pub kind: EvidenceKind,
    /// The day it happened.
    pub dated_on: NaiveDate,
    /// What happened, in the partner's words.
    pub description: String,
    /// Where the document is, if there is one.
    pub document: Option<String>,
    /// When it was handed in.
    pub recorded_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = evidence, treat_none_as_default_value = false)]
struct EvidenceRow {
    id: Uid,
    registration_id: Uid,
    kind: String,
    dated_on: NaiveDate,
    description: String,
    document: Option<String>,
    recorded_at: At,
}

impl TryFrom<EvidenceRow> for Evidence {
    type Error = DbError;

    fn try_from(row: EvidenceRow) -> Result<Self, DbError> {
        let EvidenceRow { id, registration_id, kind, dated_on, description, document, recorded_at } = row;
        let kind = EvidenceKind::from_code(&kind).ok_or_else(|| DbError::Corrupt(format!("evidence {}: kind", id.0)))?;
        let (id, registration) = (id.id(), registration_id.id());
        Ok(Self { id, registration, kind, dated_on, description, document, recorded_at: recorded_at.0 })
    }
}

/// Adds a piece of evidence.
///
/// # Errors
/// Those of the database.
pub fn add_evidence(conn: &mut Conn, piece: &Evidence) -> Result<(), DbError> {
    let Evidence { id, registration, kind, dated_on, description, document, recorded_at } = piece;
    let row = EvidenceRow {
        id: (*id).into(),
        registration_id: (*registration).into(),
        kind: kind.code().to_owned(),
        dated_on: *dated_on,
        description: description.clone(),
        document: document.clone(),
        recorded_at: (*recorded_at).into(),
    };
    diesel::insert_into(evidence::table).values(row).execute(conn)?;
    Ok(())
}

/// The evidence for a registration, in the order it was handed in.
///
/// # Errors
/// Those of the database.
pub fn evidence_of(conn: &mut Conn, registration: RegistrationId) -> Result<Vec<Evidence>, DbError> {
    evidence_of_all(conn, &[registration])
}

/// The evidence for each of these registrations, in the order it was handed in.
///
/// # Errors
/// Those of the database.
pub fn evidence_of_all(conn: &mut Conn, registrations: &[RegistrationId]) -> Result<Vec<Evidence>, DbError> {
    let ids: Vec<Uid> = registrations.iter().copied().map(Uid::from).collect();
    let rows: Vec<EvidenceRow> = evidence::table
        .filter(evidence::registration_id.eq_any(ids))
        .order(evidence::id)
        .select(EvidenceRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Evidence::try_from).collect()
}
