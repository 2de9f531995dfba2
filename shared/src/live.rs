//! Events of `GET /api/v1/tenant/live`, sent as server-sent events whose name is
//! the variant in snake case.

use crate::{ids::KeyId, key::Environment, rate_limit::RateLimitView};
use serde::{Deserialize, Serialize};

/// One event of the stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LiveEvent {
    /// Requests were counted, and the counts are in the database now.
    Usage {
        /// The keys whose counts rose.
        keys: Vec<KeyId>,
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
