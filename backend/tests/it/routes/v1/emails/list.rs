//! `GET /v1/emails`.

use crate::util::{
    TestApp,
    emails::{new_email, send_and_settle},
    json,
};
use chrono::TimeDelta;

#[test]
fn list_200_filtered_and_paginated() {
    let app = TestApp::start();
    let form = json!({"name": "t", "environment": "test", "permissions": ["emails:send"]});
    let key = app.key_from(&form);
    for (to, tags) in [
        ("Ann@example.com", json!(["one", "two"])),
        ("bounced@sandbox.penguinmails.test", json!(["One"])),
        ("ann@example.com", json!(["say \"two\"", "b\\"])),
        ("c@example.com", json!([])),
        ("d@example.com", json!(["x,\"two"])),
    ] {
        let mut mail = new_email(to);
        mail["tags"] = tags;
        send_and_settle(&key, &mail);
        app.advance(TimeDelta::seconds(1));
    }
    let count = |query: &str| key.get(&format!("/v1/emails?{query}")).expect(200)["total"].clone();
    assert_eq!(count("tag=two"), 1);
    assert_eq!(count("tag=one"), 1);
    assert_eq!(count("tag=say%20%22two%22"), 1);
    assert_eq!(count("tag=b%5C"), 1);
    assert_eq!(count("to=ann@EXAMPLE.com"), 2);
    assert_eq!(count("status=bounced"), 1);
    assert_eq!(count("status=sent&to=ann@example.com&tag=two"), 1);
    key.get("/v1/emails?status=lost")
        .problem(400, "invalid_query");
    key.get("/v1/emails?cursor=x")
        .problem_of_fields(400, "invalid_query", &["cursor"]);
    let (mut path, mut seen) = ("/v1/emails?limit=2".to_owned(), Vec::new());
    loop {
        let page = key.get(&path).expect(200);
        assert_eq!(page["total"], 5);
        for mail in page["data"].as_array().unwrap() {
            assert!(mail.get("html_body").is_none());
            seen.push(mail["to"].as_str().unwrap().to_owned());
        }
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/v1/emails?limit=2&cursor={cursor}");
    }
    assert_eq!(seen.len(), 5);
    assert_eq!(seen[0], "d@example.com");
}
