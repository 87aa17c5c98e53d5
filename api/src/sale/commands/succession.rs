//! An open proposal of a partner that fails its customers stands again as a draft of whoever takes over, as far as that can offer what
//! it offers (R49). What was issued is not rewritten: it is taken back, and the draft knows which one it follows.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{
    id::{AgreementId, CompanyId, CustomerId, MasterId, NetworkId, PartnerId, ProposalId, RegistrationId},
    money::Currency,
    network::{Duties, Duty, Requirement},
    sale::{LineDraft, OfferedLine, ProposalAction, ProposalState, broken_rules, duties_of},
};
use persistence::{agreement, db::Conn, network, sale as store};

use super::{
    offer::promoter_violations,
    parties::{Bound, Parties},
    proposal::{finish, keep, withdraw_by},
};
use crate::{problem::Problem, write::Work};

/// Who offers from now on what a partner offered that failed: by which agreement, and what that lets it do on the day.
pub(crate) struct Carrier {
    parties: Parties,
    stage: Option<String>,
    closed: BTreeMap<Duty, Requirement>,
    day: NaiveDate,
}

/// A line that the carrier cannot offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Uncarried {
    /// Its number in the proposal, from 1.
    pub(crate) line: usize,
    /// The code of the rule that stands in the way.
    pub(crate) code: &'static str,
}

/// For whom the draft is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heir {
    /// A customer that the carrier answers for.
    Customer(CustomerId),
    /// A prospect that is protected for the carrier.
    Registration(RegistrationId),
}

impl Carrier {
    /// A partner under an agreement of its, or the master itself.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) fn of(
        conn: &mut Conn,
        (network, master): (NetworkId, MasterId),
        agreement: Option<AgreementId>,
        day: NaiveDate,
    ) -> Result<Self, Problem> {
        let parties = Parties::taking_over(conn, (network, master), agreement)?;
        let (stage, closed) = (parties.stage_on(conn, day)?, parties.closed_on(conn, day)?);
        Ok(Self { parties, stage, closed, day })
    }

    /// The company that contracts the customer.
    pub(crate) const fn seller(&self) -> CompanyId {
        self.parties.seller
    }

    /// The partner that offers, be it that its master contracts the customer; none where the master offers by itself.
    pub(crate) fn partner(&self) -> Option<PartnerId> {
        self.parties.partner()
    }

    /// Which lines the carrier can offer, at the prices that they were offered for, and why it cannot offer the others.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) fn carry(
        &self,
        conn: &mut Conn,
        currency: Currency,
        lines: &[store::Line],
    ) -> Result<(Vec<store::Line>, Vec<Uncarried>), Problem> {
        let (mut carried, mut left) = (Vec::new(), Vec::new());
        for (line, number) in lines.iter().zip(1..) {
            match self.carry_line(conn, currency, line)? {
                Ok(line) => carried.push(line),
                Err(code) => left.push(Uncarried { line: number, code }),
            }
        }
        Ok((carried, left))
    }

    fn carry_line(
        &self,
        conn: &mut Conn,
        currency: Currency,
        line: &store::Line,
    ) -> Result<Result<store::Line, &'static str>, Problem> {
        let found = network::find_item(conn, self.parties.network, line.item_id)?.filter(|item| item.active);
        let own = self.parties.partner().map(CompanyId::Partner);
        // What is a partner's own nobody else offers (R42).
        let Some(item) = found.filter(|item| !item.kind.is_partners() || Some(item.provider) == own) else {
            return Ok(Err("item_not_offered"));
        };
        let catalogue_price = network::price_on(conn, item.id, currency, line.period, self.day)?;
        let draft = LineDraft { list_price: catalogue_price.unwrap_or(line.list), ..line.draft() };
        // The duties as they were offered, else those that the carrier has by its own terms.
        let offered = OfferedLine { line: draft, catalogue_price };
        let own_duties = OfferedLine { line: LineDraft { duties: Duties::new(), ..offered.line.clone() }, catalogue_price };
        Ok(self.offers(&offered).or_else(|_| self.offers(&own_duties)).map(|duties| store::Line {
            product_line: item.product_line,
            list: offered.line.list_price,
            duties,
            ..line.clone()
        }))
    }

    /// The duties on a line that can be offered; else the code of what it breaks first.
    fn offers(&self, offered: &OfferedLine) -> Result<Duties, &'static str> {
        let terms = self.parties.sale_terms(self.stage.as_deref(), &self.closed);
        let broken = broken_rules(terms, self.parties.side(), std::slice::from_ref(offered));
        match broken.first() {
            Some(refusal) => Err(refusal.fault.code()),
            None => Ok(duties_of(self.parties.bound.as_ref().map(|bound| &bound.terms), &offered.line)),
        }
    }

    /// The promoters that can take part in a sale of the carrier's.
    fn promoters(&self, work: &mut Work<'_, '_>, of: &[AgreementId]) -> Result<Vec<AgreementId>, Problem> {
        let mut serving = Vec::new();
        for id in of {
            let Some(found) = agreement::find_in_network(work.conn(), self.parties.network, *id)? else { continue };
            let bound = Bound::of(work, found)?;
            if promoter_violations(&self.parties, &bound, self.day, "").is_empty() {
                serving.push(*id);
            }
        }
        Ok(serving)
    }
}

