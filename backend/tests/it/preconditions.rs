//! Conditional updates with `ETag`, `If-Match` and `If-None-Match`. The clock of these tests
//! stands still, so all changes have the same timestamp.

use crate::{
    lifecycle::full_form,
    util::{Answer, Key, Session, TestApp, json},
};
use serde_json::Value;
use shared::role::Role;

const KEYS: &str = "/api/v1/platform/api-keys";

/// Number of threads that update one resource at the same time.
const EDITORS: usize = 8;

#[track_caller]
fn tag(answer: &Answer) -> String {
    let tag = answer.header("etag").expect("has an ETag");
    assert!(tag.starts_with('"') && tag.ends_with('"'), "{tag}");
    tag.to_owned()
}

fn patch_if(session: &Session<'_>, key: &Key<'_>, if_match: &str, body: &Value) -> Answer {
    session
        .request("PATCH", &key.path())
        .header("If-Match", if_match)
        .json(body)
        .send()
}

fn put_if(key: &Key<'_>, path: &str, if_match: &str, body: &Value) -> Answer {
    key.request("PUT", path)
        .header("If-Match", if_match)
        .json(body)
        .send()
}

/// Sends the same condition from all editors at once. Returns the number of the editor that won.
#[track_caller]
fn race(send: impl Fn(usize) -> Answer + Sync, code: &str) -> usize {
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let send = &send;
        let threads: Vec<_> = (0..EDITORS).map(|n| scope.spawn(move || send(n))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("answers"))
            .collect()
    });
    let mut first = None;
    for (n, answer) in answers.iter().enumerate() {
        if answer.status == 200 {
            assert_eq!(first.replace(n), None, "two editors were both first");
        } else {
            answer.problem(412, code);
        }
    }
    first.expect("one editor is first")
}

#[test]
fn key_412_for_the_second_of_two_editors_who_would_grant_again() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&full_form());
    let seen = owner.get(&key.path());
    let tag_seen = tag(&seen);
    assert_eq!(
        tag_seen,
        format!("\"{}\"", seen.expect(200)["version"].as_str().unwrap())
    );
    let row = owner.get(KEYS).expect(200)["data"][0].clone();
    assert_eq!(row["version"], seen.expect(200)["version"]);

    // The first editor removes a scope. The second, who still sees it, sends a different list of
    // scopes.
    let narrowed = patch_if(
        &owner,
        &key,
        &tag_seen,
        &json!({"permissions": ["contacts:read"]}),
    );
    narrowed.expect(200);
    let stale = json!({"permissions": ["contacts:read", "contacts:write", "emails:send"]});
    patch_if(&owner, &key, &tag_seen, &stale).problem(412, "key_changed");
    let current = owner.get(&key.path());
    assert_eq!(current.expect(200), narrowed.expect(200));
    assert_eq!(tag(&current), tag(&narrowed));
    assert_eq!(current.expect(200)["permissions"], json!(["contacts:read"]));
    patch_if(&owner, &key, &tag(&current), &json!({"name": "CRM"})).expect(200);
}

