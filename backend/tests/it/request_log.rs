//! The request log: lookup by id, CSV export, and sampling under load.

use crate::util::{Answer, Session, TestApp, json};
use backend::models::tenant::Tenant;
use chrono::TimeDelta;
use diesel::{QueryDsl, RunQueryDsl};
use serde_json::Value;
use shared::{
    plan::{Plan, PlanLimits},
    role::Role,
};

const USAGE: &str = "/api/v1/tenant/analytics/api-usage";

/// Looks up the request with this response.
#[track_caller]
fn look_up(session: &Session<'_>, answer: &Answer) -> Answer {
    session.app.flush();
    let id = answer.header("x-request-id").expect("has an id");
    session.get(&format!("/api/v1/tenant/requests/{id}"))
}

#[test]
fn a_request_is_found_by_its_id() {
    let app = TestApp::start_with(&["--trusted-proxy", "127.0.0.1/32"]);
    let owner = app.sign_in(Role::Owner);
    let key = app.key(&["contacts:read"]);
    let request = key.request("GET", "/v1/contacts?limit=7");
    let answer = request.header("X-Forwarded-For", "198.51.100.7").send();
    let told = look_up(&owner, &answer).expect(200);
    let expected = json!({
        "request_id": answer.header("x-request-id"), "timestamp": app.clock.now(),
        "key_id": key.id, "key_name": "Test", "environment": "live", "source": "api",
        "client_address": "198.51.100.7", "method": "GET", "path": "/v1/contacts",
        "status": 200, "duration_ms": 0.0, "failure": null
    });
    assert_eq!(told, expected);
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
fn a_failure_tells_which_check_refused_it_and_why() {
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
        let told = look_up(&owner, &answer).expect(200);
        assert_eq!(told["status"], answer.status);
        let failure = &told["failure"];
        assert_eq!(
            (&failure["refused_by"], &failure["error"]),
            (&json!(check), &json!(code))
        );
        let said = failure["message"].as_str().unwrap();
        assert!(said.contains(message), "{said}");
    }
    let recent = owner.get(USAGE).expect(200)["errors"]["recent"].clone();
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
fn a_refusal_by_a_limit_tells_whose_limit_it_was() {
    let app = TestApp::start();
    let limits = PlanLimits {
        rate_per_minute: 60,
        burst: 65,
    };
    app.write(|conn| Tenant::set_limits(conn, &app.tenant, limits));
    let owner = app.sign_in(Role::Owner);
    let key = app.key(&["emails:send"]);
    let mail = json!({"to": "nonsense", "subject": "a", "html_body": "a"});
    let said = |answer: &Answer| {
        let told = look_up(&owner, answer).expect(200);
        assert_eq!(told["failure"]["refused_by"], "rate_limit");
        told["failure"]["message"].as_str().unwrap().to_owned()
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
fn what_is_too_much_is_counted_as_not_logged() {
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
    let told = owner.get(USAGE).expect(200);
    assert_eq!(told["totals"]["requests"], 674);
    assert_eq!(told["not_logged"], 10 + 4);
    let metrics = app.request("GET", "/metrics").send().text();
    assert!(
        metrics.contains("penguinmails_requests_not_logged_total 14\n"),
        "{metrics}"
    );
    // A second later, requests are logged again.
    app.advance(TimeDelta::seconds(1));
    look_up(&owner, &key.get("/v1/whoami")).expect(200);

    // The file is sent in several chunks.
    let csv = owner.get(&format!("{USAGE}/errors.csv"));
    assert_eq!(csv.status, 200);
    assert_eq!(csv.text().matches("\r\n").count(), 601);
}

/// Returns the rows of a CSV file, without the header.
fn lines(csv: &Answer) -> Vec<Vec<String>> {
    let text = csv.text();
    let body = text.strip_suffix("\r\n").expect("ends its last line");
    let lines = body.split("\r\n").skip(1);
    lines
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect()
}

#[test]
fn errors_come_as_a_file_newest_first() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    let (key, other) = (app.key(&["contacts:read"]), app.key(&["contacts:read"]));
    key.get("/v1/whoami").expect(200);
    key.get("/v1/campaigns").expect(403);
    app.advance(TimeDelta::minutes(2));
    let newest = other.get("/v1/nothing");
    app.flush();
    let csv = owner.get(&format!("{USAGE}/errors.csv?range=1h"));
    assert_eq!(
        csv.header("content-type"),
        Some("text/csv; charset=utf-8; header=present")
    );
    let day = app.clock.now().format("%Y-%m-%d");
    let name = format!("attachment; filename=\"api-errors-live-{day}-to-{day}.csv\"");
    assert_eq!(csv.header("content-disposition"), Some(&*name));
    let head = "timestamp,method,path,status,error,message,refused_by,duration_ms,key_id,source,request_id";
    assert_eq!(csv.text().lines().next(), Some(head));
    let found = lines(&csv);
    assert_eq!(found.len(), 2);
    let now = app.clock.now().format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
    let id = newest.header("x-request-id").unwrap();
    let expected = [
        &*now,
        "GET",
        "/v1/nothing",
        "404",
        "not_found",
        "There is nothing at this address.",
        "validation",
        "0",
        &other.id,
        "api",
        id,
    ];
    assert_eq!(found[0], expected);
    assert_eq!(found[1][3], "403");
    let of_key = owner.get(&format!("{USAGE}/errors.csv?range=1h&key_id={}", key.id));
    assert_eq!(lines(&of_key).len(), 1);
    let from = (app.clock.now() - TimeDelta::minutes(1)).format("%Y-%m-%dT%H:%M:%SZ");
    let recent = owner.get(&format!("{USAGE}/errors.csv?range=custom&from={from}"));
    assert_eq!(lines(&recent).len(), 1);
    // Other companies find nothing.
    app.add_tenant("other", Plan::Starter);
    let stranger = Session::sign_in(&app, "owner@other.test");
    let nothing = stranger.get(&format!("{USAGE}/errors.csv"));
    assert_eq!(nothing.text(), format!("{head}\r\n"));
}

#[test]
fn a_program_needs_both_scopes_for_the_file() {
    let app = TestApp::start();
    let path = format!("{USAGE}/errors.csv");
    for (scopes, missing) in [
        (&["analytics:read"][..], "analytics:export"),
        (&["analytics:export"], "analytics:read"),
    ] {
        let problem = app
            .key(scopes)
            .get(&path)
            .problem(403, "insufficient_scope");
        assert_eq!(problem["required_scope"], json!([missing]));
    }
    let both = app.key(&["analytics:read", "analytics:export"]);
    assert_eq!(both.get(&path).status, 200);
    let none: Value = app
        .key(&["contacts:read"])
        .get(USAGE)
        .problem(403, "insufficient_scope");
    assert_eq!(none["required_scope"], json!(["analytics:read"]));
}

#[test]
fn unknown_paths_and_methods_are_told_by_name_with_ids_masked() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    let key = app.key(&["contacts:read"]);
    for (method, path, status, told) in [
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
            (&json!(method), &json!(told)),
        );
    }
    // Unknown paths are counted together, because clients can make up any number of them.
    let endpoints = owner.get(USAGE).expect(200)["endpoints"].clone();
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
