//! Emails byte by byte, as mail servers receive them (RFC 5321 and RFC 5322).

use crate::util::{Key, TestApp, eventually, json};
use serde_json::Value;

/// Returns the email as written to the folder that replaces a mail server.
#[track_caller]
fn written(app: &TestApp, key: &Key<'_>, mail: &Value) -> String {
    let sent = key.post("/v1/emails/send", mail).expect(200);
    let id = sent["id"].as_str().expect("has an id");
    let path = app.place.dir().join(format!("mail/{id}.eml"));
    let bytes = eventually(|| std::fs::read(&path).ok());
    String::from_utf8(bytes).expect("is UTF-8")
}

#[track_caller]
fn assert_well_formed(email: &str) {
    let rest = email.replace("\r\n", "");
    assert!(!rest.contains(['\r', '\n']), "{email:?}");
    for line in email.split("\r\n") {
        assert!(line.len() <= 998, "{} bytes: {line}", line.len());
    }
}

#[test]
fn line_breaks_in_bodies_become_crlf() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    for breaks in ["\r", "\n", "\r\n", "\n\r", "\r\r", "\r\n\r\n.\r.\n"] {
        let body = format!("<p>one{breaks}two</p>{breaks}");
        let email = written(
            &app,
            &key,
            &json!({"to": "a@example.com", "subject": "Hi", "html_body": body,
                "text_body": format!("one{breaks}two{breaks}"), "track_opens": false}),
        );
        assert_well_formed(&email);
        let expected = breaks
            .replace("\r\n", "\n")
            .replace('\r', "\n")
            .replace('\n', "\r\n");
        assert!(
            email.contains(&format!("one{expected}two")),
            "{breaks:?}: {email:?}"
        );
        assert!(
            email.contains(&format!("<p>one{expected}two</p>")),
            "{breaks:?}: {email:?}"
        );
    }
}

#[test]
fn long_lines_and_many_lines_stay_within_the_limits() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    for body in [
        "x".repeat(2000),
        format!("{}\r{}", "x".repeat(997), "y".repeat(999)),
        "\u{fc}".repeat(2000),
        "\n".repeat(100_000) + "end",
    ] {
        let subject = "\u{fc}ber ".repeat(39) + "alles";
        let email = written(
            &app,
            &key,
            &json!({"to": "a@example.com", "subject": subject, "html_body": body,
                "text_body": body}),
        );
        assert_well_formed(&email);
    }
}

#[test]
fn control_characters_never_reach_headers() {
    let app = TestApp::start();
    let key = app.key(&["emails:send", "campaigns:write", "contacts:write"]);
    for bad in [
        "a\rb",
        "a\nBcc: b@example.com",
        "a\tb",
        "a\u{b}b",
        "a\u{85}b",
        "a\u{2028}b",
        "a\u{7f}b",
    ] {
        let mail = json!({"to": "a@example.com", "subject": bad, "html_body": "Hi"});
        key.post("/v1/emails/send", &mail)
            .problem_of_fields(400, "invalid_field", &["subject"]);
        let template = json!({"subject": bad, "html_body": "Hi"});
        key.put("/v1/templates/a", &template)
            .problem_of_fields(400, "invalid_field", &["subject"]);
        if bad.contains('\u{2028}') {
            // In a name, this counts as white space, which is stored as a space.
            continue;
        }
        let mail = json!({"to": "a@example.com", "subject": "Hi", "html_body": "Hi", "tags": [bad],
            "from": format!("{bad} <a@penguinmails.test>")});
        key.post("/v1/emails/send", &mail).problem_of_fields(
            400,
            "invalid_field",
            &["from", "tags[0]"],
        );
        let contact = json!({"email": "a@example.com", "first_name": bad});
        key.post("/v1/contacts", &contact)
            .problem_of_fields(400, "invalid_field", &["first_name"]);
    }
    // A subject stays on one line, whatever the values of its variables.
    let template = json!({"subject": "Hello {{ name }}", "html_body": "{{ name }}"});
    key.put("/v1/templates/a", &template).expect(201);
    let name = "Ann\r\nBcc: b@example.com\u{7}\u{2028}x";
    let email = written(
        &app,
        &key,
        &json!({"to": "a@example.com", "template_id": "a", "variables": {"name": name}}),
    );
    assert_well_formed(&email);
    assert!(
        email.contains("Subject: Hello Ann Bcc: b@example.com x\r\n"),
        "{email}"
    );
    let nul = "{\"to\": \"a@example.com\", \"subject\": \"a\\u0000\", \"html_body\": \"Hi\"}";
    let answer = key
        .request("POST", "/v1/emails/send")
        .body("application/json", nul)
        .send();
    answer.problem_of_fields(400, "invalid_field", &["subject"]);
}
