//! What an agreement is judged by, gathered from what is kept. The domain judges.

use domain::{
    agreement::{
        AgreementFacts, AgreementState, ContractingPartner, CounterpartyAgreement, CounterpartyFacts, ExclusivityGrant,
        ExclusivityScope, OtherAgreement, OtherRole, TermsVersion, supervising_master,
    },
    id::{AgreementId, CompanyId, MasterId, NetworkId, PartnerId},
    network::Terms,
    qualification::Shown,
};
use persistence::{
    agreement::{self as store, Agreement},
    db::Conn,
    network,
    partner::{self, Partner},
    view::View,
};
use serde_json::{Map, Value};

use super::{terms_of, wire};
use crate::{calendar, problem::Problem, qualification, write::Work};

/// Everything that the facts of an agreement borrow from.
pub(super) struct Gathered {
    terms: Terms,
    version: TermsVersion,
    partner: Partner,
    qualified: Shown,
    others_of_type: Vec<OtherAgreement>,
    other_roles: Vec<OtherRole>,
    counterparty: CounterpartyFacts,
    exclusivity: Vec<ExclusivityGrant>,
}

impl Gathered {
    /// Gathers what `agreement` is judged by, with `terms` as it takes them.
    pub(super) fn of(work: &mut Work<'_, '_>, agreement: &Agreement, terms: Terms) -> Result<Self, Problem> {
        let now = work.now()?;
        let conn = work.conn();
        let missing = || Problem::internal(format!("{}: a party is missing", agreement.id));
        // What it starts with, or what it goes on with.
        let counts_on = calendar::today(conn, agreement.network, agreement.master, now)?.max(agreement.starts_on);
        let others = store::binding_of_type(conn, agreement.partner, agreement.type_id)?;
        let others = others.iter().filter(|other| other.id != agreement.id);
        Ok(Self {
            terms,
            version: version(conn, agreement)?,
            partner: partner_of(conn, agreement.network, agreement.partner)?.ok_or_else(missing)?,
            qualified: qualification::shown(conn, agreement.network, agreement.partner, counts_on)?,
            others_of_type: others.map(|other| OtherAgreement { id: other.id, validity: other.validity() }).collect(),
            other_roles: other_roles(conn, agreement)?,
            counterparty: counterparty(conn, agreement)?,
            exclusivity: grants(agreement)?,
        })
    }

    /// The same as if another agreement had ended.
    pub(super) fn without(mut self, other: AgreementId) -> Self {
        self.others_of_type.retain(|it| it.id != other);
        self.other_roles.retain(|it| it.id != other);
        self
    }

    /// The facts. The day that counts as the signing's is the first day: the version in force on it is the one that is signed.
    pub(super) fn facts<'a>(&'a self, agreement: &Agreement) -> AgreementFacts<'a> {
        let Self { terms, version, partner, qualified, others_of_type, other_roles, counterparty, exclusivity } = self;
        AgreementFacts {
            network: agreement.network,
            kind: agreement.kind,
            terms,
            has_special_terms: agreement.special_terms.is_some(),
            version: version.clone(),
            partner: ContractingPartner {
                id: partner.id,
                network: partner.network,
                record: &partner.record,
                qualified: qualified.clone(),
                others_of_type: others_of_type.clone(),
                other_roles: other_roles.clone(),
            },
            counterparty: counterparty.clone(),
            exclusivity: exclusivity.clone(),
            validity: agreement.validity(),
            signed_on: agreement.starts_on,
            language: agreement.language.clone(),
            governing_language: agreement.governing_language.clone(),
            supervised_by: agreement.master,
            named_master: partner.master,
        }
    }

    /// The master that has to supervise `agreement` (D21).
    pub(super) fn supervising_master(&self, agreement: &Agreement) -> MasterId {
        supervising_master(&self.facts(agreement))
    }
}

/// A partner of the network, whoever asks: it sees itself.
pub(super) fn partner_of(conn: &mut Conn, network: NetworkId, id: PartnerId) -> Result<Option<Partner>, Problem> {
    Ok(partner::find(conn, &View { network, company: CompanyId::Partner(id) }, id)?)
}

