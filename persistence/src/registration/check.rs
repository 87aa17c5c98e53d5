//! The log of checks: which partner asked for which prospect, and what it was told. It only grows.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{count_star, exists, max, min},
    prelude::*,
};
use domain::{
    id::{CompanyId, MasterId, NetworkId, PartnerId, RegistrationCheckId},
    registration::{CheckStatus, MatchedOn, Scope},
};

use super::{
    matching::{Candidate, Sought, SubjectKind, possible_matches},
    scope,
};
use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    identity::company_of,
    schema::{
        checked_prospects, companies, customers, partners, pursuit_keys, pursuits, registration_checks, registration_keys,
        registrations,
    },
    view::{Page, View, paged},
};

/// A check as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its id.
    pub id: RegistrationCheckId,
    /// Its network.
    pub network: NetworkId,
    /// The master that supervises the partner.
    pub master: MasterId,
    /// The partner that asked.
    pub partner: PartnerId,
    /// Who asked for it.
    pub actor: String,
    /// What tells the prospect from others in the partner's count.
    pub digest: String,
    /// The name that was asked for.
    pub name: Option<String>,
    /// The country's code.
    pub country: String,
    /// The tax id that was asked for: `PT:501442600`.
    pub tax_key: Option<String>,
    /// The registered domain that was asked for.
    pub domain: Option<String>,
    /// For what.
    pub scope: Scope,
    /// What the partner was told.
    pub status: CheckStatus,
    /// What it matched on.
    pub matched_on: Vec<MatchedOn>,
    /// How many prospects the partner had asked for in the 24 hours up to this check, this one included.
    pub prospects_in_day: u32,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = registration_checks, treat_none_as_default_value = false)]
struct CheckRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    partner_id: Uid,
    actor: String,
    digest: String,
    prospect_name: Option<String>,
    country: String,
    tax_key: Option<String>,
    domain: Option<String>,
    product_lines: Option<String>,
    status: String,
    matched_on: String,
    prospects_in_day: i32,
    recorded_at: At,
}

impl From<&Check> for CheckRow {
    fn from(check: &Check) -> Self {
        let Check {
            id,
            network,
            master,
            partner,
            actor,
            digest,
            name,
            country,
            tax_key,
            domain,
            scope,
            status,
            matched_on,
            prospects_in_day,
            recorded_at,
        } = check;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            partner_id: (*partner).into(),
            actor: actor.clone(),
            digest: digest.clone(),
            prospect_name: name.clone(),
            country: country.clone(),
            tax_key: tax_key.clone(),
            domain: domain.clone(),
            product_lines: scope::written(scope),
            status: status.code().to_owned(),
            matched_on: matched_on.iter().map(|on| on.code()).collect::<Vec<_>>().join(" "),
            prospects_in_day: i32::try_from(*prospects_in_day).unwrap_or(i32::MAX),
            recorded_at: (*recorded_at).into(),
        }
    }
}

impl TryFrom<CheckRow> for Check {
    type Error = DbError;

    fn try_from(row: CheckRow) -> Result<Self, DbError> {
        let CheckRow {
            id,
            network_id,
            master_id,
            partner_id,
            actor,
            digest,
            prospect_name,
            country,
            tax_key,
            domain,
            product_lines,
            status,
            matched_on,
            prospects_in_day,
            recorded_at,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("check {}: {what}", id.0));
        let matched_on: Option<Vec<_>> = matched_on.split_whitespace().map(MatchedOn::from_code).collect();
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            partner: partner_id.id(),
            actor,
            digest,
            name: prospect_name,
            country,
            tax_key,
            domain,
            scope: scope::read(product_lines.as_deref()),
            status: CheckStatus::from_code(&status).ok_or_else(|| corrupt("status"))?,
            matched_on: matched_on.ok_or_else(|| corrupt("matches"))?,
            prospects_in_day: u32::try_from(prospects_in_day).map_err(|_| corrupt("count"))?,
            recorded_at: recorded_at.0,
        })
    }
}

/// Which prospects a partner asked for in a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// How many.
    pub prospects: u32,
    /// Whether this one is among them.
    pub known: bool,
    /// When the one was last asked for that will be forgotten first.
    pub oldest: Option<DateTime<Utc>>,
}

