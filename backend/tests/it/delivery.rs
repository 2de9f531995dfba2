//! Email delivery: retries, bounces and restarts.

use crate::util::{
    Key, TestApp, eventually, json,
    smtp::{Reply, SmtpServer},
};
use backend::models::{
    message::Message,
    message::{
        event as message_event,
        queue::{ClaimLimits, Outcome},
    },
};
use chrono::TimeDelta;
use serde_json::Value;
use std::collections::BTreeSet;

fn mail(to: &str) -> Value {
    json!({"to": to, "from": "Ann Lee <ann@penguinmails.test>", "subject": "Gr\u{fc}\u{df}e",
        "html_body": "<p>Hello</p>", "track_opens": false})
}

#[track_caller]
fn send(key: &Key<'_>, to: &str) -> String {
    let sent = key.post("/v1/emails/send", &mail(to)).expect(200);
    sent["id"].as_str().expect("has an id").to_owned()
}

#[track_caller]
fn view(key: &Key<'_>, id: &str) -> Value {
    key.get(&format!("/v1/emails/{id}")).expect(200)
}

/// Waits until `done` holds for the email and returns it.
#[track_caller]
fn wait(key: &Key<'_>, id: &str, done: impl Fn(&Value) -> bool) -> Value {
    eventually(|| Some(view(key, id)).filter(&done))
}

