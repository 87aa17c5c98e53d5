//! What an agreement was on a day (R7, D15): its states as they were entered, for ever.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    agreement::{AgreementState, StateHistory, StateStep, Validity, counts_from},
    id::AgreementId,
};

use super::Agreement;
use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::{agreement_states, agreements},
};

/// Who changes an agreement, and on which day of its master's calendar: a state that is new counts from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hand {
    /// Who.
    pub by: String,
    /// The day.
    pub today: NaiveDate,
}

/// A state that an agreement entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnteredState {
    /// The state and its first day.
    pub step: StateStep,
    /// Why it was suspended or terminated.
    pub reason: Option<String>,
    /// Who decided it.
    pub decided_by: String,
    /// When.
    pub decided_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = agreement_states, treat_none_as_default_value = false)]
struct StateRow {
    agreement_id: Uid,
    number: i32,
    state: String,
    from_day: NaiveDate,
    reason: Option<String>,
    decided_by: String,
    decided_at: At,
}

fn state_of(row: &StateRow) -> Result<AgreementState, DbError> {
    let corrupt = || DbError::Corrupt(format!("agreement {}: state {} of its history", row.agreement_id.0, row.number));
    AgreementState::from_code(&row.state).ok_or_else(corrupt)
}

/// Writes down the state of an agreement, unless it is the one that it has already.
pub(super) fn enter(conn: &mut Conn, agreement: &Agreement, hand: &Hand) -> Result<(), DbError> {
    let last: Option<StateRow> = agreement_states::table
        .filter(agreement_states::agreement_id.eq(Uid::from(agreement.id)))
        .order(agreement_states::number.desc())
        .select(StateRow::as_select())
        .first(conn)
        .optional()?;
    let before = last.as_ref().map(state_of).transpose()?;
    if before == Some(agreement.state) {
        return Ok(());
    }
    let approved = agreement.single && agreement.state == AgreementState::Active;
    let free_from = if approved { others_over_from(conn, agreement)? } else { None };
    let row = StateRow {
        agreement_id: agreement.id.into(),
        number: last.map_or(0, |row| row.number).saturating_add(1),
        state: agreement.state.code().to_owned(),
        from_day: counts_from(before, agreement.state, agreement.validity(), (hand.today, free_from)),
        reason: agreement.reason.clone(),
        decided_by: hand.by.clone(),
        decided_at: agreement.updated_at.into(),
    };
    diesel::insert_into(agreement_states::table).values(row).execute(conn)?;
    Ok(())
}

/// The first day on which none is in force any more of the partner's other agreements of the type that have ended; none without such.
fn others_over_from(conn: &mut Conn, agreement: &Agreement) -> Result<Option<NaiveDate>, DbError> {
    let ended = [AgreementState::Terminated, AgreementState::Expired].map(AgreementState::code);
    let others: Vec<(Uid, NaiveDate, Option<NaiveDate>)> = agreements::table
        .filter(agreements::partner_id.eq(Uid::from(agreement.partner)))
        .filter(agreements::type_id.eq(Uid::from(agreement.type_id)))
        .filter(agreements::id.ne(Uid::from(agreement.id)))
        .filter(agreements::single)
        .filter(agreements::state.eq_any(ended))
        .select((agreements::id, agreements::starts_on, agreements::ends_on))
        .load(conn)?;
    let mut over_from = None;
    for (id, start, end) in others {
        over_from = over_from.max(history_of(conn, id.id())?.over_from(Validity { start, end }));
    }
    Ok(over_from)
}

/// The states that each of `agreements` entered, in that order.
///
/// # Errors
/// Those of the database.
pub fn states_of_all(conn: &mut Conn, agreements: &[AgreementId]) -> Result<Vec<(AgreementId, EnteredState)>, DbError> {
    let ids: Vec<Uid> = agreements.iter().copied().map(Uid::from).collect();
    let rows: Vec<StateRow> = agreement_states::table
        .filter(agreement_states::agreement_id.eq_any(ids))
        .order((agreement_states::agreement_id.asc(), agreement_states::number.asc()))
        .select(StateRow::as_select())
        .load(conn)?;
    let entered = |row: StateRow| {
        let state = state_of(&row)?;
        let StateRow { agreement_id, number: _, state: _, from_day: from, reason, decided_by, decided_at } = row;
        let step = StateStep { from, state };
        Ok((agreement_id.id(), EnteredState { step, reason, decided_by, decided_at: decided_at.0 }))
    };
    rows.into_iter().map(entered).collect()
}

/// The states that an agreement entered, in that order.
///
/// # Errors
/// Those of the database.
pub fn states_of(conn: &mut Conn, agreement: AgreementId) -> Result<Vec<EnteredState>, DbError> {
    Ok(states_of_all(conn, &[agreement])?.into_iter().map(|(_, entered)| entered).collect())
}

/// What an agreement was on each day.
///
/// # Errors
/// Those of the database.
pub fn history_of(conn: &mut Conn, agreement: AgreementId) -> Result<StateHistory, DbError> {
    Ok(StateHistory::from_steps(states_of(conn, agreement)?.into_iter().map(|entered| entered.step).collect()))
}

/// Those of `agreements` that were, or are, in force on a day.
pub(super) fn in_force_among(conn: &mut Conn, agreements: Vec<Agreement>, on: NaiveDate) -> Result<Vec<Agreement>, DbError> {
    let ids: Vec<AgreementId> = agreements.iter().map(|agreement| agreement.id).collect();
    let mut steps: BTreeMap<AgreementId, Vec<StateStep>> = BTreeMap::new();
    for (id, entered) in states_of_all(conn, &ids)? {
        steps.entry(id).or_default().push(entered.step);
    }
    let in_force = |agreement: &Agreement| {
        let history = StateHistory::from_steps(steps.get(&agreement.id).cloned().unwrap_or_default());
        history.is_in_force(agreement.validity(), on)
    };
    Ok(agreements.into_iter().filter(in_force).collect())
}
