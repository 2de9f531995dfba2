//! Keys used from addresses that are not on their list: written to the audit log,
//! once an hour for each key and network, so that a flood of them fills nothing.

use crate::coalesce::Coalescer;
use dashmap::DashMap;
use shared::ids::KeyId;
use std::net::IpAddr;

/// How many are remembered. Beyond that they are only logged by the process.
const REMEMBERED: usize = 10_000;
/// Violations that the process's log tells apart in a minute.
const MAX_LOGGED: usize = 1_000;

/// The violations of this hour.
pub struct Violations {
    /// In which hour since the epoch it was last written down.
    seen: DashMap<(KeyId, IpAddr), i64>,
    /// Log lines of this minute.
    log: Coalescer<(KeyId, IpAddr)>,
}

impl Default for Violations {
    fn default() -> Self {
        Self {
            seen: DashMap::new(),
            log: Coalescer::new(MAX_LOGGED),
        }
    }
}

impl Violations {
    /// Returns whether the key was not yet refused in this minute, as far as the log tells.
    pub fn is_first_in_log(&self, key: &KeyId, network: IpAddr) -> bool {
        self.log.is_first((key.clone(), network))
    }

    /// Whether this one has not been written down in this hour.
    pub fn is_new(&self, key: &KeyId, network: IpAddr, hour: i64) -> bool {
        if self.seen.len() >= REMEMBERED {
            return false;
        }
        self.seen.insert((key.clone(), network), hour) != Some(hour)
    }

    /// Forgets the hours before this one. Called once a minute.
    pub fn forget_past(&self, hour: i64) {
        self.seen.retain(|_, seen| *seen >= hour);
    }

    /// Logs how often the violations of the last minute came again.
    pub fn report_repeats(&self) {
        let repeats = self.log.drain();
        for ((key_id, network), repeats) in repeats.listed {
            tracing::warn!(%key_id, %network, repeats, "a key was used again from an address that is not on its list");
        }
        if repeats.unlisted > 0 {
            let repeats = repeats.unlisted;
            tracing::warn!(
                repeats,
                "more keys were used from addresses that are not on their lists"
            );
        }
    }
}
