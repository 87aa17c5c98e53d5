//! Who stands under whom: masters, the partners that contract with them, and the promoters of these (R26, R27, R29, R44).

use std::collections::BTreeMap;

use crate::id::{AgreementId, CompanyId, MasterId, PartnerId};

/// An agreement in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Its id.
    pub id: AgreementId,
    /// The master that supervises it.
    pub master: MasterId,
    /// The partner.
    pub partner: PartnerId,
    /// The other party.
    pub counterparty: CompanyId,
}

/// A partner with the agreements by which it stands where it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// The partner.
    pub partner: PartnerId,
    /// Those agreements.
    pub agreements: Vec<AgreementId>,
    /// Its promoters; a promoter has none, since a sub-network is one level deep (R44).
    pub promoters: Vec<Branch>,
}

/// A master with everybody who stands under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// The master.
    pub master: MasterId,
    /// The partners that contract with it, and promoters whose reseller is not among what was given.
    pub partners: Vec<Branch>,
}

/// The trees that agreements make, masters and partners in the order of their ids.
#[must_use]
pub fn tree(held: &[Held]) -> Vec<Tree> {
    let mut roots: BTreeMap<MasterId, BTreeMap<PartnerId, Branch>> = BTreeMap::new();
    let grow = |branches: &mut BTreeMap<PartnerId, Branch>, of: &Held| {
        let branch = || Branch { partner: of.partner, agreements: Vec::new(), promoters: Vec::new() };
        branches.entry(of.partner).or_insert_with(branch).agreements.push(of.id);
    };
    let resellers: Vec<PartnerId> = held.iter().filter(|it| it.counterparty.master().is_some()).map(|it| it.partner).collect();
    let served = |of: &Held| of.counterparty.partner().filter(|reseller| resellers.contains(reseller));
    for of in held.iter().filter(|of| served(of).is_none()) {
        grow(roots.entry(of.master).or_default(), of);
    }
    for branches in roots.values_mut() {
        for branch in branches.values_mut() {
            let mut promoters = BTreeMap::new();
            let own = held.iter().filter(|of| served(of) == Some(branch.partner));
            own.for_each(|of| grow(&mut promoters, of));
            branch.promoters = promoters.into_values().collect();
        }
    }
    roots.into_iter().map(|(master, branches)| Tree { master, partners: branches.into_values().collect() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{Id, StaticType};

    fn id<K: StaticType>(last: char) -> Id<K> {
        format!("{}_01h2xcejqtf2nbrexx3vqjhp4{last}", K::TYPE).parse().unwrap()
    }

    fn held(agreement: char, master: char, partner: char, counterparty: CompanyId) -> Held {
        Held { id: id(agreement), master: id(master), partner: id(partner), counterparty }
    }

    fn with_master(agreement: char, master: char, partner: char) -> Held {
        held(agreement, master, partner, CompanyId::Master(id(master)))
    }

    fn branch(partner: char, agreements: &[char], promoters: Vec<Branch>) -> Branch {
        Branch { partner: id(partner), agreements: agreements.iter().map(|it| id(*it)).collect(), promoters }
    }

    #[test]
    fn r44_promoters_stand_under_their_reseller_and_resellers_under_their_master() {
        let reseller = CompanyId::Partner(id('1'));
        let all = [
            held('5', '1', '3', reseller),
            with_master('4', '1', '1'),
            held('6', '1', '3', reseller),
            with_master('7', '2', '5'),
            held('8', '1', '2', reseller),
        ];
        let expected = [
            Tree {
                master: id('1'),
                partners: vec![branch('1', &['4'], vec![branch('2', &['8'], vec![]), branch('3', &['5', '6'], vec![])])],
            },
            Tree { master: id('2'), partners: vec![branch('5', &['7'], vec![])] },
        ];
        assert_eq!(tree(&all), expected);
    }

    #[test]
    fn d22_a_promoter_alone_stands_without_its_reseller() {
        let alone = held('5', '1', '3', CompanyId::Partner(id('1')));
        assert_eq!(tree(&[alone]), [Tree { master: id('1'), partners: vec![branch('3', &['5'], vec![])] }]);
        assert_eq!(tree(&[]), []);
    }
}
