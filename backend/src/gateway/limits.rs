//! Rate limits: one token bucket (GCRA, by governor) for each tenant and
//! environment, and one for each endpoint that has a limit of its own. Either all
//! buckets of a request admit it or none is charged.
//!
//! Buckets live in this process; several processes each grant the whole rate.

use governor::{
    Quota, RateLimiter,
    clock::Clock as GovernorClock,
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::{NotKeyed, StateStore},
};
use parking_lot::Mutex;
use shared::{
    key::Environment,
    operation::{EndpointLimit, OPERATIONS, Operation},
    plan::{Plan, PlanLimits},
    rate_limit::{EndpointRateLimit, RateLimitView},
};
use std::{cell::Cell, num::NonZeroU32, time::Duration};

/// How fast a bucket fills, and how much it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests a minute that can be kept up for ever.
    pub per_minute: u32,
    /// Requests at once.
    pub burst: u32,
}

impl From<PlanLimits> for Rate {
    fn from(limits: PlanLimits) -> Self {
        Self {
            per_minute: limits.rate_per_minute,
            burst: limits.burst,
        }
    }
}

impl From<EndpointLimit> for Rate {
    fn from(limit: EndpointLimit) -> Self {
        Self {
            per_minute: limit.per_minute,
            burst: limit.per_minute,
        }
    }
}

impl Rate {
    fn quota(self) -> Quota {
        let positive = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        Quota::per_minute(positive(self.per_minute)).allow_burst(positive(self.burst))
    }

    /// Seconds in which an empty bucket fills, for `RateLimit-Policy`.
    pub fn window_secs(self) -> u32 {
        let secs = u64::from(self.burst) * 60;
        u32::try_from(secs.div_ceil(u64::from(self.per_minute.max(1)))).unwrap_or(u32::MAX)
    }
}

/// What is left in a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// How the bucket fills.
    pub rate: Rate,
    /// Requests that would be admitted right now.
    pub remaining: u32,
    /// Seconds until the bucket is full if nothing more comes.
    pub reset_secs: u32,
}

/// A refusal: how long to wait, in seconds, rounded up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait(pub u32);

/// A bucket's state: GCRA's theoretical arrival time, on [`crate::clock::Clock::monotonic`].
#[derive(Debug, Default)]
struct Bucket(Cell<Option<Nanos>>);

/// Governor's view of a [`Bucket`].
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

/// Governor's view of a moment. Zero while the limiter is made, so that arrival
/// times of one bucket stay comparable when its rate changes.
struct Moment<'a>(&'a Cell<Duration>);

impl GovernorClock for Moment<'_> {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.get()
    }
}

impl Bucket {
    fn charge(&self, rate: Rate, now: Duration) -> Result<(), Wait> {
        let moment = Cell::new(Duration::ZERO);
        let limiter = RateLimiter::<_, _, _, NoOpMiddleware<Duration>>::new(
            rate.quota(),
            Store(self),
            Moment(&moment),
        );
        moment.set(now);
        limiter
            .check()
            .map_err(|refused: governor::NotUntil<Duration>| {
                let wait = refused.wait_time_from(now);
                Wait(ceil_secs(u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX)).max(1))
            })
    }

    /// Governor has no way to look without charging; this is its arithmetic.
    fn level(&self, rate: Rate, now: Duration) -> Level {
        let interval = rate.quota().replenish_interval().as_nanos().max(1);
        let capacity = interval * u128::from(rate.burst.max(1));
        let arrival = self.0.get().map_or(0, |nanos| u128::from(nanos.as_u64()));
        let used = arrival.saturating_sub(now.as_nanos());
        let remaining = capacity.saturating_sub(used) / interval;
        Level {
            rate,
            remaining: u32::try_from(remaining).unwrap_or(u32::MAX),
            reset_secs: ceil_secs(u64::try_from(used).unwrap_or(u64::MAX)),
        }
    }
}

fn ceil_secs(nanos: u64) -> u32 {
    u32::try_from(nanos.div_ceil(1_000_000_000)).unwrap_or(u32::MAX)
}

/// All limits of one tenant.
#[derive(Debug)]
pub struct TenantLimits {
    plan: Mutex<(Plan, Rate)>,
    environments: [Mutex<Buckets>; 2],
}

