//! `POST /v1/campaigns`.

use crate::util::{
    TestApp,
    campaigns::{create, form, marketing_key},
    json,
};
use backend::models::tenant::Tenant;
use insta::assert_json_snapshot;
use serde_json::Value;

#[test]
fn create_201_returns_a_draft() {
    let app = TestApp::start();
    let key = marketing_key(&app, "live");
    let created = key.post("/v1/campaigns", &form()).expect(201);
    assert_json_snapshot!(created, {".id" => "[id]"}, @r#"
    {
      "id": "[id]",
      "name": "Autumn sale",
      "subject": "Hello {{ first_name }}",
      "template_id": null,
      "from": null,
      "contact_tags": [],
      "status": "draft",
      "failure_reason": null,
      "recipients": 0,
      "queued": 0,
      "sent": 0,
      "failed": 0,
      "created_at": "2026-11-18T11:06:40Z",
      "updated_at": "2026-11-18T11:06:40Z",
      "started_at": null,
      "completed_at": null,
      "html_body": "<p>{{ first_name }}, <a href=\"https://acme.example/sale\">look</a></p>",
      "text_body": null,
      "waiting_for": null
    }
    "#);
    let path = format!("/v1/campaigns/{}", created["id"].as_str().unwrap());
    assert_eq!(key.get(&path).expect(200), created);
}

#[test]
fn create_400_names_the_invalid_field() {
    let app = TestApp::start();
    let key = marketing_key(&app, "live");
    let refused = |change: Value, code: &str, field: &str| {
        let mut form = form();
        for (name, value) in change.as_object().unwrap() {
            form[name] = value.clone();
        }
        let problem = key.post("/v1/campaigns", &form).problem(400, code);
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
        problem["errors"][0]["message"].as_str().unwrap().to_owned()
    };
    refused(json!({"name": ""}), "invalid_field", "name");
    refused(json!({"subject": "a\nBcc: b"}), "invalid_field", "subject");
    refused(json!({"html_body": null}), "invalid_field", "html_body");
    refused(json!({"from": "nobody"}), "invalid_field", "from");
    refused(
        json!({"contact_tags": ["a", ""]}),
        "invalid_field",
        "contact_tags[1]",
    );
    refused(
        json!({"template_id": "welcome-v1"}),
        "invalid_field",
        "html_body",
    );
    refused(json!({"colour": "red"}), "unknown_field", "colour");
    let message = refused(
        json!({"html_body": "a\n{{ first_name"}),
        "invalid_field",
        "html_body",
    );
    assert!(message.contains("Line 2"), "{message}");
    let unknown = json!({"html_body": null, "template_id": "nothing"});
    refused(unknown, "unknown_template", "template_id");
    app.write(|conn| Tenant::set_sender(conn, &app.tenant, "a@acme.test", &["acme.test".into()]));
    refused(
        json!({"from": "a@evil.example"}),
        "sender_not_allowed",
        "from",
    );
    create(&key, &form());
}
