//! Slows down whoever tries keys: a bucket for each address, charged by failing
//! requests only. A valid key is never affected.

use crate::clock::Clock;
use dashmap::DashMap;
use governor::{
    Quota, RateLimiter, clock::Clock as GovernorClock, middleware::NoOpMiddleware,
    state::keyed::DashMapStateStore,
};
use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    time::Duration,
};

type Limiter<K> = RateLimiter<K, DashMapStateStore<K>, Monotonic, NoOpMiddleware<Duration>>;

/// Our clock, for governor.
#[derive(Debug, Clone)]
struct Monotonic(Clock);

impl GovernorClock for Monotonic {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.monotonic()
    }
}

/// A limit on failures for each key of type `K`.
pub struct FailedAttempts<K: std::hash::Hash + Eq + Clone> {
    limiter: Limiter<K>,
    /// Who has failed too often, and until when, on the clock's monotonic time.
    blocked: DashMap<K, Duration>,
    clock: Clock,
}

impl<K: std::hash::Hash + Eq + Clone> FailedAttempts<K> {
    /// `burst` failures at once, then `per_minute`.
    pub fn new(per_minute: NonZeroU32, burst: NonZeroU32, clock: Clock) -> Self {
        let quota = Quota::per_minute(per_minute).allow_burst(burst);
        let limiter = RateLimiter::new(
            quota,
            DashMapStateStore::default(),
            Monotonic(clock.clone()),
        );
        Self {
            limiter,
            blocked: DashMap::new(),
            clock,
        }
    }

    /// Whether there were too many failures, and how many seconds are left to wait.
    pub fn check(&self, key: &K) -> Result<(), u32> {
        let until = self.blocked.get(key).map_or(Duration::ZERO, |until| *until);
        let wait = until.saturating_sub(self.clock.monotonic());
        if wait.is_zero() {
            Ok(())
        } else {
            Err(ceil_secs(wait))
        }
    }

    /// Counts a failure. `Err` says how many seconds to wait.
    pub fn count(&self, key: &K) -> Result<(), u32> {
        self.limiter.check_key(key).map_err(|refused| {
            let now = self.clock.monotonic();
            let wait = refused.wait_time_from(now);
            self.blocked.insert(key.clone(), now + wait);
            ceil_secs(wait)
        })
    }

    /// Forgets who has been quiet for long enough. Called once a minute, so that
    /// memory is bounded by the failures of a few minutes.
    pub fn forget_quiet(&self) {
        let now = self.clock.monotonic();
        self.blocked.retain(|_, until| *until > now);
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

fn ceil_secs(wait: Duration) -> u32 {
    u32::try_from(wait.as_millis().div_ceil(1000))
        .unwrap_or(u32::MAX)
        .max(1)
}

/// What failures are counted under: the address, or for IPv6 its /64, which one
/// customer has to himself.
pub fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}
