//! Proposals: what stays of them, and their versions, which never change.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    id::{
        AgreementId, CatalogueItemId, CompanyId, CustomerId, IntroductionId, LineId, MasterId, NetworkId, PartnerId, ProposalId,
        RegistrationId,
    },
    money::{Currency, Money},
    network::{Duties, Duty, ItemKind, Period, Side},
    sale::{LineDraft, ProposalState, is_billed_apart},
};

use super::{column, count, currency, seller};
use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::{lines, proposal_introductions, proposal_promoters, proposal_versions, proposals},
    view::{Page, View, paged, visible_to},
};

/// A proposal: an offer in versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its id.
    pub id: ProposalId,
    /// Its network.
    pub network: NetworkId,
    /// The master that supervises the sale.
    pub master: MasterId,
    /// The company that would contract the customer (R11, R13).
    pub seller: CompanyId,
    /// The partner that sells or brings the sale; none where a master sells by itself (D7).
    pub partner: Option<PartnerId>,
    /// The partner's agreement.
    pub agreement: Option<AgreementId>,
    /// The registration of the prospect it is for.
    pub registration: Option<RegistrationId>,
    /// The customer it is for.
    pub customer: Option<CustomerId>,
    /// The currency of all its prices.
    pub currency: Currency,
    /// Where its current version stands.
    pub state: ProposalState,
    /// The number of its current version, from 1.
    pub number: u32,
    /// The last day on which it can be signed.
    pub valid_until: Option<NaiveDate>,
    /// The day it was signed.
    pub signed_on: Option<NaiveDate>,
    /// The benefit whose discount it is made with: the partner's own instance (R84).
    pub benefit: Option<String>,
    /// Why it was declined, or taken back by somebody else than its seller.
    pub reason: Option<String>,
    /// Whether its master helped to issue it (R41).
    pub issued_with_support: bool,
    /// The proposal of a partner that failed its customers which this one took over (R49).
    pub follows: Option<ProposalId>,
    /// Its version as a resource.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// One version of a proposal. It never changes: another one takes its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalVersion {
    /// The proposal.
    pub proposal: ProposalId,
    /// Its number, from 1.
    pub number: u32,
    /// How many contract years it offers.
    pub years: u32,
    /// The promoters' agreements that take part in the sale, in the order in which it names them (R10, R47).
    pub promoters: Vec<AgreementId>,
    /// The introductions that it names, each with its promoter's agreement, which is one of `promoters` (R18).
    pub introductions: Vec<(IntroductionId, AgreementId)>,
    /// Its lines, in their order.
    pub lines: Vec<Line>,
    /// When it was made.
    pub recorded_at: DateTime<Utc>,
}

/// A line of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its id.
    pub id: LineId,
    /// The catalogue item.
    pub item_id: CatalogueItemId,
    /// Whose item it is, as it was then.
    pub kind: ItemKind,
    /// The item's code.
    pub item_code: Option<String>,
    /// The code of the item's product line, as it was then.
    pub product_line: Option<String>,
    /// What the prices are for.
    pub period: Period,
    /// How many units.
    pub quantity: u32,
    /// The list price of one unit for one period, net of tax.
    pub list: Money,
    /// The price of one unit for one period after discount, net of tax.
    pub net: Money,
    /// Who has each duty (R53).
    pub duties: Duties,
}

impl Line {
    /// Whether the sale's partner bills the customer for it itself, though `seller`, a master, sells the rest (R69 to R74).
    #[must_use]
    pub fn is_billed_apart(&self, seller: CompanyId) -> bool {
        let side = if seller.master().is_some() { Side::Master } else { Side::Partner };
        is_billed_apart(side, self.kind, &self.duties)
    }

    /// The line as the rules of sales see it.
    #[must_use]
    pub fn draft(&self) -> LineDraft {
        let Self { id: _, item_id: _, kind, item_code, product_line, period, quantity, list, net, duties } = self;
        LineDraft {
            item_kind: *kind,
            item: item_code.as_deref().map(Arc::from),
            product_line: product_line.as_deref().map(Arc::from),
            period: *period,
            quantity: *quantity,
            list_price: *list,
            net_price: *net,
            duties: duties.clone(),
        }
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = proposals, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct ProposalRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    seller_id: Uid,
    partner_id: Option<Uid>,
    agreement_id: Option<Uid>,
    registration_id: Option<Uid>,
    customer_id: Option<Uid>,
    currency: String,
    state: String,
    current_number: i32,
    valid_until: Option<NaiveDate>,
    signed_on: Option<NaiveDate>,
    benefit: Option<String>,
    reason: Option<String>,
    issued_with_support: bool,
    version: i64,
    created_at: At,
    updated_at: At,
    follows_id: Option<Uid>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = lines, treat_none_as_default_value = false)]
