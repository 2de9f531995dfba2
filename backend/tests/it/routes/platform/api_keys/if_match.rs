//! `If-Match` on API keys. The clock of these tests stands still, so all changes have the same
//! timestamp.

use crate::util::{
    Answer, Key, Session, TestApp,
    api_keys::full_key_form,
    json,
    preconditions::{etag, race},
};
use serde_json::Value;
use shared::role::Role;

const KEYS: &str = "/api/v1/platform/api-keys";

fn patch_if_match(session: &Session<'_>, key: &Key<'_>, if_match: &str, body: &Value) -> Answer {
    session
        .request("PATCH", &key.path())
        .header("If-Match", if_match)
        .json(body)
        .send()
}

#[test]
fn update_412_for_the_second_of_two_editors() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&full_key_form());
    let seen = owner.get(&key.path());
    let tag_seen = etag(&seen);
    assert_eq!(
        tag_seen,
        format!("\"{}\"", seen.expect(200)["version"].as_str().unwrap())
    );
    let row = owner.get(KEYS).expect(200)["data"][0].clone();
    assert_eq!(row["version"], seen.expect(200)["version"]);

    // The first editor removes a scope. The second, who still sees it, sends a different list of
    // scopes.
    let narrowed = patch_if_match(
        &owner,
        &key,
        &tag_seen,
        &json!({"permissions": ["contacts:read"]}),
    );
    narrowed.expect(200);
    let stale = json!({"permissions": ["contacts:read", "contacts:write", "emails:send"]});
    patch_if_match(&owner, &key, &tag_seen, &stale).problem(412, "key_changed");
    let current = owner.get(&key.path());
    assert_eq!(current.expect(200), narrowed.expect(200));
    assert_eq!(etag(&current), etag(&narrowed));
    assert_eq!(current.expect(200)["permissions"], json!(["contacts:read"]));
    patch_if_match(&owner, &key, &etag(&current), &json!({"name": "CRM"})).expect(200);
}

#[test]
fn etag_changes_with_each_setting_only() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let mut form = full_key_form();
    form["permissions"] = json!(["contacts:read", "emails:send_bulk"]);
    let key = owner.create_key(&form);
    let mut tags = vec![etag(&owner.get(&key.path()))];
    for change in [
        json!({"name": "CRM"}),
        json!({"description": ""}),
        json!({"permissions": ["emails:send_bulk"]}),
        json!({"expires_at": null}),
        json!({"ip_allowlist": ["127.0.0.1/32"]}),
    ] {
        tags.push(etag(&owner.patch(&key.path(), &change)));
    }
    for action in ["approve", "disable", "enable", "rotate"] {
        let before = tags.last().unwrap().clone();
        let stale = tags[0].clone();
        let send = |if_match: &str| {
            owner
                .request("POST", &key.action(action))
                .header("If-Match", if_match)
                .send()
        };
        send(&stale).problem(412, "key_changed");
        let status = send(&before).status;
        assert!((200..300).contains(&status), "{action}: {status}");
        tags.push(etag(&owner.get(&key.path())));
    }
    // Enabling a disabled key restores its previous version.
    let enabled = tags.remove(8);
    assert_eq!(enabled, tags[6]);
    let last = tags.last().unwrap().clone();
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 9);

    // Using the key, and updates without changes, keep the version.
    key.get("/v1/whoami").expect(200);
    app.flush();
    owner.patch(&key.path(), &json!({})).expect(200);
    let view = owner.get(&key.path());
    assert_ne!(view.expect(200)["last_used_at"], Value::Null);
    assert_eq!(etag(&view), last);

    for path in [key.path(), format!("{}?descendants=true", key.path())] {
        let stale = owner
            .request("DELETE", &path)
            .header("If-Match", "\"stale\"");
        stale.send().problem(412, "key_changed");
    }
    let revoke = owner.request("DELETE", &key.path());
    revoke.header("If-Match", &last).send().expect(200);
}

#[test]
fn if_match_accepts_any_and_lists_but_no_weak_tags() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&full_key_form());
    let change = json!({"description": "again"});
    let tag = etag(&owner.get(&key.path()));
    for never in [
        &format!("W/{tag}"),
        tag.trim_matches('"'),
        "",
        "\"*\"",
        "\"\"",
    ] {
        patch_if_match(&owner, &key, never, &change).problem(412, "key_changed");
    }
    patch_if_match(&owner, &key, &format!("\"a\", W/\"b\" ,{tag}"), &change).expect(200);
    patch_if_match(&owner, &key, &tag, &change).problem(412, "key_changed");
    patch_if_match(&owner, &key, "*", &change).expect(200);
    owner.patch(&key.path(), &change).expect(200);
    // An unknown key is not found, regardless of the condition.
    let unknown = owner.request("PATCH", &format!("{KEYS}/key_4fGh7kQ2mXyZ"));
    let unknown = unknown.header("If-Match", &tag).json(&change).send();
    unknown.problem(404, "not_found");
}

#[test]
fn update_412_for_all_but_one_concurrent_request() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&full_key_form());
    let seen = etag(&owner.get(&key.path()));
    let change = |n: usize| json!({"description": format!("Editor {n}")});
    let first = race(
        |n| patch_if_match(&owner, &key, &seen, &change(n)),
        "key_changed",
    );
    let left = owner.key_view(&key.id);
    assert_eq!(left["description"], change(first)["description"]);
}
