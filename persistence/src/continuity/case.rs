//! Cases about partners that fail their customers, and everything that is recorded of them (R49).

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    continuity::{CaseReason, CaseState, Protections},
    id::{AgreementId, CompanyId, ContinuityCaseId, GuaranteeId, MasterId, NetworkId, PartnerId},
    money::Money,
};

use super::guarantee::{GuaranteeUse, money};
use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::{continuity_cases, continuity_evidence, continuity_suspensions, guarantee_uses},
    view::{Page, View, paged},
};

/// A case as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its id.
    pub id: ContinuityCaseId,
    /// Its network.
    pub network: NetworkId,
    /// The master that opened it, which supervises the partner.
    pub master: MasterId,
    /// The partner that it is about.
    pub partner: PartnerId,
    /// Why it was opened.
    pub reason: CaseReason,
    /// What is said about it.
    pub statement: String,
    /// Where it stands.
    pub state: CaseState,
    /// The number of its plan: 0 before there is one.
    pub plan_number: i32,
    /// The plan.
    pub plan: Option<Plan>,
    /// Who suspended the partner, and when.
    pub suspended: Option<(String, DateTime<Utc>)>,
    /// Who opened it.
    pub opened_by: String,
    /// What was said when it was given up.
    pub note: Option<String>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Its version.
    pub version: i64,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// Who takes over what no assignment names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// The company.
    pub company: CompanyId,
    /// The agreement it answers under, where it is a partner.
    pub agreement: Option<AgreementId>,
    /// The first day.
    pub from: NaiveDate,
    /// What becomes of the partner's protections.
    pub protections: Protections,
}

/// A piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Its number in the case, from 1.
    pub number: i32,
    /// Which day it is of.
    pub dated_on: NaiveDate,
    /// What it shows.
    pub description: String,
    /// Where it is kept.
    pub document: Option<String>,
    /// Who recorded it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = continuity_cases, treat_none_as_default_value = false, treat_none_as_null = true)]
struct CaseRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    partner_id: Uid,
    reason: String,
    statement: String,
    state: String,
    plan: i32,
    company_id: Option<Uid>,
    agreement_id: Option<Uid>,
    from_day: Option<NaiveDate>,
    protections: Option<String>,
    suspended_by: Option<String>,
    suspended_at: Option<At>,
    opened_by: String,
    note: Option<String>,
    ended_at: Option<At>,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Case> for CaseRow {
    fn from(case: &Case) -> Self {
        let Case {
            id,
            network,
            master,
            partner,
            reason,
            statement,
            state,
            plan_number,
            plan,
            suspended,
            opened_by,
            note,
            ended_at,
            version,
            created_at,
            updated_at,
        } = case.clone();
        let (suspended_by, suspended_at) = suspended.unzip();
        Self {
            id: id.into(),
            network_id: network.into(),
            master_id: master.into(),
            partner_id: partner.into(),
            reason: reason.code().to_owned(),
            statement,
            state: state.code().to_owned(),
            plan: plan_number,
            company_id: plan.map(|plan| plan.company.into()),
            agreement_id: plan.and_then(|plan| plan.agreement).map(Into::into),
            from_day: plan.map(|plan| plan.from),
            protections: plan.map(|plan| plan.protections.code().to_owned()),
            suspended_by,
            suspended_at: suspended_at.map(Into::into),
            opened_by,
            note,
            ended_at: ended_at.map(Into::into),
            version,
            created_at: created_at.into(),
            updated_at: updated_at.into(),
        }
    }
}

/// The company in a column: the case's own master, or a partner.
pub(super) fn company(id: Uid, master: Uid) -> CompanyId {
    if id == master { CompanyId::Master(id.id()) } else { CompanyId::Partner(id.id()) }
}

impl TryFrom<CaseRow> for Case {
    type Error = DbError;

