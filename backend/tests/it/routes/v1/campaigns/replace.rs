//! `PUT /v1/campaigns/{id}`.

use crate::util::{
    TestApp,
    campaigns::{add_contacts, create, form, marketing_key, start},
    json,
    preconditions::{etag, put_if_match},
};
use chrono::TimeDelta;
use insta::assert_json_snapshot;
use shared::key::Environment;

#[test]
fn replace_200_changes_a_draft() {
    let app = TestApp::start();
    let key = marketing_key(&app, "live");
    let path = create(&key, &form());
    app.advance(TimeDelta::hours(1));
    let change = json!({"name": "Welcome", "subject": "Hi", "template_id": "welcome-v1",
        "from": "Acme <news@penguinmails.test>", "contact_tags": ["vip"]});
    let replaced = key.put(&path, &change).expect(200);
    // The body stays empty until the start, because the template may still change.
    assert_json_snapshot!(replaced, {".id" => "[id]"}, @r#"
    {
      "id": "[id]",
      "name": "Welcome",
      "subject": "Hi",
      "template_id": "welcome-v1",
      "from": "Acme <news@penguinmails.test>",
      "contact_tags": [
        "vip"
      ],
      "status": "draft",
      "failure_reason": null,
      "recipients": 0,
      "queued": 0,
      "sent": 0,
      "failed": 0,
      "created_at": "2026-11-18T11:06:40Z",
      "updated_at": "2026-11-18T12:06:40Z",
      "started_at": null,
      "completed_at": null,
      "html_body": null,
      "text_body": null,
      "waiting_for": null
    }
    "#);
}

#[test]
fn replace_409_not_412_while_sending() {
    let app = TestApp::start();
    let key = marketing_key(&app, "live");
    add_contacts(&app, Environment::Live, 1, &[]);
    let path = create(&key, &form());
    let seen = etag(&key.get(&path));
    start(&key, &path);
    assert_ne!(etag(&key.get(&path)), seen);
    put_if_match(&key, &path, &seen, &form()).problem(409, "campaign_not_editable");
}
