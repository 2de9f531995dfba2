//! State of the rate limits, as shown by the dashboard and `whoami`.

use crate::plan::Plan;
use serde::{Deserialize, Serialize};

/// State of the plan's rate limit in one environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RateLimitView {
    /// Plan that the tenant has subscribed to.
    pub plan: Plan,
    /// Sustained rate, in requests per minute.
    pub rate_per_minute: u32,
    /// Maximum number of requests in a burst, after a pause.
    pub burst: u32,
    /// Requests admitted in the last 60 seconds.
    pub used_last_minute: u32,
    /// Requests rejected by the plan's limit in the last 60 seconds.
    pub refused_last_minute: u32,
    /// Requests that would be admitted immediately.
    pub burst_remaining: u32,
    /// Seconds until `burst_remaining` is back at `burst` without further requests.
    pub reset_seconds: u32,
    /// Rate limits of single endpoints, which apply in addition to the plan's.
    pub endpoints: Vec<EndpointRateLimit>,
}

/// State of an endpoint's own rate limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndpointRateLimit {
    /// HTTP method of the endpoint.
    pub method: String,
    /// Route template of the endpoint.
    pub path: String,
    /// Sustained rate, in requests per minute.
    pub rate_per_minute: u32,
    /// Maximum number of requests in a burst, after a pause.
    pub burst: u32,
    /// Requests rejected by this limit in the last 60 seconds.
    pub refused_last_minute: u32,
    /// Requests that would be admitted immediately.
    pub burst_remaining: u32,
    /// Seconds until `burst_remaining` is back at `burst` without further requests.
    pub reset_seconds: u32,
}
