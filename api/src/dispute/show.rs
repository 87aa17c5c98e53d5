//! What each reader is shown of a dispute: masters all, a party its own side (D22).

use chrono::NaiveDate;
use domain::{
    dispute::{DisputeSide, Keeper},
    id::{CompanyId, DisputeId, RegistrationId},
};
use persistence::{db::Conn, dispute as store, registration};

use super::wire::{Dispute, DisputeAppeal, DisputeDecision, DisputeEvidence, DisputeShares, DisputeStatement};
use crate::{calendar, problem::Problem, registration::wire::Prospect};

/// Who reads a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// A master: it sees all.
    Master,
    /// A party: it sees its own side.
    Party(DisputeSide),
}

impl Reader {
    /// What a company is to a dispute that it may see.
    pub(super) fn of(dispute: &store::Dispute, company: CompanyId) -> Self {
        dispute.side_of(company).map_or(Self::Master, Self::Party)
    }

    /// Whether what stands on a side is shown.
    fn sees(self, side: DisputeSide) -> bool {
        self == Self::Master || self == Self::Party(side)
    }

    fn only<T>(self, side: DisputeSide, value: T) -> Option<T> {
        self.sees(side).then_some(value)
    }

    fn master<T>(self, value: T) -> Option<T> {
        (self == Self::Master).then_some(value)
    }

    /// The version of a dispute that this reader sees.
    pub(super) fn version(self, dispute: &store::Dispute) -> i64 {
        match self {
            Self::Master => dispute.version,
            Self::Party(side) => dispute.seen_by(side).version,
        }
    }
}

/// What stands beside disputes: registrations, statements and decisions.
pub(super) struct Beside {
    registrations: Vec<registration::Registration>,
    /// The first day that the evidence of each registration shows.
    first_evidence: Vec<(RegistrationId, NaiveDate)>,
    /// The day on which the protection of each began, where its master is.
    protected_on: Vec<(RegistrationId, NaiveDate)>,
    statements: Vec<store::Statement>,
    decisions: Vec<store::Decision>,
}

impl Beside {
    /// Everything that stands beside these disputes, whoever may see it.
    pub(super) fn of(conn: &mut Conn, disputes: &[store::Dispute]) -> Result<Self, Problem> {
        let ids: Vec<DisputeId> = disputes.iter().map(|dispute| dispute.id).collect();
        let over: Vec<RegistrationId> = disputes.iter().map(|dispute| dispute.registration).collect();
        let registrations = registration::by_ids(conn, &over)?;
        let mut protected_on = Vec::new();
        for registration in &registrations {
            if let Some(protection) = registration.status.protection {
                let calendar = calendar::of(conn, registration.network, registration.master)?;
                protected_on.push((registration.id, calendar.day_of(protection.from)));
            }
        }
        let evidence = registration::evidence_of_all(conn, &over)?;
        let first = |id| evidence.iter().filter(|piece| piece.registration == id).map(|piece| piece.dated_on).min();
        let first_evidence = over.iter().filter_map(|id| first(*id).map(|day| (*id, day))).collect();
        let statements = store::statements_of_all(conn, &ids)?;
        let decisions = store::decisions_of_all(conn, &ids)?;
        Ok(Self { registrations, first_evidence, protected_on, statements, decisions })
    }

    /// Whether a piece of the challenger's evidence is dated earlier than the holder's protection (D18).
    pub(super) fn has_earlier_evidence(&self, dispute: &store::Dispute) -> bool {
        let of_challenger = |said: &&store::Statement| said.dispute == dispute.id && said.side == DisputeSide::Challenger;
        let pieces = self.statements.iter().filter(of_challenger).flat_map(|said| &said.evidence);
        let protected_on = day_of(&self.protected_on, dispute.registration);
        pieces.into_iter().any(|piece| protected_on.is_some_and(|day| piece.dated_on < day))
    }

    /// The decisions of a dispute, the first one first.
    pub(super) fn decisions(&self, dispute: DisputeId) -> impl Iterator<Item = &store::Decision> {
        self.decisions.iter().filter(move |decision| decision.dispute == dispute)
    }

    /// What a side said in a dispute, oldest first.
    pub(super) fn statements(&self, dispute: DisputeId, side: DisputeSide) -> impl Iterator<Item = &store::Statement> {
        self.statements.iter().filter(move |said| said.dispute == dispute && said.side == side)
    }

    /// The registration that a dispute is about.
    pub(super) fn registration(&self, dispute: &store::Dispute) -> Result<&registration::Registration, Problem> {
        let found = self.registrations.iter().find(|registration| registration.id == dispute.registration);
        found.ok_or_else(|| Problem::internal(format!("{}: no {}", dispute.id, dispute.registration)))
    }

