//! Transfers of partners to another master or partnership type, and what follows them (D4).

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    benefit::BenefitUseState,
    growth::PromotionState,
    id::{
        AgreementId, BenefitUseId, CompanyId, CustomerId, ExpertiseId, GuaranteeId, MasterId, NetworkId, PartnerId,
        PartnershipTypeId, PromotionId, ProposalId, QualificationId, RegistrationId, SupportRequestId, TransferId,
    },
    sale::ProposalState,
    support::SupportState,
    transfer::{TransferKind, TransferState},
};

use crate::{
    columns::{At, Uid},
    db::{Conn, MultiBackend},
    error::DbError,
    schema::{
        agreements, benefit_uses, customers, expertise, guarantees, partners, promotions, proposals, qualifications,
        registrations, support_requests, transfers,
    },
    view::{Page, View, paged},
};

/// A transfer as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Its id.
    pub id: TransferId,
    /// Its network.
    pub network: NetworkId,
    /// Whose it is.
    pub partner: PartnerId,
    /// What changes.
    pub kind: TransferKind,
    /// The master before.
    pub from_master: MasterId,
    /// The master afterwards.
    pub to_master: MasterId,
    /// The agreement that ends.
    pub agreement: AgreementId,
    /// The id of the one that takes its place.
    pub successor: AgreementId,
    /// Its partnership type.
    pub type_id: PartnershipTypeId,
    /// The stage that it begins with; until the day the one that it would begin with, where none is named.
    pub stage: Option<String>,
    /// Whether it is the one that the partner has on the day, because none is named.
    pub keeps_stage: bool,
    /// Its first day.
    pub from: NaiveDate,
    /// Why.
    pub reason: String,
    /// Where it stands.
    pub state: TransferState,
    /// Who proposed it.
    pub proposed_by: String,
    /// Who decided it, when, and on which findings, as JSON.
    pub decided: Option<Decided>,
    /// What was said with the decision, or when it was taken back.
    pub note: Option<String>,
    /// The rules that hold it up since its day came, as JSON.
    pub held_up_by: Option<String>,
    /// Its version.
    pub version: i64,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// That a transfer was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Who did.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What it rests on, as JSON.
    pub findings: String,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = transfers, treat_none_as_default_value = false, treat_none_as_null = true)]
struct TransferRow {
    id: Uid,
    network_id: Uid,
    partner_id: Uid,
    kind: String,
    from_master_id: Uid,
    to_master_id: Uid,
    agreement_id: Uid,
    successor_id: Uid,
    type_id: Uid,
    stage: Option<String>,
    keeps_stage: bool,
    from_day: NaiveDate,
    reason: String,
    state: String,
    proposed_by: String,
    decided_by: Option<String>,
    decided_at: Option<At>,
    findings: Option<String>,
    note: Option<String>,
    version: i64,
    created_at: At,
    updated_at: At,
    held_up_by: Option<String>,
}

impl From<&Transfer> for TransferRow {
    fn from(transfer: &Transfer) -> Self {
        let Transfer {
            id,
            network,
            partner,
            kind,
            from_master,
            to_master,
            agreement,
            successor,
            type_id,
            stage,
            keeps_stage,
            from,
            reason,
            state,
            proposed_by,
            decided,
            note,
            held_up_by,
            version,
            created_at,
            updated_at,
        } = transfer.clone();
        let (decided_by, decided_at, findings) = match decided {
            Some(Decided { by, at, findings }) => (Some(by), Some(at.into()), Some(findings)),
            None => (None, None, None),
        };
        Self {
            id: id.into(),
            network_id: network.into(),
            partner_id: partner.into(),
            kind: kind.code().to_owned(),
            from_master_id: from_master.into(),
            to_master_id: to_master.into(),
            agreement_id: agreement.into(),
            successor_id: successor.into(),
            type_id: type_id.into(),
            stage,
            keeps_stage,
            from_day: from,
            reason,
            state: state.code().to_owned(),
            proposed_by,
            decided_by,
            decided_at,
            findings,
            note,
            version,
            created_at: created_at.into(),
            updated_at: updated_at.into(),
            held_up_by,
        }
    }
}

impl TryFrom<TransferRow> for Transfer {
    type Error = DbError;

