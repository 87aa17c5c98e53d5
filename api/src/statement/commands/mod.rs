//! The use cases of statements. Closing runs go on by themselves once they are started.

mod run;
mod tax;

use domain::{id::StatementId, statement::Period};
use persistence::{db::Tx, statement as store};

pub(super) use self::{
    run::{list_runs, show_run, start},
    tax::{list_tax_profiles, record_tax_profile, show_tax_profile},
};
use super::wire::{Statement, StatementFilters, StatementPage};
use crate::{
    access::Caller,
    extract::Paging,
    problem::{Problem, Violation},
    wire::{filter_company, filter_currency, filter_id},
};

/// Lists the closed statements that the caller may see.
pub(super) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &StatementFilters,
    paging: &Paging,
) -> Result<StatementPage, Problem> {
    let StatementFilters { partner_id, payer_id, statement_run_id, kind, currency, period } = filters;
    let filter = store::StatementFilter {
        partner: filter_id("partner_id", partner_id.as_ref())?,
        payer: filter_company("payer_id", payer_id.as_deref())?,
        kind: kind.map(Into::into),
        currency: filter_currency(currency.as_ref())?,
        period: period.as_deref().map(filter_period).transpose()?,
        run: filter_id::<domain::id::kind::StatementRun>("statement_run_id", statement_run_id.as_ref())?,
    };
    let found = store::page(tx.conn, &caller.view(), &filter, &paging.page())?;
    let (found, next) = paging.cut(found, |sealed| (sealed.statement.id.uuid(), sealed.sealed_at));
    Ok(StatementPage { data: found.into_iter().map(Statement::from).collect(), next })
}

/// A closed statement that the caller may see.
pub(super) fn sealed(tx: &mut Tx<'_>, caller: &Caller, id: StatementId) -> Result<store::Sealed, Problem> {
    store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)
}

fn filter_period(text: &str) -> Result<Period, Problem> {
    let unknown = || Violation::of_parameter("period", "unknown_period").with("value", text);
    text.parse().map_err(|_| Problem::invalid(vec![unknown()]))
}
