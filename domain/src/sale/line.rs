//! Lines: what they cost, who does what on them, and which of them an agreement lets into a sale.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    money::{Currency, Money},
    network::{Duties, Duty, ItemKind, Period, Requirement, RuleRate, Side, Terms},
};

/// A line of a proposal or contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineDraft {
    /// Whose item it is.
    pub item_kind: ItemKind,
    /// The item's code, where it is known.
    pub item: Option<Arc<str>>,
    /// The code of its product line, where it has one.
    pub product_line: Option<Arc<str>>,
    /// What the prices are for.
    pub period: Period,
    /// How many units.
    pub quantity: u32,
    /// The price of one unit for one period before discount, net of tax.
    pub list_price: Money,
    /// The price of one unit for one period after discount, net of tax.
    pub net_price: Money,
    /// The duties that this line gives to another side than the terms do.
    pub duties: BTreeMap<Duty, Side>,
}

/// A line as it is about to be offered, beside what the catalogue says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedLine {
    /// The line.
    pub line: LineDraft,
    /// The catalogue's price of one unit for the period, if it has one. A partner's own items need none.
    pub catalogue_price: Option<Money>,
}

/// The agreement under which a partner takes part in a sale.
#[derive(Debug, Clone, Copy)]
pub struct SaleTerms<'a> {
    /// Its terms, special ones applied.
    pub terms: &'a Terms,
    /// The code of the stage in force on the day of signing (R39).
    pub stage: Option<&'a str>,
    /// The duties that are closed to the partner on the day, each with the requirement that it does not meet (R64, R72).
    pub closed: &'a BTreeMap<Duty, Requirement>,
}

impl SaleTerms<'_> {
    /// The rule that takes its rate from a stage while none is in force: nobody could say what is kept and what is passed on.
    fn lacks_stage(self) -> Option<String> {
        let mut rules = self.terms.rules.iter().filter(|_| self.stage.is_none());
        rules.find(|rule| rule.rate == RuleRate::OfStage).map(|rule| rule.code.clone())
    }
}

/// A broken rule of a sale. An answer lists all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleRefusal {
    /// The line's place, from 0; none when it is about the sale as a whole.
    pub line: Option<usize>,
    /// What is wrong.
    pub fault: LineFault,
}

/// What is wrong with a line, or with all of them together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineFault {
    /// A sale has one line at least.
    NoLines,
    /// A partner sells under an agreement only (R13).
    PartnerWithoutAgreement,
    /// The margin is that of a stage, and the agreement has entered none yet (R39).
    NoStage {
        /// The rule.
        rule: String,
    },
    /// Neither the type nor the stages reached let lines of the kind into a sale (R42, R43).
    KindNotAllowed {
        /// The kind.
        kind: ItemKind,
        /// Those that may be.
        allowed: BTreeSet<ItemKind>,
    },
    /// A promoter is never the contracting party of a network line (R11).
    PromoterContracts,
    /// Maintenance of a network line stays with the master (R80).
    MaintenanceWithPartner,
    /// The side may not have the duty on this line (R53, R88).
    DutyNotAllowed {
        /// The duty.
        duty: Duty,
        /// The side that has it.
        side: Side,
        /// The sides that may.
        allowed: BTreeSet<Side>,
    },
    /// The partner has a duty for which it is not qualified on the day (R64, R72).
    NotQualified {
        /// The duty.
        duty: Duty,
        /// The requirement that it does not meet.
        requirement: Requirement,
        /// The rule that asks for it.
        rule: String,
    },
    /// The line is contracted by the other side than the one that sells (R53).
    NotContractedBySeller {
        /// The side that sells.
        seller: Side,
    },
    /// A quantity of zero.
    NoQuantity,
    /// A price below zero.
    NegativePrice,
    /// The net price is above the list price.
    NetAboveList,
    /// The catalogue has no price for the item, period and currency.
    NoCataloguePrice,
    /// The list price is not the catalogue's.
    ListPriceDiffers {
        /// The catalogue's.
        catalogue: Money,
    },
    /// Not the currency of the first line.
    OtherCurrency {
        /// The first line's.
        expected: Currency,
    },
    /// The amounts of a year are larger than can be held.
    TooLarge,
}

