//! The use cases of guarantees: each one transaction.

use domain::{
    continuity::{GuaranteeState, check_validity, withdraw_guarantee},
    decided::Decided,
    id::{CompanyId, GuaranteeId, MasterId},
    money::Money,
};
use persistence::{
    continuity as store,
    db::{Conn, Tx},
    event::Audience,
    partner,
};

use super::wire::{Guarantee, GuaranteeFilters, GuaranteePage, GuaranteeWithdrawal, NewGuarantee};
use crate::{
    access::Caller,
    extract::Paging,
    problem::{Code, Problem, Violation},
    wire::{self, filter_id},
    write::{Change, Work},
};

/// Shows a guarantee.
pub(crate) fn show(tx: &mut Tx<'_>, caller: &Caller, id: GuaranteeId) -> Result<Guarantee, Problem> {
    let found = store::find_guarantee(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    shown(tx.conn, found)
}

/// A guarantee with what is left of it.
fn shown(conn: &mut Conn, guarantee: store::Guarantee) -> Result<Guarantee, Problem> {
    let used: Vec<Money> = store::used_of(conn, &[guarantee.id])?.into_iter().map(|(_, amount)| amount).collect();
    Ok(Guarantee::of(guarantee, &used))
}

/// Lists the guarantees that the caller may see.
pub(crate) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &GuaranteeFilters,
    paging: &Paging,
) -> Result<GuaranteePage, Problem> {
    let GuaranteeFilters { partner_id, state } = filters;
    let filters =
        store::GuaranteeFilters { partner: filter_id("partner_id", partner_id.as_ref())?, state: state.map(Into::into) };
    let found = store::page_guarantees(tx.conn, &caller.view(), &filters, &paging.page())?;
    let (guarantees, next) = paging.cut(found, |guarantee| (guarantee.id.uuid(), guarantee.updated_at));
    let ids: Vec<GuaranteeId> = guarantees.iter().map(|guarantee| guarantee.id).collect();
    let used = store::used_of(tx.conn, &ids)?;
    let data = guarantees.into_iter().map(|guarantee| {
        let own: Vec<Money> = used.iter().filter(|(id, _)| *id == guarantee.id).map(|(_, amount)| *amount).collect();
        Guarantee::of(guarantee, &own)
    });
    Ok(GuaranteePage { data: data.collect(), next })
}

/// Records a guarantee; everything that is wrong with it is said at once.
pub(crate) fn record(work: &mut Work<'_, '_>, new: &NewGuarantee) -> Result<Guarantee, Problem> {
    let partner = read_partner(work, new.partner_id.as_deref())?;
    let amount = new.amount.as_ref().map(read_amount).transpose();
    let days = check_validity(new.valid_from, new.valid_until).map_err(|ends| {
        Violation::at("/valid_until", "guarantee_ends_before_start").rule("R50").with("valid_from", ends.valid_from)
    });
    let (partner, amount) = match (partner, amount, days) {
        (Ok(partner), Ok(amount), Ok(())) => (partner, amount),
        (partner, amount, days) => {
            return Err(Problem::invalid([partner.err(), amount.err(), days.err()].into_iter().flatten().collect()));
        }
    };
    let now = work.now()?;
    let guarantee = store::Guarantee {
        id: work.new_id(),
        network: partner.network,
        master: partner.master,
        partner: partner.id,
        kind: new.kind.into(),
        covers: new.covers.clone(),
        amount,
        provider: new.provider.clone(),
        reference: new.reference.clone(),
        valid_from: new.valid_from,
        valid_until: new.valid_until,
        state: GuaranteeState::Active,
        reason: None,
        recorded_by: work.actor(),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert_guarantee(work.conn(), &guarantee)?;
    finish(work, "guarantee.recorded", guarantee)
}

/// Whose a new guarantee is: the caller's own, or one of a partner that the caller supervises.
fn read_partner(work: &mut Work<'_, '_>, named: Option<&str>) -> Result<Result<partner::Partner, Violation>, Problem> {
    let (company, view) = (work.caller()?.company, work.caller()?.view());
    let id = match (company, named.map(|text| wire::id(text, "/partner_id")).transpose()) {
        (_, Err(violation)) => return Ok(Err(violation)),
        (CompanyId::Partner(own), Ok(named)) => named.unwrap_or(own),
        (CompanyId::Master(_), Ok(Some(named))) => named,
        (CompanyId::Master(_), Ok(None)) => {
            return Ok(Err(Violation::at("/partner_id", "guarantee_without_partner").rule("R50")));
        }
    };
    Ok(partner::find(work.conn(), &view, id)?.ok_or_else(|| Violation::at("/partner_id", "unknown_partner")))
}

/// An amount of a guarantee: more than nothing.
pub(in crate::continuity) fn read_amount(amount: &wire::Money) -> Result<Money, Violation> {
    let read = amount.read("/amount")?;
    if read.minor() > 0 { Ok(read) } else { Err(Violation::at("/amount/amount", "amount_not_positive").rule("R50")) }
}

/// Withdraws a guarantee. The same again changes nothing.
pub(crate) fn withdraw(work: &mut Work<'_, '_>, id: GuaranteeId, why: &GuaranteeWithdrawal) -> Result<Guarantee, Problem> {
    let view = work.caller()?.view();
    let before = store::find_guarantee(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(before.version)?;
    let Decided::Changed(state) = withdraw_guarantee(before.state) else {
        work.nothing_changed();
        return shown(work.conn(), before);
    };
    if store::has_open_case(work.conn(), before.partner)? {
        return Err(Problem::invalid(vec![Violation::at("", "guarantee_is_needed").rule("R50")]));
    }
    let (now, version) = (work.now()?, before.version.saturating_add(1));
    let after = store::Guarantee { state, reason: Some(why.reason.clone()), version, updated_at: now, ..before };
    if !store::update_guarantee(work.conn(), &after)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", version.saturating_sub(1)));
    }
    finish(work, "guarantee.withdrawn", after)
}

/// Puts a guarantee under the eyes of the master that its partner went over to (D4).
///
/// # Errors
/// Those of the database.
pub(crate) fn change_master(work: &mut Work<'_, '_>, id: GuaranteeId, master: MasterId) -> Result<(), Problem> {
    let before = store::guarantee(work.conn(), id)?.ok_or_else(|| Problem::internal(format!("no {id}")))?;
    let (version, updated_at) = (before.version.saturating_add(1), work.now()?);
    let (network, left) = (before.network, before.master);
    let after = store::Guarantee { master, version, updated_at, ..before };
    if !store::update_guarantee(work.conn(), &after)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", version.saturating_sub(1)));
    }
    finish(work, "guarantee.master_changed", after)?;
    work.tell_left("guarantee.left", (network, id.to_string(), version), left.into())
}

/// Records what happened to a guarantee, for its partner and its master, and shows it.
fn finish(work: &mut Work<'_, '_>, kind: &'static str, guarantee: store::Guarantee) -> Result<Guarantee, Problem> {
    let audience = Audience { master: Some(guarantee.master), partner: Some(guarantee.partner), counterparty: None };
    let (network, subject, version) = (guarantee.network, guarantee.id.to_string(), guarantee.version);
    let body = shown(work.conn(), guarantee)?;
    work.record(Change { network, kind, subject, version, audience, body: &body })?;
    Ok(body)
}
