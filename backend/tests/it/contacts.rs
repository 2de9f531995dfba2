//! Contacts, as programs keep them.

use crate::util::TestApp;
use serde_json::json;

#[test]
fn upsert_contact_201_once_when_many_ask_at_once() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    let contact = json!({ "email": "Alice@example.com" });
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| key.post("/v1/contacts", &contact).status))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
    assert_eq!(key.get("/v1/contacts").expect(200)["total"], 1);
}

#[test]
fn upsert_contact_200_keeps_what_is_left_out() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    let first = json!({ "email": "a@example.com", "first_name": "Alice", "tags": ["one"] });
    let id = key.post("/v1/contacts", &first).expect(201)["id"].clone();
    let second = json!({ "email": "A@EXAMPLE.COM", "last_name": "Doe", "tags": [] });
    let updated = key.post("/v1/contacts", &second).expect(200);
    assert_eq!(updated["id"], id);
    assert_eq!(updated["first_name"], "Alice");
    assert_eq!(updated["last_name"], "Doe");
    assert_eq!(updated["tags"], json!([]));
}

#[test]
fn list_contacts_200_page_by_page_newest_first() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    for n in 0..5 {
        let contact = json!({ "email": format!("p{n}@example.com") });
        key.post("/v1/contacts", &contact).expect(201);
        app.advance(chrono::TimeDelta::seconds(1));
    }
    let mut path = "/v1/contacts?limit=2".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = key.get(&path).expect(200);
        assert_eq!(page["total"], 5);
        for contact in page["data"].as_array().unwrap() {
            seen.push(contact["email"].as_str().unwrap().to_owned());
        }
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/v1/contacts?limit=2&cursor={cursor}");
    }
    let expected: Vec<_> = (0..5).rev().map(|n| format!("p{n}@example.com")).collect();
    assert_eq!(seen, expected);
    assert_eq!(key.get("/v1/contacts?search=P3@").expect(200)["total"], 1);
    assert_eq!(key.get("/v1/contacts?search=%25").expect(200)["total"], 0);
}
