//! Statements: what companies owe each other for a period, made by closing runs, sealed, taxed, read as JSON, CSV and PDF.

pub mod closing;
mod commands;
pub mod deadline;
mod document;
mod handlers;
pub(crate) mod obligation;
pub mod wire;

pub(crate) use handlers::routes;
