//! Allowed senders and sender domains of a tenant.

use crate::util::{Answer, Key, TestApp, campaigns::marketing_key, json};
use backend::models::tenant::Tenant;
use serde_json::Value;

#[track_caller]
fn send(key: &Key<'_>, from: &str) -> Answer {
    let mail = json!({"to": "a@example.com", "from": from, "subject": "Hi", "html_body": "Hi"});
    key.post("/v1/emails/send", &mail)
}

#[track_caller]
fn draft(key: &Key<'_>, from: &str) -> Answer {
    let form = json!({"name": "Sale", "from": from, "subject": "Hi", "html_body": "Hi"});
    key.post("/v1/campaigns", &form)
}

/// Returns the error message for `from`.
#[track_caller]
fn refused(answer: &Answer) -> String {
    let problem = answer.problem_of_fields(400, "sender_not_allowed", &["from"]);
    problem["errors"][0]["message"]
        .as_str()
        .expect("is a text")
        .to_owned()
}

fn set_sender(app: &TestApp, default_from: &str, domains: &[&str]) {
    let domains: Vec<_> = domains.iter().map(|&domain| domain.to_owned()).collect();
    app.write(|conn| Tenant::set_sender(conn, &app.tenant, default_from, &domains));
}

fn from_of(key: &Key<'_>, sent: &Value) -> Value {
    let id = sent["id"].as_str().expect("has an id");
    key.get(&format!("/v1/emails/{id}")).expect(200)["from"].clone()
}

#[test]
fn without_domains_only_the_domain_of_the_server_is_allowed() {
    let app = TestApp::start();
    for environment in ["live", "test"] {
        let key = marketing_key(&app, environment);
        for good in ["shop@penguinmails.test", "Ann Lee <ann@PenguinMails.test>"] {
            send(&key, good).expect(200);
            draft(&key, good).expect(201);
        }
        for bad in [
            "ceo@bank.example",
            "Bank <ceo@bank.example>",
            "a@sub.penguinmails.test",
            "a@notpenguinmails.test",
            "a@penguinmails.test.evil.example",
        ] {
            for answer in [send(&key, bad), draft(&key, bad)] {
                let message = refused(&answer);
                assert!(message.contains("penguinmails.test"), "{message}");
                assert!(message.contains("admin set-sender --domains"), "{message}");
            }
        }
    }
}

#[test]
fn without_domains_the_addresses_of_the_operator_are_rejected() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    for bad in [
        "postmaster@penguinmails.test",
        "Security <SECURITY+x@penguinmails.test>",
    ] {
        let message = refused(&send(&key, bad));
        assert!(message.contains("operator"), "{message}");
    }
    // A domain assigned by the operator belongs to the tenant entirely.
    set_sender(&app, "hi@penguinmails.test", &[]);
    send(&key, "postmaster@penguinmails.test").expect(200);
}

#[test]
fn a_display_name_with_an_address_of_another_domain_is_rejected() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    for bad in [
        "ceo@bank.example <a@penguinmails.test>",
        "The boss (ceo@bank.example) <a@penguinmails.test>",
        "ceo\u{ff20}bank.example <a@penguinmails.test>",
        "ceo@bank\u{200b}.example <a@penguinmails.test>",
        "c\u{ad}eo\u{feff}@bank\u{ff0e}example <a@penguinmails.test>",
    ] {
        let message = refused(&send(&key, bad));
        assert!(message.contains("display name"), "{message}");
    }
    send(&key, "b@penguinmails.test <a@penguinmails.test>").expect(200);
    send(&key, "Fish @ Chips <a@penguinmails.test>").expect(200);
    let reversed = "\u{202e}elpmaxe.knab@oec <a@penguinmails.test>";
    send(&key, reversed).problem_of_fields(400, "invalid_field", &["from"]);
}

#[test]
fn with_domains_all_others_are_rejected() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    set_sender(
        &app,
        "Acme <hi@default.example>",
        &["acme.example", "acme.test"],
    );
    for good in ["a@acme.example", "A <a@ACME.test>", "b@default.example"] {
        let sent = send(&key, good).expect(200);
        assert_eq!(from_of(&key, &sent), good);
    }
    for bad in [
        "a@evil.example",
        "a@sub.acme.example",
        "a@penguinmails.test",
    ] {
        let message = refused(&send(&key, bad));
        assert!(
            message.contains("acme.example or acme.test or default.example"),
            "{message}"
        );
    }
    let mail = json!({"to": "a@example.com", "subject": "Hi", "html_body": "Hi"});
    let sent = key.post("/v1/emails/send", &mail).expect(200);
    assert_eq!(from_of(&key, &sent), "Acme <hi@default.example>");
}

#[test]
fn a_default_sender_alone_allows_its_domain() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    set_sender(&app, "Acme <hi@acme.example>", &[]);
    send(&key, "b@acme.example").expect(200);
    refused(&send(&key, "b@penguinmails.test"));
}
