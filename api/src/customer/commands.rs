//! The use cases of customers: each one transaction.

use domain::{
    id::{CompanyId, CustomerId, MasterId},
    partner::TaxId,
    registration::{ProspectIdentity, Scope},
};
use persistence::{customer as store, db::Tx, event::Audience, partner, reference::Referred, registration::Registration};

use super::wire::{Customer, CustomerChange, CustomerPage, NewCustomer};
use crate::{
    access::Caller,
    continuity::suspension,
    extract::Paging,
    problem::{Code, Problem, Violation},
    reference,
    registration::{commands::ensure_free_as_customer, prospect::Named},
    wire::{ExternalReference, company_id},
    write::{Change, Work},
};

/// Shows a customer.
pub(crate) fn show(tx: &mut Tx<'_>, caller: &Caller, id: CustomerId) -> Result<Customer, Problem> {
    let customer = store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    let references = reference::of(tx.conn, caller.company, id.uuid())?;
    Ok(Customer::of(customer, references))
}

/// Lists the customers that the caller may see.
pub(crate) fn list(tx: &mut Tx<'_>, caller: &Caller, paging: &Paging) -> Result<CustomerPage, Problem> {
    let found = store::page(tx.conn, &caller.view(), &paging.page())?;
    let (customers, next) = paging.cut(found, |customer| (customer.id.uuid(), customer.updated_at));
    let ids: Vec<_> = customers.iter().map(|customer| customer.id.uuid()).collect();
    let mut references = reference::of_all(tx.conn, caller.company, &ids)?;
    let data = customers.into_iter().map(|customer| {
        let own = references.extract_if(.., |(id, _)| *id == customer.id.uuid()).map(|(_, reference)| reference).collect();
        Customer::of(customer, own)
    });
    Ok(CustomerPage { data: data.collect(), next })
}

/// The customer that the caller calls by this name.
pub(crate) fn show_by_reference(tx: &mut Tx<'_>, caller: &Caller, name: &ExternalReference) -> Result<Customer, Problem> {
    let found = reference::find(tx.conn, caller.company, Referred::Customer, name)?;
    show(tx, caller, CustomerId::from_uuid(found.ok_or_else(Problem::not_found)?))
}

impl<'b> From<&'b NewCustomer> for Named<'b> {
    fn from(new: &'b NewCustomer) -> Self {
        let NewCustomer { responsible_id: _, name, country, tax_id, domain, email: _, segment: _, external_references: _ } = new;
        Self { name, country, tax_id: tax_id.as_deref(), domain: domain.as_deref() }
    }
}

/// Who answers for a new customer: the master itself, or a partner that it supervises (R51).
fn read_responsible(
    work: &mut Work<'_, '_>,
    master: MasterId,
    named: Option<&str>,
) -> Result<Result<CompanyId, Violation>, Problem> {
    let Some(named) = named else { return Ok(Ok(master.into())) };
    let unknown = || Err(Violation::at("/responsible_id", "unknown_company").rule("R51"));
    let view = work.caller()?.view();
    Ok(match company_id(named, "/responsible_id") {
        Ok(CompanyId::Master(id)) if id == master => Ok(master.into()),
        Ok(CompanyId::Partner(id)) if partner::find(work.conn(), &view, id)?.is_some() => Ok(id.into()),
        Ok(_) => unknown(),
        Err(violation) => Err(violation),
    })
}

/// Refuses keys that another customer has, or that a protection keeps this one's company off.
///
/// Whoever may see that customer is told; everybody else learns no more than that it cannot be had (D22).
fn ensure_own_keys(
    work: &mut Work<'_, '_>,
    identity: &ProspectIdentity,
    responsible: CompanyId,
    own: Option<CustomerId>,
) -> Result<(), Problem> {
    let caller = work.caller()?;
    let (network, view) = (caller.network, caller.view());
    let (tax_key, domain) = (identity.tax_id().map(TaxId::key), identity.domain().map(ToString::to_string));
    let mut visible = Vec::new();
    for other in store::find_by_keys(work.conn(), network, tax_key.as_deref(), domain.as_deref())? {
        if own == Some(other.id) {
            continue;
        }
        if store::find(work.conn(), &view, other.id)?.is_none() {
            return Err(Problem::new(Code::ProspectNotAvailable));
        }
        let same_tax_id = identity.tax_id().is_some() && other.identity.tax_id() == identity.tax_id();
        let (pointer, code) =
            if same_tax_id { ("/tax_id", "customer_tax_id_taken") } else { ("/domain", "customer_domain_taken") };
        visible.push(Violation::at(pointer, code).rule("D17"));
    }
    if !visible.is_empty() {
        return Err(Problem::new(Code::AlreadyExists).violations(visible));
    }
    let keys: Vec<String> = identity.keys().iter().map(ToString::to_string).collect();
    ensure_free_as_customer(work, &keys, responsible)
}