/// Lets an open proposal stand again as a draft of the carrier's; none where the carrier can offer nothing of it.
///
/// # Errors
/// Those of the database.
pub(crate) fn succeed(
    work: &mut Work<'_, '_>,
    before: &store::Proposal,
    carrier: &Carrier,
    heir: Heir,
) -> Result<Option<ProposalId>, Problem> {
    let current = store::current_version(work.conn(), before)?;
    let (lines, _) = carrier.carry(work.conn(), before.currency, &current.lines)?;
    if lines.is_empty() {
        return Ok(None);
    }
    let (id, now) = (work.new_id(), work.now()?);
    let (registration, customer) = match heir {
        Heir::Customer(id) => (None, Some(id)),
        Heir::Registration(id) => (Some(id), None),
    };
    let Parties { network, master, seller, bound } = &carrier.parties;
    let proposal = store::Proposal {
        id,
        network: *network,
        master: *master,
        seller: *seller,
        partner: carrier.parties.partner(),
        agreement: bound.as_ref().map(|bound| bound.agreement.id),
        registration,
        customer,
        currency: before.currency,
        state: ProposalState::Draft,
        number: 1,
        valid_until: before.valid_until.filter(|last| *last >= carrier.day),
        signed_on: None,
        benefit: None,
        reason: None,
        issued_with_support: false,
        follows: Some(before.id),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert_proposal(work.conn(), &proposal)?;
    let lines = lines.into_iter().map(|line| store::Line { id: work.new_id(), ..line }).collect();
    let version = store::ProposalVersion {
        proposal: id,
        number: 1,
        years: current.years,
        promoters: carrier.promoters(work, &current.promoters)?,
        // They were made to the company that failed.
        introductions: Vec::new(),
        lines,
        recorded_at: now,
    };
    store::insert_version(work.conn(), &version)?;
    finish(work, "proposal.created", proposal)?;
    Ok(Some(id))
}

/// The proposal that took another one over, as it stands.
///
/// # Errors
/// Those of the database.
pub(crate) fn successor_of(work: &mut Work<'_, '_>, id: ProposalId) -> Result<Option<store::Proposal>, Problem> {
    let Some((_, successor)) = store::successors_of(work.conn(), &[id])?.pop() else { return Ok(None) };
    Ok(store::proposal(work.conn(), successor)?)
}

/// Takes back that a proposal was taken over. Where the customer has decided on the new one by now, the old one is no more to be had.
///
/// # Errors
/// Those of the database.
pub(crate) fn give_back(work: &mut Work<'_, '_>, before: &store::Proposal, reason: &str) -> Result<(), Problem> {
    let Some(mut successor) = successor_of(work, before.id)? else { return Ok(()) };
    let decided = matches!(successor.state, ProposalState::Signed | ProposalState::Declined);
    if decided {
        return withdraw_by(work, before.id, reason);
    }
    if let Ok(withdrawn) = successor.state.after(ProposalAction::Withdraw) {
        successor.state = withdrawn.changed().unwrap_or(successor.state);
    }
    successor.reason = Some(store::REVERTED.to_owned());
    let after = keep(work, successor)?;
    finish(work, "proposal.withdrawn", after)?;
    Ok(())
}