/// Whether the company is one of the network.
pub(super) fn is_of_network(conn: &mut Conn, network: NetworkId, company: CompanyId) -> Result<bool, Problem> {
    Ok(match company {
        CompanyId::Master(id) => network::find_master(conn, network, id)?.is_some(),
        CompanyId::Partner(id) => partner_of(conn, network, id)?.is_some(),
    })
}

/// The version that the agreement is on. Once it took effect no later version supersedes it: it stays on the one it signed (R90).
fn version(conn: &mut Conn, agreement: &Agreement) -> Result<TermsVersion, Problem> {
    let versions = network::terms_of(conn, agreement.type_id)?;
    let own = versions.iter().find(|version| version.id == agreement.terms_id);
    let own = own.ok_or_else(|| Problem::internal(format!("{}: its terms are missing", agreement.id)))?;
    let signed = matches!(agreement.state, AgreementState::Active | AgreementState::Suspended);
    let later = versions.iter().filter(|version| version.number > own.number).map(|version| version.effective_from).min();
    let texts: Map<String, Value> =
        serde_json::from_str(&own.texts).map_err(|error| Problem::internal(format!("{}: {error}", own.id)))?;
    Ok(TermsVersion {
        effective_from: own.effective_from,
        superseded_from: later.filter(|_| !signed),
        languages: texts.into_iter().map(|(language, _)| language).collect(),
    })
}

/// What the partner is by its other agreements that bind it.
fn other_roles(conn: &mut Conn, agreement: &Agreement) -> Result<Vec<OtherRole>, Problem> {
    let mut roles = Vec::new();
    for held in store::binding_of(conn, agreement.partner)?.into_iter().filter(|held| held.id != agreement.id) {
        let (_, terms) = terms_of(conn, &held)?;
        roles.push(OtherRole {
            id: held.id,
            validity: held.validity(),
            contracts_customers: terms.contracts_customers,
            in_sub_network: held.counterparty.partner().is_some(),
        });
    }
    Ok(roles)
}

fn counterparty(conn: &mut Conn, agreement: &Agreement) -> Result<CounterpartyFacts, Problem> {
    let network = agreement.network;
    let id = match agreement.counterparty {
        CompanyId::Master(id) => return Ok(CounterpartyFacts::Master { id, network }),
        CompanyId::Partner(id) => id,
    };
    let mut agreements = Vec::new();
    // Whom somebody contracts with has to be in force on the first day, and not only then.
    let in_force = store::in_force_of(conn, id, agreement.starts_on)?;
    for held in in_force.into_iter().filter(|held| held.state == AgreementState::Active) {
        let partnership_type = network::find_type(conn, network, held.type_id)?;
        let partnership_type = partnership_type.ok_or_else(|| Problem::internal(format!("{}: no type", held.id)))?.code;
        let (_, terms) = terms_of(conn, &held)?;
        let stage = store::stage_on(conn, held.id, agreement.starts_on)?;
        agreements.push(CounterpartyAgreement {
            partnership_type,
            contracts_customers: terms.contracts_customers,
            sub_network: terms.allows_sub_network(stage.as_deref()),
            supervised_by: held.master,
        });
    }
    Ok(CounterpartyFacts::Partner { id, network, agreements })
}

fn grants(agreement: &Agreement) -> Result<Vec<ExclusivityGrant>, Problem> {
    let Some(text) = &agreement.exclusivity else { return Ok(Vec::new()) };
    let corrupt = |what: String| Problem::internal(format!("{}: {what}", agreement.id));
    let kept: wire::ExclusivityGrant = serde_json::from_str(text).map_err(|error| corrupt(error.to_string()))?;
    let wire::ExclusivityGrant { territory, sector, activity, reason, approved_by } = kept;
    let approved_by: Option<MasterId> = match approved_by {
        Some(id) => Some(id.parse().map_err(|_| corrupt(format!("approved by {id}")))?),
        None => None,
    };
    let scopes =
        [(ExclusivityScope::Territory, territory), (ExclusivityScope::Sector, sector), (ExclusivityScope::Activity, activity)];
    let asked = scopes.into_iter().filter(|(_, named)| named.is_some());
    let reason = reason.unwrap_or_default();
    Ok(asked.map(|(scope, _)| ExclusivityGrant { scope, approved_by, reason: reason.clone() }).collect())
}
