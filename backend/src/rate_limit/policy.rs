//! The part of the rate limit headers that all responses under the same limits share.

use super::Rate;
use actix_web::http::header::HeaderValue;

/// Name of the plan's bucket in `RateLimit` and `RateLimit-Policy`.
pub(super) const PLAN: &str = "plan";

/// The constant part of the rate limit headers. Built once per tenant, not per response.
#[derive(Debug)]
pub struct Policy {
    pub(super) all: HeaderValue,
    pub(super) plan_burst: HeaderValue,
    pub(super) endpoint: Option<(&'static str, HeaderValue)>,
}

impl Policy {
    pub fn new(plan: Rate, endpoint: Option<(&'static str, Rate)>) -> Self {
        let rates = [Some((PLAN, plan)), endpoint];
        let all = rates.into_iter().flatten().map(|(name, rate)| {
            let burst = rate.burst;
            let window_secs = rate.window_secs();
            format!("\"{name}\";q={burst};w={window_secs}")
        });
        let all = all.collect::<Vec<_>>().join(", ");
        Self {
            // The names of limits are plain ASCII words, so this cannot fail.
            all: HeaderValue::try_from(all).unwrap_or_else(|_| plan.burst.into()),
            plan_burst: plan.burst.into(),
            endpoint: endpoint.map(|(name, rate)| (name, rate.burst.into())),
        }
    }
}
