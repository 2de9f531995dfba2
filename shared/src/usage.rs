//! What `GET /api/v1/tenant/analytics/api-usage` and its companions answer: how the
//! tenant's keys were used, from the rollups, and single requests from the request log.
//!
//! The numbers include calls from the documentation's playground: they take from the
//! same rate limit and can fail in the same ways. Only "last used" leaves them out.

use crate::{
    error::ErrorCode,
    ids::{KeyId, RequestId},
    key::Environment,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// The path of all requests together for paths that do not exist.
pub const UNKNOWN_PATH: &str = "(unmatched)";

/// How long requests are counted by the minute; after that by the hour.
pub const MINUTES_KEPT: TimeDelta = TimeDelta::days(8);

/// How long requests are counted by the hour; after that by the day, in UTC.
pub const HOURS_KEPT: TimeDelta = TimeDelta::days(93);

/// How long a custom range may be.
pub const RANGE_MAX: TimeDelta = TimeDelta::days(366);

/// The time that a usage view is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum UsageRange {
    /// The last hour, by minute.
    #[serde(rename = "1h")]
    Hour,
    /// The last 24 hours, by hour.
    #[default]
    #[serde(rename = "24h")]
    Day,
    /// The last 7 days, by hour.
    #[serde(rename = "7d")]
    Week,
    /// The last 30 days, by day.
    #[serde(rename = "30d")]
    Month,
    /// From one moment to another, by what its length allows.
    #[serde(rename = "custom")]
    Custom,
}

/// The usage of one range, and of the range of the same length before it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiUsage {
    /// Whose requests: all numbers are of the keys of this environment.
    pub environment: Environment,
    /// What the numbers are about.
    pub range: RangeView,
    /// When they were computed; an answer may be up to a minute old.
    pub generated_at: DateTime<Utc>,
    /// Everything in the range.
    pub totals: UsageTotals,
    /// Everything in the range before.
    pub previous: UsageTotals,
    /// Requests over time: every bucket of the range, those without requests included.
    pub series: Vec<UsagePoint>,
    /// By endpoint, most requests first.
    pub endpoints: Vec<EndpointUsage>,
    /// What went wrong.
    pub errors: UsageErrors,
    /// How near to the rate limit.
    pub rate_limit: RateLimitUsage,
    /// By key, those that replaced each other by rotation as one; most requests first,
    /// at most 100.
    pub keys: Vec<KeyUsageRow>,
    /// Requests of the range that were counted but not kept one by one, because too
    /// many came at once.
    pub not_logged: u64,
}

/// The range that was really counted: both ends are moved outwards to where counts of
/// that age are kept apart (to the minute for 8 days, to the hour for 93, then to the
/// day), and one that reaches the present ends there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RangeView {
    /// The first moment.
    pub from: DateTime<Utc>,
    /// The first moment after it.
    pub to: DateTime<Utc>,
    /// Length of a bucket of the series: 60, 3600 or 86400.
    pub bucket_seconds: u32,
}

/// The metric cards. Ratios and latencies are `null` without requests.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageTotals {
    /// Answered requests.
    pub requests: u64,
    /// Those with a status below 400, 0 to 1.
    pub success_rate: Option<f64>,
    /// Mean time from arrival to the last byte, in milliseconds.
    pub latency_ms_avg: Option<f64>,
    /// Half of them were at most this slow.
    pub latency_ms_p50: Option<f64>,
    /// 95 % of them were at most this slow.
    pub latency_ms_p95: Option<f64>,
    /// 99 % of them were at most this slow.
    pub latency_ms_p99: Option<f64>,
    /// Peak requests in a minute against the rate of that time, 0 and up. More than 1
    /// is possible: a burst.
    pub rate_limit_used: Option<f64>,
}

/// One bucket of the request series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsagePoint {
    /// The bucket's first moment.
    pub t: DateTime<Utc>,
    /// Answered requests.
    pub total: u64,
    /// Those with a status below 400.
    pub success: u64,
    /// Those with a status of 400 and above.
    pub errors: u64,
    /// Whether the range cuts it or it is not over yet.
    pub partial: bool,
}

/// The use of one endpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndpointUsage {
    /// HTTP method; empty for unknown paths of before it was kept.
    pub method: String,
    /// Route template; `(unmatched)` for a path that does not exist.
    pub path: String,
    /// Answered requests.
    pub requests: u64,
    /// Those with a status below 400, 0 to 1.
    pub success_rate: f64,
    /// Mean time to answer, in milliseconds.
    pub latency_ms_avg: f64,
    /// 95 % were at most this slow, in milliseconds.
    pub latency_ms_p95: f64,
    /// Those with a status of 400 and above.
    pub errors: u64,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageErrors {
    /// By status, most frequent first.
    pub by_status: Vec<StatusShare>,
    /// The newest failed requests of the range, at most 20.
    pub recent: Vec<FailedRequest>,
}

