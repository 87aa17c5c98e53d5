//! Who is who: people with passwords and sessions, integrations with secrets and scopes, and the tokens both call with.

pub mod commands;
mod handlers;
mod oauth;
pub mod password;
pub mod secret;
pub mod wire;

pub(crate) use handlers::routes;
