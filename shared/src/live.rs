//! Server-sent events of `GET /api/v1/tenant/live`. The event name is the variant in snake case.

use crate::{
    ids::{KeyId, RequestId},
    key::Environment,
    rate_limit::RateLimitView,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Maximum number of requests in one event.
pub const NEWEST_MAX: usize = 10;

/// An event of the live stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LiveEvent {
    /// Requests were counted or logged, and the results are committed to the database.
    Usage {
        /// Keys whose counts increased; empty if requests were only logged.
        keys: Vec<KeyId>,
        /// Number of requests since the previous event of this type.
        #[serde(default)]
        requests: u64,
        /// Number of those requests with status 400 or above.
        #[serde(default)]
        errors: u64,
        /// Latest of those requests in the request log, newest first, at most [`NEWEST_MAX`].
        #[serde(default)]
        newest: Vec<LiveRequest>,
    },
    /// A key was created, updated or revoked.
    KeysChanged,
    /// The rate limit usage of an environment changed.
    RateLimit {
        /// Environment that the rate limits apply to.
        environment: Environment,
        /// State of the environment's rate limits.
        state: RateLimitView,
    },
}

/// A request that was just completed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveRequest {
    /// Identifier of the request in the request log.
    pub request_id: RequestId,
    /// Time at which the request was completed.
    pub at: DateTime<Utc>,
    /// API key that made the request.
    pub key_id: KeyId,
    /// The key's environment.
    pub environment: Environment,
    /// Identifier shared by all keys that replaced each other by rotation.
    #[serde(default)]
    pub lineage_id: String,
    /// HTTP method in upper case.
    pub method: String,
    /// Route template, or the masked path if no route matched.
    pub path: String,
    /// HTTP status code of the response.
    pub status: u16,
    /// Time from the request's arrival to the last byte of the response, in whole milliseconds.
    pub duration_ms: u32,
}

impl LiveEvent {
    /// Returns the value of the `event:` field.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Usage { .. } => "usage",
            Self::KeysChanged => "keys_changed",
            Self::RateLimit { .. } => "rate_limit",
        }
    }
}
