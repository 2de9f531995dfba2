//! Audit events for keys used from IP addresses that their allowlist excludes. Recorded once per
//! hour, key and network, so that a flood does not fill the audit log.

use crate::coalesce::Coalescer;
use dashmap::DashMap;
use shared::ids::KeyId;
use std::net::IpAddr;

/// Maximum number of tracked violations. Further ones are only logged by the process.
const MAX_TRACKED: usize = 10_000;
/// Distinct violations that the process logs per minute.
const MAX_LOGGED: usize = 1_000;

/// Tracks the violations of the current hour.
pub struct IpViolationLog {
    /// Hour since the epoch in which the violation was last recorded.
    seen: DashMap<(KeyId, IpAddr), i64>,
    /// Coalesces the log lines of the current minute.
    log: Coalescer<(KeyId, IpAddr)>,
}

impl Default for IpViolationLog {
    fn default() -> Self {
        Self {
            seen: DashMap::new(),
            log: Coalescer::new(MAX_LOGGED),
        }
    }
}

impl IpViolationLog {
    /// Returns `true` for the first violation by this key and network in this minute.
    pub fn is_first_in_log(&self, key: &KeyId, network: IpAddr) -> bool {
        self.log.is_first((key.clone(), network))
    }

    /// Returns `true` if the violation is not in the audit log of this hour yet.
    pub fn is_new(&self, key: &KeyId, network: IpAddr, hour: i64) -> bool {
        if self.seen.len() >= MAX_TRACKED {
            return false;
        }
        self.seen.insert((key.clone(), network), hour) != Some(hour)
    }

    /// Drops entries of previous hours. Called once per minute.
    pub fn prune_before(&self, hour: i64) {
        self.seen.retain(|_, seen| *seen >= hour);
    }

    /// Logs the number of repeats of the last minute's violations.
    pub fn report_repeats(&self) {
        let repeats = self.log.drain();
        for ((key_id, network), repeats) in repeats.listed {
            tracing::warn!(%key_id, %network, repeats, "a key was used again from an IP address that is not on its allowlist");
        }
        if repeats.unlisted > 0 {
            let repeats = repeats.unlisted;
            tracing::warn!(
                repeats,
                "more keys were used from IP addresses that are not on their allowlists"
            );
        }
    }
}
