//! Facts that tests start from: a Brazilian company that becomes a reseller, with a master.

use chrono::NaiveDate;

use crate::{
    agreement::{
        AgreementFacts, AgreementKind, ContractingPartner, CounterpartyAgreement, CounterpartyFacts, TermsVersion, Validity,
    },
    id::{Id, MasterId, NetworkId, PartnerId},
    network::{LegalForm, Terms},
    partner::{Country, PartnerRecord, TaxId},
    qualification::Shown,
};

/// An id whose last character tells it apart.
pub(crate) fn id<K>(last: char) -> Id<K>
where
    Id<K>: std::str::FromStr<Err: std::fmt::Debug>,
    K: type_safe_id::StaticType,
{
    format!("{}_01h2xcejqtf2nbrexx3vqjhp4{last}", K::TYPE).parse().unwrap()
}

pub(crate) fn date(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

/// The record of a company that can contract and bill.
pub(crate) fn company() -> PartnerRecord {
    let country = Country::parse("BR").unwrap();
    PartnerRecord {
        legal_form: LegalForm::Company,
        country,
        registration_number: Some("35.300.123".into()),
        tax_id: Some(TaxId::parse(country, "11.222.333/0001-81").unwrap()),
        billing_ability: true,
        support_structure: false,
        technical_qualification: false,
    }
}

/// A standard agreement of a company with master `1`, from 1 March 2026 on, signed on 20 February.
pub(crate) fn facts<'a>(terms: &'a Terms, record: &'a PartnerRecord) -> AgreementFacts<'a> {
    let network: NetworkId = id('1');
    let master: MasterId = id('1');
    AgreementFacts {
        network,
        kind: AgreementKind::Standard,
        terms,
        has_special_terms: false,
        version: TermsVersion {
            effective_from: date(1, 1),
            superseded_from: None,
            languages: ["en".to_owned(), "pt".to_owned()].into(),
        },
        partner: ContractingPartner {
            id: id('1'),
            network,
            record,
            qualified: Shown::new(),
            others_of_type: vec![],
            other_roles: vec![],
        },
        counterparty: CounterpartyFacts::Master { id: master, network },
        exclusivity: vec![],
        validity: Validity { start: date(3, 1), end: None },
        signed_on: date(2, 20),
        language: "pt".into(),
        governing_language: "pt".into(),
        supervised_by: master,
        named_master: master,
    }
}

/// A counterparty that is a reseller with a sub-network, supervised by master `2`.
pub(crate) fn reseller() -> CounterpartyFacts {
    let id: PartnerId = id('2');
    CounterpartyFacts::Partner { id, network: self::id('1'), agreements: vec![reseller_agreement()] }
}

pub(crate) fn reseller_agreement() -> CounterpartyAgreement {
    CounterpartyAgreement {
        partnership_type: "reseller".into(),
        contracts_customers: true,
        sub_network: true,
        supervised_by: id('2'),
    }
}
