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

const TEN: NonZeroU32 = NonZeroU32::MIN.saturating_add(9);
/// How often somebody may try to sign in to one account, a minute.
const GUESSES: NonZeroU32 = TEN;

impl Limits {
    /// Limits of `a_second` requests for each caller, with bursts of ten seconds' worth; 0 sets no limit at all.
    #[must_use]
    pub fn new(a_second: u32) -> Self {
        let quota = NonZeroU32::new(a_second).map(|rate| Quota::per_second(rate).allow_burst(rate.saturating_mul(TEN)));
        Self {
            callers: quota.map(RateLimiter::keyed),
            public: quota.map(RateLimiter::keyed),
            credentials: quota.map(|_| RateLimiter::keyed(Quota::per_minute(GUESSES))),
            clock: DefaultClock::default(),
        }
    }

    /// Whether there are limits at all.
    #[must_use]
    pub const fn are_set(&self) -> bool {
        self.callers.is_some()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Language;

    fn refusal(limits: &Limits, caller: &str) -> Option<Problem> {
        limits.check_caller(caller).err()
    }

    #[test]
    fn a_caller_gets_ten_seconds_worth_at_once_and_then_waits_alone() {
        let limits = Limits::new(1);
        assert!((0..10).all(|_| refusal(&limits, "one").is_none()));
        assert_eq!(refusal(&limits, "one").map(|problem| problem.code()), Some(Code::TooManyRequests));
        assert!(refusal(&limits, "other").is_none());
    }

    #[test]
    fn who_has_to_wait_is_told_for_how_long() {
        let limits = Limits::new(1);
        let refused = (0..11).find_map(|_| refusal(&limits, "one")).unwrap();
        let answer = refused.answer(Language::En, "r");
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        assert_eq!((answer.status().as_u16(), header("retry-after").as_str()), (429, "1"));
        assert_eq!(header("ratelimit"), "\"requests\";r=0;t=1");
    }

    #[test]
    fn an_account_is_guessed_at_ten_times_a_minute_whoever_guesses() {
        let limits = Limits::new(1000);
        assert!((0..10).all(|_| limits.check_credentials("ana@acme.example").is_ok()));
        assert!(limits.check_credentials("ana@acme.example").is_err());
        assert!(limits.check_credentials("rui@acme.example").is_ok());
    }

    #[test]
    fn no_limit_is_none_at_all() {
        let limits = Limits::new(0);
        assert!((0..5000).all(|_| refusal(&limits, "one").is_none() && limits.check_credentials("ana@acme.example").is_ok()));
    }
}
