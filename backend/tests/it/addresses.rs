//! Internationalized email addresses: they are normalized in all endpoints, and those that cannot
//! be delivered fail with a clear error.

use crate::util::{
    Answer, Key, PASSWORD, TestApp, eventually, json,
    smtp::{Received, SmtpServer},
};
use backend::models::{
    message::{NewMessage, Origin},
    tenant::Tenant,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use shared::{ids::KeyId, key::Environment, plan::Plan, role::Role};

const ASCII: &str = "user@xn--bcher-kva.example";
/// Other spellings of [`ASCII`]: composed, decomposed, in capitals, with an ideographic full
/// stop, and the ASCII form in capitals.
const SPELLINGS: [&str; 5] = [
    "user@b\u{fc}cher.example",
    "user@bu\u{308}cher.example",
    "user@B\u{dc}CHER.Example",
    "user@b\u{fc}cher\u{3002}example",
    "user@XN--BCHER-KVA.example",
];
const SCOPES: [&str; 4] = [
    "emails:send",
    "emails:send_bulk",
    "campaigns:write",
    "contacts:write",
];

fn smtp_app(smtp: &SmtpServer) -> TestApp {
    TestApp::start_with(&["--smtp-url", &smtp.url()])
}

fn bulk_key(app: &TestApp) -> Key<'_> {
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({"name": "Bulk", "environment": "live", "permissions": SCOPES});
    let key = owner.create_key(&form);
    owner.approve(&key);
    key
}

fn send(key: &Key<'_>, to: &str) -> Answer {
    let mail = json!({"to": to, "subject": "Hi", "html_body": "<p>Hi</p>"});
    key.post("/v1/emails/send", &mail)
}

#[track_caller]
fn outcome(key: &Key<'_>, id: &Value) -> Value {
    let path = format!("/v1/emails/{}", id.as_str().expect("has an id"));
    eventually(|| {
        let mail = key.get(&path).expect(200);
        Some(mail).filter(|mail| mail["status"] != "queued" || !mail["last_error"].is_null())
    })
}

