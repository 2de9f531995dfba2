//! Rate limits on guesses: token buckets (GCRA) in a table of fixed size. A guess takes its token
//! before it is evaluated, so that parallel guesses cannot pass together, and a right one refunds
//! it.
//!
//! Callers are identified by a keyed 64-bit hash, so that their input is not stored and an attacker
//! cannot choose to share a victim's bucket.

use crate::clock::Clock;
use parking_lot::Mutex;
use std::{
    hash::{BuildHasher, Hash, RandomState},
    time::Duration,
};

/// The table is set-associative: a caller's hash selects a set, and a new caller replaces the least
/// charged bucket of the set. 16,384 buckets, 256 KiB.
const SETS: usize = 1 << 11;
const BUCKETS_PER_SET: usize = 8;

/// Burst and refill rate of a bucket.
#[derive(Debug, Clone, Copy)]
pub struct GuessRate {
    pub burst: u32,
    /// Tokens refilled per minute.
    pub per_minute: u32,
}

/// Rate limits of one kind, with a bucket for each caller.
pub struct GuessLimiter {
    sets: Box<[Mutex<[Bucket; BUCKETS_PER_SET]>]>,
    hasher: RandomState,
    /// Nanoseconds until one token is refilled.
    interval: u64,
    burst: u64,
    clock: Clock,
}

#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    caller: u64,
    /// Theoretical arrival time (GCRA) in nanoseconds of [`Clock::monotonic`].
    arrival: u64,
}

/// Tokens taken from a bucket. Dropping this keeps them taken: a client that disconnects before the
/// response has made its guess.
#[must_use]
pub struct TakenTokens<'a> {
    limiter: &'a GuessLimiter,
    caller: u64,
    nanos: u64,
}

impl GuessLimiter {
    pub fn new(rate: GuessRate, clock: Clock) -> Self {
        Self {
            sets: std::iter::repeat_with(Mutex::default).take(SETS).collect(),
            hasher: RandomState::new(),
            interval: 60_000_000_000 / u64::from(rate.per_minute.max(1)),
            burst: rate.burst.max(1).into(),
            clock,
        }
    }

    /// Takes `tokens` from the caller's bucket. `Err` is the number of seconds to wait.
    pub fn take(&self, caller: &impl Hash, tokens: u32) -> Result<TakenTokens<'_>, u32> {
        let caller = self.hasher.hash_one(caller);
        let now = nanos(self.clock.monotonic());
        let charge = self.interval * u64::from(tokens);
        let limit = now + self.interval * self.burst;
        let mut set = self.set(caller).lock();
        let known = set.iter().position(|bucket| bucket.caller == caller);
        let quietest = || (0..BUCKETS_PER_SET).min_by_key(|index| set[*index].arrival);
        let index = known.or_else(quietest).unwrap_or_default();
        let bucket = &mut set[index];
        if bucket.caller != caller {
            *bucket = Bucket { caller, arrival: 0 };
        }
        let arrival = bucket.arrival.max(now) + charge;
        if arrival > limit {
            return Err(ceil_secs(arrival - limit));
        }
        bucket.arrival = arrival;
        Ok(TakenTokens {
            limiter: self,
            caller,
            nanos: charge,
        })
    }

    fn set(&self, caller: u64) -> &Mutex<[Bucket; BUCKETS_PER_SET]> {
        let index = usize::try_from(caller % SETS as u64).unwrap_or_default();
        &self.sets[index]
    }
}

impl TakenTokens<'_> {
    /// Refunds the tokens: the guess was right, or it was not evaluated.
    pub fn give_back(self) {
        let mut set = self.limiter.set(self.caller).lock();
        let bucket = set.iter_mut().find(|bucket| bucket.caller == self.caller);
        if let Some(bucket) = bucket {
            bucket.arrival = bucket.arrival.saturating_sub(self.nanos);
        }
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX / 2)
}

fn ceil_secs(nanos: u64) -> u32 {
    u32::try_from(nanos.div_ceil(1_000_000_000))
        .unwrap_or(u32::MAX)
        .max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta};
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn limiter() -> (GuessLimiter, Clock) {
        let clock = Clock::stepped(DateTime::from_timestamp(1_795_000_000, 0).unwrap());
        let rate = GuessRate {
            burst: 3,
            per_minute: 1,
        };
        (GuessLimiter::new(rate, clock.clone()), clock)
    }

    #[test]
    fn a_burst_then_one_a_minute() {
        let (limiter, clock) = limiter();
        for _ in 0..3 {
            assert!(limiter.take(&"a", 1).is_ok());
        }
        assert_eq!(limiter.take(&"a", 1).err(), Some(60));
        assert!(limiter.take(&"b", 1).is_ok());
        clock.advance(TimeDelta::seconds(59));
        assert_eq!(limiter.take(&"a", 1).err(), Some(1));
        clock.advance(TimeDelta::seconds(1));
        assert!(limiter.take(&"a", 1).is_ok());
        assert_eq!(limiter.take(&"a", 2).err(), Some(120));
    }

    #[test]
    fn tokens_that_are_given_back_can_be_taken_again() {
        let (limiter, _) = limiter();
        for _ in 0..100 {
            limiter.take(&"a", 2).unwrap().give_back();
        }
        for _ in 0..3 {
            assert!(limiter.take(&"a", 1).is_ok());
        }
        assert!(limiter.take(&"a", 1).is_err());
    }

    #[test]
    fn callers_at_once_get_exactly_the_burst() {
        let (limiter, _) = limiter();
        let taken = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..30 {
                scope.spawn(|| {
                    if limiter.take(&"a", 1).is_ok() {
                        taken.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!(taken.into_inner(), 3);
    }
}
