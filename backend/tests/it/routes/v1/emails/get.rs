//! `GET /v1/emails/{id}`.

use crate::util::{Session, TestApp, emails::new_email, json};
use shared::plan::Plan;

#[test]
fn get_404_in_another_tenant_or_environment() {
    let app = TestApp::start();
    app.add_tenant("other", Plan::Starter);
    let ours = app.key(&["emails:send"]);
    let form = json!({"name": "t", "environment": "test", "permissions": ["emails:send"]});
    let test = app.key_from(&form);
    let theirs = Session::sign_in(&app, "owner@other.test")
        .with_sudo()
        .create_key(&json!({"name": "o", "environment": "live", "permissions": ["emails:send"]}));
    for (key, others) in [(&ours, [&test, &theirs]), (&test, [&ours, &theirs])] {
        let sent = key
            .post("/v1/emails/send", &new_email("a@example.com"))
            .expect(200);
        let path = format!("/v1/emails/{}", sent["id"].as_str().unwrap());
        key.get(&path).expect(200);
        for other in others {
            other.get(&path).problem(404, "not_found");
        }
        assert_eq!(key.get("/v1/emails").expect(200)["total"], 1);
    }
    assert_eq!(theirs.get("/v1/emails").expect(200)["total"], 0);
    ours.get("/v1/emails/con_abc").problem(404, "not_found");
    ours.get("/v1/emails/msg_abc").problem(404, "not_found");
}
