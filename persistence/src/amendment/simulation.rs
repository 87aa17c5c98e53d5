//! Simulations: what an amendment would change of the sales of some days, as it was found. They are appended and never change.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{prelude::*, sql_types};
use domain::{
    id::{
        AmendmentId, AnnuityId, AttributionId, CompanyId, ContractId, MasterId, NetworkId, PartnerId, SimulatedDifferenceId,
        SimulationId,
    },
    ledger::EntryKind,
    money::{Currency, Money},
};
use uuid::Uuid;

use crate::{
    columns::{At, Key, Uid},
    db::Conn,
    error::DbError,
    identity::company_of,
    schema::{companies, simulated_differences, simulations},
    view::{Page, paged},
};

/// A simulation as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulation {
    /// Its id.
    pub id: SimulationId,
    /// The network.
    pub network: NetworkId,
    /// The master whose sales it is about.
    pub master: MasterId,
    /// The amendment.
    pub amendment: AmendmentId,
    /// The first day of signing of the sales that it is about.
    pub signed_from: NaiveDate,
    /// The last one.
    pub signed_to: NaiveDate,
    /// How many sales the amendment reaches.
    pub sales: i32,
    /// How many sales of the type it does not reach, since they were made under special terms.
    pub left_out: i32,
    /// Who made it.
    pub made_by: String,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

/// What an amendment would change of one rule's amount in one contract year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its id.
    pub id: SimulatedDifferenceId,
    /// The sale.
    pub contract: ContractId,
    /// The contract year.
    pub annuity: AnnuityId,
    /// The partner's place in the sale.
    pub attribution: AttributionId,
    /// The partner.
    pub partner: PartnerId,
    /// The company that it owes, or that owes it.
    pub counterparty: CompanyId,
    /// The rule's code.
    pub rule: String,
    /// What it is due for.
    pub kind: EntryKind,
    /// What was posted by the rule.
    pub before: Money,
    /// What would be due to date.
    pub after: Money,
    /// How far that what was posted has come.
    pub come: Come,
    /// Why it would be that much, as JSON.
    pub explanation: String,
}

/// How far amounts have come on their way to being paid: parts of what was posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Come {
    /// Dated into the next open period.
    pub accrued: Money,
    /// Waiting for its day.
    pub held: Money,
    /// Payable.
    pub payable: Money,
    /// On a closed statement.
    pub stated: Money,
    /// Paid.
    pub paid: Money,
}

/// What a simulation comes to for a partner, with one company, for one kind, in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotalOfPartner {
    /// The partner.
    pub partner: PartnerId,
    /// The company that it owes, or that owes it.
    pub counterparty: CompanyId,
    /// What it is due for.
    pub kind: EntryKind,
    /// What was posted.
    pub before: Money,
    /// What would be due.
    pub after: Money,
    /// How far that what was posted has come.
    pub come: Come,
}

/// What a simulation comes to for a rule, in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotalOfRule {
    /// The rule's code.
    pub rule: String,
    /// What it is due for.
    pub kind: EntryKind,
    /// What was posted.
    pub before: Money,
    /// What would be due.
    pub after: Money,
    /// How far that what was posted has come.
    pub come: Come,
}

/// Which simulations are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SimulationFilter {
    /// Those of an amendment.
    pub amendment: Option<AmendmentId>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = simulations, treat_none_as_default_value = false)]
struct SimulationRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    amendment_id: Uid,
    signed_from: NaiveDate,
    signed_to: NaiveDate,
    sales: i32,
    left_out: i32,
    made_by: String,
    recorded_at: At,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = simulated_differences, treat_none_as_default_value = false)]
struct DifferenceRow {
    id: Uid,
    simulation_id: Uid,
    contract_id: Uid,
    annuity_id: Uid,
    attribution_id: Uid,
    partner_id: Uid,
    counterparty_id: Uid,
    rule: String,
    kind: String,
    currency: String,
    before_minor: i64,
    after_minor: i64,
    accrued_minor: i64,
    held_minor: i64,
    payable_minor: i64,
    stated_minor: i64,
    paid_minor: i64,
    explanation: String,
}

