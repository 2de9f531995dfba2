//! Encodings of request bodies.

use crate::util::{Answer, Key, TestApp};
use shared::role::Role;

const KEYS: &str = "/api/v1/platform/api-keys";

/// Sends a body without reserializing it, because a JSON library would round numbers.
fn send(key: &Key<'_>, method: &str, path: &str, body: impl Into<Vec<u8>>) -> Answer {
    key.request(method, path)
        .body("application/json", body)
        .send()
}

#[test]
fn body_with_a_byte_order_mark_is_accepted() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    let body = "\u{feff}{\"email\": \"a@example.com\"}";
    send(&key, "POST", "/v1/contacts", body).expect(201);
    // Bodies in another encoding are rejected.
    let body = b"\xff\xfe{\x00".to_vec();
    send(&key, "POST", "/v1/contacts", body).problem(400, "invalid_json");
}

#[test]
fn body_415_compressed() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    let owner = app.sign_in(Role::Owner).with_sudo();
    let body = br#"{"email": "a@example.com"}"#.to_vec();
    for coding in ["gzip", "deflate", "br", "zstd", "identity, gzip"] {
        let request = key
            .request("POST", "/v1/contacts")
            .header("content-encoding", coding);
        let answer = request.body("application/json", body.clone()).send();
        let problem = answer.problem(415, "unsupported_media_type");
        assert_eq!(answer.header("accept-encoding"), Some("identity"));
        let detail = "Send the body as it is, without the header Content-Encoding.";
        assert_eq!(problem["detail"], detail);
    }
    let request = owner
        .request("POST", KEYS)
        .header("content-encoding", "gzip");
    let answer = request.body("application/json", body.clone()).send();
    answer.problem(415, "unsupported_media_type");
    for coding in ["identity", "Identity", ""] {
        let request = key
            .request("POST", "/v1/contacts")
            .header("content-encoding", coding);
        let answer = request.body("application/json", body.clone()).send();
        assert!(matches!(answer.status, 200 | 201), "{coding}");
    }
}
