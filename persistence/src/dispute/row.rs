//! The row of a dispute.

use diesel::prelude::*;
use domain::{
    dispute::{Dispute as Status, DisputeGrounds, DisputeSide, DisputeState, Hearing},
    partner::TaxId,
};

use super::{Dispute, Seen};
use crate::{
    columns::{At, Uid},
    customer::read_identity,
    error::DbError,
    registration::scope,
    schema::disputes,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = disputes, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct DisputeRow {
    id: Uid,
    network_id: Uid,
    master_id: Uid,
    appeal_master_id: Option<Uid>,
    registration_id: Uid,
    challenger_id: Uid,
    holder_id: Uid,
    agreement_id: Uid,
    prospect_name: String,
    country: String,
    tax_id: Option<String>,
    tax_key: Option<String>,
    domain: Option<String>,
    product_lines: Option<String>,
    grounds: String,
    state: String,
    heard_at: Option<At>,
    challenger_until: Option<At>,
    holder_until: Option<At>,
    holder_heard: bool,
    appealable_until: Option<At>,
    appealed_by: Option<String>,
    appeal: Option<String>,
    appealed_at: Option<At>,
    ended_at: Option<At>,
    challenger_version: i64,
    challenger_updated_at: At,
    holder_version: i64,
    holder_updated_at: At,
    version: i64,
    created_at: At,
    updated_at: At,
}

impl From<&Dispute> for DisputeRow {
    fn from(dispute: &Dispute) -> Self {
        let Dispute {
            id,
            network,
            master,
            appeal_master,
            registration,
            challenger,
            holder,
            agreement,
            prospect,
            tax_id_written,
            scope,
            grounds,
            status,
            heard_at,
            appeal,
            appealed_at,
            ended_at,
            seen_by_challenger,
            seen_by_holder,
            version,
            created_at,
            updated_at,
        } = dispute;
        let Status { state, hearing, appealable_until, appealed_by } = *status;
        Self {
            id: (*id).into(),
            network_id: (*network).into(),
            master_id: (*master).into(),
            appeal_master_id: appeal_master.map(Uid::from),
            registration_id: (*registration).into(),
            challenger_id: (*challenger).into(),
            holder_id: (*holder).into(),
            agreement_id: (*agreement).into(),
            prospect_name: prospect.name().to_owned(),
            country: prospect.country().code().to_owned(),
            tax_id: tax_id_written.clone(),
            tax_key: prospect.tax_id().map(TaxId::key),
            domain: prospect.domain().map(|domain| domain.as_str().to_owned()),
            product_lines: scope::written(scope),
            grounds: grounds.code().to_owned(),
            state: state.code().to_owned(),
            heard_at: heard_at.map(At::from),
            challenger_until: hearing.map(|hearing| hearing.challenger_until.into()),
            holder_until: hearing.map(|hearing| hearing.holder_until.into()),
            holder_heard: hearing.is_some_and(|hearing| hearing.holder_heard),
            appealable_until: appealable_until.map(At::from),
            appealed_by: appealed_by.map(|side| side.code().to_owned()),
            appeal: appeal.clone(),
            appealed_at: appealed_at.map(At::from),
            ended_at: ended_at.map(At::from),
            challenger_version: seen_by_challenger.version,
            challenger_updated_at: seen_by_challenger.updated_at.into(),
            holder_version: seen_by_holder.version,
            holder_updated_at: seen_by_holder.updated_at.into(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
}

impl TryFrom<DisputeRow> for Dispute {
    type Error = DbError;

    fn try_from(row: DisputeRow) -> Result<Self, DbError> {
        let DisputeRow {
            id,
            network_id,
            master_id,
            appeal_master_id,
            registration_id,
            challenger_id,
            holder_id,
            agreement_id,
            prospect_name,
            country,
            tax_id,
            tax_key,
            domain,
            product_lines,
            grounds,
            state,
            heard_at,
            challenger_until,
            holder_until,
            holder_heard,
            appealable_until,
            appealed_by,
            appeal,
            appealed_at,
            ended_at,
            challenger_version,
            challenger_updated_at,
            holder_version,
            holder_updated_at,
            version,
            created_at,
            updated_at,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("dispute {}: {what}", id.0));
        let appealed_by =
            appealed_by.map(|code| DisputeSide::from_code(&code).ok_or_else(|| corrupt("appellant"))).transpose()?;
        let hearing = challenger_until.zip(holder_until).map(|(challenger_until, holder_until)| Hearing {
            challenger_until: challenger_until.0,
            holder_until: holder_until.0,
            holder_heard,
        });
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            master: master_id.id(),
            appeal_master: appeal_master_id.map(Uid::id),
            registration: registration_id.id(),
            challenger: challenger_id.id(),
            holder: holder_id.id(),
            agreement: agreement_id.id(),
            prospect: read_identity(&prospect_name, &country, tax_key.as_deref(), domain.as_deref()).map_err(corrupt)?,
            tax_id_written: tax_id,
            scope: scope::read(product_lines.as_deref()),
            grounds: DisputeGrounds::from_code(&grounds).ok_or_else(|| corrupt("grounds"))?,
            status: Status {
                state: DisputeState::from_code(&state).ok_or_else(|| corrupt("state"))?,
                hearing,
                appealable_until: appealable_until.map(|at| at.0),
                appealed_by,
            },
            heard_at: heard_at.map(|at| at.0),
            appeal,
            appealed_at: appealed_at.map(|at| at.0),
            ended_at: ended_at.map(|at| at.0),
            seen_by_challenger: Seen { version: challenger_version, updated_at: challenger_updated_at.0 },
            seen_by_holder: Seen { version: holder_version, updated_at: holder_updated_at.0 },
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}
