//! Payouts (R10, R15, R25, R47, R55): where companies are paid, what is paid to them, and what their banks say of it.

pub mod account;
pub mod bank;
pub(crate) mod payer;
pub mod remittance;
pub mod run;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.configure(account::routes).configure(run::routes).configure(bank::routes).configure(remittance::routes);
}
