//! `POST /api/v1/platform/api-keys`.

use crate::util::{TestApp, api_keys::key_form, json};
use backend::models::tenant::Tenant;
use insta::assert_json_snapshot;
use serde_json::Value;
use shared::role::Role;

const KEYS: &str = "/api/v1/platform/api-keys";

fn form(name: &str) -> Value {
    json!({"name": name, "environment": "live", "permissions": ["contacts:read"]})
}

#[test]
fn create_201_returns_the_key_once_and_it_works_at_once() {
    let app = TestApp::start();
    let developer = app.sign_in(Role::Developer).with_sudo();
    let form = json!({
        "name": "Production App", "description": "Sign-up form", "environment": "live",
        "permissions": ["contacts:write", "emails:send"], "expires_in_days": 30,
        "ip_allowlist": ["127.0.0.1/8", "203.0.113.9", "127.0.0.0/8"]
    });
    let answer = developer.post(KEYS, &form);
    let created = answer.expect(201);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let plain = created["api_key"].as_str().unwrap();
    assert_eq!((plain.len(), &plain[..8]), (72, "pm_live_"));
    let key = &created["key"];
    assert_eq!(key["id"], format!("key_{}", &plain[8..20]));
    let masked = format!("{}...{}", &plain[..11], &plain[69..]);
    assert_eq!(key["masked_key"], masked.as_str());
    assert_eq!(key["lineage_id"], key["id"]);
    assert_json_snapshot!(created, {
        ".api_key" => "[key]", ".key.id" => "[key id]", ".key.masked_key" => "[masked key]",
        ".key.lineage_id" => "[key id]", ".key.version" => "[version]"
    }, @r#"
    {
      "api_key": "[key]",
      "key": {
        "id": "[key id]",
        "name": "Production App",
        "description": "Sign-up form",
        "environment": "live",
        "masked_key": "[masked key]",
        "permissions": [
          "contacts:write",
          "emails:send"
        ],
        "pending_permissions": [],
        "unused_permissions": [],
        "status": "active",
        "created_at": "2026-11-18T11:06:40Z",
        "created_by": {
          "type": "user",
          "id": "usr_acme_developer",
          "email": "developer@acme.test"
        },
        "created_keys": 0,
        "last_used_at": null,
        "last_used_address": null,
        "last_refusal": null,
        "expires_at": "2026-12-18T11:06:40Z",
        "grace_until": null,
        "ip_allowlist": [
          "127.0.0.0/8",
          "203.0.113.9/32"
        ],
        "recoverable": false,
        "lineage_id": "[key id]",
        "version": "[version]",
        "usage": {
          "total_requests": 0,
          "last_24h": 0,
          "error_rate": 0.0,
          "own_last_24h": 0,
          "successors_last_24h": 0
        }
      },
      "warning": "Copy this key now. You won't be able to see it again."
    }
    "#);

    let bearer = format!("Bearer {plain}");
    let whoami = app
        .request("GET", "/v1/whoami")
        .header("Authorization", &bearer);
    let whoami = whoami.send().expect(200);
    assert_eq!(whoami["key_id"], key["id"]);
    assert_eq!(whoami["environment"], "live");
    let contact = app
        .request("POST", "/v1/contacts")
        .header("Authorization", &bearer);
    contact
        .json(&json!({"email": "alice@example.com"}))
        .send()
        .expect(201);
    // Write access includes read access.
    let list = app
        .request("GET", "/v1/contacts")
        .header("Authorization", &bearer);
    assert_eq!(list.send().expect(200)["total"], 1);
    // Only the response to creation contains the key.
    let shown = developer.get(&format!("{KEYS}/{}", key["id"].as_str().unwrap()));
    assert_eq!(&shown.expect(200)["id"], &key["id"]);
    assert!(!shown.text().contains(&plain[20..66]));
    assert!(!developer.get(KEYS).text().contains(&plain[20..66]));
}

#[test]
fn create_400_names_every_invalid_field() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let bad = json!({
        "name": "", "description": "x".repeat(501), "environment": "live", "permissions": [],
        "expires_in_days": 0, "ip_allowlist": ["10.0.0.0/8", "nonsense"]
    });
    let fields = [
        "name",
        "description",
        "permissions",
        "expires_in_days",
        "ip_allowlist[1]",
    ];
    owner
        .post(KEYS, &bad)
        .problem_of_fields(400, "invalid_field", &fields);
    for (member, value, field) in [
        ("name", json!("x".repeat(51)), "name"),
        ("name", json!("a\nb"), "name"),
        ("name", json!("\u{200b}\u{3164}\u{2800}"), "name"),
        ("name", json!("\u{a0} \u{2003}"), "name"),
        ("name", json!("a\nb"), "name"),
        ("name", json!(7), "name"),
        ("environment", json!("prod"), "environment"),
        ("permissions", json!(["contacts:eat"]), "permissions[0]"),
        ("permissions", json!("contacts:read"), "permissions"),
        ("expires_at", json!("2001-01-01T00:00:00Z"), "expires_at"),
        ("expires_at", json!("soon"), "expires_at"),
        ("expires_in_days", json!(3651), "expires_in_days"),
        ("ip_allowlist", json!(["203.0.113.0/33"]), "ip_allowlist[0]"),
    ] {
        let mut form = form("a");
        form[member] = value;
        owner
            .post(KEYS, &form)
            .problem_of_fields(400, "invalid_field", &[field]);
    }
    for member in ["name", "environment", "permissions"] {
        let mut form = form("a");
        form.as_object_mut().unwrap().remove(member);
        owner
            .post(KEYS, &form)
            .problem_of_fields(400, "invalid_field", &[member]);
    }
    let mut date_only = form("a");
    date_only["expires_at"] = json!("2027-01-31");
    let problem = owner.post(KEYS, &date_only);
    let problem = problem.problem_of_fields(400, "invalid_field", &["expires_at"]);
    let message = "Use a time of the form 2026-01-31T00:00:00Z.";
    assert_eq!(problem["errors"][0]["message"], message);
    let repeated =
        r#"{"name":"a","name":"b","environment":"live","permissions":["contacts:read"]}"#;
    let repeated = owner
        .request("POST", KEYS)
        .body("application/json", repeated)
        .send();
    repeated.problem_of_fields(400, "invalid_field", &["name"]);
    let mut unknown = form("a");
    unknown["permisions"] = json!([]);
    let fields = ["permisions"];
    owner
        .post(KEYS, &unknown)
        .problem_of_fields(400, "unknown_field", &fields);
    assert_eq!(owner.get(KEYS).expect(200)["total"], 0);
}

