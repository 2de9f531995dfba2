//! `GET /v1/contacts`.

use crate::util::{TestApp, json};

#[test]
fn list_200_paginated_newest_first() {
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
fn list_200_filtered_by_tag_and_status() {
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
