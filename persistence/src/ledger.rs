//! The ledger: journals of entries, and the outcomes of what earned nothing.
//!
//! Both are appended and never change; the schema's triggers refuse anything else, and a journal cannot be committed unless it
//! is sealed with the count and the total of its entries.

mod balance;
mod outcome;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use domain::{
    id::{AgreementId, AnnuityId, AttributionId, CompanyId, ContractId, EntryId, JournalId, NetworkId, PartnerId, TermsId},
    ledger::{Correction, CorrectionKind, Entry as Movement, EntryKind, Parties, Posted, Source},
    money::{Currency, Money},
};

pub use self::{
    balance::{Balance, balances},
    outcome::{Outcome, OutcomeFilter, RecordedOutcome, append_outcome, find_outcome, outcomes_on, page_outcomes},
};
use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    identity::company_of,
    schema::{annuities, attributions, companies, contracts, entries, journals, seals, terms},
    view::{Page, View, paged},
};

/// The entries that one state of an annuity made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    /// Its id.
    pub id: JournalId,
    /// Its network.
    pub network: NetworkId,
    /// The annuity.
    pub annuity: AnnuityId,
    /// The annuity's version that made it: each makes one journal at most.
    pub annuity_version: i64,
    /// Its entries, in the order in which they were decided.
    pub entries: Vec<Entry>,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

/// An entry as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// Who owes whom, how much and what for.
    pub movement: Movement,
    /// The partner whose agreement made it.
    pub partner: PartnerId,
    /// The partner's place in the sale.
    pub attribution: AttributionId,
    /// The annuity.
    pub annuity: AnnuityId,
    /// The contract.
    pub contract: ContractId,
    /// The rule's code.
    pub rule: String,
    /// Its number among the entries of its annuity, attribution and rule, from 1: no number is given twice.
    pub sequence: i32,
    /// What was due to date when it was made.
    pub entitled: Money,
    /// Why it is that much, as JSON.
    pub explanation: String,
    /// The day it is dated.
    pub dated_on: NaiveDate,
}

/// An entry with the journal it stands in and what its attribution says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedEntry {
    /// The entry.
    pub entry: Entry,
    /// The network.
    pub network: NetworkId,
    /// The journal it stands in.
    pub journal: JournalId,
    /// The agreement that it was earned by.
    pub agreement: AgreementId,
    /// The terms in force.
    pub terms: TermsId,
    /// The version number of those terms.
    pub terms_version: i32,
    /// The sale's ordinal.
    pub ordinal: u32,
    /// The contract year, from 1.
    pub year: u32,
    /// When it was appended.
    pub recorded_at: DateTime<Utc>,
}

/// What was posted for one annuity, attribution and rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostedToDate {
    /// The total and the latest entry.
    pub posted: Posted,
    /// The number that the next entry has.
    pub next_sequence: i32,
}

/// On which side of an entry the caller stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntrySide {
    /// It owes.
    Debtor,
    /// It is owed.
    Creditor,
}

/// Which entries are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EntryFilter {
    /// Those of a contract.
    pub contract: Option<ContractId>,
    /// Those of an annuity.
    pub annuity: Option<AnnuityId>,
    /// Those of a kind.
    pub kind: Option<EntryKind>,
    /// Those in which the caller stands on this side.
    pub side: Option<EntrySide>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = entries, treat_none_as_default_value = false)]
struct EntryRow {
    id: Uid,
    network_id: Uid,
    journal_id: Uid,
    position: i32,
    debtor_id: Uid,
    creditor_id: Uid,
    kind: String,
    correction: Option<String>,
    corrects_id: Option<Uid>,
    amount_minor: i64,
    currency: String,
    partner_id: Uid,
    attribution_id: Uid,
    annuity_id: Uid,
    contract_id: Uid,
    rule: String,
    sequence: i32,
    entitled_minor: i64,
    explanation: String,
    dated_on: NaiveDate,
    recorded_at: At,
}

impl EntryRow {
    fn of(journal: &Journal, position: i32, entry: &Entry) -> Self {
        let Entry { id, movement, partner, attribution, annuity, contract, rule, sequence, entitled, explanation, dated_on } =
            entry;
        let correction = movement.correction();
        Self {
            id: (*id).into(),
            network_id: journal.network.into(),
            journal_id: journal.id.into(),
            position,
            debtor_id: movement.parties().debtor().into(),
            creditor_id: movement.parties().creditor().into(),
            kind: movement.kind().code().to_owned(),
            correction: correction.map(|correction| correction.kind.code().to_owned()),
            corrects_id: correction.map(|correction| correction.corrects.into()),
            amount_minor: movement.amount().minor(),
            currency: movement.amount().currency().code().to_owned(),
            partner_id: (*partner).into(),
            attribution_id: (*attribution).into(),
            annuity_id: (*annuity).into(),
            contract_id: (*contract).into(),
            rule: rule.clone(),
            sequence: *sequence,
            entitled_minor: entitled.minor(),
            explanation: explanation.clone(),
            dated_on: *dated_on,
            recorded_at: journal.recorded_at.into(),
        }
    }
}

