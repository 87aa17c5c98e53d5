//! Parts in the commissions of another partner's place in a sale, by a dispute over the registration that it came from (R37).
//!
//! A part is a place of its own, so that its entries name its partner's agreement. It is no sale of its partner's and counts for
//! no ordinal. How large it is says the latest decision between the two partners over the registration.

use diesel::prelude::*;
use domain::{
    id::{AttributionId, ContractId, DisputeId, RegistrationId},
    money::Rate,
};

use super::{
    Attribution, Contract,
    contract::{AttributionRow, ContractRow},
};
use crate::{
    columns::Uid,
    db::Conn,
    dispute::{self, Decision},
    error::DbError,
    schema::{attributions, companies, contracts, disputes, proposals},
};

/// A part in the commissions of another place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The place of the partner that has the part. Its terms and ordinal say nothing of what it earns.
    pub place: Attribution,
    /// The place whose commissions are divided.
    pub of: AttributionId,
    /// The dispute by which it came to be.
    pub dispute: DisputeId,
    /// What is left to the other place by the decision in force.
    pub holder_share: Rate,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = attributions)]
struct PartRow {
    #[diesel(embed)]
    place: AttributionRow,
    part_of_id: Option<Uid>,
    dispute_id: Option<Uid>,
}

/// Keeps a new part.
///
/// # Errors
/// Those of the database, which refuses a second part of a partner in one place.
pub fn insert_part(conn: &mut Conn, part: &Part) -> Result<(), DbError> {
    let row = PartRow {
        place: AttributionRow::from(&part.place),
        part_of_id: Some(part.of.into()),
        dispute_id: Some(part.dispute.into()),
    };
    diesel::insert_into(attributions::table).values(row).execute(conn)?;
    Ok(())
}

/// The parts in the places of a contract, each as large as the decision in force says.
///
/// # Errors
/// Those of the database.
pub fn parts_of(conn: &mut Conn, contract: ContractId) -> Result<Vec<Part>, DbError> {
    let rows: Vec<(PartRow, String)> = attributions::table
        .inner_join(companies::table.on(companies::id.eq(attributions::payer_id)))
        .filter(attributions::contract_id.eq(Uid::from(contract)))
        .filter(attributions::part_of_id.is_not_null())
        .order(attributions::id)
        .select((PartRow::as_select(), companies::kind))
        .load(conn)?;
    let mut parts = Vec::new();
    for (row, payer) in rows {
        let (Some(of), Some(dispute)) = (row.part_of_id, row.dispute_id) else { continue };
        let (place, dispute) = (row.place.attribution(&payer)?, dispute.id());
        let holder_share = decision_in_force(conn, dispute)?.map_or(Rate::ONE, |decision| decision.holder_share);
        parts.push(Part { place, of: of.id(), dispute, holder_share });
    }
    Ok(parts)
}

/// The latest decision between the two partners of a dispute over its registration.
fn decision_in_force(conn: &mut Conn, of: DisputeId) -> Result<Option<Decision>, DbError> {
    let (registration, challenger): (Uid, Uid) =
        disputes::table.find(Uid::from(of)).select((disputes::registration_id, disputes::challenger_id)).get_result(conn)?;
    let between: Vec<Uid> = disputes::table
        .filter(disputes::registration_id.eq(registration))
        .filter(disputes::challenger_id.eq(challenger))
        .select(disputes::id)
        .load(conn)?;
    let between: Vec<DisputeId> = between.into_iter().map(Uid::id).collect();
    let decisions = dispute::decisions_of_all(conn, &between)?;
    Ok(decisions.into_iter().max_by_key(|decision| (decision.decided_at, decision.dispute, decision.number)))
}

/// The contracts that came from a registration, whoever may see them, oldest first.
///
/// # Errors
/// Those of the database.
pub fn contracts_from(conn: &mut Conn, registration: RegistrationId) -> Result<Vec<Contract>, DbError> {
    let rows: Vec<ContractRow> = contracts::table
        .inner_join(proposals::table.on(proposals::id.eq(contracts::proposal_id)))
        .filter(proposals::registration_id.eq(Uid::from(registration)))
        .order(contracts::id)
        .select(ContractRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Contract::try_from).collect()
}
