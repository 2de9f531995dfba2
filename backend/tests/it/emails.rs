//! Sending emails and reading them back.

use crate::util::{Key, TestApp, block_on, eventually, json};
use backend::models::tenant::Tenant;
use chrono::TimeDelta;
use serde_json::Value;
use shared::plan::Plan;

/// Returns the smallest valid email.
fn mail(to: &str) -> Value {
    json!({"to": to, "subject": "Hello", "html_body": "<h1>Hello World</h1>"})
}

/// Waits until the email is no longer queued and returns it.
#[track_caller]
fn settled(key: &Key<'_>, id: &Value) -> Value {
    let path = format!("/v1/emails/{}", id.as_str().expect("is an id"));
    eventually(|| Some(key.get(&path).expect(200)).filter(|mail| mail["status"] != "queued"))
}

#[test]
fn send_email_200_as_the_documentation_prints_it() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    let answer = key.post(
        "/v1/emails/send",
        &json!({
            "to": "user@example.com",
            "template_id": "welcome-v1",
            "variables": {"name": "Alice", "company": "Acme Corp"},
            "tags": ["onboarding", "welcome"]
        }),
    );
    let sent = answer.expect(200);
    assert_eq!(sent["status"], "queued");
    assert_eq!(sent["to"], "user@example.com");
    assert!(sent["id"].as_str().unwrap().starts_with("msg_"));
    assert_eq!(sent["created_at"], json!(app.clock.now()));
    let policy = answer.header("ratelimit-policy").unwrap();
    assert!(policy.contains("\"send\";q=60;w=60"), "{policy}");

    let mail = settled(&key, &sent["id"]);
    assert_eq!(mail["status"], "sent");
    assert_eq!(mail["from"], "no-reply@penguinmails.test");
    assert_eq!(mail["subject"], "Welcome to Acme Corp, Alice!");
    assert_eq!(mail["tags"], json!(["onboarding", "welcome"]));
    assert_eq!(mail["attempts"], 1);
    assert_eq!(
        mail["events"],
        json!([{"kind": "sent", "at": app.clock.now()}])
    );
    assert!(mail["html_body"].as_str().unwrap().contains("Alice"));
}

#[test]
fn send_email_400_names_every_field_at_fault() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    let cases = [
        (json!({}), "invalid_field", vec!["to"]),
        (
            json!({"to": "a@example.com"}),
            "invalid_field",
            vec!["subject", "html_body"],
        ),
        (
            json!({"to": "a"}),
            "invalid_email",
            vec!["to", "subject", "html_body"],
        ),
        (
            json!({"to": "a@example.com", "subject": "a\r\nBcc: b@example.com", "html_body": "a"}),
            "invalid_field",
            vec!["subject"],
        ),
        (
            json!({"to": "a@example.com\r\nBcc: b@example.com", "subject": "a", "html_body": "a"}),
            "invalid_email",
            vec!["to"],
        ),
        (
            json!({"to": "a@example.com", "from": "A\r\nBcc: b@example.com <a@example.com>", "subject": "a", "html_body": "a"}),
            "invalid_field",
            vec!["from"],
        ),
        (
            json!({"to": "a@example.com", "subject": "x".repeat(201), "html_body": " "}),
            "invalid_field",
            vec!["subject", "html_body"],
        ),
        (
            json!({"to": "a@example.com", "subject": "a", "html_body": "x".repeat(512 * 1024 + 1)}),
            "invalid_field",
            vec!["html_body"],
        ),
        (
            json!({"to": "a@example.com", "subject": "a", "html_body": "a", "tags": ["", "x".repeat(51)]}),
            "invalid_field",
            vec!["tags[0]", "tags[1]"],
        ),
        (
            json!({"to": "a@example.com", "subject": "a", "html_body": "a", "tags": vec!["a"; 11]}),
            "invalid_field",
            vec!["tags"],
        ),
        (
            json!({"to": "a@example.com", "subject": "a", "html_body": "Hi {{ name }}", "variables": {"name": "A"}}),
            "invalid_field",
            vec!["variables"],
        ),
        (
            json!({"to": "a@example.com", "subject": "a", "html_body": "a", "variables": []}),
            "invalid_field",
            vec!["variables"],
        ),
        (
            json!({"to": "a@example.com", "subject": "a", "html_body": "a", "cc": "b@example.com"}),
            "unknown_field",
            vec!["cc"],
        ),
        (
            json!({"to": ["a@example.com"], "subject": "a", "html_body": "a"}),
            "invalid_field",
            vec!["to"],
        ),
        (
            json!({"to": "a@example.com", "template_id": "welcome-v1", "subject": "a", "html_body": "a", "text_body": "a"}),
            "invalid_field",
            vec!["subject", "html_body", "text_body"],
        ),
        (
            json!({"to": "a@example.com", "template_id": "nothing"}),
            "unknown_template",
            vec!["template_id"],
        ),
        (
            json!({"to": "a@example.com", "template_id": "welcome-v1", "variables": {"name": "A"}}),
            "missing_variable",
            vec!["variables.company"],
        ),
    ];
    for (body, code, fields) in cases {
        key.post("/v1/emails/send", &body)
            .problem_of_fields(400, code, &fields);
    }
    assert_eq!(key.get("/v1/emails").expect(200)["total"], 0);
}