    fn try_from(row: CaseRow) -> Result<Self, DbError> {
        let CaseRow {
            id,
            network_id,
            master_id,
            partner_id,
            reason,
            statement,
            state,
            plan: plan_number,
            company_id,
            agreement_id,
            from_day,
            protections,
            suspended_by,
            suspended_at,
            opened_by,
            note,
            ended_at,
            version,
            created_at,
            updated_at,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("continuity case {}: {what}", id.0));
        let plan = match (company_id, from_day, protections) {
            (Some(taker), Some(from), Some(word)) => Some(Plan {
                company: company(taker, master_id),
                agreement: agreement_id.map(Uid::id),
                from,
                protections: Protections::from_code(&word).ok_or_else(|| corrupt("protections"))?,
            }),
            _ => None,
        };
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            partner: partner_id.id(),
            reason: CaseReason::from_code(&reason).ok_or_else(|| corrupt("reason"))?,
            statement,
            state: CaseState::from_code(&state).ok_or_else(|| corrupt("state"))?,
            plan_number,
            plan,
            suspended: suspended_by.zip(suspended_at.map(|at| at.0)),
            opened_by,
            note,
            ended_at: ended_at.map(|at| at.0),
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Keeps a new case.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::OneContinuityCase`] when the partner has an open one.
pub fn insert_case(conn: &mut Conn, case: &Case) -> Result<(), DbError> {
    diesel::insert_into(continuity_cases::table).values(CaseRow::from(case)).execute(conn)?;
    Ok(())
}

/// Keeps a changed case, unless it was changed since `case.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update_case(conn: &mut Conn, case: &Case) -> Result<bool, DbError> {
    let before = case.version.saturating_sub(1);
    let unchanged = continuity_cases::table.find(Uid::from(case.id)).filter(continuity_cases::version.eq(before));
    Ok(diesel::update(unchanged).set(CaseRow::from(case)).execute(conn)? == 1)
}

/// A case that `view` may see: the master that opened it does, and nobody else (D22).
///
/// # Errors
/// Those of the database.
pub fn find_case(conn: &mut Conn, view: &View, id: ContinuityCaseId) -> Result<Option<Case>, DbError> {
    let CompanyId::Master(master) = view.company else { return Ok(None) };
    let row: Option<CaseRow> = continuity_cases::table
        .find(Uid::from(id))
        .filter(continuity_cases::network_id.eq(Uid::from(view.network)))
        .filter(continuity_cases::master_id.eq(Uid::from(master)))
        .select(CaseRow::as_select())
        .get_result(conn)
        .optional()?;
    row.map(Case::try_from).transpose()
}

/// Which cases a list is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CaseFilters {
    /// Those about a partner.
    pub partner: Option<PartnerId>,
    /// Those that stand here.
    pub state: Option<CaseState>,
}

/// A page of the cases that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page_cases(conn: &mut Conn, view: &View, filters: &CaseFilters, page: &Page) -> Result<Vec<Case>, DbError> {
    let CompanyId::Master(master) = view.company else { return Ok(Vec::new()) };
    let mut query = continuity_cases::table
        .filter(continuity_cases::network_id.eq(Uid::from(view.network)))
        .filter(continuity_cases::master_id.eq(Uid::from(master)))
        .into_boxed();
    let CaseFilters { partner, state } = *filters;
    if let Some(partner) = partner {
        query = query.filter(continuity_cases::partner_id.eq(Uid::from(partner)));
    }
    if let Some(state) = state {
        query = query.filter(continuity_cases::state.eq(state.code()));
    }
    let rows: Vec<CaseRow> = paged!(query, continuity_cases, page).select(CaseRow::as_select()).load(conn)?;
    rows.into_iter().map(Case::try_from).collect()
}

/// The cases of every network that are being carried out, oldest first, each with the master that sees it.
///
/// # Errors
/// Those of the database.
pub fn at_work(conn: &mut Conn) -> Result<Vec<(ContinuityCaseId, View)>, DbError> {
    let states = [CaseState::Executing, CaseState::Reverting, CaseState::Confirming].map(CaseState::code);
    let rows: Vec<(Uid, Uid, Uid)> = continuity_cases::table
        .filter(continuity_cases::state.eq_any(states))
        .order(continuity_cases::id)
        .select((continuity_cases::id, continuity_cases::network_id, continuity_cases::master_id))
        .load(conn)?;
    let view = |network: Uid, master: Uid| View { network: network.id(), company: CompanyId::Master(master.id()) };
    Ok(rows.into_iter().map(|(id, network, master)| (id.id(), view(network, master))).collect())
}

/// Whether an open case suspended a partner: it can do nothing new until the case ends.
///
/// # Errors
/// Those of the database.
pub fn is_suspended(conn: &mut Conn, partner: PartnerId) -> Result<bool, DbError> {
    let found: Option<Uid> = continuity_cases::table
        .filter(continuity_cases::partner_id.eq(Uid::from(partner)))
        .filter(continuity_cases::ended_at.is_null())
        .filter(continuity_cases::suspended_at.is_not_null())
        .select(continuity_cases::id)
        .get_result(conn)
        .optional()?;
    Ok(found.is_some())
}

/// Whether a case about a partner is open: that there is one is its master's to know.
///
/// # Errors
/// Those of the database.
pub fn has_open_case(conn: &mut Conn, partner: PartnerId) -> Result<bool, DbError> {
    let found: Option<Uid> = continuity_cases::table
        .filter(continuity_cases::partner_id.eq(Uid::from(partner)))
        .filter(continuity_cases::ended_at.is_null())
        .select(continuity_cases::id)
        .get_result(conn)
        .optional()?;
    Ok(found.is_some())
}