/// The buckets of one environment. Changed together, under one lock.
#[derive(Debug, Default)]
struct Buckets {
    plan: Bucket,
    /// By position in [`OPERATIONS`]; only operations with a limit ever get one.
    endpoints: Vec<(usize, Bucket)>,
    trailing: TrailingMinute,
}

/// What a charge left behind, for the headers of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// The plan's bucket.
    pub plan: Level,
    /// The endpoint's own bucket, and its name.
    pub endpoint: Option<(&'static str, Level)>,
}

impl Charge {
    /// The bucket that will run dry first.
    pub fn nearest(&self) -> Level {
        match self.endpoint {
            Some((_, endpoint)) if endpoint.remaining < self.plan.remaining => endpoint,
            _ => self.plan,
        }
    }
}

impl TenantLimits {
    /// Full buckets under a plan.
    pub fn new(plan: Plan, limits: PlanLimits) -> Self {
        Self {
            plan: Mutex::new((plan, limits.into())),
            environments: Default::default(),
        }
    }

    /// Changes the plan. What has been used stays used.
    pub fn set_plan(&self, plan: Plan, limits: PlanLimits) {
        *self.plan.lock() = (plan, limits.into());
    }

    /// Admits one request to the operation at `index` of the route table, or
    /// says how long to wait. A refusal charges nothing.
    pub fn charge(
        &self,
        environment: Environment,
        index: usize,
        now: Duration,
    ) -> (Result<(), Wait>, Charge) {
        let plan = self.plan.lock().1;
        let mut guard = self.environments[environment as usize].lock();
        let buckets = &mut *guard;
        let before = buckets.plan.0.get();
        let mut outcome = buckets.plan.charge(plan, now);
        let mut endpoint_level = None;
        if let Some(limit) = OPERATIONS[index].limit {
            let rate = Rate::from(limit);
            let bucket = endpoint_bucket(&mut buckets.endpoints, index);
            if outcome.is_ok() {
                outcome = bucket.charge(rate, now);
                if outcome.is_err() {
                    buckets.plan.0.set(before);
                }
            }
            endpoint_level = Some((limit.name, bucket.level(rate, now)));
        }
        if outcome.is_ok() {
            buckets.trailing.add(now.as_secs());
        }
        (
            outcome,
            Charge {
                plan: buckets.plan.level(plan, now),
                endpoint: endpoint_level,
            },
        )
    }

    /// The buckets as they are, without charging.
    pub fn peek(&self, environment: Environment, now: Duration) -> Charge {
        let plan = self.plan.lock().1;
        let buckets = self.environments[environment as usize].lock();
        Charge {
            plan: buckets.plan.level(plan, now),
            endpoint: None,
        }
    }

    /// Everything that the rate-limit indicator shows.
    pub fn view(&self, environment: Environment, now: Duration) -> RateLimitView {
        let (plan, rate) = *self.plan.lock();
        let buckets = self.environments[environment as usize].lock();
        let level = buckets.plan.level(rate, now);
        let limited = OPERATIONS.iter().enumerate();
        RateLimitView {
            plan,
            rate_per_minute: rate.per_minute,
            burst: rate.burst,
            used_last_minute: buckets.trailing.count(now.as_secs()),
            burst_remaining: level.remaining,
            reset_seconds: level.reset_secs,
            endpoints: limited
                .filter_map(|(index, operation)| {
                    let rate = Rate::from(operation.limit?);
                    let bucket = buckets.endpoints.iter().find(|(at, _)| *at == index);
                    let level = bucket.map_or_else(
                        || Bucket::default().level(rate, now),
                        |(_, bucket)| bucket.level(rate, now),
                    );
                    Some(endpoint_view(operation, level))
                })
                .collect(),
        }
    }
}

fn endpoint_bucket(endpoints: &mut Vec<(usize, Bucket)>, index: usize) -> &Bucket {
    let position = endpoints
        .iter()
        .position(|(at, _)| *at == index)
        .unwrap_or_else(|| {
            endpoints.push((index, Bucket::default()));
            endpoints.len() - 1
        });
    &endpoints[position].1
}

fn endpoint_view(operation: &Operation, level: Level) -> EndpointRateLimit {
    EndpointRateLimit {
        method: operation.method.into(),
        path: operation.path.into(),
        rate_per_minute: level.rate.per_minute,
        burst: level.rate.burst,
        burst_remaining: level.remaining,
        reset_seconds: level.reset_secs,
    }
}

