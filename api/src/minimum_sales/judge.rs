//! What is found when a year of an agreement is over (D13).

use chrono::{NaiveDate, TimeDelta};
use domain::{
    finding::FindingKind,
    minimum_sales::{AgreementYear, years_over},
};
use persistence::{agreement as agreements, event::Audience, minimum_sales as store};

use super::{watched::Watched, wire::JudgedYear};
use crate::{
    calendar::Days,
    finding::{
        commands::{Found, make},
        wire::MinimumSalesShortfall,
    },
    problem::Problem,
    write::{Change, Work},
};

/// How many agreements one transaction looks at.
const LOOKED_AT_ONCE: i64 = 100;

/// Counts the years that are over and were not counted yet. How many there were.
pub(super) fn judge_due(work: &mut Work<'_, '_>) -> Result<usize, Problem> {
    let now = work.now()?;
    // No calendar is more than a day ahead.
    let latest = now.checked_add_signed(TimeDelta::days(1)).unwrap_or(now).date_naive();
    let found = agreements::with_years_over(work.conn(), latest, LOOKED_AT_ONCE)?;
    let mut days = Days::at(now);
    let mut judged = 0_usize;
    for watched in Watched::among(work.conn(), found)? {
        let today = days.of(work.conn(), watched.agreement.network, watched.agreement.master)?;
        for year in over(work, &watched, today)? {
            judge(work, &watched, year)?;
            judged = judged.saturating_add(1);
        }
    }
    if judged == 0 {
        work.nothing_changed();
    }
    Ok(judged)
}

fn over(work: &mut Work<'_, '_>, watched: &Watched, today: NaiveDate) -> Result<Vec<AgreementYear>, Problem> {
    let counted = store::judged_years(work.conn(), watched.agreement.id)?.last().map_or(0, |year| year.number);
    Ok(years_over(watched.agreement.starts_on, watched.last_day, counted, today))
}

/// Counts a year, once and for ever: the database refuses it a second time.
fn judge(work: &mut Work<'_, '_>, watched: &Watched, year: AgreementYear) -> Result<(), Problem> {
    let (asked, of) = (watched.asked_in(year), &watched.agreement);
    let closed_on = asked.closes_on(watched.last_day);
    let signed = watched.signed_in(work.conn(), asked)?;
    let is_last = watched.last_day.is_some_and(|last| last <= year.ends_on);
    let counted = store::JudgedYear::of(of.id, asked, closed_on, work.now()?);
    let finding = if asked.missing(signed) > 0 { Some(work.new_id()) } else { None };
    let counted = store::JudgedYear { signed, is_last, finding, ..counted };
    if let Some(id) = finding {
        let (kind, about) = (FindingKind::MinimumSalesShortfall, year.number.to_string());
        make(work, Found { id, kind, agreement: of, about, on: closed_on, facts: shortfall(&counted) })?;
    }
    store::insert_year(work.conn(), &counted)?;
    tell(work, watched, &counted)
}

fn shortfall(year: &store::JudgedYear) -> MinimumSalesShortfall {
    MinimumSalesShortfall {
        year: year.number,
        starts_on: year.starts_on,
        ends_on: year.ends_on,
        per_year: year.per_year,
        days_in_year: year.days_in_year,
        days_in_force: year.days_in_force,
        required: year.required,
        signed: year.signed,
        missing: year.required.saturating_sub(year.signed),
    }
}

/// Tells the master and the partner what was counted; the finding is the master's alone.
fn tell(work: &mut Work<'_, '_>, watched: &Watched, counted: &store::JudgedYear) -> Result<(), Problem> {
    let of = &watched.agreement;
    let audience = Audience { master: Some(of.master), partner: Some(of.partner), counterparty: None };
    let body = JudgedYear::of(counted);
    let (network, subject, version) = (of.network, of.id.to_string(), of.version);
    work.record(Change { network, kind: "agreement.sales_counted", subject, version, audience, body: &body })
}
