//! The proposals that a client manager follows: those that the prospects it introduced got, those that name its agreement, and those
//! to the customers of its portfolio (R19, R20, D22).

use chrono::NaiveDate;
use diesel::prelude::*;
use domain::{
    id::{AgreementId, ProposalId},
    sale::ProposalState,
};

use crate::{
    columns::Uid,
    db::{Conn, MultiBackend},
    error::DbError,
    sale::{Proposal, ProposalRow},
    schema::{introduction_proposals, introductions, portfolio_places, proposal_promoters, proposals},
    view::{Page, paged},
};

/// The proposals that are followed under some agreements on a day. A draft is nobody's but its seller's.
fn followed<'q>(agreements: &[AgreementId], on: NaiveDate) -> proposals::BoxedQuery<'q, MultiBackend> {
    let under: Vec<Uid> = agreements.iter().copied().map(Uid::from).collect();
    let introduced = introduction_proposals::table
        .inner_join(introductions::table.on(introductions::id.eq(introduction_proposals::introduction_id)))
        .filter(introduction_proposals::proposal_id.eq(proposals::id))
        .filter(introductions::agreement_id.eq_any(under.clone()));
    let named = proposal_promoters::table
        .filter(proposal_promoters::proposal_id.eq(proposals::id))
        .filter(proposal_promoters::number.eq(proposals::current_number))
        .filter(proposal_promoters::agreement_id.eq_any(under.clone()));
    let kept = portfolio_places::table
        .filter(portfolio_places::customer_id.nullable().eq(proposals::customer_id))
        .filter(portfolio_places::company_id.eq(proposals::seller_id))
        .filter(portfolio_places::agreement_id.eq_any(under))
        .filter(portfolio_places::from_day.le(on))
        .filter(portfolio_places::until_day.is_null().or(portfolio_places::until_day.gt(on)));
    let any = diesel::dsl::exists(introduced).or(diesel::dsl::exists(named)).or(diesel::dsl::exists(kept));
    proposals::table.filter(proposals::state.ne(ProposalState::Draft.code())).filter(any).into_boxed()
}

/// A proposal, if it is followed under one of `agreements` on a day.
///
/// # Errors
/// Those of the database.
pub fn find_followed(
    conn: &mut Conn,
    agreements: &[AgreementId],
    on: NaiveDate,
    id: ProposalId,
) -> Result<Option<Proposal>, DbError> {
    let query = followed(agreements, on).filter(proposals::id.eq(Uid::from(id)));
    let row: Option<ProposalRow> = query.select(ProposalRow::as_select()).get_result(conn).optional()?;
    row.map(Proposal::try_from).transpose()
}

/// A page of the proposals that are followed under some agreements on a day.
///
/// # Errors
/// Those of the database.
pub fn page_followed(conn: &mut Conn, agreements: &[AgreementId], on: NaiveDate, page: &Page) -> Result<Vec<Proposal>, DbError> {
    let query = paged!(followed(agreements, on), proposals, page);
    let rows: Vec<ProposalRow> = query.select(ProposalRow::as_select()).load(conn)?;
    rows.into_iter().map(Proposal::try_from).collect()
}