struct LineRow {
    id: Uid,
    proposal_id: Uid,
    number: i32,
    position: i32,
    item_id: Uid,
    kind: String,
    period: String,
    quantity: i32,
    list_minor: i64,
    net_minor: i64,
    duties: String,
    item_code: Option<String>,
    product_line: Option<String>,
}

impl From<&Proposal> for ProposalRow {
    fn from(proposal: &Proposal) -> Self {
        let Proposal {
            id,
            network,
            master,
            seller,
            partner,
            agreement,
            registration,
            customer,
            currency,
            state,
            number,
            valid_until,
            signed_on,
            benefit,
            reason,
            issued_with_support,
            follows,
            version,
            created_at,
            updated_at,
        } = proposal;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            seller_id: (*seller).into(),
            partner_id: partner.map(Uid::from),
            agreement_id: agreement.map(Uid::from),
            registration_id: registration.map(Uid::from),
            customer_id: customer.map(Uid::from),
            currency: currency.code().to_owned(),
            state: state.code().to_owned(),
            current_number: column(*number),
            valid_until: *valid_until,
            signed_on: *signed_on,
            benefit: benefit.clone(),
            reason: reason.clone(),
            issued_with_support: *issued_with_support,
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
            follows_id: follows.map(Uid::from),
        }
    }
}

impl TryFrom<ProposalRow> for Proposal {
    type Error = DbError;

