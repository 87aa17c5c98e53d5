//! Why a qualifying event earned nothing (§7.2 of the requirements).

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use diesel::{dsl::exists, prelude::*, sql_types};
use domain::{
    commission::OutcomeReason,
    id::{AgreementId, AnnuityId, AttributionId, CompanyId, ContractId, NetworkId, OutcomeId, PartnerId, ServiceId},
};

use crate::{
    columns::{At, Uid},
    db::Conn,
    error::DbError,
    schema::{annuities, attributions, contracts, entries, outcomes, services},
    view::{Page, View, paged},
};

/// An outcome as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Its id.
    pub id: OutcomeId,
    /// Its network.
    pub network: NetworkId,
    /// The partner that earned nothing.
    pub partner: PartnerId,
    /// The agreement that it was not earned by.
    pub agreement: AgreementId,
    /// What earned nothing.
    pub about: OutcomeAbout,
    /// The code of the rule, or of the service's fee; none where the terms have no rule at all.
    pub rule: Option<String>,
    /// Why.
    pub reason: OutcomeReason,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

/// What earned nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutcomeAbout {
    /// A year of a sale.
    Annuity {
        /// The partner's place in the sale; none where it has none.
        attribution: Option<AttributionId>,
        /// The annuity.
        annuity: AnnuityId,
        /// The contract.
        contract: ContractId,
        /// What was known then, as JSON.
        explanation: String,
    },
    /// A service, which says all about itself (R24).
    Service(ServiceId),
}

/// An outcome with what its attribution says, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedOutcome {
    /// The outcome.
    pub outcome: Outcome,
    /// The contract year, from 1; none where it is about no sale.
    pub year: Option<u32>,
    /// Whether the rule earned something on the annuity after all.
    pub earned_since: bool,
    /// Whether a later outcome of the rule on the annuity gives another reason.
    pub reconsidered_since: bool,
}

/// Which outcomes are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutcomeFilter {
    /// Those of a partner.
    pub partner: Option<PartnerId>,
    /// Those of a contract.
    pub contract: Option<ContractId>,
    /// Those of a reason.
    pub reason: Option<OutcomeReason>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = outcomes, treat_none_as_default_value = false)]
struct OutcomeRow {
    id: Uid,
    network_id: Uid,
    partner_id: Uid,
    attribution_id: Option<Uid>,
    annuity_id: Option<Uid>,
    contract_id: Option<Uid>,
    rule: String,
    reason: String,
    explanation: Option<String>,
    recorded_at: At,
    agreement_id: Uid,
    service_id: Option<Uid>,
}

impl From<&Outcome> for OutcomeRow {
    fn from(outcome: &Outcome) -> Self {
        let Outcome { id, network, partner, agreement, about, rule, reason, recorded_at } = outcome;
        let (annuity_id, contract_id, attribution_id, explanation, service_id) = match about {
            OutcomeAbout::Annuity { attribution, annuity, contract, explanation } => {
                (Some((*annuity).into()), Some((*contract).into()), attribution.map(Uid::from), Some(explanation.clone()), None)
            }
            OutcomeAbout::Service(service) => (None, None, None, None, Some((*service).into())),
        };
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            partner_id: (*partner).into(),
            attribution_id,
            annuity_id,
            contract_id,
            rule: rule.clone().unwrap_or_default(),
            reason: reason.code().to_owned(),
            explanation,
            recorded_at: (*recorded_at).into(),
            agreement_id: (*agreement).into(),
            service_id,
        }
    }
}

impl TryFrom<OutcomeRow> for Outcome {
    type Error = DbError;

    fn try_from(row: OutcomeRow) -> Result<Self, DbError> {
        let OutcomeRow {
            id,
            network_id,
            partner_id,
            attribution_id,
            annuity_id,
            contract_id,
            rule,
            reason,
            explanation,
            recorded_at,
            agreement_id,
            service_id,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("outcome {}: {what}", id.0));
        let about = match (annuity_id, contract_id, explanation, service_id) {
            (Some(annuity), Some(contract), Some(explanation), None) => OutcomeAbout::Annuity {
                attribution: attribution_id.map(Uid::id),
                annuity: annuity.id(),
                contract: contract.id(),
                explanation,
            },
            (None, None, None, Some(service)) => OutcomeAbout::Service(service.id()),
            _ => return Err(corrupt("what it is about")),
        };
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            partner: partner_id.id(),
            agreement: agreement_id.id(),
            about,
            rule: Some(rule).filter(|rule| !rule.is_empty()),
            reason: OutcomeReason::from_code(&reason).ok_or_else(|| corrupt("reason"))?,
            recorded_at: recorded_at.0,
        })
    }
}

/// Appends an outcome.
///
/// # Errors
/// Those of the database, which refuses a second outcome for one annuity, attribution, rule and reason, for one annuity and agreement
/// without an attribution, and for one service.
pub fn append_outcome(conn: &mut Conn, outcome: &Outcome) -> Result<(), DbError> {
    diesel::insert_into(outcomes::table).values(OutcomeRow::from(outcome)).execute(conn)?;
    Ok(())
}

