use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::{
    money::{Currency, Money},
    network::{
        Duties, Duty, DutyTerms, ItemKind, Period, Requirement, Side, Terms,
        samples::{terms_of_promoter, terms_of_reseller},
    },
};

/// Nothing is closed to a qualified partner.
static NONE: BTreeMap<Duty, Requirement> = BTreeMap::new();

fn eur(minor: i64) -> Money {
    Money::from_minor(minor, Currency::EUR)
}

/// One unit a year of 1,200.00 at the catalogue's price.
fn offered(item_kind: ItemKind) -> OfferedLine {
    let line = LineDraft {
        item: None,
        product_line: None,
        item_kind,
        period: Period::Year,
        quantity: 1,
        list_price: eur(120_000),
        net_price: eur(120_000),
        duties: BTreeMap::new(),
    };
    OfferedLine { line, catalogue_price: Some(eur(120_000)) }
}

fn with_duty(kind: ItemKind, duty: Duty, side: Side) -> OfferedLine {
    let mut offered = offered(kind);
    offered.line.duties.insert(duty, side);
    offered
}

fn module(spoil: impl FnOnce(&mut OfferedLine)) -> OfferedLine {
    let mut offered = offered(ItemKind::NetworkModule);
    spoil(&mut offered);
    offered
}

fn at_stage<'a>(terms: &'a Terms, stage: &'a str) -> Option<SaleTerms<'a>> {
    Some(SaleTerms { terms, stage: Some(stage), closed: &NONE })
}

fn faults(agreement: Option<SaleTerms<'_>>, seller: Side, line: OfferedLine) -> Vec<LineFault> {
    let refusals = broken_rules(agreement, seller, &[line]);
    assert!(refusals.iter().all(|refusal| refusal.line == Some(0)), "{refusals:?}");
    refusals.into_iter().map(|refusal| refusal.fault).collect()
}

fn of_reseller(line: OfferedLine) -> Vec<LineFault> {
    faults(at_stage(&terms_of_reseller(), "helpdesk"), Side::Partner, line)
}

fn duties(terms: Option<&Terms>, line: &OfferedLine) -> Vec<Side> {
    duties_of(terms, &line.line).into_values().collect()
}

const ALL_WITH_PARTNER: [Side; 7] = [Side::Partner; 7];
const ALL_WITH_MASTER: [Side; 7] = [Side::Master; 7];

#[test]
fn a_network_line_has_the_duties_of_its_terms_but_for_what_it_says_itself() {
    let terms = terms_of_reseller();
    let (p, m) = (Side::Partner, Side::Master);
    assert_eq!(duties(Some(&terms), &offered(ItemKind::NetworkModule)), [p, p, p, p, p, m, m]);
    assert_eq!(duties(Some(&terms), &with_duty(ItemKind::NetworkService, Duty::Support, p)), [p, p, p, p, p, p, m]);
    assert_eq!(duties(Some(&terms), &offered(ItemKind::Complementary)), [p, p, p, p, p, m, m]);
}

#[test]
fn a_partners_own_line_is_the_partners_but_for_billing_as_a_subcontractor() {
    let mut terms = terms_of_reseller();
    for kind in [ItemKind::PartnerOwn, ItemKind::PartnerHelpdesk] {
        terms.own_lines_billed_by = Side::Partner;
        assert_eq!(duties(Some(&terms), &offered(kind)), ALL_WITH_PARTNER);
        terms.own_lines_billed_by = Side::Master;
        let mut subcontracted = ALL_WITH_PARTNER;
        subcontracted[1] = Side::Master;
        assert_eq!(duties(Some(&terms), &offered(kind)), subcontracted);
    }
}

#[test]
fn a_master_that_sells_directly_has_every_duty() {
    assert_eq!(duties(None, &offered(ItemKind::NetworkModule)), ALL_WITH_MASTER);
    assert_eq!(faults(None, Side::Master, offered(ItemKind::NetworkModule)), []);
    assert_eq!(faults(None, Side::Master, offered(ItemKind::Complementary)), []);
    let given_away = faults(None, Side::Master, with_duty(ItemKind::NetworkModule, Duty::Support, Side::Partner));
    let allowed = [Side::Master].into();
    assert_eq!(given_away, [LineFault::DutyNotAllowed { duty: Duty::Support, side: Side::Partner, allowed }]);
}

