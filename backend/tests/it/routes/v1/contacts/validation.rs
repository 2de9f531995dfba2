//! Invalid bodies of `POST /v1/contacts`.

use crate::util::{TestApp, json};

#[test]
fn upsert_400_names_the_invalid_fields() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    let post = |body: &str| {
        key.request("POST", "/v1/contacts")
            .body("application/json", body)
            .send()
    };
    for body in [
        "",
        "{",
        "{\"email\": }",
        "{\"email\":\"a@example.com\"} x",
        "{\"email\":\"a@example.com\"}{}",
    ] {
        post(body).problem(400, "invalid_json");
    }
    for (body, code, field) in [
        (
            r#"{"email":"a@example.com","nick":"a"}"#,
            "unknown_field",
            "nick",
        ),
        (r#"{"email":7}"#, "invalid_field", "email"),
        (
            r#"{"email":"a@example.com","tags":"a"}"#,
            "invalid_field",
            "tags",
        ),
        (
            r#"{"email":"a@example.com","tags":["a",7]}"#,
            "invalid_field",
            "tags[1]",
        ),
        (
            r#"{"email":"a@example.com","tags":[""]}"#,
            "invalid_field",
            "tags[0]",
        ),
        (r#"{"first_name":"a"}"#, "invalid_field", "email"),
        (r#"{"email":"a@b"}"#, "invalid_email", "email"),
        (r#"{"email":""}"#, "invalid_email", "email"),
    ] {
        post(body).problem_of_fields(400, code, &[field]);
    }
    let two = json!({"email": "x", "first_name": "y".repeat(101)});
    let two = key.post("/v1/contacts", &two);
    two.problem_of_fields(400, "invalid_email", &["email", "first_name"]);
}

#[test]
fn upsert_415_unless_the_body_is_json() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    let body = r#"{"email":"a@example.com"}"#;
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
    ] {
        let answer = key
            .request("POST", "/v1/contacts")
            .body(content_type, body)
            .send();
        answer.problem(415, "unsupported_media_type");
    }
    let answer = key.request("POST", "/v1/contacts").send();
    answer.problem(415, "unsupported_media_type");
    let spelt_out = "Application/JSON; charset=utf-8";
    key.request("POST", "/v1/contacts")
        .body(spelt_out, body)
        .send()
        .expect(201);
}