/// The attributions and rules that have an outcome on an annuity, with its reasons.
///
/// # Errors
/// Those of the database; [`DbError::Corrupt`] for a reason that nobody knows.
pub fn outcomes_on(
    conn: &mut Conn,
    annuity: AnnuityId,
) -> Result<BTreeSet<(AttributionId, Option<String>, OutcomeReason)>, DbError> {
    let rows: Vec<(Uid, String, String)> = outcomes::table
        .filter(outcomes::annuity_id.eq(Uid::from(annuity)))
        .filter(outcomes::attribution_id.is_not_null())
        .select((outcomes::attribution_id.assume_not_null(), outcomes::rule, outcomes::reason))
        .load(conn)?;
    let known = rows.into_iter().map(|(attribution, rule, reason)| {
        let reason =
            OutcomeReason::from_code(&reason).ok_or_else(|| DbError::Corrupt(format!("outcome of {annuity}: {reason}")))?;
        Ok((attribution.id(), Some(rule).filter(|rule| !rule.is_empty()), reason))
    });
    known.collect()
}

/// Whose agreements have no place in the sale of an annuity, and why, as its outcomes say.
///
/// # Errors
/// Those of the database; [`DbError::Corrupt`] for a reason that nobody knows.
pub fn unplaced_on(conn: &mut Conn, annuity: AnnuityId) -> Result<Vec<(AgreementId, OutcomeReason)>, DbError> {
    let rows: Vec<(Uid, String)> = outcomes::table
        .filter(outcomes::annuity_id.eq(Uid::from(annuity)))
        .filter(outcomes::attribution_id.is_null())
        .order(outcomes::id)
        .select((outcomes::agreement_id, outcomes::reason))
        .load(conn)?;
    let known = rows.into_iter().map(|(agreement, reason)| {
        let reason = OutcomeReason::from_code(&reason);
        Ok((agreement.id(), reason.ok_or_else(|| DbError::Corrupt(format!("outcome of {annuity}: reason")))?))
    });
    known.collect()
}

/// An outcome that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find_outcome(conn: &mut Conn, view: &View, id: OutcomeId) -> Result<Option<RecordedOutcome>, DbError> {
    let one = Page { limit: 1, after: None, updated_since: None };
    Ok(load(conn, view, Some(id), &OutcomeFilter::default(), &one)?.pop())
}

/// A page of the outcomes that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page_outcomes(conn: &mut Conn, view: &View, filter: &OutcomeFilter, page: &Page) -> Result<Vec<RecordedOutcome>, DbError> {
    load(conn, view, None, filter, page)
}

/// A partner sees its own, a master those on the contracts and services it supervises. What a promoter did not earn is its own business
/// and its master's; the reseller that would have paid it sees it too.
fn load(
    conn: &mut Conn,
    view: &View,
    id: Option<OutcomeId>,
    filter: &OutcomeFilter,
    page: &Page,
) -> Result<Vec<RecordedOutcome>, DbError> {
    let OutcomeFilter { partner, contract, reason } = *filter;
    let company = Uid::from(view.company);
    let earned_since = exists(
        entries::table
            .filter(entries::annuity_id.eq(outcomes::annuity_id))
            .filter(entries::attribution_id.eq(outcomes::attribution_id))
            .filter(entries::rule.eq(outcomes::rule)),
    );
    let mut query = outcomes::table
        .left_join(attributions::table.on(attributions::id.nullable().eq(outcomes::attribution_id)))
        .left_join(contracts::table.on(contracts::id.nullable().eq(outcomes::contract_id)))
        .left_join(annuities::table.on(annuities::id.nullable().eq(outcomes::annuity_id)))
        .left_join(services::table.on(services::id.nullable().eq(outcomes::service_id)))
        .filter(outcomes::network_id.eq(Uid::from(view.network)))
        .into_boxed();
    let pays_for_sale = attributions::payer_id.nullable().assume_not_null().eq(company);
    let pays = pays_for_sale.or(services::served_id.nullable().assume_not_null().eq(company));
    let supervises_sale = contracts::master_id.nullable().assume_not_null().eq(company);
    let supervises = supervises_sale.or(services::master_id.nullable().assume_not_null().eq(company));
    query = match view.company {
        CompanyId::Master(_) => query.filter(supervises.or(pays)),
        CompanyId::Partner(_) => query.filter(outcomes::partner_id.eq(company).or(pays)),
    };
    if let Some(id) = id {
        query = query.filter(outcomes::id.eq(Uid::from(id)));
    }
    if let Some(partner) = partner {
        query = query.filter(outcomes::partner_id.eq(Uid::from(partner)));
    }
    if let Some(contract) = contract {
        query = query.filter(outcomes::contract_id.eq(Uid::from(contract)));
    }
    if let Some(reason) = reason {
        query = query.filter(outcomes::reason.eq(reason.code()));
    }
    let reconsidered = diesel::dsl::sql::<sql_types::Bool>(
        "EXISTS (SELECT 1 FROM outcomes later WHERE later.annuity_id = outcomes.annuity_id \
         AND later.attribution_id = outcomes.attribution_id AND later.rule = outcomes.rule AND later.id > outcomes.id)",
    );
    let rows: Vec<(OutcomeRow, Option<i32>, bool, bool)> = paged!(query, outcomes, page, changed recorded_at)
        .select((OutcomeRow::as_select(), annuities::year.nullable(), earned_since, reconsidered))
        .load(conn)?;
    let recorded = rows.into_iter().map(|(row, year, earned_since, reconsidered_since)| {
        let year = year.map(u32::try_from).transpose().map_err(|_| DbError::Corrupt(format!("outcome {}: year", row.id.0)))?;
        let outcome = Outcome::try_from(row)?;
        // What moves inside another's protection goes to the master, whole; and what the master's fault left was earned before.
        let stands = [OutcomeReason::ProtectedByOther, OutcomeReason::MastersFault];
        let earned_since = earned_since && !stands.contains(&outcome.reason);
        Ok(RecordedOutcome { outcome, year, earned_since, reconsidered_since })
    });
    recorded.collect()
}
