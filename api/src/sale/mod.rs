//! Sales (R11, R15–R17, R53–R80, R88): proposals in versions, the contracts they become, annuities and their instalments.

pub(crate) mod commands;
mod handlers;
pub mod wire;

pub(crate) use handlers::routes;