    /// The dispute as `reader` may see it.
    pub(super) fn shown(&self, dispute: &store::Dispute, reader: Reader) -> Result<Dispute, Problem> {
        use DisputeSide::{Challenger, Holder};
        let registration = self.registration(dispute)?;
        let holds = reader == Reader::Party(Holder);
        let (prospect, scope) = match holds {
            true => (prospect_of(&registration.prospect, registration.tax_id_written.clone()), &registration.scope),
            false => (prospect_of(&dispute.prospect, dispute.tax_id_written.clone()), &dispute.scope),
        };
        let (side, updated_at) = match reader {
            Reader::Master => (None, dispute.updated_at),
            Reader::Party(side) => (Some(side), dispute.seen_by(side).updated_at),
        };
        let hearing = dispute.status.hearing;
        let statements = self.statements.iter().filter(|said| said.dispute == dispute.id && reader.sees(said.side));
        Ok(Dispute {
            id: dispute.id.to_string(),
            side: side.map(Into::into),
            state: dispute.status.state.into(),
            grounds: dispute.grounds.into(),
            prospect,
            product_lines: scope.lines().map(|lines| lines.iter().cloned().collect()),
            registration_id: reader.only(Holder, dispute.registration.to_string()),
            master_id: reader.only(Holder, dispute.master.to_string()),
            appeal_master_id: reader.master(dispute.appeal_master.map(|id| id.to_string())).flatten(),
            challenger_id: reader.only(Challenger, dispute.challenger.to_string()),
            agreement_id: reader.only(Challenger, dispute.agreement.to_string()),
            holder_id: reader.only(Holder, dispute.holder.to_string()),
            heard_at: dispute.heard_at,
            challenger_until: reader.only(Challenger, hearing.map(|hearing| hearing.challenger_until)).flatten(),
            holder_until: reader.only(Holder, hearing.map(|hearing| hearing.holder_until)).flatten(),
            holder_heard: reader.master(hearing.is_some_and(|hearing| hearing.holder_heard)),
            statements: statements.map(|said| self.statement(dispute, said, reader)).collect(),
            decisions: self.decisions(dispute.id).map(|decision| shown_decision(decision, reader)).collect(),
            appealable_until: dispute.status.appealable_until,
            appeal: dispute.status.appealed_by.map(|by| DisputeAppeal {
                by: by.into(),
                statement: reader.only(by, dispute.appeal.clone()).flatten(),
                appealed_at: reader.only(by, dispute.appealed_at).flatten(),
            }),
            ended_at: dispute.ended_at,
            version: reader.version(dispute),
            created_at: dispute.heard_at.filter(|_| holds).unwrap_or(dispute.created_at),
            updated_at,
        })
    }

    fn statement(&self, dispute: &store::Dispute, said: &store::Statement, reader: Reader) -> DisputeStatement {
        let earlier = |days: &[(RegistrationId, NaiveDate)], piece: &store::Evidence| {
            reader.master(day_of(days, dispute.registration).is_some_and(|day| piece.dated_on < day))
        };
        let evidence = said.evidence.iter().map(|piece| DisputeEvidence {
            id: piece.id.to_string(),
            kind: piece.kind.into(),
            dated_on: piece.dated_on,
            description: piece.description.clone(),
            document: piece.document.clone(),
            before_protection: earlier(&self.protected_on, piece),
            before_holders_evidence: earlier(&self.first_evidence, piece),
        });
        DisputeStatement {
            id: said.id.to_string(),
            side: said.side.into(),
            statement: said.text.clone(),
            evidence: evidence.collect(),
            made_by: said.made_by.clone(),
            recorded_at: said.recorded_at,
        }
    }
}

fn day_of(days: &[(RegistrationId, NaiveDate)], id: RegistrationId) -> Option<NaiveDate> {
    days.iter().find(|(of, _)| *of == id).map(|(_, day)| *day)
}

fn prospect_of(identity: &domain::registration::ProspectIdentity, tax_id: Option<String>) -> Prospect {
    Prospect {
        name: identity.name().to_owned(),
        country: identity.country().code().to_owned(),
        tax_id,
        domain: identity.domain().map(ToString::to_string),
        email: None,
    }
}

fn shown_decision(decision: &store::Decision, reader: Reader) -> DisputeDecision {
    use DisputeSide::{Challenger, Holder};
    let keeps = match decision.protection {
        Keeper::Holder => Some(Holder),
        Keeper::Challenger => Some(Challenger),
        Keeper::Nobody => None,
    };
    let made = decision.made_registration.map(|id| id.to_string());
    let shares =
        DisputeShares { challenger: decision.holder_share.complement().to_string(), holder: decision.holder_share.to_string() };
    DisputeDecision {
        number: decision.number,
        outcome: decision.outcome.into(),
        shares: (decision.outcome == domain::dispute::DisputeOutcome::Shared).then_some(shares),
        effects: decision.effects.iter().copied().map(Into::into).collect(),
        protection: decision.protection.into(),
        registration_id: made.filter(|_| keeps.is_some_and(|side| reader.sees(side))),
        reasons: reader.master(decision.reasons.clone()),
        challenger_note: reader.only(Challenger, decision.challenger_note.clone()).flatten(),
        holder_note: reader.only(Holder, decision.holder_note.clone()).flatten(),
        master_id: reader.master(decision.master.to_string()),
        decided_by: reader.master(decision.decided_by.clone()),
        decided_at: decision.decided_at,
    }
}
