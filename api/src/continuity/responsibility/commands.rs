//! The use cases of responsibility.

use domain::{
    continuity::{responsible_on, spans},
    id::{CompanyId, CustomerId},
};
use persistence::{continuity as store, customer, db::Tx};

use super::wire::{CustomerResponsibility, RecordedResponsibility, ResponsibilityDay};
use crate::{access::Caller, calendar, problem::Problem};

/// Shows who answers for a customer on a day, as far as the caller may know.
pub(crate) fn show(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: CustomerId,
    day: &ResponsibilityDay,
) -> Result<CustomerResponsibility, Problem> {
    let found = customer::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    let now = tx.now()?;
    let on = match day.day {
        Some(day) => day,
        None => calendar::today(tx.conn, found.network, found.master, now)?,
    };
    let history = store::responsibilities_of(tx.conn, id)?;
    let recorded: Vec<_> = history.iter().map(store::Responsibility::recorded).collect();
    let span = responsible_on(&spans(&recorded), on).ok_or_else(|| Problem::internal(format!("{id}: nobody answers")))?;
    let sees = |company: CompanyId| caller.company.master().is_some() || company == caller.company;
    if !sees(span.company) {
        return Err(Problem::not_found());
    }
    let masters = caller.company.master().is_some();
    let shown = history.into_iter().filter(|record| sees(record.company));
    let shown = shown.map(|record| RecordedResponsibility::of(record, masters)).collect();
    Ok(CustomerResponsibility::of(id.to_string(), on, span, shown))
}
