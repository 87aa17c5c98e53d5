//! Open proposals of a partner that fails its customers, and those that took them over (R49).

use diesel::prelude::*;
use domain::{
    id::{AgreementId, CustomerId, PartnerId, ProposalId},
    sale::ProposalState,
};

use super::{Proposal, ProposalRow};
use crate::{columns::Uid, db::Conn, error::DbError, schema::proposals};

/// Why a proposal was taken back with the takeover by which it came. The schema knows it, too: it makes room for another one.
pub const REVERTED: &str = "takeover_reverted";

const OPEN: [&str; 2] = [ProposalState::Draft.code(), ProposalState::Sent.code()];

/// Which proposal took each of `proposals` over, of those that one did.
///
/// # Errors
/// Those of the database.
pub fn successors_of(conn: &mut Conn, proposals: &[ProposalId]) -> Result<Vec<(ProposalId, ProposalId)>, DbError> {
    let ids: Vec<Option<Uid>> = proposals.iter().map(|id| Some(Uid::from(*id))).collect();
    let rows: Vec<(Option<Uid>, Uid)> = proposals::table
        .filter(proposals::follows_id.eq_any(ids))
        .filter(proposals::reason.is_null().or(proposals::reason.ne(REVERTED)))
        .select((proposals::follows_id, proposals::id))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(before, after)| Some((before?.id(), after.id()))).collect())
}

/// The open proposals of a partner for a customer, oldest first.
///
/// # Errors
/// Those of the database.
pub fn open_for_customer(conn: &mut Conn, partner: PartnerId, customer: CustomerId) -> Result<Vec<Proposal>, DbError> {
    let rows: Vec<ProposalRow> = proposals::table
        .filter(proposals::customer_id.eq(Uid::from(customer)))
        .filter(proposals::partner_id.eq(Uid::from(partner)))
        .filter(proposals::state.eq_any(OPEN))
        .order(proposals::id)
        .select(ProposalRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Proposal::try_from).collect()
}

/// The proposals under an agreement that were sent and are neither signed nor over, oldest first.
///
/// # Errors
/// Those of the database.
pub fn sent_under(conn: &mut Conn, agreement: AgreementId) -> Result<Vec<Proposal>, DbError> {
    let rows: Vec<ProposalRow> = proposals::table
        .filter(proposals::agreement_id.eq(Uid::from(agreement)))
        .filter(proposals::state.eq(ProposalState::Sent.code()))
        .order(proposals::id)
        .select(ProposalRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Proposal::try_from).collect()
}

/// The open proposals of a partner, oldest first: `limit` of them at most.
///
/// # Errors
/// Those of the database.
pub fn open_of(conn: &mut Conn, partner: PartnerId, limit: i64) -> Result<Vec<Proposal>, DbError> {
    let rows: Vec<ProposalRow> = proposals::table
        .filter(proposals::partner_id.eq(Uid::from(partner)))
        .filter(proposals::state.eq_any(OPEN))
        .order(proposals::id)
        .limit(limit)
        .select(ProposalRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Proposal::try_from).collect()
}
