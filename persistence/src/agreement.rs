//! Agreements, their states, their supervisions and their stages (R7, R28, R39).

mod history;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    agreement::{AgreementKind, AgreementState, StageStep, SupervisionDecision, Validity},
    id::{AgreementId, CompanyId, MasterId, NetworkId, PartnerId, PartnershipTypeId, SupervisionId, TermsId},
};

use crate::{
    columns::{At, Uid},
    db::{Conn, MultiBackend},
    error::DbError,
    identity::company_of,
    network::TermsVersion,
    schema::{agreement_stages, agreement_states, agreements, companies, supervisions, terms},
    view::{Page, View, paged, visible_to},
};

pub use history::{EnteredState, Hand, history_of, states_of, states_of_all};

/// An agreement as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// Its id.
    pub id: AgreementId,
    /// The network.
    pub network: NetworkId,
    /// The master that supervises it (D21).
    pub master: MasterId,
    /// The partner.
    pub partner: PartnerId,
    /// The other party.
    pub counterparty: CompanyId,
    /// What the partner is by it.
    pub type_id: PartnershipTypeId,
    /// The version of the terms it was made on (R90).
    pub terms_id: TermsId,
    /// Whether it was made on demand (R2, R6).
    pub kind: AgreementKind,
    /// The language it was signed in.
    pub language: String,
    /// The language that counts where versions differ (D1).
    pub governing_language: String,
    /// What it changes in the terms: a JSON merge patch, letter for letter (R2, R6).
    pub special_terms: Option<String>,
    /// What exclusivity it grants, as JSON (D1).
    pub exclusivity: Option<String>,
    /// Whether its terms allow one agreement of the type in force at an instant (D4).
    pub single: bool,
    /// How many sales its terms ask for in a year (R57); none where they ask for none.
    pub minimum_sales: Option<u32>,
    /// Its first day.
    pub starts_on: NaiveDate,
    /// Its last day, if it has one.
    pub ends_on: Option<NaiveDate>,
    /// Where it stands.
    pub state: AgreementState,
    /// Why it was suspended or terminated.
    pub reason: Option<String>,
    /// Its version.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Agreement {
    /// From when to when it is made.
    #[must_use]
    pub fn validity(&self) -> Validity {
        Validity { start: self.starts_on, end: self.ends_on }
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = agreements, treat_none_as_default_value = false, treat_none_as_null = true)]
struct AgreementRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    partner_id: Uid,
    counterparty_id: Uid,
    type_id: Uid,
    terms_id: Uid,
    kind: String,
    language: String,
    governing_language: String,
    special_terms: Option<String>,
    exclusivity: Option<String>,
    single: bool,
    minimum_sales: Option<i64>,
    starts_on: NaiveDate,
    ends_on: Option<NaiveDate>,
    state: String,
    reason: Option<String>,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Agreement> for AgreementRow {
    fn from(agreement: &Agreement) -> Self {
        let Agreement {
            id,
            network,
            master,
            partner,
            counterparty,
            type_id,
            terms_id,
            kind,
            language,
            governing_language,
            special_terms,
            exclusivity,
            single,
            minimum_sales,
            starts_on,
            ends_on,
            state,
            reason,
            version,
            created_at,
            updated_at,
        } = agreement.clone();
        Self {
            id: id.into(),
            network_id: network.into(),
            master_id: master.into(),
            partner_id: partner.into(),
            counterparty_id: counterparty.into(),
            type_id: type_id.into(),
            terms_id: terms_id.into(),
            kind: kind.code().to_owned(),
            language,
            governing_language,
            special_terms,
            exclusivity,
            single,
            minimum_sales: minimum_sales.map(i64::from),
            starts_on,
            ends_on,
            state: state.code().to_owned(),
            reason,
            version,
            created_at: created_at.into(),
            updated_at: updated_at.into(),
        }
    }
}