#[test]
fn a_mail_reaches_the_mail_server_as_mime() {
    let smtp = SmtpServer::start();
    let app = TestApp::start_with(&["--smtp-url", &smtp.url()]);
    let key = app.key(&["emails:send"]);
    let id = send(&key, "bob@example.com");
    let received = &smtp.wait_for(1)[0];
    assert_eq!(received.recipient, "bob@example.com");
    assert_eq!(
        received.header("Message-ID"),
        format!("<{id}@penguinmails.test>")
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
    let view = wait(&key, &id, |mail| mail["status"] == "sent");
    assert_eq!(view["sent_at"], json!(app.clock.now()));
    assert!(!app.place.dir().join("mail").exists());
}

#[test]
fn a_refusal_for_now_is_tried_again_until_it_has_failed() {
    let smtp = SmtpServer::start();
    let app = TestApp::start_with(&["--smtp-url", &smtp.url()]);
    let key = app.key(&["emails:send"]);
    smtp.answer(&[Reply::Line("451 4.7.1 greylisted"); 7]);
    let id = send(&key, "bob@example.com");
    let waits = [1, 5, 15, 60, 240, 720];
    for (attempt, minutes) in waits.into_iter().enumerate() {
        let next = json!(app.clock.now() + TimeDelta::minutes(minutes));
        let mail = wait(&key, &id, |mail| mail["next_attempt_at"] == next);
        assert_eq!(mail["status"], "queued");
        assert_eq!(mail["attempts"], attempt + 1);
        assert!(
            mail["last_error"].as_str().unwrap().contains("greylisted"),
            "{mail}"
        );
        app.advance(TimeDelta::minutes(minutes));
        smtp.wait_for(attempt + 2);
    }
    let mail = wait(&key, &id, |mail| mail["status"] == "failed");
    assert_eq!(
        (&mail["attempts"], &mail["next_attempt_at"]),
        (&json!(7), &json!(null))
    );
    assert_eq!(mail["events"][0]["kind"], "failed");
    app.advance(TimeDelta::days(2));
    send(&key, "other@example.com");
    let mails = smtp.wait_for(8);
    assert_eq!(mails.len(), 8);
    let ids: BTreeSet<_> = mails[..7]
        .iter()
        .map(|mail| mail.header("Message-ID"))
        .collect();
    assert_eq!(ids.len(), 1, "always the same Message-ID");
}

#[test]
fn a_refusal_for_good_bounces_and_marks_the_contact() {
    let smtp = SmtpServer::start();
    let app = TestApp::start_with(&["--smtp-url", &smtp.url()]);
    let key = app.key(&["emails:send", "contacts:write"]);
    for name in ["gone", "full"] {
        key.post(
            "/v1/contacts",
            &json!({"email": format!("{name}@example.com")}),
        )
        .expect(201);
    }
    let status = |name: &str| {
        let list = key.get(&format!("/v1/contacts?search={name}@")).expect(200);
        list["data"][0]["status"].clone()
    };
    smtp.answer(&[Reply::Line("550 5.1.1 no such user")]);
    let id = send(&key, "Gone@example.com");
    let mail = wait(&key, &id, |mail| mail["status"] == "bounced");
    assert!(
        mail["last_error"]
            .as_str()
            .unwrap()
            .contains("no such user"),
        "{mail}"
    );
    assert_eq!(status("gone"), "bounced");
    // A rejection because of the content does not make the contact `bounced`.
    smtp.answer(&[Reply::Line("554 5.7.1 looks like spam")]);
    let id = send(&key, "full@example.com");
    wait(&key, &id, |mail| mail["status"] == "bounced");
    assert_eq!(status("full"), "active");
    app.advance(TimeDelta::days(1));
    assert_eq!(smtp.mails().len(), 2);
}

#[test]
fn a_broken_connection_repeats_the_mail_with_the_same_message_id() {
    let smtp = SmtpServer::start();
    let app = TestApp::start_with(&["--smtp-url", &smtp.url()]);
    let key = app.key(&["emails:send"]);
    smtp.answer(&[Reply::HangUp]);
    let id = send(&key, "bob@example.com");
    wait(&key, &id, |mail| !mail["last_error"].is_null());
    app.advance(TimeDelta::minutes(1));
    let mails = smtp.wait_for(2);
    assert_eq!(mails[0].header("Message-ID"), mails[1].header("Message-ID"));
    assert_eq!(mails[0].header("Date"), mails[1].header("Date"));
    wait(&key, &id, |mail| mail["status"] == "sent");
}

#[test]
fn a_stop_before_the_commit_repeats_the_mail_once_its_claim_has_ended() {
    let smtp = SmtpServer::start();
    let app = TestApp::start_with(&["--smtp-url", &smtp.url()]);
    let key = app.key(&["emails:send"]);
    smtp.answer(&[Reply::Hold]);
    let id = send(&key, "bob@example.com");
    smtp.wait_for(1);
    // The mail server has accepted the email, and the process stops before it reads the response.
    let (plain, key_id) = (key.plain.clone(), key.id.clone());
    let app = app.restart();
    let key = Key {
        app: &app,
        id: key_id,
        plain,
    };
    assert_eq!(view(&key, &id)["status"], "queued");
    app.advance(TimeDelta::minutes(4));
    let other = send(&key, "other@example.com");
    wait(&key, &other, |mail| mail["status"] == "sent");
    assert_eq!(smtp.mails().len(), 2, "it is still somebody's");
    app.advance(TimeDelta::minutes(1));
    let mails = smtp.wait_for(3);
    assert_eq!(mails[0].header("Message-ID"), mails[2].header("Message-ID"));
    let mail = wait(&key, &id, |mail| mail["status"] == "sent");
    assert_eq!(mail["attempts"], 2);
    smtp.release();
}

#[test]
fn who_was_too_slow_does_not_overwrite_who_took_over() {
    let smtp = SmtpServer::start();
    let app = TestApp::start_with(&["--smtp-url", &smtp.url()]);
    let key = app.key(&["emails:send"]);
    smtp.answer(&[Reply::Line("451 later")]);
    let id = send(&key, "bob@example.com");
    wait(&key, &id, |mail| !mail["last_error"].is_null());
    let (now, lease) = (
        app.clock.now_naive() + TimeDelta::hours(1),
        TimeDelta::minutes(5),
    );
    let limits = ClaimLimits {
        emails: 10,
        campaign_emails: 0,
        except_tenants: Vec::new(),
    };
    let claim = |now| app.write(|conn| Message::claim(conn, now, lease, &limits));
    let slow = claim(now).pop().expect("is due");
    assert!(claim(now).is_empty(), "it is claimed");
    let fast = claim(now + lease).pop().expect("the claim has ended");
    assert!(app.write(|conn| fast.complete(conn, Outcome::Sent, now)));
    let late = Outcome::Bounced {
        reason: "late".into(),
        address_is_dead: true,
    };
    assert!(!app.write(|conn| slow.complete(conn, late, now)));
    assert_eq!(view(&key, &id)["status"], "sent");
    let id = shared::ids::MessageId::new(id);
    assert_eq!(
        app.write(|conn| message_event::of_message(conn, &id)).len(),
        1
    );
}

#[test]
fn without_a_mail_server_there_is_one_file_a_mail_over_restarts() {
    let mut app = TestApp::start();
    let key = app.key(&["emails:send"]);
    let (plain, key_id) = (key.plain.clone(), key.id.clone());
    let mut ids = BTreeSet::new();
    for round in 0..4 {
        let key = Key {
            app: &app,
            id: key_id.clone(),
            plain: plain.clone(),
        };
        for n in 0..10 {
            ids.insert(format!(
                "{}.eml",
                send(&key, &format!("r{round}n{n}@example.com"))
            ));
        }
        // Some emails are sent before the stop, some after it.
        app = app.restart();
    }
    let key = Key {
        app: &app,
        id: key_id,
        plain,
    };
    eventually(|| {
        Some(()).filter(|()| key.get("/v1/emails?status=sent").expect(200)["total"] == 40)
    });
    let files = std::fs::read_dir(app.place.dir().join("mail")).expect("is there");
    let files: Vec<_> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(files.len(), 40);
    assert_eq!(files.into_iter().collect::<BTreeSet<_>>(), ids);
}

#[test]
fn mails_of_test_keys_and_to_the_sandbox_never_leave() {
    let smtp = SmtpServer::start();
    let app = TestApp::start_with(&["--smtp-url", &smtp.url()]);
    let form = json!({"name": "t", "environment": "test", "permissions": ["emails:send", "contacts:write", "analytics:read"]});
    let test = app.key_from(&form);
    let live = app.key(&["emails:send"]);
    let bounced = "bounced@sandbox.penguinmails.test";
    test.post("/v1/contacts", &json!({"email": bounced}))
        .expect(201);
    let at = json!(app.clock.now());
    for (to, status, events) in [
        ("anybody@example.com", "sent", vec!["sent"]),
        (
            "delivered@sandbox.penguinmails.test",
            "delivered",
            vec!["sent", "delivered"],
        ),
        (bounced, "bounced", vec!["sent", "bounced"]),
        (
            "Complained+a@SANDBOX.penguinmails.test",
            "complained",
            vec!["sent", "delivered", "complained"],
        ),
        ("else@sandbox.penguinmails.test", "sent", vec!["sent"]),
    ] {
        for key in [&test, &live] {
            if key.id == live.id && !to.to_lowercase().ends_with("sandbox.penguinmails.test") {
                continue;
            }
            let id = send(key, to);
            let mail = wait(key, &id, |mail| mail["status"] != "queued");
            let events: Vec<_> = events
                .iter()
                .map(|kind| json!({"kind": kind, "at": at}))
                .collect();
            assert_eq!(
                (&mail["status"], &mail["events"]),
                (&json!(status), &json!(events)),
                "{to}"
            );
            assert_eq!(
                (&mail["captured"], &mail["attempts"]),
                (&json!(true), &json!(1))
            );
        }
    }
    assert_eq!(
        test.get("/v1/contacts").expect(200)["data"][0]["status"],
        "bounced"
    );
    let totals = &test.get("/v1/analytics/emails").expect(200)["totals"];
    assert_eq!(
        *totals,
        json!({"sent": 5, "delivered": 2, "opened": 0, "clicked": 0,
        "bounced": 1, "complained": 1, "unsubscribed": 0, "failed": 0})
    );
    // If the others were delivered, they would arrive before this one.
    send(&live, "bob@example.com");
    assert_eq!(smtp.wait_for(1)[0].recipient, "bob@example.com");
    assert_eq!(smtp.mails().len(), 1);
}

#[test]
fn many_at_once_arrive_once_each_from_two_servers() {
    let smtp = SmtpServer::start();
    let app = TestApp::start_with(&["--smtp-url", &smtp.url()]);
    let second = app.another();
    let key = app.key(&["emails:send"]);
    let twin = Key {
        app: &second,
        ..key.clone()
    };
    for round in 0..2 {
        std::thread::scope(|scope| {
            for n in 0..50 {
                let key = if n % 2 == 0 { &key } else { &twin };
                scope.spawn(move || send(key, &format!("p{round}.{n}@example.com")));
            }
        });
        app.advance(TimeDelta::minutes(1));
    }
    let sent = || key.get("/v1/emails?status=sent").expect(200)["total"] == 100;
    eventually(|| Some(()).filter(|()| sent()));
    let mails = smtp.mails();
    let recipients: BTreeSet<_> = mails.iter().map(|mail| &mail.recipient).collect();
    assert_eq!((mails.len(), recipients.len()), (100, 100));
}