impl LineFault {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoLines => "no_sale_lines",
            Self::PartnerWithoutAgreement => "partner_without_agreement",
            Self::NoStage { .. } => "no_stage_in_force",
            Self::KindNotAllowed { .. } => "kind_not_allowed",
            Self::PromoterContracts => "promoter_contracts",
            Self::MaintenanceWithPartner => "maintenance_with_partner",
            Self::DutyNotAllowed { .. } => "duty_not_allowed",
            Self::NotQualified { .. } => "not_qualified",
            Self::NotContractedBySeller { .. } => "not_contracted_by_seller",
            Self::NoQuantity => "no_quantity",
            Self::NegativePrice => "line_price_negative",
            Self::NetAboveList => "net_above_list",
            Self::NoCataloguePrice => "no_catalogue_price",
            Self::ListPriceDiffers { .. } => "list_price_differs",
            Self::OtherCurrency { .. } => "other_currency",
            Self::TooLarge => "sale_too_large",
        }
    }

    /// The rule that is broken.
    #[must_use]
    pub fn rule(&self) -> &str {
        match self {
            Self::PartnerWithoutAgreement => "R13",
            Self::NoStage { .. } => "R39",
            Self::KindNotAllowed { kind: ItemKind::PartnerHelpdesk, .. } => "R43",
            Self::KindNotAllowed { .. } => "R42",
            Self::PromoterContracts => "R11",
            Self::MaintenanceWithPartner => "R80",
            Self::NotQualified { rule, .. } => rule,
            Self::NoLines | Self::DutyNotAllowed { .. } | Self::NotContractedBySeller { .. } => "R53",
            Self::NoCataloguePrice | Self::ListPriceDiffers { .. } => "R4",
            Self::NoQuantity | Self::NegativePrice | Self::NetAboveList | Self::OtherCurrency { .. } | Self::TooLarge => "D12",
        }
    }
}

/// Who has each duty on a line (R53, R88). Without an agreement a master sells directly and has them all. A partner's own lines
/// are the partner's, but for billing where it is a subcontractor (R66, R74).
#[must_use]
pub fn duties_of(terms: Option<&Terms>, line: &LineDraft) -> Duties {
    let side = |duty: Duty| match terms {
        None => Side::Master,
        Some(terms) if line.item_kind.is_partners() => own_side(terms, duty),
        Some(terms) => terms.duties.get(&duty).map_or(Side::Master, |duty| duty.default),
    };
    let mut duties: Duties = Duty::ALL.into_iter().map(|duty| (duty, side(duty))).collect();
    duties.extend(line.duties.iter().map(|(duty, side)| (*duty, *side)));
    duties
}

/// Whether the sale's partner bills the customer for a line itself, though a master sells: its own services, which it did not
/// subcontract (R69 to R74). What the customer pays for it is its partner's, and none of the contract's annuities.
#[must_use]
pub fn is_billed_apart(seller: Side, kind: ItemKind, duties: &Duties) -> bool {
    seller == Side::Master && kind.is_partners() && duties.get(&Duty::Billing) == Some(&Side::Partner)
}

fn own_side(terms: &Terms, duty: Duty) -> Side {
    if duty == Duty::Billing { terms.own_lines_billed_by } else { Side::Partner }
}

/// Every rule that a sale of these lines breaks; none for one that can be offered. `seller` is the side that contracts the
/// customer; `agreement` is that of the partner that takes part in the sale, as its seller or beside the master.
#[must_use]
pub fn broken_rules(agreement: Option<SaleTerms<'_>>, seller: Side, lines: &[OfferedLine]) -> Vec<SaleRefusal> {
    let mut refusals = Vec::new();
    let mut of_sale = |fault| refusals.push(SaleRefusal { line: None, fault });
    let unbound = agreement.is_none() && seller == Side::Partner;
    if unbound {
        of_sale(LineFault::PartnerWithoutAgreement);
    }
    if let Some(rule) = agreement.and_then(SaleTerms::lacks_stage) {
        of_sale(LineFault::NoStage { rule });
    }
    let Some(first) = lines.first() else {
        of_sale(LineFault::NoLines);
        return refusals;
    };
    let currency = first.line.list_price.currency();
    let kinds = kinds_allowed(agreement, seller);
    for (index, offered) in lines.iter().enumerate() {
        let mut faults = Vec::new();
        // Which kinds and duties a partner may have stands in its agreement: without one there is nothing to hold them against.
        if !unbound {
            if !kinds.contains(&offered.line.item_kind) {
                faults.push(LineFault::KindNotAllowed { kind: offered.line.item_kind, allowed: kinds.clone() });
            }
            duty_faults(agreement.map(|agreement| agreement.terms), seller, &offered.line, &mut faults);
            faults.extend(agreement.into_iter().flat_map(|agreement| unqualified(agreement, &offered.line)));
        }
        price_faults(offered, currency, &mut faults);
        refusals.extend(faults.into_iter().map(|fault| SaleRefusal { line: Some(index), fault }));
    }
    let drafts: Vec<_> = lines.iter().map(|offered| offered.line.clone()).collect();
    let sound = |refusal: &SaleRefusal| !matches!(refusal.fault, LineFault::OtherCurrency { .. } | LineFault::TooLarge);
    if refusals.iter().all(sound) && super::annuity_total(&drafts, 1).is_none() {
        refusals.push(SaleRefusal { line: None, fault: LineFault::TooLarge });
    }
    refusals
}

