//! Rate limits: one token bucket (GCRA, by governor) per tenant and environment, and one for each
//! endpoint with a separate limit. Either all buckets of a request admit it or none is charged.
//!
//! Buckets live in this process. With several processes, each grants the full rate.

mod bucket;
pub mod guess_limiter;
pub mod headers;
mod json_template;
mod log_budget;
mod minutes;
mod policy;
mod trailing;

pub use bucket::{Level, Rate, Wait};
pub use minutes::{MinuteCount, RateCount};

use crate::clock::Moment;
use bucket::Bucket;
use json_template::{JsonTemplate, PLACEHOLDER};
use log_budget::LogBudget;
use minutes::Minutes;
use parking_lot::Mutex;
use policy::Policy;
use shared::{
    key::Environment,
    operation::OPERATIONS,
    plan::{Plan, PlanLimits},
    rate_limit::{EndpointRateLimit, RateLimitView},
};
use std::{iter, sync::Arc, time::Duration};
use trailing::TrailingMinute;

/// The rate limits of a tenant in both environments.
#[derive(Debug)]
pub struct TenantLimits {
    environments: [Mutex<Buckets>; 2],
    /// Budget for the tenant's entries in the request log.
    pub log_budget: LogBudget,
}

/// The buckets of one environment, updated together under one lock.
#[derive(Debug)]
struct Buckets {
    plan: Plan,
    rate: Rate,
    bucket: Bucket,
    policy: Arc<Policy>,
    endpoints: Vec<Endpoint>,
    /// Admitted requests of the last 60 seconds.
    trailing: TrailingMinute,
    /// Requests that the plan's bucket refused in the last 60 seconds.
    trailing_refused: TrailingMinute,
    /// [`TenantLimits::view`] as a JSON template.
    template: JsonTemplate,
    minutes: Minutes,
}

/// The bucket of an operation with a separate limit.
#[derive(Debug)]
struct Endpoint {
    /// Index in [`OPERATIONS`].
    index: usize,
    name: &'static str,
    rate: Rate,
    bucket: Bucket,
    /// Requests that this bucket refused in the last 60 seconds.
    trailing_refused: TrailingMinute,
    /// Combined policy of the plan and this endpoint.
    policy: Arc<Policy>,
}

/// The limit that refused a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitKind {
    /// The plan's limit, shared by all requests.
    Plan,
    /// The endpoint's limit, which is the same on all plans.
    Endpoint,
}

/// A request refused by a rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimited {
    pub by: LimitKind,
    pub rate: Rate,
    /// Time until the limit admits one request.
    pub wait: Wait,
}

/// Levels of the limits after a charge, for the response headers.
#[derive(Debug, Clone)]
pub struct Charge {
    /// The limits that apply to the request.
    pub policy: Arc<Policy>,
    pub plan: Level,
    pub endpoint: Option<Level>,
}

impl TenantLimits {
    /// Creates limits with full buckets.
    pub fn new(plan: Plan, limits: PlanLimits) -> Self {
        Self {
            environments: std::array::from_fn(|_| Buckets::new(plan, limits.into()).into()),
            log_budget: LogBudget::default(),
        }
    }

    /// Changes the plan. Used tokens stay used.
    pub fn set_plan(&self, plan: Plan, limits: PlanLimits, now: Duration) {
        for environment in &self.environments {
            environment.lock().set_plan(plan, limits.into(), now);
        }
    }

    /// Admits one request to the operation at `index` of the route table, or returns the limit that
    /// refuses it. A refusal charges nothing.
    pub fn charge(
        &self,
        environment: Environment,
        index: usize,
        at: Moment,
    ) -> (Result<(), RateLimited>, Charge) {
        let now = at.monotonic;
        let mut buckets = self.environments[environment as usize].lock();
        let outcome = buckets.charge(index, now);
        let refused_by = outcome.err().map(|refused| refused.by);
        buckets.count_trailing(index, refused_by, now.as_secs());
        let minute = at.utc_ms.div_euclid(60_000);
        let limit = buckets.rate.per_minute;
        buckets.minutes.count(minute, limit, refused_by);
        (outcome, buckets.after_charge(Some(index), now))
    }

    /// Takes the counts of an environment since the last call.
    pub fn take_minutes(&self, environment: Environment) -> Vec<MinuteCount> {
        self.environments[environment as usize]
            .lock()
            .minutes
            .take()
    }

