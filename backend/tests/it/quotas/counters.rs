//! Counters of quotas match a recount after every type of change.

use crate::util::{
    TestApp, eventually, json,
    quotas::{add_contact, put_template, quota_key, send, used},
};
use diesel::{QueryDsl, RunQueryDsl, sql_query};
use shared::{plan::Plan, role::Role};

type Row = (String, String, i64, i64, i64, i64);

/// Returns the counts maintained by the triggers, and those that migration 61 computes from the
/// rows.
fn counted_and_recounted(app: &TestApp) -> (Vec<Row>, Vec<Row>) {
    let migration =
        include_str!("../../../migrations/sqlite/2026-11-28-000061_create_quotas/up.sql");
    let insert = migration.split("INSERT INTO quota_usage\nSELECT").nth(1);
    let insert = insert.and_then(|rest| rest.split(';').next());
    let insert = insert.expect("the migration counts");
    // Migration 101 adds the size of the values of campaign emails.
    let in_messages = "\n      + COALESCE(octet_length(text_body), 0)), 0) FROM messages";
    let (before, after) = insert.split_once(in_messages).expect("counts messages");
    let insert = format!(
        "INSERT INTO quota_usage\nSELECT{before} + COALESCE(octet_length(variables), 0){in_messages}{after}"
    );
    app.write(|conn| {
        use backend::schema::quota_usage::dsl::{environment, quota_usage, tenant_id};
        let counted = quota_usage.order((tenant_id, environment)).load(conn)?;
        diesel::delete(quota_usage).execute(conn)?;
        sql_query(insert).execute(conn)?;
        let urls =
            include_str!("../../../migrations/sqlite/2026-11-28-000063_count_event_urls/up.sql");
        let update = urls.split(';').next().unwrap_or_default();
        sql_query(update).execute(conn)?;
        let recounted = quota_usage.order((tenant_id, environment)).load(conn)?;
        Ok((counted, recounted))
    })
}

#[test]
fn counters_match_after_every_change() {
    let app = TestApp::start();
    app.add_tenant("other", Plan::Starter);
    let check = |after: &str| {
        let (counted, recounted) = counted_and_recounted(&app);
        assert_eq!(counted, recounted, "after {after}");
        assert_eq!(counted.len(), 4);
    };
    check("the start");
    for environment in ["live", "test"] {
        let key = &quota_key(&app, environment);
        put_template(key, "a", 1000).expect(201);
        put_template(key, "a", 20).expect(200);
        put_template(key, "b", 30).expect(201);
        key.delete("/v1/templates/a").expect(200);
        check("templates");

        for n in 0..4 {
            add_contact(key, &format!("p{n}@sandbox.penguinmails.test")).expect(201);
        }
        let umlauts = json!({"email": "p1@sandbox.penguinmails.test",
            "attributes": {"city": "M\u{fc}nchen \u{1f427}"}, "tags": ["vip"]});
        let id = key.post("/v1/contacts", &umlauts).expect(200)["id"].clone();
        let path = format!("/v1/contacts/{}", id.as_str().unwrap());
        key.put(&path, &json!({"status": "unsubscribed"}))
            .expect(200);
        key.delete(&path).expect(200);
        add_contact(key, "bounced@sandbox.penguinmails.test").expect(201);
        check("contacts");

        let sent = send(key, 500).expect(200);
        let path = format!("/v1/emails/{}", sent["id"].as_str().unwrap());
        eventually(|| (key.get(&path).expect(200)["status"] == "sent").then_some(()));
        check("an email");
        let link = json!({"to": "a@sandbox.penguinmails.test", "subject": "s",
            "html_body": "<a href=\"https://example.com/\u{fc}\">look</a>"});
        let sent = key.post("/v1/emails/send", &link).expect(200);
        let path = format!("/v1/emails/{}", sent["id"].as_str().unwrap());
        let mail = eventually(|| {
            let mail = key.get(&path).expect(200);
            (mail["status"] == "sent").then_some(mail)
        });
        let html = mail["html_as_sent"].as_str().unwrap();
        let tracked = html.split('"').find(|part| part.contains("/t/c/")).unwrap();
        let before = used(&app, environment)["stored_bytes"].as_i64().unwrap();
        let click = tracked.strip_prefix(app.url.as_str()).unwrap();
        assert_eq!(app.request("GET", click).send().status, 302);
        let after = used(&app, environment)["stored_bytes"].as_i64().unwrap();
        assert!(after > before, "clicks count towards stored bytes");
        check("a click");

        let form = json!({"name": "n", "subject": "Hi", "template_id": "b"});
        let created = key.post("/v1/campaigns", &form).expect(201);
        let path = format!("/v1/campaigns/{}", created["id"].as_str().unwrap());
        let own = json!({"name": "n", "subject": "Hi", "html_body": "{{ first_name }} \u{fc}"});
        key.put(&path, &own).expect(200);
        check("a draft");
        key.post(&format!("{path}/start"), &json!({})).expect(200);
        eventually(|| (key.get(&path).expect(200)["status"] == "completed").then_some(()));
        check("a campaign");
        key.delete(&path).expect(200);
        check("a deleted campaign");
    }
    assert_eq!(used(&app, "live")["queued_emails"], 0);
    // Notices are sent by the portal itself and count towards no quota.
    let before = used(&app, "live");
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({"name": "r", "environment": "live", "permissions": ["contacts:read"],
        "recoverable": true});
    let key = owner.create_key(&form);
    owner.post(&key.action("reveal"), &json!({})).expect(200);
    assert_eq!(used(&app, "live")["stored_bytes"], before["stored_bytes"]);
    check("notices");
}
