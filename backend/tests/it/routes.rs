//! The route table against the router: generated from the table, so that a new row
//! is tested before anyone thinks of it.

use crate::util::{Answer, Key, Session, TestApp, json};
use shared::{
    operation::{Access, OPERATIONS, Operation, Sudo},
    role::Role,
};

/// The row's path, about this key.
fn path(row: &Operation, key: &Key<'_>) -> String {
    row.path.replace("{id}", &key.id)
}

#[track_caller]
fn says(row: &Operation, answer: &Answer, status: u16, code: &str) {
    let found = (answer.status, answer.header("content-type"));
    let expected = (status, Some("application/problem+json"));
    assert_eq!(found, expected, "{}: {}", row.id, answer.text());
    assert_eq!(answer.json()["error"], code, "{}", row.id);
    answer.problem(status, code);
}

#[test]
fn every_row_is_routed() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({"name": "a", "environment": "live", "permissions": ["contacts:read"]});
    let full = app.key(&["admin:full"]);
    for row in OPERATIONS {
        let victim = owner.create_key(&form);
        let path = path(row, &victim);
        let answer = if row.is_public_api() {
            full.request(row.method, &path).send()
        } else {
            // Of its own, because one of the rows ends it.
            let session = app.sign_in(Role::Owner).with_sudo();
            session.request(row.method, &path).send()
        };
        let status = answer.status;
        // With neither body nor query, at most the form is refused.
        let found = !matches!(status, 401 | 403 | 404 | 405 | 500..);
        assert!(found, "{}: {status} {}", row.id, answer.text());
        assert!(answer.header("x-request-id").is_some(), "{}", row.id);
    }
}

#[test]
fn every_row_refuses_who_may_not_call() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = app.key(&["campaigns:delete"]);
    let member = app.sign_in(Role::Member).with_sudo();
    let without_sudo = app.sign_in(Role::Owner);
    for row in OPERATIONS {
        let path = path(row, &key);
        let anonymous = app.browser(row.method, &path).send();
        let session = |session: &Session<'_>| session.request(row.method, &path).send();
        match row.access {
            Access::Public => {
                assert_ne!(anonymous.status, 401, "{}", row.id);
                continue;
            }
            Access::Key { scopes } => {
                says(row, &anonymous, 401, "invalid_token");
                says(row, &session(&owner), 401, "invalid_token");
                if !scopes.is_empty() {
                    let answer = key.request(row.method, &path).send();
                    says(row, &answer, 403, "insufficient_scope");
                    assert_eq!(answer.json()["required_scope"], json!(scopes), "{}", row.id);
                }
                continue;
            }
            Access::SignedIn => {
                says(
                    row,
                    &key.request(row.method, &path).send(),
                    401,
                    "not_signed_in",
                );
            }
            Access::Dashboard { role } => {
                assert!(role > Role::Member, "{}", row.id);
                says(row, &session(&member), 403, "insufficient_role");
                says(
                    row,
                    &key.request(row.method, &path).send(),
                    401,
                    "not_signed_in",
                );
            }
            Access::DashboardOrKey { role, scopes } => {
                assert!(role > Role::Member && !scopes.is_empty(), "{}", row.id);
                says(row, &session(&member), 403, "insufficient_role");
                let answer = key.request(row.method, &path).send();
                says(row, &answer, 403, "insufficient_scope");
                assert_eq!(answer.json()["required_scope"], json!(scopes), "{}", row.id);
            }
        }
        says(row, &anonymous, 401, "not_signed_in");
        if row.method != "GET" {
            let cookie = format!("pm_session={}", owner.token);
            let foreign = app.request(row.method, &path).header("Cookie", &cookie);
            says(row, &foreign.send(), 403, "cross_site_request");
        }
        if row.sudo == Sudo::Needed {
            says(row, &session(&without_sudo), 403, "sudo_required");
        }
    }
    assert_eq!(owner.key_view(&key.id)["status"], "active");
}

#[test]
fn every_public_row_is_documented() {
    let app = TestApp::start_empty(&[]);
    let document = app.request("GET", "/openapi.json").send().expect(200);
    assert_eq!(document["servers"][0]["url"], app.url.as_str());
    let rows: Vec<_> = OPERATIONS
        .iter()
        .filter(|row| row.is_public_api())
        .collect();
    for row in &rows {
        let entry = &document["paths"][row.path][row.method.to_lowercase()];
        assert_eq!(entry["operationId"], row.id);
        assert!(entry["summary"].is_string(), "{}", row.id);
        assert!(entry["security"][0]["api_key"].is_array(), "{}", row.id);
        let Access::Key { scopes } = row.access else {
            panic!("{} is not for keys", row.id);
        };
        let expected = if scopes.is_empty() {
            json!("none")
        } else {
            json!(scopes)
        };
        assert_eq!(entry["x-required-scope"], expected, "{}", row.id);
        assert!(!entry["x-rate-limit"].is_null(), "{}", row.id);
        for status in ["401", "403", "429"] {
            let examples = &entry["responses"][status]["content"]["application/problem+json"];
            let examples = examples["examples"].as_object();
            assert!(
                examples.is_some_and(|all| !all.is_empty()),
                "{} {status}",
                row.id
            );
        }
        let good = entry["responses"].as_object().into_iter().flatten();
        let good = good.filter(|(status, _)| status.starts_with('2'));
        assert!(good.count() > 0, "{}", row.id);
    }
    let documented = document["paths"].as_object().into_iter().flatten();
    let documented: usize = documented
        .filter_map(|(_, methods)| methods.as_object())
        .map(serde_json::Map::len)
        .sum();
    assert_eq!(
        documented,
        rows.len(),
        "nothing is documented that is not in the table"
    );
}
