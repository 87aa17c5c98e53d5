//! Where everything is: the operations of every capability, the contract that they make, and the pages for people.

use actix_web::{App as ActixApp, web};
use utoipa::OpenApi;
use utoipa_actix_web::{AppExt, service_config::ServiceConfig};

use crate::{
    contract::{Base, BrokenContract, Contract},
    edge,
};

/// Every operation of the API: the capabilities, each with its own routes.
pub fn operations(config: &mut ServiceConfig) {
    config
        .configure(crate::academy::routes)
        .configure(crate::agreement::routes)
        .configure(crate::amendment::routes)
        .configure(crate::application::routes)
        .configure(crate::benefit::routes)
        .configure(crate::continuity::routes)
        .configure(crate::customer::routes)
        .configure(crate::dispute::routes)
        .configure(crate::entry_fee::routes)
        .configure(crate::event::routes)
        .configure(crate::finding::routes)
        .configure(crate::expertise::routes)
        .configure(crate::follow_up::routes)
        .configure(crate::health::routes)
        .configure(crate::identity::routes)
        .configure(crate::introduction::routes)
        .configure(crate::ledger::routes)
        .configure(crate::minimum_sales::routes)
        .configure(crate::network::routes)
        .configure(crate::obligation::routes)
        .configure(crate::partner::routes)
        .configure(crate::payout::routes)
        .configure(crate::portfolio::routes)
        .configure(crate::project::routes)
        .configure(crate::growth::routes)
        .configure(crate::pursuit::routes)
        .configure(crate::qualification::routes)
        .configure(crate::quote::routes)
        .configure(crate::registration::routes)
        .configure(crate::sale::routes)
        .configure(crate::transfer::routes)
        .configure(crate::support::routes)
        .configure(crate::statement::routes)
        .configure(crate::sub_network::routes);
}

/// Everything that is no operation: pages for people, and the answer to unknown addresses.
pub fn pages_and_nowhere(config: &mut web::ServiceConfig) {
    config.configure(crate::pages::routes).default_service(web::to(edge::nowhere));
}

/// The contract that the operations make.
///
/// # Errors
/// [`BrokenContract`]: a mistake of ours.
pub fn contract() -> Result<Contract, BrokenContract> {
    let (_, made) = ActixApp::new().into_utoipa_app().openapi(Base::openapi()).configure(operations).split_for_parts();
    Contract::of(&made)
}
