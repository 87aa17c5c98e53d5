//! Courses: written by an instructor or a master, published by the master they are made with (R22).

mod commands;
mod handlers;
pub mod wire;

pub(super) use commands::still_teaches;
pub(super) use handlers::routes;