/// What a partner asked for after an instant, and whether this prospect was among it.
///
/// # Errors
/// Those of the database.
pub fn asked_since(conn: &mut Conn, partner: PartnerId, since: DateTime<Utc>, digest: &str) -> Result<Asked, DbError> {
    let recent = checked_prospects::table
        .filter(checked_prospects::partner_id.eq(Uid::from(partner)))
        .filter(checked_prospects::last_at.gt(At::from(since)));
    let (prospects, oldest): (i64, Option<At>) =
        recent.select((count_star(), min(checked_prospects::last_at))).get_result(conn)?;
    let known = diesel::select(exists(recent.filter(checked_prospects::digest.eq(digest)))).get_result(conn)?;
    Ok(Asked { prospects: u32::try_from(prospects).unwrap_or(u32::MAX), known, oldest: oldest.map(|at| at.0) })
}

/// Appends a check, and notes when its partner last asked for the prospect.
///
/// # Errors
/// Those of the database.
pub fn append_check(conn: &mut Conn, check: &Check) -> Result<(), DbError> {
    diesel::insert_into(registration_checks::table).values(CheckRow::from(check)).execute(conn)?;
    let last_at = checked_prospects::last_at.eq(At::from(check.recorded_at));
    let known = checked_prospects::table.find((Uid::from(check.partner), &check.digest));
    if diesel::update(known).set(last_at).execute(conn)? == 0 {
        let whose = (checked_prospects::partner_id.eq(Uid::from(check.partner)), checked_prospects::digest.eq(&check.digest));
        diesel::insert_into(checked_prospects::table).values((whose.0, whose.1, last_at)).execute(conn)?;
    }
    Ok(())
}

/// Something that a check may find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// By what.
    pub on: MatchedOn,
    /// Whose it is, if it is a partner's.
    pub partner: Option<PartnerId>,
    /// Whether it keeps others off.
    pub protects: bool,
}

/// The claims, customers and pursuits of a network that stand on one of two keys in an overlapping scope at an instant. Each look-up is
/// made whatever the others find, so that the time it takes tells nothing.
///
/// # Errors
/// Those of the database.
pub fn standing_on(
    conn: &mut Conn,
    network: NetworkId,
    (tax_key, domain): (&str, &str),
    scope: &Scope,
    now: DateTime<Utc>,
) -> Result<Vec<Standing>, DbError> {
    let keys = [format!("tax_id:{tax_key}"), format!("domain:{domain}")];
    let claims: Vec<(String, String, Uid, bool, Option<At>)> = registration_keys::table
        .inner_join(registrations::table.on(registrations::id.eq(registration_keys::registration_id)))
        .filter(registration_keys::network_id.eq(Uid::from(network)))
        .filter(registration_keys::key.eq_any(&keys))
        .filter(registration_keys::live)
        .select((
            registration_keys::key,
            registration_keys::line,
            registration_keys::partner_id,
            registration_keys::protects,
            registrations::protected_until,
        ))
        .load(conn)?;
    let pursued: Vec<(String, String)> = pursuit_keys::table
        .filter(pursuit_keys::network_id.eq(Uid::from(network)))
        .filter(pursuit_keys::key.eq_any(&keys))
        .select((pursuit_keys::key, pursuit_keys::line))
        .load(conn)?;
    let customers: Vec<(Option<String>, Option<String>, Uid, String)> = customers::table
        .inner_join(companies::table.on(companies::id.eq(customers::responsible_id)))
        .filter(customers::network_id.eq(Uid::from(network)))
        .filter(customers::tax_key.eq(tax_key).or(customers::domain.eq(domain)))
        .select((customers::tax_key, customers::domain, customers::responsible_id, companies::kind))
        .load(conn)?;
    let on = |key: &String| if Some(key) == keys.first() { MatchedOn::TaxId } else { MatchedOn::Domain };
    let mut found = Vec::new();
    for (key, line, partner, protects, until) in claims {
        if !has_run_out(protects, until, now) && scope::is_within(&line, scope) {
            found.push(Standing { on: on(&key), partner: Some(partner.id()), protects });
        }
    }
    for (key, _) in pursued.into_iter().filter(|(_, line)| scope::is_within(line, scope)) {
        found.push(Standing { on: on(&key), partner: None, protects: true });
    }
    for (its_tax_key, its_domain, responsible, kind) in customers {
        let partner = company_of(&kind, responsible)?.partner();
        let by_tax_id = its_tax_key.is_some_and(|key| key == tax_key).then_some(MatchedOn::TaxId);
        let by_domain = its_domain.is_some_and(|other| other == domain).then_some(MatchedOn::Domain);
        found.extend(by_tax_id.into_iter().chain(by_domain).map(|on| Standing { on, partner, protects: true }));
    }
    Ok(found)
}

