//! Retention periods of emails, bodies and audit entries.

use crate::util::{Key, TestApp, block_on, eventually, json};
use backend::{
    jobs::prune_data,
    schema::{message_events, messages},
};
use chrono::TimeDelta;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use serde_json::Value;
use shared::{plan::Plan, role::Role};

const SCOPES: [&str; 2] = ["emails:send", "analytics:read"];

fn prune(app: &TestApp) {
    block_on(prune_data::prune(&app.state)).expect("prunes");
}

/// Sends an email, and waits until it is delivered. Returns its path.
#[track_caller]
fn send(key: &Key<'_>) -> String {
    let mail = json!({"to": "delivered@sandbox.penguinmails.test", "subject": "Receipt",
        "html_body": "<p>Thank you</p>", "text_body": "Thank you"});
    let accepted = key.post("/v1/emails/send", &mail).expect(200);
    let path = format!("/v1/emails/{}", accepted["id"].as_str().expect("has an id"));
    eventually(|| (key.get(&path).expect(200)["status"] == "delivered").then_some(()));
    path
}

#[track_caller]
fn stored_bytes(app: &TestApp) -> i64 {
    let session = app.sign_in(Role::Developer);
    let quotas = session.get("/api/v1/tenant/quotas").expect(200);
    quotas["live"]["stored_bytes"]
        .as_i64()
        .expect("is a number")
}

fn delivered(key: &Key<'_>) -> Value {
    key.get("/v1/analytics/emails").expect(200)["totals"]["delivered"].clone()
}

#[test]
fn prune_deletes_nothing_by_default() {
    let app = TestApp::start();
    let key = app.key(&SCOPES);
    let path = send(&key);
    app.advance(TimeDelta::days(4000));
    prune(&app);
    assert_eq!(key.get(&path).expect(200)["text_body"], "Thank you");
    let log = app
        .sign_in(Role::Owner)
        .get("/api/v1/tenant/audit-log?action=key.created");
    assert_eq!(log.expect(200)["total"], 1);
}

#[test]
fn prune_removes_bodies_and_keeps_statistics() {
    let app = TestApp::start_with(&["--message-body-retention-days", "7"]);
    let key = app.key(&SCOPES);
    let bytes_before = stored_bytes(&app);
    let old = send(&key);
    app.advance(TimeDelta::days(5));
    let recent = send(&key);
    let one = (stored_bytes(&app) - bytes_before) / 2;
    prune(&app);
    assert_eq!(key.get(&old).expect(200)["text_body"], "Thank you");

    app.advance(TimeDelta::days(2) + TimeDelta::seconds(1));
    prune(&app);
    let mail = key.get(&old).expect(200);
    insta::assert_json_snapshot!(mail, {".id" => "[email id]"}, @r#"
    {
      "id": "[email id]",
      "status": "delivered",
      "from": "no-reply@penguinmails.test",
      "to": "delivered@sandbox.penguinmails.test",
      "subject": "Receipt",
      "tags": [],
      "campaign_id": null,
      "created_at": "2026-11-18T11:06:40Z",
      "sent_at": "2026-11-18T11:06:40Z",
      "html_body": null,
      "html_as_sent": null,
      "text_body": null,
      "track_opens": true,
      "track_clicks": true,
      "captured": true,
      "attempts": 1,
      "next_attempt_at": null,
      "last_error": null,
      "events": [
        {
          "kind": "sent",
          "at": "2026-11-18T11:06:40Z"
        },
        {
          "kind": "delivered",
          "at": "2026-11-18T11:06:40Z"
        }
      ]
    }
    "#);
    assert_eq!(
        key.get(&recent).expect(200)["html_body"],
        "<p>Thank you</p>"
    );
    assert_eq!(delivered(&key), 2);
    let left = i64::try_from("Receipt".len()).unwrap();
    assert_eq!(stored_bytes(&app), bytes_before + one + left);
}

#[test]
fn prune_deletes_emails_and_their_events_unless_queued() {
    let app = TestApp::start_with(&["--message-retention-days", "30"]);
    let key = app.key(&SCOPES);
    let bytes_before = stored_bytes(&app);
    let old = send(&key);
    let waiting = send(&key);
    app.write(|conn| {
        let id = waiting.rsplit('/').next().unwrap();
        // Simulates an email of a paused campaign.
        let row = diesel::update(messages::table).filter(messages::id.eq(id));
        row.set(messages::status.eq("queued")).execute(conn)?;
        Ok(())
    });
    app.advance(TimeDelta::days(30) + TimeDelta::seconds(1));
    prune(&app);
    key.get(&old).problem(404, "not_found");
    key.get(&waiting).expect(200);
    assert_eq!(key.get("/v1/emails").expect(200)["total"], 1);
    assert_eq!(stored_bytes(&app), bytes_before + 32);
    let analytics =
        key.get("/v1/analytics/emails?from=2026-01-01T00:00:00Z&to=2026-12-31T00:00:00Z");
    assert_eq!(analytics.expect(200)["totals"]["delivered"], 1);
    let events: i64 = app.write(|conn| Ok(message_events::table.count().get_result(conn)?));
    assert_eq!(events, 2);
}

#[test]
fn prune_deletes_old_audit_entries() {
    let app = TestApp::start_with(&["--audit-retention-days", "90"]);
    app.add_tenant("other", Plan::Starter);
    app.key(&SCOPES);
    app.advance(TimeDelta::days(60));
    app.key(&SCOPES);
    let created = || {
        let log = app
            .sign_in(Role::Owner)
            .get("/api/v1/tenant/audit-log?action=key.created");
        log.expect(200)["total"].clone()
    };
    prune(&app);
    assert_eq!(created(), 2);
    app.advance(TimeDelta::days(30) + TimeDelta::hours(1));
    prune(&app);
    assert_eq!(created(), 1);
}
