//! What of agreements is due: their last days, their supervision, and what it found not to be met (R7, R28).

use chrono::NaiveDate;
use domain::{agreement::FindingOutcome, obligation::ObligationKind};
use persistence::{agreement as store, db::Conn};

use super::wire::read_findings;
use crate::{
    calendar,
    obligation::{Asked, Obligation, asked::About},
    problem::Problem,
};

fn obligation(
    asked: &Asked,
    kind: ObligationKind,
    on: NaiveDate,
    of: &store::Agreement,
    text: String,
) -> Result<Obligation, Problem> {
    asked.on(on, About { kind, subject: of.id, partner: Some(of.partner), text })
}

/// The agreements in force or suspended that have a last day.
pub(crate) fn expiries(conn: &mut Conn, asked: &Asked) -> Result<Vec<Obligation>, Problem> {
    let kind = ObligationKind::AgreementExpiry;
    let found = store::expiring(conn, &asked.view, asked.only(), &asked.days(kind))?;
    let due = found.into_iter().filter_map(|agreement| Some((agreement.ends_on?, agreement)));
    due.map(|(on, agreement)| obligation(asked, kind, on, &agreement, asked.say(kind.code(), &[]))).collect()
}

/// The agreements that are handed in and wait for their master.
pub(crate) fn supervisions(conn: &mut Conn, asked: &Asked) -> Result<Vec<Obligation>, Problem> {
    let kind = ObligationKind::Supervision;
    let found = store::awaiting_supervision(conn, &asked.view, asked.only(), &asked.days(kind))?;
    found.iter().map(|agreement| obligation(asked, kind, agreement.starts_on, agreement, asked.say(kind.code(), &[]))).collect()
}

/// The agreements in force or suspended whose latest supervision found items not to be met, each from the day of that supervision.
pub(crate) fn unmet_items(conn: &mut Conn, asked: &Asked) -> Result<Vec<Obligation>, Problem> {
    let kind = ObligationKind::SupervisionItem;
    let mut found = Vec::new();
    for (agreement, supervision) in store::with_unmet_items(conn, &asked.view, asked.only())? {
        let unmet = read_findings(&supervision)?.into_iter().map(|finding| domain::agreement::Finding::from(&finding));
        let items: Vec<_> = unmet.filter(|finding| finding.outcome == FindingOutcome::NotMet).map(|it| it.item_code).collect();
        if items.is_empty() {
            continue;
        }
        let day = calendar::of(conn, agreement.network, agreement.master)?.day_of(supervision.decided_at);
        let text = asked.say(kind.code(), &[("items", items.join(", "))]);
        found.push(obligation(asked, kind, day, &agreement, text)?);
    }
    Ok(asked.cut(found))
}
