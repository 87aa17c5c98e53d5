//! Areas of expertise of project consultants: declared by them, confirmed by a master for some days (R21).

mod commands;
mod handlers;
pub mod wire;
mod words;

pub(crate) use commands::change_master;
pub(crate) use handlers::routes;
