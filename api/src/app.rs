//! What every request shares.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, atomic::AtomicBool},
};

use persistence::db::Db;
use tokio::sync::Semaphore;

use crate::{access::token::Keys, contract::Contract, limits::Limits};

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
    /// The service over a database; each caller may make `requests_a_second`, and any number if that is 0.
    #[must_use]
    pub fn new(db: Db, keys: Keys, contract: Contract, requests_a_second: u32) -> Self {
        Self {
            db,
            keys,
            contract: Arc::new(contract),
            limits: Limits::new(requests_a_second),
            hashing: Semaphore::new(2),
            draining: AtomicBool::new(false),
            running: Mutex::default(),
        }
    }
}
