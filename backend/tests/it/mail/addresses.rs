//! Internationalized and quoted email addresses in all endpoints.

use crate::util::{
    Answer, Key, TestApp,
    campaigns::marketing_key,
    emails::settled,
    json,
    smtp::{Received, SmtpServer},
};
use backend::models::tenant::Tenant;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

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

const SCOPES: [&str; 3] = ["emails:send", "campaigns:write", "contacts:write"];

fn smtp_app(smtp: &SmtpServer) -> TestApp {
    TestApp::start_with(&["--smtp-url", &smtp.url()])
}

fn send(key: &Key<'_>, to: &str) -> Answer {
    let mail = json!({"to": to, "subject": "Hi", "html_body": "<p>Hi</p>"});
    key.post("/v1/emails/send", &mail)
}

#[test]
fn all_spellings_of_a_domain_are_one_recipient() {
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
        let to = utf8_percent_encode(spelling, NON_ALPHANUMERIC);
        let list = key.get(&format!("/v1/emails?to={to}")).expect(200);
        assert_eq!(list["total"], SPELLINGS.len(), "{spelling}");
    }
}

#[test]
fn all_spellings_of_a_domain_are_one_contact() {
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
fn all_spellings_of_a_sender_domain_are_allowed() {
    let smtp = SmtpServer::start();
    let app = smtp_app(&smtp);
    let key = marketing_key(&app, "live");
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
        let view = settled(&key, &sent["id"]);
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
fn an_invalid_domain_is_rejected_everywhere() {
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
fn a_quoted_local_part_is_rejected_everywhere() {
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
