//! Everything that stands beside a prospect: what has one of its keys, and what may be it by its name.

use std::collections::BTreeSet;

use diesel::prelude::*;
use domain::{
    id::{CompanyId, MasterId, NetworkId},
    partner::Country,
    registration::{
        MatchedOn, ProspectIdentity, ProspectKey, RegistrationState,
        matching::{CompanyName, Score, compare},
    },
};
use uuid::Uuid;

use super::{Candidate, Sought, SubjectKind, possible_matches};
use crate::{
    columns::Uid,
    customer,
    db::Conn,
    error::DbError,
    schema::{pursuit_keys, pursuits, registration_keys, registrations},
};

/// Something that stands beside a prospect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// What it is and whose, and how alike the names are.
    pub candidate: Candidate,
    /// What they have in common.
    pub matched_on: BTreeSet<MatchedOn>,
}

/// Every live registration, customer and pursuit of the network with a key of this prospect or a name like its own, whoever may
/// see them, except those in `but`; and whether these are all. Those with a key first, then those that protect, then the most
/// alike. A name counts from the score `least` on.
///
/// # Errors
/// Those of the database.
pub fn beside(
    conn: &mut Conn,
    network: NetworkId,
    prospect: &ProspectIdentity,
    least: Score,
    but: &[Uuid],
) -> Result<(Vec<Beside>, bool), DbError> {
    let sought = Sought { network, country: prospect.country(), name: prospect.name(), least };
    let named = possible_matches(conn, &sought)?;
    let mut found: Vec<Beside> = Vec::new();
    for candidate in named.found {
        found.push(Beside { candidate, matched_on: BTreeSet::from([MatchedOn::Name]) });
    }
    let name = CompanyName::read(prospect.country(), prospect.name());
    for keyed in with_keys(conn, network, prospect)? {
        match found.iter_mut().find(|known| known.candidate.subject == keyed.subject) {
            Some(known) => known.matched_on.extend(keyed.matched_on),
            None => found.push(keyed.beside(&name)),
        }
    }
    found.retain(|beside| !but.contains(&beside.candidate.subject));
    found.sort_by_key(|Beside { candidate, matched_on }| {
        let named_only = matched_on.iter().all(|on| *on == MatchedOn::Name);
        (named_only, !candidate.protects, std::cmp::Reverse(candidate.score), candidate.subject)
    });
    Ok((found, named.complete))
}

/// Something with a key of the prospect.
struct Keyed {
    kind: SubjectKind,
    subject: Uuid,
    master: MasterId,
    company: CompanyId,
    country: Country,
    name: String,
    protects: bool,
    matched_on: BTreeSet<MatchedOn>,
}

impl Keyed {
    fn beside(self, name: &CompanyName) -> Beside {
        let Self { kind, subject, master, company, country, name: other, protects, matched_on } = self;
        let alike = compare(name, &CompanyName::read(country, &other));
        let (score, reasons) = (alike.score, alike.reasons);
        Beside { candidate: Candidate { kind, subject, master, company, name: other, protects, score, reasons }, matched_on }
    }
}

const fn kind_of(key: &ProspectKey) -> MatchedOn {
    match key {
        ProspectKey::TaxId(_) => MatchedOn::TaxId,
        ProspectKey::Domain(_) => MatchedOn::Domain,
    }
}

fn with_keys(conn: &mut Conn, network: NetworkId, prospect: &ProspectIdentity) -> Result<Vec<Keyed>, DbError> {
    let mut found = registrations_with_keys(conn, network, prospect)?;
    found.extend(customers_with_keys(conn, network, prospect)?);
    found.extend(pursuits_with_keys(conn, network, prospect)?);
    Ok(found)
}

