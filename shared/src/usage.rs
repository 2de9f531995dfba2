//! Usage of the API: reports from the rollups, and single requests from the request log.
//!
//! The numbers include calls with playground tokens, which have the same rate limit and can fail in
//! the same ways. Only "last used" excludes them.

use crate::{
    error::ErrorCode,
    ids::{KeyId, RequestId},
    key::Environment,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Path under which requests for unknown paths are counted.
pub const UNKNOWN_PATH: &str = "(unmatched)";

/// Retention of counts by minute; older ones are by hour.
pub const MINUTES_KEPT: TimeDelta = TimeDelta::days(8);

/// Retention of counts by hour; older ones are by UTC day.
pub const HOURS_KEPT: TimeDelta = TimeDelta::days(93);

/// Maximum length of a custom range.
pub const RANGE_MAX: TimeDelta = TimeDelta::days(366);

/// Time range of a usage report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum UsageRange {
    /// Last hour, by minute.
    #[serde(rename = "1h")]
    Hour,
    /// Last 24 hours, by hour.
    #[default]
    #[serde(rename = "24h")]
    Day,
    /// Last 7 days, by hour.
    #[serde(rename = "7d")]
    Week,
    /// Last 30 days, by day.
    #[serde(rename = "30d")]
    Month,
    /// From `from` to `to`. Its length determines the interval of the series.
    #[serde(rename = "custom")]
    Custom,
}

/// Usage in a time range, and in the preceding range of the same length.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiUsage {
    /// Environment of the keys that the report covers.
    pub environment: Environment,
    /// Time range that the report covers.
    pub range: RangeView,
    /// Time at which the report was computed. It may be up to a minute old.
    pub generated_at: DateTime<Utc>,
    /// Totals of the time range.
    pub totals: UsageTotals,
    /// Totals of the preceding range of the same length.
    pub previous: UsageTotals,
    /// Requests over time, including buckets without requests.
    pub series: Vec<UsagePoint>,
    /// Usage by endpoint, most requests first.
    pub endpoints: Vec<EndpointUsage>,
    /// Failed requests, by status and newest first.
    pub errors: UsageErrors,
    /// Use of the environment's rate limit.
    pub rate_limit: RateLimitUsage,
    /// Usage by key, most requests first, at most 100. Keys that replaced each other by rotation are
    /// one entry.
    pub keys: Vec<KeyUsageRow>,
    /// Requests that were counted but not added to the request log, because too many came at once.
    pub not_logged: u64,
}

/// Time range that a report covers. Both ends are extended to the boundaries of the stored counts:
/// minutes for 8 days, hours for 93 days, then days. A range that includes the current time ends
/// there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RangeView {
    /// Start of the range, inclusive.
    pub from: DateTime<Utc>,
    /// End of the range, exclusive.
    pub to: DateTime<Utc>,
    /// Length of each bucket of the series: 60, 3600 or 86400.
    pub bucket_seconds: u32,
}

/// Totals of a time range. Ratios and latencies are `null` without requests.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageTotals {
    /// Number of requests, including failed ones.
    pub requests: u64,
    /// Share of requests with a status below 400, from 0 to 1.
    pub success_rate: Option<f64>,
    /// Mean time from arrival to the last byte of the response, in milliseconds.
    pub latency_ms_avg: Option<f64>,
    /// Median latency, in milliseconds.
    pub latency_ms_p50: Option<f64>,
    /// 95th percentile of the latency, in milliseconds.
    pub latency_ms_p95: Option<f64>,
    /// 99th percentile of the latency, in milliseconds.
    pub latency_ms_p99: Option<f64>,
    /// Highest number of requests in a minute, relative to the rate limit at the time. May exceed 1
    /// after a burst.
    pub rate_limit_used: Option<f64>,
}

/// Requests in one bucket of the series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsagePoint {
    /// Start time of the bucket.
    pub t: DateTime<Utc>,
    /// Number of requests, including failed ones.
    pub total: u64,
    /// Requests with a status below 400.
    pub success: u64,
    /// Requests with a status of 400 or above.
    pub errors: u64,
    /// `true` if the range includes only a part of the bucket, or if it has not ended yet.
    pub partial: bool,
}

/// Usage of one endpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndpointUsage {
    /// HTTP method in upper case; empty for old requests for unknown paths.
    pub method: String,
    /// Route template, or `(unmatched)` for a path that does not exist.
    pub path: String,
    /// Number of requests, including failed ones.
    pub requests: u64,
    /// Share of requests with a status below 400, from 0 to 1.
    pub success_rate: f64,
    /// Mean latency, in milliseconds.
    pub latency_ms_avg: f64,
    /// 95th percentile of the latency, in milliseconds.
    pub latency_ms_p95: f64,
    /// Requests with a status of 400 or above.
    pub errors: u64,
}

/// Failed requests in a time range.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageErrors {
    /// Number of failed requests by status, most frequent first.
    pub by_status: Vec<StatusShare>,
    /// Newest failed requests of the range, at most 20.
    pub recent: Vec<FailedRequest>,
}

/// Number of failed requests with one status.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusShare {
    /// HTTP status, 400 or above.
    pub status: u16,
    /// Number of requests with this status.
    pub count: u64,
    /// Share of all failed requests, from 0 to 1.
    pub share: f64,
}

