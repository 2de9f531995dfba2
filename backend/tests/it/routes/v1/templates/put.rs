//! `PUT /v1/templates/{id}`.

use crate::util::{
    TestApp, json,
    preconditions::etag,
    quotas::{put_template, quota_key, refused, set_quotas, templates},
};
use chrono::TimeDelta;
use insta::assert_json_snapshot;

#[test]
fn put_201_then_200_when_replaced() {
    let app = TestApp::start();
    let key = app.key(&["campaigns:write"]);
    let mut template = json!({"name": "Hi", "subject": "Hi {{ name }}",
        "html_body": "<p>{{ name }}</p>{% for item in items %}<li>{{ item }}</li>{% endfor %}"});
    app.advance(TimeDelta::seconds(1));
    let created = key.put("/v1/templates/hi_1", &template).expect(201);
    assert_json_snapshot!(created, @r#"
    {
      "id": "hi_1",
      "name": "Hi",
      "subject": "Hi {{ name }}",
      "html_body": "<p>{{ name }}</p>{% for item in items %}<li>{{ item }}</li>{% endfor %}",
      "text_body": null,
      "created_at": "2026-11-18T11:06:41Z",
      "updated_at": "2026-11-18T11:06:41Z"
    }
    "#);
    app.advance(TimeDelta::seconds(1));
    template["text_body"] = json!("Hi {{ name }}");
    let replaced = key.put("/v1/templates/hi_1", &template).expect(200);
    assert_json_snapshot!(replaced, @r#"
    {
      "id": "hi_1",
      "name": "Hi",
      "subject": "Hi {{ name }}",
      "html_body": "<p>{{ name }}</p>{% for item in items %}<li>{{ item }}</li>{% endfor %}",
      "text_body": "Hi {{ name }}",
      "created_at": "2026-11-18T11:06:41Z",
      "updated_at": "2026-11-18T11:06:42Z"
    }
    "#);
    assert_eq!(key.get("/v1/templates/hi_1").expect(200), replaced);
    let list = key.get("/v1/templates").expect(200);
    assert_eq!(
        (&list["total"], &list["data"][0]["id"]),
        (&json!(2), &json!("hi_1"))
    );
}

#[test]
fn put_400_names_the_line_of_a_syntax_error() {
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
fn put_412_if_it_must_or_must_not_exist() {
    let app = TestApp::start();
    let key = app.key(&["campaigns:write"]);
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
    put("If-None-Match", &format!("W/{}", etag(&created))).problem(412, "precondition_failed");
    put("If-None-Match", "\"a\"").expect(200);
}

#[test]
fn put_403_over_quota_of_the_environment() {
    let app = TestApp::start();
    let [live, test] = ["live", "test"].map(|environment| quota_key(&app, environment));
    set_quotas(&app, templates(2));
    put_template(&live, "a", 10).expect(201);
    let problem = refused(&put_template(&live, "b", 10), "templates", "live", 2);
    assert_json_snapshot!(problem, {".request_id" => "[request id]", ".type" => "[url]"}, @r#"
    {
      "type": "[url]",
      "title": "Quota exceeded",
      "status": 403,
      "detail": "Delete templates that you no longer need, or ask the operator for a larger plan or quota (penguinmails admin set-plan or set-quota). The billing page shows all quotas.",
      "error": "quota_exceeded",
      "message": "Your quota of templates in the live environment is 2. With this, there would be 3.",
      "request_id": "[request id]"
    }
    "#);
    live.get("/v1/templates/b").problem(404, "not_found");
    put_template(&live, "a", 20).expect(200);
    put_template(&test, "a", 10).expect(201);
    refused(&put_template(&test, "b", 10), "templates", "test", 2);
    live.delete("/v1/templates/welcome-v1").expect(200);
    put_template(&live, "b", 10).expect(201);
    // The quota is lowered below the current usage.
    set_quotas(&app, templates(1));
    put_template(&live, "b", 30).expect(200);
    refused(&put_template(&live, "c", 10), "templates", "live", 1);
}
