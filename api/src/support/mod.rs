//! Masters' support: requests to draft proposals and contracts (R41), and who answers a customer (R43, R54, R67).

mod desk;
pub(crate) mod obligation;
mod request;
pub mod wire;

pub(crate) use request::{change_master as change_master_of_request, decline_by};
use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.configure(desk::routes).configure(request::routes);
}
