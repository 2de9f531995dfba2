//! Contacts in the public API.

use crate::util::{Session, TestApp, json};
use shared::plan::Plan;

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

#[test]
fn get_contact_200_and_404_for_everyone_else() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write", "contacts:delete"]);
    let contact = json!({ "email": "a@example.com" });
    let created = key.post("/v1/contacts", &contact).expect(201);
    let path = format!("/v1/contacts/{}", created["id"].as_str().unwrap());
    assert_eq!(key.get(&path).expect(200), created);

    app.add_tenant("other", Plan::Starter);
    let owner = Session::sign_in(&app, "owner@other.test").with_sudo();
    let form = |environment| {
        json!({"name": "a", "environment": environment,
            "permissions": ["contacts:write", "contacts:delete"]})
    };
    let test = app.key_from(&form("test"));
    for stranger in [test, owner.create_key(&form("live"))] {
        assert_eq!(stranger.get("/v1/contacts").expect(200)["total"], 0);
        stranger.get(&path).problem(404, "not_found");
        stranger.put(&path, &json!({})).problem(404, "not_found");
        stranger.delete(&path).problem(404, "not_found");
        // For these callers, the same email address is a different contact.
        let theirs = stranger.post("/v1/contacts", &contact).expect(201);
        assert_ne!(theirs["id"], created["id"]);
    }
    for id in ["con_0000000000000000", "key_4fGh7kQ2mXyZ", "con_", "%00"] {
        let answer = key.get(&format!("/v1/contacts/{id}"));
        answer.problem(404, "not_found");
    }
}

#[test]
fn replace_contact_200_empties_what_is_left_out() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    let contact = json!({"email": "a@example.com", "first_name": "Alice", "last_name": "Doe",
        "tags": ["one"], "attributes": {"company": "Acme"}});
    let created = key.post("/v1/contacts", &contact).expect(201);
    let path = format!("/v1/contacts/{}", created["id"].as_str().unwrap());
    app.advance(chrono::TimeDelta::hours(1));
    let change = json!({"email": "B@example.com", "first_name": "Bob", "status": "unsubscribed"});
    let replaced = key.put(&path, &change).expect(200);
    let expected = json!({"id": created["id"], "email": "b@example.com", "first_name": "Bob",
        "last_name": "", "tags": [], "attributes": {}, "status": "unsubscribed",
        "created_at": created["created_at"], "updated_at": "2026-11-18T12:06:40Z"});
    assert_eq!(replaced, expected);
    // Omitting the email address or status keeps them.
    let replaced = key.put(&path, &json!({"tags": ["two"]})).expect(200);
    assert_eq!(replaced["email"], "b@example.com");
    assert_eq!(replaced["status"], "unsubscribed");
    assert_eq!(key.get(&path).expect(200), replaced);
}

#[test]
fn replace_contact_409_for_an_address_that_is_taken() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    let mut paths = Vec::new();
    for email in ["a@example.com", "b@example.com"] {
        let created = key.post("/v1/contacts", &json!({ "email": email }));
        paths.push(format!(
            "/v1/contacts/{}",
            created.expect(201)["id"].as_str().unwrap()
        ));
    }
    let answer = key.put(&paths[1], &json!({"email": "A@example.com"}));
    answer.problem(409, "contact_exists");
    assert_eq!(key.get(&paths[1]).expect(200)["email"], "b@example.com");
    // A contact's own address is not a conflict.
    key.put(&paths[0], &json!({"email": "a@example.com"}))
        .expect(200);
}

#[test]
fn replace_contact_400_names_every_field() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    let created = key.post("/v1/contacts", &json!({"email": "a@example.com"}));
    let path = format!(
        "/v1/contacts/{}",
        created.expect(201)["id"].as_str().unwrap()
    );
    let wrong = json!({"email": "a", "first_name": "a\nb", "tags": [""], "status": "bounced"});
    let problem = key.put(&path, &wrong).problem(400, "invalid_email");
    let fields: Vec<_> = problem["errors"].as_array().unwrap().iter().collect();
    let fields: Vec<_> = fields.iter().map(|error| &error["field"]).collect();
    assert_eq!(fields, ["email", "first_name", "tags[0]", "status"]);
    key.put(&path, &json!({"id": "con_a"}))
        .problem(400, "unknown_field");
    key.put(&path, &json!({"status": "gone"}))
        .problem(400, "invalid_field");
}

#[test]
fn delete_contact_200_once() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write", "contacts:delete"]);
    let contact = json!({ "email": "a@example.com" });
    let id = key.post("/v1/contacts", &contact).expect(201)["id"].clone();
    let path = format!("/v1/contacts/{}", id.as_str().unwrap());
    assert_eq!(
        key.delete(&path).expect(200),
        json!({"id": id, "deleted": true})
    );
    key.delete(&path).problem(404, "not_found");
    assert_eq!(key.get("/v1/contacts").expect(200)["total"], 0);
    key.post("/v1/contacts", &contact).expect(201);
}

#[test]
fn list_contacts_200_by_tag_and_status() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    for (email, tags) in [
        ("plain@example.com", json!(["vip", "beta"])),
        ("case@example.com", json!(["VIP"])),
        (
            "inside@example.com",
            json!(["not vip", "a,vip", "a\"vip", "a,\"vip", "[\"vip"]),
        ),
        ("odd@example.com", json!(["100%", "a\"b\\c"])),
        ("none@example.com", json!([])),
    ] {
        let contact = json!({"email": email, "tags": tags});
        key.post("/v1/contacts", &contact).expect(201);
    }
    let found = |query: &str| {
        let page = key.get(&format!("/v1/contacts?{query}")).expect(200);
        let data = page["data"].as_array().unwrap().iter();
        let mut emails: Vec<_> = data
            .map(|c| c["email"].as_str().unwrap().to_owned())
            .collect();
        emails.sort_unstable();
        assert_eq!(page["total"], emails.len());
        emails
    };
    assert_eq!(found("tag=vip"), ["plain@example.com"]);
    assert_eq!(found("tag=beta"), ["plain@example.com"]);
    assert_eq!(found("tag=VIP"), ["case@example.com"]);
    assert_eq!(found("tag=%C2%A0vip%E2%80%8B"), ["plain@example.com"]);
    assert_eq!(found("tag=a,%22vip"), ["inside@example.com"]);
    assert_eq!(found("tag=100%25"), ["odd@example.com"]);
    assert_eq!(found("tag=a%22b%5Cc"), ["odd@example.com"]);
    assert_eq!(found("tag=%25"), [""; 0]);

    let page = key.get("/v1/contacts?search=none").expect(200);
    let path = format!("/v1/contacts/{}", page["data"][0]["id"].as_str().unwrap());
    key.put(&path, &json!({"status": "unsubscribed"}))
        .expect(200);
    assert_eq!(found("status=unsubscribed"), ["none@example.com"]);
    assert_eq!(found("status=active").len(), 4);
    assert_eq!(found("status=active&tag=vip"), ["plain@example.com"]);
    let problem = key
        .get("/v1/contacts?status=gone")
        .problem(400, "invalid_query");
    assert!(
        problem["detail"].as_str().unwrap().contains("active"),
        "{problem}"
    );
}