/// What stands beside an entry's row: agreement, terms and ordinal of its attribution, the annuity's year, the terms' number,
/// and the kind of the company that the partner's entries are with.
type Beside = (Uid, Uid, i32, i32, i32, String);

fn posted_entry((row, beside): (EntryRow, Beside)) -> Result<PostedEntry, DbError> {
    let EntryRow {
        id,
        network_id,
        journal_id,
        position: _,
        debtor_id,
        creditor_id,
        kind,
        correction,
        corrects_id,
        amount_minor,
        currency,
        partner_id,
        attribution_id,
        annuity_id,
        contract_id,
        rule,
        sequence,
        entitled_minor,
        explanation,
        dated_on,
        recorded_at,
    } = row;
    let (agreement, terms, ordinal, year, terms_version, other_kind) = beside;
    let corrupt = |what: &str| DbError::Corrupt(format!("entry {}: {what}", id.0));
    let currency: Currency = currency.parse().map_err(|_| corrupt("currency"))?;
    let party = |company: Uid| {
        if company == partner_id { Ok(CompanyId::Partner(company.id())) } else { company_of(&other_kind, company) }
    };
    let parties = Parties::new(party(debtor_id)?, party(creditor_id)?).map_err(|_| corrupt("parties"))?;
    let correction = match (correction, corrects_id) {
        (Some(code), Some(corrects)) => {
            let kind = CorrectionKind::from_code(&code).ok_or_else(|| corrupt("correction"))?;
            Some(Correction { kind, corrects: corrects.id() })
        }
        _ => None,
    };
    let kind = EntryKind::from_code(&kind).ok_or_else(|| corrupt("kind"))?;
    let movement = Movement::new(parties, Money::from_minor(amount_minor, currency), kind, correction);
    let entry = Entry {
        id: id.id(),
        movement: movement.map_err(|_| corrupt("amount"))?,
        partner: partner_id.id(),
        attribution: attribution_id.id(),
        annuity: annuity_id.id(),
        contract: contract_id.id(),
        rule,
        sequence,
        entitled: Money::from_minor(entitled_minor, currency),
        explanation,
        dated_on,
    };
    Ok(PostedEntry {
        entry,
        network: network_id.id(),
        journal: journal_id.id(),
        agreement: agreement.id(),
        terms: terms.id(),
        terms_version,
        ordinal: u32::try_from(ordinal).map_err(|_| corrupt("ordinal"))?,
        year: u32::try_from(year).map_err(|_| corrupt("year"))?,
        recorded_at: recorded_at.0,
    })
}

/// Appends a journal and seals it.
///
/// # Errors
/// Those of the database, which refuses a second journal of one annuity's version and a second entry of one sequence number;
/// [`DbError::Corrupt`] for a journal without entries, or of several currencies.
pub fn append(conn: &mut Conn, journal: &Journal) -> Result<(), DbError> {
    let corrupt = |what: &str| DbError::Corrupt(format!("journal {}: {what}", journal.id));
    let movements = journal.entries.iter().map(|entry| entry.movement.clone()).collect();
    let sealed = domain::ledger::Journal::seal(Source::Annuity(journal.annuity), movements);
    let sealed = sealed.map_err(|fault| corrupt(&format!("{fault:?}")))?;
    let mut totals = sealed.totals().values();
    let (Some(total), None) = (totals.next(), totals.next()) else { return Err(corrupt("several currencies")) };
    diesel::insert_into(journals::table)
        .values((
            journals::id.eq(Uid::from(journal.id)),
            journals::network_id.eq(Uid::from(journal.network)),
            journals::annuity_id.eq(Uid::from(journal.annuity)),
            journals::annuity_version.eq(journal.annuity_version),
            journals::entry_count.eq(i32::try_from(sealed.line_count()).map_err(|_| corrupt("too many entries"))?),
            journals::total_minor.eq(total.minor()),
            journals::seal_id.eq(Uid::from(journal.id)),
            journals::recorded_at.eq(At::from(journal.recorded_at)),
        ))
        .execute(conn)?;
    for (position, entry) in (1..).zip(&journal.entries) {
        diesel::insert_into(entries::table).values(EntryRow::of(journal, position, entry)).execute(conn)?;
    }
    diesel::insert_into(seals::table).values(seals::journal_id.eq(Uid::from(journal.id))).execute(conn)?;
    Ok(())
}

