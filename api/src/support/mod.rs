//! Masters' support: requests to draft proposals and contracts (R41), and who answers a customer (R43, R54, R67).

mod desk;
pub(crate) mod obligation;
mod request;
pub mod wire;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.configure(desk::routes).configure(request::routes);
}
