//! Settlements: where the money of one whole contract year goes, and what of it is whose.

use domain::{
    commission::{Evaluation, Settlement, settle},
    id::{AgreementId, AnnuityId, CompanyId},
    ledger::EntryKind,
    money::{Money, Rate},
    sub_network::PromotedYear,
};
use persistence::{db::Tx, sale};

use super::{
    contract_year::{ContractYear, Place, broken, too_large},
    explanation::explained_line,
    reached::Reached,
    takeover::Part,
    wire::{AnnuitySettlement, SettledRule},
};
use crate::{access::Caller, problem::Problem};

/// Shows where the money of a contract year goes. It is the business of the seller, of whoever took the contract over, of the
/// masters that they owe, and of a partner that bills its own lines beside its master's sale: a partner that only brought the sale,
/// or promoted it, does not see what the others earn by it (D22).
pub(super) fn show(tx: &mut Tx<'_>, caller: &Caller, id: AnnuityId) -> Result<AnnuitySettlement, Problem> {
    let annuity = sale::annuity(tx.conn, id)?.filter(|annuity| annuity.network == caller.network);
    let year = ContractYear::load(tx.conn, &annuity.ok_or_else(Problem::not_found)?)?;
    if caller.company == CompanyId::Master(year.annuity.master) {
        return settled(&year);
    }
    if year.bills_apart(caller.company) {
        return beside_the_sale(&year, caller.company);
    }
    let seen = sale::find_annuity(tx.conn, &caller.view(), id)?.is_some() && year.is_answered_by(caller.company);
    let known_as_seller = if seen { Some(caller.company) } else { year.debtor_of(caller.company) };
    as_its_own(&year, caller.company, known_as_seller.ok_or_else(Problem::not_found)?)
}

/// The settlement as a company reads it that knows `seller` as the one that sold: its own part, and those that are owed to it. By whose
/// agreement it was sold is not the business of the partner that took it over (D22).
fn as_its_own(year: &ContractYear, company: CompanyId, seller: CompanyId) -> Result<AnnuitySettlement, Problem> {
    let told = |of: CompanyId| of == company || year.is_owed_by(company, of);
    let whole = settled_parts(year)?;
    let parts: Vec<Part> = whole.iter().filter(|part| told(part.company)).cloned().collect();
    // A year of which it has no day is another company's.
    if parts.is_empty() && !whole.is_empty() {
        return Err(Problem::not_found());
    }
    let mut settlement = settled(year)?;
    settlement.parts = parts.into_iter().map(Into::into).collect();
    if seller != year.contract.seller {
        settlement.seller = seller.into();
        let sold_by = year.contract.seller.to_string();
        settlement.rules.retain(|rule| rule.partner_id != sold_by);
    }
    Ok(settlement)
}

/// What a partner reads that bills its own lines on a contract that its master sold: those, and what its own agreement earns. What
/// the master keeps is the master's business (D22).
fn beside_the_sale(year: &ContractYear, company: CompanyId) -> Result<AnnuitySettlement, Problem> {
    let (apart, nothing) = (year.contracted_apart()?, Money::zero(year.annuity.currency));
    let own = Settlement {
        customer_total: apart,
        network_net: nothing,
        share_due: nothing,
        margin_kept: nothing,
        own_lines: apart,
        other_lines: nothing,
        kept: apart,
        promoter_commissions: nothing,
        uplift_amount: nothing,
        offset_ratio: None,
    };
    let mut parts = settled_parts(year)?;
    parts.retain(|part| part.company == company);
    // A year of which it has no day is another company's.
    if parts.is_empty() {
        return Err(Problem::not_found());
    }
    let mut settlement = told(year, (company, Rate::ZERO), &own, parts, rules(&whole_year(year)?))?;
    settlement.lines.drain(..year.lines.len());
    settlement.rules.retain(|rule| rule.partner_id == company.to_string());
    Ok(settlement)
}

/// What the rules of everybody come to in the whole year.
fn whole_year(year: &ContractYear) -> Result<Vec<(&Place, Evaluation)>, Problem> {
    let reached = Reached::whole(year.contracted()?);
    year.places.iter().map(|place| Ok((place, year.evaluate(place, reached)?))).collect()
}

/// What the partners that do not sell earn by commission, with the agreements by which they do.
fn commissions_of<'y>(
    year: &'y ContractYear,
    evaluated: &'y [(&'y Place, Evaluation)],
) -> impl Iterator<Item = (AgreementId, Money)> + 'y {
    let others = evaluated.iter().filter(move |(place, _)| CompanyId::Partner(place.attribution.partner) != year.contract.seller);
    others.flat_map(|(place, evaluation)| {
        let agreement = place.attribution.agreement;
        let due = evaluation.entitlements.iter().filter(|due| due.kind == EntryKind::Commission);
        due.map(move |due| (agreement, due.amount))
    })
}

fn promoter_commissions(year: &ContractYear, evaluated: &[(&Place, Evaluation)]) -> Result<Money, Problem> {
    let commissions = commissions_of(year, evaluated).map(|(_, amount)| amount);
    Money::sum(commissions, year.annuity.currency).ok_or_else(too_large)
}

