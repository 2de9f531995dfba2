//! Delivery of queued emails: retries, bounces and restarts.

use crate::util::{
    Key, TestApp, eventually, json,
    smtp::{Reply, SmtpServer},
};
use backend::models::message::{
    Message, NewMessage, event as message_event,
    queue::{ClaimLimits, Outcome},
};
use chrono::TimeDelta;
use insta::assert_json_snapshot;
use serde_json::Value;
use std::collections::BTreeSet;

fn new_email(to: &str) -> Value {
    json!({"to": to, "from": "Ann Lee <ann@penguinmails.test>", "subject": "Gr\u{fc}\u{df}e",
        "html_body": "<p>Hello</p>", "track_opens": false})
}

#[track_caller]
fn send(key: &Key<'_>, to: &str) -> String {
    let sent = key.post("/v1/emails/send", &new_email(to)).expect(200);
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
fn a_transient_failure_is_retried_six_times() {
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
    assert_json_snapshot!(mail, {".id" => "[id]"}, @r#"
    {
      "id": "[id]",
      "status": "failed",
      "from": "Ann Lee <ann@penguinmails.test>",
      "to": "bob@example.com",
      "subject": "Grüße",
      "tags": [],
      "campaign_id": null,
      "created_at": "2026-11-18T11:06:40Z",
      "sent_at": null,
      "html_body": "<p>Hello</p>",
      "html_as_sent": "<p>Hello</p>",
      "text_body": null,
      "track_opens": false,
      "track_clicks": true,
      "captured": false,
      "attempts": 7,
      "next_attempt_at": null,
      "last_error": "transient error (451): 4.7.1 greylisted",
      "events": [
        {
          "kind": "failed",
          "at": "2026-11-19T04:27:40Z"
        }
      ]
    }
    "#);
    app.advance(TimeDelta::days(2));
    send(&key, "other@example.com");
    let mails = smtp.wait_for(8);
    assert_eq!(mails.len(), 8);
    let ids: BTreeSet<_> = mails[..7]
        .iter()
        .map(|mail| mail.header("Message-ID"))
        .collect();
    assert_eq!(ids.len(), 1, "every attempt has the same Message-ID");
}

#[test]
fn a_permanent_failure_bounces_and_marks_the_contact() {
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
fn a_broken_connection_is_retried_with_the_same_message_id() {
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
fn a_delivery_interrupted_by_a_restart_is_retried_after_its_lease() {
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
    assert_eq!(smtp.mails().len(), 2, "it is still claimed");
    app.advance(TimeDelta::minutes(1));
    let mails = smtp.wait_for(3);
    assert_eq!(mails[0].header("Message-ID"), mails[2].header("Message-ID"));
    let mail = wait(&key, &id, |mail| mail["status"] == "sent");
    assert_eq!(mail["attempts"], 2);
    smtp.release();
}

#[test]
fn an_expired_claim_cannot_overwrite_the_outcome() {
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
        hard_bounce: true,
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
fn each_email_is_one_file_across_restarts_without_smtp() {
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
fn two_servers_deliver_each_email_once() {
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

#[test]
fn notices_are_delivered_but_not_listed() {
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
