use std::collections::BTreeSet;

use super::{
    samples::{company, date, facts, id, reseller, reseller_agreement},
    *,
};
use crate::{
    id::{AgreementId, MasterId, PartnerId},
    network::{
        Exclusivity, LegalForm, Requirement, Terms, TermsFault,
        samples::{terms_of_promoter, terms_of_reseller},
    },
    partner::{Country, PartnerRecord, TaxId},
};

fn of_reseller(spoil: impl FnOnce(&mut AgreementFacts<'_>)) -> Vec<AgreementRefusal> {
    broken(&terms_of_reseller(), &company(), spoil)
}

/// A promoter's agreement with a reseller that master `2` supervises.
fn of_promoter(spoil: impl FnOnce(&mut AgreementFacts<'_>)) -> Vec<AgreementRefusal> {
    broken(&terms_of_promoter(), &company(), |facts| {
        facts.counterparty = reseller();
        facts.supervised_by = id('2');
        spoil(facts);
    })
}

fn broken(terms: &Terms, record: &PartnerRecord, spoil: impl FnOnce(&mut AgreementFacts<'_>)) -> Vec<AgreementRefusal> {
    let mut facts = facts(terms, record);
    spoil(&mut facts);
    broken_rules(&facts)
}

fn counterparty_agreements<'a>(facts: &'a mut AgreementFacts<'_>) -> &'a mut Vec<CounterpartyAgreement> {
    match &mut facts.counterparty {
        CounterpartyFacts::Partner { agreements, .. } => agreements,
        CounterpartyFacts::Master { .. } => panic!("the counterparty is a master"),
    }
}

fn with_master(facts: &mut AgreementFacts<'_>) {
    facts.counterparty = CounterpartyFacts::Master { id: id('1'), network: id('1') };
    facts.supervised_by = id('1');
}

#[test]
fn an_agreement_that_keeps_the_rules_breaks_none() {
    assert_eq!(of_reseller(|_| {}), []);
    assert_eq!(of_promoter(|_| {}), []);
}

#[test]
fn only_the_legal_forms_of_the_type_may_hold_it() {
    for form in LegalForm::ALL {
        let record = PartnerRecord { legal_form: form, ..company() };
        let expected = match form {
            LegalForm::Company => vec![],
            _ => vec![AgreementRefusal::LegalFormNotAllowed { form, allowed: [LegalForm::Company].into() }],
        };
        assert_eq!(broken(&terms_of_reseller(), &record, |_| {}), expected, "{form:?}");
    }
}

#[test]
fn every_requirement_must_be_on_record() {
    let record = PartnerRecord { registration_number: None, tax_id: None, billing_ability: false, ..company() };
    let missing = |requirement: Requirement| AgreementRefusal::RequirementNotOnRecord {
        requirement,
        rule: requirement.usual_rule().to_owned(),
    };
    let expected = [missing(Requirement::RegistrationNumber), missing(Requirement::TaxId), missing(Requirement::BillingAbility)];
    assert_eq!(broken(&terms_of_reseller(), &record, |_| {}), expected);
    let mut demanding = terms_of_reseller();
    demanding.requirements.extend([Requirement::SupportStructure, Requirement::TechnicalQualification]);
    demanding.requirement_rules.insert(Requirement::TechnicalQualification, "R72".to_owned());
    let broken = broken(&demanding, &company(), |_| {});
    let rules: Vec<_> = broken.iter().map(AgreementRefusal::rule).collect();
    assert_eq!(rules, ["R56", "R72"], "by the terms' own rule, else by the requirement's usual one");
}

#[test]
fn a_company_does_not_sign_with_a_natural_persons_tax_id() {
    let cpf = TaxId::parse(Country::parse("BR").unwrap(), "390.533.447-05").unwrap();
    let record = PartnerRecord { tax_id: Some(cpf), ..company() };
    assert_eq!(broken(&terms_of_reseller(), &record, |_| {}), [AgreementRefusal::PersonalTaxId]);
}

#[test]
fn a_reseller_contracts_with_a_master_and_never_with_another_reseller() {
    let with_reseller = |facts: &mut AgreementFacts<'_>| facts.counterparty = reseller();
    assert_eq!(of_reseller(with_reseller), [AgreementRefusal::ResellerInSubNetwork, AgreementRefusal::PartnerNotAllowed]);
    // Not even where special terms name resellers as counterparties.
    let mut terms = terms_of_reseller();
    terms.counterparty.partner_types.insert("reseller".into());
    let special = |facts: &mut AgreementFacts<'_>| {
        facts.counterparty = reseller();
        facts.kind = AgreementKind::Special;
        facts.supervised_by = id('2');
    };
    assert_eq!(broken(&terms, &company(), special), [AgreementRefusal::ResellerInSubNetwork]);
}

#[test]
fn a_promoter_contracts_with_a_master_only_in_a_special_agreement() {
    assert_eq!(of_promoter(with_master), [AgreementRefusal::MasterNotAllowed]);
    let special = |facts: &mut AgreementFacts<'_>| {
        with_master(facts);
        facts.kind = AgreementKind::Special;
    };
    assert_eq!(of_promoter(special), []);
    let mut terms = terms_of_promoter();
    terms.counterparty.special_with_master = false;
    assert_eq!(broken(&terms, &company(), special), [AgreementRefusal::MasterNotAllowed]);
}

#[test]
fn a_promoters_counterparty_holds_an_active_agreement_of_an_allowed_type() {
    let expected = [
        AgreementRefusal::CounterpartyNotQualified { types: ["reseller".to_owned()].into() },
        // Without a reseller, the master named in the application supervises.
        AgreementRefusal::WrongSupervisingMaster { expected: id('1') },
    ];
    assert_eq!(of_promoter(|facts| counterparty_agreements(facts).clear()), expected);
    let other_type = |facts: &mut AgreementFacts<'_>| {
        counterparty_agreements(facts).first_mut().unwrap().partnership_type = "affiliate".into();
    };
    assert_eq!(of_promoter(other_type), expected);
}