#[test]
fn create_403_without_sudo() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    owner.post(KEYS, &form("a")).problem(403, "sudo_required");
    assert_eq!(owner.get(KEYS).expect(200)["total"], 0);
}

#[test]
fn create_403_beyond_a_developers_rights() {
    let app = TestApp::start();
    let developer = app.sign_in(Role::Developer).with_sudo();
    for scope in ["admin:full", "admin:keys", "admin:billing"] {
        let form =
            json!({"name": "a", "environment": "live", "permissions": ["emails:send", scope]});
        let problem = developer
            .post(KEYS, &form)
            .problem(403, "beyond_your_rights");
        assert_eq!(problem["required_scope"], json!([scope]));
        app.key_from(&form);
    }
    assert_eq!(developer.get(KEYS).expect(200)["total"], 3);
}

#[test]
fn create_403_beyond_the_calling_key() {
    let app = TestApp::start();
    let parent = app.key_from(&json!({
        "name": "Parent", "environment": "live", "permissions": ["admin:keys", "contacts:read"],
        "expires_in_days": 10, "ip_allowlist": ["127.0.0.0/8"]
    }));
    let good = json!({
        "name": "Child", "environment": "live", "permissions": ["contacts:read"],
        "expires_in_days": 9, "ip_allowlist": ["127.0.0.1"]
    });
    let child = parent.post(KEYS, &good).expect(201);
    assert_eq!(child["key"]["created_by"]["type"], "key");
    assert_eq!(child["key"]["created_by"]["id"], parent.id.as_str());
    for (member, value, field) in [
        ("environment", json!("test"), "environment"),
        ("expires_in_days", json!(11), "expires_at"),
        ("expires_in_days", Value::Null, "expires_at"),
        ("ip_allowlist", json!([]), "ip_allowlist"),
        ("ip_allowlist", json!(["10.0.0.1"]), "ip_allowlist"),
    ] {
        let mut form = good.clone();
        form[member] = value;
        parent
            .post(KEYS, &form)
            .problem_of_fields(403, "beyond_your_rights", &[field]);
    }
    let mut wider = good.clone();
    wider["permissions"] = json!(["contacts:read", "emails:send"]);
    let problem = parent.post(KEYS, &wider).problem(403, "beyond_your_rights");
    assert_eq!(problem["required_scope"], json!(["emails:send"]));
}

#[test]
fn create_403_recoverable_forbidden_by_policy() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let mut form = key_form(&["contacts:read"]);
    form["recoverable"] = json!(true);
    let key = owner.create_key(&form);
    let tenant = app.tenant.clone();
    app.write(|conn| Tenant::set_allow_recoverable(conn, &tenant, false));
    let session = owner.get("/api/v1/auth/session").expect(200);
    assert_eq!(session["tenant"]["allow_recoverable"], false);
    let refused = owner.post("/api/v1/platform/api-keys", &form);
    refused.problem(403, "recoverable_forbidden");
    let rotated = owner.act(&key, "rotate").expect(201);
    assert_eq!(rotated["key"]["recoverable"], false);
}