#[test]
fn a_partner_sells_under_an_agreement_only() {
    let refusals = broken_rules(None, Side::Partner, &[]);
    let of_sale = |fault| SaleRefusal { line: None, fault };
    assert_eq!(refusals, [of_sale(LineFault::PartnerWithoutAgreement), of_sale(LineFault::NoLines)]);
    let dear = module(|offered| offered.line.net_price = eur(120_001));
    let above = SaleRefusal { line: Some(0), fault: LineFault::NetAboveList };
    assert_eq!(broken_rules(None, Side::Partner, &[dear]), [of_sale(LineFault::PartnerWithoutAgreement), above]);
}

#[test]
fn a_reseller_sells_network_lines_and_its_own() {
    for kind in [ItemKind::NetworkModule, ItemKind::NetworkService, ItemKind::PartnerOwn, ItemKind::PartnerHelpdesk] {
        assert_eq!(of_reseller(offered(kind)), [], "{kind:?}");
    }
    assert_eq!(of_reseller(with_duty(ItemKind::NetworkModule, Duty::Support, Side::Partner)), []);
}

#[test]
fn a_kind_of_line_is_sold_from_its_stage_on_and_not_before() {
    let mut terms = terms_of_reseller();
    // Each stage names what is new in it only; what earlier ones brought stays.
    for stage in &mut terms.stages {
        match stage.code.as_str() {
            "helpdesk" => stage.adds = [ItemKind::PartnerHelpdesk].into(),
            "network" => stage.adds = BTreeSet::new(),
            _ => {}
        }
    }
    let table = [
        ("start", false, false),
        ("services", true, false),
        ("helpdesk", true, true),
        ("network", true, true),
        ("moon", false, false),
    ];
    for (stage, own, helpdesk) in table {
        for (kind, allowed) in
            [(ItemKind::PartnerOwn, own), (ItemKind::PartnerHelpdesk, helpdesk), (ItemKind::NetworkModule, true)]
        {
            let faults = faults(at_stage(&terms, stage), Side::Partner, offered(kind));
            assert_eq!(faults.is_empty(), allowed, "{kind:?} at {stage}: {faults:?}");
        }
    }
    let early = faults(at_stage(&terms, "services"), Side::Partner, offered(ItemKind::PartnerHelpdesk));
    let allowed = [ItemKind::NetworkModule, ItemKind::NetworkService, ItemKind::PartnerOwn].into();
    assert_eq!(early, [LineFault::KindNotAllowed { kind: ItemKind::PartnerHelpdesk, allowed }]);
    assert_eq!(early.first().map(LineFault::rule), Some("R43"));
}

#[test]
fn a_master_chooses_its_own_lines_beside_a_partner_but_not_the_partners() {
    let terms = terms_of_promoter();
    let beside = |kind| faults(at_stage(&terms, ""), Side::Master, offered(kind));
    assert_eq!(beside(ItemKind::Complementary), []);
    assert_eq!(beside(ItemKind::PartnerOwn).iter().map(LineFault::code).collect::<Vec<_>>(), ["kind_not_allowed"]);
    let mut integrator = terms_of_promoter();
    integrator.sells.insert(ItemKind::PartnerOwn);
    integrator.own_lines_billed_by = Side::Master;
    assert_eq!(faults(at_stage(&integrator, ""), Side::Master, offered(ItemKind::PartnerOwn)), []);
}

#[test]
fn a_promoter_never_contracts_a_network_line() {
    let terms = terms_of_promoter();
    let line = with_duty(ItemKind::NetworkModule, Duty::Contracting, Side::Partner);
    assert_eq!(faults(at_stage(&terms, ""), Side::Partner, line), [LineFault::PromoterContracts]);
    assert_eq!(faults(at_stage(&terms, ""), Side::Master, offered(ItemKind::NetworkModule)), []);
}

#[test]
fn maintenance_of_a_network_line_stays_with_the_master() {
    let with_partner = |kind| of_reseller(with_duty(kind, Duty::Maintenance, Side::Partner));
    assert_eq!(with_partner(ItemKind::NetworkModule), [LineFault::MaintenanceWithPartner]);
    assert_eq!(with_partner(ItemKind::NetworkService), [LineFault::MaintenanceWithPartner]);
    let mut terms = terms_of_reseller();
    terms.sells.insert(ItemKind::Complementary);
    let complementary = with_duty(ItemKind::Complementary, Duty::Maintenance, Side::Partner);
    assert_eq!(faults(at_stage(&terms, "start"), Side::Partner, complementary), []);
}