#[test]
fn key_tag_changes_with_each_setting_and_with_nothing_else() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let mut form = full_form();
    form["permissions"] = json!(["contacts:read", "emails:send_bulk"]);
    let key = owner.create_key(&form);
    let mut tags = vec![tag(&owner.get(&key.path()))];
    for change in [
        json!({"name": "CRM"}),
        json!({"description": ""}),
        json!({"permissions": ["emails:send_bulk"]}),
        json!({"expires_at": null}),
        json!({"ip_allowlist": ["127.0.0.1/32"]}),
    ] {
        tags.push(tag(&owner.patch(&key.path(), &change)));
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
        tags.push(tag(&owner.get(&key.path())));
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
    assert_eq!(tag(&view), last);

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
fn key_if_match_takes_any_and_lists_and_never_weak_tags() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&full_form());
    let form = json!({"description": "again"});
    let tag = tag(&owner.get(&key.path()));
    for never in [
        &format!("W/{tag}"),
        tag.trim_matches('"'),
        "",
        "\"*\"",
        "\"\"",
    ] {
        patch_if(&owner, &key, never, &form).problem(412, "key_changed");
    }
    patch_if(&owner, &key, &format!("\"a\", W/\"b\" ,{tag}"), &form).expect(200);
    patch_if(&owner, &key, &tag, &form).problem(412, "key_changed");
    patch_if(&owner, &key, "*", &form).expect(200);
    owner.patch(&key.path(), &form).expect(200);
    // An unknown key is not found, whatever the condition.
    let strange = owner.request("PATCH", &format!("{KEYS}/key_4fGh7kQ2mXyZ"));
    let strange = strange.header("If-Match", &tag).json(&form).send();
    strange.problem(404, "not_found");
}

#[test]
fn key_412_for_all_but_one_of_many_at_once() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&full_form());
    let seen = tag(&owner.get(&key.path()));
    let form = |n: usize| json!({"description": format!("Editor {n}")});
    let first = race(|n| patch_if(&owner, &key, &seen, &form(n)), "key_changed");
    let left = owner.key_view(&key.id);
    assert_eq!(left["description"], form(first)["description"]);
}

/// A resource of the public API: its path, and bodies that replace it.
struct Resource {
    path: String,
    body: fn(usize) -> Value,
    /// Name of the property that differs between the bodies.
    member: &'static str,
}

fn resources(key: &Key<'_>) -> [Resource; 3] {
    let contact = key.post("/v1/contacts", &json!({"email": "a@example.com"}));
    let campaign = |n: usize| json!({"name": format!("Editor {n}"), "subject": "Hi", "html_body": "Hi", "contact_tags": ["a"]});
    let created = key.post("/v1/campaigns", &campaign(0));
    let template = |n: usize| json!({"subject": format!("Editor {n}"), "html_body": "Hi"});
    key.put("/v1/templates/note", &template(0)).expect(201);
    let path = |answer: &Answer, at: &str| {
        let id = answer.expect(201)["id"].clone();
        format!("/v1/{at}/{}", id.as_str().expect("has an id"))
    };
    [
        Resource {
            path: path(&contact, "contacts"),
            body: |n| json!({"first_name": format!("Editor {n}")}),
            member: "first_name",
        },
        Resource {
            path: path(&created, "campaigns"),
            body: campaign,
            member: "name",
        },
        Resource {
            path: "/v1/templates/note".into(),
            body: template,
            member: "subject",
        },
    ]
}

const ALL_SCOPES: [&str; 4] = [
    "contacts:write",
    "contacts:delete",
    "campaigns:write",
    "campaigns:delete",
];

#[test]
fn put_412_if_it_was_changed_and_200_with_its_tag() {
    let app = TestApp::start();
    let key = app.key(&ALL_SCOPES);
    for Resource { path, body, member } in resources(&key) {
        let seen = tag(&key.get(&path));
        let first = put_if(&key, &path, &seen, &body(1));
        first.expect(200);
        let current = key.get(&path);
        assert_eq!(tag(&first), tag(&current), "{path}");
        assert_ne!(tag(&current), seen, "{path}");
        for never in [
            seen.clone(),
            format!("W/{}", tag(&current)),
            tag(&current).trim_matches('"').to_owned(),
        ] {
            let stale = put_if(&key, &path, &never, &body(2));
            let problem = stale.problem(412, "precondition_failed");
            assert!(problem["detail"].as_str().unwrap().contains("If-Match"));
        }
        assert_eq!(key.get(&path).expect(200), current.expect(200));
        put_if(&key, &path, "*", &body(3)).expect(200);
        let list = format!("{seen}, {}", tag(&key.get(&path)));
        put_if(&key, &path, &list, &body(4)).expect(200);
        key.put(&path, &body(5)).expect(200);
        assert_eq!(key.get(&path).expect(200)[member], body(5)[member]);
    }
}