/// A failed request, as in the list of recent errors and the CSV export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FailedRequest {
    /// Time at which the response was sent.
    pub timestamp: DateTime<Utc>,
    /// HTTP method in upper case.
    pub method: String,
    /// Route template, or `(unmatched)` for a path that does not exist.
    pub path: String,
    /// HTTP status of the response.
    pub status: u16,
    /// Error code that the client received.
    pub error: ErrorCode,
    /// Reason of the failure. May be more detailed than the client's response.
    pub message: String,
    /// Identifier of the key, with the prefix `key_`.
    pub key_id: KeyId,
    /// Identifier of the request, as in its `X-Request-Id`.
    pub request_id: RequestId,
}

/// Use of the environment's rate limit in a time range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RateLimitUsage {
    /// Environment that the limit applies to.
    pub environment: Environment,
    /// Busiest minute of each bucket, relative to the limit at the time.
    pub series: Vec<RateLimitPoint>,
    /// Requests rejected by a rate limit in the last 24 hours, regardless of the range.
    pub exceeded_24h: u64,
    /// Part of `exceeded_24h` that a limit of a single endpoint rejected, which no plan raises.
    pub exceeded_24h_by_endpoints: u64,
    /// Busiest minute of the range, relative to the limit at the time.
    pub peak: Option<RateLimitPeak>,
    /// Newest minutes of the range in which requests were rejected, at most 20.
    pub events: Vec<RateLimitEvent>,
}

/// Busiest minute of one bucket of the series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RateLimitPoint {
    /// Start time of the bucket.
    pub t: DateTime<Utc>,
    /// Number of admitted requests in the busiest minute.
    pub peak: u32,
    /// Rate limit at the time, in requests per minute.
    pub limit: u32,
}

/// Busiest minute of a time range, relative to the limit at the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RateLimitPeak {
    /// Number of admitted requests in this minute.
    pub value: u32,
    /// Rate limit at the time, in requests per minute.
    pub limit: u32,
    /// Start time of the minute.
    pub at: DateTime<Utc>,
}

/// A minute in which requests were rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RateLimitEvent {
    /// Start time of the minute.
    pub at: DateTime<Utc>,
    /// Number of requests rejected by a rate limit.
    pub refused: u32,
    /// Part of `refused` that a limit of a single endpoint rejected.
    pub refused_by_endpoints: u32,
    /// Number of admitted requests in this minute.
    pub admitted: u32,
    /// Rate limit at the time, in requests per minute.
    pub limit: u32,
}

/// Usage of one key and those that it has replaced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyUsageRow {
    /// Identifier of the newest of the keys.
    pub key_id: KeyId,
    /// Identifier that all keys share that replaced each other by rotation.
    pub lineage_id: String,
    /// Current name of the key.
    pub name: String,
    /// Number of requests, including failed ones.
    pub requests: u64,
    /// Share of requests with a status below 400, from 0 to 1.
    pub success_rate: f64,
    /// Time at which an application last used the key, regardless of the range.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Response of `GET /api/v1/tenant/requests/{request_id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestDetail {
    /// Identifier of the request, as in its `X-Request-Id`.
    pub request_id: RequestId,
    /// Time at which the response was sent.
    pub timestamp: DateTime<Utc>,
    /// Identifier of the key, with the prefix `key_`.
    pub key_id: KeyId,
    /// Current name of the key.
    pub key_name: String,
    /// Environment that the key belongs to.
    pub environment: Environment,
    /// `api`, or `playground` for a call from the documentation.
    pub source: String,
    /// IP address of the client.
    pub client_address: String,
    /// HTTP method in upper case.
    pub method: String,
    /// Route template, or `(unmatched)` for a path that does not exist.
    pub path: String,
    /// HTTP status of the response.
    pub status: u16,
    /// Time from arrival to the last byte of the response, in milliseconds.
    pub duration_ms: f64,
    /// Reason of the failure; `null` for a successful request.
    pub failure: Option<RequestFailure>,
}

/// Reason for which a request failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestFailure {
    /// Error code that the client received.
    pub error: ErrorCode,
    /// Reason of the failure. May be more detailed than the client's response.
    pub message: String,
    /// Check that rejected the request.
    pub refused_by: Check,
}

/// Checks that a request passes, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Size and syntax of the request.
    Syntax,
    /// Status of the key: it must be active.
    Key,
    /// IP allowlist of the key.
    Address,
    /// Scopes of the key.
    Scope,
    /// Rate limits of the plan and the endpoint.
    RateLimit,
    /// Path, query parameters and body.
    Validation,
    /// Handler of the operation, which could not carry it out.
    Handler,
}

impl Check {
    /// Every check, in the order of the requests.
    pub const ALL: [Self; 7] = [
        Self::Syntax,
        Self::Key,
        Self::Address,
        Self::Scope,
        Self::RateLimit,
        Self::Validation,
        Self::Handler,
    ];

    /// Returns the value used in JSON and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Key => "key",
            Self::Address => "address",
            Self::Scope => "scope",
            Self::RateLimit => "rate_limit",
            Self::Validation => "validation",
            Self::Handler => "handler",
        }
    }
}
