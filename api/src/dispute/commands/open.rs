//! Opening a dispute: what stands in the way is found, and nothing is told of it (D22).

use chrono::NaiveDate;
use domain::{
    dispute::{Dispute as Status, DisputeSide},
    id::{EvidenceId, PartnerId},
    registration::{ProspectIdentity, Scope},
};
use persistence::{
    dispute::{self as store, Seen},
    error::{Constraint, DbError},
    registration::{self, Registration},
};

use super::{super::wire, as_shown, tell};
use crate::{
    calendar,
    network::policies,
    problem::{Code, Problem, Violation},
    registration::{
        commands::{choose_agreement, evidence_faults, read_scope},
        prospect::Named,
        wire::NewEvidence,
    },
    write::Work,
};

/// Opens a dispute over the protection that keeps the caller off a prospect.
pub(crate) fn open(work: &mut Work<'_, '_>, new: &wire::NewDispute) -> Result<wire::Dispute, Problem> {
    let wire::NewDispute { agreement_id, prospect: new_prospect, product_lines, grounds, statement, evidence } = new;
    let challenger = work.caller()?.company.partner().ok_or_else(|| Problem::new(Code::Forbidden))?;
    let agreement = choose_agreement(work, challenger, agreement_id.as_deref())?;
    let prospect = Named::from(new_prospect).read("/prospect");
    let scope = read_scope(work, product_lines.as_deref())?;
    let evidence = read_evidence(work, challenger, evidence)?;
    let (agreement, prospect, scope, evidence) = match (agreement, prospect, scope, evidence) {
        (Ok(agreement), Ok(prospect), Ok(scope), Ok(evidence)) => (agreement, prospect, scope, evidence),
        (agreement, prospect, scope, evidence) => {
            let others = [prospect.err(), scope.err(), evidence.err()].into_iter().flatten().flatten();
            return Err(Problem::invalid(agreement.err().into_iter().chain(others).collect()));
        }
    };
    let over = in_the_way(work, challenger, &prospect, &scope)?;
    let now = work.now()?;
    let dispute = store::Dispute {
        id: work.new_id(),
        network: over.network,
        master: over.master,
        appeal_master: None,
        registration: over.id,
        challenger,
        holder: over.partner,
        agreement: agreement.id,
        prospect,
        tax_id_written: new_prospect.tax_id.clone(),
        scope,
        grounds: (*grounds).into(),
        status: Status::opened(),
        heard_at: None,
        appeal: None,
        appealed_at: None,
        ended_at: None,
        seen_by_challenger: Seen::first(now),
        seen_by_holder: Seen::first(now),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(work.conn(), &dispute).map_err(already_open)?;
    say(work, &dispute, DisputeSide::Challenger, statement, evidence)?;
    tell(work, "dispute.opened", &dispute, &[DisputeSide::Challenger], Some(DisputeSide::Challenger))?;
    as_shown(work, &dispute)
}

fn already_open(error: DbError) -> Problem {
    match error.broken() {
        Some(Constraint::OneOpenDispute) => Problem::already_exists(Violation::at("/prospect", "dispute_is_open").rule("R37")),
        _ => error.into(),
    }
}

/// What keeps a partner off a prospect: the protection of another one, or the last one that was won.
///
/// # Errors
/// `nothing_to_dispute`, also where the partner's own stands there.
fn in_the_way(
    work: &mut Work<'_, '_>,
    challenger: PartnerId,
    prospect: &ProspectIdentity,
    scope: &Scope,
) -> Result<Registration, Problem> {
    let (network, now) = (work.caller()?.network, work.now()?);
    let keys: Vec<String> = prospect.keys().iter().map(ToString::to_string).collect();
    let mut standing = registration::accepted_for(work.conn(), network, &keys, scope)?;
    standing.retain(|it| it.status.is_protecting(now));
    let found = match standing.is_empty() {
        true => registration::last_won_for(work.conn(), network, &keys, scope)?,
        // Where several stand in it, each by product lines of its own, the one that has stood longest.
        false => {
            standing.into_iter().filter(|it| it.partner != challenger).min_by_key(|it| it.status.protection.map(|it| it.from))
        }
    };
    found.filter(|it| it.partner != challenger).ok_or_else(|| Problem::new(Code::NothingToDispute))
}

/// Evidence as it is kept, or everything that is wrong with it: it is dated on or before today, where the partner's master is.
/// Nothing is compared with what the other party showed, which could be found out by trying (D22).
pub(super) fn read_evidence(
    work: &mut Work<'_, '_>,
    partner: PartnerId,
    given: &[NewEvidence],
) -> Result<Result<Vec<store::Evidence>, Vec<Violation>>, Problem> {
    let (view, now) = (work.caller()?.view(), work.now()?);
    let own = persistence::partner::find(work.conn(), &view, partner)?.ok_or_else(Problem::not_found)?;
    let today = calendar::today(work.conn(), own.network, own.master, now)?;
    let policy = policies(work.conn(), own.network)?.negotiation;
    let mut faults = evidence_faults(given, today, policy);
    let later = given.iter().enumerate().filter(|(_, piece)| piece.dated_on > today);
    faults.extend(later.map(|(index, _)| dated_later(index, today)));
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    let kept = given.iter().cloned().map(|NewEvidence { kind, dated_on, description, document }| {
        let id: EvidenceId = work.new_id();
        store::Evidence { id, kind: kind.into(), dated_on, description, document }
    });
    Ok(Ok(kept.collect()))
}

fn dated_later(index: usize, today: NaiveDate) -> Violation {
    Violation::at(format!("/evidence/{index}/dated_on"), "evidence_later").rule("D2").with("latest", today)
}

/// Keeps what a side said.
pub(super) fn say(
    work: &mut Work<'_, '_>,
    dispute: &store::Dispute,
    side: DisputeSide,
    text: &str,
    evidence: Vec<store::Evidence>,
) -> Result<(), Problem> {
    let statement = store::Statement {
        id: work.new_id(),
        dispute: dispute.id,
        side,
        text: text.to_owned(),
        made_by: work.actor(),
        recorded_at: work.now()?,
        evidence,
    };
    Ok(store::add_statement(work.conn(), &statement)?)
}
