//! The gateway in front of the public API: authentication, IP addresses and request bounds.

use crate::util::{Key, TestApp, http::raw, json};
use backend::keys::format::PlainKey;
use chrono::TimeDelta;
use shared::{key::Environment, role::Role};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Changes the key's last character, so that its check characters are wrong.
pub fn with_wrong_check(plain: &str) -> String {
    let last = if plain.ends_with('a') { 'b' } else { 'a' };
    format!("{}{last}", &plain[..plain.len() - 1])
}

#[test]
fn call_401_without_a_key() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    let answer = app.request("GET", "/v1/whoami").send();
    let problem = answer.problem(401, "invalid_token");
    assert_eq!(problem["message"], "API key is invalid or expired");
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
fn call_401_without_credentials_names_no_error() {
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
fn call_400_with_the_key_in_the_url() {
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
fn call_413_for_more_than_a_mebibyte() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    let big = format!("{{\"email\":\"{}\"}}", "x".repeat(2 * 1024 * 1024));
    let head = format!(
        "POST /v1/contacts HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nConnection: close\r\n",
        app.addr, key.plain
    );
    let sized = format!("{head}Content-Length: {}\r\n\r\n", big.len());
    raw(app.addr, sized.as_bytes()).problem(413, "body_too_large");
    let chunked = format!(
        "{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{big}\r\n0\r\n\r\n",
        big.len()
    );
    raw(app.addr, chunked.as_bytes()).problem(413, "body_too_large");
    // A body of exactly 1 MiB is accepted.
    let spaces = " ".repeat(1024 * 1024 - 25);
    let most = format!("{{\"email\":\"a@example.com\"{spaces}}}");
    assert_eq!(most.len(), 1024 * 1024);
    let answer = key
        .request("POST", "/v1/contacts")
        .body("application/json", most.clone());
    answer.send().expect(201);
    key.request("POST", "/v1/contacts")
        .chunked(most.clone())
        .send()
        .expect(200);
    let answer = key
        .request("POST", "/v1/contacts")
        .chunked(format!("{most} "));
    answer.send().problem(413, "body_too_large");
}

#[test]
fn upsert_contact_400_says_what_is_wrong() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    let post = |body: &str| {
        key.request("POST", "/v1/contacts")
            .body("application/json", body)
            .send()
    };
    for body in [
        "",
        "{",
        "{\"email\": }",
        "{\"email\":\"a@example.com\"} x",
        "{\"email\":\"a@example.com\"}{}",
    ] {
        post(body).problem(400, "invalid_json");
    }
    for (body, code, field) in [
        (
            r#"{"email":"a@example.com","nick":"a"}"#,
            "unknown_field",
            "nick",
        ),
        (r#"{"email":7}"#, "invalid_field", "email"),
        (
            r#"{"email":"a@example.com","tags":"a"}"#,
            "invalid_field",
            "tags",
        ),
        (
            r#"{"email":"a@example.com","tags":["a",7]}"#,
            "invalid_field",
            "tags[1]",
        ),
        (
            r#"{"email":"a@example.com","tags":[""]}"#,
            "invalid_field",
            "tags[0]",
        ),
        (r#"{"first_name":"a"}"#, "invalid_field", "email"),
        (r#"{"email":"a@b"}"#, "invalid_email", "email"),
        (r#"{"email":""}"#, "invalid_email", "email"),
    ] {
        post(body).problem_of_fields(400, code, &[field]);
    }
    let two = json!({"email": "x", "first_name": "y".repeat(101)});
    let two = key.post("/v1/contacts", &two);
    two.problem_of_fields(400, "invalid_email", &["email", "first_name"]);
}

#[test]
fn upsert_contact_415_for_what_is_not_json() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    let body = r#"{"email":"a@example.com"}"#;
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
    ] {
        let answer = key
            .request("POST", "/v1/contacts")
            .body(content_type, body)
            .send();
        answer.problem(415, "unsupported_media_type");
    }
    let answer = key.request("POST", "/v1/contacts").send();
    answer.problem(415, "unsupported_media_type");
    let spelt_out = "Application/JSON; charset=utf-8";
    key.request("POST", "/v1/contacts")
        .body(spelt_out, body)
        .send()
        .expect(201);
}

#[test]
fn call_404_and_405_off_the_map() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    let owner = app.sign_in(Role::Owner);
    for path in ["/v1/nothing", "/v1/contacts/a/b/c", "/v1/"] {
        key.get(path).problem(404, "not_found");
        // Without a key, the response reveals nothing.
        app.request("GET", path)
            .send()
            .problem(401, "invalid_token");
    }
    owner.get("/api/v1/nothing").problem(404, "not_found");
    owner.get("/api/nothing").problem(404, "not_found");
    let answer = key.request("PUT", "/v1/contacts").json(&json!({})).send();
    answer.problem(405, "method_not_allowed");
    assert_eq!(answer.header("allow"), Some("GET, HEAD, POST"));
    let answer = owner.delete("/api/v1/auth/session");
    answer.problem(405, "method_not_allowed");
    assert_eq!(answer.header("allow"), Some("GET"));
}

#[test]
fn call_403_without_the_scope() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    let contact = json!({"email": "a@example.com"});
    let answer = key.post("/v1/contacts", &contact);
    let problem = answer.problem(403, "insufficient_scope");
    assert_eq!(problem["required_scope"], json!(["contacts:write"]));
    let sentence = "Insufficient permissions. Update key permissions in settings.";
    assert_eq!(problem["message"], sentence);
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

#[test]
fn call_403_from_an_address_that_is_not_on_the_list() {
    let form = json!({
        "name": "a", "environment": "live", "permissions": ["contacts:read"],
        "ip_allowlist": ["203.0.113.0/24"]
    });
    let app = TestApp::start();
    let key = app.key_from(&form);
    let problem = key.get("/v1/whoami").problem(403, "ip_not_allowed");
    assert!(
        problem["detail"].as_str().unwrap().contains("127.0.0.1"),
        "{problem}"
    );
    // The header is ignored without a trusted proxy.
    let forged = key
        .request("GET", "/v1/whoami")
        .header("X-Forwarded-For", "203.0.113.7");
    forged.send().problem(403, "ip_not_allowed");

    let app = TestApp::start_with(&["--trusted-proxy", "127.0.0.1/32"]);
    let key = app.key_from(&form);
    let from = |forwarded_for: &str| {
        let request = key.request("GET", "/v1/whoami");
        request.header("X-Forwarded-For", forwarded_for).send()
    };
    from("203.0.113.7").expect(200);
    from("198.51.100.1, 203.0.113.7").expect(200);
    from("::ffff:203.0.113.7").expect(200);
    from("203.0.113.7, 198.51.100.1").problem(403, "ip_not_allowed");
    // Some proxies add a port or brackets.
    from("203.0.113.7:51008").expect(200);
    from("[::ffff:203.0.113.7]:443").expect(200);
    from("203.0.113.7,").expect(200);
    // The proxy's address must not be added to the allowlist, so the response does not suggest
    // it.
    for nonsense in ["203.0.113.7, nonsense", "unknown", "203.0.113.7:x"] {
        let problem = from(nonsense).problem(403, "ip_not_allowed");
        let detail = problem["detail"].as_str().unwrap();
        let expected = "The proxy at 127.0.0.1 sent no usable client address.";
        assert!(detail.starts_with(expected), "{nonsense}: {detail}");
    }
    key.get("/v1/whoami").problem(403, "ip_not_allowed");
}

#[test]
fn call_200_tells_that_the_key_will_stop() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = |days: u32| {
        json!({
            "name": "a", "environment": "live", "permissions": ["contacts:read"],
            "expires_in_days": days
        })
    };
    let told = |key: &Key<'_>| {
        let answer = key.get("/v1/whoami");
        answer.expect(200);
        ["deprecation", "sunset"].map(|name| answer.header(name).map(str::to_owned))
    };
    // Every test begins at 2026-11-18T11:06:40Z.
    let (late, soon) = (owner.create_key(&form(8)), owner.create_key(&form(3)));
    assert_eq!(told(&late), [None, None]);
    let expected = ["@1794654400", "Sat, 21 Nov 2026 11:06:40 GMT"].map(|text| Some(text.into()));
    assert_eq!(told(&soon), expected);
    app.advance(TimeDelta::days(1));
    let expected = ["@1795086400", "Thu, 26 Nov 2026 11:06:40 GMT"].map(|text| Some(text.into()));
    assert_eq!(told(&late), expected);

    let owner = app.sign_in(Role::Owner).with_sudo();
    let rotated = json!({"grace_seconds": 60});
    owner.post(&late.action("rotate"), &rotated).expect(201);
    let expected = ["@1795086400", "Thu, 19 Nov 2026 11:07:40 GMT"].map(|text| Some(text.into()));
    assert_eq!(told(&late), expected);
}