#[test]
fn a_duty_goes_only_to_a_side_that_the_type_allows() {
    let mut terms = terms_of_reseller();
    terms.duties.insert(Duty::Support, DutyTerms { default: Side::Partner, allowed: [Side::Partner].into() });
    let line = with_duty(ItemKind::NetworkModule, Duty::Support, Side::Master);
    let not_allowed = |duty, side, allowed: Side| LineFault::DutyNotAllowed { duty, side, allowed: [allowed].into() };
    let expected = [not_allowed(Duty::Support, Side::Master, Side::Partner)];
    assert_eq!(faults(at_stage(&terms, "start"), Side::Partner, line), expected);
    let own = of_reseller(with_duty(ItemKind::PartnerOwn, Duty::Billing, Side::Master));
    assert_eq!(own, [not_allowed(Duty::Billing, Side::Master, Side::Partner)]);
}

#[test]
fn who_sells_contracts_the_network_lines() {
    let terms = terms_of_reseller();
    let line = offered(ItemKind::NetworkModule);
    let expected = [LineFault::NotContractedBySeller { seller: Side::Master }];
    assert_eq!(faults(at_stage(&terms, "start"), Side::Master, line), expected);
    let promoter = faults(at_stage(&terms_of_promoter(), ""), Side::Partner, offered(ItemKind::NetworkModule));
    assert_eq!(promoter, [LineFault::NotContractedBySeller { seller: Side::Partner }]);
}

#[test]
fn prices_and_quantities_are_sound() {
    assert_eq!(of_reseller(module(|offered| offered.line.quantity = 0)), [LineFault::NoQuantity]);
    assert_eq!(of_reseller(module(|offered| offered.line.net_price = eur(-1))), [LineFault::NegativePrice]);
    assert_eq!(of_reseller(module(|offered| offered.line.net_price = eur(0))), []);
    assert_eq!(of_reseller(module(|offered| offered.line.net_price = eur(119_999))), []);
    assert_eq!(of_reseller(module(|offered| offered.line.net_price = eur(120_001))), [LineFault::NetAboveList]);
}

#[test]
fn the_list_price_is_the_catalogues() {
    let catalogue = eur(120_001);
    let differs = [LineFault::ListPriceDiffers { catalogue }];
    assert_eq!(of_reseller(module(|offered| offered.catalogue_price = Some(catalogue))), differs);
    assert_eq!(of_reseller(module(|offered| offered.catalogue_price = None)), [LineFault::NoCataloguePrice]);
    let own = OfferedLine { catalogue_price: None, ..offered(ItemKind::PartnerOwn) };
    assert_eq!(of_reseller(own), []);
}

#[test]
fn a_sale_has_one_currency() {
    let terms = terms_of_reseller();
    let reais = Money::from_minor(120_000, Currency::BRL);
    let second = module(|offered| {
        offered.line.list_price = reais;
        offered.line.net_price = reais;
        offered.catalogue_price = Some(reais);
    });
    let refusals = broken_rules(at_stage(&terms, "start"), Side::Partner, &[offered(ItemKind::NetworkModule), second]);
    let fault = LineFault::OtherCurrency { expected: Currency::EUR };
    assert_eq!(refusals, [SaleRefusal { line: Some(1), fault: fault.clone() }]);
    assert_eq!(of_reseller(module(|offered| offered.line.net_price = reais)), [fault]);
}

#[test]
fn amounts_that_cannot_be_held_are_refused() {
    let priced = |minor| {
        module(|offered| {
            offered.line.list_price = eur(minor);
            offered.catalogue_price = Some(eur(minor));
        })
    };
    assert_eq!(of_reseller(priced(i64::MAX)), []);
    let twice = OfferedLine { line: LineDraft { quantity: 2, ..priced(i64::MAX).line }, catalogue_price: Some(eur(i64::MAX)) };
    assert_eq!(of_reseller(twice), [LineFault::TooLarge]);
    let together = broken_rules(
        at_stage(&terms_of_reseller(), "start"),
        Side::Partner,
        &[priced(i64::MAX), offered(ItemKind::NetworkModule)],
    );
    assert_eq!(together, [SaleRefusal { line: None, fault: LineFault::TooLarge }]);
}