    fn try_from(row: ProposalRow) -> Result<Self, DbError> {
        let ProposalRow {
            id,
            network_id,
            master_id,
            seller_id,
            partner_id,
            agreement_id,
            registration_id,
            customer_id,
            currency: code,
            state,
            current_number,
            valid_until,
            signed_on,
            benefit,
            reason,
            issued_with_support,
            version,
            created_at,
            updated_at,
            follows_id,
        } = row;
        let (master, partner) = (master_id.id(), partner_id.map(Uid::id));
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            master,
            seller: seller(seller_id, master, partner)?,
            partner,
            agreement: agreement_id.map(Uid::id),
            registration: registration_id.map(Uid::id),
            customer: customer_id.map(Uid::id),
            currency: currency(&code)?,
            state: ProposalState::from_code(&state).ok_or_else(|| DbError::Corrupt(format!("proposal state {state}")))?,
            number: count(current_number, "proposal number")?,
            valid_until,
            signed_on,
            benefit,
            reason,
            issued_with_support,
            follows: follows_id.map(Uid::id),
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

impl LineRow {
    fn of(line: &Line, proposal: ProposalId, number: u32, position: u32) -> Self {
        let Line { id, item_id, kind, item_code, product_line, period, quantity, list, net, duties } = line;
        Self {
            id: (*id).into(),
            proposal_id: proposal.into(),
            number: column(number),
            position: column(position),
            item_id: (*item_id).into(),
            kind: kind.code().to_owned(),
            period: period.code().to_owned(),
            quantity: column(*quantity),
            list_minor: list.minor(),
            net_minor: net.minor(),
            duties: write_duties(duties),
            item_code: item_code.clone(),
            product_line: product_line.clone(),
        }
    }

    fn line(&self, currency: Currency) -> Result<Line, DbError> {
        let Self {
            id,
            proposal_id: _,
            number: _,
            position: _,
            item_id,
            kind,
            period,
            quantity,
            list_minor,
            net_minor,
            duties,
            item_code,
            product_line,
        } = self;
        let corrupt = |what: &str| DbError::Corrupt(format!("line {}: {what}", id.0));
        Ok(Line {
            id: id.id(),
            item_id: item_id.id(),
            kind: ItemKind::from_code(kind).ok_or_else(|| corrupt("kind"))?,
            item_code: item_code.clone(),
            product_line: product_line.clone(),
            period: Period::from_code(period).ok_or_else(|| corrupt("period"))?,
            quantity: count(*quantity, "quantity")?,
            list: Money::from_minor(*list_minor, currency),
            net: Money::from_minor(*net_minor, currency),
            duties: read_duties(duties).ok_or_else(|| corrupt("duties"))?,
        })
    }
}

/// Duties as a column holds them: `contracting:partner billing:partner …`.
fn write_duties(duties: &Duties) -> String {
    let words: Vec<String> = duties.iter().map(|(duty, side)| format!("{}:{}", duty.code(), side.code())).collect();
    words.join(" ")
}

/// Duties as a column holds them; none where it holds something else.
pub(crate) fn read_duties(text: &str) -> Option<Duties> {
    let words = text.split_whitespace().map(|word| {
        let (duty, side) = word.split_once(':')?;
        Some((Duty::from_code(duty)?, Side::from_code(side)?))
    });
    words.collect()
}

/// Keeps a new proposal.
///
/// # Errors
/// Those of the database.
pub fn insert_proposal(conn: &mut Conn, proposal: &Proposal) -> Result<(), DbError> {
    diesel::insert_into(proposals::table).values(ProposalRow::from(proposal)).execute(conn)?;
    Ok(())
}

/// Keeps a changed proposal, unless it was changed since `proposal.version - 1`: `false` then.
///
/// # Errors
/// Those of the database.
pub fn update_proposal(conn: &mut Conn, proposal: &Proposal) -> Result<bool, DbError> {
    let before = proposal.version.saturating_sub(1);
    let unchanged = proposals::table.find(Uid::from(proposal.id)).filter(proposals::version.eq(before));
    Ok(diesel::update(unchanged).set(ProposalRow::from(proposal)).execute(conn)? == 1)
}

/// Keeps a version of a proposal with its promoters and lines.
///
/// # Errors
/// Those of the database.
pub fn insert_version(conn: &mut Conn, version: &ProposalVersion) -> Result<(), DbError> {
    let ProposalVersion { proposal, number, years, promoters, introductions, lines: its_lines, recorded_at } = version;
    diesel::insert_into(proposal_versions::table)
        .values((
            proposal_versions::proposal_id.eq(Uid::from(*proposal)),
            proposal_versions::number.eq(column(*number)),
            proposal_versions::years.eq(column(*years)),
            proposal_versions::recorded_at.eq(At::from(*recorded_at)),
        ))
        .execute(conn)?;
    for (agreement, position) in promoters.iter().zip(1_u32..) {
        diesel::insert_into(proposal_promoters::table)
            .values((
                proposal_promoters::proposal_id.eq(Uid::from(*proposal)),
                proposal_promoters::number.eq(column(*number)),
                proposal_promoters::agreement_id.eq(Uid::from(*agreement)),
                proposal_promoters::position.eq(column(position)),
            ))
            .execute(conn)?;
    }
    for (introduction, agreement) in introductions {
        diesel::insert_into(proposal_introductions::table)
            .values((
                proposal_introductions::proposal_id.eq(Uid::from(*proposal)),
                proposal_introductions::number.eq(column(*number)),
                proposal_introductions::introduction_id.eq(Uid::from(*introduction)),
                proposal_introductions::agreement_id.eq(Uid::from(*agreement)),
            ))
            .execute(conn)?;
    }
    for (line, position) in its_lines.iter().zip(1_u32..) {
        diesel::insert_into(lines::table).values(LineRow::of(line, *proposal, *number, position)).execute(conn)?;
    }
    Ok(())
}

/// A proposal, whoever may see it.
///
/// # Errors
/// Those of the database.
pub fn proposal(conn: &mut Conn, id: ProposalId) -> Result<Option<Proposal>, DbError> {
    let row: Option<ProposalRow> =
        proposals::table.find(Uid::from(id)).select(ProposalRow::as_select()).get_result(conn).optional()?;
    row.map(Proposal::try_from).transpose()
}

/// A proposal that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find_proposal(conn: &mut Conn, view: &View, id: ProposalId) -> Result<Option<Proposal>, DbError> {
    let query = visible_to!(proposals::table.filter(proposals::id.eq(Uid::from(id))).into_boxed(), proposals, view);
    let row: Option<ProposalRow> = query.select(ProposalRow::as_select()).get_result(conn).optional()?;
    row.map(Proposal::try_from).transpose()
}

/// Which proposals a list is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProposalFilters {
    /// Those that stand here.
    pub state: Option<ProposalState>,
    /// Those for a customer.
    pub customer: Option<CustomerId>,
    /// Those for a registered prospect.
    pub registration: Option<RegistrationId>,
}

/// A page of the proposals that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page_proposals(conn: &mut Conn, view: &View, filters: &ProposalFilters, page: &Page) -> Result<Vec<Proposal>, DbError> {
    let ProposalFilters { state, customer, registration } = filters;
    let mut query = visible_to!(proposals::table.into_boxed(), proposals, view);
    if let Some(state) = state {
        query = query.filter(proposals::state.eq(state.code()));
    }
    if let Some(customer) = customer {
        query = query.filter(proposals::customer_id.eq(Uid::from(*customer)));
    }
    if let Some(registration) = registration {
        query = query.filter(proposals::registration_id.eq(Uid::from(*registration)));
    }
    let rows: Vec<ProposalRow> = paged!(query, proposals, page).select(ProposalRow::as_select()).load(conn)?;
    rows.into_iter().map(Proposal::try_from).collect()
}

