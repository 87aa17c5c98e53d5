//! What stands in a company's way on a prospect: protections of others and pursuits of masters, less what a master lets it do in
//! spite of them (R36).
//!
//! The refusal is the same whatever the cause, and has the members of a `not_found`: nothing in it tells who, when or until when
//! (D22). The same statements are made whatever they find.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{
    id::{CompanyId, MasterId, PartnerId, PursuitId, RegistrationId},
    registration::Scope,
};
use persistence::{agreement, pursuit, registration as store};

use crate::{
    agreement::terms_of,
    calendar,
    problem::{Code, Problem},
    write::Work,
};

/// What stands on a prospect in a scope at an instant.
pub(super) struct Obstacles {
    protections: Vec<store::Registration>,
    pursuits: Vec<(PursuitId, MasterId)>,
}

impl Obstacles {
    /// Finds them, whoever may see them.
    pub(super) fn on(work: &mut Work<'_, '_>, keys: &[String], scope: &Scope) -> Result<Self, Problem> {
        let (network, now) = (work.caller()?.network, work.now()?);
        let mut protections = store::accepted_for(work.conn(), network, keys, scope)?;
        protections.retain(|it| it.status.is_protecting(now));
        let pursuits = pursuit::open_for(work.conn(), network, keys, scope)?;
        Ok(Self { protections, pursuits })
    }

    /// Leaves out what is the company's own.
    pub(super) fn of_others_than(mut self, company: CompanyId) -> Self {
        self.protections.retain(|it| company != CompanyId::Partner(it.partner));
        self.pursuits.retain(|(_, master)| company != CompanyId::Master(*master));
        self
    }

    /// The pursuits among them, with their masters.
    pub(super) fn pursuits(&self) -> &[(PursuitId, MasterId)] {
        &self.pursuits
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.protections.is_empty() && self.pursuits.is_empty()
    }

    /// Refuses whatever is left.
    fn refuse(&self) -> Result<(), Problem> {
        if self.is_empty() { Ok(()) } else { Err(Problem::new(Code::ProspectNotAvailable)) }
    }
}

/// An override in force, with the master that contracts for its company where that contracts nobody itself.
struct InForce(store::Override, MasterId);

/// The overrides of these protections that are in force now.
fn overrides_of(work: &mut Work<'_, '_>, protections: &[store::Registration]) -> Result<Vec<InForce>, Problem> {
    let now = work.now()?;
    let ids: Vec<_> = protections.iter().map(|it| it.id).collect();
    let mut in_force = Vec::new();
    for (given, contracts) in store::overrides_of(work.conn(), &ids)? {
        let today: NaiveDate = calendar::today(work.conn(), given.network, given.master, now)?;
        if given.is_in_force(today) {
            in_force.push(InForce(given, contracts));
        }
    }
    Ok(in_force)
}

/// Refuses a customer of `company` that a protection or a pursuit of another one keeps off (R36). An override lets its company
/// have the customer, or the master that contracts what the company brings; and the company that contracts for the holder does not
/// compete with it (R11, R26).
///
/// # Errors
/// `prospect_not_available`.
pub(crate) fn ensure_free_as_customer(work: &mut Work<'_, '_>, keys: &[String], company: CompanyId) -> Result<(), Problem> {
    let mut found = Obstacles::on(work, keys, &Scope::Whole)?.of_others_than(company);
    let overrides = overrides_of(work, &found.protections)?;
    let contracting = contracting_for(work, &found.protections)?;
    found.protections.retain(|it| {
        let lets_have = |InForce(given, contracts): &InForce| {
            given.registration == it.id && (given.company == company || company == CompanyId::Master(*contracts))
        };
        !overrides.iter().any(lets_have) && contracting.get(&it.id) != Some(&company)
    });
    found.refuse()
}

/// The other party of the agreement that each of these was registered under: it contracts what a promoter or a referrer brings.
fn contracting_for(
    work: &mut Work<'_, '_>,
    protections: &[store::Registration],
) -> Result<BTreeMap<RegistrationId, CompanyId>, Problem> {
    let mut parties = BTreeMap::new();
    for it in protections {
        let found = agreement::find_in_network(work.conn(), it.network, it.agreement)?;
        let found = found.ok_or_else(|| Problem::internal(format!("{}: no agreement", it.id)))?;
        let (_, terms) = terms_of(work.conn(), &found)?;
        if !terms.contracts_customers {
            parties.insert(it.id, found.counterparty);
        }
    }
    Ok(parties)
}

/// What somebody is about to sell, and to whom.
pub(crate) struct Sale<'a> {
    /// What the prospect is known by.
    pub keys: &'a [String],
    /// The product line of each item, where it has one.
    pub product_lines: &'a [Option<String>],
    /// The partner that sells or brings it, or the master that sells by itself.
    pub company: CompanyId,
    /// The partners that promote it: what protects them is not in the way of what they earn by.
    pub promoters: &'a [PartnerId],
}

/// A protection that a sale may be made inside of.
pub(crate) struct Lifted {
    /// The registration that protects.
    pub registration: store::Registration,
    /// The override that lets the sale be made.
    pub by: store::Override,
}

impl Lifted {
    /// Whether it is about an item of this product line, or of none.
    pub(crate) fn covers(&self, product_line: Option<&str>) -> bool {
        self.registration.scope.covers(product_line)
    }
}

/// Refuses a sale that a protection or a pursuit of another company keeps off (R36), but for what masters let its company sell
/// in spite of protections: these are the protections that it is made inside of.
///
/// # Errors
/// `prospect_not_available`.
pub(crate) fn ensure_free_to_sell(work: &mut Work<'_, '_>, sale: &Sale<'_>) -> Result<Vec<Lifted>, Problem> {
    let Sale { keys, product_lines, company, promoters } = *sale;
    let scope = Scope::Lines(product_lines.iter().flatten().cloned().collect());
    let mut found = Obstacles::on(work, keys, &scope)?.of_others_than(company);
    found.protections.retain(|it| !promoters.contains(&it.partner));
    let overrides = overrides_of(work, &found.protections)?;
    let mut lifted = Vec::new();
    let mut standing = Vec::new();
    for registration in std::mem::take(&mut found.protections) {
        let lets_sell = |given: &store::Override| {
            let mut inside = product_lines.iter().map(Option::as_deref).filter(|line| registration.scope.covers(*line));
            given.registration == registration.id && given.company == company && inside.all(|line| given.scope.covers(line))
        };
        match overrides.iter().map(|InForce(given, _)| given).find(|given| lets_sell(given)) {
            Some(by) => lifted.push(Lifted { by: by.clone(), registration }),
            None => standing.push(registration),
        }
    }
    found.protections = standing;
    found.refuse()?;
    Ok(lifted)
}
