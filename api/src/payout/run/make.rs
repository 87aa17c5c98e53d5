//! Making a payout run: what is open with each partner is netted, and paid once.

use chrono::NaiveDate;
use domain::{
    id::{CompanyId, NetworkId, PartnerId, PayoutRunId, StatementId},
    money::{Currency, Money, Rate},
    payout::{Netted, NettedPart, PayoutState, needs_second_person, net},
};
use persistence::{
    agreement, partner,
    payout::{self as store, BankAccount, OpenAccount, PayoutPart, PayoutStep},
};

use super::{
    commands::{record_run, shown_run},
    step::tell,
    wire::{LeftOut, LeftOutReason, MadePayoutRun, NewPayoutRun},
};
use crate::{
    calendar,
    ledger::recovery,
    network::policies,
    payout::payer::Payer,
    problem::{Problem, Violation},
    wire,
    write::Work,
};

/// The most payouts of one run: what is left is the next one's.
const PAYOUTS_MAX: usize = 1_000;

/// What a run pays from, when, and by which policy.
struct Making {
    network: NetworkId,
    payer: Payer,
    currency: Currency,
    today: NaiveDate,
    execute_on: NaiveDate,
    account: BankAccount,
    debt_part: Rate,
    limit: Option<Money>,
}

/// Makes a payout run.
pub(super) fn make(work: &mut Work<'_, '_>, new: &NewPayoutRun) -> Result<MadePayoutRun, Problem> {
    let making = read(work, new)?;
    let only = read_partners(work, &new.partner_ids)?;
    let (payer, day) = (making.payer.company, making.execute_on);
    let mut open = store::open_accounts(work.conn(), making.network, payer, making.currency, day)?;
    open.retain(|account| only.is_empty() || only.contains(&account.partner));
    let (run, now) = (work.new_id(), work.now()?);
    let (mut orders, mut left_out) = (Vec::new(), Vec::new());
    for account in &open {
        match order(work, &making, account, orders.len())? {
            Ok(order) => orders.push(order),
            Err(left) => left_out.push(left),
        }
    }
    if orders.is_empty() {
        let why = left_out.iter().map(|left: &LeftOut| Violation::at("", code_of(left.reason)).with("partner", &left.partner_id));
        return Err(Problem::invalid(why.chain([Violation::at("", "nothing_to_pay")]).collect()));
    }
    let made = store::PayoutRun {
        id: run,
        network: making.network,
        payer: making.payer.company,
        master: making.payer.master,
        currency: making.currency,
        account: making.account.id,
        execute_on: making.execute_on,
        made_by: work.actor(),
        sent_by: None,
        sent_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert_run(work.conn(), &made)?;
    for order in orders {
        keep(work, &making, run, order)?;
    }
    let run = shown_run(work.conn(), made.clone())?;
    record_run(work, "payout_run.created", &made, &run)?;
    Ok(MadePayoutRun { run, left_out })
}

fn read(work: &mut Work<'_, '_>, new: &NewPayoutRun) -> Result<Making, Problem> {
    let (network, now) = (work.caller()?.network, work.now()?);
    let payer = Payer::of(work)?;
    let currency = wire::currency(&new.currency, "/currency").map_err(|violation| Problem::invalid(vec![violation]))?;
    let today = calendar::today(work.conn(), network, payer.master, now)?;
    let execute_on = new.execute_on.unwrap_or(today);
    let account = store::payable_account(work.conn(), payer.company, currency, execute_on)?;
    let past = (execute_on < today).then(|| Violation::at("/execute_on", "execute_on_past").with("today", today));
    let unpaid = account.is_none().then(|| Violation::at("/currency", "no_payer_account").with("currency", currency.code()));
    let violations: Vec<Violation> = past.into_iter().chain(unpaid).collect();
    let Some(account) = account.filter(|_| violations.is_empty()) else { return Err(Problem::invalid(violations)) };
    let policies = policies(work.conn(), network)?;
    let limit = policies.payouts.limit(currency);
    Ok(Making { network, payer, currency, today, execute_on, account, debt_part: policies.accounting.debt_part, limit })
}

/// The partners to pay: those that the caller supervises, or whose agreements are with it.
fn read_partners(work: &mut Work<'_, '_>, ids: &[String]) -> Result<Vec<PartnerId>, Problem> {
    let view = work.caller()?.view();
    let (mut partners, mut violations) = (Vec::new(), Vec::new());
    for (position, text) in ids.iter().enumerate() {
        let pointer = format!("/partner_ids/{position}");
        match wire::id(text, &pointer) {
            Err(violation) => violations.push(violation),
            Ok(id) if partner::find(work.conn(), &view, id)?.is_none() && !agreement::is_party(work.conn(), &view, id)? => {
                violations.push(Violation::at(pointer, "payee_not_found"));
            }
            Ok(id) => partners.push(id),
        }
    }
    if violations.is_empty() { Ok(partners) } else { Err(Problem::invalid(violations)) }
}

/// What is to be paid to one partner.
struct Order {
    partner: PartnerId,
    account: Option<BankAccount>,
    netted: Netted<StatementId>,
}

fn order(work: &mut Work<'_, '_>, making: &Making, open: &OpenAccount, made: usize) -> Result<Result<Order, LeftOut>, Problem> {
    let OpenAccount { partner, statements } = open;
    let left = |reason| Ok(Err(LeftOut { partner_id: partner.to_string(), reason }));
    let netted = net(statements, making.debt_part, making.currency);
    let Some(netted) = netted.ok_or_else(|| Problem::invalid(vec![Violation::at("", "amounts_too_large").rule("D12")]))? else {
        return left(LeftOutReason::OnlyDebts);
    };
    if made >= PAYOUTS_MAX {
        return left(LeftOutReason::RunIsFull);
    }
    let transfers = netted.amount.sign().is_gt();
    let account = store::payable_account(work.conn(), CompanyId::Partner(*partner), making.currency, making.execute_on)?;
    if transfers && account.is_none() {
        return left(LeftOutReason::NoBankAccount);
    }
    Ok(Ok(Order { partner: *partner, account: account.filter(|_| transfers), netted }))
}

const fn code_of(reason: LeftOutReason) -> &'static str {
    match reason {
        LeftOutReason::NoBankAccount => "no_bank_account",
        LeftOutReason::OnlyDebts => "only_debts",
        LeftOutReason::RunIsFull => "run_is_full",
    }
}

