//! What a case plans for single customers, who approved the plan, and how far it was carried out (R49, R51).

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::id::{AgreementId, CompanyId, ContinuityCaseId, CustomerId, RegistrationId};

use super::case::{Case, company};
use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::{continuity_approvals, continuity_assignments, continuity_moves, continuity_prospects},
    view::Page,
};

/// Who takes over one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assignment {
    /// The customer.
    pub customer: CustomerId,
    /// The company.
    pub company: CompanyId,
    /// The agreement it answers under, where it is a partner.
    pub agreement: Option<AgreementId>,
}

/// Who takes over one protected prospect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProspectAssignment {
    /// The partner's registration of it.
    pub registration: RegistrationId,
    /// The company.
    pub company: CompanyId,
    /// The agreement that it has the prospect under, where it is a partner.
    pub agreement: Option<AgreementId>,
}

/// That a person approved a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The plan's number.
    pub plan: i32,
    /// Who.
    pub approved_by: String,
    /// When.
    pub approved_at: DateTime<Utc>,
}

/// Which way a customer went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveDirection {
    /// To whoever takes over.
    Over,
    /// Back to the partner.
    Back,
}

impl MoveDirection {
    const fn code(self) -> &'static str {
        match self {
            Self::Over => "over",
            Self::Back => "back",
        }
    }
}

/// That a customer changed hands by a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The case.
    pub case: ContinuityCaseId,
    /// The plan's number.
    pub plan: i32,
    /// The customer.
    pub customer: CustomerId,
    /// Which way.
    pub direction: MoveDirection,
    /// To whom.
    pub company: CompanyId,
    /// With how many contracts.
    pub contracts: i32,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

