//! `DELETE /api/v1/platform/api-keys/{id}?descendants=true`.

use crate::util::{Key, Session, TestApp, api_keys::key_form, eventually, json};
use chrono::TimeDelta;
use serde_json::Value;
use shared::role::Role;

const KEYS: &str = "/api/v1/platform/api-keys";

fn child<'a>(parent: &Key<'a>, name: &str) -> Key<'a> {
    let mut form = key_form(&["admin:keys", "contacts:read"]);
    form["name"] = json!(name);
    Key::shown(parent.app, &parent.post(KEYS, &form).expect(201))
}

fn with_descendants(key: &Key<'_>) -> String {
    format!("{}?descendants=true", key.path())
}

/// Creates a key, two keys with it, and a fourth key with one of these.
fn create_tree<'a>(owner: &Session<'a>) -> [Key<'a>; 4] {
    let root = owner.create_key(&key_form(&["admin:keys", "contacts:read"]));
    let first = child(&root, "first");
    let second = child(&root, "second");
    let grandchild = child(&first, "grandchild");
    [root, first, second, grandchild]
}

#[test]
fn revoke_200_revokes_and_records_each_descendant() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let tree = create_tree(&owner);
    let [root, first, second, grandchild] = &tree;
    let other = owner.create_key(&key_form(&["contacts:read"]));
    // A successor that a user created by rotation is not a descendant of the key.
    let kept = Key::shown(&app, &owner.act(second, "rotate").expect(201));
    // A successor that the key itself created is a descendant.
    let rotated = grandchild.post(&grandchild.action("rotate"), &json!({}));
    let successor = Key::shown(&app, &rotated.expect(201));
    for (key, created) in [(root, 4), (first, 2), (grandchild, 1), (second, 0)] {
        assert_eq!(owner.key_view(&key.id)["created_keys"], created);
        key.get("/v1/whoami").expect(200);
    }
    let token = first.playground_token(&owner);
    token.get("/v1/whoami").expect(200);

    let answer = owner.delete(&with_descendants(root)).expect(200);
    assert_eq!(answer["id"], root.id.as_str());
    assert_eq!(answer["status"], "revoked");
    assert_eq!(answer["created_keys"], 0);
    for key in tree.iter().chain([&successor, &token]) {
        key.get("/v1/whoami").problem(401, "invalid_token");
    }
    for key in [&other, &kept] {
        key.get("/v1/whoami").expect(200);
    }
    let log = owner.get("/api/v1/tenant/audit-log?action=key.revoked");
    let log = log.expect(200);
    let mut subjects: Vec<_> = log["data"].as_array().expect("is a list").iter().collect();
    assert_eq!(subjects.len(), 5);
    subjects.retain(|entry| entry["actor"]["email"] == "owner@acme.test");
    for key in tree.iter().chain([&successor]) {
        let entry = |entry: &&Value| entry["subject_id"] == key.id.as_str();
        assert_eq!(subjects.iter().filter(|it| entry(it)).count(), 1);
    }
    owner
        .delete(&with_descendants(root))
        .problem(409, "key_already_revoked");
}

#[test]
fn revoke_200_without_the_parameter_keeps_descendants() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let [root, first, second, grandchild] = create_tree(&owner);
    let revoked = owner.delete(&root.path()).expect(200);
    assert_eq!(revoked["created_keys"], 3);
    grandchild.get("/v1/whoami").expect(200);
    owner
        .delete(&root.path())
        .problem(409, "key_already_revoked");
    owner
        .delete(&format!("{}?descendants=false", root.path()))
        .problem(409, "key_already_revoked");
    // Descendants of a revoked key are still found.
    owner.delete(&first.path()).expect(200);
    assert_eq!(owner.key_view(&root.id)["created_keys"], 2);
    let answer = owner.delete(&with_descendants(&root)).expect(200);
    assert_eq!(answer["created_keys"], 0);
    for key in [&second, &grandchild] {
        key.get("/v1/whoami").problem(401, "invalid_token");
    }
}

