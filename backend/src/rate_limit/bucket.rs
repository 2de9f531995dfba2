//! A token bucket: decisions are made by governor, over a state that can be read without charging
//! and carried over to another rate.

use governor::{
    Quota, RateLimiter,
    clock::Clock as GovernorClock,
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::{NotKeyed, StateStore},
};
use shared::{operation::EndpointLimit, plan::PlanLimits};
use std::{cell::Cell, num::NonZeroU32, time::Duration};

/// Refill rate and capacity of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Sustained requests per minute.
    pub per_minute: u32,
    /// Capacity: requests that a full bucket admits at once.
    pub burst: u32,
    /// The same for governor. Built once, because it takes a long division.
    quota: Quota,
}

impl From<PlanLimits> for Rate {
    fn from(limits: PlanLimits) -> Self {
        Self::new(limits.rate_per_minute, limits.burst)
    }
}

impl From<EndpointLimit> for Rate {
    fn from(limit: EndpointLimit) -> Self {
        Self::new(limit.per_minute, limit.per_minute)
    }
}

impl Rate {
    fn new(per_minute: u32, burst: u32) -> Self {
        let positive = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        Self {
            per_minute,
            burst,
            quota: Quota::per_minute(positive(per_minute)).allow_burst(positive(burst)),
        }
    }

    /// Nanoseconds until one token is refilled.
    fn interval(self) -> u64 {
        nanos(self.quota.replenish_interval()).max(1)
    }

    /// Nanoseconds until an empty bucket is full.
    fn capacity(self) -> u64 {
        self.interval()
            .saturating_mul(self.quota.burst_size().get().into())
    }

    /// Seconds until an empty bucket is full, for `RateLimit-Policy`.
    pub fn window_secs(self) -> u32 {
        let secs = u64::from(self.burst) * 60;
        u32::try_from(secs.div_ceil(u64::from(self.per_minute.max(1)))).unwrap_or(u32::MAX)
    }
}

/// Current level of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// Requests that would be admitted now.
    pub remaining: u32,
    /// Seconds until the bucket is full without further requests.
    pub reset_secs: u32,
}

/// Seconds to wait after a refusal, rounded up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait(pub u32);

/// State of a bucket: GCRA's theoretical arrival time on [`crate::clock::Clock::monotonic`].
#[derive(Debug, Clone, Default)]
pub struct Bucket(Cell<Option<Nanos>>);

/// Adapter that lets governor store its state in a [`Bucket`].
struct Store<'a>(&'a Bucket);

impl StateStore for Store<'_> {
    type Key = NotKeyed;

    fn measure_and_replace<T, F, E>(&self, _: &NotKeyed, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let (outcome, next) = decide(self.0.0.get())?;
        self.0.0.set(Some(next));
        Ok(outcome)
    }
}

/// Adapter that gives governor the current time. Zero while the limiter is built, so that arrival
/// times of one bucket stay comparable when its rate changes.
struct Moment<'a>(&'a Cell<Duration>);

impl GovernorClock for Moment<'_> {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.get()
    }
}

impl Bucket {
    /// Takes one token, or returns the time to wait.
    pub fn charge(&self, rate: Rate, now: Duration) -> Result<(), Wait> {
        let moment = Cell::new(Duration::ZERO);
        let limiter = RateLimiter::<_, _, _, NoOpMiddleware<Duration>>::new(
            rate.quota,
            Store(self),
            Moment(&moment),
        );
        moment.set(now);
        limiter
            .check()
            .map_err(|refused: governor::NotUntil<Duration>| {
                Wait(ceil_secs(nanos(refused.wait_time_from(now))).max(1))
            })
    }

    /// Restores the state before a charge.
    pub fn restore(&self, before: Self) {
        self.0.set(before.0.get());
    }

    /// Carries the used tokens over to another rate, capped at its burst. They refill at the new
    /// rate, so raising a limit takes effect immediately.
    pub fn change_rate(&self, from: Rate, to: Rate, now: Duration) {
        let Some(refilled_at) = self.0.get() else {
            return;
        };
        let now = nanos(now);
        let debt = refilled_at.as_u64().saturating_sub(now);
        let scaled =
            (u128::from(debt) * u128::from(to.interval())).div_ceil(from.interval().into());
        let debt = u64::try_from(scaled).unwrap_or(u64::MAX).min(to.capacity());
        self.0.set(Some(Nanos::from(now.saturating_add(debt))));
    }

    /// Governor cannot read the level without charging; this repeats its arithmetic.
    pub fn level(&self, rate: Rate, now: Duration) -> Level {
        let used = self
            .0
            .get()
            .map_or(0, Nanos::as_u64)
            .saturating_sub(nanos(now));
        let remaining = rate.capacity().saturating_sub(used) / rate.interval();
        Level {
            remaining: u32::try_from(remaining).unwrap_or(u32::MAX),
            reset_secs: ceil_secs(used),
        }
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

fn ceil_secs(nanos: u64) -> u32 {
    u32::try_from(nanos.div_ceil(1_000_000_000)).unwrap_or(u32::MAX)
}