fn registrations_with_keys(conn: &mut Conn, network: NetworkId, prospect: &ProspectIdentity) -> Result<Vec<Keyed>, DbError> {
    let keys = prospect.keys();
    let texts: Vec<String> = keys.iter().map(ToString::to_string).collect();
    let hits: Vec<(Uid, String)> = registration_keys::table
        .filter(registration_keys::network_id.eq(Uid::from(network)))
        .filter(registration_keys::key.eq_any(&texts))
        .filter(registration_keys::live.eq(true))
        .select((registration_keys::registration_id, registration_keys::key))
        .load(conn)?;
    let ids: Vec<Uid> = hits.iter().map(|(id, _)| *id).collect();
    let rows: Vec<(Uid, Uid, Uid, String, String, String)> = registrations::table
        .filter(registrations::id.eq_any(ids))
        .select((
            registrations::id,
            registrations::master_id,
            registrations::partner_id,
            registrations::country,
            registrations::prospect_name,
            registrations::state,
        ))
        .load(conn)?;
    let mut found = Vec::with_capacity(rows.len());
    for (id, master, partner, country, name, state) in rows {
        let own = |key: &&ProspectKey| hits.iter().any(|(of, text)| *of == id && *text == key.to_string());
        found.push(Keyed {
            kind: SubjectKind::Registration,
            subject: id.0,
            master: master.id(),
            company: CompanyId::Partner(partner.id()),
            country: Country::parse(&country).map_err(|_| DbError::Corrupt(format!("registration {}: country", id.0)))?,
            name,
            protects: state == RegistrationState::Accepted.code(),
            matched_on: keys.iter().filter(own).map(kind_of).collect(),
        });
    }
    Ok(found)
}

fn customers_with_keys(conn: &mut Conn, network: NetworkId, prospect: &ProspectIdentity) -> Result<Vec<Keyed>, DbError> {
    let (tax_key, domain) = (prospect.tax_id().map(|id| id.key()), prospect.domain().map(ToString::to_string));
    let customers = customer::find_by_keys(conn, network, tax_key.as_deref(), domain.as_deref())?;
    let keys = prospect.keys();
    let keyed = |customer: customer::Customer| {
        let own = customer.identity.keys();
        Keyed {
            kind: SubjectKind::Customer,
            subject: customer.id.uuid(),
            master: customer.master,
            company: customer.responsible,
            country: customer.identity.country(),
            name: customer.identity.name().to_owned(),
            protects: true,
            matched_on: keys.iter().filter(|key| own.contains(key)).map(kind_of).collect(),
        }
    };
    Ok(customers.into_iter().map(keyed).collect())
}

fn pursuits_with_keys(conn: &mut Conn, network: NetworkId, prospect: &ProspectIdentity) -> Result<Vec<Keyed>, DbError> {
    let keys = prospect.keys();
    let texts: Vec<String> = keys.iter().map(ToString::to_string).collect();
    let hits: Vec<(Uid, String)> = pursuit_keys::table
        .filter(pursuit_keys::network_id.eq(Uid::from(network)))
        .filter(pursuit_keys::key.eq_any(&texts))
        .select((pursuit_keys::pursuit_id, pursuit_keys::key))
        .load(conn)?;
    let ids: Vec<Uid> = hits.iter().map(|(id, _)| *id).collect();
    let rows: Vec<(Uid, Uid, String, String)> = pursuits::table
        .filter(pursuits::id.eq_any(ids))
        .select((pursuits::id, pursuits::master_id, pursuits::country, pursuits::prospect_name))
        .load(conn)?;
    let mut found = Vec::with_capacity(rows.len());
    for (id, master, country, name) in rows {
        let own = |key: &&ProspectKey| hits.iter().any(|(of, text)| *of == id && *text == key.to_string());
        found.push(Keyed {
            kind: SubjectKind::Pursuit,
            subject: id.0,
            master: master.id(),
            company: CompanyId::Master(master.id()),
            country: Country::parse(&country).map_err(|_| DbError::Corrupt(format!("pursuit {}: country", id.0)))?,
            name,
            protects: true,
            matched_on: keys.iter().filter(own).map(kind_of).collect(),
        });
    }
    Ok(found)
}