impl From<&Simulation> for SimulationRow {
    fn from(simulation: &Simulation) -> Self {
        let Simulation { id, network, master, amendment, signed_from, signed_to, sales, left_out, made_by, recorded_at } =
            simulation;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            amendment_id: (*amendment).into(),
            signed_from: *signed_from,
            signed_to: *signed_to,
            sales: *sales,
            left_out: *left_out,
            made_by: made_by.clone(),
            recorded_at: (*recorded_at).into(),
        }
    }
}

impl From<SimulationRow> for Simulation {
    fn from(row: SimulationRow) -> Self {
        let SimulationRow {
            id,
            network_id,
            master_id,
            amendment_id,
            signed_from,
            signed_to,
            sales,
            left_out,
            made_by,
            recorded_at,
        } = row;
        Self {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            amendment: amendment_id.id(),
            signed_from,
            signed_to,
            sales,
            left_out,
            made_by,
            recorded_at: recorded_at.0,
        }
    }
}

impl DifferenceRow {
    fn of(simulation: SimulationId, difference: &Difference) -> Self {
        let Difference {
            id,
            contract,
            annuity,
            attribution,
            partner,
            counterparty,
            rule,
            kind,
            before,
            after,
            come: Come { accrued, held, payable, stated, paid },
            explanation,
        } = difference;
        Self {
            id: (*id).into(),
            simulation_id: simulation.into(),
            contract_id: (*contract).into(),
            annuity_id: (*annuity).into(),
            attribution_id: (*attribution).into(),
            partner_id: (*partner).into(),
            counterparty_id: (*counterparty).into(),
            rule: rule.clone(),
            kind: kind.code().to_owned(),
            currency: before.currency().code().to_owned(),
            before_minor: before.minor(),
            after_minor: after.minor(),
            accrued_minor: accrued.minor(),
            held_minor: held.minor(),
            payable_minor: payable.minor(),
            stated_minor: stated.minor(),
            paid_minor: paid.minor(),
            explanation: explanation.clone(),
        }
    }

    fn read(self, counterparty_kind: &str) -> Result<Difference, DbError> {
        let Self {
            id,
            simulation_id: _,
            contract_id,
            annuity_id,
            attribution_id,
            partner_id,
            counterparty_id,
            rule,
            kind,
            currency,
            before_minor,
            after_minor,
            accrued_minor,
            held_minor,
            payable_minor,
            stated_minor,
            paid_minor,
            explanation,
        } = self;
        let currency = read_currency(&currency)?;
        let amount = |minor| Money::from_minor(minor, currency);
        Ok(Difference {
            id: id.id(),
            contract: contract_id.id(),
            annuity: annuity_id.id(),
            attribution: attribution_id.id(),
            partner: partner_id.id(),
            counterparty: company_of(counterparty_kind, counterparty_id)?,
            rule,
            kind: read_kind(&kind)?,
            before: amount(before_minor),
            after: amount(after_minor),
            come: Come {
                accrued: amount(accrued_minor),
                held: amount(held_minor),
                payable: amount(payable_minor),
                stated: amount(stated_minor),
                paid: amount(paid_minor),
            },
            explanation,
        })
    }
}

fn read_currency(code: &str) -> Result<Currency, DbError> {
    code.parse().map_err(|_| DbError::Corrupt(format!("simulated currency {code}")))
}

fn read_kind(code: &str) -> Result<EntryKind, DbError> {
    EntryKind::from_code(code).ok_or_else(|| DbError::Corrupt(format!("simulated kind {code}")))
}

