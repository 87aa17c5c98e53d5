//! The row of a registration.

use diesel::prelude::*;
use domain::{
    partner::TaxId,
    registration::{Ask, AskCode, Protection, Registration as Status, RegistrationReason, RegistrationState},
};
use serde::{Deserialize, Serialize};

use super::{Registration, scope};
use crate::{
    columns::{At, Uid},
    customer::read_identity,
    error::DbError,
    schema::registrations,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = registrations, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct RegistrationRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    partner_id: Uid,
    agreement_id: Uid,
    prospect_name: String,
    country: String,
    tax_id: Option<String>,
    tax_key: Option<String>,
    domain: Option<String>,
    email: Option<String>,
    state: String,
    reason: Option<String>,
    note: Option<String>,
    submitted_at: Option<At>,
    decided_by: Option<String>,
    decided_at: Option<At>,
    protected_from: Option<At>,
    protected_until: Option<At>,
    ended_at: Option<At>,
    customer_id: Option<Uid>,
    version: i64,
    created_at: At,
    updated_at: At,
    product_lines: Option<String>,
    asks: Option<String>,
    supersedes_id: Option<Uid>,
    superseded_by_id: Option<Uid>,
}

/// What a partner is asked for, in the column's JSON.
#[derive(Serialize, Deserialize)]
struct WrittenAsk {
    code: String,
    text: Option<String>,
}

/// Nothing, where nothing is asked.
fn written_asks(asks: &[Ask]) -> Option<String> {
    let written = asks.iter().map(|Ask { code, text }| WrittenAsk { code: code.code().to_owned(), text: text.clone() });
    // Texts in a list can always be written.
    (!asks.is_empty()).then(|| serde_json::to_string(&written.collect::<Vec<_>>()).unwrap_or_default())
}

fn read_asks(written: Option<&str>) -> Option<Vec<Ask>> {
    let Some(written) = written else { return Some(Vec::new()) };
    let asks: Vec<WrittenAsk> = serde_json::from_str(written).ok()?;
    asks.into_iter().map(|WrittenAsk { code, text }| Some(Ask { code: AskCode::from_code(&code)?, text })).collect()
}

impl From<&Registration> for RegistrationRow {
    fn from(registration: &Registration) -> Self {
        let Registration {
            id,
            network,
            master,
            partner,
            agreement,
            prospect,
            scope,
            tax_id_written,
            email,
            status,
            note,
            asks,
            supersedes,
            superseded_by,
            submitted_at,
            decided_by,
            decided_at,
            ended_at,
            customer,
            version,
            created_at,
            updated_at,
        } = registration;
        let Status { state, reason, protection } = *status;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            partner_id: (*partner).into(),
            agreement_id: (*agreement).into(),
            prospect_name: prospect.name().to_owned(),
            country: prospect.country().code().to_owned(),
            tax_id: tax_id_written.clone(),
            tax_key: prospect.tax_id().map(TaxId::key),
            domain: prospect.domain().map(|domain| domain.as_str().to_owned()),
            email: email.clone(),
            state: state.code().to_owned(),
            reason: reason.map(|reason| reason.code().to_owned()),
            note: note.clone(),
            submitted_at: submitted_at.map(At::from),
            decided_by: decided_by.clone(),
            decided_at: decided_at.map(At::from),
            protected_from: protection.map(|protection| protection.from.into()),
            protected_until: protection.map(|protection| protection.until.into()),
            ended_at: ended_at.map(At::from),
            customer_id: customer.map(Uid::from),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
            product_lines: scope::written(scope),
            asks: written_asks(asks),
            supersedes_id: supersedes.map(Uid::from),
            superseded_by_id: superseded_by.map(Uid::from),
        }
    }
}

impl TryFrom<RegistrationRow> for Registration {
    type Error = DbError;

    fn try_from(row: RegistrationRow) -> Result<Self, DbError> {
        let RegistrationRow {
            id,
            network_id,
            master_id,
            partner_id,
            agreement_id,
            prospect_name,
            country,
            tax_id,
            tax_key,
            domain,
            email,
            state,
            reason,
            note,
            submitted_at,
            decided_by,
            decided_at,
            protected_from,
            protected_until,
            ended_at,
            customer_id,
            version,
            created_at,
            updated_at,
            product_lines,
            asks,
            supersedes_id,
            superseded_by_id,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("registration {}: {what}", id.0));
        let reason = reason.map(|code| RegistrationReason::from_code(&code).ok_or_else(|| corrupt("reason"))).transpose()?;
        let status = Status {
            state: RegistrationState::from_code(&state).ok_or_else(|| corrupt("state"))?,
            reason,
            protection: protected_from.zip(protected_until).map(|(from, until)| Protection { from: from.0, until: until.0 }),
        };
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            partner: partner_id.id(),
            agreement: agreement_id.id(),
            prospect: read_identity(&prospect_name, &country, tax_key.as_deref(), domain.as_deref()).map_err(corrupt)?,
            scope: scope::read(product_lines.as_deref()),
            tax_id_written: tax_id,
            email,
            status,
            note,
            asks: read_asks(asks.as_deref()).ok_or_else(|| corrupt("asks"))?,
            supersedes: supersedes_id.map(Uid::id),
            superseded_by: superseded_by_id.map(Uid::id),
            submitted_at: submitted_at.map(|at| at.0),
            decided_by,
            decided_at: decided_at.map(|at| at.0),
            ended_at: ended_at.map(|at| at.0),
            customer: customer_id.map(Uid::id),
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}