/// The kinds that the type and every stage reached add up to. What a master sells beside a partner is its own to choose, but
/// for the partner's own lines.
fn kinds_allowed(agreement: Option<SaleTerms<'_>>, seller: Side) -> BTreeSet<ItemKind> {
    let masters = ItemKind::ALL.into_iter().filter(|kind| seller == Side::Master && !kind.is_partners());
    let mut kinds: BTreeSet<_> = masters.collect();
    let Some(SaleTerms { terms, stage, closed: _ }) = agreement else {
        return kinds;
    };
    kinds.extend(&terms.sells);
    if let Some(reached) = stage.and_then(|stage| terms.stages.iter().position(|step| step.code == stage)) {
        kinds.extend(terms.stages.iter().take(reached.saturating_add(1)).flat_map(|step| &step.adds));
    }
    kinds
}

/// Whether terms let each side have the duties that lines give it, where `seller` contracts the customer (R53).
#[must_use]
pub fn keeps_duties(terms: &Terms, seller: Side, lines: &[LineDraft]) -> bool {
    let mut faults = Vec::new();
    for line in lines {
        duty_faults(Some(terms), seller, line, &mut faults);
    }
    faults.is_empty()
}

fn duty_faults(terms: Option<&Terms>, seller: Side, line: &LineDraft, faults: &mut Vec<LineFault>) {
    let duties = duties_of(terms, line);
    let network = line.item_kind.is_network();
    for (duty, side) in &duties {
        let (duty, side) = (*duty, *side);
        if network && side == Side::Partner && duty == Duty::Maintenance {
            faults.push(LineFault::MaintenanceWithPartner);
        } else if network && side == Side::Partner && duty == Duty::Contracting && terms.is_some_and(|t| !t.contracts_customers) {
            faults.push(LineFault::PromoterContracts);
        } else {
            let allowed = sides_allowed(terms, line.item_kind, duty);
            if !allowed.contains(&side) {
                faults.push(LineFault::DutyNotAllowed { duty, side, allowed });
            }
        }
    }
    if !line.item_kind.is_partners() && duties.get(&Duty::Contracting) != Some(&seller) {
        faults.push(LineFault::NotContractedBySeller { seller });
    }
}

/// The duties of a line that the partner has and is not qualified for.
fn unqualified(agreement: SaleTerms<'_>, line: &LineDraft) -> Vec<LineFault> {
    let duties = duties_of(Some(agreement.terms), line);
    let own = agreement.closed.iter().filter(|(duty, _)| duties.get(duty) == Some(&Side::Partner));
    own.map(|(duty, requirement)| {
        let rule = agreement.terms.rule_of(*requirement).to_owned();
        LineFault::NotQualified { duty: *duty, requirement: *requirement, rule }
    })
    .collect()
}

fn sides_allowed(terms: Option<&Terms>, kind: ItemKind, duty: Duty) -> BTreeSet<Side> {
    match terms {
        None => [Side::Master].into(),
        Some(terms) if kind.is_partners() => [own_side(terms, duty)].into(),
        Some(_) if kind == ItemKind::Complementary && duty == Duty::Maintenance => [Side::Partner, Side::Master].into(),
        Some(terms) => terms.duties.get(&duty).map_or_else(BTreeSet::new, |duty| duty.allowed.clone()),
    }
}

fn price_faults(offered: &OfferedLine, currency: Currency, faults: &mut Vec<LineFault>) {
    let line = &offered.line;
    if line.quantity == 0 {
        faults.push(LineFault::NoQuantity);
    }
    if line.list_price.sign().is_lt() || line.net_price.sign().is_lt() {
        faults.push(LineFault::NegativePrice);
    }
    if line.net_price.compare(line.list_price).is_some_and(|order| order.is_gt()) {
        faults.push(LineFault::NetAboveList);
    }
    match offered.catalogue_price {
        Some(catalogue) if catalogue != line.list_price => faults.push(LineFault::ListPriceDiffers { catalogue }),
        None if !line.item_kind.is_partners() => faults.push(LineFault::NoCataloguePrice),
        _ => {}
    }
    if [line.list_price, line.net_price].iter().any(|price| price.currency() != currency) {
        faults.push(LineFault::OtherCurrency { expected: currency });
    } else if super::annuity_lines(std::slice::from_ref(line), 1).is_none() {
        faults.push(LineFault::TooLarge);
    }
}
