//! Campaign bodies are stored once. Emails are rendered from them when they are sent or viewed.

use super::{
    add_contacts, completed, create, form, id_of, marketer,
    send::{eventually_slowly, mails, start_and_pause},
    start, start_directly,
};
use crate::util::{
    Key, TestApp, block_on, eventually, json,
    smtp::{Reply, SmtpServer},
};
use backend::{entity_tag::Preconditions, models::campaign::Campaign, retention, schema::messages};
use chrono::TimeDelta;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, sql_query, sql_types::Text};
use futures_util::future::join_all;
use parking_lot::Mutex;
use serde_json::Value;
use shared::{
    audit::{Actor, ActorKind},
    error::ErrorCode,
    key::Environment,
    role::Role,
};
use std::{
    collections::HashSet,
    sync::{
        Arc,
        mpsc::{Sender, channel},
    },
    thread::JoinHandle,
};

#[track_caller]
fn stored_bytes(app: &TestApp, environment: &str) -> i64 {
    let session = app.sign_in(Role::Developer);
    let quotas = session.get("/api/v1/tenant/quotas").expect(200);
    quotas[environment]["stored_bytes"]
        .as_i64()
        .expect("is a number")
}

fn operator() -> Actor {
    Actor {
        kind: ActorKind::Operator,
        id: String::new(),
        email: String::new(),
        address: String::new(),
    }
}

fn path_of(mail: &Value) -> String {
    format!("/v1/emails/{}", mail["id"].as_str().expect("has an id"))
}

#[track_caller]
fn email(key: &Key<'_>, to: &str) -> Value {
    let found = key.get(&format!("/v1/emails?to={to}")).expect(200);
    key.get(&path_of(&found["data"][0])).expect(200)
}

#[test]
fn emails_say_the_same_after_the_contact_has_changed() {
    let smtp = SmtpServer::start();
    let app = TestApp::start_with(&["--smtp-url", &smtp.url()]);
    let key = marketer(&app, "live");
    let contact = |first_name: &str, attributes: Value| json!({"email": "ann@example.com", "first_name": first_name, "attributes": attributes});
    let attributes = json!({"company": {"name": "<Acme>"}, "notes": "not for the email"});
    key.post("/v1/contacts", &contact("Ann", attributes))
        .expect(201);
    let html = "<p>{{ first_name }} of {{ company.name }}, <a href=\"https://acme.example/sale\">\
        look</a> or <a href=\"{{ unsubscribe_url }}\">leave</a></p>";
    let form = json!({"name": "n", "subject": "Hello {{ first_name }}", "html_body": html,
        "text_body": "{{ first_name }} of {{ company.name }}: {{ unsubscribe_url }}"});
    let path = create(&key, &form);
    smtp.answer(&[Reply::Line("451 later")]);
    start(&key, &path);
    smtp.wait_for(1);
    let before = eventually(|| {
        let mail = email(&key, "ann@example.com");
        (!mail["last_error"].is_null()).then_some(mail)
    });
    assert_eq!(before["subject"], "Hello Ann");
    let text = before["text_body"].as_str().unwrap();
    let url = text.strip_prefix("Ann of <Acme>: ").unwrap();
    assert!(url.starts_with(&format!("{}/u/", app.url)), "{url}");
    let html = before["html_body"].as_str().unwrap();
    let greeting = "<p>Ann of &lt;Acme&gt;, <a href=\"https://acme.example/sale\">";
    assert!(html.starts_with(greeting), "{html}");
    let sent = before["html_as_sent"].as_str().unwrap();
    for part in ["/t/c/", "/t/o/", "/u/"] {
        let count = sent.replace("&#x2f;", "/").matches(part).count();
        assert_eq!(count, 1, "{part}: {sent}");
    }
    // Only the values that the template reads are stored.
    let stored: (Option<String>, Option<String>, Option<String>) = app.write(|conn| {
        let columns = (
            messages::html_body,
            messages::text_body,
            messages::variables,
        );
        Ok(messages::table.select(columns).first(conn)?)
    });
    let values = stored.2.as_deref().map(serde_json::from_str::<Value>);
    let expected = json!({"first_name": "Ann", "company": {"name": "<Acme>"}});
    assert_eq!((stored.0, stored.1), (None, None));
    assert_eq!(values.unwrap().unwrap(), expected);

    key.post("/v1/contacts", &contact("Bea", json!({})))
        .expect(200);
    assert_eq!(email(&key, "ann@example.com"), before);
    let (plain, id) = (key.plain.clone(), key.id.clone());
    let app = app.restart();
    let key = Key {
        app: &app,
        id,
        plain,
    };
    app.advance(TimeDelta::minutes(1));
    let mails = smtp.wait_for(2);
    for received in &mails {
        let data = received.data.replace("=\r\n", "");
        assert!(data.contains("Ann of <Acme>"), "{data}");
        assert!(data.contains("Ann of &lt;Acme&gt;, <a href"), "{data}");
        assert_eq!(data.matches("/t/c/").count(), 1, "{data}");
        assert!(!data.contains("Bea"), "{data}");
    }
    completed(&key, &path);
    let after = email(&key, "ann@example.com");
    assert_eq!(after["subject"], "Hello Ann");
    let text = after["text_body"].as_str().unwrap();
    assert!(text.starts_with("Ann of <Acme>: "), "{text}");
    // Keys that may not send cannot see the bodies.
    let reader = app.key(&["analytics:read"]);
    let hidden = email(&reader, "ann@example.com");
    for body in ["html_body", "html_as_sent", "text_body"] {
        assert_eq!(hidden[body], Value::Null, "{body}");
    }
}

