//! Emails as the SMTP server receives them, with and without SMTPUTF8.

use crate::util::{
    Answer, Key, TestApp,
    campaigns::{completed, create, marketing_key, start},
    eventually, json,
    smtp::SmtpServer,
};
use backend::models::message::{NewMessage, Origin};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use shared::{ids::KeyId, key::Environment};

fn smtp_app(smtp: &SmtpServer) -> TestApp {
    TestApp::start_with(&["--smtp-url", &smtp.url()])
}

fn send(key: &Key<'_>, to: &str) -> Answer {
    let mail = json!({"to": to, "subject": "Hi", "html_body": "<p>Hi</p>"});
    key.post("/v1/emails/send", &mail)
}

/// Waits until delivery was attempted and returns the email.
#[track_caller]
fn outcome(key: &Key<'_>, id: &Value) -> Value {
    let path = format!("/v1/emails/{}", id.as_str().expect("has an id"));
    eventually(|| {
        let mail = key.get(&path).expect(200);
        Some(mail).filter(|mail| mail["status"] != "queued" || !mail["last_error"].is_null())
    })
}

#[track_caller]
fn assert_failed_without_retry(mail: &Value) {
    assert_eq!(mail["status"], "failed", "{mail}");
    assert_eq!(mail["attempts"], 1);
    assert_eq!(mail["next_attempt_at"], Value::Null);
    assert_eq!(mail["sent_at"], Value::Null);
    let kinds: Vec<_> = mail["events"]
        .as_array()
        .expect("is a list")
        .iter()
        .collect();
    assert_eq!(kinds.len(), 1, "{mail}");
    assert_eq!(kinds[0]["kind"], "failed");
}

#[test]
fn an_email_is_sent_as_mime() {
    let smtp = SmtpServer::start();
    let app = smtp_app(&smtp);
    let key = app.key(&["emails:send"]);
    let mail = json!({"to": "bob@example.com", "from": "Ann Lee <ann@penguinmails.test>",
        "subject": "Gr\u{fc}\u{df}e", "html_body": "<p>Hello</p>", "track_opens": false});
    let sent = key.post("/v1/emails/send", &mail).expect(200);
    let received = &smtp.wait_for(1)[0];
    assert_eq!(received.recipient, "bob@example.com");
    assert_eq!(
        received.header("Message-ID"),
        format!("<{}@penguinmails.test>", sent["id"].as_str().unwrap())
    );
    assert_eq!(
        received.header("From"),
        "\"Ann Lee\" <ann@penguinmails.test>"
    );
    assert_eq!(received.header("To"), "bob@example.com");
    assert!(received.header("Subject").starts_with("=?utf-8?"));
    assert!(received.header("Date").ends_with(" +0000"));
    assert!(
        received
            .header("Content-Type")
            .starts_with("multipart/alternative;")
    );
    assert!(received.data.contains("\r\nHello\r\n") && received.data.contains("<p>Hello</p>"));
    assert!(!received.data.contains("List-Unsubscribe"));
    let view = outcome(&key, &sent["id"]);
    assert_eq!(view["status"], "sent");
    assert_eq!(view["sent_at"], json!(app.clock.now()));
    assert!(!app.place.dir().join("mail").exists());
}

#[test]
fn a_unicode_local_part_fails_without_smtputf8() {
    let smtp = SmtpServer::start();
    let app = smtp_app(&smtp);
    let key = marketing_key(&app, "live");
    let sent = send(&key, "\u{dc}nal@b\u{fc}cher.example").expect(200);
    assert_eq!(sent["to"], "\u{fc}nal@xn--bcher-kva.example");
    let mail = outcome(&key, &sent["id"]);
    assert_failed_without_retry(&mail);
    let reason = mail["last_error"].as_str().expect("has a reason");
    assert!(
        reason.contains("SMTPUTF8") && reason.starts_with("The recipient's address has letters"),
        "{reason}"
    );

    // The campaign's other recipients get it, and it completes.
    for email in ["ann@example.com", "\u{436}@example.com", "zoe@example.com"] {
        key.post("/v1/contacts", &json!({"email": email}))
            .expect(201);
    }
    let draft = json!({"name": "a", "subject": "Hi", "html_body": "Hi"});
    let path = create(&key, &draft);
    start(&key, &path);
    let campaign = completed(&key, &path);
    assert_eq!(
        (&campaign["sent"], &campaign["failed"]),
        (&json!(2), &json!(1))
    );
    // The mail server lacks a feature, so the contact does not become `bounced`.
    let contacts = key.get("/v1/contacts?status=active").expect(200);
    assert_eq!(contacts["total"], 3);
}

