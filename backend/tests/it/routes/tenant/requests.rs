//! `GET /api/v1/tenant/requests/{request_id}`.

use crate::util::{API_USAGE, Answer, Session, TestApp, json};
use chrono::TimeDelta;
use diesel::{QueryDsl, RunQueryDsl};
use shared::{plan::Plan, role::Role};

/// Looks up the request with this response.
#[track_caller]
fn look_up(session: &Session<'_>, answer: &Answer) -> Answer {
    session.app.flush();
    let id = answer.header("x-request-id").expect("has an id");
    session.get(&format!("/api/v1/tenant/requests/{id}"))
}

#[test]
fn get_200_describes_the_request() {
    let app = TestApp::start_with(&["--trusted-proxy", "127.0.0.1/32"]);
    let owner = app.sign_in(Role::Owner);
    let key = app.key(&["contacts:read"]);
    let request = key.request("GET", "/v1/contacts?limit=7");
    let answer = request.header("X-Forwarded-For", "198.51.100.7").send();
    let found = look_up(&owner, &answer).expect(200);
    let expected = json!({
        "request_id": answer.header("x-request-id"), "timestamp": app.clock.now(),
        "key_id": key.id, "key_name": "Test", "environment": "live", "source": "api",
        "client_address": "198.51.100.7", "method": "GET", "path": "/v1/contacts",
        "status": 200, "duration_ms": 0.0, "failure": null
    });
    assert_eq!(found, expected);
    // Requests of other companies are not found.
    app.add_tenant("other", Plan::Starter);
    let stranger = Session::sign_in(&app, "owner@other.test");
    look_up(&stranger, &answer).problem(404, "not_found");
    for id in ["req_none", "key_none"] {
        let answer = owner.get(&format!("/api/v1/tenant/requests/{id}"));
        answer.problem(404, "not_found");
    }
}

#[test]
fn get_200_names_the_check_that_failed_and_why() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = app.key(&["contacts:write"]);
    let revoked = app.key(&["contacts:read"]);
    owner.delete(&revoked.path()).expect(200);
    let fenced = owner.create_key(&json!({
        "name": "a", "environment": "live", "permissions": ["contacts:read"],
        "ip_allowlist": ["203.0.113.0/24"]
    }));
    let in_query = format!("/v1/contacts?key={}", key.plain);
    let contact = json!({"email": "someone secret", "first_name": "Ann"});
    for (answer, check, code, message) in [
        (
            key.get(&in_query),
            "syntax",
            "key_in_query",
            "API keys must not be sent in the URL",
        ),
        (
            revoked.get("/v1/contacts"),
            "key",
            "invalid_token",
            "This key has been revoked.",
        ),
        (
            fenced.get("/v1/contacts"),
            "address",
            "ip_not_allowed",
            "may not be used from",
        ),
        (
            key.get("/v1/campaigns"),
            "scope",
            "insufficient_scope",
            "Needed: campaigns:read.",
        ),
        (
            key.post("/v1/contacts", &contact),
            "validation",
            "invalid_email",
            "(email)",
        ),
        (
            key.get("/v1/contacts?limit=x1x"),
            "validation",
            "invalid_query",
            "not allowed",
        ),
        (
            key.get("/v1/nothing/here4711?a=someone%20secret"),
            "validation",
            "not_found",
            "nothing at this address",
        ),
        (
            key.get("/v1/contacts/con_none"),
            "handler",
            "not_found",
            "nothing at this address",
        ),
    ] {
        let found = look_up(&owner, &answer).expect(200);
        assert_eq!(found["status"], answer.status);
        let failure = &found["failure"];
        assert_eq!(
            (&failure["refused_by"], &failure["error"]),
            (&json!(check), &json!(code))
        );
        let said = failure["message"].as_str().unwrap();
        assert!(said.contains(message), "{said}");
    }
    let recent = owner.get(API_USAGE).expect(200)["errors"]["recent"].clone();
    assert_eq!(recent.as_array().unwrap().len(), 8);
    assert_eq!(recent[0]["path"], "/v1/contacts/{id}");
    assert_eq!(recent[1]["path"], "/v1/nothing/…");
    // The log contains nothing that was sent: no id, no query, no key, no body.
    let kept = app.write(|conn| {
        use backend::schema::request_log::dsl;
        let rows: Vec<(String, Option<String>)> = dsl::request_log
            .select((dsl::route, dsl::message))
            .load(conn)?;
        Ok(format!("{rows:?}"))
    });
    for sent in [
        &key.plain[12..],
        "x1x",
        "here4711",
        "con_none",
        "someone secret",
        "Ann",
    ] {
        assert!(!kept.contains(sent), "{sent} is in {kept}");
    }
}

