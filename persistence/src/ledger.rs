//! The ledger: journals of entries, and the outcomes of what earned nothing.
//!
//! Both are appended and never change; the schema's triggers refuse anything else, and a journal cannot be committed unless it
//! is sealed with the count and the total of its entries.

mod adjustment;
mod balance;
mod outcome;
mod period;
mod posted;
mod recovery;
mod seal;
mod service;
mod standing;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{prelude::*, sql_types};
use domain::{
    id::{
        AgreementId, AnnuityId, AnyId, AttributionId, CompanyId, ContractId, DisputeId, EntryId, JournalId, MasterId, NetworkId,
        PartnerId, TermsId,
    },
    ledger::{Correction, CorrectionKind, Entry as Movement, EntryKind, EntryState, Parties, Source},
    money::{Currency, Money},
};

pub use self::{
    adjustment::{
        Adjustment, AdjustmentFilter, find_adjustment, insert_adjustment, left_of, page_adjustments, update_adjustment,
    },
    balance::{Balance, BalancesOf, balances},
    outcome::{
        Outcome, OutcomeAbout, OutcomeFilter, RecordedOutcome, append_outcome, find_outcome, outcomes_on, page_outcomes,
        unplaced_on,
    },
    period::{Period, PeriodFilter, close_period, closed_through, find_period, page_periods},
    posted::{PostedToDate, posted_on},
    recovery::{
        InstalmentDue, RecoveryPlan, find_plan, insert_plan, instalments_due, is_planned, page_plans, plans_touched_by,
        update_plan,
    },
    service::{
        Service, ServiceFilter, ServiceSubject, find_service, insert_service, is_reported_for, page_services, update_service,
    },
    standing::Today,
};
use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    identity::company_of,
    payout::entries_reached,
    schema::{annuities, attributions, companies, entries, journals, seals, terms},
    view::{Page, Place, View, paged},
};

/// The entries that one source made at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    /// Its id.
    pub id: JournalId,
    /// Its network.
    pub network: NetworkId,
    /// What made it: each turn of a source makes one journal at most.
    pub source: Source,
    /// What happened: an instalment, a cancellation, a decision.
    pub cause: Option<String>,
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
    /// The master that supervises what made it.
    pub master: MasterId,
    /// Who owes whom, how much and what for.
    pub movement: Movement,
    /// The partner whose agreement made it.
    pub partner: PartnerId,
    /// That agreement.
    pub agreement: AgreementId,
    /// The terms in force.
    pub terms: TermsId,
    /// The sale that it is about, if it is about one.
    pub sale: Option<OfSale>,
    /// The rule's code.
    pub rule: String,
    /// Why it is that much, as JSON.
    pub explanation: String,
    /// The main components of that, which its statement shows, as JSON.
    pub calculation: String,
    /// The day it is dated.
    pub dated_on: NaiveDate,
    /// The first day on which it may be stated and paid.
    pub payable_on: NaiveDate,
}

/// The sale that an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfSale {
    /// The contract.
    pub contract: ContractId,
    /// The annuity.
    pub annuity: AnnuityId,
    /// The partner's place in the sale.
    pub attribution: AttributionId,
    /// Which of the entries by which its rule follows the annuity it is; none for one that stands beside them.
    pub step: Option<Step>,
}

/// One of the entries by which a rule follows an annuity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Its number among the entries of its annuity, attribution and rule, from 1: no number is given twice.
    pub sequence: i32,
    /// What was due to date when it was made.
    pub entitled: Money,
}

/// An entry with the journal it stands in and what stands beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedEntry {
    /// The entry.
    pub entry: Entry,
    /// The network.
    pub network: NetworkId,
    /// The journal it stands in.
    pub journal: JournalId,
    /// What made that journal.
    pub source: Source,
    /// What happened.
    pub cause: Option<String>,
    /// The version number of the terms.
    pub terms_version: i32,
    /// The sale's ordinal and the contract year, where it is about a sale.
    pub sold: Option<Sold>,
    /// Whether it stands on a closed statement.
    pub stated: bool,
    /// Whether that statement was paid.
    pub paid: bool,
    /// When it was appended.
    pub recorded_at: DateTime<Utc>,
}

