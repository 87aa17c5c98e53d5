//! Partners: who they are, what is on their record, and how they come in (R3, R5, R13, R14).

mod application;
mod country;
mod domain_name;
mod tax_id;

pub use application::{Application, ApplicationDecision, ApplicationRefusal, ApplicationState, decide, withdraw};
pub use country::{Country, UnknownCountry};
pub use domain_name::{Domain, InvalidDomain};
pub use tax_id::{InvalidTaxId, TaxId};

use crate::network::{LegalForm, Requirement};

/// What a partner's record says, as far as rules ask for it (R5, R13, R14, R56, R64).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerRecord {
    /// Its legal form.
    pub legal_form: LegalForm,
    /// Where it is established.
    pub country: Country,
    /// Its number in the company register.
    pub registration_number: Option<String>,
    /// Its tax id.
    pub tax_id: Option<TaxId>,
    /// Whether its ability to bill customers is recorded.
    pub billing_ability: bool,
    /// Whether structure and competence for technical support are recorded.
    pub support_structure: bool,
    /// Whether the technical qualification to start up a customer is recorded.
    pub technical_qualification: bool,
}

impl PartnerRecord {
    /// Whether the record shows what `requirement` asks for. A blank registration number shows nothing.
    #[must_use]
    pub fn meets(&self, requirement: Requirement) -> bool {
        match requirement {
            Requirement::RegistrationNumber => self.registration_number.as_ref().is_some_and(|number| !number.trim().is_empty()),
            Requirement::TaxId => self.tax_id.is_some(),
            Requirement::BillingAbility => self.billing_ability,
            Requirement::SupportStructure => self.support_structure,
            Requirement::TechnicalQualification => self.technical_qualification,
        }
    }

    /// Whether the tax id on record is one that only natural persons have although the partner is none (R13).
    #[must_use]
    pub fn has_personal_tax_id_of_another(&self) -> bool {
        !self.legal_form.is_natural() && self.tax_id.as_ref().is_some_and(TaxId::is_of_natural_person)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare(legal_form: LegalForm) -> PartnerRecord {
        PartnerRecord {
            legal_form,
            country: Country::parse("BR").unwrap(),
            registration_number: None,
            tax_id: None,
            billing_ability: false,
            support_structure: false,
            technical_qualification: false,
        }
    }

    #[test]
    fn each_requirement_is_met_by_its_own_record_and_by_no_other() {
        let tax_id = TaxId::parse(Country::parse("BR").unwrap(), "11.222.333/0001-81").unwrap();
        let form = LegalForm::Company;
        let records = [
            (Requirement::RegistrationNumber, PartnerRecord { registration_number: Some("35.1".into()), ..bare(form) }),
            (Requirement::TaxId, PartnerRecord { tax_id: Some(tax_id), ..bare(form) }),
            (Requirement::BillingAbility, PartnerRecord { billing_ability: true, ..bare(form) }),
            (Requirement::SupportStructure, PartnerRecord { support_structure: true, ..bare(form) }),
            (Requirement::TechnicalQualification, PartnerRecord { technical_qualification: true, ..bare(form) }),
        ];
        for (of, record) in &records {
            for (asked, _) in &records {
                assert_eq!(record.meets(*asked), of == asked, "{of:?} on record, {asked:?} asked");
            }
        }
    }

    #[test]
    fn a_blank_registration_number_is_not_on_record() {
        let record = PartnerRecord { registration_number: Some("  ".into()), ..bare(LegalForm::Company) };
        assert!(!record.meets(Requirement::RegistrationNumber));
    }

    #[test]
    fn only_natural_persons_may_have_a_cpf() {
        let cpf = Some(TaxId::parse(Country::parse("BR").unwrap(), "390.533.447-05").unwrap());
        let with_cpf = |form| PartnerRecord { tax_id: cpf.clone(), ..bare(form) };
        assert!(with_cpf(LegalForm::Company).has_personal_tax_id_of_another());
        assert!(with_cpf(LegalForm::OtherLegalEntity).has_personal_tax_id_of_another());
        assert!(!with_cpf(LegalForm::NaturalPerson).has_personal_tax_id_of_another());
        assert!(!with_cpf(LegalForm::IndependentProfessional).has_personal_tax_id_of_another());
    }
}