#[test]
fn a_promoters_counterparty_contracts_customers() {
    let promoter = |facts: &mut AgreementFacts<'_>| {
        counterparty_agreements(facts).first_mut().unwrap().contracts_customers = false;
        facts.supervised_by = id('1');
    };
    assert_eq!(of_promoter(promoter), [AgreementRefusal::CounterpartyNotNetworkCompany]);
}

#[test]
fn a_reseller_has_no_promoters_before_the_stage_of_the_sub_network() {
    let early = |facts: &mut AgreementFacts<'_>| counterparty_agreements(facts).first_mut().unwrap().sub_network = false;
    assert_eq!(of_promoter(early), [AgreementRefusal::NoSubNetwork]);
    let terms = terms_of_reseller();
    let allowed =
        [None, Some("start"), Some("helpdesk"), Some("network"), Some("moon")].map(|stage| terms.allows_sub_network(stage));
    assert_eq!(allowed, [false, false, false, true, false]);
}

#[test]
fn terms_without_stages_leave_the_sub_network_to_who_contracts_customers() {
    let mut terms = terms_of_reseller();
    terms.stages.clear();
    assert!(terms.allows_sub_network(None));
    assert!(!terms_of_promoter().allows_sub_network(None));
}

#[test]
fn nobody_contracts_with_itself() {
    let alone = |facts: &mut AgreementFacts<'_>| {
        let own: PartnerId = id('2');
        facts.partner.id = own;
    };
    assert_eq!(of_promoter(alone), [AgreementRefusal::SameParties]);
}

#[test]
fn both_parties_belong_to_the_network() {
    let elsewhere = |facts: &mut AgreementFacts<'_>| {
        facts.partner.network = id('2');
        facts.counterparty = CounterpartyFacts::Master { id: id('1'), network: id('2') };
    };
    let expected = [Party::Partner, Party::Counterparty].map(|party| AgreementRefusal::OtherNetwork { party });
    assert_eq!(of_reseller(elsewhere), expected);
}