/// The row and what kind of company its counterparty is.
fn read((row, counterparty_kind): (AgreementRow, String)) -> Result<Agreement, DbError> {
    let AgreementRow {
        id,
        network_id,
        master_id,
        partner_id,
        counterparty_id,
        type_id,
        terms_id,
        kind,
        language,
        governing_language,
        special_terms,
        exclusivity,
        single,
        minimum_sales,
        starts_on,
        ends_on,
        state,
        reason,
        version,
        created_at,
        updated_at,
    } = row;
    let corrupt = |what: &str| DbError::Corrupt(format!("agreement {}: {what}", id.0));
    Ok(Agreement {
        id: id.id(),
        network: network_id.id(),
        master: master_id.id(),
        partner: partner_id.id(),
        counterparty: company_of(&counterparty_kind, counterparty_id)?,
        type_id: type_id.id(),
        terms_id: terms_id.id(),
        kind: AgreementKind::from_code(&kind).ok_or_else(|| corrupt("kind"))?,
        language,
        governing_language,
        special_terms,
        exclusivity,
        single,
        minimum_sales: minimum_sales.map(u32::try_from).transpose().map_err(|_| corrupt("minimum sales"))?,
        starts_on,
        ends_on,
        state: AgreementState::from_code(&state).ok_or_else(|| corrupt("state"))?,
        reason,
        version,
        created_at: created_at.0,
        updated_at: updated_at.0,
    })
}

/// Agreements with the kind of their counterparty, ready to be narrowed.
macro_rules! all {
    () => {
        agreements::table.inner_join(companies::table.on(companies::id.eq(agreements::counterparty_id))).into_boxed()
    };
}

/// Loads what a query of [`all`] finds.
macro_rules! load {
    ($query:expr, $conn:expr) => {{
        let rows: Vec<(AgreementRow, String)> = $query.select((AgreementRow::as_select(), companies::kind)).load($conn)?;
        rows.into_iter().map(read).collect::<Result<Vec<Agreement>, DbError>>()
    }};
}

/// Narrows a query of [`all`] to the agreements that were made for a day, whatever became of them.
macro_rules! valid_on {
    ($query:expr, $on:expr) => {
        $query.filter(agreements::starts_on.le($on)).filter(agreements::ends_on.is_null().or(agreements::ends_on.ge($on)))
    };
}

// After the macros above, which it uses.
mod due;

pub use due::{
    all_with_minimum_sales, awaiting_supervision, expiring, living_with, page_with_minimum_sales, with_unmet_items,
    with_years_over, without_entry_fee,
};

/// Keeps a new agreement, and the state that it begins with.
///
/// # Errors
/// Those of the database.
pub fn insert(conn: &mut Conn, agreement: &Agreement, hand: &Hand) -> Result<(), DbError> {
    diesel::insert_into(agreements::table).values(AgreementRow::from(agreement)).execute(conn)?;
    history::enter(conn, agreement, hand)
}

/// Keeps a changed agreement, and its state where that is a new one, unless it was changed since `agreement.version - 1`: `false`
/// then.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::OneAgreementInForce`] when another one of the type is in force (D4).
pub fn update(conn: &mut Conn, agreement: &Agreement, hand: &Hand) -> Result<bool, DbError> {
    let before = agreement.version.saturating_sub(1);
    let unchanged = agreements::table.find(Uid::from(agreement.id)).filter(agreements::version.eq(before));
    let kept = diesel::update(unchanged).set(AgreementRow::from(agreement)).execute(conn)? == 1;
    if kept {
        history::enter(conn, agreement, hand)?;
    }
    Ok(kept)
}

/// An agreement that `view` may see: a master sees those it supervises, a partner those it is a party of.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, view: &View, id: AgreementId) -> Result<Option<Agreement>, DbError> {
    let query = visible_to!(all!(), agreements, view, or counterparty_id).filter(agreements::id.eq(Uid::from(id)));
    Ok(load!(query, conn)?.pop())
}

/// An agreement of the network, whoever may see it.
///
/// # Errors
/// Those of the database.
pub fn find_in_network(conn: &mut Conn, network: NetworkId, id: AgreementId) -> Result<Option<Agreement>, DbError> {
    let of_network = all!().filter(agreements::network_id.eq(Uid::from(network)));
    Ok(load!(of_network.filter(agreements::id.eq(Uid::from(id))), conn)?.pop())
}

/// Which agreements a list is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filters {
    /// Those of this partner.
    pub partner: Option<PartnerId>,
    /// Those in this state.
    pub state: Option<AgreementState>,
    /// Those of this type.
    pub type_id: Option<PartnershipTypeId>,
}

