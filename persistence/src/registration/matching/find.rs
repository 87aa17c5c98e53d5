//! Finding the names that may be one prospect's.

use std::{cmp::Reverse, collections::HashMap};

use diesel::prelude::*;
use domain::registration::matching::{CompanyName, NameMatch, compare};

use super::{Candidate, Candidates, Sought, SubjectKind, keep::key_in};
use crate::{
    columns::Uid,
    db::Conn,
    dialect,
    error::DbError,
    identity::company_of,
    schema::{companies, prospect_names},
};

/// So many names of one key are looked at.
const OF_A_KEY: i64 = 40;
/// So many names are compared.
const COMPARED: usize = 120;
/// A number that no name has: a look-up that finds nothing asks the same as one that finds something.
const NOBODY: i64 = -1;

#[derive(Queryable)]
struct FoundRow {
    subject_id: Uid,
    kind: String,
    master_id: Uid,
    company_id: Uid,
    company_kind: String,
    name: String,
    protects: bool,
}

impl FoundRow {
    fn read(self, alike: NameMatch) -> Result<Candidate, DbError> {
        let Self { subject_id, kind, master_id, company_id, company_kind, name, protects } = self;
        let NameMatch { score, reasons } = alike;
        Ok(Candidate {
            kind: SubjectKind::from_code(&kind).ok_or_else(|| DbError::Corrupt(format!("name of {}: kind", subject_id.0)))?,
            subject: subject_id.0,
            master: master_id.id(),
            company: company_of(&company_kind, company_id)?,
            name,
            protects,
            score,
            reasons,
        })
    }
}

/// The names of the network that may be the same prospect's as the one sought, whoever may see them.
///
/// It asks the same whatever is found: the work depends on the name that is sought, and but little on what is there.
///
/// # Errors
/// Those of the database.
pub fn possible_matches(conn: &mut Conn, sought: &Sought<'_>) -> Result<Candidates, DbError> {
    let Sought { network, country, name, least } = *sought;
    let name = CompanyName::read(country, name);
    let keys: Vec<i64> = name.sought_keys().into_iter().map(|key| key_in(network, key)).collect();
    let (numbers, complete) = nearest(dialect::numbers_by_name_keys(conn, &keys, OF_A_KEY)?, keys.len());
    let rows: Vec<FoundRow> = prospect_names::table
        .inner_join(companies::table.on(companies::id.eq(prospect_names::company_id)))
        .filter(prospect_names::number.eq_any(numbers))
        .filter(prospect_names::network_id.eq(Uid::from(network)))
        .filter(prospect_names::country.eq(country.code()))
        .select((
            prospect_names::subject_id,
            prospect_names::kind,
            prospect_names::master_id,
            prospect_names::company_id,
            companies::kind,
            prospect_names::name,
            prospect_names::protects,
        ))
        .load(conn)?;
    let mut found = Vec::new();
    for row in rows {
        let alike = compare(&name, &CompanyName::read(country, &row.name));
        if alike.score >= least {
            found.push(row.read(alike)?);
        }
    }
    found.sort_by_key(|candidate| (!candidate.protects, Reverse(candidate.score), candidate.subject));
    Ok(Candidates { found, complete })
}

/// The names to compare, those with most keys in common first, and whether they are all that were found.
fn nearest(hits: Vec<(i64, i64)>, keys: usize) -> (Vec<i64>, bool) {
    let mut of_key: HashMap<i64, i64> = HashMap::with_capacity(keys);
    let mut shared: HashMap<i64, usize> = HashMap::new();
    for (key, number) in hits {
        let count = of_key.entry(key).or_default();
        *count = count.saturating_add(1);
        let count = shared.entry(number).or_default();
        *count = count.saturating_add(1);
    }
    let full = of_key.values().any(|count| *count >= OF_A_KEY);
    let mut numbers: Vec<(usize, i64)> = shared.into_iter().map(|(number, shared)| (shared, number)).collect();
    numbers.sort_unstable_by(|a, b| b.cmp(a));
    let complete = !full && numbers.len() <= COMPARED;
    let nearest = numbers.into_iter().take(COMPARED).map(|(_, number)| number);
    (nearest.chain(std::iter::once(NOBODY)).collect(), complete)
}
