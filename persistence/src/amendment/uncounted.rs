//! Past sales that an amendment's terms could not count: set aside in a turn, and tried again in the next one.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{
    amendment::{Uncountable, UncountableReason},
    id::{AmendmentId, ContractId, MasterId, UncountedSaleId},
};

use crate::{
    columns::{At, Uid},
    db::{Conn, MultiBackend},
    error::DbError,
    schema::{contracts, restatements, uncounted_sales},
    view::{Page, paged},
};

/// A sale that could not be counted, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UncountedSale {
    /// Its id.
    pub id: UncountedSaleId,
    /// The amendment.
    pub amendment: AmendmentId,
    /// The sale.
    pub contract: ContractId,
    /// In which turn of the amendment that was found.
    pub turn: i32,
    /// Why.
    pub why: Uncountable,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = uncounted_sales)]
struct UncountedRow {
    id: Uid,
    amendment_id: Uid,
    contract_id: Uid,
    turn: i32,
    reason: String,
    rules: String,
    recorded_at: At,
}

impl TryFrom<UncountedRow> for UncountedSale {
    type Error = DbError;

    fn try_from(row: UncountedRow) -> Result<Self, DbError> {
        let UncountedRow { id, amendment_id, contract_id, turn, reason, rules, recorded_at } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("uncounted sale {}: {what}", id.0));
        let why = Uncountable {
            reason: UncountableReason::from_code(&reason).ok_or_else(|| corrupt("reason"))?,
            rules: serde_json::from_str(&rules).map_err(|_| corrupt("rules"))?,
        };
        let (amendment, contract) = (amendment_id.id(), contract_id.id());
        Ok(Self { id: id.id(), amendment, contract, turn, why, recorded_at: recorded_at.0 })
    }
}

/// Sets a sale aside.
///
/// # Errors
/// Those of the database, which refuses a second time in one turn.
pub fn insert_uncounted(conn: &mut Conn, sale: &UncountedSale) -> Result<(), DbError> {
    let UncountedSale { id, amendment, contract, turn, why: Uncountable { reason, rules }, recorded_at } = sale;
    let row = UncountedRow {
        id: (*id).into(),
        amendment_id: (*amendment).into(),
        contract_id: (*contract).into(),
        turn: *turn,
        reason: reason.code().to_owned(),
        rules: serde_json::to_string(rules).map_err(|error| DbError::Corrupt(error.to_string()))?,
        recorded_at: (*recorded_at).into(),
    };
    diesel::insert_into(uncounted_sales::table).values(row).execute(conn)?;
    Ok(())
}

/// Whether a sale is neither counted again by an amendment nor set aside in a turn of it.
///
/// # Errors
/// Those of the database.
pub fn is_left(conn: &mut Conn, (amendment, turn): (AmendmentId, i32), sale: ContractId) -> Result<bool, DbError> {
    let counted = restatements::table
        .filter(restatements::amendment_id.eq(Uid::from(amendment)))
        .filter(restatements::contract_id.eq(Uid::from(sale)));
    let set_aside = uncounted_sales::table
        .filter(uncounted_sales::amendment_id.eq(Uid::from(amendment)))
        .filter(uncounted_sales::turn.eq(turn))
        .filter(uncounted_sales::contract_id.eq(Uid::from(sale)));
    let found: i64 = counted.count().get_result(conn)?;
    let aside: i64 = set_aside.count().get_result(conn)?;
    Ok(found == 0 && aside == 0)
}

/// How many sales a turn of an amendment set aside.
///
/// # Errors
/// Those of the database.
pub fn count_uncounted(conn: &mut Conn, amendment: AmendmentId, turn: i32) -> Result<i64, DbError> {
    let of_turn = uncounted_sales::table
        .filter(uncounted_sales::amendment_id.eq(Uid::from(amendment)))
        .filter(uncounted_sales::turn.eq(turn));
    Ok(of_turn.count().get_result(conn)?)
}

/// A page of the sales supervised by a master that a turn of an amendment set aside.
///
/// # Errors
/// Those of the database.
pub fn page_uncounted(
    conn: &mut Conn,
    (amendment, turn): (AmendmentId, i32),
    master: MasterId,
    page: &Page,
) -> Result<Vec<UncountedSale>, DbError> {
    let supervised = contracts::table.filter(contracts::master_id.eq(Uid::from(master))).select(contracts::id);
    let query = uncounted_sales::table
        .filter(uncounted_sales::amendment_id.eq(Uid::from(amendment)))
        .filter(uncounted_sales::turn.eq(turn))
        .filter(uncounted_sales::contract_id.eq_any(supervised))
        .into_boxed::<MultiBackend>();
    let rows: Vec<UncountedRow> =
        paged!(query, uncounted_sales, page, changed recorded_at).select(UncountedRow::as_select()).load(conn)?;
    rows.into_iter().map(UncountedSale::try_from).collect()
}
