//! Journals, whatever made them: the day they are dated, and who is told of their entries.

use chrono::NaiveDate;
use domain::{
    id::{MasterId, NetworkId},
    ledger::{self as rules, CorrectionKind},
    money::{Currency, Money},
};
use persistence::{
    event::Audience,
    ledger::{self as store, Entry, Journal, PostedEntry, Sold},
};

use super::{contract_year::too_large, wire};
use crate::{
    calendar,
    problem::Problem,
    write::{Change, Work},
};

/// The day that is stated on what is posted because of something that is decided now: today where the master is, or the first day
/// of the next period where today's is closed.
///
/// # Errors
/// Those of the database.
pub(crate) fn open_day(
    work: &mut Work<'_, '_>,
    network: NetworkId,
    master: MasterId,
    currency: Currency,
) -> Result<NaiveDate, Problem> {
    let now = work.now()?;
    let today = calendar::today(work.conn(), network, master, now)?;
    open_day_from(work, network, currency, today)
}

/// The day that is stated on what is posted because of something that happened on a day: that day, or the first one of the next
/// period where its period is closed. What was sold, billed or paid in a period stands on that period's statement, whenever it is
/// recorded, as long as the period is open.
///
/// # Errors
/// Those of the database.
pub(crate) fn open_day_from(
    work: &mut Work<'_, '_>,
    network: NetworkId,
    currency: Currency,
    happened_on: NaiveDate,
) -> Result<NaiveDate, Problem> {
    let closed_through = store::closed_through(work.conn(), network, currency)?;
    rules::open_day(happened_on, closed_through).ok_or_else(|| Problem::internal(format!("no day after {closed_through:?}")))
}

/// Appends a journal, and tells debtor, creditor and master of each entry. `beside` gives what an entry is shown with: the number
/// of its terms' version, and the sale's ordinal and year where it is about one.
///
/// # Errors
/// Those of the database; `invalid_request` for amounts that are too large for the books.
pub(crate) fn append(
    work: &mut Work<'_, '_>,
    journal: Journal,
    beside: impl Fn(&Entry) -> Option<(i32, Option<Sold>)>,
) -> Result<(), Problem> {
    let currency = journal.entries.first().map(|entry| entry.movement.amount().currency());
    let currency = currency.ok_or_else(|| Problem::internal(format!("{}: no entries", journal.id)))?;
    let total = Money::sum(journal.entries.iter().map(|entry| entry.movement.amount()), currency);
    total.filter(|total| rules::can_be_stated(*total)).ok_or_else(too_large)?;
    store::append(work.conn(), &journal)?;
    let mut days = calendar::Days::at(work.now()?);
    let Journal { id, network, source, cause, entries, recorded_at } = journal;
    for entry in entries {
        let beside = beside(&entry).ok_or_else(|| Problem::internal(format!("{}: nothing is known of it", entry.id)))?;
        let (terms_version, sold) = beside;
        let today = days.of(work.conn(), network, entry.master)?;
        let (source, cause) = (source.clone(), cause.clone());
        let posted = PostedEntry {
            entry,
            network,
            journal: id,
            source,
            cause,
            terms_version,
            sold,
            stated: false,
            paid: false,
            recorded_at,
        };
        tell(work, posted, today)?;
    }
    Ok(())
}

fn tell(work: &mut Work<'_, '_>, posted: PostedEntry, today: NaiveDate) -> Result<(), Problem> {
    let (network, entry) = (posted.network, &posted.entry);
    let parties = entry.movement.parties();
    let partner = domain::id::CompanyId::Partner(entry.partner);
    let counterparty = if parties.debtor() == partner { parties.creditor() } else { parties.debtor() };
    let audience = Audience { master: Some(entry.master), partner: Some(entry.partner), counterparty: Some(counterparty) };
    let kind = match entry.movement.correction().map(|correction| correction.kind) {
        None => "ledger_entry.accrued",
        Some(CorrectionKind::Reversal) => "ledger_entry.reversed",
        Some(CorrectionKind::Clawback) => "ledger_entry.clawed_back",
        Some(CorrectionKind::Adjustment) => "ledger_entry.adjusted",
        Some(CorrectionKind::Recovery) => "ledger_entry.recovered",
    };
    let body = wire::LedgerEntry::of(posted, today);
    work.record(Change { network, kind, subject: body.id.clone(), version: body.version, audience, body: &body })
}
