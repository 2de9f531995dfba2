//! Retention periods of emails, bodies and audit entries.

use crate::util::{Key, TestApp, block_on, eventually, json};
use backend::retention;
use chrono::TimeDelta;
use serde_json::Value;
use shared::role::Role;

fn prune(app: &TestApp) {
    block_on(retention::prune(&app.state)).expect("prunes");
}

#[track_caller]
fn sent(key: &Key<'_>) -> String {
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

const SCOPES: [&str; 2] = ["emails:send", "analytics:read"];

#[test]
fn nothing_is_deleted_by_default() {
    let app = TestApp::start();
    let key = app.key(&SCOPES);
    let path = sent(&key);
    app.advance(TimeDelta::days(4000));
    prune(&app);
    assert_eq!(key.get(&path).expect(200)["text_body"], "Thank you");
    let log = app
        .sign_in(Role::Owner)
        .get("/api/v1/tenant/audit-log?action=key.created");
    assert_eq!(log.expect(200)["total"], 1);
}

#[test]
fn bodies_are_removed_and_numbers_stay() {
    let app = TestApp::start_with(&["--message-body-retention-days", "7"]);
    let key = app.key(&SCOPES);
    let bytes_before = stored_bytes(&app);
    let old = sent(&key);
    app.advance(TimeDelta::days(5));
    let recent = sent(&key);
    let one = (stored_bytes(&app) - bytes_before) / 2;
    prune(&app);
    assert_eq!(key.get(&old).expect(200)["text_body"], "Thank you");

    app.advance(TimeDelta::days(2) + TimeDelta::seconds(1));
    prune(&app);
    let mail = key.get(&old).expect(200);
    for body in ["html_body", "html_as_sent", "text_body"] {
        assert_eq!(mail[body], Value::Null, "{body}");
    }
    assert_eq!(mail["subject"], "Receipt");
    assert_eq!(mail["status"], "delivered");
    assert_eq!(mail["events"].as_array().unwrap().len(), 2);
    assert_eq!(
        key.get(&recent).expect(200)["html_body"],
        "<p>Thank you</p>"
    );
    assert_eq!(delivered(&key), 2);
    let left = i64::try_from("Receipt".len()).unwrap();
    assert_eq!(stored_bytes(&app), bytes_before + one + left);
}

#[test]
fn emails_are_deleted_with_their_events_unless_they_wait() {
    let app = TestApp::start_with(&["--message-retention-days", "30"]);
    let key = app.key(&SCOPES);
    let bytes_before = stored_bytes(&app);
    let old = sent(&key);
    let waiting = sent(&key);
    app.write(|conn| {
        use backend::schema::messages;
        use diesel::{ExpressionMethods, RunQueryDsl};
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
    let events: i64 = app.write(|conn| {
        use diesel::{QueryDsl, RunQueryDsl};
        Ok(backend::schema::message_events::table
            .count()
            .get_result(conn)?)
    });
    assert_eq!(events, 2);
}

#[test]
fn audit_entries_are_deleted_oldest_first() {
    let app = TestApp::start_with(&["--audit-retention-days", "90"]);
    app.add_tenant("other", shared::plan::Plan::Starter);
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

#[test]
fn a_period_that_breaks_unsubscribe_links_is_refused() {
    use crate::util::{app::Place, process::binary};
    let place = Place::new();
    let output = binary(&place, &["serve", "--message-retention-days", "29"]).output();
    let output = output.expect("runs");
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("30 or more"), "{text}");
}