#[test]
fn get_200_names_the_rate_limit_that_was_exceeded() {
    let app = TestApp::start();
    app.set_rate_limits(60, 65);
    let owner = app.sign_in(Role::Owner);
    let key = app.key(&["emails:send"]);
    let mail = json!({"to": "nonsense", "subject": "a", "html_body": "a"});
    let said = |answer: &Answer| {
        let found = look_up(&owner, answer).expect(200);
        assert_eq!(found["failure"]["refused_by"], "rate_limit");
        found["failure"]["message"].as_str().unwrap().to_owned()
    };
    let sends: Vec<_> = (0..61)
        .map(|_| key.post("/v1/emails/send", &mail))
        .collect();
    assert_eq!(
        said(&sends[60]),
        "The limit of POST /v1/emails/send is exceeded: 60 requests per minute on every plan."
    );
    let calls: Vec<_> = (0..6).map(|_| key.get("/v1/whoami")).collect();
    assert_eq!(
        said(&calls[5]),
        "The plan's rate limit is exceeded: 60 requests per minute, 65 at once."
    );
}

#[test]
fn get_404_for_requests_beyond_the_log_budget() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    let key = app.key(&["contacts:read"]);
    // 600 failures and 60 successes are logged per burst. The clock stands still.
    for _ in 0..610 {
        key.get("/v1/campaigns").expect(403);
    }
    let answers: Vec<_> = (0..64).map(|_| key.get("/v1/whoami")).collect();
    let (first, last) = (&answers[0], &answers[63]);
    look_up(&owner, first).expect(200);
    look_up(&owner, last).problem(404, "not_found");
    let report = owner.get(API_USAGE).expect(200);
    assert_eq!(report["totals"]["requests"], 674);
    assert_eq!(report["not_logged"], 10 + 4);
    let metrics = app.request("GET", "/metrics").send().text();
    assert!(
        metrics.contains("penguinmails_requests_not_logged_total 14\n"),
        "{metrics}"
    );
    // A second later, requests are logged again.
    app.advance(TimeDelta::seconds(1));
    look_up(&owner, &key.get("/v1/whoami")).expect(200);

    // The file is sent in several chunks.
    let csv = owner.get(&format!("{API_USAGE}/errors.csv"));
    assert_eq!(csv.status, 200);
    assert_eq!(csv.text().matches("\r\n").count(), 601);
}

#[test]
fn get_200_masks_ids_in_unknown_paths() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    let key = app.key(&["contacts:read"]);
    for (method, path, status, masked) in [
        ("GET", "/v1/contact", 404, "/v1/contact"),
        ("POST", "/v1/email/send", 404, "/v1/email/send"),
        (
            "GET",
            "/v1/contacts/con_a1/notes",
            404,
            "/v1/contacts/…/notes",
        ),
        ("GET", "/v1/users/ann@example.com", 404, "/v1/users/…"),
        ("GET", "/v1/a/b/c/d/e/f", 404, "/v1/a/b/c/d/…"),
        ("GET", "/v1/%70m_live_abc1", 404, "/v1/…"),
        ("PATCH", "/v1/contacts/con_a1", 405, "/v1/contacts/{id}"),
        ("PUT", "/v1/emails/send", 405, "/v1/emails/send"),
        ("OPTIONS", "/v1/whoami", 405, "/v1/whoami"),
    ] {
        let answer = key.request(method, path).send();
        assert_eq!(answer.status, status, "{method} {path}");
        let logged = look_up(&owner, &answer).expect(200);
        assert_eq!(
            (&logged["method"], &logged["path"]),
            (&json!(method), &json!(masked)),
        );
    }
    // Unknown paths are counted together, because clients can make up any number of them.
    let endpoints = owner.get(API_USAGE).expect(200)["endpoints"].clone();
    let mut counted: Vec<_> = endpoints
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let text = |name: &str| it[name].as_str().unwrap().to_owned();
            (text("method"), text("path"), it["requests"].as_u64())
        })
        .collect();
    counted.sort();
    let expected = [
        ("GET", "(unmatched)", 5),
        ("OPTIONS", "/v1/whoami", 1),
        ("PATCH", "/v1/contacts/{id}", 1),
        ("POST", "(unmatched)", 1),
        ("PUT", "/v1/emails/send", 1),
    ];
    let expected = expected.map(|(method, path, n)| (method.to_owned(), path.to_owned(), Some(n)));
    assert_eq!(counted, expected);
}
