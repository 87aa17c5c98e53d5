//! How companies are taxed: recorded by masters, read by the companies themselves.

use domain::{
    id::{CompanyId, TaxProfileId},
    money::Rate,
    partner::{Country, InvalidTaxId, TaxId},
    statement::{self as rules, TaxProfileFault},
};
use persistence::{
    db::Tx,
    error::Constraint,
    event::Audience,
    network, partner,
    statement::{self as store, TaxProfileFilter},
};

use super::super::wire::{NewTaxProfile, NewWithholding, TaxProfile, TaxProfileFilters, TaxProfilePage};
use crate::{
    access::Caller,
    extract::Paging,
    network::policies,
    problem::{Problem, Violation},
    wire::{company_id, filter_company},
    write::{Change, Work},
};

/// Lists the tax profiles that the caller may see.
pub(in super::super) fn list_tax_profiles(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &TaxProfileFilters,
    paging: &Paging,
) -> Result<TaxProfilePage, Problem> {
    let TaxProfileFilters { company_id: company } = filters;
    let company = filter_company("company_id", company.as_deref())?;
    let found = store::page_tax_profiles(tx.conn, &caller.view(), TaxProfileFilter { company }, &paging.page())?;
    let (found, next) = paging.cut(found, |profile| (profile.id.uuid(), profile.recorded_at));
    Ok(TaxProfilePage { data: found.into_iter().map(TaxProfile::from).collect(), next })
}

/// Shows a tax profile.
pub(in super::super) fn show_tax_profile(tx: &mut Tx<'_>, caller: &Caller, id: TaxProfileId) -> Result<TaxProfile, Problem> {
    let found = store::find_tax_profile(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    Ok(found.into())
}

/// Records how a company is taxed from a day on.
pub(in super::super) fn record_tax_profile(work: &mut Work<'_, '_>, new: &NewTaxProfile) -> Result<TaxProfile, Problem> {
    let network = work.caller()?.network;
    let (company, country) = taxed(work, new)?;
    let profile = read(new, country)?;
    let faults = profile.faults(country, &policies(work.conn(), network)?.taxes);
    if !faults.is_empty() {
        return Err(Problem::invalid(faults.into_iter().map(|fault| lacking(fault, &profile)).collect()));
    }
    let kept =
        store::TaxProfile { id: work.new_id(), network, company, profile, recorded_by: work.actor(), recorded_at: work.now()? };
    store::insert_tax_profile(work.conn(), &kept).map_err(|error| match error.broken() {
        Some(Constraint::TaxProfileDay) => Problem::already_exists(Violation::at("/valid_from", "tax_profile_exists")),
        _ => error.into(),
    })?;
    let audience = Audience { master: work.caller()?.company.master(), partner: company.partner(), counterparty: Some(company) };
    let body = TaxProfile::from(kept);
    let subject = body.id.clone();
    work.record(Change { network, kind: "tax_profile.recorded", subject, version: 1, audience, body: &body })?;
    Ok(body)
}

/// The company that a profile is for, with its country: a partner that the caller supervises, or the caller's own.
fn taxed(work: &mut Work<'_, '_>, new: &NewTaxProfile) -> Result<(CompanyId, Country), Problem> {
    let unknown = || Problem::invalid(vec![Violation::at("/company_id", "unknown_company")]);
    let company = company_id(&new.company_id, "/company_id").map_err(|violation| Problem::invalid(vec![violation]))?;
    let (view, own) = (work.caller()?.view(), work.caller()?.company);
    let country = match company {
        CompanyId::Partner(id) => partner::find(work.conn(), &view, id)?.ok_or_else(unknown)?.record.country,
        CompanyId::Master(id) if own == company => {
            network::find_master(work.conn(), view.network, id)?.ok_or_else(unknown)?.country
        }
        CompanyId::Master(_) => return Err(unknown()),
    };
    Ok((company, country))
}

/// What the request says, with everything in it that cannot be read.
fn read(new: &NewTaxProfile, country: Country) -> Result<rules::TaxProfile, Problem> {
    let NewTaxProfile { company_id: _, valid_from, regime, vat_number, legal_note, withholding, billing } = new;
    let mut violations = Vec::new();
    let vat_number = vat_number.as_deref().and_then(|text| {
        let read = TaxId::parse(country, text).map(|id| rules::VatNumber { id, written: text.to_owned() });
        let violation =
            |error: InvalidTaxId| Violation::at("/vat_number", error.code()).with("value", text).with("country", country.code());
        read.map_err(|error| violations.push(violation(error))).ok()
    });
    let withholding = withholding.as_ref().and_then(|NewWithholding { rate, legal_note }| {
        let read = rate.parse::<Rate>().map(|rate| rules::Withholding { rate, legal_note: legal_note.clone() });
        read.map_err(|error| violations.push(Violation::at("/withholding/rate", "wrong_rate").with("reason", error))).ok()
    });
    if !violations.is_empty() {
        return Err(Problem::invalid(violations));
    }
    let (valid_from, legal_note) = (*valid_from, legal_note.clone());
    let (regime, billing) = ((*regime).into(), (*billing).into());
    Ok(rules::TaxProfile { valid_from, regime, vat_number, legal_note, withholding, billing })
}

fn lacking(fault: TaxProfileFault, profile: &rules::TaxProfile) -> Violation {
    match fault {
        TaxProfileFault::NoRate { country } => {
            Violation::at("/regime", fault.code()).with("country", country).with("day", profile.valid_from)
        }
        TaxProfileFault::NoVatNumber => Violation::at("/vat_number", fault.code()),
        TaxProfileFault::NoLegalNote => Violation::at("/legal_note", fault.code()),
        TaxProfileFault::NothingWithheld => Violation::at("/withholding/rate", fault.code()),
    }
}
