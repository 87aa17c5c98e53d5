//! Contracts that another company took over: who answers for them from which day on (D19).

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    continuity::Recorded,
    id::{AgreementId, CompanyId, ContinuityCaseId, ContractId},
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    identity::company_of,
    sale::Contract,
    schema::{companies, contract_takeovers},
};

/// That a company answers for a contract from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Takeover {
    /// The contract.
    pub contract: ContractId,
    /// Its number among those of the contract, from 1.
    pub number: i32,
    /// The company.
    pub company: CompanyId,
    /// The agreement it answers under, where it is a partner that did not sell the contract.
    pub agreement: Option<AgreementId>,
    /// The first day.
    pub from: NaiveDate,
    /// The case by which it came.
    pub case: ContinuityCaseId,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

impl Takeover {
    /// What the domain reads of it.
    #[must_use]
    pub const fn recorded(&self) -> Recorded {
        Recorded { company: self.company, from: Some(self.from) }
    }
}

/// The takeovers of a contract, in order.
///
/// # Errors
/// Those of the database.
pub fn takeovers_of(conn: &mut Conn, contract: ContractId) -> Result<Vec<Takeover>, DbError> {
    type Row = (i32, Uid, String, Option<Uid>, NaiveDate, Uid, At);
    let rows: Vec<Row> = contract_takeovers::table
        .inner_join(companies::table.on(companies::id.eq(contract_takeovers::company_id)))
        .filter(contract_takeovers::contract_id.eq(Uid::from(contract)))
        .order(contract_takeovers::number)
        .select((
            contract_takeovers::number,
            contract_takeovers::company_id,
            companies::kind,
            contract_takeovers::agreement_id,
            contract_takeovers::from_day,
            contract_takeovers::case_id,
            contract_takeovers::recorded_at,
        ))
        .load(conn)?;
    let read = |(number, company, kind, agreement, from, case, at): Row| {
        let (company, agreement) = (company_of(&kind, company)?, agreement.map(Uid::id));
        Ok(Takeover { contract, number, company, agreement, from, case: case.id(), recorded_at: at.0 })
    };
    rows.into_iter().map(read).collect()
}

/// Who answers for a contract now: who took it over last, else who sold it.
///
/// # Errors
/// Those of the database.
pub fn answerer_of(conn: &mut Conn, contract: &Contract) -> Result<CompanyId, DbError> {
    Ok(takeovers_of(conn, contract.id)?.last().map_or(contract.seller, |last| last.company))
}

/// Keeps a takeover. The contract follows it.
///
/// # Errors
/// Those of the database, which refuses a number that is not the next, and the company that answers already.
pub fn add_takeover(conn: &mut Conn, takeover: &Takeover) -> Result<(), DbError> {
    let Takeover { contract, number, company, agreement, from, case, recorded_at } = takeover;
    diesel::insert_into(contract_takeovers::table)
        .values((
            contract_takeovers::contract_id.eq(Uid::from(*contract)),
            contract_takeovers::number.eq(number),
            contract_takeovers::company_id.eq(Uid::from(*company)),
            contract_takeovers::agreement_id.eq(agreement.map(Uid::from)),
            contract_takeovers::from_day.eq(from),
            contract_takeovers::case_id.eq(Uid::from(*case)),
            contract_takeovers::recorded_at.eq(At::from(*recorded_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Which of `contracts` went over by a case, whoever answers for them now.
///
/// # Errors
/// Those of the database.
pub fn taken_by(conn: &mut Conn, case: ContinuityCaseId, contracts: &[ContractId]) -> Result<Vec<ContractId>, DbError> {
    let ids: Vec<Uid> = contracts.iter().copied().map(Uid::from).collect();
    let found: Vec<Uid> = contract_takeovers::table
        .filter(contract_takeovers::case_id.eq(Uid::from(case)))
        .filter(contract_takeovers::contract_id.eq_any(ids))
        .select(contract_takeovers::contract_id)
        .distinct()
        .load(conn)?;
    Ok(found.into_iter().map(Uid::id).collect())
}