#[test]
fn every_fault_of_every_line_is_told_at_once() {
    let terms = terms_of_reseller();
    let lines = [
        with_duty(ItemKind::NetworkModule, Duty::Maintenance, Side::Partner),
        offered(ItemKind::PartnerOwn),
        module(|offered| {
            offered.line.quantity = 0;
            offered.line.net_price = eur(120_001);
            offered.catalogue_price = None;
        }),
    ];
    let refusals = broken_rules(at_stage(&terms, "start"), Side::Partner, &lines);
    let found: Vec<_> = refusals.iter().map(|refusal| (refusal.line, refusal.fault.code())).collect();
    let expected = [
        (Some(0), "maintenance_with_partner"),
        (Some(1), "kind_not_allowed"),
        (Some(2), "no_quantity"),
        (Some(2), "net_above_list"),
        (Some(2), "no_catalogue_price"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_margin_of_a_stage_needs_a_stage() {
    let terms = terms_of_reseller();
    let broken = |stage| {
        broken_rules(Some(SaleTerms { terms: &terms, stage, closed: &NONE }), Side::Partner, &[offered(ItemKind::NetworkModule)])
    };
    assert_eq!(broken(None), [SaleRefusal { line: None, fault: LineFault::NoStage { rule: "margin".to_owned() } }]);
    assert_eq!(broken(Some("helpdesk")), []);
    // Terms without stages need none.
    let promoter = terms_of_promoter();
    let of_promoter = SaleTerms { terms: &promoter, stage: None, closed: &NONE };
    assert_eq!(broken_rules(Some(of_promoter), Side::Master, &[offered(ItemKind::NetworkModule)]), []);
}

#[test]
fn r64_an_unqualified_partner_is_refused_the_start_up_it_would_do_and_not_what_the_master_does() {
    let technical = Requirement::TechnicalQualification;
    let closed = BTreeMap::from([(Duty::StartUp, technical), (Duty::Integration, technical)]);
    let start_up = DutyTerms { default: Side::Partner, allowed: [Side::Partner, Side::Master].into() };
    let mut terms = terms_of_reseller();
    terms.duties.insert(Duty::StartUp, start_up.clone());
    terms.duties.insert(Duty::Integration, DutyTerms { default: Side::Master, ..start_up });
    let agreement = SaleTerms { terms: &terms, stage: Some("helpdesk"), closed: &closed };
    let refused = LineFault::NotQualified { duty: Duty::StartUp, requirement: technical, rule: "R64".to_owned() };
    assert_eq!((refused.code(), refused.rule()), ("not_qualified", "R64"));
    assert_eq!(faults(Some(agreement), Side::Partner, offered(ItemKind::NetworkModule)), [refused]);
    let by_master = with_duty(ItemKind::NetworkModule, Duty::StartUp, Side::Master);
    assert_eq!(faults(Some(agreement), Side::Partner, by_master), []);
    // What is the partner's own is started up by the partner.
    assert_eq!(faults(Some(agreement), Side::Partner, offered(ItemKind::PartnerOwn)).len(), 2);
}

#[test]
fn r74_only_a_partners_own_line_that_it_bills_beside_a_masters_sale_is_apart() {
    let billed_by = |side| Duties::from([(Duty::Contracting, Side::Partner), (Duty::Billing, side)]);
    let cases = [
        (Side::Master, ItemKind::PartnerOwn, Side::Partner, true),
        (Side::Master, ItemKind::PartnerHelpdesk, Side::Partner, true),
        // R66: subcontracted services are billed by the master.
        (Side::Master, ItemKind::PartnerOwn, Side::Master, false),
        (Side::Master, ItemKind::NetworkService, Side::Partner, false),
        // R42: what a reseller sells itself stands on its own contract.
        (Side::Partner, ItemKind::PartnerOwn, Side::Partner, false),
    ];
    for (seller, kind, billing, apart) in cases {
        assert_eq!(is_billed_apart(seller, kind, &billed_by(billing)), apart, "{seller:?} {kind:?} {billing:?}");
    }
}
