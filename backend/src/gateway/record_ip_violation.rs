//! Records use of a key from an IP address that its allowlist excludes.

use crate::{
    gateway::address::network_of,
    keys::cache::KeyRecord,
    models::audit::{AuditEvent, audit_fields},
    state::AppState,
};
use serde_json::json;
use shared::audit::{Action, Actor, ActorKind};
use std::net::IpAddr;

/// Logs the violation, and adds it to the audit log once per hour.
pub async fn record(state: &AppState, key: &KeyRecord, client: IpAddr) {
    let network = network_of(client);
    if state.violations.is_first_in_log(&key.id, network) {
        tracing::warn!(key_id = %key.id, %client, "a key was used from an IP address that is not on its allowlist");
    }
    let hour = state.clock.now_ms() / 3_600_000;
    if !state.violations.is_new(&key.id, network, hour) {
        return;
    }
    let id = key.id.clone();
    let tenant = key.tenant_id.clone();
    let at = state.clock.now_naive();
    let actor = Actor {
        kind: ActorKind::Key,
        id: key.id.to_string(),
        email: key.creator_email.clone(),
        address: client.to_string(),
    };
    let allowed: Vec<String> = key.ip_allowlist.iter().map(ToString::to_string).collect();
    let after = audit_fields([
        ("address", json!(actor.address)),
        ("ip_allowlist", json!(allowed)),
    ]);
    let written = state.db.write(move |conn| {
        let event = AuditEvent {
            tenant: &tenant,
            actor,
            action: Action::KeyAddressRefused,
            subject_id: id.as_str(),
            at,
        };
        event.record_created(conn, &after)
    });
    // The request is rejected in any case.
    if let Err(error) = written.await {
        tracing::error!(%error, "could not add an IP violation to the audit log");
    }
}
