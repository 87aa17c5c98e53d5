//! What a movement is about: a payout by its end-to-end id, a whole run by its order, or a partner's payment by the reference of a
//! remittance; always to the cent.

use domain::{
    decided::Decided,
    id::{MasterId, PartnerId, PayoutRunId},
    money::Money,
    payout::{EntryOutcome, EntryState, PayoutAction, PayoutState, meaning},
};
use persistence::payout::{self as store, BankEntry};

use crate::{
    payout::{
        remittance::{self, Received},
        run::step::{Happened, go_on, payout_of, run_of},
    },
    problem::Problem,
    write::Work,
};

/// What a movement says that may name something here: the ids that came with it, and the words of its text.
fn names<'e>(entry: &'e BankEntry, order: Option<&'e str>) -> impl Iterator<Item = &'e str> {
    let words = entry.text.as_deref().unwrap_or_default().split([' ', ',', ';', '/', ':']);
    entry.end_to_end_id.as_deref().into_iter().chain(order).chain(words).filter(|name| !name.is_empty())
}

/// Matches a movement, and carries out what it means. It stays unmatched where nothing fits to the cent.
pub(super) fn matched(work: &mut Work<'_, '_>, entry: BankEntry, order: Option<&str>) -> Result<BankEntry, Problem> {
    let view = work.caller()?.view();
    for name in names(&entry, order) {
        if let Some(id) = payout_of(name)
            && let Some(payout) = store::find_payout(work.conn(), &view, id)?.filter(|payout| payout.payer == entry.payer)
            && let Some(found) = about_payout(work, &entry, payout)?
        {
            return Ok(found);
        }
        if let Some(id) = run_of(name)
            && let Some(found) = about_run(work, &entry, id)?
        {
            return Ok(found);
        }
        if let Some(statement) = remittance::statement_of(name)
            && entry.amount.sign().is_gt()
            && let Some(master) = entry.payer.master()
            && let Some(partner) = store::debtor_of(work.conn(), master, statement)?
        {
            return collected(work, &entry, master, partner);
        }
    }
    Ok(entry)
}

fn known(entry: &BankEntry, outcome: EntryOutcome) -> BankEntry {
    BankEntry { state: EntryState::Matched, outcome: Some(outcome), ..entry.clone() }
}

/// What a movement means for a payout, carried out; none where the two do not fit.
pub(super) fn about_payout(
    work: &mut Work<'_, '_>,
    entry: &BankEntry,
    payout: store::Payout,
) -> Result<Option<BankEntry>, Problem> {
    let Some(action) = meaning(entry.amount, payout.amount, payout.state) else { return Ok(None) };
    let outcome = if action == PayoutAction::Return { EntryOutcome::Returned } else { EntryOutcome::Paid };
    let id = payout.id;
    if store::is_banked(work.conn(), id, outcome)? {
        // Another movement says so already: a person finds out why there are two.
        return Ok(None);
    }
    // What a person noted before the bank said so is what it says.
    if let Ok(Decided::Changed(state)) = payout.state.after(action, payout.amount) {
        let happened = match (&entry.return_reason, state) {
            (Some(reason), PayoutState::Returned) => Happened::because(reason),
            (None, PayoutState::Returned) => Happened::because("returned"),
            _ => Happened::default(),
        };
        go_on(work, payout, state, &happened.dated(entry.booked_on))?;
    }
    Ok(Some(BankEntry { payout: Some(id), ..known(entry, outcome) }))
}

/// What went out in one sum pays every payout of a run that the bank has, where it is their sum.
fn about_run(work: &mut Work<'_, '_>, entry: &BankEntry, id: PayoutRunId) -> Result<Option<BankEntry>, Problem> {
    let view = work.caller()?.view();
    let Some(run) = store::find_run(work.conn(), &view, id)? else { return Ok(None) };
    let payouts = store::payouts_of(work.conn(), run.id)?;
    let sent: Vec<store::Payout> = payouts.into_iter().filter(|payout| payout.state == PayoutState::Sent).collect();
    let sum = Money::sum(sent.iter().map(|payout| payout.amount), run.currency);
    let whole = sum.zip(entry.amount.checked_abs()).is_some_and(|(sum, moved)| sum == moved);
    if !whole || sent.is_empty() || !entry.amount.sign().is_lt() {
        return Ok(None);
    }
    for payout in sent {
        go_on(work, payout, PayoutState::Paid, &Happened::default().dated(entry.booked_on))?;
    }
    Ok(Some(BankEntry { run: Some(id), ..known(entry, EntryOutcome::Paid) }))
}

/// A partner paid what it owes, or a part of it.
pub(super) fn collected(
    work: &mut Work<'_, '_>,
    entry: &BankEntry,
    master: MasterId,
    partner: PartnerId,
) -> Result<BankEntry, Problem> {
    let reference = format!("{} {}", entry.account, entry.reference).trim().to_owned();
    let received = Received { master, partner, amount: entry.amount, received_on: entry.booked_on, reference };
    let payment = remittance::receive(work, received)?;
    Ok(BankEntry { payment: Some(payment.id), ..known(entry, EntryOutcome::Collected) })
}
