//! `DELETE /v1/templates/{id}`.

use crate::util::{TestApp, json};

#[test]
fn delete_200_and_then_it_cannot_be_sent() {
    let app = TestApp::start();
    let key = app.key(&["campaigns:write", "campaigns:delete", "emails:send"]);
    let template = json!({"subject": "Hi", "html_body": "<p>Hi</p>"});
    key.put("/v1/templates/hi_1", &template).expect(201);
    let body = json!({"to": "a@example.com", "template_id": "hi_1"});
    key.post("/v1/emails/send", &body).expect(200);
    let deleted = key.delete("/v1/templates/hi_1").expect(200);
    assert_eq!(deleted, json!({"id": "hi_1", "deleted": true}));
    key.delete("/v1/templates/hi_1").problem(404, "not_found");
    key.get("/v1/templates/hi_1").problem(404, "not_found");
    key.post("/v1/emails/send", &body)
        .problem_of_fields(400, "unknown_template", &["template_id"]);
}
