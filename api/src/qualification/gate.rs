//! What qualifications open, and to whom they are closed (R56, R64, R72).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{
    id::{CompanyId, NetworkId, PartnerId},
    network::{Duty, Requirement, Terms},
    qualification::{self as rules, QualificationKind, Shown},
};
use persistence::{db::Conn, partner, qualification as store, view::View};

use crate::{network::qualification_kinds, problem::Problem};

/// What a partner's qualifications say of requirements on a day.
///
/// # Errors
/// Those of the database.
pub(crate) fn shown(conn: &mut Conn, network: NetworkId, partner: PartnerId, on: NaiveDate) -> Result<Shown, Problem> {
    let kinds = qualification_kinds(conn, network)?;
    shown_of(conn, &kinds, partner, on)
}

fn shown_of(conn: &mut Conn, kinds: &[QualificationKind], partner: PartnerId, on: NaiveDate) -> Result<Shown, Problem> {
    let mut by_requirement: BTreeMap<Requirement, Vec<&str>> = BTreeMap::new();
    for kind in kinds {
        if let Some(requirement) = kind.requirement {
            by_requirement.entry(requirement).or_default().push(&kind.code);
        }
    }
    let mut shown = Shown::new();
    for (requirement, codes) in by_requirement {
        let says = store::shown_by(conn, partner, &codes, on)?;
        shown.extend(says.map(|holds| (requirement, holds)));
    }
    Ok(shown)
}

/// The duties that are closed to a partner under its terms on a day, each with the requirement that it does not meet.
///
/// # Errors
/// Those of the database.
pub(crate) fn closed_duties(
    conn: &mut Conn,
    (network, id): (NetworkId, PartnerId),
    terms: &Terms,
    on: NaiveDate,
) -> Result<BTreeMap<Duty, Requirement>, Problem> {
    if !terms.requirements.iter().any(|requirement| requirement.is_shown_by_qualification()) {
        return Ok(BTreeMap::new());
    }
    let kinds = qualification_kinds(conn, network)?;
    let found = partner::find(conn, &View { network, company: CompanyId::Partner(id) }, id)?;
    let record = found.ok_or_else(|| Problem::internal(format!("no {id}")))?.record;
    let shown = shown_of(conn, &kinds, id, on)?;
    Ok(rules::closed_duties(&kinds, &rules::unmet(terms, &record, &shown)))
}
