//! Making the index anew where it is missing or was made by other rules.

use diesel::prelude::*;
use domain::{
    id::CompanyId,
    partner::Country,
    pursuit::PursuitState,
    registration::{RegistrationState, matching::MATCHING_VERSION},
};

use super::{NameEntry, SubjectKind, keep_new, remove};
use crate::{
    columns::Uid,
    db::Conn,
    error::DbError,
    identity::company_of,
    schema::{companies, customers, prospect_names, pursuits, registrations},
};

/// So many names are made anew in one transaction.
const AT_ONCE: i64 = 500;

/// The states in which a registration claims or protects.
const LIVE: [RegistrationState; 4] =
    [RegistrationState::Submitted, RegistrationState::InReview, RegistrationState::ActionRequired, RegistrationState::Accepted];

/// Keeps the name of every live registration, customer and open pursuit that has none under the rules of this program. How many it kept.
///
/// # Errors
/// Those of the database.
pub fn refresh(conn: &mut Conn) -> Result<usize, DbError> {
    while conn.transaction(take_out_stale)? > 0 {}
    let mut kept = 0_usize;
    for batch in [keep_registrations, keep_customers, keep_pursuits] {
        loop {
            match conn.transaction(batch)? {
                0 => break,
                some => kept = kept.saturating_add(some),
            }
        }
    }
    Ok(kept)
}

fn take_out_stale(conn: &mut Conn) -> Result<usize, DbError> {
    let stale = prospect_names::table.filter(prospect_names::rules.ne(MATCHING_VERSION));
    let subjects: Vec<Uid> = stale.select(prospect_names::subject_id).limit(AT_ONCE).load(conn)?;
    for subject in &subjects {
        remove(conn, subject.0)?;
    }
    Ok(subjects.len())
}

fn keep_registrations(conn: &mut Conn) -> Result<usize, DbError> {
    let kept = prospect_names::table.filter(prospect_names::subject_id.eq(registrations::id));
    let rows: Vec<(Uid, Uid, Uid, Uid, String, String, String)> = registrations::table
        .filter(registrations::state.eq_any(LIVE.map(RegistrationState::code)))
        .filter(diesel::dsl::not(diesel::dsl::exists(kept)))
        .order(registrations::id)
        .limit(AT_ONCE)
        .select((
            registrations::id,
            registrations::network_id,
            registrations::master_id,
            registrations::partner_id,
            registrations::country,
            registrations::prospect_name,
            registrations::state,
        ))
        .load(conn)?;
    for (id, network, master, partner, country, name, state) in &rows {
        let entry = NameEntry {
            kind: SubjectKind::Registration,
            subject: id.0,
            network: network.id(),
            master: master.id(),
            company: CompanyId::Partner(partner.id()),
            country: country_of(*id, country)?,
            name,
            protects: state == RegistrationState::Accepted.code(),
        };
        keep_new(conn, &entry)?;
    }
    Ok(rows.len())
}

fn keep_customers(conn: &mut Conn) -> Result<usize, DbError> {
    let kept = prospect_names::table.filter(prospect_names::subject_id.eq(customers::id));
    let rows: Vec<(Uid, Uid, Uid, Uid, String, String)> = customers::table
        .filter(diesel::dsl::not(diesel::dsl::exists(kept)))
        .order(customers::id)
        .limit(AT_ONCE)
        .select((
            customers::id,
            customers::network_id,
            customers::master_id,
            customers::responsible_id,
            customers::country,
            customers::name,
        ))
        .load(conn)?;
    for (id, network, master, responsible, country, name) in &rows {
        let kind: String = companies::table.find(*responsible).select(companies::kind).get_result(conn)?;
        let entry = NameEntry {
            kind: SubjectKind::Customer,
            subject: id.0,
            network: network.id(),
            master: master.id(),
            company: company_of(&kind, *responsible)?,
            country: country_of(*id, country)?,
            name,
            protects: true,
        };
        keep_new(conn, &entry)?;
    }
    Ok(rows.len())
}

fn keep_pursuits(conn: &mut Conn) -> Result<usize, DbError> {
    let kept = prospect_names::table.filter(prospect_names::subject_id.eq(pursuits::id));
    let rows: Vec<(Uid, Uid, Uid, String, String)> = pursuits::table
        .filter(pursuits::state.eq(PursuitState::Open.code()))
        .filter(diesel::dsl::not(diesel::dsl::exists(kept)))
        .order(pursuits::id)
        .limit(AT_ONCE)
        .select((pursuits::id, pursuits::network_id, pursuits::master_id, pursuits::country, pursuits::prospect_name))
        .load(conn)?;
    for (id, network, master, country, name) in &rows {
        let entry = NameEntry {
            kind: SubjectKind::Pursuit,
            subject: id.0,
            network: network.id(),
            master: master.id(),
            company: CompanyId::Master(master.id()),
            country: country_of(*id, country)?,
            name,
            protects: true,
        };
        keep_new(conn, &entry)?;
    }
    Ok(rows.len())
}

fn country_of(id: Uid, code: &str) -> Result<Country, DbError> {
    Country::parse(code).map_err(|_| DbError::Corrupt(format!("{}: country", id.0)))
}
