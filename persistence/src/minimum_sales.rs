//! What was signed in the years of agreements, and what was counted when each was over (R57, D13).

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    id::{AgreementId, FindingId, PartnerId, PartnershipTypeId},
    minimum_sales::RequiredSales,
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::{agreements, attributions, contracts, minimum_sales_years},
};

/// A year that is over, as it was counted then: it never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedYear {
    /// The agreement.
    pub agreement: AgreementId,
    /// Its number, from 1.
    pub number: u32,
    /// Its first day.
    pub starts_on: NaiveDate,
    /// Its last day, or the last one of an agreement that ended before.
    pub ends_on: NaiveDate,
    /// How many sales the terms ask for in a whole year.
    pub per_year: u32,
    /// How many days it has.
    pub days_in_year: u32,
    /// On how many of them the agreement was in force.
    pub days_in_force: u32,
    /// How many sales that asked for.
    pub required: u32,
    /// How many were signed.
    pub signed: u32,
    /// Whether the agreement ended with it.
    pub is_last: bool,
    /// The finding, where sales were missing.
    pub finding: Option<FindingId>,
    /// When it was counted.
    pub judged_at: DateTime<Utc>,
}

impl JudgedYear {
    /// What is counted of a year that closed on a day.
    #[must_use]
    pub fn of(agreement: AgreementId, asked: RequiredSales, closed_on: NaiveDate, judged_at: DateTime<Utc>) -> Self {
        let RequiredSales { year, per_year, days_in_force, required, last_day: _ } = asked;
        Self {
            agreement,
            number: year.number,
            starts_on: year.starts_on,
            ends_on: closed_on,
            per_year,
            days_in_year: year.length(),
            days_in_force,
            required,
            signed: 0,
            is_last: false,
            finding: None,
            judged_at,
        }
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = minimum_sales_years, treat_none_as_default_value = false)]
struct YearRow {
    agreement_id: Uid,
    number: i32,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    per_year: i64,
    days_in_year: i32,
    days_in_force: i32,
    required: i64,
    signed: i64,
    is_last: bool,
    finding_id: Option<Uid>,
    judged_at: At,
}

impl TryFrom<YearRow> for JudgedYear {
    type Error = DbError;

    fn try_from(row: YearRow) -> Result<Self, DbError> {
        let YearRow {
            agreement_id,
            number,
            starts_on,
            ends_on,
            per_year,
            days_in_year,
            days_in_force,
            required,
            signed,
            is_last,
            finding_id,
            judged_at,
        } = row;
        let count =
            |number: i64| u32::try_from(number).map_err(|_| DbError::Corrupt(format!("a year of agreement {}", agreement_id.0)));
        Ok(Self {
            agreement: agreement_id.id(),
            number: count(number.into())?,
            starts_on,
            ends_on,
            per_year: count(per_year)?,
            days_in_year: count(days_in_year.into())?,
            days_in_force: count(days_in_force.into())?,
            required: count(required)?,
            signed: count(signed)?,
            is_last,
            finding: finding_id.map(Uid::id),
            judged_at: judged_at.0,
        })
    }
}

/// A number of days or years as a column holds it.
fn column(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// Keeps what was counted of a year.
///
/// # Errors
/// Those of the database, which refuses the same year of an agreement twice.
pub fn insert_year(conn: &mut Conn, year: &JudgedYear) -> Result<(), DbError> {
    let JudgedYear {
        agreement,
        number,
        starts_on,
        ends_on,
        per_year,
        days_in_year,
        days_in_force,
        required,
        signed,
        is_last,
        finding,
        judged_at,
    } = year;
    let row = YearRow {
        agreement_id: (*agreement).into(),
        number: column(*number),
        starts_on: *starts_on,
        ends_on: *ends_on,
        per_year: i64::from(*per_year),
        days_in_year: column(*days_in_year),
        days_in_force: column(*days_in_force),
        required: i64::from(*required),
        signed: i64::from(*signed),
        is_last: *is_last,
        finding_id: finding.map(Uid::from),
        judged_at: (*judged_at).into(),
    };
    diesel::insert_into(minimum_sales_years::table).values(row).execute(conn)?;
    Ok(())
}

/// The years of an agreement that were counted, the first one first.
///
/// # Errors
/// Those of the database.
pub fn judged_years(conn: &mut Conn, agreement: AgreementId) -> Result<Vec<JudgedYear>, DbError> {
    let rows: Vec<YearRow> = minimum_sales_years::table
        .filter(minimum_sales_years::agreement_id.eq(Uid::from(agreement)))
        .order(minimum_sales_years::number.asc())
        .select(YearRow::as_select())
        .load(conn)?;
    rows.into_iter().map(JudgedYear::try_from).collect()
}

/// How many sales a partner signed under agreements of a type from one day to another, both included: cancelled ones among them
/// (D11), parts of other partners' sales not.
///
/// # Errors
/// Those of the database.
pub fn signed_between(
    conn: &mut Conn,
    partner: PartnerId,
    of_type: PartnershipTypeId,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<u32, DbError> {
    let signed: i64 = attributions::table
        .inner_join(contracts::table.on(contracts::id.eq(attributions::contract_id)))
        .inner_join(agreements::table.on(agreements::id.eq(attributions::agreement_id)))
        .filter(attributions::partner_id.eq(Uid::from(partner)))
        .filter(attributions::part_of_id.is_null())
        .filter(agreements::type_id.eq(Uid::from(of_type)))
        .filter(contracts::signed_on.ge(from).and(contracts::signed_on.le(to)))
        .count()
        .get_result(conn)?;
    Ok(u32::try_from(signed).unwrap_or(u32::MAX))
}
