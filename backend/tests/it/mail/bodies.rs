//! Bodies of campaign emails: stored once and rendered when an email is sent or read.

use crate::util::{
    Key, TestApp, block_on,
    campaigns::{
        add_contacts, all_emails, completed, create, eventually_slowly, form, marketing_key, start,
    },
    emails::path_of,
    eventually, json, quotas,
    smtp::{Reply, SmtpServer},
};
use backend::{jobs::prune_data, schema::messages};
use chrono::TimeDelta;
use diesel::{QueryDsl, RunQueryDsl};
use serde_json::Value;
use shared::key::Environment;

#[track_caller]
fn stored_bytes(app: &TestApp) -> i64 {
    let used = quotas::used(app, "test");
    used["stored_bytes"].as_i64().expect("is a number")
}

/// Returns the email to this address.
#[track_caller]
fn email_to(key: &Key<'_>, to: &str) -> Value {
    let found = key.get(&format!("/v1/emails?to={to}")).expect(200);
    key.get(&path_of(&found["data"][0])).expect(200)
}

#[test]
fn an_email_keeps_its_text_after_the_contact_changes() {
    let smtp = SmtpServer::start();
    let app = TestApp::start_with(&["--smtp-url", &smtp.url()]);
    let key = marketing_key(&app, "live");
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
        let mail = email_to(&key, "ann@example.com");
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
    assert_eq!(email_to(&key, "ann@example.com"), before);
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
    let after = email_to(&key, "ann@example.com");
    assert_eq!(after["subject"], "Hello Ann");
    let text = after["text_body"].as_str().unwrap();
    assert!(text.starts_with("Ann of <Acme>: "), "{text}");
    // Keys that may not send cannot see the bodies.
    let reader = app.key(&["analytics:read"]);
    let hidden = email_to(&reader, "ann@example.com");
    for body in ["html_body", "html_as_sent", "text_body"] {
        assert_eq!(hidden[body], Value::Null, "{body}");
    }
}

#[test]
fn a_thousand_emails_of_100_kib_use_less_than_a_megabyte() {
    let app = TestApp::start();
    let key = marketing_key(&app, "test");
    add_contacts(&app, Environment::Test, 1000, &[]);
    let before = stored_bytes(&app);
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
    let added = stored_bytes(&app) - before;
    assert!((102_400..1_000_000).contains(&added), "{added}");
    let mail = email_to(&key, "p999@example.com");
    let html = mail["html_body"].as_str().unwrap();
    assert!(html.starts_with("<p>P999, ") && html.len() > 100 * 1024);
}

#[test]
fn a_deleted_campaign_keeps_its_body_while_emails_need_it() {
    let app = TestApp::start_with(&["--message-body-retention-days", "7"]);
    let key = marketing_key(&app, "test");
    add_contacts(&app, Environment::Test, 3, &[]);
    let before = stored_bytes(&app);
    let other = create(&key, &form());
    start(&key, &other);
    completed(&key, &other);
    let kept = stored_bytes(&app);
    let path = create(&key, &form());
    start(&key, &path);
    completed(&key, &path);
    let full = stored_bytes(&app);
    key.delete(&path).expect(200);
    assert_eq!(stored_bytes(&app), full, "its emails need it");
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
    let all = all_emails(&key);
    assert_eq!(all.len(), 6);
    for mail in &all {
        let mail = key.get(&path_of(mail)).expect(200);
        let html = mail["html_body"].as_str().unwrap();
        assert!(html.starts_with("<p>P"), "{html}");
    }
    block_on(prune_data::prune(&app.state)).expect("prunes");
    assert_eq!(stored_bytes(&app), full, "nothing is old enough");

    app.advance(TimeDelta::days(7) + TimeDelta::seconds(1));
    block_on(prune_data::prune(&app.state)).expect("prunes");
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
    assert_eq!(stored_bytes(&app), before + own + subjects);
    // Drafts, and campaigns whose emails do not need the body, are deleted immediately.
    key.delete(&other).expect(200);
    let draft = create(&key, &form());
    key.delete(&draft).expect(200);
    assert_eq!(stored_bytes(&app), before + subjects);
}