/// A page of the agreements that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page(conn: &mut Conn, view: &View, filters: &Filters, page: &Page) -> Result<Vec<Agreement>, DbError> {
    let Filters { partner, state, type_id } = *filters;
    let mut query = visible_to!(all!(), agreements, view, or counterparty_id);
    if let Some(partner) = partner {
        query = query.filter(agreements::partner_id.eq(Uid::from(partner)));
    }
    if let Some(state) = state {
        query = query.filter(agreements::state.eq(state.code()));
    }
    if let Some(type_id) = type_id {
        query = query.filter(agreements::type_id.eq(Uid::from(type_id)));
    }
    load!(paged!(query, agreements, page), conn)
}

/// Whether `view` may see an agreement of a partner.
///
/// # Errors
/// Those of the database.
pub fn is_party(conn: &mut Conn, view: &View, partner: PartnerId) -> Result<bool, DbError> {
    let query = visible_to!(all!(), agreements, view, or counterparty_id).filter(agreements::partner_id.eq(Uid::from(partner)));
    Ok(!load!(query.limit(1), conn)?.is_empty())
}

/// The agreements of a partner that are in force on a day, or were then: active, from their first day to their last. Oldest first.
///
/// # Errors
/// Those of the database.
pub fn in_force_of(conn: &mut Conn, partner: PartnerId, on: NaiveDate) -> Result<Vec<Agreement>, DbError> {
    let valid = valid_on!(all!().filter(agreements::partner_id.eq(Uid::from(partner))), on);
    let found = load!(valid.order(agreements::id.asc()), conn)?;
    history::in_force_among(conn, found, on)
}

/// The agreements whose counterparty is `reseller` that are in force on a day, or were then: those of its promoters (R26, R44, D15).
/// Oldest first.
///
/// # Errors
/// Those of the database.
pub fn promoters_of(conn: &mut Conn, reseller: PartnerId, on: NaiveDate) -> Result<Vec<Agreement>, DbError> {
    let valid = valid_on!(all!().filter(agreements::counterparty_id.eq(Uid::from(reseller))), on);
    let found = load!(valid.order(agreements::id.asc()), conn)?;
    history::in_force_among(conn, found, on)
}

/// The agreements in force on a day that `view` may see. Oldest first.
///
/// # Errors
/// Those of the database.
pub fn in_force_for(conn: &mut Conn, view: &View, on: NaiveDate) -> Result<Vec<Agreement>, DbError> {
    let valid = valid_on!(visible_to!(all!(), agreements, view, or counterparty_id), on);
    let found = load!(valid.order(agreements::id.asc()), conn)?;
    history::in_force_among(conn, found, on)
}

/// Every agreement whose counterparty is `reseller`, whatever became of it. Oldest first.
///
/// # Errors
/// Those of the database.
pub fn made_with(conn: &mut Conn, reseller: PartnerId) -> Result<Vec<Agreement>, DbError> {
    let made = all!().filter(agreements::counterparty_id.eq(Uid::from(reseller)));
    load!(made.order(agreements::id.asc()), conn)
}

const BINDING: [&str; 2] = [AgreementState::Active.code(), AgreementState::Suspended.code()];

/// The agreements of a partner that are active or suspended, whenever they start and end. Oldest first.
///
/// # Errors
/// Those of the database.
pub fn binding_of(conn: &mut Conn, partner: PartnerId) -> Result<Vec<Agreement>, DbError> {
    let query = all!().filter(agreements::partner_id.eq(Uid::from(partner))).filter(agreements::state.eq_any(BINDING));
    load!(query.order(agreements::id.asc()), conn)
}

/// The agreements of a partner that took effect, whatever became of them. Oldest first.
///
/// # Errors
/// Those of the database.
pub fn that_took_effect(conn: &mut Conn, partner: PartnerId) -> Result<Vec<Agreement>, DbError> {
    let active = agreement_states::table
        .filter(agreement_states::agreement_id.eq(agreements::id))
        .filter(agreement_states::state.eq(AgreementState::Active.code()));
    let query = all!().filter(agreements::partner_id.eq(Uid::from(partner))).filter(diesel::dsl::exists(active));
    load!(query.order(agreements::id.asc()), conn)
}