/// Says who takes over one customer, instead of whoever it was before.
///
/// # Errors
/// Those of the database.
pub fn assign(conn: &mut Conn, case: ContinuityCaseId, assignment: &Assignment) -> Result<(), DbError> {
    let Assignment { customer, company, agreement } = *assignment;
    let key = (Uid::from(case), Uid::from(customer));
    diesel::delete(continuity_assignments::table.find(key)).execute(conn)?;
    diesel::insert_into(continuity_assignments::table)
        .values((
            continuity_assignments::case_id.eq(key.0),
            continuity_assignments::customer_id.eq(key.1),
            continuity_assignments::company_id.eq(Uid::from(company)),
            continuity_assignments::agreement_id.eq(agreement.map(Uid::from)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Says who takes over one protected prospect, instead of whoever it was before.
///
/// # Errors
/// Those of the database.
pub fn assign_prospect(conn: &mut Conn, case: ContinuityCaseId, assignment: &ProspectAssignment) -> Result<(), DbError> {
    let ProspectAssignment { registration, company, agreement } = *assignment;
    let key = (Uid::from(case), Uid::from(registration));
    diesel::delete(continuity_prospects::table.find(key)).execute(conn)?;
    diesel::insert_into(continuity_prospects::table)
        .values((
            continuity_prospects::case_id.eq(key.0),
            continuity_prospects::registration_id.eq(key.1),
            continuity_prospects::company_id.eq(Uid::from(company)),
            continuity_prospects::agreement_id.eq(agreement.map(Uid::from)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The protected prospects that a case names somebody for.
///
/// # Errors
/// Those of the database.
pub fn prospects_of(conn: &mut Conn, case: &Case) -> Result<Vec<ProspectAssignment>, DbError> {
    let rows: Vec<(Uid, Uid, Option<Uid>)> = continuity_prospects::table
        .filter(continuity_prospects::case_id.eq(Uid::from(case.id)))
        .order(continuity_prospects::registration_id)
        .select((continuity_prospects::registration_id, continuity_prospects::company_id, continuity_prospects::agreement_id))
        .load(conn)?;
    let read = |(registration, taker, agreement): (Uid, Uid, Option<Uid>)| ProspectAssignment {
        registration: registration.id(),
        company: company(taker, Uid::from(case.master)),
        agreement: agreement.map(Uid::id),
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Takes every assignment of a case back: the plan is for all again.
///
/// # Errors
/// Those of the database.
pub fn unassign_all(conn: &mut Conn, case: ContinuityCaseId) -> Result<(), DbError> {
    let case = Uid::from(case);
    diesel::delete(continuity_assignments::table.filter(continuity_assignments::case_id.eq(case))).execute(conn)?;
    diesel::delete(continuity_prospects::table.filter(continuity_prospects::case_id.eq(case))).execute(conn)?;
    Ok(())
}

macro_rules! load_assignments {
    ($query:expr, $master:expr, $conn:expr) => {{
        let rows: Vec<(Uid, Uid, Option<Uid>)> = $query
            .order(continuity_assignments::customer_id)
            .select((
                continuity_assignments::customer_id,
                continuity_assignments::company_id,
                continuity_assignments::agreement_id,
            ))
            .load($conn)?;
        let read = |(customer, taker, agreement): (Uid, Uid, Option<Uid>)| Assignment {
            customer: customer.id(),
            company: company(taker, Uid::from($master)),
            agreement: agreement.map(Uid::id),
        };
        Ok(rows.into_iter().map(read).collect())
    }};
}

/// The assignments of a case.
///
/// # Errors
/// Those of the database.
pub fn assignments_of(conn: &mut Conn, case: &Case) -> Result<Vec<Assignment>, DbError> {
    let of_case = continuity_assignments::table.filter(continuity_assignments::case_id.eq(Uid::from(case.id)));
    load_assignments!(of_case, case.master, conn)
}

/// Those assignments of a case that are about one of `customers`.
///
/// # Errors
/// Those of the database.
pub fn assignments_among(conn: &mut Conn, case: &Case, customers: &[CustomerId]) -> Result<Vec<Assignment>, DbError> {
    let ids: Vec<Uid> = customers.iter().copied().map(Uid::from).collect();
    let of_case = continuity_assignments::table
        .filter(continuity_assignments::case_id.eq(Uid::from(case.id)))
        .filter(continuity_assignments::customer_id.eq_any(ids));
    load_assignments!(of_case, case.master, conn)
}

/// How many customers a case names somebody for, and how many protected prospects.
///
/// # Errors
/// Those of the database.
pub fn count_assignments(conn: &mut Conn, case: ContinuityCaseId) -> Result<(i64, i64), DbError> {
    let case = Uid::from(case);
    let customers = continuity_assignments::table.filter(continuity_assignments::case_id.eq(case));
    let prospects = continuity_prospects::table.filter(continuity_prospects::case_id.eq(case));
    Ok((customers.count().get_result(conn)?, prospects.count().get_result(conn)?))
}

/// Keeps that a person approved a plan.
///
/// # Errors
/// Those of the database.
pub fn add_approval(conn: &mut Conn, case: ContinuityCaseId, approval: &Approval) -> Result<(), DbError> {
    let Approval { plan, approved_by, approved_at } = approval;
    diesel::insert_into(continuity_approvals::table)
        .values((
            continuity_approvals::case_id.eq(Uid::from(case)),
            continuity_approvals::plan.eq(plan),
            continuity_approvals::approved_by.eq(approved_by),
            continuity_approvals::approved_at.eq(At::from(*approved_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Who approved a plan, in order.
///
/// # Errors
/// Those of the database.
pub fn approvals_of(conn: &mut Conn, case: ContinuityCaseId, plan: i32) -> Result<Vec<Approval>, DbError> {
    let rows: Vec<(String, At)> = continuity_approvals::table
        .filter(continuity_approvals::case_id.eq(Uid::from(case)))
        .filter(continuity_approvals::plan.eq(plan))
        .order((continuity_approvals::approved_at, continuity_approvals::approved_by))
        .select((continuity_approvals::approved_by, continuity_approvals::approved_at))
        .load(conn)?;
    Ok(rows.into_iter().map(|(approved_by, at)| Approval { plan, approved_by, approved_at: at.0 }).collect())
}

/// Keeps that a customer changed hands, once a plan and way.
///
/// # Errors
/// Those of the database, which refuses the second time.
pub fn add_move(conn: &mut Conn, moved: &Move) -> Result<(), DbError> {
    let Move { case, plan, customer, direction, company, contracts, recorded_at } = moved;
    diesel::insert_into(continuity_moves::table)
        .values((
            continuity_moves::case_id.eq(Uid::from(*case)),
            continuity_moves::plan.eq(plan),
            continuity_moves::customer_id.eq(Uid::from(*customer)),
            continuity_moves::direction.eq(direction.code()),
            continuity_moves::company_id.eq(Uid::from(*company)),
            continuity_moves::contracts.eq(contracts),
            continuity_moves::recorded_at.eq(At::from(*recorded_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// How many customers went over by a plan, and how many came back.
///
/// # Errors
/// Those of the database.
pub fn moves_count(conn: &mut Conn, case: ContinuityCaseId, plan: i32) -> Result<(i64, i64), DbError> {
    let mut count = |direction: MoveDirection| {
        let of_plan = continuity_moves::table
            .filter(continuity_moves::case_id.eq(Uid::from(case)))
            .filter(continuity_moves::plan.eq(plan))
            .filter(continuity_moves::direction.eq(direction.code()));
        of_plan.count().get_result::<i64>(conn)
    };
    Ok((count(MoveDirection::Over)?, count(MoveDirection::Back)?))
}

/// Customers that went over by a plan and did not come back: `limit` of them at most.
///
/// # Errors
/// Those of the database.
pub fn moved_and_not_back(conn: &mut Conn, case: ContinuityCaseId, plan: i32, limit: i64) -> Result<Vec<CustomerId>, DbError> {
    let back = diesel::alias!(continuity_moves as back);
    let came_back = back
        .filter(back.field(continuity_moves::case_id).eq(Uid::from(case)))
        .filter(back.field(continuity_moves::plan).eq(plan))
        .filter(back.field(continuity_moves::direction).eq(MoveDirection::Back.code()))
        .select(back.field(continuity_moves::customer_id));
    let ids: Vec<Uid> = continuity_moves::table
        .filter(continuity_moves::case_id.eq(Uid::from(case)))
        .filter(continuity_moves::plan.eq(plan))
        .filter(continuity_moves::direction.eq(MoveDirection::Over.code()))
        .filter(continuity_moves::customer_id.ne_all(came_back))
        .order(continuity_moves::customer_id)
        .limit(limit)
        .select(continuity_moves::customer_id)
        .load(conn)?;
    Ok(ids.into_iter().map(Uid::id).collect())
}

/// A page of the moves of a case, by customer, newest first.
///
/// # Errors
/// Those of the database.
pub fn page_moves(conn: &mut Conn, case: &Case, page: &Page) -> Result<Vec<Move>, DbError> {
    type Row = (i32, Uid, String, Uid, i32, At);
    let mut query =
        continuity_moves::table.filter(continuity_moves::case_id.eq(Uid::from(case.id))).limit(page.limit).into_boxed();
    query = query.filter(continuity_moves::plan.eq(case.plan_number));
    query = query.filter(continuity_moves::direction.eq(MoveDirection::Over.code()));
    if let Some(place) = page.after {
        query = query.filter(continuity_moves::customer_id.lt(Uid(place.id)));
    }
    let rows: Vec<Row> = query
        .order(continuity_moves::customer_id.desc())
        .select((
            continuity_moves::plan,
            continuity_moves::customer_id,
            continuity_moves::direction,
            continuity_moves::company_id,
            continuity_moves::contracts,
            continuity_moves::recorded_at,
        ))
        .load(conn)?;
    let read = |(plan, customer, direction, taker, contracts, at): Row| {
        let direction = match direction.as_str() {
            "over" => MoveDirection::Over,
            "back" => MoveDirection::Back,
            other => return Err(DbError::Corrupt(format!("direction {other}"))),
        };
        let company = company(taker, Uid::from(case.master));
        Ok(Move { case: case.id, plan, customer: customer.id(), direction, company, contracts, recorded_at: at.0 })
    };
    rows.into_iter().map(read).collect()
}