/// Keeps a payout, with every step that it goes at once: what needs no second person is approved by the network's policy, and
/// what was set off whole is paid.
fn keep(work: &mut Work<'_, '_>, making: &Making, run: PayoutRunId, order: Order) -> Result<(), Problem> {
    let Order { partner, account, netted: Netted { amount, parts } } = order;
    let (now, actor) = (work.now()?, work.actor());
    let nothing_moves = amount.sign().is_eq();
    let waits = !nothing_moves && needs_second_person(amount, making.limit);
    let steps: &[PayoutState] = match (waits, nothing_moves) {
        (true, _) => &[PayoutState::Pending],
        (false, false) => &[PayoutState::Pending, PayoutState::Approved],
        (false, true) => &[PayoutState::Pending, PayoutState::Approved, PayoutState::Paid],
    };
    let state = steps.last().copied().unwrap_or(PayoutState::Pending);
    let payout = store::Payout {
        id: work.new_id(),
        network: making.network,
        payer: making.payer.company,
        master: making.payer.master,
        partner,
        run,
        amount,
        account: account.map(|account| account.id),
        state,
        reason: None,
        made_by: actor.clone(),
        paid_on: (state == PayoutState::Paid).then_some(making.today),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let parts: Vec<PayoutPart> =
        parts.into_iter().map(|NettedPart { statement, amount }| PayoutPart { statement, amount }).collect();
    store::insert_payout(work.conn(), &payout, &parts)?;
    for (position, state) in steps.iter().enumerate() {
        let actor = if position == 0 { actor.clone() } else { "system".to_owned() };
        let step = PayoutStep { payout: payout.id, state: *state, reason: None, actor, recorded_at: now };
        store::append_step(work.conn(), &step)?;
    }
    if state == PayoutState::Paid {
        recovery::follow(work, payout.id, making.today)?;
    }
    tell(work, "payout.created", payout).map(|_| ())
}
