//! Masters' support: requests to draft proposals and contracts (R41), and who answers a customer (R43, R54, R67).

mod desk;
mod request;