/// Takes an existing customer over, under the caller's master.
pub(crate) fn create(work: &mut Work<'_, '_>, new: &NewCustomer) -> Result<Customer, Problem> {
    let master = work.caller()?.company.master().ok_or_else(Problem::not_found)?;
    let responsible = read_responsible(work, master, new.responsible_id.as_deref())?;
    let (responsible, identity) = match (responsible, Named::from(new).read("")) {
        (Ok(responsible), Ok(identity)) => (responsible, identity),
        (responsible, identity) => {
            return Err(Problem::invalid(responsible.err().into_iter().chain(identity.err().into_iter().flatten()).collect()));
        }
    };
    if let Some(violation) = suspension(work, responsible.partner(), "/responsible_id")? {
        return Err(Problem::invalid(vec![violation]));
    }
    ensure_own_keys(work, &identity, responsible, None)?;
    let (network, now) = (work.caller()?.network, work.now()?);
    let customer = store::Customer {
        id: work.new_id(),
        network,
        master,
        responsible,
        identity,
        tax_id_written: new.tax_id.clone(),
        email: new.email.clone(),
        segment: new.segment.clone(),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(work.conn(), &customer)?;
    refer(work, customer.id, &new.external_references)?;
    finish(work, "customer.created", customer)
}

/// The customer that a registered prospect becomes: one that is known already, or a new one that `responsible` answers for
/// (R51).
///
/// A protection of product lines alone keeps its worth when the prospect became another company's customer for other ones (D17): that
/// company goes on answering for the customer, and there is no second one.
///
/// # Errors
/// `prospect_not_available` when the whole prospect was registered and it is another company's customer already.
pub(crate) fn from_registration(
    work: &mut Work<'_, '_>,
    registration: &Registration,
    responsible: CompanyId,
) -> Result<store::Customer, Problem> {
    let identity = registration.prospect.clone();
    let (tax_key, domain) = (identity.tax_id().map(TaxId::key), identity.domain().map(ToString::to_string));
    let known = store::find_by_keys(work.conn(), registration.network, tax_key.as_deref(), domain.as_deref())?;
    let of_another = known.iter().any(|customer| customer.responsible != responsible);
    if of_another && registration.scope == Scope::Whole {
        return Err(Problem::new(Code::ProspectNotAvailable));
    }
    if let Some(first) = known.into_iter().next() {
        return Ok(first);
    }
    let now = work.now()?;
    let customer = store::Customer {
        id: work.new_id(),
        network: registration.network,
        master: registration.master,
        responsible,
        identity,
        tax_id_written: registration.tax_id_written.clone(),
        email: registration.email.clone(),
        segment: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(work.conn(), &customer)?;
    record(work, "customer.created", &customer)?;
    Ok(customer)
}

/// The customer that a partner itself becomes, which a master answers for: its own instance is a sale like any other (R84).
///
/// # Errors
/// Those of the database.
pub(crate) fn of_partner(work: &mut Work<'_, '_>, of: &partner::Partner, master: MasterId) -> Result<store::Customer, Problem> {
    let identity = ProspectIdentity::new(&of.name, of.record.country, of.record.tax_id.clone(), None);
    let identity = identity.map_err(|_| Problem::internal(format!("{}: no identity", of.id)))?;
    let now = work.now()?;
    let customer = store::Customer {
        id: work.new_id(),
        network: of.network,
        master,
        responsible: master.into(),
        identity,
        tax_id_written: of.tax_id_written.clone(),
        email: Some(of.email.clone()),
        segment: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(work.conn(), &customer)?;
    record(work, "customer.created", &customer)?;
    Ok(customer)
}

/// Puts a customer under the supervision of another master, to which its responsible company went over (D4).
///
/// # Errors
/// Those of the database.
pub(crate) fn change_master(work: &mut Work<'_, '_>, id: CustomerId, master: MasterId) -> Result<(), Problem> {
    let before = store::by_id(work.conn(), id)?.ok_or_else(|| Problem::internal(format!("no {id}")))?;
    let (version, updated_at) = (before.version.saturating_add(1), work.now()?);
    let left = before.master;
    let after = store::Customer { master, version, updated_at, ..before };
    if !store::update(work.conn(), &after)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", version.saturating_sub(1)));
    }
    record(work, "customer.changed", &after)?;
    work.tell_left("customer.left", (after.network, id.to_string(), version), left.into())
}

fn refer(work: &mut Work<'_, '_>, id: CustomerId, references: &[ExternalReference]) -> Result<(), Problem> {
    let company = work.caller()?.company;
    reference::replace(work.conn(), company, Referred::Customer, id.uuid(), references)
}

/// Records what happened to a customer, for its master and the company that answers for it.
fn record(work: &mut Work<'_, '_>, kind: &'static str, customer: &store::Customer) -> Result<(), Problem> {
    let audience = Audience { master: Some(customer.master), partner: customer.responsible.partner(), counterparty: None };
    let (network, subject, version) = (customer.network, customer.id.to_string(), customer.version);
    // The names that one company has for it are no other company's business.
    let body = Customer::of(customer.clone(), Vec::new());
    work.record(Change { network, kind, subject, version, audience, body: &body })
}

fn finish(work: &mut Work<'_, '_>, kind: &'static str, customer: store::Customer) -> Result<Customer, Problem> {
    record(work, kind, &customer)?;
    let company = work.caller()?.company;
    let references = reference::of(work.conn(), company, customer.id.uuid())?;
    Ok(Customer::of(customer, references))
}

/// Changes a customer's record.
pub(crate) fn change(work: &mut Work<'_, '_>, id: CustomerId, change: &CustomerChange) -> Result<Customer, Problem> {
    let view = work.caller()?.view();
    let before = store::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(before.version)?;
    let CustomerChange { name, country, tax_id, domain, email, segment, external_references } = change;
    let segment = segment.as_ref().unwrap_or(&before.segment);
    // What a partner earns may depend on it, so that it is not the partner's to say.
    if view.company.master().is_none() && *segment != before.segment {
        return Err(segment_is_masters());
    }
    let tax_id = tax_id.as_ref().unwrap_or(&before.tax_id_written);
    let known_domain = before.identity.domain().map(ToString::to_string);
    let named = Named {
        name: name.as_deref().unwrap_or_else(|| before.identity.name()),
        country: country.as_deref().unwrap_or_else(|| before.identity.country().code()),
        tax_id: tax_id.as_deref(),
        domain: domain.as_ref().unwrap_or(&known_domain).as_deref(),
    };
    let mut after = before.clone();
    after.identity = named.read("").map_err(Problem::invalid)?;
    after.tax_id_written.clone_from(tax_id);
    after.email.clone_from(email.as_ref().unwrap_or(&before.email));
    after.segment.clone_from(segment);
    save(work, &before, after, external_references.as_deref())
}

fn segment_is_masters() -> Problem {
    Problem::invalid(vec![Violation::at("/segment", "segment_is_masters").rule("D16")])
}

fn save(
    work: &mut Work<'_, '_>,
    before: &store::Customer,
    mut after: store::Customer,
    references: Option<&[ExternalReference]>,
) -> Result<Customer, Problem> {
    let company = work.caller()?.company;
    let known = reference::of(work.conn(), company, before.id.uuid())?;
    let renamed = references.is_some_and(|references| !reference::are_same(references, &known));
    if after == *before && !renamed {
        work.nothing_changed();
        return Ok(Customer::of(after, known));
    }
    if after.identity.keys() != before.identity.keys() {
        ensure_own_keys(work, &after.identity, after.responsible, Some(after.id))?;
    }
    after.version = before.version.saturating_add(1);
    after.updated_at = work.now()?;
    if !store::update(work.conn(), &after)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before.version));
    }
    if let Some(references) = references {
        refer(work, after.id, references)?;
    }
    finish(work, "customer.changed", after)
}

/// Makes or changes the customer that the caller calls by this name: twice the same changes nothing.
pub(crate) fn upsert(work: &mut Work<'_, '_>, name: &ExternalReference, new: &NewCustomer) -> Result<Customer, Problem> {
    let company = work.caller()?.company;
    let mut new = new.clone();
    new.external_references.retain(|reference| reference.system != name.system);
    new.external_references.push(name.clone());
    let Some(found) = reference::find(work.conn(), company, Referred::Customer, name)? else {
        return create(work, &new);
    };
    let view = work.caller()?.view();
    let before = store::find(work.conn(), &view, CustomerId::from_uuid(found))?.ok_or_else(Problem::not_found)?;
    work.expect_version(before.version)?;
    let mut after = before.clone();
    after.identity = Named::from(&new).read("").map_err(Problem::invalid)?;
    let NewCustomer { responsible_id: _, name: _, country: _, tax_id, domain: _, email, segment, external_references } = new;
    if view.company.master().is_none() && segment != before.segment {
        return Err(segment_is_masters());
    }
    (after.tax_id_written, after.email, after.segment) = (tax_id, email, segment);
    save(work, &before, after, Some(&external_references))
}
