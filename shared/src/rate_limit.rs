//! The state of the rate limits, as the indicator and `whoami` show it.

use crate::plan::Plan;
use serde::{Deserialize, Serialize};

/// How much of the plan's rate is in use, for one environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RateLimitView {
    /// The tenant's plan.
    pub plan: Plan,
    /// Requests per minute that can be sustained.
    pub rate_per_minute: u32,
    /// Requests that a rested tenant may make at once.
    pub burst: u32,
    /// Requests admitted in the trailing 60 seconds.
    pub used_last_minute: u32,
    /// Requests that the plan's limit refused in the trailing 60 seconds.
    pub refused_last_minute: u32,
    /// Requests that would be admitted right now.
    pub burst_remaining: u32,
    /// Seconds until `burst_remaining` is `burst` again if nothing more comes.
    pub reset_seconds: u32,
    /// The buckets of single endpoints, which apply on top of the plan.
    pub endpoints: Vec<EndpointRateLimit>,
}

/// The bucket of one endpoint that has a limit of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndpointRateLimit {
    /// HTTP method.
    pub method: String,
    /// Route template.
    pub path: String,
    /// Requests per minute that can be sustained.
    pub rate_per_minute: u32,
    /// Requests that may be made at once.
    pub burst: u32,
    /// Requests that this limit refused in the trailing 60 seconds.
    pub refused_last_minute: u32,
    /// Requests that would be admitted right now.
    pub burst_remaining: u32,
    /// Seconds until `burst_remaining` is `burst` again if nothing more comes.
    pub reset_seconds: u32,
}
