//! Registrations of prospects, their evidence, and the keys that one protection at most stands on (R32 to R38).

mod check;
mod evidence;
mod keys;
pub mod matching;
mod overriding;
mod passed;
mod row;
pub(crate) mod scope;
mod time;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::{
    id::{AgreementId, CompanyId, CustomerId, MasterId, NetworkId, PartnerId, PartnershipTypeId, RegistrationId},
    registration::{Ask, ProspectIdentity, Registration as Status, RegistrationState, Scope},
};

pub use check::{
    Asked, Check, Curiosity, Standing, append_check, asked_since, curiosity_since, page_checks, standing_by_name, standing_on,
};
pub use evidence::{Evidence, add_evidence, evidence_of, evidence_of_all};
use matching::{NameEntry, SubjectKind};
pub use overriding::{
    Override, ProtectedLine, find_override, insert_override, insert_protected_line, is_of_network, overrides_of, page_overrides,
    protected_lines_of, update_override,
};
pub use passed::{by_ids, last_won_for, note_taken_from, passings};
use row::RegistrationRow;
pub use time::{note_warned, run_out, running_out, to_warn};

use crate::{
    columns::{At, Uid},
    db::{Conn, MultiBackend},
    error::DbError,
    schema::{agreements, registration_keys, registrations},
    view::{Page, View, paged, visible_to},
};

/// A registration as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Its id.
    pub id: RegistrationId,
    /// Its network.
    pub network: NetworkId,
    /// The master that supervises it: that of the agreement.
    pub master: MasterId,
    /// The partner whose it is.
    pub partner: PartnerId,
    /// The agreement it was made under.
    pub agreement: AgreementId,
    /// Whom it claims.
    pub prospect: ProspectIdentity,
    /// What of it.
    pub scope: Scope,
    /// The prospect's tax id as it was written.
    pub tax_id_written: Option<String>,
    /// Where the prospect is written to.
    pub email: Option<String>,
    /// Where it stands, why, and its protection.
    pub status: Status,
    /// A master's or the partner's words on where it stands.
    pub note: Option<String>,
    /// What its partner is asked for.
    pub asks: Vec<Ask>,
    /// The earlier registration of its partner that it takes the place of.
    pub supersedes: Option<RegistrationId>,
    /// The later one that took its place.
    pub superseded_by: Option<RegistrationId>,
    /// When it was last handed in; never, as long as it is a draft.
    pub submitted_at: Option<DateTime<Utc>>,
    /// Who accepted, rejected or released it.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// When it ended, if it did.
    pub ended_at: Option<DateTime<Utc>>,
    /// The customer that the prospect became.
    pub customer: Option<CustomerId>,
    /// Its version.
    pub version: i64,
    /// When it came in.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Registration {
    /// What protections of its prospect are kept unique by: `tax_id:PT:501442600`, `domain:acme.pt`.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        self.prospect.keys().iter().map(ToString::to_string).collect()
    }

    /// Whether it still claims its prospect: a partner has one such registration for a prospect and product line at most.
    #[must_use]
    pub fn is_live(&self) -> bool {
        match self.status.state {
            RegistrationState::Submitted
            | RegistrationState::InReview
            | RegistrationState::ActionRequired
            | RegistrationState::Accepted => true,
            RegistrationState::Draft
            | RegistrationState::Rejected
            | RegistrationState::Won
            | RegistrationState::Lost
            | RegistrationState::Withdrawn
            | RegistrationState::Expired
            | RegistrationState::Released => false,
        }
    }
}

impl Registration {
    /// What the index of names keeps of it: while it is live, its prospect's name.
    fn name_entry(&self) -> Option<NameEntry<'_>> {
        self.is_live().then(|| NameEntry {
            kind: SubjectKind::Registration,
            subject: self.id.uuid(),
            network: self.network,
            master: self.master,
            company: self.partner.into(),
            country: self.prospect.country(),
            name: self.prospect.name(),
            protects: self.status.state == RegistrationState::Accepted,
        })
    }
}

/// What a list of registrations is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    /// Those that stand here.
    pub state: Option<RegistrationState>,
    /// Those of this partner.
    pub partner: Option<PartnerId>,
    /// Those whose prospect is known by one of these keys; none of them where there is no key.
    pub keys: Option<Vec<String>>,
    /// Those that protected at this instant, whatever became of them.
    pub protecting_at: Option<DateTime<Utc>>,
}

/// The registrations that `view` may see: a master sees none that was never handed in.
fn visible(view: &View) -> registrations::BoxedQuery<'static, MultiBackend> {
    let query = visible_to!(registrations::table.into_boxed(), registrations, view);
    match view.company {
        CompanyId::Master(_) => query.filter(registrations::submitted_at.is_not_null()),
        CompanyId::Partner(_) => query,
    }
}

/// Keeps a new registration.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::OneLiveRegistration`] when the partner has a live one for the prospect,
/// and those of [`update`].
pub fn insert(conn: &mut Conn, registration: &Registration) -> Result<(), DbError> {
    diesel::insert_into(registrations::table).values(RegistrationRow::from(registration)).execute(conn)?;
    keys::insert(conn, registration)?;
    registration.name_entry().map_or(Ok(()), |entry| matching::keep_new(conn, &entry))
}