    /// Returns the levels of the buckets without charging.
    pub fn peek(&self, environment: Environment, now: Duration) -> Charge {
        let buckets = self.environments[environment as usize].lock();
        buckets.after_charge(None, now)
    }

    /// Returns the data of the rate limit indicator.
    pub fn view(&self, environment: Environment, now: Duration) -> RateLimitView {
        let mut buckets = self.environments[environment as usize].lock();
        buckets.advance(now.as_secs());
        buckets.view(TrailingMinute::sum, |bucket, rate| bucket.level(rate, now))
    }

    /// Appends [`Self::view`] as JSON.
    pub fn write_view(&self, environment: Environment, now: Duration, json: &mut Vec<u8>) {
        let mut buckets = self.environments[environment as usize].lock();
        buckets.advance(now.as_secs());
        let numbers = |refused: &TrailingMinute, level: Level| {
            [refused.sum(), level.remaining, level.reset_secs]
        };
        let plan = numbers(
            &buckets.trailing_refused,
            buckets.bucket.level(buckets.rate, now),
        );
        let endpoints = buckets.endpoints.iter().flat_map(|endpoint| {
            let level = endpoint.bucket.level(endpoint.rate, now);
            numbers(&endpoint.trailing_refused, level)
        });
        let used = iter::once(buckets.trailing.sum());
        let numbers = used.chain(plan).chain(endpoints);
        buckets.template.fill(json, numbers);
    }
}

impl Buckets {
    fn new(plan: Plan, rate: Rate) -> Self {
        let limited = OPERATIONS.iter().enumerate();
        let endpoints = limited.filter_map(|(index, operation)| {
            let limit = operation.limit?;
            let own = Rate::from(limit);
            Some(Endpoint {
                index,
                name: limit.name,
                rate: own,
                bucket: Bucket::default(),
                trailing_refused: TrailingMinute::default(),
                policy: Policy::new(rate, Some((limit.name, own))).into(),
            })
        });
        let mut buckets = Self {
            plan,
            rate,
            bucket: Bucket::default(),
            policy: Policy::new(rate, None).into(),
            endpoints: endpoints.collect(),
            trailing: TrailingMinute::default(),
            trailing_refused: TrailingMinute::default(),
            template: JsonTemplate::default(),
            minutes: Minutes::default(),
        };
        buckets.write();
        buckets
    }

    fn set_plan(&mut self, plan: Plan, rate: Rate, now: Duration) {
        // Usually a no-op: called on every load of the tenant's row.
        if self.plan == plan && self.rate == rate {
            return;
        }
        self.bucket.change_rate(self.rate, rate, now);
        self.plan = plan;
        self.rate = rate;
        self.write();
        self.policy = Policy::new(rate, None).into();
        for endpoint in &mut self.endpoints {
            endpoint.policy = Policy::new(rate, Some((endpoint.name, endpoint.rate))).into();
        }
    }

    fn count_trailing(&mut self, index: usize, refused_by: Option<LimitKind>, sec: u64) {
        let counted = match refused_by {
            None => &mut self.trailing,
            Some(LimitKind::Plan) => &mut self.trailing_refused,
            Some(LimitKind::Endpoint) => {
                let mut endpoints = self.endpoints.iter_mut();
                match endpoints.find(|endpoint| endpoint.index == index) {
                    Some(endpoint) => &mut endpoint.trailing_refused,
                    None => return,
                }
            }
        };
        counted.add(sec);
    }

    /// Drops requests older than 60 seconds from the trailing counts.
    fn advance(&mut self, sec: u64) {
        self.trailing.advance(sec);
        self.trailing_refused.advance(sec);
        for endpoint in &mut self.endpoints {
            endpoint.trailing_refused.advance(sec);
        }
    }

    /// Builds the view; `count` reads trailing counts and `level` reads buckets.
    fn view(
        &self,
        count: impl Fn(&TrailingMinute) -> u32,
        level: impl Fn(&Bucket, Rate) -> Level,
    ) -> RateLimitView {
        let Level {
            remaining,
            reset_secs,
        } = level(&self.bucket, self.rate);
        let endpoints = self.endpoints.iter();
        RateLimitView {
            plan: self.plan,
            rate_per_minute: self.rate.per_minute,
            burst: self.rate.burst,
            used_last_minute: count(&self.trailing),
            refused_last_minute: count(&self.trailing_refused),
            burst_remaining: remaining,
            reset_seconds: reset_secs,
            endpoints: endpoints
                .map(|endpoint| {
                    let refused = count(&endpoint.trailing_refused);
                    endpoint.view(refused, level(&endpoint.bucket, endpoint.rate))
                })
                .collect(),
        }
    }

