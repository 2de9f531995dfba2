//! `/api/v1/tenant/*`: what keys of each environment may see and change.

use crate::util::{Key, TestApp, json};
use serde_json::Value;
use shared::role::Role;

const USAGE: &str = "/api/v1/tenant/analytics/api-usage";

fn environment_of(key: &Key<'_>) -> Value {
    key.get("/v1/whoami").expect(200)["environment"].clone()
}

#[test]
fn a_key_sees_requests_and_limits_of_its_own_environment_only() {
    let app = TestApp::start();
    let scopes = ["analytics:read", "analytics:export"];
    let live = app.key_in("live", &scopes);
    let test = app.key_in("test", &scopes);
    // Two live keys and a test key; each makes a successful and a failing request.
    let other = app.key_in("live", &["emails:send"]);
    for key in [&live, &other, &test] {
        key.get("/v1/whoami").expect(200);
        key.get("/v1/contacts").problem(403, "insufficient_scope");
    }
    app.flush();
    // First, because the calls below are counted too.
    let developer = app.sign_in(Role::Developer);
    for (environment, requests) in [("live", 4), ("test", 2)] {
        let path = format!("{USAGE}?environment={environment}");
        assert_eq!(
            developer.get(&path).expect(200)["totals"]["requests"],
            requests
        );
    }
    for (key, keys) in [(&live, vec![&live, &other]), (&test, vec![&test])] {
        let count = keys.len();
        let usage = key.get(USAGE).expect(200);
        assert_eq!(usage["totals"]["requests"], 2 * count);
        assert_eq!(usage["keys"].as_array().map(Vec::len), Some(count));
        let total = |list: &Value, member: &str| -> u64 {
            let list = list.as_array().expect("is a list").iter();
            list.filter_map(|entry| entry[member].as_u64()).sum()
        };
        assert_eq!(total(&usage["series"], "total"), 2 * count as u64);
        assert_eq!(total(&usage["endpoints"], "requests"), 2 * count as u64);
        assert_eq!(total(&usage["errors"]["by_status"], "count"), count as u64);
        let recent = usage["errors"]["recent"].as_array().expect("is a list");
        assert_eq!(recent.len(), count);
        for error in recent {
            assert!(keys.iter().any(|key| error["key_id"] == key.id.as_str()));
        }
        assert_eq!(usage["rate_limit"]["environment"], environment_of(key));
        let file = key.get(&format!("{USAGE}/errors.csv")).text();
        assert_eq!(file.lines().count(), 1 + count, "{file}");
    }
    let id = live
        .get("/v1/whoami")
        .header("x-request-id")
        .map(str::to_owned);
    app.flush();
    let path = format!("/api/v1/tenant/requests/{}", id.expect("has an id"));
    test.get(&path).problem(404, "not_found");
    live.get(&path).expect(200);

    let limit = "/api/v1/tenant/rate-limit";
    for (key, own, other) in [(&live, "live", "test"), (&test, "test", "live")] {
        let asked = key.get(&format!("{limit}?environment={own}")).expect(200);
        assert_eq!(asked["plan"], key.get(limit).expect(200)["plan"]);
        key.get(&format!("{limit}?environment={other}"))
            .problem_of_fields(403, "beyond_your_rights", &["environment"]);
    }
}

#[test]
fn plan_and_audit_log_403_without_a_live_key_and_the_scope() {
    let app = TestApp::start();
    let key = |environment: &str, permissions: &[&str]| {
        app.key_from(&json!({
            "name": "a", "environment": environment, "permissions": permissions
        }))
    };
    for scope in ["admin:billing", "admin:full"] {
        let test = key("test", &[scope]);
        let live = key("live", &[scope]);
        let plan = "/api/v1/tenant/plan";
        test.get(plan).problem(403, "live_key_required");
        test.put(plan, &json!({"plan": "business"}))
            .problem(403, "live_key_required");
        live.get(plan).expect(200);
    }
    let log = "/api/v1/tenant/audit-log";
    key("live", &["admin:full"]).get(log).expect(200);
    key("test", &["admin:full"])
        .get(log)
        .problem(403, "live_key_required");
    let all_but_full = [
        "admin:keys",
        "admin:billing",
        "analytics:read",
        "analytics:export",
        "emails:send",
        "contacts:delete",
    ];
    let refused = key("live", &all_but_full).get(log);
    let refused = refused.problem(403, "insufficient_scope");
    assert_eq!(refused["required_scope"], json!(["admin:full"]));
    for role in [Role::Developer, Role::Admin, Role::Owner] {
        app.sign_in(role).get(log).expect(200);
    }
    let member = app.sign_in(Role::Member);
    member.get(log).problem(403, "insufficient_role");
}