/// What is known of the sale that an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sold {
    /// The number of the sale among the partner's (D11); none where it is another partner's, which was taken over.
    pub ordinal: Option<u32>,
    /// The contract year, from 1.
    pub year: u32,
    /// The dispute by which the entry is a part of another partner's commission, if it is one.
    pub part_by: Option<DisputeId>,
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
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EntryFilter {
    /// Those that a partner owes or is owed.
    pub partner: Option<PartnerId>,
    /// Those in a currency.
    pub currency: Option<Currency>,
    /// Those of a contract.
    pub contract: Option<ContractId>,
    /// Those of an annuity.
    pub annuity: Option<AnnuityId>,
    /// Those of a kind.
    pub kind: Option<EntryKind>,
    /// Those in which the caller stands on this side.
    pub side: Option<EntrySide>,
    /// Those that have come this far, on the day that it is where their masters are.
    pub state: Option<(EntryState, Today)>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = entries, treat_none_as_default_value = false)]
struct EntryRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
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
    counterparty_id: Uid,
    agreement_id: Uid,
    terms_id: Uid,
    contract_id: Option<Uid>,
    annuity_id: Option<Uid>,
    attribution_id: Option<Uid>,
    rule: String,
    sequence: Option<i32>,
    entitled_minor: Option<i64>,
    explanation: String,
    calculation: String,
    dated_on: NaiveDate,
    payable_on: NaiveDate,
    recorded_at: At,
}

impl EntryRow {
    fn of(journal: &Journal, position: i32, entry: &Entry) -> Self {
        let Entry { id, master, movement, partner, agreement, terms, sale, rule, explanation, calculation, dated_on, payable_on } =
            entry;
        let (correction, parties) = (movement.correction(), movement.parties());
        let owes = parties.debtor() == CompanyId::Partner(*partner);
        let step = sale.and_then(|sale| sale.step);
        Self {
            id: (*id).into(),
            network_id: journal.network.into(),
            master_id: (*master).into(),
            journal_id: journal.id.into(),
            position,
            debtor_id: parties.debtor().into(),
            creditor_id: parties.creditor().into(),
            kind: movement.kind().code().to_owned(),
            correction: correction.map(|correction| correction.kind.code().to_owned()),
            corrects_id: correction.map(|correction| correction.corrects.into()),
            amount_minor: movement.amount().minor(),
            currency: movement.amount().currency().code().to_owned(),
            partner_id: (*partner).into(),
            counterparty_id: if owes { parties.creditor() } else { parties.debtor() }.into(),
            agreement_id: (*agreement).into(),
            terms_id: (*terms).into(),
            contract_id: sale.map(|sale| sale.contract.into()),
            annuity_id: sale.map(|sale| sale.annuity.into()),
            attribution_id: sale.map(|sale| sale.attribution.into()),
            rule: rule.clone(),
            sequence: step.map(|step| step.sequence),
            entitled_minor: step.map(|step| step.entitled.minor()),
            explanation: explanation.clone(),
            calculation: calculation.clone(),
            dated_on: *dated_on,
            payable_on: *payable_on,
            recorded_at: journal.recorded_at.into(),
        }
    }

    /// Whether it goes the way of an accrual of its kind; none where that is not known.
    fn adds(&self) -> Option<bool> {
        adds(&self.kind, self.creditor_id == self.partner_id)
    }

    fn sale(&self, currency: Currency) -> Option<OfSale> {
        let step = self.sequence.zip(self.entitled_minor);
        Some(OfSale {
            contract: self.contract_id?.id(),
            annuity: self.annuity_id?.id(),
            attribution: self.attribution_id?.id(),
            step: step.map(|(sequence, minor)| Step { sequence, entitled: Money::from_minor(minor, currency) }),
        })
    }
}

