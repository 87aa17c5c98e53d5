//! The volumes on which sales stand, for tiers that add up over several: each is one link of a chain, with what came before it and
//! what it counts itself. Links are only ever appended, so what came before a sale is frozen (D11).

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    dsl::{exists, not},
    prelude::*,
};
use domain::{
    id::{AgreementId, AttributionId, ContractId, PartnerId, PartnershipTypeId},
    money::{Currency, Money},
};

use super::{column, count, currency};
use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::{agreements, attributions, contracts, sale_volumes},
};

/// A sale's link in a chain of volumes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VolumeLink {
    /// The partner's place in the sale.
    pub attribution: AttributionId,
    /// Which chain it is a link of.
    pub counts_in: String,
    /// The number of the link in its chain, from 1.
    pub place: u32,
    /// What the links before it come to.
    pub before: Money,
    /// What the sale counts itself.
    pub own: Money,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// A sale of a partner that is no link of some chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unlinked {
    /// The partner's place in the sale.
    pub attribution: AttributionId,
    /// The contract.
    pub contract: ContractId,
    /// The agreement it earns by.
    pub agreement: AgreementId,
    /// The first day of that agreement.
    pub starts_on: NaiveDate,
    /// The day the sale was signed.
    pub signed_on: NaiveDate,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sale_volumes)]
struct VolumeRow {
    attribution_id: Uid,
    counts_in: String,
    place: i32,
    currency: String,
    before_minor: i64,
    own_minor: i64,
    recorded_at: At,
}

impl From<&VolumeLink> for VolumeRow {
    fn from(link: &VolumeLink) -> Self {
        let VolumeLink { attribution, counts_in, place, before, own, recorded_at } = link;
        Self {
            attribution_id: (*attribution).into(),
            counts_in: counts_in.clone(),
            place: column(*place),
            currency: before.currency().code().to_owned(),
            before_minor: before.minor(),
            own_minor: own.minor(),
            recorded_at: (*recorded_at).into(),
        }
    }
}

impl TryFrom<VolumeRow> for VolumeLink {
    type Error = DbError;

    fn try_from(row: VolumeRow) -> Result<Self, DbError> {
        let VolumeRow { attribution_id, counts_in, place, currency: code, before_minor, own_minor, recorded_at } = row;
        let currency = currency(&code)?;
        let money = |minor| Money::from_minor(minor, currency);
        Ok(Self {
            attribution: attribution_id.id(),
            counts_in,
            place: count(place, "place")?,
            before: money(before_minor),
            own: money(own_minor),
            recorded_at: recorded_at.0,
        })
    }
}

/// Keeps a new link.
///
/// # Errors
/// Those of the database. Two sales signed at once that would be the same link of a chain meet a unique key, and the later one runs
/// again.
pub fn insert_volume(conn: &mut Conn, link: &VolumeLink) -> Result<(), DbError> {
    diesel::insert_into(sale_volumes::table).values(VolumeRow::from(link)).execute(conn)?;
    Ok(())
}

/// The links of a sale, in every chain that it is in.
///
/// # Errors
/// Those of the database.
pub fn volumes_of(conn: &mut Conn, attribution: AttributionId) -> Result<Vec<VolumeLink>, DbError> {
    let of = sale_volumes::table.filter(sale_volumes::attribution_id.eq(Uid::from(attribution)));
    let rows: Vec<VolumeRow> = of.order(sale_volumes::counts_in).select(VolumeRow::as_select()).load(conn)?;
    rows.into_iter().map(VolumeLink::try_from).collect()
}

/// The last link of a chain.
///
/// # Errors
/// Those of the database.
pub fn last_volume(conn: &mut Conn, counts_in: &str) -> Result<Option<VolumeLink>, DbError> {
    let chain = sale_volumes::table.filter(sale_volumes::counts_in.eq(counts_in)).order(sale_volumes::place.desc());
    let row: Option<VolumeRow> = chain.select(VolumeRow::as_select()).first(conn).optional()?;
    row.map(VolumeLink::try_from).transpose()
}

/// The sales of a partner in a currency, under agreements of a type, that are no links of a chain, in the order in which they were
/// recorded. Cancelled ones are among them, parts in other partners' places are not.
///
/// # Errors
/// Those of the database.
pub fn unlinked(
    conn: &mut Conn,
    (partner, of_type): (PartnerId, PartnershipTypeId),
    currency: Currency,
    counts_in: &str,
) -> Result<Vec<Unlinked>, DbError> {
    let link = sale_volumes::table
        .filter(sale_volumes::attribution_id.eq(attributions::id))
        .filter(sale_volumes::counts_in.eq(counts_in));
    let rows: Vec<(Uid, Uid, Uid, NaiveDate, NaiveDate)> = attributions::table
        .inner_join(contracts::table.on(contracts::id.eq(attributions::contract_id)))
        .inner_join(agreements::table.on(agreements::id.eq(attributions::agreement_id)))
        .filter(attributions::partner_id.eq(Uid::from(partner)))
        .filter(attributions::part_of_id.is_null())
        .filter(agreements::type_id.eq(Uid::from(of_type)))
        .filter(contracts::currency.eq(currency.code()))
        .filter(not(exists(link)))
        .order((attributions::recorded_at, attributions::id))
        .select((
            attributions::id,
            attributions::contract_id,
            attributions::agreement_id,
            agreements::starts_on,
            contracts::signed_on,
        ))
        .load(conn)?;
    let unlinked = |(attribution, contract, agreement, starts_on, signed_on): (Uid, Uid, Uid, NaiveDate, NaiveDate)| Unlinked {
        attribution: attribution.id(),
        contract: contract.id(),
        agreement: agreement.id(),
        starts_on,
        signed_on,
    };
    Ok(rows.into_iter().map(unlinked).collect())
}