/// Notes that a case suspended an agreement.
///
/// # Errors
/// Those of the database.
pub fn add_suspension(
    conn: &mut Conn,
    case: ContinuityCaseId,
    agreement: AgreementId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::insert_into(continuity_suspensions::table)
        .values((
            continuity_suspensions::case_id.eq(Uid::from(case)),
            continuity_suspensions::agreement_id.eq(Uid::from(agreement)),
            continuity_suspensions::recorded_at.eq(At::from(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The agreements that a case suspended.
///
/// # Errors
/// Those of the database.
pub fn suspended_by(conn: &mut Conn, case: ContinuityCaseId) -> Result<Vec<AgreementId>, DbError> {
    let ids: Vec<Uid> = continuity_suspensions::table
        .filter(continuity_suspensions::case_id.eq(Uid::from(case)))
        .order(continuity_suspensions::agreement_id)
        .select(continuity_suspensions::agreement_id)
        .load(conn)?;
    Ok(ids.into_iter().map(Uid::id).collect())
}

/// Keeps a piece of evidence.
///
/// # Errors
/// Those of the database.
pub fn add_evidence(conn: &mut Conn, case: ContinuityCaseId, evidence: &Evidence) -> Result<(), DbError> {
    let Evidence { number, dated_on, description, document, recorded_by, recorded_at } = evidence;
    diesel::insert_into(continuity_evidence::table)
        .values((
            continuity_evidence::case_id.eq(Uid::from(case)),
            continuity_evidence::number.eq(number),
            continuity_evidence::dated_on.eq(dated_on),
            continuity_evidence::description.eq(description),
            continuity_evidence::document.eq(document),
            continuity_evidence::recorded_by.eq(recorded_by),
            continuity_evidence::recorded_at.eq(At::from(*recorded_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The evidence of a case, in order.
///
/// # Errors
/// Those of the database.
pub fn evidence_of(conn: &mut Conn, case: ContinuityCaseId) -> Result<Vec<Evidence>, DbError> {
    let rows: Vec<(i32, NaiveDate, String, Option<String>, String, At)> = continuity_evidence::table
        .filter(continuity_evidence::case_id.eq(Uid::from(case)))
        .order(continuity_evidence::number)
        .select((
            continuity_evidence::number,
            continuity_evidence::dated_on,
            continuity_evidence::description,
            continuity_evidence::document,
            continuity_evidence::recorded_by,
            continuity_evidence::recorded_at,
        ))
        .load(conn)?;
    let read = |(number, dated_on, description, document, recorded_by, at): (_, _, _, _, _, At)| Evidence {
        number,
        dated_on,
        description,
        document,
        recorded_by,
        recorded_at: at.0,
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Keeps what a case made of a guarantee, once and for ever.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::OneGuaranteeUse`] the second time.
pub fn use_guarantee(conn: &mut Conn, case: ContinuityCaseId, made: &GuaranteeUse) -> Result<(), DbError> {
    let GuaranteeUse { guarantee, used, amount, reason, decided_by, decided_at } = made;
    diesel::insert_into(guarantee_uses::table)
        .values((
            guarantee_uses::case_id.eq(Uid::from(case)),
            guarantee_uses::guarantee_id.eq(Uid::from(*guarantee)),
            guarantee_uses::outcome.eq(if *used { "used" } else { "not_used" }),
            guarantee_uses::amount_minor.eq(amount.map(|amount| amount.minor())),
            guarantee_uses::currency.eq(amount.map(|amount| amount.currency().code().to_owned())),
            guarantee_uses::reason.eq(reason),
            guarantee_uses::decided_by.eq(decided_by),
            guarantee_uses::decided_at.eq(At::from(*decided_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// What a case made of guarantees.
///
/// # Errors
/// Those of the database.
pub fn guarantee_uses_of(conn: &mut Conn, case: ContinuityCaseId) -> Result<Vec<GuaranteeUse>, DbError> {
    type Row = (Uid, String, Option<i64>, Option<String>, String, String, At);
    let rows: Vec<Row> = guarantee_uses::table
        .filter(guarantee_uses::case_id.eq(Uid::from(case)))
        .order(guarantee_uses::guarantee_id)
        .select((
            guarantee_uses::guarantee_id,
            guarantee_uses::outcome,
            guarantee_uses::amount_minor,
            guarantee_uses::currency,
            guarantee_uses::reason,
            guarantee_uses::decided_by,
            guarantee_uses::decided_at,
        ))
        .load(conn)?;
    let read = |(guarantee, outcome, minor, currency, reason, decided_by, at): Row| {
        let (used, amount) = (outcome == "used", money(minor, currency.as_deref())?);
        Ok(GuaranteeUse { guarantee: guarantee.id(), used, amount, reason, decided_by, decided_at: at.0 })
    };
    rows.into_iter().map(read).collect()
}

/// What was used of guarantees in money by all cases so far, each use by itself.
///
/// # Errors
/// Those of the database.
pub fn used_of(conn: &mut Conn, guarantees: &[GuaranteeId]) -> Result<Vec<(GuaranteeId, Money)>, DbError> {
    let ids: Vec<Uid> = guarantees.iter().copied().map(Uid::from).collect();
    let rows: Vec<(Uid, Option<i64>, Option<String>)> = guarantee_uses::table
        .filter(guarantee_uses::guarantee_id.eq_any(ids))
        .filter(guarantee_uses::amount_minor.is_not_null())
        .select((guarantee_uses::guarantee_id, guarantee_uses::amount_minor, guarantee_uses::currency))
        .load(conn)?;
    let mut used = Vec::new();
    for (guarantee, minor, currency) in rows {
        used.extend(money(minor, currency.as_deref())?.map(|amount| (guarantee.id(), amount)));
    }
    Ok(used)
}