    fn write(&mut self) {
        let placeholders = Level {
            remaining: PLACEHOLDER,
            reset_secs: PLACEHOLDER,
        };
        self.template = JsonTemplate::new(&self.view(|_| PLACEHOLDER, |_, _| placeholders));
    }

    fn endpoint(&self, index: usize) -> Option<&Endpoint> {
        self.endpoints
            .iter()
            .find(|endpoint| endpoint.index == index)
    }

    fn charge(&self, index: usize, now: Duration) -> Result<(), RateLimited> {
        let before = self.bucket.clone();
        let refuse = |by, rate| move |wait| RateLimited { by, rate, wait };
        let admitted = self.bucket.charge(self.rate, now);
        admitted.map_err(refuse(LimitKind::Plan, self.rate))?;
        let Some(endpoint) = self.endpoint(index) else {
            return Ok(());
        };
        endpoint
            .bucket
            .charge(endpoint.rate, now)
            .inspect_err(|_| self.bucket.restore(before))
            .map_err(refuse(LimitKind::Endpoint, endpoint.rate))
    }

    fn after_charge(&self, index: Option<usize>, now: Duration) -> Charge {
        let endpoint = index.and_then(|index| self.endpoint(index));
        Charge {
            policy: endpoint.map_or(&self.policy, |own| &own.policy).clone(),
            plan: self.bucket.level(self.rate, now),
            endpoint: endpoint.map(|own| own.bucket.level(own.rate, now)),
        }
    }
}

