//! Rate limits: one token bucket (GCRA, by governor) for each tenant and
//! environment, and one for each endpoint that has a limit of its own. Either all
//! buckets of a request admit it or none is charged.
//!
//! Buckets live in this process; several processes each grant the whole rate.

mod bucket;
mod minutes;
mod trailing;

pub use bucket::{Level, Rate, Wait};
pub use minutes::MinuteCount;

use crate::{clock::Moment, gateway::headers::Policy, usage::request_log::LogBudget};
use bucket::Bucket;
use minutes::Minutes;
use parking_lot::Mutex;
use shared::{
    key::Environment,
    operation::OPERATIONS,
    plan::{Plan, PlanLimits},
    rate_limit::{EndpointRateLimit, RateLimitView},
};
use std::{sync::Arc, time::Duration};
use trailing::TrailingMinute;

/// All limits of one tenant.
#[derive(Debug)]
pub struct TenantLimits {
    environments: [Mutex<Buckets>; 2],
    /// How many of its requests are kept one by one.
    pub log_budget: LogBudget,
}

/// The buckets of one environment. Changed together, under one lock.
#[derive(Debug)]
struct Buckets {
    plan: Plan,
    rate: Rate,
    bucket: Bucket,
    policy: Arc<Policy>,
    endpoints: Vec<Endpoint>,
    trailing: TrailingMinute,
    minutes: Minutes,
}

/// The bucket of an operation that has a limit of its own.
#[derive(Debug)]
struct Endpoint {
    /// Position in [`OPERATIONS`].
    index: usize,
    name: &'static str,
    rate: Rate,
    bucket: Bucket,
    /// Of the plan and this endpoint together.
    policy: Arc<Policy>,
}

/// What a charge left behind, for the headers of the answer.
#[derive(Debug, Clone)]
pub struct Charge {
    /// The limits that the request was under.
    pub policy: Arc<Policy>,
    /// The plan's bucket.
    pub plan: Level,
    /// The endpoint's own bucket.
    pub endpoint: Option<Level>,
}

impl TenantLimits {
    /// Full buckets under a plan.
    pub fn new(plan: Plan, limits: PlanLimits) -> Self {
        Self {
            environments: std::array::from_fn(|_| Buckets::new(plan, limits.into()).into()),
            log_budget: LogBudget::default(),
        }
    }

    /// Changes the plan. What has been used stays used.
    pub fn set_plan(&self, plan: Plan, limits: PlanLimits) {
        for environment in &self.environments {
            environment.lock().set_plan(plan, limits.into());
        }
    }

    /// Admits one request to the operation at `index` of the route table, or
    /// says how long to wait. A refusal charges nothing.
    pub fn charge(
        &self,
        environment: Environment,
        index: usize,
        at: Moment,
    ) -> (Result<(), Wait>, Charge) {
        let now = at.monotonic;
        let mut buckets = self.environments[environment as usize].lock();
        let outcome = buckets.charge(index, now);
        if outcome.is_ok() {
            buckets.trailing.add(now.as_secs());
        }
        let (minute, limit) = (at.utc_ms.div_euclid(60_000), buckets.rate.per_minute);
        buckets.minutes.count(minute, outcome.is_ok(), limit);
        (outcome, buckets.after_charge(Some(index), now))
    }

    /// Takes what was counted of an environment since the last time.
    pub fn take_minutes(&self, environment: Environment) -> Vec<MinuteCount> {
        self.environments[environment as usize]
            .lock()
            .minutes
            .take()
    }

    /// The buckets as they are, without charging.
    pub fn peek(&self, environment: Environment, now: Duration) -> Charge {
        let buckets = self.environments[environment as usize].lock();
        buckets.after_charge(None, now)
    }

    /// Everything that the rate-limit indicator shows.
    pub fn view(&self, environment: Environment, now: Duration) -> RateLimitView {
        let mut buckets = self.environments[environment as usize].lock();
        let level = buckets.bucket.level(buckets.rate, now);
        RateLimitView {
            plan: buckets.plan,
            rate_per_minute: buckets.rate.per_minute,
            burst: buckets.rate.burst,
            used_last_minute: buckets.trailing.count(now.as_secs()),
            burst_remaining: level.remaining,
            reset_seconds: level.reset_secs,
            endpoints: buckets
                .endpoints
                .iter()
                .map(|endpoint| endpoint.view(now))
                .collect(),
        }
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
                policy: Policy::new(rate, Some((limit.name, own))).into(),
            })
        });
        Self {
            plan,
            rate,
            bucket: Bucket::default(),
            policy: Policy::new(rate, None).into(),
            endpoints: endpoints.collect(),
            trailing: TrailingMinute::default(),
            minutes: Minutes::default(),
        }
    }

    fn set_plan(&mut self, plan: Plan, rate: Rate) {
        self.plan = plan;
        // Called whenever the tenant's row was read, so nearly always in vain.
        if self.rate == rate {
            return;
        }
        self.rate = rate;
        self.policy = Policy::new(rate, None).into();
        for endpoint in &mut self.endpoints {
            endpoint.policy = Policy::new(rate, Some((endpoint.name, endpoint.rate))).into();
        }
    }

    fn endpoint(&self, index: usize) -> Option<&Endpoint> {
        self.endpoints
            .iter()
            .find(|endpoint| endpoint.index == index)
    }

    fn charge(&self, index: usize, now: Duration) -> Result<(), Wait> {
        let before = self.bucket.clone();
        self.bucket.charge(self.rate, now)?;
        let Some(endpoint) = self.endpoint(index) else {
            return Ok(());
        };
        endpoint
            .bucket
            .charge(endpoint.rate, now)
            .inspect_err(|_| self.bucket.restore(before))
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
    fn view(&self, now: Duration) -> EndpointRateLimit {
        let level = self.bucket.level(self.rate, now);
        EndpointRateLimit {
            method: OPERATIONS[self.index].method.into(),
            path: OPERATIONS[self.index].path.into(),
            rate_per_minute: self.rate.per_minute,
            burst: self.rate.burst,
            burst_remaining: level.remaining,
            reset_seconds: level.reset_secs,
        }
    }
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

    fn charge(limits: &TenantLimits, of: Environment, now: Duration) -> (Result<(), Wait>, Charge) {
        let moment = Moment {
            utc_ms: 0,
            monotonic: now,
        };
        limits.charge(of, Whoami::INDEX, moment)
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
}