/// Keeps a changed registration, unless it was changed since `registration.version - 1`: `false` then.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::OneProtection`] or [`crate::error::Constraint::OneProtectionMode`] when the
/// prospect is protected by another one, and [`crate::error::Constraint::OneLiveRegistration`].
pub fn update(conn: &mut Conn, registration: &Registration) -> Result<bool, DbError> {
    let before = registration.version.saturating_sub(1);
    let unchanged = registrations::table.find(Uid::from(registration.id)).filter(registrations::version.eq(before));
    if diesel::update(unchanged).set(RegistrationRow::from(registration)).execute(conn)? != 1 {
        return Ok(false);
    }
    keys::replace(conn, registration)?;
    match registration.name_entry() {
        Some(entry) => matching::keep(conn, &entry)?,
        None => matching::remove(conn, registration.id.uuid())?,
    }
    Ok(true)
}

/// A registration that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, view: &View, id: RegistrationId) -> Result<Option<Registration>, DbError> {
    let query = visible(view).filter(registrations::id.eq(Uid::from(id)));
    let row: Option<RegistrationRow> = query.select(RegistrationRow::as_select()).get_result(conn).optional()?;
    row.map(Registration::try_from).transpose()
}

/// A page of the registrations that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page(conn: &mut Conn, view: &View, filters: &Filters, page: &Page) -> Result<Vec<Registration>, DbError> {
    let Filters { state, partner, keys, protecting_at } = filters;
    let mut query = visible(view);
    if let Some(state) = state {
        query = query.filter(registrations::state.eq(state.code()));
    }
    if let Some(partner) = partner {
        query = query.filter(registrations::partner_id.eq(Uid::from(*partner)));
    }
    if let Some(keys) = keys {
        let known = registration_keys::table
            .filter(registration_keys::network_id.eq(Uid::from(view.network)))
            .filter(registration_keys::key.eq_any(keys.clone()))
            .select(registration_keys::registration_id);
        query = query.filter(registrations::id.eq_any(known));
    }
    if let Some(at) = protecting_at.map(At::from) {
        // What protected keeps from when and until when; an extension never left a gap, and an end before the last instant is kept.
        let protected = registrations::protected_from.le(at).and(registrations::protected_until.gt(at));
        let ended = registrations::ended_at.is_null().or(registrations::ended_at.gt(at));
        query = query.filter(protected).filter(ended);
    }
    let rows: Vec<RegistrationRow> = paged!(query, registrations, page).select(RegistrationRow::as_select()).load(conn)?;
    rows.into_iter().map(Registration::try_from).collect()
}

/// The partner's own live registration for one of these keys in an overlapping scope, other than `but`.
///
/// # Errors
/// Those of the database.
pub fn find_live_of(
    conn: &mut Conn,
    network: NetworkId,
    partner: PartnerId,
    (keys, scope): (&[String], &Scope),
    but: Option<RegistrationId>,
) -> Result<Option<RegistrationId>, DbError> {
    Ok(keys::live_of(conn, network, partner, keys, scope)?.into_iter().find(|id| but != Some(*id)))
}

/// The accepted registrations that stand on one of these keys in an overlapping scope, whoever may see them. Those that have run
/// out and wait for their expiry are among them: [`Status::is_protecting`] tells.
///
/// # Errors
/// Those of the database.
pub fn accepted_for(conn: &mut Conn, network: NetworkId, keys: &[String], scope: &Scope) -> Result<Vec<Registration>, DbError> {
    let holders = keys::holders(conn, network, keys, scope)?;
    load(conn, holders)
}

/// These registrations. The statement is made for none, too, so that the time it takes tells nothing (D22).
fn load(conn: &mut Conn, ids: Vec<Uid>) -> Result<Vec<Registration>, DbError> {
    let rows: Vec<RegistrationRow> = registrations::table
        .filter(registrations::id.eq_any(ids))
        .order(registrations::id)
        .select(RegistrationRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Registration::try_from).collect()
}

/// The live registrations that claim one of these keys in an overlapping scope, whoever may see them.
///
/// # Errors
/// Those of the database.
pub fn live_for(conn: &mut Conn, network: NetworkId, keys: &[String], scope: &Scope) -> Result<Vec<Registration>, DbError> {
    let claimants = keys::claimants(conn, network, keys, scope)?;
    load(conn, claimants)
}

/// Accepted registrations whose protection has run out at `now`, of every network: `limit` of them at most, oldest first.
/// How many live registrations a partner has under agreements of a type at `now`.
///
/// # Errors
/// Those of the database.
pub fn count_live(conn: &mut Conn, partner: PartnerId, of_type: PartnershipTypeId, now: DateTime<Utc>) -> Result<u32, DbError> {
    let under = agreements::table
        .filter(agreements::partner_id.eq(Uid::from(partner)))
        .filter(agreements::type_id.eq(Uid::from(of_type)))
        .select(agreements::id);
    let undecided = [RegistrationState::Submitted, RegistrationState::InReview, RegistrationState::ActionRequired];
    let protecting = registrations::state
        .eq(RegistrationState::Accepted.code())
        .and(registrations::protected_until.assume_not_null().gt(At::from(now)));
    let count: i64 = registrations::table
        .filter(registrations::partner_id.eq(Uid::from(partner)))
        .filter(registrations::agreement_id.eq_any(under))
        .filter(registrations::state.eq_any(undecided.map(RegistrationState::code)).or(protecting))
        .count()
        .get_result(conn)?;
    u32::try_from(count).map_err(|_| DbError::Corrupt(format!("{partner}: {count} registrations")))
}
