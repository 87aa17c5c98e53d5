//! Everybody that the caller may see, in one tree.

use std::collections::BTreeMap;

use domain::{
    id::{AgreementId, CompanyId, PartnerId},
    sub_network::{Branch, Held, Tree, tree},
};
use persistence::{
    agreement::{self, Agreement},
    db::{Conn, Tx},
    network, partner,
    sub_network::names_of,
};

use super::wire::{PartnerTree, TreeAgreement, TreeMaster, TreePartner, TreePromoter};
use crate::{
    access::Caller,
    agreement::terms_of,
    calendar,
    network::{definition::Texts, texts},
    problem::{Language, Problem},
};

/// Shows the tree of today: a master's own, a reseller and its promoters, a promoter itself (D22).
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, language: Language) -> Result<PartnerTree, Problem> {
    let now = tx.now()?;
    let master = match caller.company {
        CompanyId::Master(master) => master,
        CompanyId::Partner(id) => partner::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?.master,
    };
    let on = calendar::today(tx.conn, caller.network, master, now)?;
    let found = agreement::in_force_for(tx.conn, &caller.view(), on)?;
    let held: Vec<Held> = found.iter().map(held).collect();
    let mut shown = Shown::of(tx.conn, &found, language, on)?;
    let mut masters = Vec::new();
    for Tree { master, partners } in tree(&held) {
        let of = network::find_master(tx.conn, caller.network, master)?;
        masters.push(TreeMaster {
            master_id: master.to_string(),
            name: of.map(|of| of.display_name).unwrap_or_default(),
            partners: partners.into_iter().map(|branch| shown.partner(branch)).collect(),
        });
    }
    Ok(PartnerTree { day: on, masters })
}

fn held(agreement: &Agreement) -> Held {
    let Agreement { id, master, partner, counterparty, .. } = agreement;
    Held { id: *id, master: *master, partner: *partner, counterparty: *counterparty }
}

/// Names and agreements as they are shown.
struct Shown {
    names: BTreeMap<PartnerId, String>,
    agreements: BTreeMap<AgreementId, TreeAgreement>,
}

impl Shown {
    fn of(conn: &mut Conn, found: &[Agreement], language: Language, on: chrono::NaiveDate) -> Result<Self, Problem> {
        let partners: Vec<PartnerId> = found.iter().map(|agreement| agreement.partner).collect();
        let names = names_of(conn, &partners)?;
        let mut agreements = BTreeMap::new();
        for agreement in found {
            let Agreement { id, network, type_id, .. } = agreement;
            let of_type = network::find_type(conn, *network, *type_id)?;
            let of_type = of_type.ok_or_else(|| Problem::internal(format!("{id}: no type")))?;
            let stage = agreement::stage_on(conn, *id, on)?;
            let shown = TreeAgreement {
                agreement_id: id.to_string(),
                partnership_type_name: named(&texts(&of_type.names)?, language).unwrap_or_else(|| of_type.code.clone()),
                partnership_type: of_type.code,
                stage_name: stage.as_deref().map(|stage| name_of_stage(conn, agreement, stage, language)).transpose()?,
                stage,
            };
            agreements.insert(*id, shown);
        }
        Ok(Self { names, agreements })
    }

    fn name(&self, partner: PartnerId) -> String {
        self.names.get(&partner).cloned().unwrap_or_default()
    }

    fn agreements(&mut self, of: Vec<AgreementId>) -> Vec<TreeAgreement> {
        of.into_iter().filter_map(|id| self.agreements.remove(&id)).collect()
    }

    fn partner(&mut self, branch: Branch) -> TreePartner {
        let Branch { partner, agreements, promoters } = branch;
        TreePartner {
            partner_id: partner.to_string(),
            name: self.name(partner),
            agreements: self.agreements(agreements),
            promoters: promoters.into_iter().map(|branch| self.promoter(branch)).collect(),
        }
    }

    fn promoter(&mut self, branch: Branch) -> TreePromoter {
        let Branch { partner, agreements, promoters: _ } = branch;
        TreePromoter { partner_id: partner.to_string(), name: self.name(partner), agreements: self.agreements(agreements) }
    }
}

/// What a stage of an agreement's terms is called.
fn name_of_stage(conn: &mut Conn, agreement: &Agreement, stage: &str, language: Language) -> Result<String, Problem> {
    let (document, _) = terms_of(conn, agreement)?;
    let names = document.stages.iter().find(|(code, _)| code.0 == stage).map(|(_, of)| &of.names);
    Ok(names.and_then(|names| named(names, language)).unwrap_or_else(|| stage.to_owned()))
}

/// What something is called in a language, or in the network's default one, which stands first.
fn named(names: &Texts, language: Language) -> Option<String> {
    let wanted = names.0.iter().find(|(code, _)| code.0 == language.tag());
    wanted.or_else(|| names.0.first()).map(|(_, name)| name.clone())
}