/// Whether an entry of a kind goes the way of an accrual; none where the kind is not known.
fn adds(kind: &str, to_partner: bool) -> Option<bool> {
    Some(EntryKind::from_code(kind)?.is_partners() == to_partner)
}

/// What stands beside an entry's row: source, turn and cause of its journal, the terms' number, the sale's ordinal and whose it is, the annuity's
/// year, the dispute that it is a part by, and the kind of the company that the partner's entries are with.
type Beside = ((String, Uid, i64, Option<String>), i32, Option<(i32, Uid)>, Option<i32>, Option<Uid>, String);

fn posted_entry((row, beside): (EntryRow, Beside)) -> Result<PostedEntry, DbError> {
    let corrupt = |what: &str| DbError::Corrupt(format!("entry {}: {what}", row.id.0));
    let ((source_kind, source_id, source_turn, cause), terms_version, place, year, part_by, other_kind) = beside;
    let currency: Currency = row.currency.parse().map_err(|_| corrupt("currency"))?;
    let sale = row.sale(currency);
    let party = |company: Uid| {
        if company == row.partner_id { Ok(CompanyId::Partner(company.id())) } else { company_of(&other_kind, company) }
    };
    let parties = Parties::new(party(row.debtor_id)?, party(row.creditor_id)?).map_err(|_| corrupt("parties"))?;
    let correction = match (&row.correction, row.corrects_id) {
        (Some(code), Some(corrects)) => {
            let kind = CorrectionKind::from_code(code).ok_or_else(|| corrupt("correction"))?;
            Some(Correction { kind, corrects: corrects.id() })
        }
        _ => None,
    };
    let kind = EntryKind::from_code(&row.kind).ok_or_else(|| corrupt("kind"))?;
    let movement = Movement::new(parties, Money::from_minor(row.amount_minor, currency), kind, correction);
    let movement = movement.map_err(|_| corrupt("amount"))?;
    let count = |number: i32, what: &str| u32::try_from(number).map_err(|_| corrupt(what));
    let sold = match place.zip(year) {
        Some(((ordinal, of), year)) => {
            let (ordinal, year) = (count(ordinal, "ordinal")?, count(year, "year")?);
            let ordinal = Some(ordinal).filter(|_| of == row.partner_id);
            Some(Sold { ordinal, year, part_by: part_by.map(Uid::id) })
        }
        None => None,
    };
    let EntryRow {
        id,
        network_id,
        master_id,
        journal_id,
        partner_id,
        agreement_id,
        terms_id,
        rule,
        explanation,
        calculation,
        dated_on,
        payable_on,
        recorded_at,
        position: _,
        debtor_id: _,
        creditor_id: _,
        kind: _,
        correction: _,
        corrects_id: _,
        amount_minor: _,
        currency: _,
        counterparty_id: _,
        contract_id: _,
        annuity_id: _,
        attribution_id: _,
        sequence: _,
        entitled_minor: _,
    } = row;
    let entry = Entry {
        id: id.id(),
        master: master_id.id(),
        movement,
        partner: partner_id.id(),
        agreement: agreement_id.id(),
        terms: terms_id.id(),
        sale,
        rule,
        explanation,
        calculation,
        dated_on,
        payable_on,
    };
    Ok(PostedEntry {
        entry,
        network: network_id.id(),
        journal: journal_id.id(),
        source: Source::new(AnyId::new(source_kind, source_id.0), source_turn),
        cause,
        terms_version,
        sold,
        stated: false,
        paid: false,
        recorded_at: recorded_at.0,
    })
}

