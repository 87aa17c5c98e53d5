//! The HTTP of people, sessions and integrations.

mod integration;
mod session;
mod user;

use utoipa_actix_web::service_config::ServiceConfig;

use super::oauth;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(session::log_in)
        .service(session::refresh_session)
        .service(session::log_out)
        .service(session::show_me)
        .service(session::accept_invitation)
        .service(oauth::issue_token)
        .service(oauth::list_signing_keys)
        .service(user::list_users)
        .service(user::invite_user)
        .service(user::show_user)
        .service(user::change_user)
        .service(user::renew_invitation)
        .service(integration::list_integrations)
        .service(integration::create_integration)
        .service(integration::show_integration)
        .service(integration::rotate_integration_secret)
        .service(integration::revoke_integration);
}
