//! The use cases of people, sessions and integrations. Secrets are made by whoever calls these: a command may run again.

mod integration;
mod session;
mod user;

use domain::id::CompanyId;
use persistence::event::Audience;

pub(super) use integration::{
    create_integration, list_integrations, revoke_integration, rotate_integration_secret, show_integration,
};
pub(super) use session::{Opened, Refreshed, close_session, open_session, refresh_session, show_me};
pub use user::{Access, Invited, create_administrator, create_user, establish_administrator, invite};
pub(super) use user::{accept_invitation, change_user, check_invitation, list_users, renew_invitation, show_user};

/// What concerns a company's people and integrations concerns that company alone (D22).
fn audience(company: CompanyId) -> Audience {
    Audience { master: company.master(), partner: company.partner(), counterparty: None }
}