#[test]
fn at_most_one_agreement_of_a_single_type_is_active_on_any_day() {
    let other: AgreementId = id('9');
    let refused = vec![AgreementRefusal::SecondAgreement { agreement: other }];
    // The new one runs from 10 March to 20 March; another one, from day to day of March:
    let table = [
        (1, Some(9), vec![]),
        (1, Some(10), refused.clone()),
        (12, Some(13), refused.clone()),
        (20, None, refused.clone()),
        (21, None, vec![]),
        (1, None, refused.clone()),
    ];
    for (start, end, expected) in table {
        let validity = Validity { start: date(3, start), end: end.map(|end| date(3, end)) };
        let second = |facts: &mut AgreementFacts<'_>| {
            facts.validity = Validity { start: date(3, 10), end: Some(date(3, 20)) };
            facts.partner.others_of_type = vec![OtherAgreement { id: other, validity }];
        };
        assert_eq!(of_reseller(second), expected, "from {start} to {end:?}");
        assert_eq!(of_promoter(second), [], "promoters may have several");
    }
}

#[test]
fn r44_whoever_contracts_customers_is_in_no_sub_network_on_any_day() {
    // The new one runs from 10 March to 20 March; another one, from day to day of March:
    let table = [(1, Some(9), false), (1, Some(10), true), (12, Some(13), true), (20, None, true), (21, None, false)];
    for (start, end, meets) in table {
        let validity = Validity { start: date(3, start), end: end.map(|end| date(3, end)) };
        let with = |contracts_customers, in_sub_network| {
            move |facts: &mut AgreementFacts<'_>| {
                facts.validity = Validity { start: date(3, 10), end: Some(date(3, 20)) };
                facts.partner.other_roles = vec![OtherRole { id: id('9'), validity, contracts_customers, in_sub_network }];
            }
        };
        let refused = |refusal| if meets { vec![refusal] } else { vec![] };
        assert_eq!(of_promoter(with(true, false)), refused(AgreementRefusal::ResellerInSubNetwork), "from {start} to {end:?}");
        assert_eq!(of_reseller(with(false, true)), refused(AgreementRefusal::PromoterContracts), "from {start} to {end:?}");
        // An instructor's agreement is with a master; a promoter may serve several resellers.
        assert_eq!((of_promoter(with(false, true)), of_reseller(with(false, false))), (vec![], vec![]));
    }
}

#[test]
fn exclusivity_by_territory_is_always_refused() {
    let territory = |facts: &mut AgreementFacts<'_>| {
        facts.kind = AgreementKind::Special;
        let reason = "sole partner there".into();
        facts.exclusivity = vec![ExclusivityGrant { scope: ExclusivityScope::Territory, approved_by: Some(id('1')), reason }];
    };
    assert_eq!(of_reseller(territory), [AgreementRefusal::TerritoryExclusivity]);
}

#[test]
fn exclusivity_by_sector_or_activity_needs_a_special_agreement_an_approval_and_a_reason() {
    let master: MasterId = id('1');
    for scope in [ExclusivityScope::Sector, ExclusivityScope::Activity] {
        let with = |kind, approved_by, reason: &str, exclusivity| {
            let mut terms = terms_of_reseller();
            terms.exclusivity = exclusivity;
            broken(&terms, &company(), |facts| {
                facts.kind = kind;
                facts.exclusivity = vec![ExclusivityGrant { scope, approved_by, reason: reason.into() }];
            })
        };
        let allowed = Exclusivity::SpecialSectorOrActivity;
        assert_eq!(with(AgreementKind::Special, Some(master), "wine", allowed), []);
        let standard = [AgreementRefusal::ExclusivityNeedsSpecial { scope }];
        assert_eq!(with(AgreementKind::Standard, Some(master), "wine", allowed), standard);
        let unapproved = [AgreementRefusal::ExclusivityNotApproved { scope }];
        assert_eq!(with(AgreementKind::Special, None, "wine", allowed), unapproved);
        let without_reason = [AgreementRefusal::ExclusivityWithoutReason { scope }];
        assert_eq!(with(AgreementKind::Special, Some(master), " ", allowed), without_reason);
        let never = [AgreementRefusal::ExclusivityNotAllowed { scope }];
        assert_eq!(with(AgreementKind::Special, Some(master), "wine", Exclusivity::Never), never);
    }
}

