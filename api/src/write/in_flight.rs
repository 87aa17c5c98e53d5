//! The requests with an idempotency key that are running in this process: the same one waits for no second.

use std::collections::HashSet;

use crate::{
    app::App,
    problem::{Code, Problem},
};

/// A request with an idempotency key that is running in this process.
pub(super) struct InFlight<'a> {
    app: &'a App,
    key: (String, String),
}

impl<'a> InFlight<'a> {
    /// Begins it, unless the same one is running.
    pub(super) fn begin(app: &'a App, principal: &str, key: &str) -> Result<Self, Problem> {
        let key = (principal.to_owned(), key.to_owned());
        if !running(app).insert(key.clone()) {
            return Err(Problem::new(Code::RequestInProgress).retry_after(1));
        }
        Ok(Self { app, key })
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        running(self.app).remove(&self.key);
    }
}

fn running(app: &App) -> std::sync::MutexGuard<'_, HashSet<(String, String)>> {
    app.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