/// Appends a journal and seals it.
///
/// # Errors
/// Those of the database, which refuses a second journal of one source's turn, a second entry of one sequence number, an entry
/// dated into a closed period, and more taken back of an entry than it brought; [`DbError::Corrupt`] for a journal without
/// entries, or of several currencies.
pub fn append(conn: &mut Conn, journal: &Journal) -> Result<(), DbError> {
    let corrupt = |what: &str| DbError::Corrupt(format!("journal {}: {what}", journal.id));
    let movements = journal.entries.iter().map(|entry| entry.movement.clone()).collect();
    let sealed = domain::ledger::Journal::seal(journal.source.clone(), movements);
    let sealed = sealed.map_err(|fault| corrupt(&format!("{fault:?}")))?;
    let mut totals = sealed.totals().values();
    let (Some(total), None) = (totals.next(), totals.next()) else { return Err(corrupt("several currencies")) };
    diesel::insert_into(journals::table)
        .values((
            journals::id.eq(Uid::from(journal.id)),
            journals::network_id.eq(Uid::from(journal.network)),
            journals::source_kind.eq(journal.source.id().prefix()),
            journals::source_id.eq(Uid(journal.source.id().uuid())),
            journals::source_turn.eq(journal.source.turn()),
            journals::cause.eq(&journal.cause),
            journals::entry_count.eq(i32::try_from(sealed.line_count()).map_err(|_| corrupt("too many entries"))?),
            journals::total_minor.eq(total.minor()),
            journals::seal_id.eq(Uid::from(journal.id)),
            journals::recorded_at.eq(At::from(journal.recorded_at)),
        ))
        .execute(conn)?;
    let rows: Vec<EntryRow> =
        (1..).zip(&journal.entries).map(|(position, entry)| EntryRow::of(journal, position, entry)).collect();
    let content_hash = seal::content_hash(journal, &rows);
    for row in rows {
        diesel::insert_into(entries::table).values(row).execute(conn)?;
    }
    let sealed = (seals::journal_id.eq(Uid::from(journal.id)), seals::content_hash.eq(content_hash));
    diesel::insert_into(seals::table).values(sealed).execute(conn)?;
    Ok(())
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
    match &filter.state {
        Some((EntryState::Stated, _)) => stated(conn, view, filter, page, false),
        Some((EntryState::Paid, _)) => stated(conn, view, filter, page, true),
        _ => load(conn, view, None, filter, page),
    }
}

/// A page of the entries that stand on a statement, of those that were paid or of the others.
fn stated(conn: &mut Conn, view: &View, filter: &EntryFilter, page: &Page, paid: bool) -> Result<Vec<PostedEntry>, DbError> {
    let (mut found, mut next) = (Vec::new(), *page);
    let limit = usize::try_from(page.limit).unwrap_or_default();
    loop {
        let rows = load(conn, view, None, filter, &next)?;
        let last = rows.last().map(|last| Place { updated_at: Some(last.recorded_at), id: last.entry.id.uuid() });
        let is_end = rows.len() < limit;
        found.extend(rows.into_iter().filter(|posted| posted.paid == paid));
        if is_end || found.len() >= limit || last.is_none() {
            found.truncate(limit);
            return Ok(found);
        }
        next.after = last;
    }
}

/// The entries with everything that [`Beside`] is read from.
macro_rules! with_beside {
    () => {
        entries::table
            .inner_join(journals::table.on(journals::id.eq(entries::journal_id)))
            .inner_join(companies::table.on(companies::id.eq(entries::counterparty_id)))
            .inner_join(terms::table.on(terms::id.eq(entries::terms_id)))
            .left_join(attributions::table.on(entries::attribution_id.eq(attributions::id.nullable())))
            .left_join(annuities::table.on(entries::annuity_id.eq(annuities::id.nullable())))
    };
}

/// The columns of an entry and of [`Beside`].
macro_rules! entry_and_beside {
    () => {
        (
            EntryRow::as_select(),
            (
                (journals::source_kind, journals::source_id, journals::source_turn, journals::cause),
                terms::number,
                (attributions::ordinal, attributions::partner_id).nullable(),
                annuities::year.nullable(),
                attributions::dispute_id.nullable(),
                companies::kind,
            ),
        )
    };
}

