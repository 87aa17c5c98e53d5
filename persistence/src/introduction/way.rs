//! The way of an introduced prospect to a customer: each step is kept once and for ever, and so is each proposal it got.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    id::{AgreementId, ContractId, CustomerId, IntroductionId, ProposalId, RegistrationId},
    introduction::IntroductionStep,
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::{introduction_proposals, introduction_steps, introductions},
};

/// What an introduction led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Led {
    /// The company registered the prospect.
    Registration(RegistrationId),
    /// It got a proposal.
    Proposal(ProposalId),
    /// It signed.
    Customer {
        /// What it signed.
        contract: ContractId,
        /// The customer that it became.
        customer: CustomerId,
        /// Whether its promoter takes part in the sale.
        in_sale: bool,
    },
}

impl Led {
    /// Which step that is.
    #[must_use]
    pub const fn step(self) -> IntroductionStep {
        match self {
            Self::Registration(_) => IntroductionStep::Registration,
            Self::Proposal(_) => IntroductionStep::Proposal,
            Self::Customer { .. } => IntroductionStep::Customer,
        }
    }
}

/// A step of an introduced prospect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The introduction.
    pub introduction: IntroductionId,
    /// What it led to.
    pub led: Led,
    /// The day it did.
    pub reached_on: NaiveDate,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = introduction_steps, treat_none_as_default_value = false)]
struct StepRow {
    introduction_id: Uid,
    kind: String,
    registration_id: Option<Uid>,
    proposal_id: Option<Uid>,
    contract_id: Option<Uid>,
    customer_id: Option<Uid>,
    in_sale: bool,
    reached_on: NaiveDate,
    recorded_at: At,
}

impl From<&Step> for StepRow {
    fn from(step: &Step) -> Self {
        let Step { introduction, led, reached_on, recorded_at } = step;
        let mut row = Self {
            introduction_id: (*introduction).into(),
            kind: led.step().code().to_owned(),
            registration_id: None,
            proposal_id: None,
            contract_id: None,
            customer_id: None,
            in_sale: false,
            reached_on: *reached_on,
            recorded_at: (*recorded_at).into(),
        };
        match *led {
            Led::Registration(id) => row.registration_id = Some(id.into()),
            Led::Proposal(id) => row.proposal_id = Some(id.into()),
            Led::Customer { contract, customer, in_sale } => {
                (row.contract_id, row.customer_id, row.in_sale) = (Some(contract.into()), Some(customer.into()), in_sale);
            }
        }
        row
    }
}

impl TryFrom<StepRow> for Step {
    type Error = DbError;

    fn try_from(row: StepRow) -> Result<Self, DbError> {
        let StepRow {
            introduction_id,
            kind: _,
            registration_id,
            proposal_id,
            contract_id,
            customer_id,
            in_sale,
            reached_on,
            recorded_at,
        } = row;
        let led = match (registration_id, proposal_id, contract_id.zip(customer_id)) {
            (Some(id), None, None) => Led::Registration(id.id()),
            (None, Some(id), None) => Led::Proposal(id.id()),
            (None, None, Some((contract, customer))) => {
                Led::Customer { contract: contract.id(), customer: customer.id(), in_sale }
            }
            _ => return Err(DbError::Corrupt(format!("a step of introduction {}", introduction_id.0))),
        };
        Ok(Self { introduction: introduction_id.id(), led, reached_on, recorded_at: recorded_at.0 })
    }
}

/// Keeps a step of an introduction, unless it took such a step before: `false` then.
///
/// # Errors
/// Those of the database.
pub fn insert_step(conn: &mut Conn, step: &Step) -> Result<bool, DbError> {
    let row = StepRow::from(step);
    let before = introduction_steps::table.find((row.introduction_id, row.kind.clone()));
    if diesel::select(diesel::dsl::exists(before)).get_result(conn)? {
        return Ok(false);
    }
    diesel::insert_into(introduction_steps::table).values(row).execute(conn)?;
    Ok(true)
}

/// The steps of an introduction, in the order in which they were recorded.
///
/// # Errors
/// Those of the database.
pub fn steps_of(conn: &mut Conn, introduction: IntroductionId) -> Result<Vec<Step>, DbError> {
    steps_of_all(conn, &[introduction])
}

/// The steps of each of `introductions`, within each in the order in which they were recorded.
///
/// # Errors
/// Those of the database.
pub fn steps_of_all(conn: &mut Conn, introductions: &[IntroductionId]) -> Result<Vec<Step>, DbError> {
    let ids: Vec<Uid> = introductions.iter().copied().map(Uid::from).collect();
    let rows: Vec<StepRow> = introduction_steps::table
        .filter(introduction_steps::introduction_id.eq_any(ids))
        .order((introduction_steps::introduction_id, introduction_steps::recorded_at, introduction_steps::kind.desc()))
        .select(StepRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Step::try_from).collect()
}

/// The introduction by which the partner of an agreement has its place in a contract.
///
/// # Errors
/// Those of the database.
pub fn in_sale(conn: &mut Conn, contract: ContractId, agreement: AgreementId) -> Result<Option<IntroductionId>, DbError> {
    let id: Option<Uid> = introduction_steps::table
        .inner_join(introductions::table.on(introductions::id.eq(introduction_steps::introduction_id)))
        .filter(introduction_steps::contract_id.assume_not_null().eq(Uid::from(contract)))
        .filter(introduction_steps::contract_id.is_not_null())
        .filter(introduction_steps::in_sale)
        .filter(introductions::agreement_id.eq(Uid::from(agreement)))
        .order(introductions::id)
        .select(introductions::id)
        .first(conn)
        .optional()?;
    Ok(id.map(Uid::id))
}

/// Notes that the prospect of an introduction got a proposal, if that is not noted yet.
///
/// # Errors
/// Those of the database.
pub fn follow_proposal(
    conn: &mut Conn,
    introduction: IntroductionId,
    proposal: ProposalId,
    recorded_at: DateTime<Utc>,
) -> Result<(), DbError> {
    let known = introduction_proposals::table.find((Uid::from(introduction), Uid::from(proposal)));
    if diesel::select(diesel::dsl::exists(known)).get_result(conn)? {
        return Ok(());
    }
    diesel::insert_into(introduction_proposals::table)
        .values((
            introduction_proposals::introduction_id.eq(Uid::from(introduction)),
            introduction_proposals::proposal_id.eq(Uid::from(proposal)),
            introduction_proposals::recorded_at.eq(At::from(recorded_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The proposals that the prospect of an introduction got, oldest first.
///
/// # Errors
/// Those of the database.
pub fn proposals_followed(conn: &mut Conn, introduction: IntroductionId) -> Result<Vec<ProposalId>, DbError> {
    let ids: Vec<Uid> = introduction_proposals::table
        .filter(introduction_proposals::introduction_id.eq(Uid::from(introduction)))
        .order(introduction_proposals::proposal_id)
        .select(introduction_proposals::proposal_id)
        .load(conn)?;
    Ok(ids.into_iter().map(Uid::id).collect())
}
