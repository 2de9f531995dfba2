//! `POST /v1/emails/send`.

use crate::util::{
    TestApp,
    emails::{links, new_email, send_and_settle, settled},
    eventually, json,
    quotas::{queued_emails, quota_key, refused, send, set_quotas, used},
};
use chrono::TimeDelta;
use insta::assert_json_snapshot;

#[test]
fn send_200_example_of_the_documentation() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    let answer = key.post(
        "/v1/emails/send",
        &json!({
            "to": "user@example.com",
            "template_id": "welcome-v1",
            "variables": {"name": "Alice", "company": "Acme Corp"},
            "tags": ["onboarding", "welcome"]
        }),
    );
    let sent = answer.expect(200);
    assert!(sent["id"].as_str().unwrap().starts_with("msg_"));
    assert_json_snapshot!(sent, {".id" => "[id]"}, @r#"
    {
      "id": "[id]",
      "status": "queued",
      "to": "user@example.com",
      "created_at": "2026-11-18T11:06:40Z"
    }
    "#);
    let policy = answer.header("ratelimit-policy").unwrap();
    assert!(policy.contains("\"send\";q=60;w=60"), "{policy}");

    let mail = settled(&key, &sent["id"]);
    assert_eq!(mail["id"], sent["id"]);
    assert!(mail["html_body"].as_str().unwrap().contains("Alice"));
    assert_json_snapshot!(mail, {
        ".id" => "[id]",
        ".html_body" => "[html]",
        ".html_as_sent" => "[html]",
        ".text_body" => "[text]",
    }, @r#"
    {
      "id": "[id]",
      "status": "sent",
      "from": "no-reply@penguinmails.test",
      "to": "user@example.com",
      "subject": "Welcome to Acme Corp, Alice!",
      "tags": [
        "onboarding",
        "welcome"
      ],
      "campaign_id": null,
      "created_at": "2026-11-18T11:06:40Z",
      "sent_at": "2026-11-18T11:06:40Z",
      "html_body": "[html]",
      "html_as_sent": "[html]",
      "text_body": "[text]",
      "track_opens": true,
      "track_clicks": true,
      "captured": false,
      "attempts": 1,
      "next_attempt_at": null,
      "last_error": null,
      "events": [
        {
          "kind": "sent",
          "at": "2026-11-18T11:06:40Z"
        }
      ]
    }
    "#);
}

#[test]
fn send_400_names_every_invalid_field() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    let cases = [
        (json!({}), "invalid_field", vec!["to"]),
        (
            json!({"to": "a@example.com"}),
            "invalid_field",
            vec!["subject", "html_body"],
        ),
        (
            json!({"to": "a"}),
            "invalid_email",
            vec!["to", "subject", "html_body"],
        ),
        (
            json!({"to": "a@example.com", "subject": "a\r\nBcc: b@example.com", "html_body": "a"}),
            "invalid_field",
            vec!["subject"],
        ),
        (
            json!({"to": "a@example.com\r\nBcc: b@example.com", "subject": "a", "html_body": "a"}),
            "invalid_email",
            vec!["to"],
        ),
        (
            json!({"to": "a@example.com", "from": "A\r\nBcc: b@example.com <a@example.com>", "subject": "a", "html_body": "a"}),
            "invalid_field",
            vec!["from"],
        ),
        (
            json!({"to": "a@example.com", "subject": "x".repeat(201), "html_body": " "}),
            "invalid_field",
            vec!["subject", "html_body"],
        ),
        (
            json!({"to": "a@example.com", "subject": "a", "html_body": "x".repeat(512 * 1024 + 1)}),
            "invalid_field",
            vec!["html_body"],
        ),
        (
            json!({"to": "a@example.com", "subject": "a", "html_body": "a", "tags": ["", "x".repeat(51)]}),
            "invalid_field",
            vec!["tags[0]", "tags[1]"],
        ),
        (
            json!({"to": "a@example.com", "subject": "a", "html_body": "a", "tags": vec!["a"; 11]}),
            "invalid_field",
            vec!["tags"],
        ),
        (
            json!({"to": "a@example.com", "subject": "a", "html_body": "Hi {{ name }}", "variables": {"name": "A"}}),
            "invalid_field",
            vec!["variables"],
        ),
        (
            json!({"to": "a@example.com", "subject": "a", "html_body": "a", "variables": []}),
            "invalid_field",
            vec!["variables"],
        ),
        (
            json!({"to": "a@example.com", "subject": "a", "html_body": "a", "cc": "b@example.com"}),
            "unknown_field",
            vec!["cc"],
        ),
        (
            json!({"to": ["a@example.com"], "subject": "a", "html_body": "a"}),
            "invalid_field",
            vec!["to"],
        ),
        (
            json!({"to": "a@example.com", "template_id": "welcome-v1", "subject": "a", "html_body": "a", "text_body": "a"}),
            "invalid_field",
            vec!["subject", "html_body", "text_body"],
        ),
        (
            json!({"to": "a@example.com", "template_id": "nothing"}),
            "unknown_template",
            vec!["template_id"],
        ),
        (
            json!({"to": "a@example.com", "template_id": "welcome-v1", "variables": {"name": "A"}}),
            "missing_variable",
            vec!["variables.company"],
        ),
    ];
    for (body, code, fields) in cases {
        key.post("/v1/emails/send", &body)
            .problem_of_fields(400, code, &fields);
    }
    assert_eq!(key.get("/v1/emails").expect(200)["total"], 0);
}

