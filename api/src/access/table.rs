//! One table says who may call what. A route that does not stand here answers nobody; a test holds routes, contract and
//! this table to be the same set.

use super::{Role, Scope};

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, signed in or not.
    Public,
    /// People in one of the roles, and integrations of these companies with the scope.
    Callers {
        /// The roles of people.
        people: &'static [Role],
        /// Integrations, if any.
        integrations: Option<Integrations>,
    },
}

/// Which integrations may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Integrations {
    /// Those of masters.
    pub of_masters: bool,
    /// Those of partners.
    pub of_partners: bool,
    /// The scope they need.
    pub scope: Scope,
}

use Role::{MasterAdministrator as MA, MasterOperator as MO, PartnerAdministrator as PA, PartnerMember as PM, Supervisor as SV};

const EVERYBODY: &[Role] = &[MA, MO, SV, PA, PM];
const MASTERS: &[Role] = &[MA, MO, SV];
const OPERATORS: &[Role] = &[MA, MO];
const SUPERVISORS: &[Role] = &[MA, SV];
const ADMINISTRATORS: &[Role] = &[MA, PA];
/// Everyday work on either side.
const TRADERS: &[Role] = &[MA, MO, PA, PM];
/// Who sees to where the money goes: a master's people, and a partner's administrators.
const TREASURERS: &[Role] = &[MA, MO, SV, PA];
/// Who pays: a master's everyday people, and a partner's administrators (R47).
const PAYERS: &[Role] = &[MA, MO, PA];

const fn people(people: &'static [Role]) -> Access {
    Access::Callers { people, integrations: None }
}

const fn both(people: &'static [Role], scope: Scope) -> Access {
    Access::Callers { people, integrations: Some(Integrations { of_masters: true, of_partners: true, scope }) }
}

const fn masters(people: &'static [Role], scope: Scope) -> Access {
    Access::Callers { people, integrations: Some(Integrations { of_masters: true, of_partners: false, scope }) }
}

const fn partners(people: &'static [Role], scope: Scope) -> Access {
    Access::Callers { people, integrations: Some(Integrations { of_masters: false, of_partners: true, scope }) }
}

