//! The catalogue: what can be sold (R4, R48). The network's part of it comes from its file; a partner writes its own (R42, R43).

pub(super) mod commands;
pub(super) mod handlers;
pub mod wire;