/// What a whole year comes to for the sub-network of the partner that sold it (R45, R47).
pub(crate) fn promoted(year: &ContractYear) -> Result<PromotedYear, Problem> {
    let evaluated = whole_year(year)?;
    let sum = promoter_commissions(year, &evaluated)?;
    let uplift = divided(year, sum)?.uplift_amount;
    Ok(PromotedYear { commissions: commissions_of(year, &evaluated).collect(), uplift })
}

/// Where the money of the whole year goes, as its master reads it.
pub(crate) fn settled(year: &ContractYear) -> Result<AnnuitySettlement, Problem> {
    let evaluated = whole_year(year)?;
    let whole = divided(year, promoter_commissions(year, &evaluated)?)?;
    let parts = year.settled_parts(&whole)?;
    let uplift_rate = year.seller().filter(|place| place.attribution.uplift).map(|place| place.terms.margin_uplift);
    let (seller, rules) = ((year.contract.seller, uplift_rate.unwrap_or(Rate::ZERO)), rules(&evaluated));
    match parts.as_slice() {
        [only] if only.company != year.contract.seller => of_taker(year, seller, (&whole, only.clone()), rules),
        _ => told(year, seller, &whole, parts, rules),
    }
}

/// A year that lies wholly after its contract was taken over: whoever answers for it has all of it (D19), and a master both margin
/// and share.
fn of_taker(
    year: &ContractYear,
    (sold_by, uplift_rate): (CompanyId, Rate),
    (whole, part): (&Settlement, Part),
    mut rules: Vec<SettledRule>,
) -> Result<AnnuitySettlement, Problem> {
    let Part { company, answers: _, customer_total, share_due, margin_kept, own_lines, other_lines } = &part;
    let kept = customer_total.checked_sub(*share_due).ok_or_else(too_large)?;
    let (company, passes_on) = (*company, company.partner().is_some());
    let own = Settlement {
        customer_total: *customer_total,
        share_due: *share_due,
        margin_kept: *margin_kept,
        own_lines: *own_lines,
        other_lines: *other_lines,
        kept,
        uplift_amount: if passes_on { whole.uplift_amount } else { Money::zero(year.annuity.currency) },
        offset_ratio: whole.offset_ratio.filter(|_| passes_on),
        ..whole.clone()
    };
    if !passes_on {
        let sold_by = sold_by.to_string();
        rules.retain(|rule| rule.partner_id != sold_by || EntryKind::from(rule.kind).is_partners());
    }
    told(year, (company, if passes_on { uplift_rate } else { Rate::ZERO }), &own, vec![part], rules)
}

fn rules(evaluated: &[(&Place, Evaluation)]) -> Vec<SettledRule> {
    let rules = evaluated.iter().flat_map(|(place, evaluation)| {
        let (partner, agreement) = (place.attribution.partner.to_string(), place.attribution.agreement.to_string());
        evaluation.entitlements.iter().map(move |due| SettledRule::of(partner.clone(), agreement.clone(), due))
    });
    rules.collect()
}

fn told(
    year: &ContractYear,
    (seller, uplift_rate): (CompanyId, Rate),
    settled: &Settlement,
    parts: Vec<Part>,
    rules: Vec<SettledRule>,
) -> Result<AnnuitySettlement, Problem> {
    let annuity = &year.annuity;
    let Settlement {
        customer_total,
        network_net,
        share_due,
        margin_kept,
        own_lines,
        other_lines,
        kept,
        promoter_commissions,
        uplift_amount,
        offset_ratio,
    } = settled;
    let sum = Money::sum([*share_due, *margin_kept, *own_lines, *other_lines], annuity.currency);
    Ok(AnnuitySettlement {
        annuity_id: annuity.id.to_string(),
        contract_id: annuity.contract.to_string(),
        year: annuity.year,
        seller: seller.into(),
        lines: year.all_lines().enumerate().map(|(index, line)| explained_line(index, line)).collect(),
        customer_total: (*customer_total).into(),
        network_total: (*network_net).into(),
        share_due: (*share_due).into(),
        margin_kept: (*margin_kept).into(),
        own_lines: (*own_lines).into(),
        other_lines: (*other_lines).into(),
        kept: (*kept).into(),
        promoter_commissions: (*promoter_commissions).into(),
        uplift_rate: uplift_rate.to_string(),
        uplift: (*uplift_amount).into(),
        offset_ratio: offset_ratio.map(|ratio| ratio.to_string()),
        adds_up: sum == Some(*customer_total),
        rules,
        parts: parts.into_iter().map(Into::into).collect(),
    })
}

/// What of the year is whose, whoever reads it.
fn settled_parts(year: &ContractYear) -> Result<Vec<Part>, Problem> {
    let evaluated = whole_year(year)?;
    let whole = divided(year, promoter_commissions(year, &evaluated)?)?;
    year.settled_parts(&whole)
}

/// The parts of the customer's money. A master that sells keeps all that it bills.
fn divided(year: &ContractYear, commissions: Money) -> Result<Settlement, Problem> {
    let (annuity, contracted) = (&year.annuity, year.contracted()?);
    let settled = match year.seller() {
        Some(place) => settle(&year.facts(place, Reached::whole(contracted)), &place.terms, commissions)
            .map_err(|faults| broken(annuity, &format!("{faults:?}")))?,
        None => None,
    };
    settled.map_or_else(|| year.kept_whole(contracted, commissions), Ok)
}