#[test]
fn a_mistyped_key_is_refused_without_the_database() {
    let app = TestApp::start();
    let never_seen = PlainKey::mint(Environment::Live, &app.state.secrets).expect("mints");
    let call = |plain: &str| {
        app.request("GET", "/v1/whoami")
            .header("Authorization", &format!("Bearer {plain}"))
            .send()
    };
    call(never_seen.expose()).problem(401, "invalid_token");
    app.write(|conn| {
        use diesel::RunQueryDsl;
        diesel::sql_query("ALTER TABLE api_keys RENAME TO gone").execute(conn)?;
        Ok(())
    });
    call(never_seen.expose()).problem(500, "internal_error");
    call(&with_wrong_check(never_seen.expose())).problem(401, "invalid_token");
}

#[test]
fn strange_input_is_never_the_servers_fault() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write", "admin:keys"]);
    let owner = app.sign_in(Role::Owner).with_sudo();
    let mut answers = Vec::new();
    for path in [
        "/v1/contacts?search=%00",
        "/v1/contacts?search=%FF",
        "/v1/contacts?search=%25_!%27",
        "/v1/contacts?cursor=%00",
        "/v1/contacts?cursor=2026-01-01T00:00:00Z,con_%00",
        "/api/v1/platform/api-keys?search=%00",
        "/api/v1/platform/api-keys?search=%F0%9F%90%A7",
        "/api/v1/platform/api-keys?search=pm_live_%00",
        "/api/v1/platform/api-keys?cursor=4294967295",
        "/api/v1/platform/api-keys/%00",
        "/api/v1/platform/api-keys/key_%00",
        "/api/v1/platform/api-keys/%FF",
    ] {
        let answer = if path.starts_with("/v1") {
            key.get(path)
        } else {
            owner.get(path)
        };
        answers.push((path.to_owned(), answer));
    }
    for body in [
        r#"{"email":"a@example.com","attributes":{"a":"\u0000"}}"#,
        r#"{"email":"a@example.com","attributes":{"\u0000":1}}"#,
        r#"{"email":"a@example.com","attributes":{"a":1e400}}"#,
        r#"{"email":"a@example.com","first_name":"\u0000"}"#,
        r#"{"email":"a@example.com","tags":["\u0000"]}"#,
        r#"{"email":"a@example.com","tags":["a,b","\"","🐧"]}"#,
        r#"{"email":"\u0000a@example.com"}"#,
        r#"{"email":"\ud800@example.com"}"#,
    ] {
        let answer = key
            .request("POST", "/v1/contacts")
            .body("application/json", body);
        answers.push((body.to_owned(), answer.send()));
    }
    for email in ["\u{0}", "a\u{0}@acme.test", "'; --"] {
        let form = json!({"email": email, "password": "\u{0}"});
        let answer = app.browser("POST", "/api/v1/auth/login").json(&form).send();
        answers.push((format!("login as {email:?}"), answer));
    }
    for name in ["a\nb", "\u{0}", "🐧", "\u{202e}a"] {
        let form = json!({"name": name, "environment": "live", "permissions": ["contacts:read"]});
        let answer = owner.post("/api/v1/platform/api-keys", &form);
        answers.push((format!("key named {name:?}"), answer));
    }
    let faults: Vec<_> = answers
        .iter()
        .filter(|(_, answer)| answer.status >= 500)
        .map(|(input, answer)| format!("{input}: {}", answer.status))
        .collect();
    assert_eq!(faults, [""; 0]);
}