    fn try_from(row: TransferRow) -> Result<Self, DbError> {
        let TransferRow {
            id,
            network_id,
            partner_id,
            kind,
            from_master_id,
            to_master_id,
            agreement_id,
            successor_id,
            type_id,
            stage,
            keeps_stage,
            from_day,
            reason,
            state,
            proposed_by,
            decided_by,
            decided_at,
            findings,
            note,
            version,
            created_at,
            updated_at,
            held_up_by,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("transfer {}: {what}", id.0));
        let decided = match (decided_by, decided_at, findings) {
            (Some(by), Some(at), Some(findings)) => Some(Decided { by, at: at.0, findings }),
            _ => None,
        };
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            partner: partner_id.id(),
            kind: TransferKind::from_code(&kind).ok_or_else(|| corrupt("kind"))?,
            from_master: from_master_id.id(),
            to_master: to_master_id.id(),
            agreement: agreement_id.id(),
            successor: successor_id.id(),
            type_id: type_id.id(),
            stage,
            keeps_stage,
            from: from_day,
            reason,
            state: TransferState::from_code(&state).ok_or_else(|| corrupt("state"))?,
            proposed_by,
            decided,
            note,
            held_up_by,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Keeps a new transfer.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::OneTransfer`] when the partner has an open one.
pub fn insert(conn: &mut Conn, transfer: &Transfer) -> Result<(), DbError> {
    diesel::insert_into(transfers::table).values(TransferRow::from(transfer)).execute(conn)?;
    Ok(())
}

/// Keeps a changed transfer, unless it was changed since `transfer.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update(conn: &mut Conn, transfer: &Transfer) -> Result<bool, DbError> {
    let before = transfer.version.saturating_sub(1);
    let unchanged = transfers::table.find(Uid::from(transfer.id)).filter(transfers::version.eq(before));
    Ok(diesel::update(unchanged).set(TransferRow::from(transfer)).execute(conn)? == 1)
}

/// Both masters see a transfer, and the partner that it is about.
fn visible(view: &View) -> transfers::BoxedQuery<'static, MultiBackend> {
    let query = transfers::table.filter(transfers::network_id.eq(Uid::from(view.network))).into_boxed();
    let company = Uid::from(view.company);
    match view.company {
        CompanyId::Master(_) => query.filter(transfers::from_master_id.eq(company).or(transfers::to_master_id.eq(company))),
        CompanyId::Partner(_) => query.filter(transfers::partner_id.eq(company)),
    }
}

/// A transfer that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, view: &View, id: TransferId) -> Result<Option<Transfer>, DbError> {
    let query = visible(view).filter(transfers::id.eq(Uid::from(id)));
    let row: Option<TransferRow> = query.select(TransferRow::as_select()).get_result(conn).optional()?;
    row.map(Transfer::try_from).transpose()
}

/// Whether the agreements of a partner have changed places by a transfer of which not everything has followed yet.
///
/// # Errors
/// Those of the database.
pub fn is_being_carried_out(conn: &mut Conn, partner: PartnerId) -> Result<bool, DbError> {
    let executing = transfers::table
        .filter(transfers::partner_id.eq(Uid::from(partner)))
        .filter(transfers::state.eq(TransferState::Executing.code()));
    Ok(executing.count().get_result::<i64>(conn)? > 0)
}

/// Which transfers a list is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filters {
    /// Those of a partner.
    pub partner: Option<PartnerId>,
    /// Those that stand here.
    pub state: Option<TransferState>,
    /// Those by which this changes.
    pub kind: Option<TransferKind>,
}

/// A page of the transfers that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page(conn: &mut Conn, view: &View, filters: &Filters, page: &Page) -> Result<Vec<Transfer>, DbError> {
    let Filters { partner, state, kind } = *filters;
    let mut query = visible(view);
    if let Some(partner) = partner {
        query = query.filter(transfers::partner_id.eq(Uid::from(partner)));
    }
    if let Some(state) = state {
        query = query.filter(transfers::state.eq(state.code()));
    }
    if let Some(kind) = kind {
        query = query.filter(transfers::kind.eq(kind.code()));
    }
    let rows: Vec<TransferRow> = paged!(query, transfers, page).select(TransferRow::as_select()).load(conn)?;
    rows.into_iter().map(Transfer::try_from).collect()
}

/// The transfers of every network that may be due on `latest`, and those that are being carried out; oldest first.
///
/// # Errors
/// Those of the database.
pub fn due(conn: &mut Conn, latest: NaiveDate) -> Result<Vec<Transfer>, DbError> {
    let states = [TransferState::Agreed, TransferState::Executing].map(TransferState::code);
    let rows: Vec<TransferRow> = transfers::table
        .filter(transfers::state.eq_any(states))
        .filter(transfers::from_day.le(latest))
        .order(transfers::id)
        .select(TransferRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Transfer::try_from).collect()
}