#[test]
fn a_thousand_emails_of_100_kib_take_less_than_a_megabyte() {
    let app = TestApp::start();
    let key = marketer(&app, "test");
    add_contacts(&app, Environment::Test, 1000, &[]);
    let before = stored_bytes(&app, "test");
    let mut form = form();
    let html = form["html_body"].as_str().unwrap().to_owned();
    form["html_body"] = json!(html + &"x".repeat(100 * 1024));
    let path = create(&key, &form);
    start(&key, &path);
    let campaign = eventually_slowly(|| {
        let campaign = key.get(&path).expect(200);
        (campaign["status"] == "completed").then_some(campaign)
    });
    assert_eq!(
        (&campaign["sent"], &campaign["failed"]),
        (&json!(1000), &json!(0))
    );
    let added = stored_bytes(&app, "test") - before;
    assert!((102_400..1_000_000).contains(&added), "{added}");
    let mail = email(&key, "p999@example.com");
    let html = mail["html_body"].as_str().unwrap();
    assert!(html.starts_with("<p>P999, ") && html.len() > 100 * 1024);
}

#[test]
fn a_deleted_campaign_keeps_its_body_until_no_email_needs_it() {
    let app = TestApp::start_with(&["--message-body-retention-days", "7"]);
    let key = marketer(&app, "test");
    add_contacts(&app, Environment::Test, 3, &[]);
    let before = stored_bytes(&app, "test");
    let other = create(&key, &form());
    start(&key, &other);
    completed(&key, &other);
    let kept = stored_bytes(&app, "test");
    let path = create(&key, &form());
    start(&key, &path);
    completed(&key, &path);
    let full = stored_bytes(&app, "test");
    key.delete(&path).expect(200);
    assert_eq!(stored_bytes(&app, "test"), full, "its emails need it");
    for answer in [
        key.get(&path),
        key.delete(&path),
        key.put(&path, &form()),
        key.post(&format!("{path}/start"), &json!({})),
        key.get(&path.replace("/v1/", "/v1/analytics/")),
    ] {
        answer.problem(404, "not_found");
    }
    assert_eq!(key.get("/v1/campaigns").expect(200)["total"], 1);
    let all = mails(&key);
    assert_eq!(all.len(), 6);
    for mail in &all {
        let mail = key.get(&path_of(mail)).expect(200);
        let html = mail["html_body"].as_str().unwrap();
        assert!(html.starts_with("<p>P"), "{html}");
    }
    block_on(retention::prune(&app.state)).expect("prunes");
    assert_eq!(stored_bytes(&app, "test"), full, "nothing is old enough");

    app.advance(TimeDelta::days(7) + TimeDelta::seconds(1));
    block_on(retention::prune(&app.state)).expect("prunes");
    for mail in &all {
        let mail = key.get(&path_of(mail)).expect(200);
        for body in ["html_body", "html_as_sent", "text_body"] {
            assert_eq!(mail[body], Value::Null, "{body}");
        }
        assert_eq!(mail["status"], "sent");
    }
    let text = |name: &str| i64::try_from(form()[name].as_str().unwrap().len()).unwrap();
    let own = text("subject") + text("html_body");
    let subjects = 6 * i64::try_from("Hello P0".len()).unwrap();
    assert!(kept > before + own);
    assert_eq!(stored_bytes(&app, "test"), before + own + subjects);
    // Drafts, and campaigns whose emails do not need the body, are deleted immediately.
    key.delete(&other).expect(200);
    let draft = create(&key, &form());
    key.delete(&draft).expect(200);
    assert_eq!(stored_bytes(&app, "test"), before + subjects);
}

