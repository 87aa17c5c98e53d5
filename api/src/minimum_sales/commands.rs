//! The use cases of minimum sales. All of them read; what writes is the end of a year.

use chrono::NaiveDate;
use domain::{
    id::{AgreementId, CompanyId},
    minimum_sales::AgreementYear,
    obligation::days_left,
};
use persistence::{
    agreement as agreements,
    db::{Conn, Tx},
    minimum_sales as store,
};

use super::{
    watched::Watched,
    wire::{AgreementMinimumSales, MinimumSales, MinimumSalesFilters, MinimumSalesPage, MinimumSalesYear, Pace},
};
use crate::{
    access::Caller,
    calendar::Days,
    extract::Paging,
    problem::{Language, Problem, say},
    wire::filter_id,
};

/// Lists the agreements that ask for sales and that the caller may see.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &MinimumSalesFilters,
    paging: &Paging,
    language: Language,
) -> Result<MinimumSalesPage, Problem> {
    let partner = filter_id("partner_id", filters.partner_id.as_ref())?;
    let found = agreements::page_with_minimum_sales(tx.conn, &caller.view(), partner, &paging.page())?;
    let (found, next) = paging.cut(found, |agreement| (agreement.id.uuid(), agreement.updated_at));
    let mut days = Days::at(tx.now()?);
    let mut data = Vec::new();
    for watched in Watched::among(tx.conn, found)? {
        let of = &watched.agreement;
        let today = days.of(tx.conn, of.network, of.master)?;
        let judged = store::judged_years(tx.conn, of.id)?;
        let year = watched.year_on(today).map(|year| shown(tx.conn, &watched, (year, today), &judged, (caller, language)));
        data.push(MinimumSales {
            agreement_id: of.id.to_string(),
            master_id: of.master.to_string(),
            partner_id: of.partner.to_string(),
            per_year: watched.per_year,
            year: year.transpose()?,
        });
    }
    Ok(MinimumSalesPage { data, next })
}

/// Shows the years of an agreement. How many sales a partner signs is its business and its master's, and not that of whom else it
/// contracts with (D22).
pub(super) fn show(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: AgreementId,
    language: Language,
) -> Result<AgreementMinimumSales, Problem> {
    let found = agreements::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    let concerned = [CompanyId::Partner(found.partner), CompanyId::Master(found.master)];
    if !concerned.contains(&caller.company) {
        return Err(Problem::not_found());
    }
    let mut answer = AgreementMinimumSales {
        agreement_id: id.to_string(),
        master_id: found.master.to_string(),
        partner_id: found.partner.to_string(),
        per_year: found.minimum_sales,
        years: Vec::new(),
    };
    let today = Days::at(tx.now()?).of(tx.conn, found.network, found.master)?;
    let Some(watched) = Watched::among(tx.conn, vec![found])?.pop() else { return Ok(answer) };
    let judged = store::judged_years(tx.conn, id)?;
    let last = watched.year_on(today).map_or(0, |year| year.number);
    for year in (1..=last).map_while(|number| AgreementYear::of(watched.agreement.starts_on, number)) {
        answer.years.push(shown(tx.conn, &watched, (year, today), &judged, (caller, language))?);
    }
    Ok(answer)
}

/// What is known of a year on a day.
pub(super) fn pace(conn: &mut Conn, watched: &Watched, (year, today): (AgreementYear, NaiveDate)) -> Result<Pace, Problem> {
    let asked = watched.asked_in(year);
    let ends_on = asked.closes_on(watched.last_day);
    let running = (today <= ends_on).then(|| (watched.expected_by(asked, today), days_left(today, ends_on)));
    Ok(Pace { signed: watched.signed_in(conn, asked)?, asked, ends_on, running })
}

/// A pace in words.
pub(super) fn in_words(pace: &Pace, language: Language) -> String {
    let mut params = vec![("signed", pace.signed.to_string()), ("required", pace.asked.required.to_string())];
    let Some((expected, left)) = pace.running else { return say(language, "minimum_sales.over", &params) };
    params.extend([("expected", expected.to_string()), ("days_left", left.to_string())]);
    say(language, "minimum_sales.running", &params)
}

fn shown(
    conn: &mut Conn,
    watched: &Watched,
    of: (AgreementYear, NaiveDate),
    judged: &[store::JudgedYear],
    (caller, language): (&Caller, Language),
) -> Result<MinimumSalesYear, Problem> {
    let pace = pace(conn, watched, of)?;
    let judged = judged.iter().find(|judged| judged.number == of.0.number);
    let shows_finding = caller.company.master().is_some();
    Ok(MinimumSalesYear::of(&pace, in_words(&pace, language), judged, shows_finding))
}
