//! Masters' support: what partners ask a master to draft for them (R41), and who answers a customer (R43, R54, R67).

mod desk;
mod request;

pub use desk::{DeskLine, SupportDesk, desk, supporter};
pub use request::{SupportAction, SupportDocument, SupportState, WrongSupportState};
