//! A key for unit tests.

use serde_json::{Value, json};
use shared::key::KeyView;

/// Returns an active live key with the JSON members of `change` replaced.
pub fn test_key(change: Value) -> KeyView {
    let mut key = json!({
        "id": "key_abc123def456", "name": "Production App", "description": "",
        "environment": "live", "masked_key": "pm_live_abc...xyz",
        "permissions": ["contacts:write", "emails:send"],
        "pending_permissions": [], "unused_permissions": [],
        "status": "active", "created_at": "2025-11-01T15:45:00Z",
        "created_by": { "type": "user", "id": "usr_1", "email": "john@company.com" },
        "created_keys": 0,
        "last_used_at": null, "last_used_address": null,
        "last_refusal": null,
        "expires_at": null, "grace_until": null,
        "ip_allowlist": [], "recoverable": false, "lineage_id": "lin_1",
        "version": "1",
        "usage": { "total_requests": 0, "last_24h": 0, "error_rate": 0.0, "own_last_24h": 0,
            "successors_last_24h": 0 },
    });
    if let (Value::Object(key), Value::Object(change)) = (&mut key, change) {
        key.extend(change);
    }
    serde_json::from_value(key).unwrap()
}
