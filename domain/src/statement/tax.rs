//! Which tax a statement bears, and by which rule.
//!
//! The supplier is who the money goes to: the partner on its earnings, the master on remittances. Its tax profile says how it is
//! taxed; where both companies are decides the rest. Rates are data with dates, so that no change of a law changes code.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::{
    code::coded,
    money::{Money, Rate},
    partner::{Country, TaxId},
};

/// How the value added tax of what a company supplies is dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VatRegime {
    /// It charges the standard rate of its country, unless the law moves the tax to the customer or out of the country.
    Standard,
    /// Its customer accounts for the tax, whatever the countries.
    ReverseCharge,
    /// It is exempt: a small business, say.
    Exempt,
    /// There is no such tax on what it supplies.
    OutsideScope,
}

coded! {
    VatRegime {
        Standard => "standard",
        ReverseCharge => "reverse_charge",
        Exempt => "exempt",
        OutsideScope => "outside_scope",
    }
}

/// Who writes the invoice for what a statement states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Billing {
    /// The statement is the invoice: the customer writes it for the supplier.
    SelfBilling,
    /// The supplier sends an invoice.
    Invoice,
}

coded! { Billing { SelfBilling => "self_billing", Invoice => "invoice", } }

/// What a payer keeps back of each payment for its tax office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withholding {
    /// The part of the lines' sum.
    pub rate: Rate,
    /// The law that says so.
    pub legal_note: String,
}

/// The number that a company is registered under for value added tax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VatNumber {
    /// What it is known by.
    pub id: TaxId,
    /// As it was written, letter for letter: a French one has a key before its SIREN, and is not valid without it.
    pub written: String,
}

impl VatNumber {
    /// As a statement states it: letter for letter, but for a Greek number, which the Union knows by the letters EL alone.
    #[must_use]
    pub fn stated(&self) -> String {
        if self.id.country().code() == "GR" { format!("EL{}", self.id.number()) } else { self.written.clone() }
    }
}

/// How a company is taxed from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxProfile {
    /// The first day on which it holds.
    pub valid_from: NaiveDate,
    /// How value added tax is dealt with.
    pub regime: VatRegime,
    /// The number that it is registered under.
    pub vat_number: Option<VatNumber>,
    /// What the law wants to be said of its regime.
    pub legal_note: Option<String>,
    /// What is kept back of each payment, if anything.
    pub withholding: Option<Withholding>,
    /// Who writes the invoice.
    pub billing: Billing,
}

/// A standard rate of value added tax, until a later one takes its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VatRate {
    /// The first day on which it holds.
    pub from: NaiveDate,
    /// The rate.
    pub rate: Rate,
}

/// The law as far as statements need it: data of the network.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TaxRules {
    /// The countries across whose borders the customer accounts for the tax: the European Union.
    pub union: BTreeSet<Country>,
    /// The standard rates of each country.
    pub rates: BTreeMap<Country, Vec<VatRate>>,
}

impl TaxRules {
    /// The standard rate of a country on a day.
    #[must_use]
    pub fn rate(&self, country: Country, day: NaiveDate) -> Option<Rate> {
        let rates = self.rates.get(&country)?;
        rates.iter().filter(|rate| rate.from <= day).max_by_key(|rate| rate.from).map(|rate| rate.rate)
    }
}

/// Why a tax profile cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaxProfileFault {
    /// The network knows no standard rate of the company's country on the day from which the profile holds.
    NoRate {
        /// The country.
        country: Country,
    },
    /// Who charges tax, or lets the customer account for it, is registered for it.
    NoVatNumber,
    /// An exemption is by some law, which has to be said.
    NoLegalNote,
    /// To keep back nothing is no withholding.
    NothingWithheld,
}

impl TaxProfileFault {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoRate { .. } => "no_vat_rate",
            Self::NoVatNumber => "vat_number_required",
            Self::NoLegalNote => "legal_note_required",
            Self::NothingWithheld => "nothing_withheld",
        }
    }
}

