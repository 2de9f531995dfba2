//! `ETag`, `If-Match` and `If-None-Match` on resources of the public API. The clock of these tests
//! stands still, so all changes have the same timestamp.

use crate::util::{
    Answer, Key, TestApp, json,
    preconditions::{etag, put_if_match, race},
};
use serde_json::Value;

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

const SCOPES: [&str; 4] = [
    "contacts:write",
    "contacts:delete",
    "campaigns:write",
    "campaigns:delete",
];

#[test]
fn put_412_after_a_change_and_200_with_the_current_etag() {
    let app = TestApp::start();
    let key = app.key(&SCOPES);
    for Resource { path, body, member } in resources(&key) {
        let seen = etag(&key.get(&path));
        let first = put_if_match(&key, &path, &seen, &body(1));
        first.expect(200);
        let current = key.get(&path);
        assert_eq!(etag(&first), etag(&current), "{path}");
        assert_ne!(etag(&current), seen, "{path}");
        for never in [
            seen.clone(),
            format!("W/{}", etag(&current)),
            etag(&current).trim_matches('"').to_owned(),
        ] {
            let stale = put_if_match(&key, &path, &never, &body(2));
            let problem = stale.problem(412, "precondition_failed");
            assert!(problem["detail"].as_str().unwrap().contains("If-Match"));
        }
        assert_eq!(key.get(&path).expect(200), current.expect(200));
        put_if_match(&key, &path, "*", &body(3)).expect(200);
        let list = format!("{seen}, {}", etag(&key.get(&path)));
        put_if_match(&key, &path, &list, &body(4)).expect(200);
        key.put(&path, &body(5)).expect(200);
        assert_eq!(key.get(&path).expect(200)[member], body(5)[member]);
    }
}

#[test]
fn put_412_for_all_but_one_concurrent_request() {
    let app = TestApp::start();
    let key = app.key(&SCOPES);
    for Resource { path, body, member } in resources(&key) {
        let seen = etag(&key.get(&path));
        let send = |n: usize| put_if_match(&key, &path, &seen, &body(n + 1));
        let first = race(send, "precondition_failed");
        let left = key.get(&path).expect(200);
        assert_eq!(left[member], body(first + 1)[member], "{path}");
    }
}

#[test]
fn delete_412_after_a_change() {
    let app = TestApp::start();
    let key = app.key(&SCOPES);
    for Resource { path, body, .. } in resources(&key) {
        let seen = etag(&key.get(&path));
        key.put(&path, &body(1)).expect(200);
        let delete = |tag: &str| key.request("DELETE", &path).header("If-Match", tag).send();
        delete(&seen).problem(412, "precondition_failed");
        delete(&etag(&key.get(&path))).expect(200);
        delete("*").problem(404, "not_found");
    }
}
