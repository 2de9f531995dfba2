//! Templates in the public API.

use crate::util::{TestApp, json};

#[test]
fn put_template_201_then_200_and_sends_with_escaped_variables() {
    let app = TestApp::start();
    let key = app.key(&["campaigns:write", "campaigns:delete", "emails:send"]);
    let template = json!({"name": "Hi", "subject": "Hi {{ name }}",
        "html_body": "<p>{{ name }}</p>{% for item in items %}<li>{{ item }}</li>{% endfor %}"});
    app.advance(chrono::TimeDelta::seconds(1));
    let created = key.put("/v1/templates/hi_1", &template).expect(201);
    assert_eq!(created["id"], "hi_1");
    assert_eq!(created["text_body"], json!(null));
    app.advance(chrono::TimeDelta::seconds(1));
    let mut replaced = template.clone();
    replaced["text_body"] = json!("Hi {{ name }}");
    let replaced = key.put("/v1/templates/hi_1", &replaced).expect(200);
    assert_eq!(replaced["created_at"], created["created_at"]);
    assert_ne!(replaced["updated_at"], created["updated_at"]);
    assert_eq!(key.get("/v1/templates/hi_1").expect(200), replaced);
    let list = key.get("/v1/templates").expect(200);
    assert_eq!(
        (&list["total"], &list["data"][0]["id"]),
        (&json!(2), &json!("hi_1"))
    );

    let body = json!({"to": "a@example.com", "template_id": "hi_1",
        "variables": {"name": "<b>Ann</b>\r\nBcc: x@example.com", "items": ["a&b"]}});
    let sent = key.post("/v1/emails/send", &body).expect(200);
    let mail = key
        .get(&format!("/v1/emails/{}", sent["id"].as_str().unwrap()))
        .expect(200);
    assert_eq!(mail["subject"], "Hi <b>Ann</b> Bcc: x@example.com");
    assert_eq!(
        mail["html_body"],
        "<p>&lt;b&gt;Ann&lt;&#x2f;b&gt;\r\nBcc: x@example.com</p><li>a&amp;b</li>"
    );
    assert_eq!(mail["text_body"], "Hi <b>Ann</b>\r\nBcc: x@example.com");

    let gone = key.delete("/v1/templates/hi_1").expect(200);
    assert_eq!(gone, json!({"id": "hi_1", "deleted": true}));
    key.delete("/v1/templates/hi_1").problem(404, "not_found");
    key.get("/v1/templates/hi_1").problem(404, "not_found");
    key.post("/v1/emails/send", &body)
        .problem_of_fields(400, "unknown_template", &["template_id"]);
}

#[test]
fn put_template_400_says_which_line_does_not_parse() {
    let app = TestApp::start();
    let key = app.key(&["campaigns:write"]);
    let template = json!({"subject": "Hi", "html_body": "<p>\n{{ name }\n</p>"});
    let problem = key.put("/v1/templates/a", &template);
    let problem = problem.problem_of_fields(400, "invalid_field", &["html_body"]);
    let message = problem["errors"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("Line 2: "), "{message}");
    let includes =
        json!({"subject": "{% import 'a' as a %}", "html_body": "{% include '/etc/passwd' %}"});
    key.put("/v1/templates/a", &includes).problem_of_fields(
        400,
        "invalid_field",
        &["subject", "html_body"],
    );
    let good = json!({"subject": "Hi", "html_body": "Hi"});
    for id in ["A", "-a", "a.b", &"a".repeat(65), "a%00"] {
        let path = format!("/v1/templates/{id}");
        key.put(&path, &good)
            .problem_of_fields(400, "invalid_field", &["id"]);
        key.get(&path).problem(404, "not_found");
    }
}

#[test]
fn send_email_400_when_a_template_would_cost_too_much() {
    let app = TestApp::start();
    let key = app.key(&["campaigns:write", "emails:send"]);
    let html = "{% for a in all %}{% for b in all %}x{% endfor %}{% endfor %}";
    let template = json!({"subject": "Hi", "html_body": html});
    key.put("/v1/templates/bomb", &template).expect(201);
    let all: Vec<_> = (0..5000).collect();
    let body = json!({"to": "a@example.com", "template_id": "bomb", "variables": {"all": all}});
    key.post("/v1/emails/send", &body)
        .problem_of_fields(400, "invalid_field", &["variables"]);
}

#[test]
fn templates_404_of_another_tenant_or_environment() {
    let app = TestApp::start();
    app.add_tenant("other", shared::plan::Plan::Starter);
    let scopes = ["campaigns:write", "campaigns:delete", "emails:send"];
    let live = app.key(&scopes);
    let test = app.key_from(&json!({"name": "t", "environment": "test", "permissions": scopes}));
    let other = crate::util::Session::sign_in(&app, "owner@other.test")
        .with_sudo()
        .create_key(&json!({"name": "o", "environment": "live", "permissions": scopes}));
    let form = json!({"subject": "Hi", "html_body": "Hi"});
    live.put("/v1/templates/ours", &form).expect(201);
    let body = json!({"to": "a@example.com", "template_id": "ours"});
    for stranger in [&test, &other] {
        stranger.get("/v1/templates/ours").problem(404, "not_found");
        stranger
            .delete("/v1/templates/ours")
            .problem(404, "not_found");
        stranger
            .post("/v1/emails/send", &body)
            .problem(400, "unknown_template");
        // For these callers, the same id is a different template.
        stranger.put("/v1/templates/ours", &form).expect(201);
        stranger.delete("/v1/templates/ours").expect(200);
    }
    live.post("/v1/emails/send", &body).expect(200);
}
