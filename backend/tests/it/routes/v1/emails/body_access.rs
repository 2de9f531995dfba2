//! `GET /v1/emails/{id}`: bodies and links require `emails:send`.

use crate::util::{TestApp, json};
use serde_json::Value;
use shared::role::Role;

#[test]
fn get_200_with_bodies_only_for_keys_that_may_send() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let sender = app.key(&["emails:send"]);
    let form = json!({
        "to": "delivered@sandbox.penguinmails.test", "subject": "Reset your password",
        "html_body": "<a href=\"https://acme.example/reset?secret=1\">Reset</a>",
        "text_body": "https://acme.example/reset?secret=1"
    });
    let sent = sender.post("/v1/emails/send", &form).expect(200);
    let path = format!("/v1/emails/{}", sent["id"].as_str().expect("has an id"));
    let shown = sender.get(&path).expect(200);
    assert_eq!(shown["html_body"], form["html_body"]);
    assert_eq!(shown["text_body"], form["text_body"]);
    assert!(shown["html_as_sent"].as_str().is_some());
    // A reader follows the link.
    let html = shown["html_as_sent"].as_str().expect("is HTML");
    let link = html
        .split("href=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    let link = link.expect("has a link").replace("&amp;", "&");
    let tracked = &link[link.find("/t/c/").expect("is tracked")..];
    app.request("GET", tracked).send();

    let token_without_send = app.key(&["analytics:read"]).playground_token(&owner);
    for reader in [app.key(&["analytics:read"]), token_without_send] {
        let answer = reader.get(&path);
        let metadata = answer.expect(200);
        for body in ["html_body", "html_as_sent", "text_body"] {
            assert_eq!(metadata.get(body), Some(&Value::Null), "{body}");
        }
        assert!(!answer.text().contains("secret=1"), "{metadata}");
        for member in ["id", "to", "subject", "status", "created_at", "captured"] {
            assert!(!metadata[member].is_null(), "{member}");
        }
        let list = reader.get("/v1/emails");
        list.expect(200);
        assert!(!list.text().contains("secret=1"));
    }
    for reader in [
        app.key(&["analytics:read", "emails:send"]),
        app.key(&["admin:full"]),
    ] {
        let shown = reader.get(&path).expect(200);
        assert_eq!(shown["text_body"], form["text_body"]);
        let clicked = shown["events"].as_array().expect("is a list").iter();
        let urls: Vec<_> = clicked.filter(|event| event["kind"] == "clicked").collect();
        assert_eq!(urls.len(), 1, "{shown}");
        assert_eq!(urls[0]["url"], "https://acme.example/reset?secret=1");
    }
    // A test key with the scope cannot read emails of the live environment.
    let test = app.key_in("test", &["emails:send"]);
    test.get(&path).problem(404, "not_found");
}