#[test]
fn special_terms_need_a_special_agreement() {
    assert_eq!(of_reseller(|facts| facts.has_special_terms = true), [AgreementRefusal::SpecialTermsInStandard]);
    let special = |facts: &mut AgreementFacts<'_>| {
        facts.has_special_terms = true;
        facts.kind = AgreementKind::Special;
    };
    assert_eq!(of_reseller(special), []);
}

#[test]
fn special_terms_bring_no_contradiction_in() {
    let mut terms = terms_of_reseller();
    terms.margin_uplift = "0.9".parse().unwrap();
    let refusals = broken(&terms, &company(), |facts| facts.kind = AgreementKind::Special);
    let fault =
        |stage: &str| AgreementRefusal::ContradictoryTerms { fault: TermsFault::MarginAboveWhole { stage: stage.into() } };
    assert_eq!(refusals, ["start", "services", "helpdesk", "network"].map(fault));
}

#[test]
fn an_agreement_does_not_end_before_it_starts() {
    let ending = |day| {
        of_reseller(|facts: &mut AgreementFacts<'_>| {
            facts.validity = Validity { start: date(3, 10), end: Some(date(3, day)) };
        })
    };
    assert_eq!(ending(9), [AgreementRefusal::EndBeforeStart]);
    assert_eq!(ending(10), []);
}

#[test]
fn both_languages_are_among_those_of_the_terms() {
    let offered: BTreeSet<String> = ["en".to_owned(), "pt".to_owned()].into();
    let not_offered =
        |language: &str| AgreementRefusal::LanguageNotOffered { language: language.into(), offered: offered.clone() };
    assert_eq!(of_reseller(|facts| facts.language = "fr".into()), [not_offered("fr")]);
    assert_eq!(of_reseller(|facts| facts.governing_language = "es".into()), [not_offered("es")]);
    let both = |facts: &mut AgreementFacts<'_>| (facts.language, facts.governing_language) = ("fr".into(), "fr".into());
    assert_eq!(of_reseller(both), [not_offered("fr")]);
    assert_eq!(of_reseller(|facts| facts.governing_language = "en".into()), []);
}

#[test]
fn the_version_of_the_terms_is_the_one_of_the_signing_date() {
    let signed = |day| {
        of_reseller(|facts| {
            facts.version.effective_from = date(2, 10);
            facts.version.superseded_from = Some(date(2, 15));
            facts.signed_on = date(2, day);
        })
    };
    assert_eq!(signed(9), [AgreementRefusal::TermsNotEffective { from: date(2, 10) }]);
    assert_eq!(signed(10), []);
    assert_eq!(signed(14), []);
    assert_eq!(signed(15), [AgreementRefusal::TermsSuperseded { since: date(2, 15) }]);
}

#[test]
fn the_master_of_the_reseller_party_supervises() {
    let expected: MasterId = id('2');
    assert_eq!(of_promoter(|facts| facts.supervised_by = id('1')), [AgreementRefusal::WrongSupervisingMaster { expected }]);
    let other_first = |facts: &mut AgreementFacts<'_>| {
        let promoter = CounterpartyAgreement {
            partnership_type: "client-manager".into(),
            contracts_customers: false,
            sub_network: false,
            supervised_by: id('3'),
        };
        *counterparty_agreements(facts) = vec![promoter, reseller_agreement()];
    };
    assert_eq!(of_promoter(other_first), []);
    let with_other_master = |facts: &mut AgreementFacts<'_>| {
        facts.counterparty = CounterpartyFacts::Master { id: expected, network: id('1') };
    };
    assert_eq!(of_reseller(with_other_master), [AgreementRefusal::WrongSupervisingMaster { expected }]);
}

#[test]
fn every_broken_rule_is_told_at_once() {
    let record = PartnerRecord { legal_form: LegalForm::NaturalPerson, tax_id: None, ..company() };
    let refusals = broken(&terms_of_reseller(), &record, |facts| {
        facts.counterparty = reseller();
        facts.has_special_terms = true;
        facts.language = "fr".into();
    });
    let codes: Vec<_> = refusals.iter().map(AgreementRefusal::code).collect();
    let expected = [
        "legal_form_not_allowed",
        "requirement_not_on_record",
        "reseller_in_sub_network",
        "partner_not_allowed",
        "special_terms_in_standard",
        "language_not_offered",
    ];
    assert_eq!(codes, expected);
}
