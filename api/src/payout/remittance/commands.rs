//! The use cases of remittances: each one transaction.

use chrono::NaiveDate;
use domain::{
    id::{CompanyId, MasterId, PartnerId, RemittancePaymentId},
    money::Money,
    statement::StatementKind,
};
use persistence::{
    db::{Conn, Tx},
    error::{Constraint, DbError},
    event::Audience,
    partner,
    payout::{self as store, RemittanceAccount},
    statement::{Payment, record_payment},
};

use super::{
    standing::Standing,
    wire::{NewRemittancePayment, Remittance, RemittanceFilters, RemittancePage, RemittancePayment, RemittancePaymentPage},
};
use crate::{
    access::Caller,
    calendar, entry_fee,
    extract::Paging,
    network::policies,
    problem::{Code, Problem, Violation},
    wire::{self, filter_id},
    write::{Change, Work},
};

/// Lists how the partners that the caller may see stand with their masters.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &RemittanceFilters,
    paging: &Paging,
) -> Result<RemittancePage, Problem> {
    let one: Option<PartnerId> = filter_id("partner_id", filters.partner_id.as_ref())?;
    let now = tx.now()?;
    let days = policies(tx.conn, caller.network)?.payouts.remittance_days;
    let mut accounts = store::visible_remittance_accounts(tx.conn, &caller.view())?;
    // Newest partners first, as every list; a partner's accounts stand together.
    accounts.reverse();
    accounts.retain(|account| one.is_none_or(|partner| account.partner == partner));
    let page = paging.page();
    let after = page.after.map(|place| place.id);
    let of = |account: &RemittanceAccount| account.partner.uuid();
    let mut partners: Vec<_> = accounts.chunk_by(|one, next| one.partner == next.partner).collect();
    partners.retain(|accounts| accounts.first().is_some_and(|first| after.is_none_or(|after| of(first) < after)));
    partners.truncate(usize::try_from(page.limit).unwrap_or(usize::MAX));
    let (partners, next) = paging.cut(partners, |accounts| (accounts.first().map(of).unwrap_or_default(), now));
    let mut data = Vec::new();
    for account in partners.into_iter().flatten() {
        let standing = Standing::read(tx.conn, account, days)?;
        let today = calendar::today(tx.conn, account.network, account.master, now)?;
        let ageing = standing.ageing(account, today)?;
        data.push(Remittance::of(account, standing, &ageing, today));
    }
    Ok(RemittancePage { data, next })
}

fn account_of(payment: &store::RemittancePayment) -> RemittanceAccount {
    let store::RemittancePayment { network, master, partner, amount, .. } = payment;
    RemittanceAccount { network: *network, master: *master, partner: *partner, currency: amount.currency() }
}

fn shown(conn: &mut Conn, payment: store::RemittancePayment) -> Result<RemittancePayment, Problem> {
    let account = account_of(&payment);
    let days = policies(conn, payment.network)?.payouts.remittance_days;
    let mut standing = Standing::read(conn, &account, days)?;
    let own = standing.allocations.extract_if(.., |(id, _)| *id == payment.id).flat_map(|(_, parts)| parts).collect();
    Ok(RemittancePayment::of(payment, own))
}

/// Lists the payments that the caller may see.
pub(super) fn list_payments(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &RemittanceFilters,
    paging: &Paging,
) -> Result<RemittancePaymentPage, Problem> {
    let one = filter_id("partner_id", filters.partner_id.as_ref())?;
    let found = store::page_remittances(tx.conn, &caller.view(), one, &paging.page())?;
    let (payments, next) = paging.cut(found, |payment| (payment.id.uuid(), payment.recorded_at));
    let data: Result<_, _> = payments.into_iter().map(|payment| shown(tx.conn, payment)).collect();
    Ok(RemittancePaymentPage { data: data?, next })
}

/// Shows a payment.
pub(super) fn show_payment(tx: &mut Tx<'_>, caller: &Caller, id: RemittancePaymentId) -> Result<RemittancePayment, Problem> {
    let found = store::find_remittance(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    shown(tx.conn, found)
}

/// Money that came in from a partner.
pub(crate) struct Received {
    pub(crate) master: MasterId,
    pub(crate) partner: PartnerId,
    pub(crate) amount: Money,
    pub(crate) received_on: NaiveDate,
    pub(crate) reference: String,
}

/// Records what a partner paid by hand.
pub(super) fn record(work: &mut Work<'_, '_>, new: &NewRemittancePayment) -> Result<RemittancePayment, Problem> {
    let (network, company, view, now) = (work.caller()?.network, work.caller()?.company, work.caller()?.view(), work.now()?);
    let master = company.master().ok_or_else(|| Problem::new(Code::Forbidden))?;
    let partner = wire::id(&new.partner_id, "/partner_id").map_err(|violation| Problem::invalid(vec![violation]))?;
    partner::find(work.conn(), &view, partner)?.ok_or_else(Problem::not_found)?;
    let today = calendar::today(work.conn(), network, master, now)?;
    let received_on = new.received_on.unwrap_or(today);
    let late = (received_on > today).then(|| Violation::at("/received_on", "dated_in_future").with("today", today));
    let mut violations: Vec<Violation> = late.into_iter().collect();
    let amount = match new.amount.read("/amount") {
        Ok(amount) if amount.sign().is_gt() => Some(amount),
        Ok(_) => {
            violations.push(Violation::at("/amount/amount", "amount_not_positive"));
            None
        }
        Err(violation) => {
            violations.push(violation);
            None
        }
    };
    let Some(amount) = amount.filter(|_| violations.is_empty()) else { return Err(Problem::invalid(violations)) };
    let received = Received { master, partner, amount, received_on, reference: new.reference.clone() };
    let payment = receive(work, received)?;
    shown(work.conn(), payment)
}

/// Keeps what a partner paid, and notes which entry fees are paid by it.
pub(crate) fn receive(work: &mut Work<'_, '_>, received: Received) -> Result<store::RemittancePayment, Problem> {
    let payment = keep_payment(work, received)?;
    entry_fee::follow_payments(work, &account_of(&payment))?;
    Ok(payment)
}

/// Keeps what a partner paid: the next statement between the two counts it.
pub(crate) fn keep_payment(work: &mut Work<'_, '_>, received: Received) -> Result<store::RemittancePayment, Problem> {
    let Received { master, partner, amount, received_on, reference } = received;
    let network = work.caller()?.network;
    let payment = store::RemittancePayment {
        id: work.new_id(),
        network,
        master,
        partner,
        amount,
        received_on,
        reference,
        recorded_by: work.actor(),
        recorded_at: work.now()?,
    };
    store::insert_remittance(work.conn(), &payment).map_err(|error: DbError| match error.broken() {
        Some(Constraint::RemittanceReference) => {
            Problem::already_exists(Violation::at("/reference", "remittance_reference_taken"))
        }
        _ => error.into(),
    })?;
    let counted = Payment {
        id: work.new_id::<domain::id::kind::RemittancePayment>().uuid(),
        network,
        kind: StatementKind::Remittance,
        partner,
        payer: CompanyId::Partner(partner),
        payee: CompanyId::Master(master),
        amount,
        dated_on: received_on,
        reference: payment.id.to_string(),
        recorded_at: payment.recorded_at,
    };
    record_payment(work.conn(), &counted)?;
    let audience = Audience { master: Some(master), partner: Some(partner), counterparty: None };
    let body = shown(work.conn(), payment.clone())?;
    let subject = body.id.clone();
    work.record(Change { network, kind: "remittance_payment.recorded", subject, version: 1, audience, body: &body })?;
    Ok(payment)
}