/// The agreements of a partner and type that are active or suspended, whenever they start and end (D4). Oldest first.
///
/// # Errors
/// Those of the database.
pub fn binding_of_type(conn: &mut Conn, partner: PartnerId, type_id: PartnershipTypeId) -> Result<Vec<Agreement>, DbError> {
    let query = all!()
        .filter(agreements::partner_id.eq(Uid::from(partner)))
        .filter(agreements::type_id.eq(Uid::from(type_id)))
        .filter(agreements::state.eq_any(BINDING));
    load!(query.order(agreements::id.asc()), conn)
}

/// The agreements that a version of their type's terms reaches although they are on an earlier one: handed in or in force, without special
/// terms, and not over by its day (R2, R6, R90). Oldest first.
///
/// # Errors
/// Those of the database.
pub fn reached_by_version(conn: &mut Conn, version: &TermsVersion) -> Result<Vec<Agreement>, DbError> {
    let alive = [AgreementState::Submitted, AgreementState::UnderSupervision, AgreementState::Active, AgreementState::Suspended];
    let earlier = terms::table
        .filter(terms::type_id.eq(Uid::from(version.type_id)))
        .filter(terms::number.lt(version.number))
        .select(terms::id);
    let query = all!()
        .filter(agreements::type_id.eq(Uid::from(version.type_id)))
        .filter(agreements::terms_id.eq_any(earlier))
        .filter(agreements::special_terms.is_null())
        .filter(agreements::state.eq_any(alive.map(AgreementState::code)))
        .filter(agreements::ends_on.is_null().or(agreements::ends_on.ge(version.effective_from)));
    load!(query.order(agreements::id.asc()), conn)
}

/// The agreements that are active or suspended although their last day is before `day`, in any network. Oldest first.
///
/// # Errors
/// Those of the database.
pub fn ended_before(conn: &mut Conn, day: NaiveDate) -> Result<Vec<Agreement>, DbError> {
    let query = all!().filter(agreements::state.eq_any(BINDING)).filter(agreements::ends_on.lt(day));
    load!(query.order(agreements::id.asc()), conn)
}

/// A supervision decision as it is kept, for ever (R28).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supervision {
    /// Its id.
    pub id: SupervisionId,
    /// The agreement.
    pub agreement: AgreementId,
    /// What was decided.
    pub decision: SupervisionDecision,
    /// What it rests on, as JSON.
    pub findings: String,
    /// What the master says on the whole.
    pub note: Option<String>,
    /// Who decided.
    pub decided_by: String,
    /// When.
    pub decided_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = supervisions, treat_none_as_default_value = false)]
struct SupervisionRow {
    id: Uid,
    agreement_id: Uid,
    decision: String,
    findings: String,
    note: Option<String>,
    decided_by: String,
    decided_at: At,
}

impl TryFrom<SupervisionRow> for Supervision {
    type Error = DbError;

    fn try_from(row: SupervisionRow) -> Result<Self, DbError> {
        let SupervisionRow { id, agreement_id, decision, findings, note, decided_by, decided_at } = row;
        let decision = SupervisionDecision::from_code(&decision)
            .ok_or_else(|| DbError::Corrupt(format!("supervision {}: decision {decision}", id.0)))?;
        Ok(Self { id: id.id(), agreement: agreement_id.id(), decision, findings, note, decided_by, decided_at: decided_at.0 })
    }
}

/// Keeps a supervision decision.
///
/// # Errors
/// Those of the database.
pub fn add_supervision(conn: &mut Conn, supervision: &Supervision) -> Result<(), DbError> {
    let Supervision { id, agreement, decision, findings, note, decided_by, decided_at } = supervision.clone();
    let row = SupervisionRow {
        id: id.into(),
        agreement_id: agreement.into(),
        decision: decision.code().to_owned(),
        findings,
        note,
        decided_by,
        decided_at: decided_at.into(),
    };
    diesel::insert_into(supervisions::table).values(row).execute(conn)?;
    Ok(())
}