#[test]
fn send_email_200_inline_bodies_as_they_are() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    let body = json!({"to": "a@example.com", "subject": "{{ name }}", "html_body": "{{ name }}",
        "text_body": "{% nonsense", "variables": {}});
    let sent = key.post("/v1/emails/send", &body).expect(200);
    let mail = settled(&key, &sent["id"]);
    for field in ["subject", "html_body", "text_body"] {
        assert_eq!(mail[field], body[field], "{field}");
    }
}

#[test]
fn send_email_429_after_sixty_in_a_minute() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    for n in 0..60 {
        key.post("/v1/emails/send", &mail(&format!("a{n}@example.com")))
            .expect(200);
    }
    key.post("/v1/emails/send", &mail("late@example.com"))
        .problem(429, "rate_limit_exceeded");
    key.get("/v1/emails").expect(200);
    app.advance(TimeDelta::minutes(1));
    key.post("/v1/emails/send", &mail("late@example.com"))
        .expect(200);
}

#[test]
fn get_email_404_of_another_tenant_or_environment() {
    let app = TestApp::start();
    app.add_tenant("other", Plan::Starter);
    let ours = app.key(&["emails:send"]);
    let form = json!({"name": "t", "environment": "test", "permissions": ["emails:send"]});
    let test = app.key_from(&form);
    let theirs = crate::util::Session::sign_in(&app, "owner@other.test")
        .with_sudo()
        .create_key(&json!({"name": "o", "environment": "live", "permissions": ["emails:send"]}));
    for (key, others) in [(&ours, [&test, &theirs]), (&test, [&ours, &theirs])] {
        let sent = key
            .post("/v1/emails/send", &mail("a@example.com"))
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

#[test]
fn list_emails_200_filtered_and_page_by_page() {
    let app = TestApp::start();
    let form = json!({"name": "t", "environment": "test", "permissions": ["emails:send"]});
    let key = app.key_from(&form);
    for (to, tags) in [
        ("Ann@example.com", json!(["one", "two"])),
        ("bounced@sandbox.penguinmails.test", json!(["One"])),
        ("ann@example.com", json!(["say \"two\"", "b\\"])),
        ("c@example.com", json!([])),
        ("d@example.com", json!(["x,\"two"])),
    ] {
        let mut mail = mail(to);
        mail["tags"] = tags;
        let sent = key.post("/v1/emails/send", &mail).expect(200);
        settled(&key, &sent["id"]);
        app.advance(TimeDelta::seconds(1));
    }
    let count = |query: &str| key.get(&format!("/v1/emails?{query}")).expect(200)["total"].clone();
    assert_eq!(count("tag=two"), 1);
    assert_eq!(count("tag=one"), 1);
    assert_eq!(count("tag=say%20%22two%22"), 1);
    assert_eq!(count("tag=b%5C"), 1);
    assert_eq!(count("to=ann@EXAMPLE.com"), 2);
    assert_eq!(count("status=bounced"), 1);
    assert_eq!(count("status=sent&to=ann@example.com&tag=two"), 1);
    key.get("/v1/emails?status=lost")
        .problem(400, "invalid_query");
    key.get("/v1/emails?cursor=x")
        .problem_of_fields(400, "invalid_query", &["cursor"]);
    let (mut path, mut seen) = ("/v1/emails?limit=2".to_owned(), Vec::new());
    loop {
        let page = key.get(&path).expect(200);
        assert_eq!(page["total"], 5);
        for mail in page["data"].as_array().unwrap() {
            assert!(mail.get("html_body").is_none());
            seen.push(mail["to"].as_str().unwrap().to_owned());
        }
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/v1/emails?limit=2&cursor={cursor}");
    }
    assert_eq!(seen.len(), 5);
    assert_eq!(seen[0], "d@example.com");
}

#[test]
fn notices_are_sent_and_not_listed() {
    use backend::models::message::NewMessage;
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    let (tenant, now) = (app.tenant.clone(), app.clock.now_naive());
    let notice = NewMessage::notice(tenant, "owner@acme.test", "A key was shown", "Your key.\n");
    let message = app.write(|conn| notice.queue(conn, now)).expect("is new");
    app.state.mail.wake();
    let file = app.place.dir().join(format!("mail/{}.eml", message.id));
    let text = eventually(|| std::fs::read_to_string(&file).ok());
    assert!(
        text.contains("To: owner@acme.test") && text.contains("Your key."),
        "{text}"
    );
    assert!(text.contains("Auto-Submitted: auto-generated"), "{text}");
    key.get(&format!("/v1/emails/{}", message.id))
        .problem(404, "not_found");
    assert_eq!(key.get("/v1/emails").expect(200)["total"], 0);
    let analytics = app.key(&["analytics:read"]).get("/v1/analytics/emails");
    assert_eq!(analytics.expect(200)["totals"]["sent"], 0);
}

#[test]
fn migration_gives_existing_tenants_the_welcome_template() {
    use crate::util::app::Place;
    use backend::{clock::Clock, models::template::Template, server};
    use diesel::{RunQueryDsl, sql_query};
    use shared::{ids::TenantId, key::Environment};
    let (place, clock) = (
        Place::new(),
        Clock::stepped(crate::util::app::start_of_time()),
    );
    let (db, _) = server::open(&place.storage(), &clock).unwrap();
    let now = clock.now_naive();
    let (fresh, old) = (TenantId::new("ten_fresh"), TenantId::new("ten_old"));
    let tenant = |id: &TenantId| Tenant::new(id.clone(), id.as_str(), Plan::Starter, false, now);
    db.write_blocking(|conn| tenant(&fresh).insert(conn))
        .unwrap();
    // Simulates a tenant from before the migration.
    let migration = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/migrations/sqlite/2026-11-23-000005_create_messages/up.sql"
    ))
    .unwrap();
    let insert = migration.split("INSERT INTO templates").nth(1).unwrap();
    let insert = insert.split(';').next().unwrap();
    db.write_blocking(|conn| {
        sql_query("DELETE FROM templates").execute(conn)?;
        Ok(sql_query(format!("INSERT INTO templates{insert}")).execute(conn)?)
    })
    .unwrap();
    db.write_blocking(|conn| tenant(&old).insert(conn)).unwrap();
    for environment in [Environment::Live, Environment::Test] {
        let get = |id: TenantId| {
            let template = db.read(move |conn| Template::get(conn, &id, environment, "welcome-v1"));
            let view = block_on(template).unwrap().expect("is there").into_view();
            (view.name, view.subject, view.html_body, view.text_body)
        };
        assert_eq!(get(fresh.clone()), get(old.clone()));
    }
}