/// The table: operation id and access.
pub const OPERATIONS: &[(&str, Access)] = &[
    // Operation of the service.
    ("check_liveness", Access::Public),
    ("check_readiness", Access::Public),
    // Identity.
    ("log_in", Access::Public),
    ("refresh_session", Access::Public),
    ("log_out", people(EVERYBODY)),
    ("issue_token", Access::Public),
    ("accept_invitation", Access::Public),
    ("list_signing_keys", Access::Public),
    ("show_me", both(EVERYBODY, Scope::NetworkRead)),
    ("list_users", people(ADMINISTRATORS)),
    ("invite_user", people(ADMINISTRATORS)),
    ("show_user", people(ADMINISTRATORS)),
    ("change_user", people(ADMINISTRATORS)),
    ("renew_invitation", people(ADMINISTRATORS)),
    ("list_integrations", people(ADMINISTRATORS)),
    ("create_integration", people(ADMINISTRATORS)),
    ("show_integration", people(ADMINISTRATORS)),
    ("rotate_integration_secret", people(ADMINISTRATORS)),
    ("revoke_integration", people(ADMINISTRATORS)),
    // Network.
    ("list_networks", Access::Public),
    ("show_network", both(EVERYBODY, Scope::NetworkRead)),
    ("list_masters", both(EVERYBODY, Scope::NetworkRead)),
    ("show_master", both(EVERYBODY, Scope::NetworkRead)),
    ("list_partnership_types", both(EVERYBODY, Scope::NetworkRead)),
    ("show_partnership_type", both(EVERYBODY, Scope::NetworkRead)),
    ("list_terms", both(EVERYBODY, Scope::NetworkRead)),
    ("show_terms", both(EVERYBODY, Scope::NetworkRead)),
    ("list_catalogue_items", both(EVERYBODY, Scope::NetworkRead)),
    ("show_catalogue_item", both(EVERYBODY, Scope::NetworkRead)),
    ("create_catalogue_item", partners(&[PA, PM], Scope::CatalogueWrite)),
    ("change_catalogue_item", partners(&[PA, PM], Scope::CatalogueWrite)),
    ("set_catalogue_price", partners(&[PA, PM], Scope::CatalogueWrite)),
    // Partners.
    ("submit_application", Access::Public),
    ("list_applications", masters(MASTERS, Scope::PartnersRead)),
    ("show_application", masters(MASTERS, Scope::PartnersRead)),
    ("accept_application", masters(OPERATORS, Scope::Onboarding)),
    ("reject_application", masters(OPERATORS, Scope::Onboarding)),
    ("list_partners", both(EVERYBODY, Scope::PartnersRead)),
    ("show_partner", both(EVERYBODY, Scope::PartnersRead)),
    ("create_partner", masters(OPERATORS, Scope::Onboarding)),
    ("change_partner", masters(OPERATORS, Scope::Onboarding)),
    ("show_partner_by_reference", both(EVERYBODY, Scope::PartnersRead)),
    ("upsert_partner_by_reference", masters(OPERATORS, Scope::Onboarding)),
    // Qualifications.
    ("list_qualifications", both(EVERYBODY, Scope::AcademyRead)),
    ("show_qualification", both(EVERYBODY, Scope::AcademyRead)),
    ("submit_qualification", both(TRADERS, Scope::AcademyWrite)),
    ("withdraw_qualification", partners(&[PA, PM], Scope::AcademyWrite)),
    ("grant_qualification", people(SUPERVISORS)),
    ("refuse_qualification", people(SUPERVISORS)),
    ("revoke_qualification", people(SUPERVISORS)),
    ("show_sub_network", both(EVERYBODY, Scope::SalesRead)),
    ("show_partner_tree", both(EVERYBODY, Scope::AgreementsRead)),
    // Academy.
    ("list_courses", both(EVERYBODY, Scope::AcademyRead)),
    ("show_course", both(EVERYBODY, Scope::AcademyRead)),
    ("create_course", both(TRADERS, Scope::AcademyWrite)),
    ("change_course", both(TRADERS, Scope::AcademyWrite)),
    ("submit_course", both(TRADERS, Scope::AcademyWrite)),
    ("return_course", people(SUPERVISORS)),
    ("publish_course", people(SUPERVISORS)),
    ("retire_course", both(TRADERS, Scope::AcademyWrite)),
    ("list_course_sessions", both(EVERYBODY, Scope::AcademyRead)),
    ("show_course_session", both(EVERYBODY, Scope::AcademyRead)),
    ("plan_course_session", both(TRADERS, Scope::AcademyWrite)),
    ("change_course_session", both(TRADERS, Scope::AcademyWrite)),
    ("cancel_course_session", both(TRADERS, Scope::AcademyWrite)),
    ("list_enrolments", both(EVERYBODY, Scope::AcademyRead)),
    ("show_enrolment", both(EVERYBODY, Scope::AcademyRead)),
    ("enrol_person", partners(&[PA, PM], Scope::AcademyWrite)),
    ("cancel_enrolment", both(TRADERS, Scope::AcademyWrite)),
    ("record_attendance", both(TRADERS, Scope::AcademyWrite)),
    ("record_course_result", both(TRADERS, Scope::AcademyWrite)),
    ("list_certificates", both(EVERYBODY, Scope::AcademyRead)),
    ("show_certificate", both(EVERYBODY, Scope::AcademyRead)),
    ("verify_certificate", Access::Public),
    // Benefits.
    ("list_partner_benefits", both(EVERYBODY, Scope::AcademyRead)),
    ("list_benefit_uses", both(EVERYBODY, Scope::AcademyRead)),
    ("show_benefit_use", both(EVERYBODY, Scope::AcademyRead)),
    ("request_benefit", partners(&[PA, PM], Scope::AcademyWrite)),
    ("grant_benefit", masters(MASTERS, Scope::AcademyWrite)),
    ("refuse_benefit", masters(MASTERS, Scope::AcademyWrite)),
    ("note_benefit_use", masters(MASTERS, Scope::AcademyWrite)),
    ("withdraw_benefit", partners(&[PA, PM], Scope::AcademyWrite)),
    // Agreements.
    ("list_agreements", both(EVERYBODY, Scope::AgreementsRead)),
    ("show_agreement", both(EVERYBODY, Scope::AgreementsRead)),
    ("show_agreement_terms", both(EVERYBODY, Scope::AgreementsRead)),
    ("create_agreement", masters(OPERATORS, Scope::Onboarding)),
    ("change_agreement", masters(OPERATORS, Scope::Onboarding)),
    ("submit_agreement", masters(OPERATORS, Scope::Onboarding)),
    ("begin_agreement_supervision", people(SUPERVISORS)),
    ("decide_agreement_supervision", people(SUPERVISORS)),
    ("list_agreement_supervisions", both(EVERYBODY, Scope::AgreementsRead)),
    ("suspend_agreement", people(SUPERVISORS)),
    ("resume_agreement", people(SUPERVISORS)),
    ("terminate_agreement", people(SUPERVISORS)),
    ("set_agreement_stage", people(SUPERVISORS)),
    // Amendments.
    ("list_amendments", masters(MASTERS, Scope::NetworkRead)),
    ("show_amendment", masters(MASTERS, Scope::NetworkRead)),
    ("propose_amendment", people(OPERATORS)),
    ("approve_amendment", people(SUPERVISORS)),
    ("reject_amendment", people(SUPERVISORS)),
    ("withdraw_amendment", people(OPERATORS)),
    ("list_simulations", masters(MASTERS, Scope::LedgerRead)),
    ("show_simulation", masters(MASTERS, Scope::LedgerRead)),
    ("simulate_amendment", masters(MASTERS, Scope::LedgerRead)),
    ("list_simulated_totals", masters(MASTERS, Scope::LedgerRead)),
    ("list_simulated_differences", masters(MASTERS, Scope::LedgerRead)),
    ("show_simulated_difference", masters(MASTERS, Scope::LedgerRead)),
    ("show_agreement_growth", both(EVERYBODY, Scope::AgreementsRead)),
    ("list_promotions", both(EVERYBODY, Scope::AgreementsRead)),
    ("show_promotion", both(EVERYBODY, Scope::AgreementsRead)),
    ("propose_promotion", people(EVERYBODY)),
    ("approve_promotion", people(SUPERVISORS)),
    ("refuse_promotion", people(SUPERVISORS)),
    ("withdraw_promotion", people(EVERYBODY)),
    // Registrations and customers.
    ("list_registrations", both(EVERYBODY, Scope::RegistrationsRead)),
    ("show_registration", both(EVERYBODY, Scope::RegistrationsRead)),
    ("list_registration_matches", masters(MASTERS, Scope::RegistrationsRead)),
    ("submit_registration", partners(&[PA, PM], Scope::RegistrationsWrite)),
    ("hand_in_registration", partners(&[PA, PM], Scope::RegistrationsWrite)),
    ("change_registration", partners(&[PA, PM], Scope::RegistrationsWrite)),
    ("begin_registration_review", people(SUPERVISORS)),
    ("request_registration_action", people(SUPERVISORS)),
    ("accept_registration", people(SUPERVISORS)),
    ("reject_registration", people(SUPERVISORS)),
    ("release_registration", people(SUPERVISORS)),
    ("transfer_registration", people(SUPERVISORS)),
    ("extend_registration", partners(&[PA, PM], Scope::RegistrationsWrite)),
    ("win_registration", both(TRADERS, Scope::RegistrationsWrite)),
    ("lose_registration", partners(&[PA, PM], Scope::RegistrationsWrite)),
    ("withdraw_registration", partners(&[PA, PM], Scope::RegistrationsWrite)),
    ("check_prospect", partners(&[PA, PM], Scope::RegistrationsRead)),
    ("list_registration_checks", masters(MASTERS, Scope::RegistrationsRead)),
    ("list_overrides", masters(MASTERS, Scope::RegistrationsRead)),
    ("show_override", masters(MASTERS, Scope::RegistrationsRead)),
    ("grant_override", people(SUPERVISORS)),
    ("revoke_override", people(SUPERVISORS)),
    ("list_pursuits", masters(MASTERS, Scope::RegistrationsRead)),
    ("show_pursuit", masters(MASTERS, Scope::RegistrationsRead)),
    ("open_pursuit", masters(MASTERS, Scope::RegistrationsWrite)),
    ("close_pursuit", masters(MASTERS, Scope::RegistrationsWrite)),
    ("list_disputes", both(EVERYBODY, Scope::RegistrationsRead)),
    ("show_dispute", both(EVERYBODY, Scope::RegistrationsRead)),
    ("show_dispute_file", masters(MASTERS, Scope::RegistrationsRead)),
    ("open_dispute", partners(&[PA, PM], Scope::RegistrationsWrite)),
    ("hear_dispute", people(SUPERVISORS)),
    ("add_dispute_statement", partners(&[PA, PM], Scope::RegistrationsWrite)),
    ("decide_dispute", people(SUPERVISORS)),
    ("appeal_dispute", partners(&[PA, PM], Scope::RegistrationsWrite)),
    ("withdraw_dispute", partners(&[PA, PM], Scope::RegistrationsWrite)),
    // What promoters do for network companies.
    ("list_introductions", both(EVERYBODY, Scope::SalesRead)),
    ("show_introduction", both(EVERYBODY, Scope::SalesRead)),
    ("offer_introduction", partners(&[PA, PM], Scope::SalesWrite)),
    ("change_introduction", both(TRADERS, Scope::SalesWrite)),
    ("accept_introduction", both(TRADERS, Scope::SalesWrite)),
    ("decline_introduction", both(TRADERS, Scope::SalesWrite)),
    ("close_introduction", both(TRADERS, Scope::SalesWrite)),
    ("withdraw_introduction", partners(&[PA, PM], Scope::SalesWrite)),
    ("list_portfolio_places", both(EVERYBODY, Scope::SalesRead)),
    ("show_portfolio_place", both(EVERYBODY, Scope::SalesRead)),
    ("create_portfolio_place", both(TRADERS, Scope::SalesWrite)),
    ("hand_over_portfolio_place", both(TRADERS, Scope::SalesWrite)),
    ("end_portfolio_place", both(TRADERS, Scope::SalesWrite)),
    ("list_portfolio_sales", both(EVERYBODY, Scope::SalesRead)),
    ("list_followed_proposals", partners(&[PA, PM], Scope::SalesRead)),
    ("show_followed_proposal", partners(&[PA, PM], Scope::SalesRead)),
    ("list_follow_ups", both(EVERYBODY, Scope::SalesRead)),
    ("show_follow_up", both(EVERYBODY, Scope::SalesRead)),
    ("note_follow_up", partners(&[PA, PM], Scope::SalesWrite)),
    ("list_expertise", both(EVERYBODY, Scope::SalesRead)),
    ("show_expertise", both(EVERYBODY, Scope::SalesRead)),
    ("declare_expertise", partners(&[PA, PM], Scope::SalesWrite)),
    ("confirm_expertise", people(SUPERVISORS)),
    ("refuse_expertise", people(SUPERVISORS)),
    ("revoke_expertise", people(SUPERVISORS)),
    ("withdraw_expertise", partners(&[PA, PM], Scope::SalesWrite)),
    ("list_projects", both(EVERYBODY, Scope::SalesRead)),
    ("show_project", both(EVERYBODY, Scope::SalesRead)),
    ("propose_project", both(TRADERS, Scope::SalesWrite)),
    ("change_project", both(TRADERS, Scope::SalesWrite)),
    ("accept_project", both(TRADERS, Scope::SalesWrite)),
    ("decline_project", both(TRADERS, Scope::SalesWrite)),
    ("cancel_project", both(TRADERS, Scope::SalesWrite)),
    ("complete_project", both(TRADERS, Scope::SalesWrite)),
    ("list_project_advice", both(EVERYBODY, Scope::SalesRead)),
    ("give_project_advice", partners(&[PA, PM], Scope::SalesWrite)),
    ("list_project_milestones", both(EVERYBODY, Scope::SalesRead)),
    ("set_project_milestone", both(TRADERS, Scope::SalesWrite)),
    ("show_milestone", both(EVERYBODY, Scope::SalesRead)),
    ("change_milestone", both(TRADERS, Scope::SalesWrite)),
    ("list_customers", both(EVERYBODY, Scope::SalesRead)),
    ("show_customer", both(EVERYBODY, Scope::SalesRead)),
    ("show_customer_responsibility", both(EVERYBODY, Scope::SalesRead)),
    ("create_customer", masters(OPERATORS, Scope::SalesWrite)),
    ("change_customer", both(TRADERS, Scope::SalesWrite)),
    ("show_customer_by_reference", both(EVERYBODY, Scope::SalesRead)),
    ("upsert_customer_by_reference", masters(OPERATORS, Scope::SalesWrite)),
    // Sales.
    ("list_proposals", both(EVERYBODY, Scope::SalesRead)),
    ("show_proposal", both(EVERYBODY, Scope::SalesRead)),
    ("create_proposal", both(TRADERS, Scope::SalesWrite)),
    ("revise_proposal", both(TRADERS, Scope::SalesWrite)),
    ("send_proposal", both(TRADERS, Scope::SalesWrite)),
    ("sign_proposal", both(TRADERS, Scope::SalesWrite)),
    ("decline_proposal", both(TRADERS, Scope::SalesWrite)),
    ("withdraw_proposal", both(TRADERS, Scope::SalesWrite)),
    ("quote_sale", both(EVERYBODY, Scope::SalesRead)),
    ("list_contracts", both(EVERYBODY, Scope::SalesRead)),
    ("show_contract", both(EVERYBODY, Scope::SalesRead)),
    ("renew_contract", both(TRADERS, Scope::SalesWrite)),
    ("cancel_contract", masters(OPERATORS, Scope::SalesWrite)),
    ("list_annuities", both(EVERYBODY, Scope::SalesRead)),
    ("show_annuity", both(EVERYBODY, Scope::SalesRead)),
    ("show_settlement", both(EVERYBODY, Scope::LedgerRead)),
    ("list_instalments", both(EVERYBODY, Scope::SalesRead)),
    ("record_instalment", both(TRADERS, Scope::SalesWrite)),
    // Masters' support.
    ("list_support_requests", both(EVERYBODY, Scope::SalesRead)),
    ("show_support_request", both(EVERYBODY, Scope::SalesRead)),
    ("request_support", partners(&[PA, PM], Scope::SalesWrite)),
    ("assign_support_request", masters(MASTERS, Scope::SalesWrite)),
    ("start_support_request", masters(MASTERS, Scope::SalesWrite)),
    ("hand_over_support_request", masters(MASTERS, Scope::SalesWrite)),
    ("close_support_request", both(EVERYBODY, Scope::SalesWrite)),
    ("decline_support_request", masters(MASTERS, Scope::SalesWrite)),
    ("show_support_desk", both(EVERYBODY, Scope::SalesRead)),
    // Ledger.
    ("list_ledger_entries", both(EVERYBODY, Scope::LedgerRead)),
    ("show_ledger_entry", both(EVERYBODY, Scope::LedgerRead)),
    ("explain_ledger_entry", both(EVERYBODY, Scope::LedgerRead)),
    ("list_balances", both(EVERYBODY, Scope::LedgerRead)),
    ("list_outcomes", both(EVERYBODY, Scope::LedgerRead)),
    ("show_outcome", both(EVERYBODY, Scope::LedgerRead)),
    // Payouts.
    ("list_bank_accounts", both(EVERYBODY, Scope::LedgerRead)),
    ("show_bank_account", both(EVERYBODY, Scope::LedgerRead)),
    ("set_bank_account", people(TREASURERS)),
    ("confirm_bank_account", people(TREASURERS)),
    ("reject_bank_account", people(TREASURERS)),
    ("list_periods", both(EVERYBODY, Scope::LedgerRead)),
    ("show_period", both(EVERYBODY, Scope::LedgerRead)),
    ("close_period", masters(OPERATORS, Scope::LedgerWrite)),
    ("list_adjustments", masters(MASTERS, Scope::LedgerRead)),
    ("show_adjustment", masters(MASTERS, Scope::LedgerRead)),
    ("propose_adjustment", masters(OPERATORS, Scope::LedgerWrite)),
    ("approve_adjustment", people(SUPERVISORS)),
    ("reject_adjustment", people(SUPERVISORS)),
    ("list_services", both(EVERYBODY, Scope::LedgerRead)),
    ("show_service", both(EVERYBODY, Scope::LedgerRead)),
    ("report_service", partners(&[PA, PM], Scope::LedgerWrite)),
    ("confirm_service", both(TRADERS, Scope::LedgerWrite)),
    ("refuse_service", both(TRADERS, Scope::LedgerWrite)),
    ("withdraw_service", partners(&[PA, PM], Scope::LedgerWrite)),
    ("list_recovery_plans", both(EVERYBODY, Scope::LedgerRead)),
    ("show_recovery_plan", both(EVERYBODY, Scope::LedgerRead)),
    ("make_recovery_plan", masters(OPERATORS, Scope::LedgerWrite)),
    ("cancel_recovery_plan", masters(OPERATORS, Scope::LedgerWrite)),
    // Statements.
    ("list_tax_profiles", both(EVERYBODY, Scope::LedgerRead)),
    ("show_tax_profile", both(EVERYBODY, Scope::LedgerRead)),
    ("record_tax_profile", masters(OPERATORS, Scope::Onboarding)),
    ("list_statement_runs", masters(MASTERS, Scope::LedgerRead)),
    ("show_statement_run", masters(MASTERS, Scope::LedgerRead)),
    ("start_statement_run", masters(OPERATORS, Scope::LedgerWrite)),
    ("list_statement_deadlines", masters(MASTERS, Scope::LedgerRead)),
    ("list_statements", both(EVERYBODY, Scope::LedgerRead)),
    ("show_statement", both(EVERYBODY, Scope::LedgerRead)),
    ("show_statement_document", both(EVERYBODY, Scope::LedgerRead)),
    ("list_payout_runs", both(EVERYBODY, Scope::LedgerRead)),
    ("show_payout_run", both(EVERYBODY, Scope::LedgerRead)),
    ("show_payout_run_pain_001", people(TREASURERS)),
    ("show_payout_run_csv", people(TREASURERS)),
    ("create_payout_run", people(PAYERS)),
    ("send_payout_run", people(PAYERS)),
    ("list_payouts", both(EVERYBODY, Scope::LedgerRead)),
    ("show_payout", both(EVERYBODY, Scope::LedgerRead)),
    ("list_payout_steps", both(EVERYBODY, Scope::LedgerRead)),
    ("approve_payout", people(TREASURERS)),
    ("cancel_payout", people(PAYERS)),
    ("pay_payout", people(PAYERS)),
    ("fail_payout", people(PAYERS)),
    ("return_payout", people(PAYERS)),
    ("list_remittances", both(EVERYBODY, Scope::LedgerRead)),
    ("list_remittance_payments", both(EVERYBODY, Scope::LedgerRead)),
    ("show_remittance_payment", both(EVERYBODY, Scope::LedgerRead)),
    ("record_remittance_payment", people(OPERATORS)),
    ("list_bank_statements", both(EVERYBODY, Scope::LedgerRead)),
    ("show_bank_statement", both(EVERYBODY, Scope::LedgerRead)),
    ("import_bank_statement", people(PAYERS)),
    ("list_bank_entries", both(EVERYBODY, Scope::LedgerRead)),
    ("show_bank_entry", both(EVERYBODY, Scope::LedgerRead)),
    ("match_bank_entry", people(PAYERS)),
    ("dismiss_bank_entry", people(PAYERS)),
    // Duties.
    ("list_obligations", both(EVERYBODY, Scope::AgreementsRead)),
    ("list_minimum_sales", both(EVERYBODY, Scope::AgreementsRead)),
    ("show_agreement_minimum_sales", both(EVERYBODY, Scope::AgreementsRead)),
    ("list_findings", masters(MASTERS, Scope::AgreementsRead)),
    ("show_finding", masters(MASTERS, Scope::AgreementsRead)),
    ("acknowledge_finding", people(MASTERS)),
    ("decide_finding", people(SUPERVISORS)),
    // Entry fees.
    ("list_entry_fees", both(EVERYBODY, Scope::LedgerRead)),
    ("show_entry_fee", both(EVERYBODY, Scope::LedgerRead)),
    ("assess_entry_fee", masters(OPERATORS, Scope::LedgerWrite)),
    ("revise_entry_fee", masters(OPERATORS, Scope::LedgerWrite)),
    ("approve_entry_fee", people(SUPERVISORS)),
    ("reject_entry_fee", people(SUPERVISORS)),
    ("withdraw_entry_fee", masters(OPERATORS, Scope::LedgerWrite)),
    ("invoice_entry_fee", masters(OPERATORS, Scope::LedgerWrite)),
    ("record_entry_fee_payment", masters(OPERATORS, Scope::LedgerWrite)),
    // Events.
    ("list_events", both(EVERYBODY, Scope::EventsRead)),
];

/// Who may call `operation`.
#[must_use]
pub fn access_to(operation: &str) -> Option<Access> {
    OPERATIONS.iter().find(|(id, _)| *id == operation).map(|(_, access)| *access)
}
