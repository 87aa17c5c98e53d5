//! The service: what every request shares, and how it is put together.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, atomic::AtomicBool},
};

use actix_web::web;
use persistence::db::Db;
use tokio::sync::Semaphore;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{access::token::Keys, contract::Contract, edge, limits::Limits};

/// What every request shares.
pub struct App {
    /// The database.
    pub db: Db,
    /// The keys that tokens are signed with.
    pub keys: Keys,
    /// The contract that requests are held against.
    pub contract: Arc<Contract>,
    /// How often callers may call.
    pub limits: Limits,
    /// Turns at the password hash, which is slow on purpose.
    pub hashing: Semaphore,
    /// Whether the process is about to end: it still serves, but asks for no more work.
    pub draining: AtomicBool,
    /// Requests with an idempotency key that are running now.
    pub(crate) running: Mutex<HashSet<(String, String)>>,
}

impl App {
    /// The service over a database.
    ///
    /// # Errors
    /// The contract's own mistake, if it has one.
    pub fn new(db: Db, keys: Keys, requests_a_second: u32) -> Result<Self, crate::contract::BrokenContract> {
        Ok(Self {
            db,
            keys,
            contract: Arc::new(Contract::new()?),
            limits: Limits::new(requests_a_second),
            hashing: Semaphore::new(2),
            draining: AtomicBool::new(false),
            running: Mutex::default(),
        })
    }
}

/// Every operation of the API: the capabilities, each with its own routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .configure(crate::agreement::routes)
        .configure(crate::application::routes)
        .configure(crate::customer::routes)
        .configure(crate::event::routes)
        .configure(crate::health::routes)
        .configure(crate::identity::routes)
        .configure(crate::ledger::routes)
        .configure(crate::network::routes)
        .configure(crate::partner::routes)
        .configure(crate::registration::routes)
        .configure(crate::sale::routes);
}

/// Everything that is no operation: pages for people, and the answer to unknown addresses.
pub fn pages_and_nowhere(config: &mut web::ServiceConfig) {
    config.configure(crate::pages::routes).default_service(web::to(edge::nowhere));
}
