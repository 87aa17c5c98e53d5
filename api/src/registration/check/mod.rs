//! The blind check: a partner asks whether a prospect is to be had, and learns one word (R36, D17, D22).
//!
//! Whatever the word is, the answer has the same headers and the same length, and the same statements were made to find it.
//! Every check is logged, masters see the log, and a partner asks for so many prospects a day and no more.

mod asked;
mod commands;
mod handlers;
pub mod wire;

pub(super) use handlers::routes;