/// Keeps a simulation with everything that it found.
///
/// # Errors
/// Those of the database.
pub fn append_simulation(conn: &mut Conn, simulation: &Simulation, differences: &[Difference]) -> Result<(), DbError> {
    diesel::insert_into(simulations::table).values(SimulationRow::from(simulation)).execute(conn)?;
    for difference in differences {
        let row = DifferenceRow::of(simulation.id, difference);
        diesel::insert_into(simulated_differences::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// A simulation of a master's sales.
///
/// # Errors
/// Those of the database.
pub fn find_simulation(conn: &mut Conn, master: MasterId, id: SimulationId) -> Result<Option<Simulation>, DbError> {
    let query = simulations::table.find(Uid::from(id)).filter(simulations::master_id.eq(Uid::from(master)));
    let row: Option<SimulationRow> = query.select(SimulationRow::as_select()).get_result(conn).optional()?;
    Ok(row.map(Simulation::from))
}

/// A page of the simulations of a master's sales.
///
/// # Errors
/// Those of the database.
pub fn page_simulations(
    conn: &mut Conn,
    master: MasterId,
    filter: SimulationFilter,
    page: &Page,
) -> Result<Vec<Simulation>, DbError> {
    let SimulationFilter { amendment } = filter;
    let mut query = simulations::table.filter(simulations::master_id.eq(Uid::from(master))).into_boxed();
    if let Some(amendment) = amendment {
        query = query.filter(simulations::amendment_id.eq(Uid::from(amendment)));
    }
    let rows: Vec<SimulationRow> =
        paged!(query, simulations, page, changed recorded_at).select(SimulationRow::as_select()).load(conn)?;
    Ok(rows.into_iter().map(Simulation::from).collect())
}

/// One of the differences that simulations of a master's sales found.
///
/// # Errors
/// Those of the database.
pub fn find_difference(conn: &mut Conn, master: MasterId, id: SimulatedDifferenceId) -> Result<Option<Difference>, DbError> {
    let row: Option<(DifferenceRow, String)> = simulated_differences::table
        .inner_join(simulations::table.on(simulations::id.eq(simulated_differences::simulation_id)))
        .inner_join(companies::table.on(companies::id.eq(simulated_differences::counterparty_id)))
        .filter(simulated_differences::id.eq(Uid::from(id)))
        .filter(simulations::master_id.eq(Uid::from(master)))
        .select((DifferenceRow::as_select(), companies::kind))
        .get_result(conn)
        .optional()?;
    row.map(|(row, kind)| row.read(&kind)).transpose()
}

/// A page of the differences that a simulation found, newest sale first.
///
/// # Errors
/// Those of the database.
pub fn page_differences(
    conn: &mut Conn,
    simulation: SimulationId,
    partner: Option<PartnerId>,
    page: &Page,
) -> Result<Vec<Difference>, DbError> {
    let mut query = simulated_differences::table
        .inner_join(companies::table.on(companies::id.eq(simulated_differences::counterparty_id)))
        .filter(simulated_differences::simulation_id.eq(Uid::from(simulation)))
        .into_boxed();
    if let Some(partner) = partner {
        query = query.filter(simulated_differences::partner_id.eq(Uid::from(partner)));
    }
    if let Some(place) = page.after {
        query = query.filter(simulated_differences::id.lt(Uid(place.id)));
    }
    let rows: Vec<(DifferenceRow, String)> = query
        .order(simulated_differences::id.desc())
        .limit(page.limit)
        .select((DifferenceRow::as_select(), companies::kind))
        .load(conn)?;
    rows.into_iter().map(|(row, kind)| row.read(&kind)).collect()
}

#[derive(QueryableByName)]
struct SumsRow {
    #[diesel(sql_type = sql_types::Text)]
    kind: String,
    #[diesel(sql_type = sql_types::Text)]
    currency: String,
    #[diesel(sql_type = sql_types::BigInt)]
    before_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    after_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    accrued_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    held_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    payable_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    stated_minor: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    paid_minor: i64,
}

impl SumsRow {
    fn read(&self) -> Result<(EntryKind, Money, Money, Come), DbError> {
        let currency = read_currency(&self.currency)?;
        let amount = |minor| Money::from_minor(minor, currency);
        let come = Come {
            accrued: amount(self.accrued_minor),
            held: amount(self.held_minor),
            payable: amount(self.payable_minor),
            stated: amount(self.stated_minor),
            paid: amount(self.paid_minor),
        };
        Ok((read_kind(&self.kind)?, amount(self.before_minor), amount(self.after_minor), come))
    }
}

#[derive(QueryableByName)]
struct OfPartnerRow {
    #[diesel(sql_type = Key)]
    partner_id: Uid,
    #[diesel(sql_type = Key)]
    counterparty_id: Uid,
    #[diesel(sql_type = sql_types::Text)]
    counterparty_kind: String,
    #[diesel(embed)]
    sums: SumsRow,
}

#[derive(QueryableByName)]
struct OfRuleRow {
    #[diesel(sql_type = sql_types::Text)]
    rule: String,
    #[diesel(embed)]
    sums: SumsRow,
}

/// The sums of the columns of amounts, of both kinds of totals.
macro_rules! sums {
    () => {
        "d.kind AS kind, d.currency AS currency, CAST(SUM(d.before_minor) AS BIGINT) AS before_minor, \
         CAST(SUM(d.after_minor) AS BIGINT) AS after_minor, CAST(SUM(d.accrued_minor) AS BIGINT) AS accrued_minor, \
         CAST(SUM(d.held_minor) AS BIGINT) AS held_minor, CAST(SUM(d.payable_minor) AS BIGINT) AS payable_minor, \
         CAST(SUM(d.stated_minor) AS BIGINT) AS stated_minor, CAST(SUM(d.paid_minor) AS BIGINT) AS paid_minor"
    };
}

/// `$2` is the partner that the page before ended with, or the highest id there is; `$3` how many partners at most.
const BY_PARTNER: &str = concat!(
    "WITH listed AS (SELECT DISTINCT partner_id FROM simulated_differences WHERE simulation_id = $1 AND partner_id < $2 \
     ORDER BY partner_id DESC LIMIT $3) \
     SELECT d.partner_id AS partner_id, d.counterparty_id AS counterparty_id, c.kind AS counterparty_kind, ",
    sums!(),
    " FROM simulated_differences d JOIN listed s ON s.partner_id = d.partner_id JOIN companies c ON c.id = d.counterparty_id \
     WHERE d.simulation_id = $1 GROUP BY d.partner_id, d.counterparty_id, c.kind, d.kind, d.currency \
     ORDER BY d.partner_id DESC, d.counterparty_id, d.currency, d.kind"
);

const BY_RULE: &str = concat!(
    "SELECT d.rule AS rule, ",
    sums!(),
    " FROM simulated_differences d WHERE d.simulation_id = $1 GROUP BY d.rule, d.kind, d.currency ORDER BY d.rule, d.currency, d.kind"
);

/// What a simulation comes to for each partner, with each company, kind and currency: a page of partners, newest first.
///
/// # Errors
/// Those of the database, which refuses a sum that is too large to hold.
pub fn page_totals(conn: &mut Conn, simulation: SimulationId, page: &Page) -> Result<Vec<TotalOfPartner>, DbError> {
    let after = page.after.map_or(Uuid::max(), |place| place.id);
    let rows: Vec<OfPartnerRow> = diesel::sql_query(BY_PARTNER)
        .bind::<Key, _>(Uid::from(simulation))
        .bind::<Key, _>(Uid(after))
        .bind::<sql_types::BigInt, _>(page.limit)
        .load(conn)?;
    let total = |row: OfPartnerRow| {
        let (kind, before, after, come) = row.sums.read()?;
        let counterparty = company_of(&row.counterparty_kind, row.counterparty_id)?;
        Ok(TotalOfPartner { partner: row.partner_id.id(), counterparty, kind, before, after, come })
    };
    rows.into_iter().map(total).collect()
}

/// What a simulation comes to for each rule and currency.
///
/// # Errors
/// Those of the database, which refuses a sum that is too large to hold.
pub fn totals_by_rule(conn: &mut Conn, simulation: SimulationId) -> Result<Vec<TotalOfRule>, DbError> {
    let rows: Vec<OfRuleRow> = diesel::sql_query(BY_RULE).bind::<Key, _>(Uid::from(simulation)).load(conn)?;
    let total = |row: OfRuleRow| {
        let (kind, before, after, come) = row.sums.read()?;
        Ok(TotalOfRule { rule: row.rule, kind, before, after, come })
    };
    rows.into_iter().map(total).collect()
}