/// The transfers of a network that may be due on `latest` or are being carried out, and that concern a company: either master's, the
/// partner's, and for its promoters those of the partner that they work with. Oldest first.
///
/// # Errors
/// Those of the database.
pub fn due_for(conn: &mut Conn, view: &View, latest: NaiveDate) -> Result<Vec<Transfer>, DbError> {
    let company = Uid::from(view.company);
    let query = transfers::table.filter(transfers::network_id.eq(Uid::from(view.network))).into_boxed();
    let query: transfers::BoxedQuery<'static, MultiBackend> = match view.company {
        CompanyId::Master(_) => query.filter(transfers::from_master_id.eq(company).or(transfers::to_master_id.eq(company))),
        CompanyId::Partner(_) => {
            let works_with = agreements::table.filter(agreements::partner_id.eq(company)).select(agreements::counterparty_id);
            query.filter(transfers::partner_id.eq(company).or(transfers::partner_id.eq_any(works_with)))
        }
    };
    let states = [TransferState::Agreed, TransferState::Executing].map(TransferState::code);
    let rows: Vec<TransferRow> = query
        .filter(transfers::state.eq_any(states))
        .filter(transfers::from_day.le(latest))
        .order(transfers::id)
        .select(TransferRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Transfer::try_from).collect()
}

/// The first day of the agreement that is agreed to take an agreement's place, and has not yet.
///
/// # Errors
/// Those of the database.
pub fn place_taken_from(conn: &mut Conn, partner: PartnerId, agreement: AgreementId) -> Result<Option<NaiveDate>, DbError> {
    let agreed = transfers::table
        .filter(transfers::partner_id.eq(Uid::from(partner)))
        .filter(transfers::agreement_id.eq(Uid::from(agreement)))
        .filter(transfers::state.eq(TransferState::Agreed.code()));
    Ok(agreed.select(transfers::from_day).first(conn).optional()?)
}

/// The states in which an agreement binds a promoter to its partner, or is about to.
const BOUND: [&str; 4] = ["submitted", "under_supervision", "active", "suspended"];

/// The agreements that bind a partner's promoters to it, in force or suspended, oldest first.
///
/// # Errors
/// Those of the database.
pub fn promoters_bound_to(conn: &mut Conn, partner: PartnerId) -> Result<Vec<AgreementId>, DbError> {
    let ids: Vec<Uid> = agreements::table
        .filter(agreements::counterparty_id.eq(Uid::from(partner)))
        .filter(agreements::state.eq_any(BOUND))
        .order(agreements::id)
        .select(agreements::id)
        .load(conn)?;
    Ok(ids.into_iter().map(Uid::id).collect())
}

/// Customers that a partner answers for and that `master` supervises: `limit` of them at most.
///
/// # Errors
/// Those of the database.
pub fn customers_to_follow(
    conn: &mut Conn,
    partner: PartnerId,
    master: MasterId,
    limit: i64,
) -> Result<Vec<CustomerId>, DbError> {
    let ids: Vec<Uid> = customers::table
        .filter(customers::responsible_id.eq(Uid::from(partner)))
        .filter(customers::master_id.eq(Uid::from(master)))
        .order(customers::id)
        .limit(limit)
        .select(customers::id)
        .load(conn)?;
    Ok(ids.into_iter().map(Uid::id).collect())
}

/// Registrations under an agreement that have not ended: `limit` of them at most.
///
/// # Errors
/// Those of the database.
pub fn registrations_to_follow(conn: &mut Conn, agreement: AgreementId, limit: i64) -> Result<Vec<RegistrationId>, DbError> {
    let ids: Vec<Uid> = registrations::table
        .filter(registrations::agreement_id.eq(Uid::from(agreement)))
        .filter(registrations::state.eq_any(["draft", "submitted", "in_review", "action_required", "accepted"]))
        .order(registrations::id)
        .limit(limit)
        .select(registrations::id)
        .load(conn)?;
    Ok(ids.into_iter().map(Uid::id).collect())
}

/// Open proposals under an agreement: `limit` of them at most.
///
/// # Errors
/// Those of the database.
pub fn proposals_to_follow(conn: &mut Conn, agreement: AgreementId, limit: i64) -> Result<Vec<ProposalId>, DbError> {
    let open = [ProposalState::Draft.code(), ProposalState::Sent.code()];
    let ids: Vec<Uid> = proposals::table
        .filter(proposals::agreement_id.eq(Uid::from(agreement)))
        .filter(proposals::state.eq_any(open))
        .order(proposals::id)
        .limit(limit)
        .select(proposals::id)
        .load(conn)?;
    Ok(ids.into_iter().map(Uid::id).collect())
}