/// Counts admitted requests over the trailing 60 seconds, a slot a second.
#[derive(Debug)]
struct TrailingMinute {
    slots: [u32; 60],
    newest_sec: u64,
}

impl Default for TrailingMinute {
    fn default() -> Self {
        Self {
            slots: [0; 60],
            newest_sec: 0,
        }
    }
}

impl TrailingMinute {
    fn add(&mut self, sec: u64) {
        for stale in self.newest_sec + 1..=sec.min(self.newest_sec + 60) {
            self.slots[slot(stale)] = 0;
        }
        // After a long pause the loop above has cleared every slot.
        self.newest_sec = self.newest_sec.max(sec);
        self.slots[slot(sec)] += 1;
    }

    fn count(&self, sec: u64) -> u32 {
        let oldest = sec.saturating_sub(59);
        (oldest..=self.newest_sec.min(sec))
            .filter(|at| self.newest_sec - at < 60)
            .map(|at| self.slots[slot(at)])
            .sum()
    }
}

fn slot(sec: u64) -> usize {
    usize::try_from(sec % 60).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::operation::{Row, Whoami};

    const PLAN: PlanLimits = PlanLimits {
        rate_per_minute: 300,
        burst: 500,
    };

    fn at(secs: f64) -> Duration {
        Duration::from_secs(1000) + Duration::from_secs_f64(secs)
    }

    fn admit(limits: &TenantLimits, now: Duration) -> bool {
        limits
            .charge(Environment::Live, Whoami::INDEX, now)
            .0
            .is_ok()
    }

    #[test]
    fn admits_exactly_the_bucket_from_many_threads() {
        let limits = TenantLimits::new(Plan::Professional, PLAN);
        let admitted: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..10)
                .map(|_| scope.spawn(|| (0..100).filter(|_| admit(&limits, at(0.0))).count()))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .sum()
        });
        assert_eq!(admitted, 500);
        assert_eq!(
            limits.view(Environment::Live, at(0.0)).used_last_minute,
            500
        );
        assert!(
            limits
                .charge(Environment::Test, Whoami::INDEX, at(0.0))
                .0
                .is_ok()
        );
    }

    #[test]
    fn a_refusal_says_when_to_come_back_and_that_is_true() {
        let limits = TenantLimits::new(
            Plan::Starter,
            PlanLimits {
                rate_per_minute: 60,
                burst: 2,
            },
        );
        assert!(admit(&limits, at(0.0)) && admit(&limits, at(0.0)));
        let (outcome, charge) = limits.charge(Environment::Live, Whoami::INDEX, at(0.2));
        assert_eq!(outcome, Err(Wait(1)));
        assert_eq!((charge.plan.remaining, charge.plan.reset_secs), (0, 2));
        assert!(admit(&limits, at(1.2)));
    }

    #[test]
    fn a_client_at_three_quarters_of_its_rate_is_never_refused() {
        let limits = TenantLimits::new(Plan::Professional, PLAN);
        let interval = 60.0 / (300.0 * 0.75);
        assert!((0..10_000).all(|n| admit(&limits, at(f64::from(n) * interval))));
    }

    #[test]
    fn a_new_plan_grants_no_free_burst() {
        let limits = TenantLimits::new(
            Plan::Starter,
            PlanLimits {
                rate_per_minute: 60,
                burst: 60,
            },
        );
        while admit(&limits, at(0.0)) {}
        // 60 s of debt at the old rate are 300 requests of debt at the new one.
        limits.set_plan(Plan::Professional, PLAN);
        assert_eq!(limits.peek(Environment::Live, at(0.0)).plan.remaining, 200);
    }

    #[test]
    fn the_trailing_minute_forgets_after_sixty_seconds() {
        let mut trailing = TrailingMinute::default();
        trailing.add(100);
        trailing.add(130);
        assert_eq!(
            [
                trailing.count(130),
                trailing.count(159),
                trailing.count(160)
            ],
            [2, 2, 1]
        );
        trailing.add(1000);
        assert_eq!(trailing.count(1000), 1);
        assert_eq!(trailing.count(5000), 0);
    }
}
