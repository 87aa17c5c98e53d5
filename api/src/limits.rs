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

/// How often a wrong guess may be made for one account or client, a minute.
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

    /// Counts a failed attempt to prove who one is, by the account or client that it was for.
    ///
    /// # Errors
    /// `too_many_requests` with the time to wait.
    pub fn check_credentials(&self, account: &str) -> Result<(), Problem> {
        self.check(self.credentials.as_ref(), account)
    }

    fn check(&self, limiter: Option<&DefaultKeyedRateLimiter<String>>, key: &str) -> Result<(), Problem> {
        let Some(limiter) = limiter else { return Ok(()) };
        limiter.check_key(&key.to_owned()).map_err(|refused| {
            let wait = refused.wait_time_from(self.clock.now()).as_secs().saturating_add(1);
            Problem::new(Code::TooManyRequests).retry_after(wait)
        })
    }
}