/// Promotions under an agreement that wait for its master: `limit` of them at most.
///
/// # Errors
/// Those of the database.
pub fn promotions_to_follow(conn: &mut Conn, agreement: AgreementId, limit: i64) -> Result<Vec<PromotionId>, DbError> {
    let ids: Vec<Uid> = promotions::table
        .filter(promotions::agreement_id.eq(Uid::from(agreement)))
        .filter(promotions::state.eq(PromotionState::Proposed.code()))
        .order(promotions::id)
        .limit(limit)
        .select(promotions::id)
        .load(conn)?;
    Ok(ids.into_iter().map(Uid::id).collect())
}

/// The partners that went over to `master` by a transfer: the one that it is about, and the promoters bound to it that `master` supervises.
///
/// # Errors
/// Those of the database.
pub fn gone_over(conn: &mut Conn, partner: PartnerId, master: MasterId) -> Result<Vec<PartnerId>, DbError> {
    let bound: Vec<Uid> = agreements::table
        .inner_join(partners::table.on(partners::id.eq(agreements::partner_id)))
        .filter(agreements::counterparty_id.eq(Uid::from(partner)))
        .filter(agreements::state.eq_any(BOUND))
        .filter(partners::master_id.eq(Uid::from(master)))
        .select(partners::id)
        .distinct()
        .load(conn)?;
    Ok(std::iter::once(partner).chain(bound.into_iter().map(Uid::id)).collect())
}

/// What is still to follow some partners to another master.
#[derive(Debug, Clone, Copy)]
pub struct Behind<'a> {
    /// The partners.
    pub partners: &'a [PartnerId],
    /// The master before.
    pub master: MasterId,
    /// How much at most.
    pub limit: i64,
}

/// What of a table is still with the master before, oldest first; of some states alone, where they are named.
macro_rules! behind {
    ($table:ident, $conn:expr, $behind:expr $(, $states:expr)?) => {{
        let Behind { partners, master, limit } = $behind;
        let partners: Vec<Uid> = partners.iter().copied().map(Uid::from).collect();
        let query = $table::table
            .filter($table::partner_id.eq_any(partners))
            .filter($table::master_id.eq(Uid::from(master)))
            $(.filter($table::state.eq_any($states)))?;
        let ids: Vec<Uid> = query.order($table::id).limit(limit).select($table::id).load($conn)?;
        Ok(ids.into_iter().map(Uid::id).collect())
    }};
}

/// The guarantees of partners that are to follow them, withdrawn ones among them.
///
/// # Errors
/// Those of the database.
pub fn guarantees_to_follow(conn: &mut Conn, behind: Behind<'_>) -> Result<Vec<GuaranteeId>, DbError> {
    behind!(guarantees, conn, behind)
}

/// The qualifications of partners that are to follow them: what was granted may have to be revoked.
///
/// # Errors
/// Those of the database.
pub fn qualifications_to_follow(conn: &mut Conn, behind: Behind<'_>) -> Result<Vec<QualificationId>, DbError> {
    behind!(qualifications, conn, behind)
}

/// The areas of expertise of partners that are to follow them.
///
/// # Errors
/// Those of the database.
pub fn expertise_to_follow(conn: &mut Conn, behind: Behind<'_>) -> Result<Vec<ExpertiseId>, DbError> {
    behind!(expertise, conn, behind)
}

/// The requests of partners for support that are still to be done.
///
/// # Errors
/// Those of the database.
pub fn support_to_follow(conn: &mut Conn, behind: Behind<'_>) -> Result<Vec<SupportRequestId>, DbError> {
    let open = SupportState::ALL.into_iter().filter(|state| state.is_open()).map(SupportState::code);
    behind!(support_requests, conn, behind, open)
}

/// The benefits of partners that are asked for or granted, and not had yet.
///
/// # Errors
/// Those of the database.
pub fn benefits_to_follow(conn: &mut Conn, behind: Behind<'_>) -> Result<Vec<BenefitUseId>, DbError> {
    let open = [BenefitUseState::Requested, BenefitUseState::Granted].map(BenefitUseState::code);
    behind!(benefit_uses, conn, behind, open)
}
