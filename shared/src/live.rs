//! Events of `GET /api/v1/tenant/live`, sent as server-sent events whose name is
//! the variant in snake case.

use crate::{
    ids::{KeyId, RequestId},
    key::Environment,
    rate_limit::RateLimitView,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// How many single requests one event tells of.
pub const NEWEST_MAX: usize = 10;

/// One event of the stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LiveEvent {
    /// Requests were counted or logged, and that is in the database now.
    Usage {
        /// The keys whose counts rose; none if requests were only logged.
        keys: Vec<KeyId>,
        /// How many requests there were since the last event of this kind.
        #[serde(default)]
        requests: u64,
        /// How many of them with a status of 400 and above.
        #[serde(default)]
        errors: u64,
        /// The newest of those in the request log, newest first, at most
        /// [`NEWEST_MAX`].
        #[serde(default)]
        newest: Vec<LiveRequest>,
    },
    /// A key was created, changed or revoked.
    KeysChanged,
    /// How much of an environment's rate is in use. Sent when it has changed.
    RateLimit {
        /// The environment.
        environment: Environment,
        /// The state.
        state: RateLimitView,
    },
}

/// A request that was just answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveRequest {
    /// The request, to look it up by.
    pub request_id: RequestId,
    /// When it was answered.
    pub at: DateTime<Utc>,
    /// The key.
    pub key_id: KeyId,
    /// The key's environment.
    pub environment: Environment,
    /// What the key has in common with those that it has replaced or that replaced it.
    #[serde(default)]
    pub lineage_id: String,
    /// HTTP method.
    pub method: String,
    /// Route template, or the masked path where there is none.
    pub path: String,
    /// HTTP status.
    pub status: u16,
    /// From arrival to the last byte, in whole milliseconds.
    pub duration_ms: u32,
}

impl LiveEvent {
    /// The `event:` field.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Usage { .. } => "usage",
            Self::KeysChanged => "keys_changed",
            Self::RateLimit { .. } => "rate_limit",
        }
    }
}
