//! The network: masters, policies, partnership types, terms and catalogue (R1–R8, R48, R86, R90).
//!
//! What everybody in a network shares is written by its definition's file alone ([`apply`]); a partner's own catalogue items
//! are the partner's to write ([`catalogue`]).

pub mod apply;
pub mod catalogue;
mod commands;
pub mod definition;
mod handlers;
mod stored;
pub mod wire;

pub use apply::apply;
pub(crate) use handlers::routes;
pub use stored::{policies, qualification_kinds, terms_document, texts};
pub(crate) use stored::{read, written};
