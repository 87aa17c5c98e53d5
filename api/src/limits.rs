//! How many requests a caller may make: generous for work, tight for guessing.

use std::num::NonZeroU32;

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};

use crate::problem::{Code, Problem};

/// The limits of this process.
pub struct Limits {
    callers: Option<DefaultKeyedRateLimiter<String>>,
    public: Option<DefaultKeyedRateLimiter<String>>,
    credentials: Option<DefaultKeyedRateLimiter<String>>,
    clock: DefaultClock,
}

/// How often somebody may try to sign in to one account, a minute.
const GUESSES: NonZeroU32 = NonZeroU32::new(10).unwrap();

impl Limits {
    /// Limits of `a_second` requests for each caller, with bursts of ten seconds' worth; 0 sets no limit at all.
    #[must_use]
    pub fn new(a_second: u32) -> Self {
        let quota = NonZeroU32::new(a_second)
            .map(|rate| Quota::per_second(rate).allow_burst(rate.saturating_mul(NonZeroU32::new(10).unwrap_or(NonZeroU32::MIN))));
        Self {
            callers: quota.map(RateLimiter::keyed),
            public: quota.map(RateLimiter::keyed),
            credentials: quota.map(|_| RateLimiter::keyed(Quota::per_minute(GUESSES))),
            clock: DefaultClock::default(),
        }
    }

    /// Counts a request of a caller.
    ///
    /// # Errors
    /// `too_many_requests` with the time to wait.
    pub fn check_caller(&self, actor: &str) -> Result<(), Problem> {
        self.check(self.callers.as_ref(), actor)
    }

    /// Counts a request of somebody unknown, by address.
    ///
    /// # Errors
    /// `too_many_requests` with the time to wait.
    pub fn check_public(&self, address: &str) -> Result<(), Problem> {
        self.check(self.public.as_ref(), address)
    }

    /// Counts an attempt to sign in, by the account that it is for. It counts before the password is looked at, the right one
    /// too: a limit that only wrong ones met would still let the right guess through.
    ///
    /// # Errors
    /// `too_many_requests` with the time to wait.
    pub fn check_credentials(&self, account: &str) -> Result<(), Problem> {
        self.check(self.credentials.as_ref(), account)
    }

    /// Forgets callers that did not call for so long that nothing is counted against them any more.
    pub fn forget_idle(&self) {
        for limiter in [&self.callers, &self.public, &self.credentials].into_iter().flatten() {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }

    fn check(&self, limiter: Option<&DefaultKeyedRateLimiter<String>>, key: &str) -> Result<(), Problem> {
        let Some(limiter) = limiter else { return Ok(()) };
        limiter.check_key(&key.to_owned()).map_err(|refused| {
            let wait = refused.wait_time_from(self.clock.now()).as_secs().saturating_add(1);
            Problem::new(Code::TooManyRequests).retry_after(wait)
        })
    }
}
