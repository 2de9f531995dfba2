//! Keys used from addresses that are not on their list: written to the audit log,
//! once an hour for each key and network, so that a flood of them fills nothing.

use crate::{
    gateway::failed_attempts::network_of,
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

/// The violations of this hour.
#[derive(Default)]
pub struct Violations {
    /// In which hour since the epoch it was last written down.
    seen: DashMap<(KeyId, IpAddr), i64>,
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
}

/// Writes down that `key` was used from an address that is not on its list.
pub async fn log(state: &AppState, key: &KeyRecord, client: IpAddr) {
    tracing::warn!(key_id = %key.id, %client, "a key was used from an address that is not on its list");
    let hour = state.clock.now_ms() / 3_600_000;
    if !state.violations.is_new(&key.id, network_of(client), hour) {
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
