//! What of agreements is due: their last days, their supervision, and the years in which their terms ask for sales (R7, R28, R57).

use chrono::{Days, NaiveDate};
use diesel::{
    dsl::{exists, not},
    prelude::*,
};
use domain::{
    agreement::{AgreementState, FindingOutcome},
    entry_fee::EntryFeeState,
    id::{AgreementId, CompanyId, PartnerId},
};

use super::{Agreement, AgreementRow, BINDING, Supervision, latest_supervisions, read};
use crate::{
    columns::Uid,
    db::Conn,
    error::DbError,
    schema::{agreement_states, agreements, companies, entry_fees, minimum_sales_years, supervisions, terms},
    view::{Due, Page, View, due, paged, visible_to},
};

/// The agreements in force or suspended that `view` supervises or has, and whose terms ask for sales; those of one partner alone, if it
/// is named.
macro_rules! asking_for_sales {
    ($view:expr, $partner:expr) => {{
        let query = visible_to!(all!(), agreements, $view)
            .filter(agreements::minimum_sales.is_not_null())
            .filter(agreements::state.eq_any(BINDING));
        match $partner {
            Some(partner) => query.filter(agreements::partner_id.eq(Uid::from(partner))),
            None => query,
        }
    }};
}

/// A page of the agreements in force or suspended that `view` may see and whose terms ask for sales (R57).
///
/// # Errors
/// Those of the database.
pub fn page_with_minimum_sales(
    conn: &mut Conn,
    view: &View,
    partner: Option<PartnerId>,
    page: &Page,
) -> Result<Vec<Agreement>, DbError> {
    let query = asking_for_sales!(view, partner);
    load!(paged!(query, agreements, page), conn)
}

/// All of those.
///
/// # Errors
/// Those of the database.
pub fn all_with_minimum_sales(conn: &mut Conn, view: &View, partner: Option<PartnerId>) -> Result<Vec<Agreement>, DbError> {
    load!(asking_for_sales!(view, partner).order(agreements::id.asc()), conn)
}

/// The agreements of any network whose terms ask for sales and of which a year may be over on a day that was not counted: `limit` of them
/// at most. A year has 365 days at least; an agreement that has ended is over whenever it did, until its last year was counted.
///
/// # Errors
/// Those of the database.
pub fn with_years_over(conn: &mut Conn, day: NaiveDate, limit: i64) -> Result<Vec<Agreement>, DbError> {
    let a_year_before = day.checked_sub_days(Days::new(365)).unwrap_or(NaiveDate::MIN);
    let counted = minimum_sales_years::table.filter(minimum_sales_years::agreement_id.eq(agreements::id));
    let ended = [AgreementState::Terminated.code(), AgreementState::Expired.code()];
    let was_active = agreement_states::table
        .filter(agreement_states::agreement_id.eq(agreements::id))
        .filter(agreement_states::state.eq(AgreementState::Active.code()));
    let is_over =
        agreements::state.eq_any(ended).or(agreements::ends_on.assume_not_null().lt(day).and(agreements::ends_on.is_not_null()));
    let has_run_a_year =
        agreements::starts_on.le(a_year_before).and(not(exists(counted.filter(minimum_sales_years::ends_on.gt(a_year_before)))));
    let query = all!()
        .filter(agreements::minimum_sales.is_not_null())
        .filter(agreements::starts_on.le(day))
        .filter(agreements::state.eq_any(ended).or(agreements::state.eq_any(BINDING)))
        .filter(exists(was_active))
        .filter(not(exists(counted.filter(minimum_sales_years::is_last))))
        .filter(is_over.or(has_run_a_year));
    load!(query.order(agreements::id.asc()).limit(limit), conn)
}

/// The agreements in force or suspended that have a last day, by that day; those of one partner alone, if it is named.
///
/// # Errors
/// Those of the database.
pub fn expiring(
    conn: &mut Conn,
    view: &View,
    partner: Option<PartnerId>,
    due: &Due<NaiveDate>,
) -> Result<Vec<Agreement>, DbError> {
    let mut query =
        visible_to!(all!(), agreements, view).filter(agreements::state.eq_any(BINDING)).filter(agreements::ends_on.is_not_null());
    if let Some(partner) = partner {
        query = query.filter(agreements::partner_id.eq(Uid::from(partner)));
    }
    load!(due!(query, agreements, ends_on, id, due, std::convert::identity), conn)
}

