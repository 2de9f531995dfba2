//! Keys used from addresses that are not on their list: written to the audit log,
//! once an hour for each key and network, so that a flood of them fills nothing.

use crate::{
    coalesce::Coalescer,
    gateway::address::network_of,
    keys::cache::KeyRecord,
    models::audit::{Deed, members},
    state::AppState,
};
use dashmap::DashMap;
use serde_json::json;
use shared::{
    audit::{Action, Actor, ActorKind},
    ids::KeyId,
};
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
    /// Whether this one has not been written down in this hour.
    fn is_new(&self, key: &KeyId, network: IpAddr, hour: i64) -> bool {
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

/// Writes down that `key` was used from an address that is not on its list.
pub async fn log(state: &AppState, key: &KeyRecord, client: IpAddr) {
    let network = network_of(client);
    if state.violations.log.is_first((key.id.clone(), network)) {
        tracing::warn!(key_id = %key.id, %client, "a key was used from an address that is not on its list");
    }
    let hour = state.clock.now_ms() / 3_600_000;
    if !state.violations.is_new(&key.id, network, hour) {
        return;
    }
    let (id, tenant, at) = (
        key.id.clone(),
        key.tenant_id.clone(),
        state.clock.now_naive(),
    );
    let actor = Actor {
        kind: ActorKind::Key,
        id: key.id.to_string(),
        email: key.creator_email.clone(),
        address: client.to_string(),
    };
    let allowed: Vec<String> = key.ip_allowlist.iter().map(ToString::to_string).collect();
    let after = members([
        ("address", json!(actor.address)),
        ("ip_allowlist", json!(allowed)),
    ]);
    let written = state.db.write(move |conn| {
        let deed = Deed {
            tenant: &tenant,
            actor,
            action: Action::KeyAddressRefused,
            subject_id: id.as_str(),
            at,
        };
        deed.log_new(conn, &after)
    });
    // The request is refused in any case.
    if let Err(error) = written.await {
        tracing::error!(%error, "could not write an address violation to the audit log");
    }
}