#[test]
fn put_412_for_all_but_one_of_many_at_once() {
    let app = TestApp::start();
    let key = app.key(&ALL_SCOPES);
    for Resource { path, body, member } in resources(&key) {
        let seen = tag(&key.get(&path));
        let send = |n: usize| put_if(&key, &path, &seen, &body(n + 1));
        let first = race(send, "precondition_failed");
        let left = key.get(&path).expect(200);
        assert_eq!(left[member], body(first + 1)[member], "{path}");
    }
}

#[test]
fn delete_412_if_it_was_changed() {
    let app = TestApp::start();
    let key = app.key(&ALL_SCOPES);
    for Resource { path, body, .. } in resources(&key) {
        let seen = tag(&key.get(&path));
        key.put(&path, &body(1)).expect(200);
        let delete = |tag: &str| key.request("DELETE", &path).header("If-Match", tag).send();
        delete(&seen).problem(412, "precondition_failed");
        delete(&tag(&key.get(&path))).expect(200);
        delete("*").problem(404, "not_found");
    }
}

#[test]
fn put_contact_412_after_it_has_unsubscribed_or_moved() {
    let app = TestApp::start();
    let key = app.key(&ALL_SCOPES);
    let contact = key.post("/v1/contacts", &json!({"email": "a@example.com"}));
    let path = format!(
        "/v1/contacts/{}",
        contact.expect(201)["id"].as_str().unwrap()
    );
    assert_eq!(tag(&contact), tag(&key.get(&path)));
    let moved = json!({"email": "b@example.com", "status": "unsubscribed"});
    key.put(&path, &moved).expect(200);
    let back = json!({"email": "a@example.com", "status": "active"});
    put_if(&key, &path, &tag(&contact), &back).problem(412, "precondition_failed");
    // Changing the address while other updates wait for the contact does not block them.
    let seen = tag(&key.get(&path));
    let body = |n: usize| json!({"email": format!("c{n}@example.com")});
    let first = race(
        |n| put_if(&key, &path, &seen, &body(n)),
        "precondition_failed",
    );
    assert_eq!(key.get(&path).expect(200)["email"], body(first)["email"]);
}

#[test]
fn put_template_412_when_it_must_be_new_or_must_be_there() {
    let app = TestApp::start();
    let key = app.key(&ALL_SCOPES);
    let body = json!({"subject": "Hi", "html_body": "Hi"});
    let put = |name: &str, value: &str| {
        key.request("PUT", "/v1/templates/once")
            .header(name, value)
            .json(&body)
            .send()
    };
    put("If-Match", "*").problem(412, "precondition_failed");
    put("If-Match", "\"a\"").problem(412, "precondition_failed");
    key.get("/v1/templates/once").problem(404, "not_found");
    let created = put("If-None-Match", "*");
    created.expect(201);
    put("If-None-Match", "*").problem(412, "precondition_failed");
    put("If-None-Match", &format!("W/{}", tag(&created))).problem(412, "precondition_failed");
    put("If-None-Match", "\"a\"").expect(200);
}

#[test]
fn put_campaign_409_not_412_once_it_is_sending() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({"name": "a", "environment": "live",
        "permissions": ["contacts:write", "campaigns:write", "emails:send_bulk"]});
    let key = owner.create_key(&form);
    owner.approve(&key);
    let [_, campaign, _] = resources(&key);
    let contact = json!({"email": "b@example.com", "tags": ["a"]});
    key.post("/v1/contacts", &contact).expect(201);
    let seen = tag(&key.get(&campaign.path));
    key.post(&format!("{}/start", campaign.path), &json!({}))
        .expect(200);
    assert_ne!(tag(&key.get(&campaign.path)), seen);
    put_if(&key, &campaign.path, &seen, &(campaign.body)(1)).problem(409, "campaign_not_editable");
}
