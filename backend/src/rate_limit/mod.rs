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
#[cfg(test)]
mod tests;
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
