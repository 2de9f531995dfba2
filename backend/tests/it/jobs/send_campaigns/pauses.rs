//! Campaigns that are paused, stopped or waiting for room in the queue.

use crate::util::{
    TestApp, block_on,
    campaigns::{
        add_contacts, all_emails, completed, create, form, id_of, marketing_key, start,
        start_and_pause,
    },
    eventually, json,
    quotas::{add_contact, queued_emails, quota_key, set_quotas, stored_bytes, used},
};
use backend::{entity_tag::Preconditions, jobs::send_campaigns, models::campaign::Campaign};
use chrono::TimeDelta;
use serde_json::Value;
use shared::{
    audit::{Actor, ActorKind},
    key::Environment,
};
use std::collections::HashSet;

#[test]
fn a_paused_campaign_sends_nothing_until_resumed() {
    let app = TestApp::start();
    let key = marketing_key(&app, "test");
    add_contacts(&app, Environment::Test, 10, &[]);
    let path = create(&key, &form());
    start_and_pause(&app, Environment::Test, &path, 4);
    // Once these are sent, the queue has passed over the campaign.
    for to in ["a@example.com", "b@example.com"] {
        let mail = json!({"to": to, "subject": "a", "html_body": "a"});
        let id = key.post("/v1/emails/send", &mail).expect(200)["id"].clone();
        let path = format!("/v1/emails/{}", id.as_str().unwrap());
        eventually(|| (key.get(&path).expect(200)["status"] == "sent").then_some(()));
    }
    let campaign = key.get(&path).expect(200);
    let counts = ["status", "recipients", "queued", "sent"].map(|name| campaign[name].clone());
    assert_eq!(counts, [json!("paused"), json!(10), json!(4), json!(0)]);

    app.advance(TimeDelta::hours(1));
    let resumed = start(&key, &path);
    assert_eq!(resumed["started_at"], campaign["started_at"]);
    let campaign = completed(&key, &path);
    assert_eq!(campaign["sent"], 10);
    assert_eq!(campaign["completed_at"], "2026-11-18T12:06:40Z");
    let to: HashSet<_> = all_emails(&key)
        .iter()
        .map(|mail| mail["to"].to_string())
        .collect();
    assert_eq!(to.len(), 12, "ten contacts and two others");
}

#[test]
fn emails_of_a_stopped_and_deleted_campaign_are_not_sent() {
    let app = TestApp::start();
    let key = marketing_key(&app, "live");
    add_contacts(&app, Environment::Live, 4, &[]);
    let path = create(&key, &form());
    start_and_pause(&app, Environment::Live, &path, 3);
    let (id, now) = (id_of(&path), app.clock.now_naive());
    let operator = Actor {
        kind: ActorKind::Operator,
        id: String::new(),
        email: String::new(),
        address: String::new(),
    };
    app.write(|conn| {
        Campaign::stop(conn, &id, operator, now)?;
        let any = Preconditions::default();
        Campaign::delete(conn, &app.tenant, Environment::Live, &id, &any, now)
    });
    let failed = || key.get("/v1/emails?status=failed").expect(200)["total"] == 3;
    eventually(|| failed().then_some(()));
    assert!(!app.place.dir().join("mail").exists(), "none was sent");
    key.get(&path).problem(404, "not_found");
}

#[test]
fn a_campaign_waits_for_quota_and_fills_half_of_the_queue() {
    let app = TestApp::start();
    let key = quota_key(&app, "live");
    for n in 0..5 {
        add_contact(&key, &format!("p{n}@sandbox.penguinmails.test")).expect(201);
    }
    let form = json!({"name": "n", "subject": "s", "html_body": "x"});
    let created = key.post("/v1/campaigns", &form).expect(201);
    let path = format!("/v1/campaigns/{}", created["id"].as_str().unwrap());
    set_quotas(&app, queued_emails(0));
    assert_eq!(
        key.post(&format!("{path}/start"), &json!({})).expect(200)["recipients"],
        5
    );
    advance(&app);
    let waiting = || {
        let campaign = key.get(&path).expect(200);
        assert_eq!(campaign["queued"], 0);
        campaign["waiting_for"].clone()
    };
    assert_eq!(waiting(), "queued_emails");
    let pause = key.post(&format!("{path}/pause"), &json!({}));
    assert_eq!(pause.expect(200)["waiting_for"], Value::Null);
    let start = key.post(&format!("{path}/start"), &json!({}));
    assert_eq!(start.expect(200)["waiting_for"], "queued_emails");
    set_quotas(&app, stored_bytes(1));
    advance(&app);
    assert_eq!(waiting(), "stored_bytes");
    set_quotas(&app, queued_emails(2));
    let campaign = eventually(|| {
        let queued = used(&app, "live")["queued_emails"].as_u64().unwrap();
        assert!(
            queued <= 1,
            "campaigns may fill half of the queue, not {queued}"
        );
        Some(key.get(&path).expect(200)).filter(|it| it["status"] == "completed")
    });
    assert_eq!(
        (&campaign["sent"], &campaign["recipients"]),
        (&json!(5), &json!(5))
    );
    assert_eq!(campaign["waiting_for"], Value::Null);
}

fn advance(app: &TestApp) {
    block_on(send_campaigns::advance(app.state.clone()));
}