#[track_caller]
fn assert_failed_at_once(mail: &Value) {
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
fn an_internationalized_domain_is_one_recipient() {
    let smtp = SmtpServer::start();
    let app = smtp_app(&smtp);
    let key = app.key(&["emails:send"]);
    for spelling in SPELLINGS {
        let sent = send(&key, spelling).expect(200);
        assert_eq!(sent["to"], ASCII, "{spelling}");
    }
    for Received { recipient, data } in smtp.wait_for(SPELLINGS.len()) {
        assert_eq!(recipient, ASCII);
        assert!(
            data.contains(&format!("To: {ASCII}\r\n")) && data.is_ascii(),
            "{data}"
        );
    }
    for spelling in SPELLINGS {
        let to = encoded(spelling);
        let list = key.get(&format!("/v1/emails?to={to}")).expect(200);
        assert_eq!(list["total"], SPELLINGS.len(), "{spelling}");
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

#[test]
fn an_internationalized_domain_is_one_contact() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    let created = key
        .post("/v1/contacts", &json!({"email": ASCII}))
        .expect(201);
    for spelling in SPELLINGS {
        let found = key
            .post("/v1/contacts", &json!({"email": spelling}))
            .expect(200);
        assert_eq!(
            (&found["id"], &found["email"]),
            (&created["id"], &json!(ASCII))
        );
    }
    let other = key.post("/v1/contacts", &json!({"email": "other@example.com"}));
    let path = format!("/v1/contacts/{}", other.expect(201)["id"].as_str().unwrap());
    key.put(&path, &json!({"email": SPELLINGS[0]}))
        .problem(409, "contact_exists");
    let moved = key.put(&path, &json!({"email": "\u{fc}@m\u{fc}ller.example"}));
    assert_eq!(moved.expect(200)["email"], "\u{fc}@xn--mller-kva.example");
}

#[test]
fn what_is_no_domain_is_refused_at_every_door() {
    let app = TestApp::start();
    let key = app.key(&SCOPES);
    let created = key.post("/v1/contacts", &json!({"email": "a@example.com"}));
    let path = format!(
        "/v1/contacts/{}",
        created.expect(201)["id"].as_str().unwrap()
    );
    let long = format!("a@{}.example", "\u{fc}".repeat(60));
    for bad in [
        "a@xn--a.example",
        "a@-\u{fc}.example",
        "a@\u{fc}..example",
        &long,
    ] {
        send(&key, bad).problem_of_fields(400, "invalid_email", &["to"]);
        key.post("/v1/contacts", &json!({"email": bad}))
            .problem_of_fields(400, "invalid_email", &["email"]);
        key.put(&path, &json!({"email": bad}))
            .problem_of_fields(400, "invalid_email", &["email"]);
        let draft = json!({"name": "a", "from": bad, "subject": "Hi", "html_body": "Hi"});
        key.post("/v1/campaigns", &draft)
            .problem_of_fields(400, "invalid_field", &["from"]);
    }
}

#[test]
fn a_sender_may_be_written_either_way() {
    let smtp = SmtpServer::start();
    let app = smtp_app(&smtp);
    let key = bulk_key(&app);
    // Earlier versions stored domains without normalizing them.
    let domains = ["m\u{fc}ller.example".to_owned()];
    app.write(|conn| Tenant::set_sender(conn, &app.tenant, "B <hi@b\u{fc}cher.example>", &domains));
    let mut expected = vec!["B <hi@xn--bcher-kva.example>"];
    send(&key, "to@example.com").expect(200);
    for from in [
        "a@m\u{fc}ller.example",
        "a@xn--mller-kva.example",
        "a@M\u{dc}LLER.example",
    ] {
        let mail =
            json!({"to": "to@example.com", "from": from, "subject": "Hi", "html_body": "Hi"});
        let sent = key.post("/v1/emails/send", &mail).expect(200);
        let view = outcome(&key, &sent["id"]);
        assert_eq!(view["from"], "a@xn--mller-kva.example");
        let draft = json!({"name": "a", "from": from, "subject": "Hi", "html_body": "Hi"});
        let draft = key.post("/v1/campaigns", &draft).expect(201);
        assert_eq!(draft["from"], "a@xn--mller-kva.example");
        expected.push("a@xn--mller-kva.example");
    }
    let mut senders: Vec<_> = smtp
        .wait_for(4)
        .iter()
        .map(|it| it.header("From"))
        .collect();
    senders.sort_unstable();
    assert_eq!(senders, expected);
    // A display name may resemble an address: only the address decides.
    let named = "x@m\u{fc}ller.example <a@m\u{fc}ller.example>";
    let mail = json!({"to": "to@example.com", "from": named, "subject": "Hi", "html_body": "Hi"});
    key.post("/v1/emails/send", &mail).expect(200);
}

#[test]
fn a_local_part_beyond_ascii_fails_at_once_without_smtputf8() {
    let smtp = SmtpServer::start();
    let app = smtp_app(&smtp);
    let key = bulk_key(&app);
    let sent = send(&key, "\u{dc}nal@b\u{fc}cher.example").expect(200);
    assert_eq!(sent["to"], "\u{fc}nal@xn--bcher-kva.example");
    let mail = outcome(&key, &sent["id"]);
    assert_failed_at_once(&mail);
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
    let draft = key.post("/v1/campaigns", &draft).expect(201);
    let path = format!("/v1/campaigns/{}", draft["id"].as_str().unwrap());
    key.post(&format!("{path}/start"), &json!({})).expect(200);
    let campaign = eventually(|| {
        Some(key.get(&path).expect(200)).filter(|campaign| campaign["status"] == "completed")
    });
    assert_eq!(
        (&campaign["sent"], &campaign["failed"]),
        (&json!(2), &json!(1))
    );
    // The mail server lacks a feature, so the contact does not become `bounced`.
    let contacts = key.get("/v1/contacts?status=active").expect(200);
    assert_eq!(contacts["total"], 3);
}

#[test]
fn a_sender_beyond_ascii_is_named_as_the_reason() {
    let smtp = SmtpServer::start();
    let app = smtp_app(&smtp);
    let key = app.key(&["emails:send"]);
    let from = "gr\u{fc}\u{df}e@penguinmails.test";
    let mail = json!({"to": "a@example.com", "from": from, "subject": "Hi", "html_body": "Hi"});
    let sent = key.post("/v1/emails/send", &mail).expect(200);
    let mail = outcome(&key, &sent["id"]);
    assert_failed_at_once(&mail);
    let reason = mail["last_error"].as_str().expect("has a reason");
    assert!(reason.starts_with("The sender's address"), "{reason}");
}

#[test]
fn a_local_part_beyond_ascii_is_delivered_with_smtputf8() {
    let smtp = SmtpServer::start_with(&["SMTPUTF8"]);
    let app = smtp_app(&smtp);
    let key = app.key(&["emails:send"]);
    let sent = send(&key, "\u{436}@b\u{fc}cher.example").expect(200);
    let received = &smtp.wait_for(1)[0];
    assert_eq!(received.recipient, "\u{436}@xn--bcher-kva.example");
    assert_eq!(outcome(&key, &sent["id"])["status"], "sent");
    for capital in [
        "\u{416}@b\u{fc}cher.example",
        "\u{436}@xn--bcher-kva.example",
    ] {
        let to = encoded(capital);
        let list = key.get(&format!("/v1/emails?to={to}")).expect(200);
        assert_eq!(list["total"], 1, "{capital}");
    }
}

#[test]
fn people_sign_in_with_either_form_of_their_domain() {
    let app = TestApp::start();
    app.add_tenant("b\u{fc}cher", Plan::Starter);
    for email in [
        "owner@b\u{fc}cher.test",
        "Owner@B\u{dc}CHER.test",
        "owner@xn--bcher-kva.test",
    ] {
        let form = json!({"email": email, "password": PASSWORD});
        let answer = app.browser("POST", "/api/v1/auth/login").json(&form).send();
        let session = answer.expect(200);
        assert_eq!(session["user"]["email"], "owner@xn--bcher-kva.test");
    }
    // A row from before domains were normalized.
    app.write(|conn| {
        use diesel::RunQueryDsl;
        let old = "UPDATE users SET email = 'owner@b\u{fc}cher.test' \
                   WHERE email = 'owner@xn--bcher-kva.test'";
        Ok(diesel::sql_query(old).execute(conn)?)
    });
    let form = json!({"email": "owner@b\u{fc}cher.test", "password": PASSWORD});
    let answer = app.browser("POST", "/api/v1/auth/login").json(&form).send();
    answer.expect(200);
}

#[test]
fn quoted_local_parts_are_refused_at_every_door() {
    let app = TestApp::start();
    let key = app.key(&SCOPES);
    for quoted in [
        "\"a b\"@example.org",
        "\"ann\"@example.org",
        "\"a@b\"@example.org",
        "\"\"@example.org",
    ] {
        for (answer, field) in [
            (send(&key, quoted), "to"),
            (key.post("/v1/contacts", &json!({"email": quoted})), "email"),
        ] {
            let problem = answer.problem_of_fields(400, "invalid_email", &[field]);
            let message = problem["errors"][0]["message"].as_str().unwrap();
            assert!(message.contains("quotation marks"), "{message}");
        }
        let draft = json!({"name": "a", "from": quoted, "subject": "Hi", "html_body": "Hi"});
        key.post("/v1/campaigns", &draft)
            .problem_of_fields(400, "invalid_field", &["from"]);
    }
}

#[test]
fn every_character_that_a_local_part_may_have_is_delivered() {
    let smtp = SmtpServer::start();
    let app = smtp_app(&smtp);
    let key = app.key(&["emails:send"]);
    let to = "a!#$%&'*+-/=?^_`{|}~.9@example.org";
    let sent = send(&key, to).expect(200);
    assert_eq!(smtp.wait_for(1)[0].recipient, to);
    assert_eq!(outcome(&key, &sent["id"])["status"], "sent");
}

#[test]
fn an_email_that_no_server_was_asked_about_has_failed() {
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
        assert_failed_at_once(&mail);
    }
    assert_eq!(smtp.mails().len(), 0);
}
