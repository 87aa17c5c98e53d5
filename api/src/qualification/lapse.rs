//! What a qualification leaves behind that is over while an agreement in force asks for it: a finding for the master, once, and an
//! obligation until the partner is qualified again or the agreement is not in force any more. No partner is demoted by it (R43, R64, R72).

use chrono::NaiveDate;
use domain::{
    finding::FindingKind,
    obligation::ObligationKind,
    qualification::{AskedBy, QualificationKind, QualificationState, asked_by},
};
use persistence::{
    agreement::{self, Agreement},
    db::Conn,
    finding as findings, qualification as store,
};

use super::gate::shown;
use crate::{
    agreement::terms_of,
    finding::{
        commands::{Found, make},
        wire::QualificationLapse,
    },
    network::qualification_kinds,
    obligation::{Asked, Obligation, asked::About},
    problem::Problem,
    write::Work,
};

/// What of an agreement asks for a kind of qualification that its partner has not on a day.
fn missing(conn: &mut Conn, held: &Agreement, kind: &QualificationKind, on: NaiveDate) -> Result<Vec<AskedBy>, Problem> {
    let (_, terms) = terms_of(conn, held)?;
    let stage = agreement::stage_on(conn, held.id, on)?;
    let shown = shown(conn, held.network, held.partner, on)?;
    let meets = kind.requirement.is_some_and(|requirement| shown.get(&requirement) == Some(&true));
    let has = store::is_qualified(conn, held.partner, &kind.code, on)?;
    let lacks = |by: &AskedBy| match by {
        AskedBy::Type | AskedBy::Duty => !meets,
        AskedBy::Stage => !has,
    };
    Ok(asked_by(&terms, stage.as_deref(), kind).into_iter().filter(lacks).collect())
}

/// Finds what a qualification that is over since `on` leaves behind.
pub(super) fn find(work: &mut Work<'_, '_>, over: &store::Qualification, on: NaiveDate) -> Result<(), Problem> {
    let kinds = qualification_kinds(work.conn(), over.network)?;
    let Some(kind) = kinds.iter().find(|kind| kind.code == over.kind) else { return Ok(()) };
    for held in agreement::in_force_of(work.conn(), over.partner, on)? {
        let asked_by = missing(work.conn(), &held, kind, on)?;
        if asked_by.is_empty() {
            continue;
        }
        let facts = QualificationLapse {
            qualification_id: over.id.to_string(),
            kind: over.kind.clone(),
            revoked: over.standing.state == QualificationState::Revoked,
            ended_on: on.pred_opt().unwrap_or(on),
            asked_by: asked_by.into_iter().map(Into::into).collect(),
        };
        let (id, kind, about) = (work.new_id(), FindingKind::QualificationLapsed, over.id.to_string());
        make(work, Found { id, kind, agreement: &held, about, on, facts })?;
    }
    Ok(())
}

/// The qualifications that are over while an agreement in force asks for them, each once, from their last day on.
pub(super) fn obligations(conn: &mut Conn, asked: &Asked) -> Result<Vec<Obligation>, Problem> {
    let kind = ObligationKind::QualificationExpiry;
    let kinds = qualification_kinds(conn, asked.network())?;
    let mut due: Vec<Obligation> = Vec::new();
    for lapse in findings::of_kind(conn, &asked.view, asked.only(), FindingKind::QualificationLapsed)? {
        let facts: QualificationLapse =
            serde_json::from_str(&lapse.facts).map_err(|error| Problem::internal(format!("{}: {error}", lapse.id)))?;
        let (Some(of), Ok(subject)) = (kinds.iter().find(|kind| kind.code == facts.kind), facts.qualification_id.parse()) else {
            continue;
        };
        let in_force = agreement::in_force_of(conn, lapse.partner, asked.today)?;
        let Some(held) = in_force.iter().find(|held| held.id == lapse.agreement) else { continue };
        let known = due.iter().any(|it| it.subject == facts.qualification_id);
        if known || missing(conn, held, of, asked.today)?.is_empty() {
            continue;
        }
        let text = asked.say("qualification_lapsed", &[("qualification", facts.kind)]);
        due.push(asked.on::<domain::id::kind::Qualification>(
            facts.ended_on,
            About { kind, subject, partner: Some(lapse.partner), text },
        )?);
    }
    Ok(due)
}