/// The latest supervision decision on each of `agreements` that has one.
///
/// # Errors
/// Those of the database.
pub fn latest_supervisions(conn: &mut Conn, agreements: &[AgreementId]) -> Result<Vec<Supervision>, DbError> {
    let ids: Vec<Uid> = agreements.iter().copied().map(Uid::from).collect();
    let mut rows: Vec<SupervisionRow> = supervisions::table
        .filter(supervisions::agreement_id.eq_any(ids))
        .order((supervisions::agreement_id.asc(), supervisions::id.desc()))
        .select(SupervisionRow::as_select())
        .load(conn)?;
    rows.dedup_by_key(|row| row.agreement_id);
    rows.into_iter().map(Supervision::try_from).collect()
}

/// A page of the supervision decisions on an agreement. They change only by coming in.
///
/// # Errors
/// Those of the database.
pub fn page_supervisions(conn: &mut Conn, agreement: AgreementId, page: &Page) -> Result<Vec<Supervision>, DbError> {
    let of_agreement = supervisions::table.filter(supervisions::agreement_id.eq(Uid::from(agreement)));
    let query = paged!(of_agreement.into_boxed::<MultiBackend>(), supervisions, page, changed decided_at);
    let rows: Vec<SupervisionRow> = query.select(SupervisionRow::as_select()).load(conn)?;
    rows.into_iter().map(Supervision::try_from).collect()
}

/// A stage of an agreement as it is kept, for ever (R39).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// The stage and its first day.
    pub step: StageStep,
    /// Why it was entered, where that was said.
    pub reason: Option<String>,
    /// Who decided it.
    pub decided_by: String,
    /// When.
    pub decided_at: DateTime<Utc>,
}

/// Agreement, first day, stage, who decided and when, and why.
type StageRow = (Uid, NaiveDate, String, String, At, Option<String>);

/// Keeps a stage of an agreement.
///
/// # Errors
/// Those of the database.
pub fn add_stage(conn: &mut Conn, agreement: AgreementId, stage: &Stage) -> Result<(), DbError> {
    let Stage { step: StageStep { from, stage }, reason, decided_by, decided_at } = stage;
    diesel::insert_into(agreement_stages::table)
        .values((
            agreement_stages::agreement_id.eq(Uid::from(agreement)),
            agreement_stages::from_day.eq(from),
            agreement_stages::stage.eq(stage),
            agreement_stages::decided_by.eq(decided_by),
            agreement_stages::decided_at.eq(At::from(*decided_at)),
            agreement_stages::reason.eq(reason),
        ))
        .execute(conn)?;
    Ok(())
}

/// The stages of each of `agreements`, in the order of their first days.
///
/// # Errors
/// Those of the database.
pub fn stages_of_all(conn: &mut Conn, agreements: &[AgreementId]) -> Result<Vec<(AgreementId, Stage)>, DbError> {
    let ids: Vec<Uid> = agreements.iter().copied().map(Uid::from).collect();
    let rows: Vec<StageRow> = agreement_stages::table
        .filter(agreement_stages::agreement_id.eq_any(ids))
        .order((agreement_stages::agreement_id.asc(), agreement_stages::from_day.asc()))
        .load(conn)?;
    let stage = |(id, from, stage, decided_by, at, reason): StageRow| {
        (id.id(), Stage { step: StageStep { from, stage }, reason, decided_by, decided_at: at.0 })
    };
    Ok(rows.into_iter().map(stage).collect())
}

/// The stages of an agreement, in the order of their first days.
///
/// # Errors
/// Those of the database.
pub fn stages_of(conn: &mut Conn, agreement: AgreementId) -> Result<Vec<Stage>, DbError> {
    Ok(stages_of_all(conn, &[agreement])?.into_iter().map(|(_, stage)| stage).collect())
}

/// The code of the stage that an agreement has on a day; none before its first (R39).
///
/// # Errors
/// Those of the database.
pub fn stage_on(conn: &mut Conn, agreement: AgreementId, on: NaiveDate) -> Result<Option<String>, DbError> {
    let found = agreement_stages::table
        .filter(agreement_stages::agreement_id.eq(Uid::from(agreement)))
        .filter(agreement_stages::from_day.le(on))
        .order(agreement_stages::from_day.desc())
        .limit(1)
        .select(agreement_stages::stage)
        .get_result(conn)
        .optional()?;
    Ok(found)
}