#[test]
fn a_unicode_sender_fails_without_smtputf8() {
    let smtp = SmtpServer::start();
    let app = smtp_app(&smtp);
    let key = app.key(&["emails:send"]);
    let from = "gr\u{fc}\u{df}e@penguinmails.test";
    let mail = json!({"to": "a@example.com", "from": from, "subject": "Hi", "html_body": "Hi"});
    let sent = key.post("/v1/emails/send", &mail).expect(200);
    let mail = outcome(&key, &sent["id"]);
    assert_failed_without_retry(&mail);
    let reason = mail["last_error"].as_str().expect("has a reason");
    assert!(reason.starts_with("The sender's address"), "{reason}");
}

#[test]
fn a_unicode_local_part_is_delivered_with_smtputf8() {
    let smtp = SmtpServer::start_with(&["SMTPUTF8"]);
    let app = smtp_app(&smtp);
    let key = app.key(&["emails:send"]);
    let sent = send(&key, "\u{436}@b\u{fc}cher.example").expect(200);
    let received = &smtp.wait_for(1)[0];
    assert_eq!(received.recipient, "\u{436}@xn--bcher-kva.example");
    assert_eq!(outcome(&key, &sent["id"])["status"], "sent");
    for spelling in [
        "\u{416}@b\u{fc}cher.example",
        "\u{436}@xn--bcher-kva.example",
    ] {
        let to = utf8_percent_encode(spelling, NON_ALPHANUMERIC);
        let list = key.get(&format!("/v1/emails?to={to}")).expect(200);
        assert_eq!(list["total"], 1, "{spelling}");
    }
}

#[test]
fn every_character_of_a_local_part_is_delivered() {
    let smtp = SmtpServer::start();
    let app = smtp_app(&smtp);
    let key = app.key(&["emails:send"]);
    let to = "a!#$%&'*+-/=?^_`{|}~.9@example.org";
    let sent = send(&key, to).expect(200);
    assert_eq!(smtp.wait_for(1)[0].recipient, to);
    assert_eq!(outcome(&key, &sent["id"])["status"], "sent");
}

#[test]
fn an_invalid_stored_address_fails_without_a_connection() {
    let smtp = SmtpServer::start();
    let app = smtp_app(&smtp);
    let key = app.key(&["emails:send"]);
    let now = app.clock.now_naive();
    // Values that earlier versions may have stored.
    let broken = [
        ("nobody", "a@penguinmails.test"),
        ("a@xn--a.example", "a@penguinmails.test"),
        ("a@example.org", "nobody"),
    ];
    for (recipient, sender) in broken {
        let message = NewMessage {
            tenant_id: app.tenant.clone(),
            environment: Environment::Live,
            origin: Origin::Api(KeyId::new("key_000000000000")),
            sender: Some(sender.into()),
            recipient: recipient.into(),
            subject: "Hi".into(),
            html_body: Some("Hi".into()),
            text_body: None,
            variables: None,
            tags: vec![],
            track_opens: false,
            track_clicks: false,
        };
        let queued = app.write(|conn| message.queue(conn, now)).expect("is new");
        let mail = outcome(&key, &json!(queued.id));
        assert_failed_without_retry(&mail);
    }
    assert_eq!(smtp.mails().len(), 0);
}
