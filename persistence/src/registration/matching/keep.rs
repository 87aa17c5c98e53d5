//! Keeping the index in step.

use diesel::prelude::*;
use domain::{
    id::NetworkId,
    registration::matching::{CompanyName, MATCHING_VERSION, NameKey},
};
use uuid::Uuid;

use super::NameEntry;
use crate::{
    columns::Uid,
    db::Conn,
    dialect,
    error::DbError,
    schema::{prospect_name_keys, prospect_names},
};

#[derive(Insertable)]
#[diesel(table_name = prospect_names, treat_none_as_default_value = false)]
struct NameRow<'n> {
    subject_id: Uid,
    kind: &'static str,
    network_id: Uid,
    master_id: Uid,
    company_id: Uid,
    country: &'static str,
    name: &'n str,
    normalised: String,
    protects: bool,
    rules: i32,
}

/// What a kept name was kept by.
#[derive(Queryable, Selectable)]
#[diesel(table_name = prospect_names)]
struct KeptRow {
    number: i64,
    network_id: Uid,
    master_id: Uid,
    company_id: Uid,
    country: String,
    name: String,
    protects: bool,
    rules: i32,
}

impl KeptRow {
    fn is(&self, entry: &NameEntry<'_>) -> bool {
        let Self { number: _, network_id, master_id, company_id, country, name, protects, rules } = self;
        *network_id == Uid::from(entry.network)
            && *master_id == Uid::from(entry.master)
            && *company_id == Uid::from(entry.company)
            && *country == entry.country.code()
            && name == entry.name
            && *protects == entry.protects
            && *rules == MATCHING_VERSION
    }
}

/// A key is of one network: the random bits of the network's id are mixed into it.
pub(super) fn key_in(network: NetworkId, key: NameKey) -> i64 {
    let [.., a, b, c, d, e, f, g, h] = *network.uuid().as_bytes();
    key.number() ^ i64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// The keys that a name of the network is found by.
#[must_use]
pub fn index_keys(network: NetworkId, name: &CompanyName) -> Vec<i64> {
    name.stored_keys().into_iter().map(|key| key_in(network, key)).collect()
}

/// Keeps a name in the place of the one that its subject had, if it had one and it was another.
///
/// # Errors
/// Those of the database.
pub fn keep(conn: &mut Conn, entry: &NameEntry<'_>) -> Result<(), DbError> {
    match kept(conn, entry.subject)? {
        Some(kept) if kept.is(entry) => Ok(()),
        Some(kept) => {
            take_out(conn, &kept)?;
            keep_new(conn, entry)
        }
        None => keep_new(conn, entry),
    }
}

/// Keeps the name of a subject that has none yet.
///
/// # Errors
/// Those of the database.
pub fn keep_new(conn: &mut Conn, entry: &NameEntry<'_>) -> Result<(), DbError> {
    let NameEntry { kind, subject, network, master, company, country, name, protects } = *entry;
    let read = CompanyName::read(country, name);
    let row = NameRow {
        subject_id: Uid(subject),
        kind: kind.code(),
        network_id: network.into(),
        master_id: master.into(),
        company_id: company.into(),
        country: country.code(),
        name,
        normalised: read.normalised(),
        protects,
        rules: MATCHING_VERSION,
    };
    let number = diesel::insert_into(prospect_names::table).values(row).returning(prospect_names::number).get_result(conn)?;
    dialect::insert_name_keys(conn, &index_keys(network, &read), protects, number)?;
    Ok(())
}

/// Takes the name of a subject out, if it has one.
///
/// # Errors
/// Those of the database.
pub fn remove(conn: &mut Conn, subject: Uuid) -> Result<(), DbError> {
    kept(conn, subject)?.map_or(Ok(()), |kept| take_out(conn, &kept))
}

fn kept(conn: &mut Conn, subject: Uuid) -> Result<Option<KeptRow>, DbError> {
    let of_subject = prospect_names::table.filter(prospect_names::subject_id.eq(Uid(subject)));
    Ok(of_subject.select(KeptRow::as_select()).get_result(conn).optional()?)
}

fn take_out(conn: &mut Conn, kept: &KeptRow) -> Result<(), DbError> {
    let of_name = prospect_name_keys::table.filter(prospect_name_keys::number.eq(kept.number));
    let country = domain::partner::Country::parse(&kept.country).ok().filter(|_| kept.rules == MATCHING_VERSION);
    match country {
        // The keys are made once more: there is no index by number, which would double what is kept.
        Some(country) => {
            let keys = index_keys(kept.network_id.id(), &CompanyName::read(country, &kept.name));
            let those =
                of_name.filter(prospect_name_keys::key.eq_any(keys)).filter(prospect_name_keys::protects.eq(kept.protects));
            diesel::delete(those).execute(conn)?;
        }
        None => {
            diesel::delete(of_name).execute(conn)?;
        }
    }
    diesel::delete(prospect_names::table.find(kept.number)).execute(conn)?;
    Ok(())
}
