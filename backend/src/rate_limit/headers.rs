//! Rate limit headers of responses: `X-RateLimit-*`, and `RateLimit` with `RateLimit-Policy`
//! (draft-ietf-httpapi-ratelimit-headers-10).

use super::{Charge, Level, policy::PLAN};
use actix_web::{
    http::header::{HeaderMap, HeaderName, HeaderValue},
    web::Bytes,
};
use std::ops::Range;

static LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
static REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
static RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
static POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
static STATE: HeaderName = HeaderName::from_static("ratelimit");

/// Inserts the headers. `X-RateLimit-*` describe the bucket with the fewest remaining requests.
pub fn insert(headers: &mut HeaderMap, charge: &Charge) {
    let policy = &*charge.policy;
    let mut state = State::default();
    let mut nearest = (&policy.plan_burst, state.push(PLAN, charge.plan));
    if let (Some((name, burst)), Some(level)) = (&policy.endpoint, charge.endpoint) {
        let written = state.push(name, level);
        if level.remaining < charge.plan.remaining {
            nearest = (burst, written);
        }
    }
    let (burst, FormattedLevel { remaining, reset }) = nearest;
    let state = Bytes::from(state.0);
    // No other code sets these headers, and `append` is cheaper than `insert`.
    headers.append(LIMIT.clone(), burst.clone());
    headers.append(POLICY.clone(), policy.all.clone());
    // These values are slices of the text that is already formatted.
    let parts = [
        (&REMAINING, state.slice(remaining)),
        (&RESET, state.slice(reset)),
        (&STATE, state),
    ];
    for (name, value) in parts {
        if let Ok(value) = HeaderValue::from_maybe_shared(value) {
            headers.append(name.clone(), value);
        }
    }
}

/// The value of `RateLimit` while it is formatted.
struct State(Vec<u8>);

/// Positions of a bucket's numbers in [`State`].
struct FormattedLevel {
    remaining: Range<usize>,
    reset: Range<usize>,
}

impl Default for State {
    fn default() -> Self {
        Self(Vec::with_capacity(64))
    }
}

impl State {
    fn push(&mut self, name: &str, level: Level) -> FormattedLevel {
        if !self.0.is_empty() {
            self.0.extend_from_slice(b", ");
        }
        self.0.push(b'"');
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\";r=");
        let remaining = self.push_number(level.remaining);
        self.0.extend_from_slice(b";t=");
        let reset = self.push_number(level.reset_secs);
        FormattedLevel { remaining, reset }
    }

    fn push_number(&mut self, number: u32) -> Range<usize> {
        let start = self.0.len();
        let mut buffer = itoa::Buffer::new();
        self.0.extend_from_slice(buffer.format(number).as_bytes());
        start..self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rate_limit::{Rate, policy::Policy};
    use shared::plan::{Plan, PlanLimits};

    #[test]
    fn the_nearest_bucket_gives_the_single_numbers() {
        let rate = |per_minute, burst| {
            Rate::from(PlanLimits {
                rate_per_minute: per_minute,
                burst,
            })
        };
        let level = |remaining, reset_secs| Level {
            remaining,
            reset_secs,
        };
        let plan = Rate::from(Plan::Professional.limits());
        let charge = Charge {
            policy: Policy::new(plan, Some(("send", rate(60, 60)))).into(),
            plan: level(499, 1),
            endpoint: Some(level(58, 2)),
        };
        let mut headers = HeaderMap::new();
        insert(&mut headers, &charge);
        for (name, expected) in [
            ("x-ratelimit-limit", "60"),
            ("x-ratelimit-remaining", "58"),
            ("x-ratelimit-reset", "2"),
            (
                "ratelimit-policy",
                "\"plan\";q=500;w=100, \"send\";q=60;w=60",
            ),
            ("ratelimit", "\"plan\";r=499;t=1, \"send\";r=58;t=2"),
        ] {
            assert_eq!(headers.get(name).unwrap(), expected, "{name}");
        }
    }
}
