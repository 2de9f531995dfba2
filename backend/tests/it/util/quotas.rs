//! Quotas for tests.

use super::{Answer, Key, TestApp, json};
use backend::models::quota::QuotaOverrides;
use serde_json::Value;
use shared::role::Role;

const SCOPES: [&str; 7] = [
    "campaigns:write",
    "campaigns:delete",
    "contacts:write",
    "contacts:delete",
    "emails:send",
    "emails:send_bulk",
    "admin:billing",
];

/// Creates a key with all scopes that quotas affect, approved for bulk sending.
#[track_caller]
pub fn quota_key<'a>(app: &'a TestApp, environment: &str) -> Key<'a> {
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({"name": "All", "environment": environment, "permissions": SCOPES});
    let key = owner.create_key(&form);
    owner.approve(&key);
    key
}

pub fn set_quotas(app: &TestApp, overrides: QuotaOverrides) {
    app.write(|conn| overrides.set(conn, &app.tenant));
}

pub fn templates(limit: i64) -> QuotaOverrides {
    QuotaOverrides {
        templates: Some(limit),
        ..QuotaOverrides::default()
    }
}

pub fn contacts(limit: i64) -> QuotaOverrides {
    QuotaOverrides {
        contacts: Some(limit),
        ..QuotaOverrides::default()
    }
}

pub fn keys(limit: i64) -> QuotaOverrides {
    QuotaOverrides {
        keys: Some(limit),
        ..QuotaOverrides::default()
    }
}

pub fn stored_bytes(limit: i64) -> QuotaOverrides {
    QuotaOverrides {
        stored_bytes: Some(limit),
        ..QuotaOverrides::default()
    }
}

pub fn queued_emails(limit: i64) -> QuotaOverrides {
    QuotaOverrides {
        queued_emails: Some(limit),
        ..QuotaOverrides::default()
    }
}

/// Returns the tenant's usage in an environment.
#[track_caller]
pub fn used(app: &TestApp, environment: &str) -> Value {
    let session = app.sign_in(Role::Developer);
    session.get("/api/v1/tenant/quotas").expect(200)[environment].clone()
}

/// Puts a template whose subject and bodies have this size in bytes.
pub fn put_template(key: &Key<'_>, id: &str, bytes: usize) -> Answer {
    let form = json!({"subject": "s", "html_body": "x".repeat(bytes - 1)});
    key.put(&format!("/v1/templates/{id}"), &form)
}

/// Sends an email whose body has this size in bytes.
pub fn send(key: &Key<'_>, body_bytes: usize) -> Answer {
    let mail = json!({"to": "a@sandbox.penguinmails.test", "subject": "s",
        "html_body": "x".repeat(body_bytes)});
    key.post("/v1/emails/send", &mail)
}

pub fn add_contact(key: &Key<'_>, email: &str) -> Answer {
    key.post("/v1/contacts", &json!({"email": email}))
}

/// Checks the error, which must name the quota, the environment and the limit, and advise what to
/// do. Returns its body.
#[track_caller]
pub fn refused(answer: &Answer, unit: &str, environment: &str, limit: u64) -> Value {
    let problem = answer.problem(403, "quota_exceeded");
    let message = problem["message"].as_str().expect("is a text");
    for part in [
        unit,
        &format!("{environment} environment"),
        &format!("environment is {limit}."),
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
    let detail = problem["detail"].as_str().expect("is a text");
    assert!(detail.contains("penguinmails admin"), "{detail}");
    problem
}