/// Whether a protection is nothing any more, and only waits for its expiry.
fn has_run_out(protects: bool, until: Option<At>, now: DateTime<Utc>) -> bool {
    protects && until.is_none_or(|until| until.0 <= now)
}

/// Those of a network's names that are like one, and stand in an overlapping scope at an instant. Each look-up is made whatever the
/// others find.
///
/// # Errors
/// Those of the database.
pub fn standing_by_name(
    conn: &mut Conn,
    sought: &Sought<'_>,
    scope: &Scope,
    now: DateTime<Utc>,
) -> Result<Vec<Standing>, DbError> {
    let named = possible_matches(conn, sought)?.found;
    let subjects: Vec<Uid> = named.iter().map(|name| Uid(name.subject)).collect();
    let claims: Vec<(Uid, Option<String>, Option<At>)> = registrations::table
        .filter(registrations::id.eq_any(&subjects))
        .select((registrations::id, registrations::product_lines, registrations::protected_until))
        .load(conn)?;
    let pursued: Vec<(Uid, Option<String>)> =
        pursuits::table.filter(pursuits::id.eq_any(&subjects)).select((pursuits::id, pursuits::product_lines)).load(conn)?;
    let overlaps = |lines: &Option<String>| scope::read(lines.as_deref()).overlaps(scope);
    let stands = |name: &Candidate| {
        let subject = Uid(name.subject);
        match name.kind {
            SubjectKind::Customer => true,
            SubjectKind::Registration => claims
                .iter()
                .any(|(id, lines, until)| *id == subject && overlaps(lines) && !has_run_out(name.protects, *until, now)),
            SubjectKind::Pursuit => pursued.iter().any(|(id, lines)| *id == subject && overlaps(lines)),
        }
    };
    let standing = named.iter().filter(|name| stands(name));
    Ok(standing.map(|name| Standing { on: MatchedOn::Name, partner: name.company.partner(), protects: name.protects }).collect())
}

/// A page of the checks of the partners that a master supervises; of this partner alone, if one is named.
///
/// # Errors
/// Those of the database.
pub fn page_checks(conn: &mut Conn, view: &View, partner: Option<PartnerId>, page: &Page) -> Result<Vec<Check>, DbError> {
    let CompanyId::Master(master) = view.company else { return Ok(Vec::new()) };
    let mut query = registration_checks::table
        .filter(registration_checks::network_id.eq(Uid::from(view.network)))
        .filter(registration_checks::master_id.eq(Uid::from(master)))
        .into_boxed();
    if let Some(partner) = partner {
        query = query.filter(registration_checks::partner_id.eq(Uid::from(partner)));
    }
    let rows: Vec<CheckRow> =
        paged!(query, registration_checks, page, changed recorded_at).select(CheckRow::as_select()).load(conn)?;
    rows.into_iter().map(Check::try_from).collect()
}

/// How much a partner asked for in a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Curiosity {
    /// The partner.
    pub partner: PartnerId,
    /// How many prospects it asked for.
    pub prospects: u32,
    /// When it last did.
    pub last_at: Option<DateTime<Utc>>,
}

/// How much each partner that a master supervises asked for after an instant, those that asked for most first.
///
/// # Errors
/// Those of the database.
pub fn curiosity_since(conn: &mut Conn, view: &View, since: DateTime<Utc>) -> Result<Vec<Curiosity>, DbError> {
    let CompanyId::Master(master) = view.company else { return Ok(Vec::new()) };
    let rows: Vec<(Uid, i64, Option<At>)> = checked_prospects::table
        .inner_join(partners::table.on(partners::id.eq(checked_prospects::partner_id)))
        .filter(partners::network_id.eq(Uid::from(view.network)))
        .filter(partners::master_id.eq(Uid::from(master)))
        .filter(checked_prospects::last_at.gt(At::from(since)))
        .group_by(checked_prospects::partner_id)
        .select((checked_prospects::partner_id, count_star(), max(checked_prospects::last_at)))
        .load(conn)?;
    let mut found: Vec<_> = rows
        .into_iter()
        .map(|(partner, prospects, last_at)| Curiosity {
            partner: partner.id(),
            prospects: u32::try_from(prospects).unwrap_or(u32::MAX),
            last_at: last_at.map(|at| at.0),
        })
        .collect();
    found.sort_by_key(|of| (std::cmp::Reverse(of.prospects), of.partner));
    Ok(found)
}