impl Endpoint {
    fn view(&self, refused: u32, level: Level) -> EndpointRateLimit {
        EndpointRateLimit {
            method: OPERATIONS[self.index].method.into(),
            path: OPERATIONS[self.index].path.into(),
            rate_per_minute: self.rate.per_minute,
            burst: self.rate.burst,
            refused_last_minute: refused,
            burst_remaining: level.remaining,
            reset_seconds: level.reset_secs,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::operation::{Row, SendEmail, Whoami};

    const PLAN: PlanLimits = PlanLimits {
        rate_per_minute: 300,
        burst: 500,
    };

    fn at(secs: f64) -> Duration {
        Duration::from_secs(1000) + Duration::from_secs_f64(secs)
    }

    fn moment(monotonic: Duration) -> Moment {
        Moment {
            utc_ms: 0,
            monotonic,
        }
    }

    fn charge(limits: &TenantLimits, of: Environment, now: Duration) -> (Result<(), Wait>, Charge) {
        let (outcome, charge) = limits.charge(of, Whoami::INDEX, moment(now));
        (outcome.map_err(|refused| refused.wait), charge)
    }

    fn admit(limits: &TenantLimits, now: Duration) -> bool {
        charge(limits, Environment::Live, now).0.is_ok()
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
        assert!(charge(&limits, Environment::Test, at(0.0)).0.is_ok());
        let count = |of| {
            limits
                .take_minutes(of)
                .iter()
                .map(|c| (c.admitted, c.refused))
                .collect()
        };
        let both: [Vec<_>; 2] = Environment::ALL.map(count);
        assert_eq!(both, [vec![(500, 500)], vec![(1, 0)]]);
    }

    #[test]
    fn what_an_endpoint_refuses_costs_the_plan_nothing() {
        let limits = TenantLimits::new(Plan::Professional, PLAN);
        let send = || limits.charge(Environment::Live, SendEmail::INDEX, moment(at(0.0)));
        let admitted: usize = std::thread::scope(|scope| {
            let sender = || (0..100).filter(|_| send().0.is_ok()).count();
            let threads: Vec<_> = (0..10).map(|_| scope.spawn(sender)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .sum()
        });
        assert_eq!(admitted, 60);
        let (outcome, charge) = send();
        let refused = outcome.unwrap_err();
        assert_eq!((refused.by, refused.wait), (LimitKind::Endpoint, Wait(1)));
        assert_eq!(charge.plan.remaining, 440);
        let view = limits.view(Environment::Live, at(0.0));
        let refused = view.endpoints[0].refused_last_minute;
        assert_eq!((view.refused_last_minute, refused), (0, 941));
        let counts = limits.take_minutes(Environment::Live);
        assert_eq!(
            (counts[0].refused, counts[0].refused_by_endpoint),
            (941, 941)
        );
        assert_eq!(charge.endpoint.unwrap().remaining, 0);
        assert!(admit(&limits, at(0.0)), "other endpoints go on");
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
        let (outcome, charge) = charge(&limits, Environment::Live, at(0.2));
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
    fn what_is_written_is_what_serde_would_write() {
        let limits = TenantLimits::new(Plan::Starter, PLAN);
        let same = |now| {
            let mut json = Vec::new();
            limits.write_view(Environment::Live, now, &mut json);
            let read: RateLimitView = serde_json::from_slice(&json).unwrap();
            assert_eq!(read, limits.view(Environment::Live, now));
            read
        };
        same(at(0.0));
        for _ in 0..7 {
            limits
                .charge(Environment::Live, SendEmail::INDEX, moment(at(0.0)))
                .0
                .unwrap();
        }
        let view = same(at(0.5));
        assert_eq!((view.used_last_minute, view.burst_remaining), (7, 495));
        assert_eq!(view.endpoints[0].burst_remaining, 53);
        limits.set_plan(Plan::Enterprise, PLAN, at(90.0));
        assert_eq!(same(at(90.0)).plan, Plan::Enterprise);
    }

    fn limits(rate_per_minute: u32, burst: u32) -> PlanLimits {
        PlanLimits {
            rate_per_minute,
            burst,
        }
    }

    fn remaining(limits: &TenantLimits, now: Duration) -> u32 {
        limits.peek(Environment::Live, now).plan.remaining
    }

    #[test]
    fn a_new_plan_carries_over_the_tokens_that_are_used() {
        for (before, calls, after, left) in [
            ((60, 100), 100, (60_000, 60_000), 59_900),
            ((60, 60), 60, (300, 500), 440),
            // Changes of only the rate or only the burst.
            ((60, 100), 100, (60, 250), 150),
            ((60, 100), 40, (6000, 100), 60),
            // Lowered: used tokens stay used, up to the new burst.
            ((300, 500), 100, (60, 60), 0),
            ((300, 500), 20, (60, 60), 40),
            ((60, 100), 0, (60_000, 60_000), 60_000),
        ] {
            let tenant = TenantLimits::new(Plan::Starter, limits(before.0, before.1));
            for _ in 0..calls {
                assert!(admit(&tenant, at(0.0)));
            }
            tenant.set_plan(Plan::Business, limits(after.0, after.1), at(0.0));
            assert_eq!(remaining(&tenant, at(0.0)), left, "{before:?} {after:?}");
            assert_eq!(admit(&tenant, at(0.0)), left > 0, "{before:?} {after:?}");
        }
    }

    /// A deterministic pseudo-random number generator.
    fn numbers() -> impl FnMut(u32, u32) -> u32 {
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        move |from, to| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            from + u32::try_from(state >> 33).unwrap() % (to - from + 1)
        }
    }

    #[test]
    fn changes_of_plan_neither_lose_nor_grant_tokens() {
        let mut number = numbers();
        for _ in 0..60 {
            let (mut rate, mut burst) = (number(1, 5000), number(1, 5000));
            let tenant = TenantLimits::new(Plan::Starter, limits(rate, burst));
            let mut now = at(0.0);
            for _ in 0..20 {
                now += Duration::from_millis(number(0, 20_000).into());
                for _ in 0..number(0, 200) {
                    let had = remaining(&tenant, now);
                    assert_eq!(admit(&tenant, now), had > 0);
                    assert_eq!(remaining(&tenant, now), had.saturating_sub(1));
                }
                let used = burst - remaining(&tenant, now);
                (rate, burst) = (number(1, 5000), number(1, 5000));
                tenant.set_plan(Plan::Starter, limits(rate, burst), now);
                let left = remaining(&tenant, now);
                assert_eq!(left, burst.saturating_sub(used), "{rate} a minute, {burst}");
                // The wait never exceeds the time that the new bucket takes to fill.
                let (outcome, charge) = charge(&tenant, Environment::Live, now);
                assert_eq!(outcome.is_ok(), left > 0);
                assert!(charge.plan.reset_secs <= Rate::from(limits(rate, burst)).window_secs());
            }
        }
    }
}