/// The agreements with a company as their counterparty that have not ended, whether they took effect or not: `limit` of them at most,
/// oldest first.
///
/// # Errors
/// Those of the database.
pub fn living_with(conn: &mut Conn, counterparty: CompanyId, limit: i64) -> Result<Vec<Agreement>, DbError> {
    let over = [AgreementState::Terminated.code(), AgreementState::Expired.code()];
    let with = all!().filter(agreements::counterparty_id.eq(Uid::from(counterparty))).filter(agreements::state.ne_all(over));
    load!(with.order(agreements::id.asc()).limit(limit), conn)
}

/// The agreements that are handed in and wait for their supervision, by their first day; those of one partner alone, if it is named.
///
/// # Errors
/// Those of the database.
pub fn awaiting_supervision(
    conn: &mut Conn,
    view: &View,
    partner: Option<PartnerId>,
    due: &Due<NaiveDate>,
) -> Result<Vec<Agreement>, DbError> {
    let waiting = [AgreementState::Submitted.code(), AgreementState::UnderSupervision.code()];
    let mut query = visible_to!(all!(), agreements, view).filter(agreements::state.eq_any(waiting));
    if let Some(partner) = partner {
        query = query.filter(agreements::partner_id.eq(Uid::from(partner)));
    }
    load!(due!(query, agreements, starts_on, id, due, std::convert::identity), conn)
}

/// The agreements in force or suspended whose terms may ask for an entry fee, and for which none is assessed that was not rejected or
/// taken back; those of one partner alone, if it is named.
///
/// # Errors
/// Those of the database.
pub fn without_entry_fee(conn: &mut Conn, view: &View, partner: Option<PartnerId>) -> Result<Vec<Agreement>, DbError> {
    const MENTIONED: &str = "%\"entry_fee\":%";
    let asking = terms::table.filter(terms::document.like(MENTIONED)).select(terms::id);
    let on_demand = agreements::special_terms.assume_not_null().like(MENTIONED).and(agreements::special_terms.is_not_null());
    let gone = [EntryFeeState::Rejected.code(), EntryFeeState::Withdrawn.code()];
    let assessed = entry_fees::table.filter(entry_fees::agreement_id.eq(agreements::id)).filter(entry_fees::state.ne_all(gone));
    let mut query = visible_to!(all!(), agreements, view)
        .filter(agreements::state.eq_any(BINDING))
        .filter(agreements::terms_id.eq_any(asking).or(on_demand))
        .filter(not(exists(assessed)));
    if let Some(partner) = partner {
        query = query.filter(agreements::partner_id.eq(Uid::from(partner)));
    }
    load!(query.order(agreements::id.asc()), conn)
}

/// The agreements in force or suspended whose latest supervision may have found an item not to be met, with that supervision; those of
/// one partner alone, if it is named.
///
/// # Errors
/// Those of the database.
pub fn with_unmet_items(
    conn: &mut Conn,
    view: &View,
    partner: Option<PartnerId>,
) -> Result<Vec<(Agreement, Supervision)>, DbError> {
    let mentioned = format!("%{}%", FindingOutcome::NotMet.code());
    let unmet =
        supervisions::table.filter(supervisions::agreement_id.eq(agreements::id)).filter(supervisions::findings.like(mentioned));
    let mut query = visible_to!(all!(), agreements, view).filter(agreements::state.eq_any(BINDING)).filter(exists(unmet));
    if let Some(partner) = partner {
        query = query.filter(agreements::partner_id.eq(Uid::from(partner)));
    }
    let found = load!(query.order(agreements::id.asc()), conn)?;
    let ids: Vec<AgreementId> = found.iter().map(|agreement| agreement.id).collect();
    let mut latest = latest_supervisions(conn, &ids)?;
    let with_its = |agreement: Agreement| {
        let own = latest.extract_if(.., |supervision| supervision.agreement == agreement.id).next()?;
        Some((agreement, own))
    };
    Ok(found.into_iter().filter_map(with_its).collect())
}