#[test]
fn send_200_does_not_render_inline_bodies() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    let body = json!({"to": "a@example.com", "subject": "{{ name }}", "html_body": "{{ name }}",
        "text_body": "{% nonsense", "variables": {}});
    let sent = key.post("/v1/emails/send", &body).expect(200);
    let mail = settled(&key, &sent["id"]);
    for field in ["subject", "html_body", "text_body"] {
        assert_eq!(mail[field], body[field], "{field}");
    }
}

#[test]
fn send_200_escapes_variables_in_html_only() {
    let app = TestApp::start();
    let key = app.key(&["campaigns:write", "emails:send"]);
    let template = json!({"subject": "Hi {{ name }}", "text_body": "Hi {{ name }}",
        "html_body": "<p>{{ name }}</p>{% for item in items %}<li>{{ item }}</li>{% endfor %}"});
    key.put("/v1/templates/hi_1", &template).expect(201);
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
}

#[test]
fn send_400_template_too_expensive_to_render() {
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
fn send_200_tracks_opens_and_clicks_if_requested() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    let html = "<a href=\"https://example.com\">this</a>";
    for (opens, clicks, count) in [(false, false, 0), (true, false, 1), (false, true, 1)] {
        let body = json!({"to": "a@example.com", "subject": "Hi", "html_body": html,
            "track_opens": opens, "track_clicks": clicks});
        let mail = send_and_settle(&key, &body);
        assert_eq!(links(&app, &mail).len(), count);
        let file = format!("mail/{}.eml", mail["id"].as_str().unwrap());
        let file = std::fs::read_to_string(app.place.dir().join(file)).unwrap();
        let file = file.replace("=\r\n", "");
        assert_eq!(file.contains("/t/o/"), opens);
        assert_eq!(file.contains("/t/c/"), clicks);
    }
}

#[test]
fn send_429_after_60_in_a_minute() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    for n in 0..60 {
        key.post("/v1/emails/send", &new_email(&format!("a{n}@example.com")))
            .expect(200);
    }
    key.post("/v1/emails/send", &new_email("late@example.com"))
        .problem(429, "rate_limit_exceeded");
    key.get("/v1/emails").expect(200);
    app.advance(TimeDelta::minutes(1));
    key.post("/v1/emails/send", &new_email("late@example.com"))
        .expect(200);
}

#[test]
fn send_403_over_quota_of_queued_emails() {
    let app = TestApp::start();
    let key = quota_key(&app, "live");
    set_quotas(&app, queued_emails(0));
    refused(&send(&key, 10), "queued emails", "live", 0);
    assert_eq!(key.get("/v1/emails").expect(200)["total"], 0);
    set_quotas(&app, queued_emails(1));
    for _ in 0..3 {
        let sent = send(&key, 10).expect(200);
        let path = format!("/v1/emails/{}", sent["id"].as_str().unwrap());
        eventually(|| (key.get(&path).expect(200)["status"] == "sent").then_some(()));
    }
    assert_eq!(used(&app, "live")["queued_emails"], 0);
}