#[test]
fn emails_of_a_campaign_that_was_stopped_and_deleted_are_not_sent() {
    let app = TestApp::start();
    let key = marketer(&app, "live");
    add_contacts(&app, Environment::Live, 4, &[]);
    let path = create(&key, &form());
    start_and_pause(&app, Environment::Live, &path, 3);
    let (id, now) = (id_of(&path), app.clock.now_naive());
    app.write(|conn| {
        Campaign::stop(conn, &id, operator(), now)?;
        let any = Preconditions::default();
        Campaign::delete(conn, &app.tenant, Environment::Live, &id, &any, now)
    });
    let failed = || key.get("/v1/emails?status=failed").expect(200)["total"] == 3;
    eventually(|| failed().then_some(()));
    assert!(!app.place.dir().join("mail").exists(), "none was sent");
    key.get(&path).problem(404, "not_found");
}

#[test]
fn a_body_that_can_no_longer_be_filled_fails_its_emails_and_no_others() {
    let app = TestApp::start();
    let key = marketer(&app, "live");
    add_contacts(&app, Environment::Live, 3, &[]);
    let broken = create(&key, &form());
    start_and_pause(&app, Environment::Live, &broken, 3);
    app.write(|conn| {
        // Simulates a body that another server version stored.
        sql_query("UPDATE campaigns SET html_body = '{{ missing }}' WHERE id = $1")
            .bind::<Text, _>(id_of(&broken).as_str())
            .execute(conn)?;
        Ok(())
    });
    let sound = create(&key, &form());
    start(&key, &broken);
    start(&key, &sound);
    let campaign = completed(&key, &broken);
    let counts = ["recipients", "sent", "failed"].map(|name| campaign[name].clone());
    assert_eq!(counts, [json!(3), json!(0), json!(3)]);
    assert_eq!(completed(&key, &sound)["sent"], 3);
    let failed = key.get("/v1/emails?status=failed").expect(200);
    let mail = key.get(&path_of(&failed["data"][0])).expect(200);
    let reason = mail["last_error"].as_str().unwrap();
    assert!(reason.contains("variable missing"), "{reason}");
    assert_eq!(
        (&mail["html_body"], &mail["attempts"]),
        (&Value::Null, &json!(1))
    );
}

