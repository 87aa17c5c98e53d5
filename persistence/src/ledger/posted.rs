//! What was posted on an annuity, as the rules that follow it see it.

use std::collections::BTreeMap;

use diesel::prelude::*;
use domain::{
    id::{AnnuityId, AttributionId, EntryId},
    ledger::{CorrectionKind, OpenAccrual, Parties, Posted},
    money::{Currency, Money},
};

use super::EntryRow;
use crate::{columns::Uid, db::Conn, error::DbError, payout::entries_reached, schema::entries};

/// What was posted for one annuity, attribution and rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedToDate {
    /// Between each two companies: the total, and what is left of each accrual. They are several where a contract was taken over.
    between: BTreeMap<(Uid, Uid), Posted>,
    /// The number that the next entry has.
    pub next_sequence: i32,
}

impl PostedToDate {
    /// What was posted in all; none where it cannot be added.
    #[must_use]
    pub fn total(&self, currency: Currency) -> Option<Money> {
        Money::sum(self.between.values().map(|posted| posted.total), currency)
    }

    /// What was posted between two companies, given as those of an accrual.
    #[must_use]
    pub fn between(&self, parties: Parties) -> Option<&Posted> {
        self.between.get(&(parties.debtor().into(), parties.creditor().into()))
    }
}

/// What was posted on an annuity, for each attribution and rule.
type PostedOn = BTreeMap<(AttributionId, String), PostedToDate>;

impl EntryRow {
    fn corrupt(&self) -> DbError {
        DbError::Corrupt(format!("entry {}", self.id.0))
    }

    /// Whether it goes the way of an accrual, and the two companies as those of an accrual: what is taken back goes the other way.
    fn way(&self) -> Result<(bool, (Uid, Uid)), DbError> {
        let adds = self.adds().ok_or_else(|| self.corrupt())?;
        Ok((adds, if adds { (self.debtor_id, self.creditor_id) } else { (self.creditor_id, self.debtor_id) }))
    }

    fn amount(&self) -> Result<Money, DbError> {
        let currency: Currency = self.currency.parse().map_err(|_| self.corrupt())?;
        Ok(Money::from_minor(self.amount_minor, currency))
    }
}

/// What was posted on an annuity so far, for each attribution and rule. What is left of the accruals counts what was adjusted by
/// decision (D20).
///
/// # Errors
/// Those of the database.
pub fn posted_on(conn: &mut Conn, annuity: AnnuityId) -> Result<PostedOn, DbError> {
    let rows: Vec<EntryRow> = entries::table
        .filter(entries::annuity_id.eq(Uid::from(annuity)))
        .filter(entries::sequence.is_not_null())
        .order((entries::attribution_id.asc(), entries::rule.asc(), entries::sequence.asc()))
        .select(EntryRow::as_select())
        .load(conn)?;
    let (mut posted, mut accruals) = (PostedOn::new(), BTreeMap::new());
    for row in &rows {
        let (Some(attribution), Some(sequence)) = (row.attribution_id, row.sequence) else { continue };
        let amount = row.amount()?;
        let nothing = || PostedToDate { between: BTreeMap::new(), next_sequence: 1 };
        let to_date = posted.entry((attribution.id(), row.rule.clone())).or_insert_with(nothing);
        let (adds, parties) = row.way()?;
        let zero = Money::zero(amount.currency());
        let none = Posted { total: zero, open: Vec::new(), adjusted: zero };
        let between = to_date.between.entry(parties).or_insert(none);
        *between = follow(between, row, (amount, adds)).ok_or_else(|| row.corrupt())?;
        to_date.next_sequence = sequence.checked_add(1).ok_or_else(|| row.corrupt())?;
        if let Some(corrects) = row.corrects_id.filter(|_| !adds) {
            accruals.insert(row.id, corrects);
        }
    }
    count_adjustments(conn, annuity, &mut posted, accruals)?;
    mark_paid(conn, &mut posted)?;
    Ok(posted)
}

/// What is posted with one more entry of a rule: an accrual, or what a change of rules added to one, or what takes back of them.
/// `None` where it takes back of none of them.
fn follow(before: &Posted, row: &EntryRow, (amount, adds): (Money, bool)) -> Option<Posted> {
    let Posted { total, open, adjusted } = before;
    let Some(corrects) = row.corrects_id.filter(|_| !adds) else {
        let accrual = OpenAccrual { entry: row.id.id(), left: amount, payable_on: row.payable_on, paid: false };
        let open = open.iter().copied().chain([accrual]).collect();
        return Some(Posted { total: total.checked_add(amount)?, open, adjusted: *adjusted });
    };
    let mut open = open.clone();
    let corrected = open.iter_mut().find(|accrual| accrual.entry == corrects.id())?;
    corrected.left = corrected.left.checked_sub(amount)?;
    Some(Posted { total: total.checked_sub(amount)?, open, adjusted: *adjusted })
}

/// Counts what was adjusted by decision. `accruals` has the accrual of each entry that takes back of one.
fn count_adjustments(
    conn: &mut Conn,
    annuity: AnnuityId,
    posted: &mut PostedOn,
    mut accruals: BTreeMap<Uid, Uid>,
) -> Result<(), DbError> {
    let rows: Vec<EntryRow> = entries::table
        .filter(entries::annuity_id.eq(Uid::from(annuity)))
        .filter(entries::sequence.is_null())
        .filter(entries::correction.eq(CorrectionKind::Adjustment.code()))
        .order(entries::id.asc())
        .select(EntryRow::as_select())
        .load(conn)?;
    for row in &rows {
        let (Some(attribution), Some(corrects)) = (row.attribution_id, row.corrects_id) else { continue };
        // An adjustment of a correction changes what is left of the accrual.
        let accrual = accruals.get(&corrects).copied().unwrap_or(corrects);
        accruals.insert(row.id, accrual);
        let ((adds, parties), amount) = (row.way()?, row.amount()?);
        let by = if adds { Some(amount) } else { Money::zero(amount.currency()).checked_sub(amount) };
        let of_rule = posted.get_mut(&(attribution.id(), row.rule.clone()));
        let between = of_rule.and_then(|to_date| to_date.between.get_mut(&parties)).ok_or_else(|| row.corrupt())?;
        let adjusted = by.and_then(|by| between.clone().adjusted(accrual.id(), by));
        *between = adjusted.ok_or_else(|| row.corrupt())?;
    }
    for between in posted.values_mut().flat_map(|to_date| to_date.between.values_mut()) {
        let corrupt = || DbError::Corrupt(format!("annuity {annuity}: amounts"));
        *between = between.clone().settled().ok_or_else(corrupt)?;
    }
    Ok(())
}

/// Marks the accruals that were paid out: what is taken back of them is owed back (D20).
fn mark_paid(conn: &mut Conn, posted: &mut PostedOn) -> Result<(), DbError> {
    let open = posted.values().flat_map(|to_date| to_date.between.values()).flat_map(|posted| &posted.open);
    let ids: Vec<EntryId> = open.map(|accrual| accrual.entry).collect();
    let reached = entries_reached(conn, &ids)?;
    for accrual in posted.values_mut().flat_map(|to_date| to_date.between.values_mut()).flat_map(|posted| &mut posted.open) {
        accrual.paid = reached.paid.contains(&accrual.entry);
    }
    Ok(())
}