/// The current version of a proposal, with its promoters and lines.
///
/// # Errors
/// Those of the database; [`DbError::Corrupt`] when it has none.
pub fn current_version(conn: &mut Conn, proposal: &Proposal) -> Result<ProposalVersion, DbError> {
    let found = current_versions(conn, std::slice::from_ref(proposal))?.pop();
    found.ok_or_else(|| DbError::Corrupt(format!("{} has no current version", proposal.id)))
}

/// The current version of each of `proposals`, with its promoters and lines, in the order of `proposals`.
///
/// # Errors
/// Those of the database; [`DbError::Corrupt`] when one has no such version.
pub fn current_versions(conn: &mut Conn, of: &[Proposal]) -> Result<Vec<ProposalVersion>, DbError> {
    let wanted: Vec<_> = of.iter().map(|proposal| (proposal.id, proposal.number, proposal.currency)).collect();
    versions(conn, &wanted)
}

/// Versions of proposals by their numbers, in the proposals' currencies, with promoters and lines, in the order of `wanted`.
///
/// # Errors
/// Those of the database; [`DbError::Corrupt`] when there is no such version.
pub fn versions(conn: &mut Conn, wanted: &[(ProposalId, u32, Currency)]) -> Result<Vec<ProposalVersion>, DbError> {
    let ids: Vec<Uid> = wanted.iter().map(|(proposal, ..)| (*proposal).into()).collect();
    let found: Vec<(Uid, i32, i32, At)> =
        proposal_versions::table.filter(proposal_versions::proposal_id.eq_any(&ids)).load(conn)?;
    let promoters: Vec<(Uid, i32, Uid)> = proposal_promoters::table
        .filter(proposal_promoters::proposal_id.eq_any(&ids))
        .order((proposal_promoters::position, proposal_promoters::agreement_id))
        .select((proposal_promoters::proposal_id, proposal_promoters::number, proposal_promoters::agreement_id))
        .load(conn)?;
    let introductions: Vec<(Uid, i32, Uid, Uid)> = proposal_introductions::table
        .filter(proposal_introductions::proposal_id.eq_any(&ids))
        .order(proposal_introductions::introduction_id)
        .load(conn)?;
    let rows: Vec<LineRow> =
        lines::table.filter(lines::proposal_id.eq_any(&ids)).order(lines::position).select(LineRow::as_select()).load(conn)?;
    let assemble = |(proposal, number, currency): &(ProposalId, u32, Currency)| {
        let key = (Uid::from(*proposal), column(*number));
        let version = found.iter().find(|(id, number, ..)| (*id, *number) == key);
        let (_, _, years, recorded_at) =
            version.ok_or_else(|| DbError::Corrupt(format!("{proposal} has no version {number}")))?;
        let of_version = rows.iter().filter(|row| (row.proposal_id, row.number) == key);
        let named = introductions.iter().filter(|(id, number, ..)| (*id, *number) == key);
        let agreements = promoters.iter().filter(|(id, number, _)| (*id, *number) == key).map(|(.., agreement)| agreement.id());
        Ok(ProposalVersion {
            proposal: *proposal,
            number: *number,
            years: count(*years, "years")?,
            promoters: agreements.collect(),
            introductions: named.map(|(.., introduction, agreement)| (introduction.id(), agreement.id())).collect(),
            lines: of_version.map(|row| row.line(*currency)).collect::<Result<_, _>>()?,
            recorded_at: recorded_at.0,
        })
    };
    wanted.iter().map(assemble).collect()
}

/// The lines of a version of a proposal, in their order.
///
/// # Errors
/// Those of the database; [`DbError::Corrupt`] when there is no such proposal.
pub fn lines_of(conn: &mut Conn, proposal: ProposalId, number: u32) -> Result<Vec<Line>, DbError> {
    let found: Option<String> =
        proposals::table.find(Uid::from(proposal)).select(proposals::currency).get_result(conn).optional()?;
    let code = found.ok_or_else(|| DbError::Corrupt(format!("no {proposal}")))?;
    let version = versions(conn, &[(proposal, number, currency(&code)?)])?.pop();
    Ok(version.map(|version| version.lines).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duties_are_read_back_as_they_were_written() {
        let duties: Duties =
            Duty::ALL.iter().map(|duty| (*duty, if *duty == Duty::Maintenance { Side::Master } else { Side::Partner })).collect();
        assert_eq!(read_duties(&write_duties(&duties)), Some(duties));
        assert_eq!(read_duties("contracting:nobody"), None);
        assert_eq!(read_duties("sleeping:partner"), None);
    }
}