/// What was posted on an annuity so far, for each attribution and rule.
///
/// # Errors
/// Those of the database.
pub fn posted_on(conn: &mut Conn, annuity: AnnuityId) -> Result<BTreeMap<(AttributionId, String), PostedToDate>, DbError> {
    let rows: Vec<EntryRow> = entries::table
        .filter(entries::annuity_id.eq(Uid::from(annuity)))
        .order((entries::attribution_id.asc(), entries::rule.asc(), entries::sequence.asc()))
        .select(EntryRow::as_select())
        .load(conn)?;
    let mut posted = BTreeMap::new();
    for row in rows {
        let corrupt = || DbError::Corrupt(format!("entry {}", row.id.0));
        let currency: Currency = row.currency.parse().map_err(|_| corrupt())?;
        let amount = Money::from_minor(row.amount_minor, currency);
        let to_partner = row.creditor_id == row.partner_id;
        let forward = to_partner == (EntryKind::from_code(&row.kind).ok_or_else(corrupt)? == EntryKind::Commission);
        let key = (row.attribution_id.id(), row.rule.clone());
        let before = posted.get(&key).map_or(Money::zero(currency), |posted: &PostedToDate| posted.posted.total);
        let total = if forward { before.checked_add(amount) } else { before.checked_sub(amount) };
        let total = total.ok_or_else(corrupt)?;
        let next_sequence = row.sequence.checked_add(1).ok_or_else(corrupt)?;
        posted.insert(key, PostedToDate { posted: Posted { total, latest: row.id.id() }, next_sequence });
    }
    Ok(posted)
}

/// An entry that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, view: &View, id: EntryId) -> Result<Option<PostedEntry>, DbError> {
    let one = Page { limit: 1, after: None, updated_since: None };
    Ok(load(conn, view, Some(id), &EntryFilter::default(), &one)?.pop())
}

/// A page of the entries that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page(conn: &mut Conn, view: &View, filter: &EntryFilter, page: &Page) -> Result<Vec<PostedEntry>, DbError> {
    load(conn, view, None, filter, page)
}

/// A company sees what it owes and is owed, a master also what its partners owe and are owed on the contracts it supervises.
fn load(
    conn: &mut Conn,
    view: &View,
    id: Option<EntryId>,
    filter: &EntryFilter,
    page: &Page,
) -> Result<Vec<PostedEntry>, DbError> {
    let EntryFilter { contract, annuity, kind, side } = *filter;
    let company = Uid::from(view.company);
    let mut query = entries::table
        .inner_join(attributions::table.on(attributions::id.eq(entries::attribution_id)))
        .inner_join(companies::table.on(companies::id.eq(attributions::payer_id)))
        .inner_join(terms::table.on(terms::id.eq(attributions::terms_id)))
        .inner_join(contracts::table.on(contracts::id.eq(entries::contract_id)))
        .inner_join(annuities::table.on(annuities::id.eq(entries::annuity_id)))
        .filter(entries::network_id.eq(Uid::from(view.network)))
        .into_boxed();
    let party = entries::debtor_id.eq(company).or(entries::creditor_id.eq(company));
    query = match view.company {
        CompanyId::Master(_) => query.filter(party.or(contracts::master_id.eq(company))),
        CompanyId::Partner(_) => query.filter(party),
    };
    if let Some(id) = id {
        query = query.filter(entries::id.eq(Uid::from(id)));
    }
    if let Some(contract) = contract {
        query = query.filter(entries::contract_id.eq(Uid::from(contract)));
    }
    if let Some(annuity) = annuity {
        query = query.filter(entries::annuity_id.eq(Uid::from(annuity)));
    }
    if let Some(kind) = kind {
        query = query.filter(entries::kind.eq(kind.code()));
    }
    query = match side {
        Some(EntrySide::Debtor) => query.filter(entries::debtor_id.eq(company)),
        Some(EntrySide::Creditor) => query.filter(entries::creditor_id.eq(company)),
        None => query,
    };
    let rows: Vec<(EntryRow, Beside)> = paged!(query, entries, page, changed recorded_at)
        .select((
            EntryRow::as_select(),
            (
                attributions::agreement_id,
                attributions::terms_id,
                attributions::ordinal,
                annuities::year,
                terms::number,
                companies::kind,
            ),
        ))
        .load(conn)?;
    rows.into_iter().map(posted_entry).collect()
}
