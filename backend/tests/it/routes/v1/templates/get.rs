//! `GET /v1/templates/{id}`.

use crate::util::{Session, TestApp, json};
use shared::plan::Plan;

#[test]
fn get_404_in_another_tenant_or_environment() {
    let app = TestApp::start();
    app.add_tenant("other", Plan::Starter);
    let scopes = ["campaigns:write", "campaigns:delete", "emails:send"];
    let live = app.key(&scopes);
    let test = app.key_from(&json!({"name": "t", "environment": "test", "permissions": scopes}));
    let other = Session::sign_in(&app, "owner@other.test")
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