/// Slow templates of the company that occupy the template threads until this is dropped.
struct Stuck {
    release: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Stuck {
    /// Starts `count` of them. Returns when both template threads are busy.
    fn start(app: &TestApp, count: usize) -> Self {
        let (release, released) = channel::<()>();
        let released = Arc::new(Mutex::new(released));
        let (started, has_started) = channel();
        let (state, tenant) = (app.state.clone(), app.tenant.clone());
        let thread = std::thread::spawn(move || {
            let jobs = (0..count).map(|_| {
                let (released, started) = (released.clone(), started.clone());
                let job = move |_: &backend::clock::Clock| {
                    let _ = started.send(());
                    let _ = released.lock().recv();
                };
                state.mail.templates.run(&tenant, job)
            });
            block_on(join_all(jobs));
        });
        for _ in 0..2 {
            has_started.recv().expect("is run");
        }
        Self {
            release: Some(release),
            thread: Some(thread),
        }
    }
}

impl Drop for Stuck {
    fn drop(&mut self) {
        drop(self.release.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[test]
fn a_slow_campaign_does_not_hold_up_other_emails() {
    let smtp = SmtpServer::start();
    let app = TestApp::start_with(&["--smtp-url", &smtp.url()]);
    let key = marketer(&app, "live");
    add_contacts(&app, Environment::Live, 40, &[]);
    let path = create(&key, &form());
    start_and_pause(&app, Environment::Live, &path, 40);
    let stuck = Stuck::start(&app, 4);
    start(&key, &path);
    let claimed = || {
        let claimed: i64 = app.write(|conn| {
            let rows = messages::table
                .filter(messages::campaign_id.is_not_null())
                .filter(messages::claimed_until.is_not_null());
            Ok(rows.count().get_result(conn)?)
        });
        claimed
    };
    eventually(|| (claimed() == 8).then_some(()));
    for n in 0..20 {
        let mail = json!({"to": format!("other{n}@example.com"), "subject": "s",
            "html_body": "<p>Hello</p>"});
        key.post("/v1/emails/send", &mail).expect(200);
    }
    let mails = smtp.wait_for(20);
    assert!(mails.iter().all(|mail| mail.recipient.starts_with("other")));
    assert_eq!(claimed(), 8, "half of the places");
    drop(stuck);
    assert_eq!(completed(&key, &path)["sent"], 40);
    let mails = smtp.mails();
    let recipients: HashSet<_> = mails.iter().map(|mail| &mail.recipient).collect();
    assert_eq!((mails.len(), recipients.len()), (60, 60));
}

#[test]
fn emails_are_put_off_while_too_many_templates_wait() {
    let app = TestApp::start();
    let key = marketer(&app, "live");
    let reader = app.key(&["analytics:read"]);
    add_contacts(&app, Environment::Live, 2, &[]);
    let path = create(&key, &form());
    start_and_pause(&app, Environment::Live, &path, 2);
    // Fills the queue's four places, and all waiting places behind it.
    let stuck = Stuck::start(&app, 36);
    let one_more = app.state.mail.templates.run(&app.tenant, |_| ());
    let refused = block_on(one_more).expect_err("is one too many");
    assert_eq!(refused.code(), ErrorCode::Overloaded);
    start(&key, &path);
    let next = json!(app.clock.now() + TimeDelta::seconds(5));
    for n in 0..2 {
        let mail = eventually(|| {
            let mail = email(&reader, &format!("p{n}@example.com"));
            (mail["next_attempt_at"] == next).then_some(mail)
        });
        assert_eq!(
            (&mail["status"], &mail["attempts"]),
            (&json!("queued"), &json!(0))
        );
        let busy = key.get(&path_of(&mail));
        assert_eq!((busy.status, busy.header("retry-after")), (503, Some("1")));
    }
    drop(stuck);
    app.advance(TimeDelta::seconds(5));
    assert_eq!(completed(&key, &path)["sent"], 2);
    let mail = email(&key, "p1@example.com");
    assert_eq!(
        (&mail["attempts"], &mail["last_error"]),
        (&json!(1), &Value::Null)
    );
}

#[test]
fn a_campaign_that_was_never_sent_leaves_no_row() {
    let app = TestApp::start();
    let key = marketer(&app, "test");
    add_contacts(&app, Environment::Test, 1, &[]);
    let path = create(&key, &form());
    let (id, now) = (id_of(&path), app.clock.now_naive());
    let before = stored_bytes(&app, "test");
    app.write(|conn| {
        start_directly(&app, conn, Environment::Test, &id);
        Campaign::stop(conn, &id, operator(), now)?;
        Ok(())
    });
    key.delete(&path).expect(200);
    assert!(stored_bytes(&app, "test") < before);
}