#[test]
fn nul_characters_400_with_the_field_and_404_in_ids() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    for (body, field) in [
        (
            r#"{"email":"a@example.com","attributes":{"a":{"b":["\u0000"]}}}"#,
            "attributes.a.b[0]",
        ),
        (
            r#"{"email":"a@example.com","attributes":{"a\u0000":1}}"#,
            "attributes.a",
        ),
        (
            r#"{"email":"a@example.com","tags":["a","\u0000"]}"#,
            "tags[1]",
        ),
        (
            r#"{"email":"a@example.com","last_name":"\u0000"}"#,
            "last_name",
        ),
    ] {
        let request = key
            .request("POST", "/v1/contacts")
            .body("application/json", body);
        let problem = request.send().problem(400, "invalid_field");
        assert_eq!(problem["errors"][0]["field"], field, "{body}");
    }
    // An escaped backslash is not a NUL escape.
    let harmless = r#"{"email":"a@example.com","attributes":{"a":"\\u0000"}}"#;
    let request = key
        .request("POST", "/v1/contacts")
        .body("application/json", harmless);
    request.send().expect(201);
    let problem = key
        .get("/v1/contacts?search=a%00")
        .problem(400, "invalid_query");
    assert_eq!(problem["errors"][0]["field"], "search");
    let owner = app.sign_in(Role::Owner);
    for id in ["key_%00", "%00", "con_4fGh7kQ2mXyZ", "key_"] {
        let path = format!("/api/v1/platform/api-keys/{id}");
        owner.get(&path).problem(404, "not_found");
    }
}

#[test]
fn revoked_under_load_nothing_gets_through_after_the_answer() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({"name": "a", "environment": "live", "permissions": ["contacts:read"]});
    for _ in 0..10 {
        let key = owner.create_key(&form);
        let revoked = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let was_revoked = revoked.load(Ordering::SeqCst) == 1;
                        let status = key.get("/v1/whoami").status;
                        if was_revoked {
                            assert_ne!(status, 200);
                            return;
                        }
                        if status != 200 {
                            return;
                        }
                    }
                });
            }
            owner.delete(&key.path()).expect(200);
            revoked.store(1, Ordering::SeqCst);
        });
        app.advance(TimeDelta::minutes(1));
    }
}
