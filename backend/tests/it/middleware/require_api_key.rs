//! Authentication with an API key, and its scopes.

use crate::util::{TestApp, json, with_wrong_check};

#[test]
fn call_401_without_a_valid_key() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    let answer = app.request("GET", "/v1/whoami").send();
    let problem = answer.problem(401, "invalid_token");
    insta::assert_json_snapshot!(problem, {".type" => "[url]", ".request_id" => "[request id]"}, @r#"
    {
      "type": "[url]",
      "title": "Invalid API key",
      "status": 401,
      "detail": "No API key was sent. Send one as `Authorization: Bearer pm_live_…`.",
      "error": "invalid_token",
      "message": "API key is invalid or expired",
      "request_id": "[request id]"
    }
    "#);
    assert!(
        answer
            .header("www-authenticate")
            .is_some_and(|value| value.starts_with("Bearer"))
    );
    for header in [
        String::new(),
        "Bearer".into(),
        "Bearer ".into(),
        "Bearer pm_live_short".into(),
        format!("Basic {}", key.plain),
        key.plain.clone(),
        format!("Bearer {}x", key.plain),
        format!("Bearer {} {}", key.plain, key.plain),
        format!("Bearer {}", with_wrong_check(&key.plain)),
        format!("Bearer {}", key.plain.replace("pm_live_", "pm_test_")),
    ] {
        let answer = app
            .request("GET", "/v1/whoami")
            .header("Authorization", &header)
            .send();
        answer.problem(401, "invalid_token");
    }
    // A request with two keys is rejected.
    let twice = key.request("GET", "/v1/whoami");
    let twice = twice
        .header("Authorization", &format!("Bearer {}", key.plain))
        .send();
    twice.problem(401, "invalid_token");
    let lower = app.request("GET", "/v1/whoami");
    lower
        .header("Authorization", &format!("bearer {}", key.plain))
        .send()
        .expect(200);
}

/// Sends an `Authorization` header without a valid key. `with_error` says if the challenge must
/// name an error.
#[track_caller]
fn expect_no_key(app: &TestApp, header: Option<&str>, detail: &str, with_error: bool) {
    let request = app.request("GET", "/v1/whoami");
    let request = match header {
        Some(header) => request.header("Authorization", header),
        None => request,
    };
    let answer = request.send();
    let problem = answer.problem(401, "invalid_token");
    assert_eq!(problem["message"], "API key is invalid or expired");
    let said = problem["detail"].as_str().expect("has a detail");
    assert!(said.starts_with(detail), "{header:?}: {said}");
    let challenge = answer.header("www-authenticate").expect("challenges");
    assert!(challenge.starts_with("Bearer realm="), "{challenge}");
    assert_eq!(challenge.contains("error="), with_error, "{challenge}");
}

#[test]
fn call_401_without_credentials_has_no_error_in_the_challenge() {
    let app = TestApp::start();
    let token = format!("Token {}", app.key(&["contacts:read"]).plain);
    let other = "The Authorization header has another scheme";
    for (header, detail) in [
        (None, "No API key was sent."),
        (Some(""), "The Authorization header is empty."),
        (Some("Basic dTpw"), other),
        (Some(&token), other),
    ] {
        expect_no_key(&app, header, detail, false);
    }
}

#[test]
fn call_401_says_what_was_sent_instead_of_a_key() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]).plain;
    let placeholder = "A placeholder was sent";
    for (header, detail) in [
        (key.clone(), "The Authorization header has a key and no"),
        ("Bearer".into(), "No API key follows `Bearer`."),
        ("Bearer   ".into(), "No API key follows `Bearer`."),
        ("Bearer $PENGUINMAILS_API_KEY".into(), placeholder),
        ("Bearer ${KEY}".into(), placeholder),
        ("Bearer {{ key }}".into(), placeholder),
        ("Bearer %API_KEY%".into(), placeholder),
        (
            format!("Bearer {}...{}", &key[..11], &key[69..]),
            "This is the masked form of a key.",
        ),
        (
            "Bearer pm_live_abc***xyz".into(),
            "This is the masked form of a key.",
        ),
        (format!("Bearer {}", &key[..71]), "This is only a part"),
        ("Bearer pm_test_".into(), "This is only a part of a key."),
        (format!("Bearer {key}\""), "This is longer than a key."),
        (format!("Bearer {key} {key}"), "White space follows the key"),
        ("Bearer sk_live_51H8".into(), "This is not an API key."),
        (
            format!("Bearer {}", with_wrong_check(&key)),
            "Send a current key as",
        ),
    ] {
        expect_no_key(&app, Some(&header), detail, true);
    }
}

#[test]
fn call_400_for_a_key_in_the_url() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    for name in ["api_key", "key", "access_token", "search"] {
        let path = format!("/v1/contacts?{name}={}", key.plain);
        app.request("GET", &path)
            .send()
            .problem(400, "key_in_query");
        key.get(&path).problem(400, "key_in_query");
    }
    for encoded in [
        "pm%5Flive%5F",
        "%70m_live_",
        "pm%5flive_%30%30%30%30%30%30%30%30%30%30%30%30",
    ] {
        let path = format!("/v1/contacts?a={encoded}{}", &key.plain[8..]);
        key.get(&path).problem(400, "key_in_query");
    }
}

#[test]
fn call_403_without_the_scope() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    let contact = json!({"email": "a@example.com"});
    let answer = key.post("/v1/contacts", &contact);
    let problem = answer.problem(403, "insufficient_scope");
    insta::assert_json_snapshot!(problem, {".type" => "[url]", ".request_id" => "[request id]"}, @r#"
    {
      "type": "[url]",
      "title": "Insufficient permissions",
      "status": 403,
      "detail": "Add what `required_scope` lists to the key, or use another key. The documentation says where one of several scopes is enough.",
      "error": "insufficient_scope",
      "message": "Insufficient permissions. Update key permissions in settings.",
      "request_id": "[request id]",
      "required_scope": [
        "contacts:write"
      ]
    }
    "#);
    assert_eq!(answer.header("x-ratelimit-limit"), Some("500"));
    // The scope is checked before the body.
    key.post("/v1/contacts", &json!({"nick": 1}))
        .problem(403, "insufficient_scope");
    app.key(&["admin:full"])
        .post("/v1/contacts", &contact)
        .expect(201);
    app.key(&["contacts:delete"])
        .get("/v1/contacts")
        .problem(403, "insufficient_scope");
}
