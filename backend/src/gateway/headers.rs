//! How an answer tells the state of the limits: `X-RateLimit-*`, and `RateLimit`
//! with `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10).

use crate::gateway::limits::{Charge, Level};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use std::fmt::Write;

static LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
static REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
static RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
static POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
static STATE: HeaderName = HeaderName::from_static("ratelimit");

/// Writes the headers.
pub fn insert(headers: &mut HeaderMap, charge: &Charge) {
    let nearest = charge.nearest();
    headers.insert(LIMIT.clone(), nearest.rate.burst.into());
    headers.insert(REMAINING.clone(), nearest.remaining.into());
    headers.insert(RESET.clone(), nearest.reset_secs.into());

    let mut policy = String::with_capacity(48);
    let mut state = String::with_capacity(48);
    let buckets = [Some(("plan", charge.plan)), charge.endpoint];
    for (
        name,
        Level {
            rate,
            remaining,
            reset_secs,
        },
    ) in buckets.into_iter().flatten()
    {
        let separator = if policy.is_empty() { "" } else { ", " };
        // Writing to a String cannot fail.
        let _ = write!(
            policy,
            "{separator}\"{name}\";q={};w={}",
            rate.burst,
            rate.window_secs()
        );
        let _ = write!(state, "{separator}\"{name}\";r={remaining};t={reset_secs}");
    }
    for (name, value) in [(&POLICY, policy), (&STATE, state)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name.clone(), value);
        }
    }
}
