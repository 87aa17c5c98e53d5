//! Continuity: no customer is left alone (R49 to R51, D19).

mod responsibility;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.configure(responsibility::routes);
}
