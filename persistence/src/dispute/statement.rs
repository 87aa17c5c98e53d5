//! What the sides of a dispute said, with their evidence: it is added, and never changed or taken away.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    dispute::DisputeSide,
    id::{DisputeId, DisputeStatementId, EvidenceId},
    registration::EvidenceKind,
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::{dispute_evidence, dispute_statements},
};

/// A statement as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its id.
    pub id: DisputeStatementId,
    /// The dispute.
    pub dispute: DisputeId,
    /// Whose it is.
    pub side: DisputeSide,
    /// What was said.
    pub text: String,
    /// Who said it.
    pub made_by: String,
    /// When.
    pub recorded_at: DateTime<Utc>,
    /// The evidence that came with it, in the order it was handed in.
    pub evidence: Vec<Evidence>,
}

/// A piece of a statement's evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Its id.
    pub id: EvidenceId,
    /// What it shows.
    pub kind: EvidenceKind,
    /// The day it happened.
    pub dated_on: NaiveDate,
    /// What happened, in the party's words.
    pub description: String,
    /// Where the document is, if there is one.
    pub document: Option<String>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = dispute_statements)]
struct StatementRow {
    id: Uid,
    dispute_id: Uid,
    side: String,
    statement: String,
    made_by: String,
    recorded_at: At,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = dispute_evidence, treat_none_as_default_value = false)]
struct EvidenceRow {
    id: Uid,
    statement_id: Uid,
    kind: String,
    dated_on: NaiveDate,
    description: String,
    document: Option<String>,
}

impl TryFrom<EvidenceRow> for Evidence {
    type Error = DbError;

    fn try_from(row: EvidenceRow) -> Result<Self, DbError> {
        let EvidenceRow { id, statement_id: _, kind, dated_on, description, document } = row;
        let kind = EvidenceKind::from_code(&kind).ok_or_else(|| DbError::Corrupt(format!("evidence {}: kind", id.0)))?;
        Ok(Self { id: id.id(), kind, dated_on, description, document })
    }
}

/// Adds a statement with its evidence.
///
/// # Errors
/// Those of the database.
pub fn add_statement(conn: &mut Conn, statement: &Statement) -> Result<(), DbError> {
    let Statement { id, dispute, side, text, made_by, recorded_at, evidence } = statement;
    let row = StatementRow {
        id: (*id).into(),
        dispute_id: (*dispute).into(),
        side: side.code().to_owned(),
        statement: text.clone(),
        made_by: made_by.clone(),
        recorded_at: (*recorded_at).into(),
    };
    diesel::insert_into(dispute_statements::table).values(row).execute(conn)?;
    for Evidence { id: piece, kind, dated_on, description, document } in evidence {
        let row = EvidenceRow {
            id: (*piece).into(),
            statement_id: (*id).into(),
            kind: kind.code().to_owned(),
            dated_on: *dated_on,
            description: description.clone(),
            document: document.clone(),
        };
        diesel::insert_into(dispute_evidence::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// What was said in a dispute, oldest first.
///
/// # Errors
/// Those of the database.
pub fn statements_of(conn: &mut Conn, dispute: DisputeId) -> Result<Vec<Statement>, DbError> {
    statements_of_all(conn, &[dispute])
}

/// What was said in each of these disputes, oldest first.
///
/// # Errors
/// Those of the database.
pub fn statements_of_all(conn: &mut Conn, of: &[DisputeId]) -> Result<Vec<Statement>, DbError> {
    let ids: Vec<Uid> = of.iter().copied().map(Uid::from).collect();
    let rows: Vec<StatementRow> = dispute_statements::table
        .filter(dispute_statements::dispute_id.eq_any(ids))
        .order(dispute_statements::id)
        .select(StatementRow::as_select())
        .load(conn)?;
    let statements: Vec<Uid> = rows.iter().map(|row| row.id).collect();
    let mut evidence: Vec<EvidenceRow> = dispute_evidence::table
        .filter(dispute_evidence::statement_id.eq_any(statements))
        .order(dispute_evidence::id)
        .select(EvidenceRow::as_select())
        .load(conn)?;
    let said = rows.into_iter().map(|row| {
        let StatementRow { id, dispute_id, side, statement, made_by, recorded_at } = row;
        let side = DisputeSide::from_code(&side).ok_or_else(|| DbError::Corrupt(format!("statement {}: side", id.0)))?;
        let own = evidence.extract_if(.., |piece| piece.statement_id == id).map(Evidence::try_from);
        let evidence = own.collect::<Result<_, _>>()?;
        let (id, dispute) = (id.id(), dispute_id.id());
        Ok(Statement { id, dispute, side, text: statement, made_by, recorded_at: recorded_at.0, evidence })
    });
    said.collect()
}
