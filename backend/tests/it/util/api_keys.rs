//! API keys: request bodies, and actions on keys.

use super::{Answer, Key, Session, TestApp};
use serde_json::{Value, json};

/// Actions on a key without a request body.
pub const KEY_ACTIONS: [&str; 6] = [
    "rotate",
    "disable",
    "enable",
    "approve",
    "reveal",
    "playground-token",
];

/// Returns the body that creates a live key with these permissions and nothing optional.
pub fn key_form(permissions: &[&str]) -> Value {
    json!({"name": "a", "environment": "live", "permissions": permissions})
}

/// Returns the body that creates a live key with a description, an expiry and an IP allowlist.
pub fn full_key_form() -> Value {
    json!({
        "name": "Production App", "description": "Sign-up form", "environment": "live",
        "permissions": ["contacts:read", "emails:send"], "expires_in_days": 30,
        "ip_allowlist": ["127.0.0.0/8"]
    })
}

impl TestApp {
    /// Creates a key of the first company, named after its environment.
    #[track_caller]
    pub fn key_in(&self, environment: &str, permissions: &[&str]) -> Key<'_> {
        self.key_from(&json!({
            "name": environment, "environment": environment, "permissions": permissions
        }))
    }
}

impl<'a> Session<'a> {
    /// Performs an action on the key, without a request body.
    #[track_caller]
    pub fn act(&self, key: &Key<'_>, action: &str) -> Answer {
        self.request("POST", &key.action(action)).send()
    }

    /// Creates a key and approves it for campaigns; needs sudo.
    #[track_caller]
    pub fn create_approved_key(&self) -> Key<'a> {
        let key = self.create_key(&key_form(&["campaigns:write", "emails:send_bulk"]));
        self.approve(&key);
        key
    }
}

impl Key<'_> {
    /// Returns the permissions in effect.
    #[track_caller]
    pub fn permissions(&self) -> Value {
        self.get("/v1/whoami").expect(200)["permissions"].clone()
    }

    /// Tries to start a campaign without recipients, which `author` creates.
    #[track_caller]
    pub fn start_empty_campaign(&self, author: &Key<'_>) -> Answer {
        let form = json!({"name": "a", "subject": "a", "html_body": "a"});
        let campaign = author.post("/v1/campaigns", &form).expect(201);
        let id = campaign["id"].as_str().expect("has an id");
        let request = self.request("POST", &format!("/v1/campaigns/{id}/start"));
        request.send()
    }
}