impl TaxProfile {
    /// Everything that keeps the profile of a company in `country` from being used.
    #[must_use]
    pub fn faults(&self, country: Country, rules: &TaxRules) -> Vec<TaxProfileFault> {
        let registered = matches!(self.regime, VatRegime::Standard | VatRegime::ReverseCharge);
        let no_rate = self.regime == VatRegime::Standard && rules.rate(country, self.valid_from).is_none();
        let no_note = self.regime == VatRegime::Exempt && self.legal_note.is_none();
        let nothing = self.withholding.as_ref().is_some_and(|withholding| withholding.rate == Rate::ZERO);
        [
            no_rate.then_some(TaxProfileFault::NoRate { country }),
            (registered && self.vat_number.is_none()).then_some(TaxProfileFault::NoVatNumber),
            no_note.then_some(TaxProfileFault::NoLegalNote),
            nothing.then_some(TaxProfileFault::NothingWithheld),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// A company as far as tax is concerned.
#[derive(Debug, Clone, Copy)]
pub struct TaxParty<'a> {
    /// Where it is established.
    pub country: Country,
    /// Its profile on the day, if it has one.
    pub profile: Option<&'a TaxProfile>,
}

/// The rule by which tax was assessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaxTreatment {
    /// The standard rate of the supplier's country.
    StandardRate,
    /// The customer accounts for the tax (Articles 44 and 196 of Directive 2006/112/EC across borders of the Union).
    ReverseCharge,
    /// The supplier is exempt.
    Exempt,
    /// There is no such tax on the supply.
    OutsideScope,
    /// The supplier has no tax profile: no tax is stated.
    NoProfile,
    /// The supplier charges the standard rate of its country, and the network knows none on the day: no tax is stated.
    NoRate,
}

coded! {
    TaxTreatment {
        StandardRate => "standard_rate",
        ReverseCharge => "reverse_charge",
        Exempt => "exempt",
        OutsideScope => "outside_scope",
        NoProfile => "no_profile",
        NoRate => "no_rate",
    }
}

/// The rates of both taxes of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaxRates {
    /// Of value added tax, which is added.
    pub vat: Rate,
    /// Of what is kept back.
    pub withholding: Rate,
}

impl TaxRates {
    /// An amount with both taxes of it, each rounded half up. `None` where it is too large.
    #[must_use]
    pub fn with_taxes(self, amount: Money) -> Option<Money> {
        let part = |rate: Rate| amount.proportion(i128::from(rate.ppm()), i128::from(Rate::ONE.ppm()));
        amount.checked_add(part(self.vat)?)?.checked_sub(part(self.withholding)?)
    }
}

/// The tax on what a statement states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assessment {
    /// The rule.
    pub treatment: TaxTreatment,
    /// The sum of the lines: what both taxes are taken of.
    pub base: Money,
    /// The rate of value added tax.
    pub vat_rate: Rate,
    /// `base × vat_rate`, rounded once, half up.
    pub vat: Money,
    /// The rate that is kept back.
    pub withholding_rate: Rate,
    /// `base × withholding_rate`, rounded once, half up.
    pub withheld: Money,
}

/// The tax on `base`, which the supplier supplied to the customer. The day is the last one of the period. `None` for amounts that are
/// too large to hold.
#[must_use]
pub fn assess(
    supplier: TaxParty<'_>,
    customer: TaxParty<'_>,
    rules: &TaxRules,
    day: NaiveDate,
    base: Money,
) -> Option<Assessment> {
    let (treatment, vat_rate) = match treatment(supplier, customer, rules) {
        TaxTreatment::StandardRate => match rules.rate(supplier.country, day) {
            Some(rate) => (TaxTreatment::StandardRate, rate),
            None => (TaxTreatment::NoRate, Rate::ZERO),
        },
        other => (other, Rate::ZERO),
    };
    let withholding = supplier.profile.and_then(|profile| profile.withholding.as_ref());
    let withholding_rate = withholding.map_or(Rate::ZERO, |withholding| withholding.rate);
    let part = |rate: Rate| base.proportion(i128::from(rate.ppm()), i128::from(Rate::ONE.ppm()));
    Some(Assessment { treatment, base, vat_rate, vat: part(vat_rate)?, withholding_rate, withheld: part(withholding_rate)? })
}

fn treatment(supplier: TaxParty<'_>, customer: TaxParty<'_>, rules: &TaxRules) -> TaxTreatment {
    let Some(profile) = supplier.profile else { return TaxTreatment::NoProfile };
    match profile.regime {
        VatRegime::ReverseCharge => TaxTreatment::ReverseCharge,
        VatRegime::Exempt => TaxTreatment::Exempt,
        VatRegime::OutsideScope => TaxTreatment::OutsideScope,
        VatRegime::Standard if supplier.country == customer.country => TaxTreatment::StandardRate,
        VatRegime::Standard if !rules.union.contains(&customer.country) => TaxTreatment::OutsideScope,
        VatRegime::Standard if !rules.union.contains(&supplier.country) => TaxTreatment::OutsideScope,
        VatRegime::Standard => {
            // Only a customer that is registered can account for the tax.
            let registered = customer.profile.is_some_and(|profile| profile.vat_number.is_some());
            if registered { TaxTreatment::ReverseCharge } else { TaxTreatment::StandardRate }
        }
    }
}