/// How often a status was answered.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusShare {
    /// HTTP status, 400 and above.
    pub status: u16,
    /// How many answers.
    pub count: u64,
    /// Part of all failed requests, 0 to 1.
    pub share: f64,
}

/// A failed request, as the table of recent errors and the CSV file show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FailedRequest {
    /// When it was answered.
    pub timestamp: DateTime<Utc>,
    /// HTTP method.
    pub method: String,
    /// Route template; `(unmatched)` for a path that does not exist.
    pub path: String,
    /// HTTP status.
    pub status: u16,
    /// The code that the client got.
    pub error: ErrorCode,
    /// What was wrong, more precisely than the client was told where that is safe.
    pub message: String,
    /// The key.
    pub key_id: KeyId,
    /// The request.
    pub request_id: RequestId,
}

/// How near to the rate limit of the environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RateLimitUsage {
    /// Whose limit.
    pub environment: Environment,
    /// The minute of each bucket that used the largest share of its limit.
    pub series: Vec<RateLimitPoint>,
    /// Requests refused by the rate limit in the last 24 hours, whatever the range.
    pub exceeded_24h: u64,
    /// Of these, the ones that endpoints' own limits refused, which no plan raises.
    pub exceeded_24h_by_endpoints: u64,
    /// The minute of the range that used the largest share of its limit.
    pub peak: Option<RateLimitPeak>,
    /// The newest minutes of the range in which requests were refused, at most 20.
    pub events: Vec<RateLimitEvent>,
}

/// One bucket of the rate-limit series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RateLimitPoint {
    /// The bucket's first moment.
    pub t: DateTime<Utc>,
    /// Admitted requests in that minute.
    pub peak: u32,
    /// Requests per minute that were granted then.
    pub limit: u32,
}

/// The minute that used the largest share of the limit that held then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RateLimitPeak {
    /// Admitted requests.
    pub value: u32,
    /// Requests per minute that were granted then.
    pub limit: u32,
    /// The minute's first moment.
    pub at: DateTime<Utc>,
}

/// A minute in which requests were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RateLimitEvent {
    /// The minute's first moment.
    pub at: DateTime<Utc>,
    /// Requests refused by the rate limit.
    pub refused: u32,
    /// Of these, the ones that endpoints' own limits refused.
    pub refused_by_endpoints: u32,
    /// Admitted requests.
    pub admitted: u32,
    /// Requests per minute that were granted then.
    pub limit: u32,
}

/// The use of one key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyUsageRow {
    /// The newest key of the lineage.
    pub key_id: KeyId,
    /// What keys have in common that replaced each other by rotation.
    pub lineage_id: String,
    /// Its name.
    pub name: String,
    /// Answered requests.
    pub requests: u64,
    /// Those with a status below 400, 0 to 1.
    pub success_rate: f64,
    /// When a program last used it, whatever the range.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// `GET /api/v1/tenant/requests/{request_id}`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestDetail {
    /// The request.
    pub request_id: RequestId,
    /// When it was answered.
    pub timestamp: DateTime<Utc>,
    /// The key.
    pub key_id: KeyId,
    /// The key's name now.
    pub key_name: String,
    /// The key's environment.
    pub environment: Environment,
    /// `api`, or `playground` for a call from the documentation.
    pub source: String,
    /// Where it came from.
    pub client_address: String,
    /// HTTP method.
    pub method: String,
    /// Route template; `(unmatched)` for a path that does not exist.
    pub path: String,
    /// HTTP status.
    pub status: u16,
    /// From arrival to the last byte, in milliseconds.
    pub duration_ms: f64,
    /// What went wrong, if something did.
    pub failure: Option<RequestFailure>,
}

/// Why a request failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestFailure {
    /// The code that the client got.
    pub error: ErrorCode,
    /// What was wrong, more precisely than the client was told where that is safe.
    pub message: String,
    /// Who refused it.
    pub refused_by: Check,
}

/// The checks that a request passes, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Size and form of the request.
    Syntax,
    /// The key: whether it works now.
    Key,
    /// The key's address list.
    Address,
    /// The key's permissions.
    Scope,
    /// The rate limits.
    RateLimit,
    /// The route, its parameters and the body.
    Validation,
    /// The handler: what it was asked for could not be done.
    Handler,
}

impl Check {
    /// Every check, in their order.
    pub const ALL: [Self; 7] = [
        Self::Syntax,
        Self::Key,
        Self::Address,
        Self::Scope,
        Self::RateLimit,
        Self::Validation,
        Self::Handler,
    ];

    /// The check as it is stored and sent.
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
