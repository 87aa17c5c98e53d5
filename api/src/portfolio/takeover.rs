//! Places that follow their customer, once another company answers for it (R49).

use chrono::NaiveDate;
use domain::{
    id::{CompanyId, ContinuityCaseId, CustomerId},
    portfolio::PlaceDays,
};
use persistence::portfolio::{self as store, Kept};

use super::commands::record;
use crate::{
    problem::{Code, Problem},
    promotion::PARTNER_FAILED,
    write::Work,
};

/// Why a place ended that followed its customer.
const REASON: &str = PARTNER_FAILED;

/// Which company's customer it was, and whose it is from which day on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Going {
    pub(crate) customer: CustomerId,
    pub(crate) before: CompanyId,
    pub(crate) after: CompanyId,
    pub(crate) from: NaiveDate,
    pub(crate) case: ContinuityCaseId,
}

/// Lets a customer's place go on with whoever answers for it. A client manager that answers by itself keeps it with nobody.
///
/// # Errors
/// Those of the database.
pub(crate) fn follow(work: &mut Work<'_, '_>, going: Going) -> Result<(), Problem> {
    let Going { customer, before, after, from, case } = going;
    let Some(kept) = store::open_of(work.conn(), before, customer)? else { return Ok(()) };
    let Some(day) = kept.place.days.leaves_on(from) else { return Ok(()) };
    let days = PlaceDays { until: Some(day), ..kept.place.days };
    let ended = store::Place { days, reason: Some(REASON.to_owned()), ended_by: Some(case), ..kept.place.clone() };
    keep(work, "portfolio_place.ended", Kept { place: ended, ..kept.clone() })?;
    if after == CompanyId::Partner(kept.place.partner) {
        return Ok(());
    }
    match store::last_of(work.conn(), customer, after)? {
        // It went there before, and that was taken back.
        Some(last) if last.days.is_void() && last.took_over == Some(kept.place.id) => {
            let days = PlaceDays { from: last.days.from.max(day), until: None };
            keep(work, "portfolio_place.entered", Kept { place: store::Place { days, reason: None, ..last }, ..kept })
        }
        // It is in one of the company's portfolios already.
        Some(last) if last.days.until.is_none() => Ok(()),
        last => enter(work, kept, after, (day, last)),
    }
}

/// Begins the place that takes the other one's over, after the customer's last one with the company.
fn enter(
    work: &mut Work<'_, '_>,
    from: Kept,
    company: CompanyId,
    (day, last): (NaiveDate, Option<store::Place>),
) -> Result<(), Problem> {
    let previous_until = last.and_then(|place| place.days.until);
    // Two places with one company never end on the same day, not even where one of them is taken back.
    let after_last = previous_until.and_then(|until| until.succ_opt());
    let now = work.now()?;
    let place = store::Place {
        id: work.new_id(),
        company,
        won_by: None,
        handed_from: None,
        days: PlaceDays { from: after_last.map_or(day, |free| free.max(day)), until: None },
        previous_until,
        reason: None,
        ended_by: None,
        took_over: Some(from.place.id),
        version: 1,
        created_at: now,
        updated_at: now,
        ..from.place
    };
    store::insert(work.conn(), &place)?;
    record(work, "portfolio_place.entered", &Kept { place, ..from })
}

/// Lets a customer's place be as if it had never gone. What the company that had it meanwhile began by itself ends today.
///
/// # Errors
/// Those of the database.
pub(crate) fn come_back(work: &mut Work<'_, '_>, going: Going, today: NaiveDate) -> Result<(), Problem> {
    let Going { customer, before, after, from: _, case } = going;
    let gone = store::ended_by(work.conn(), case, customer)?.into_iter().find(|kept| kept.place.company == after);
    if let Some(kept) = store::open_of(work.conn(), before, customer)? {
        let came = gone.as_ref().is_some_and(|gone| kept.place.took_over == Some(gone.place.id));
        let ended = PlaceDays { until: kept.place.days.leaves_on(today), ..kept.place.days };
        let days = if came { kept.place.days.void() } else { ended };
        let place = store::Place { days, reason: Some(REASON.to_owned()), ..kept.place.clone() };
        keep(work, "portfolio_place.ended", Kept { place, ..kept })?;
    }
    let Some(kept) = gone else { return Ok(()) };
    let place = store::Place { days: kept.place.days.reopened(), reason: None, ended_by: None, ..kept.place.clone() };
    keep(work, "portfolio_place.entered", Kept { place, ..kept })
}

/// Keeps a changed place as its next version, and records what happened.
fn keep(work: &mut Work<'_, '_>, kind: &'static str, kept: Kept) -> Result<(), Problem> {
    let (before, updated_at) = (kept.place.version, work.now()?);
    let place = store::Place { version: before.saturating_add(1), updated_at, ..kept.place };
    if !store::update(work.conn(), &place)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    record(work, kind, &Kept { place, ..kept })
}
