//! The use case of obligations: to list them.

use domain::{
    id::{CompanyId, MasterId},
    obligation::{ObligationKind, Severity},
};
use persistence::{db::Tx, partner};

use super::{
    asked::Asked,
    sources::SOURCES,
    wire::{Obligation, ObligationPage, ObligationQuery},
};
use crate::{
    access::Caller,
    calendar,
    network::policies,
    problem::{Language, Problem},
    wire::filter_id,
};

const LIMIT_DEFAULT: i64 = 50;

/// Lists the obligations that the caller may see, the nearest first.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    query: &ObligationQuery,
    language: Language,
) -> Result<ObligationPage, Problem> {
    let (now, limit) = (tx.now()?, query.limit.unwrap_or(LIMIT_DEFAULT));
    let master = master_of(tx, caller)?;
    let calendar = calendar::of(tx.conn, caller.network, master)?;
    let asked = Asked {
        view: caller.view(),
        language,
        now,
        today: calendar.day_of(now),
        calendar,
        soon_days: policies(tx.conn, caller.network)?.obligations.due_soon_days,
        partner: filter_id("partner_id", query.partner_id.as_ref())?,
        severity: query.severity.map(Severity::from),
        due_by: query.due_by,
        after: query.place()?,
        // One more than asked for tells whether there is a next page.
        limit: limit.saturating_add(1),
    };
    let stranger = matches!((caller.company, asked.partner), (CompanyId::Partner(own), Some(partner)) if own != partner);
    if stranger {
        return Ok(ObligationPage { data: Vec::new(), next: None });
    }
    let wanted = query.kind.map(ObligationKind::from);
    let mut found = Vec::new();
    for (_, source) in SOURCES.iter().filter(|(kind, _)| wanted.is_none_or(|wanted| wanted == *kind)) {
        found.extend(source(tx.conn, &asked)?);
    }
    found.sort_by_key(|obligation| obligation.place);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|last| query.cursor(last.place));
    let shown = |obligation: super::Obligation| {
        let days_left = asked.days_left(obligation.due_on);
        Obligation::of(obligation, days_left)
    };
    Ok(ObligationPage { data: found.into_iter().map(shown).collect(), next })
}

/// The master whose calendar counts for the caller: its own, or the one that supervises it.
fn master_of(tx: &mut Tx<'_>, caller: &Caller) -> Result<MasterId, Problem> {
    match caller.company {
        CompanyId::Master(master) => Ok(master),
        CompanyId::Partner(id) => {
            let found = partner::find(tx.conn, &caller.view(), id)?;
            Ok(found.ok_or_else(|| Problem::internal(format!("no partner {id}")))?.master)
        }
    }
}
