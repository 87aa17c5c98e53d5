//! Projects: a consultant advises and follows a customer's project, together with a network company, within its areas of expertise (R21).

mod advice;
mod area;
mod commands;
mod handlers;
mod milestone;
mod takeover;
pub mod wire;
mod words;

pub(crate) use handlers::routes;
pub(crate) use takeover::{come_back, company_on, end_by_failure, follow, follow_all};
