//! The decisions of disputes: the later one is in force. They are never changed.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{
    dispute::{DisputeEffect, DisputeOutcome, Keeper},
    id::{DisputeId, MasterId, RegistrationId},
    money::Rate,
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::dispute_decisions,
};

/// A decision as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The dispute.
    pub dispute: DisputeId,
    /// 1 for the supervising master's, 2 for that on an appeal.
    pub number: i32,
    /// Whose it is.
    pub master: MasterId,
    /// How it was decided.
    pub outcome: DisputeOutcome,
    /// The effects that it lists.
    pub effects: Vec<DisputeEffect>,
    /// The holder's part in the commissions of what was sold by the registration; the rest is the challenger's.
    pub holder_share: Rate,
    /// Whose the protection is by it.
    pub protection: Keeper,
    /// The registration that protects by it, where that is a new one.
    pub made_registration: Option<RegistrationId>,
    /// Why, for the masters' file.
    pub reasons: String,
    /// What the challenger is told.
    pub challenger_note: Option<String>,
    /// What the holder is told.
    pub holder_note: Option<String>,
    /// Who decided.
    pub decided_by: String,
    /// When.
    pub decided_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = dispute_decisions, treat_none_as_default_value = false)]
struct DecisionRow {
    dispute_id: Uid,
    number: i32,
    master_id: Uid,
    outcome: String,
    effects: String,
    challenger_ppm: i32,
    holder_ppm: i32,
    protection: String,
    made_registration_id: Option<Uid>,
    reasons: String,
    challenger_note: Option<String>,
    holder_note: Option<String>,
    decided_by: String,
    decided_at: At,
}

/// Parts per million, as they are stored: a million at most, so that they always fit.
fn parts(rate: Rate) -> Result<i32, DbError> {
    i32::try_from(rate.ppm()).map_err(|_| DbError::Corrupt(format!("share {rate}")))
}

/// Keeps a decision.
///
/// # Errors
/// Those of the database, which refuses a second decision of a number.
pub fn insert_decision(conn: &mut Conn, decision: &Decision) -> Result<(), DbError> {
    let effects: Vec<&str> = decision.effects.iter().map(|effect| effect.code()).collect();
    let row = DecisionRow {
        dispute_id: decision.dispute.into(),
        number: decision.number,
        master_id: decision.master.into(),
        outcome: decision.outcome.code().to_owned(),
        effects: effects.join(" "),
        challenger_ppm: parts(decision.holder_share.complement())?,
        holder_ppm: parts(decision.holder_share)?,
        protection: decision.protection.code().to_owned(),
        made_registration_id: decision.made_registration.map(Uid::from),
        reasons: decision.reasons.clone(),
        challenger_note: decision.challenger_note.clone(),
        holder_note: decision.holder_note.clone(),
        decided_by: decision.decided_by.clone(),
        decided_at: decision.decided_at.into(),
    };
    diesel::insert_into(dispute_decisions::table).values(row).execute(conn)?;
    Ok(())
}

/// The decisions of a dispute, the first one first.
///
/// # Errors
/// Those of the database.
pub fn decisions_of(conn: &mut Conn, dispute: DisputeId) -> Result<Vec<Decision>, DbError> {
    decisions_of_all(conn, &[dispute])
}

/// The decisions of each of these disputes, within each the first one first.
///
/// # Errors
/// Those of the database.
pub fn decisions_of_all(conn: &mut Conn, of: &[DisputeId]) -> Result<Vec<Decision>, DbError> {
    let ids: Vec<Uid> = of.iter().copied().map(Uid::from).collect();
    let rows: Vec<DecisionRow> = dispute_decisions::table
        .filter(dispute_decisions::dispute_id.eq_any(ids))
        .order((dispute_decisions::dispute_id, dispute_decisions::number))
        .select(DecisionRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Decision::try_from).collect()
}

impl TryFrom<DecisionRow> for Decision {
    type Error = DbError;

    fn try_from(row: DecisionRow) -> Result<Self, DbError> {
        let corrupt = |what: &str| DbError::Corrupt(format!("decision {} of dispute {}: {what}", row.number, row.dispute_id.0));
        let effects = row.effects.split(' ').filter(|code| !code.is_empty());
        let effects = effects.map(|code| DisputeEffect::from_code(code).ok_or_else(|| corrupt("effect")));
        let holder_share = u32::try_from(row.holder_ppm).ok().and_then(|ppm| Rate::from_ppm(ppm).ok());
        Ok(Self {
            dispute: row.dispute_id.id(),
            number: row.number,
            master: row.master_id.id(),
            outcome: DisputeOutcome::from_code(&row.outcome).ok_or_else(|| corrupt("outcome"))?,
            effects: effects.collect::<Result<_, _>>()?,
            holder_share: holder_share.ok_or_else(|| corrupt("share"))?,
            protection: Keeper::from_code(&row.protection).ok_or_else(|| corrupt("protection"))?,
            made_registration: row.made_registration_id.map(Uid::id),
            reasons: row.reasons,
            challenger_note: row.challenger_note,
            holder_note: row.holder_note,
            decided_by: row.decided_by,
            decided_at: row.decided_at.0,
        })
    }
}