#[test]
fn revoke_200_follows_a_long_chain() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let root = owner.create_key(&key_form(&["admin:keys", "contacts:read"]));
    let mut newest = root.clone();
    for _ in 0..40 {
        let form = json!({"grace_seconds": 0});
        let rotated = newest.post(&newest.action("rotate"), &form).expect(201);
        newest = Key::shown(&app, &rotated);
    }
    assert_eq!(owner.key_view(&root.id)["created_keys"], 1);
    let page = owner.get(&format!("{KEYS}?limit=100")).expect(200);
    let data = page["data"].as_array().expect("is a list").iter();
    let counts: Vec<_> = data.map(|key| key["created_keys"].as_u64()).collect();
    assert_eq!(counts.iter().filter(|it| **it == Some(1)).count(), 40);
    owner.delete(&with_descendants(&root)).expect(200);
    newest.get("/v1/whoami").problem(401, "invalid_token");
}

#[test]
fn revoke_200_includes_disabled_and_expired_descendants() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let [root, first, second, _] = create_tree(&owner);
    owner.act(&first, "disable").expect(200);
    let soon = json!({"expires_at": app.clock.now() + TimeDelta::minutes(1)});
    owner.patch(&second.path(), &soon).expect(200);
    app.advance(TimeDelta::minutes(2));
    assert_eq!(owner.key_view(&second.id)["status"], "expired");
    owner.delete(&with_descendants(&root)).expect(200);
    for key in [&first, &second] {
        assert_eq!(owner.key_view(&key.id)["status"], "revoked");
    }
}

#[test]
fn revoke_400_for_an_invalid_parameter_and_403_without_sudo() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let [root, _, _, grandchild] = create_tree(&owner);
    for query in ["descendant=true", "descendants=yes", "descendants="] {
        owner
            .delete(&format!("{}?{query}", root.path()))
            .problem(400, "invalid_query");
    }
    let developer = app.sign_in(Role::Developer);
    developer
        .delete(&with_descendants(&root))
        .problem(403, "sudo_required");
    for key in [&root, &grandchild] {
        key.get("/v1/whoami").expect(200);
    }
}

#[test]
fn revoke_200_by_the_key_itself() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let [root, first, _, grandchild] = create_tree(&owner);
    first.delete(&with_descendants(&first)).expect(200);
    for key in [&first, &grandchild] {
        key.get("/v1/whoami").problem(401, "invalid_token");
    }
    root.get("/v1/whoami").expect(200);
}

#[test]
fn revoke_200_takes_effect_in_other_processes() {
    let app = TestApp::start();
    let other = app.another();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let tree = create_tree(&owner);
    let status_in_other = |key: &Key<'_>| {
        let bearer = format!("Bearer {}", key.plain);
        let request = other.request("GET", "/v1/whoami");
        request.header("Authorization", &bearer).send().status
    };
    assert!(tree.iter().all(|key| status_in_other(key) == 200));
    owner.delete(&with_descendants(&tree[0])).expect(200);
    eventually(|| {
        let all = tree.iter().all(|key| status_in_other(key) == 401);
        all.then_some(())
    });
}

#[test]
fn revoke_200_includes_keys_created_concurrently() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let root = owner.create_key(&key_form(&["admin:keys", "contacts:read"]));
    std::thread::scope(|scope| {
        let creators: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut created = Vec::new();
                    for _ in 0..40 {
                        let answer = root.post(KEYS, &key_form(&["contacts:read"]));
                        if answer.status != 201 {
                            answer.problem(401, "invalid_token");
                            break;
                        }
                        created.push(Key::shown(&app, &answer.json()));
                    }
                    created
                })
            })
            .collect();
        child(&root, "certain");
        owner.delete(&with_descendants(&root)).expect(200);
        for creator in creators {
            for key in creator.join().expect("ends") {
                key.get("/v1/whoami").problem(401, "invalid_token");
            }
        }
    });
    assert_eq!(owner.key_view(&root.id)["created_keys"], 0);
}