/// The entries by which rules follow an annuity, as its master sees them.
///
/// # Errors
/// Those of the database.
pub fn entries_on(conn: &mut Conn, view: &View, annuity: AnnuityId) -> Result<Vec<PostedEntry>, DbError> {
    let filter = EntryFilter { annuity: Some(annuity), ..EntryFilter::default() };
    let all = Page { limit: i64::MAX, after: None, updated_since: None };
    let mut found = load(conn, view, None, &filter, &all)?;
    found.retain(|posted| posted.entry.sale.is_some_and(|sale| sale.step.is_some()));
    Ok(found)
}

/// The entries that a source made, whoever may see them, oldest first.
///
/// # Errors
/// Those of the database.
pub fn made_by(conn: &mut Conn, network: NetworkId, source: &AnyId) -> Result<Vec<PostedEntry>, DbError> {
    let rows: Vec<(EntryRow, Beside)> = with_beside!()
        .filter(entries::network_id.eq(Uid::from(network)))
        .filter(journals::source_kind.eq(source.prefix()))
        .filter(journals::source_id.eq(Uid(source.uuid())))
        .order(entries::id)
        .select(entry_and_beside!())
        .load(conn)?;
    rows.into_iter().map(posted_entry).collect()
}

/// A company sees what it owes and is owed, a master also what its partners owe and are owed where it supervises.
fn load(
    conn: &mut Conn,
    view: &View,
    id: Option<EntryId>,
    filter: &EntryFilter,
    page: &Page,
) -> Result<Vec<PostedEntry>, DbError> {
    let EntryFilter { partner, currency, contract, annuity, kind, side, state } = filter;
    let company = Uid::from(view.company);
    let mut query = with_beside!().filter(entries::network_id.eq(Uid::from(view.network))).into_boxed();
    let party = entries::debtor_id.eq(company).or(entries::creditor_id.eq(company));
    query = match view.company {
        CompanyId::Master(_) => query.filter(party.or(entries::master_id.eq(company))),
        CompanyId::Partner(_) => query.filter(party),
    };
    if let Some(id) = id {
        query = query.filter(entries::id.eq(Uid::from(id)));
    }
    if let Some(partner) = partner {
        let partner = Uid::from(*partner);
        query = query.filter(entries::debtor_id.eq(partner).or(entries::creditor_id.eq(partner)));
    }
    if let Some(currency) = currency {
        query = query.filter(entries::currency.eq(currency.code()));
    }
    if let Some(contract) = contract {
        query = query.filter(entries::contract_id.eq(Uid::from(*contract)));
    }
    if let Some(annuity) = annuity {
        query = query.filter(entries::annuity_id.eq(Uid::from(*annuity)));
    }
    if let Some(kind) = kind {
        query = query.filter(entries::kind.eq(kind.code()));
    }
    query = match side {
        Some(EntrySide::Debtor) => query.filter(entries::debtor_id.eq(company)),
        Some(EntrySide::Creditor) => query.filter(entries::creditor_id.eq(company)),
        None => query,
    };
    if let Some((state, today)) = state {
        // What is paid stands on a statement.
        let state = if *state == EntryState::Paid { EntryState::Stated } else { *state };
        let standing = format!("({}) = '{}'", today.state_of("entries"), state.code());
        query = query.filter(diesel::dsl::sql::<sql_types::Bool>(&standing));
    }
    let rows: Vec<(EntryRow, Beside)> =
        paged!(query, entries, page, changed recorded_at).select(entry_and_beside!()).load(conn)?;
    let mut found: Vec<PostedEntry> = rows.into_iter().map(posted_entry).collect::<Result<_, _>>()?;
    let ids: Vec<EntryId> = found.iter().map(|posted| posted.entry.id).collect();
    let reached = entries_reached(conn, &ids)?;
    for posted in &mut found {
        (posted.stated, posted.paid) = (reached.stated.contains(&posted.entry.id), reached.paid.contains(&posted.entry.id));
    }
    Ok(found)
}
