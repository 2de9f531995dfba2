//! `GET /api/v1/tenant/analytics/api-usage`: what is told of the use of the API.

use crate::util::{Key, Session, TestApp, block_on, json};
use backend::{models::tenant::Tenant, usage::flush::write_counts};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use shared::{
    plan::{Plan, PlanLimits},
    role::Role,
};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    time::Duration,
};

const PATH: &str = "/api/v1/tenant/analytics/api-usage";
const PATIENCE: Duration = Duration::from_secs(10);

/// Answers by status, counted where they came in.
type Received = BTreeMap<u16, u64>;

/// What is told after everything was written.
#[track_caller]
fn usage(session: &Session<'_>, query: &str) -> Value {
    session.app.flush();
    session.get(&format!("{PATH}?{query}")).expect(200)
}

fn sum(list: &Value, member: &str) -> u64 {
    let numbers = list.as_array().expect("is a list").iter();
    numbers
        .map(|entry| entry[member].as_u64().expect("is a number"))
        .sum()
}

/// That the answer says exactly this, in every way in which it says it.
#[track_caller]
fn check(usage: &Value, received: &Received) {
    let all: u64 = received.values().sum();
    let failed: Received = received
        .iter()
        .filter(|(status, _)| **status >= 400)
        .map(|(status, count)| (*status, *count))
        .collect();
    let errors: u64 = failed.values().sum();
    assert_eq!(usage["totals"]["requests"], all);
    let rate = (all > 0).then(|| (all - errors) as f64 / all as f64);
    assert_eq!(usage["totals"]["success_rate"], json!(rate));
    assert_eq!(sum(&usage["series"], "total"), all);
    assert_eq!(sum(&usage["series"], "errors"), errors);
    assert_eq!(sum(&usage["series"], "success"), all - errors);
    assert_eq!(sum(&usage["endpoints"], "requests"), all);
    assert_eq!(sum(&usage["endpoints"], "errors"), errors);
    assert_eq!(sum(&usage["keys"], "requests"), all);
    let by_status = usage["errors"]["by_status"].as_array().expect("is a list");
    let told: Received = by_status
        .iter()
        .map(|entry| {
            let [status, count] = ["status", "count"].map(|name| entry[name].as_u64());
            let status = status.and_then(|status| u16::try_from(status).ok());
            (status.expect("is a status"), count.expect("is a number"))
        })
        .collect();
    assert_eq!(told, failed);
}

/// Calls with as many different answers as there can be.
fn call_in_every_way(key: &Key<'_>, dead: &Key<'_>, round: u32, received: &mut Received) {
    let mail = json!({"to": "a@example.com", "subject": "a", "html_body": "a"});
    let other_mail = json!({"to": "b@example.com", "subject": "a", "html_body": "a"});
    let address = format!("a{round}@example.com");
    let once = format!("once-{round}");
    let send = |mail: &Value| {
        let request = key.request("POST", "/v1/emails/send").json(mail);
        request.header("Idempotency-Key", &once)
    };
    let answers = [
        key.get("/v1/whoami"),
        key.get("/v1/contacts"),
        key.post("/v1/contacts", &json!({"email": address})),
        key.post("/v1/contacts", &json!({"email": address})),
        key.post("/v1/contacts", &json!({"email": "nonsense"})),
        key.get("/v1/contacts?limit=0"),
        key.get(&format!("/v1/contacts?key={}", key.plain)),
        key.get("/v1/campaigns"),
        key.get("/v1/contacts/con_none"),
        key.get("/v1/nothing"),
        key.delete("/v1/whoami"),
        key.request("POST", "/v1/contacts")
            .body("text/plain", "a")
            .send(),
        send(&mail).send(),
        send(&other_mail).send(),
        dead.get("/v1/contacts"),
        key.get("/api/v1/tenant/rate-limit"),
        key.get("/v1/whoami"),
        key.get("/v1/whoami"),
    ];
    for answer in answers {
        *received.entry(answer.status).or_default() += 1;
    }
}

fn set_limits(app: &TestApp, rate_per_minute: u32, burst: u32) {
    let limits = PlanLimits {
        rate_per_minute,
        burst,
    };
    app.write(|conn| Tenant::set_limits(conn, &app.tenant, limits));
}

#[test]
fn totals_are_what_was_answered_across_restarts_and_rollup_borders() {
    let mut app = TestApp::start();
    set_limits(&app, 60, 11);
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({
        "name": "a", "environment": "live", "permissions": ["contacts:write", "emails:send"]
    });
    let (key, dead) = (owner.create_key(&form), owner.create_key(&form));
    owner.delete(&dead.path()).expect(200);
    let keys = [key, dead].map(|key| (key.id, key.plain));
    let mut received = Received::new();
    // Within a minute, to the next one, over an hour's and over a day's border.
    let steps = [
        TimeDelta::seconds(20),
        TimeDelta::seconds(59),
        TimeDelta::minutes(61),
        TimeDelta::hours(23),
        TimeDelta::days(3),
        TimeDelta::milliseconds(1),
        TimeDelta::days(9),
    ];
    for (round, step) in (0..).zip(steps) {
        let [key, dead] = keys.clone().map(|(id, plain)| Key {
            app: &app,
            id,
            plain,
        });
        call_in_every_way(&key, &dead, round, &mut received);
        if round % 2 == 1 {
            app.flush();
        }
        app.advance(step);
        if round % 3 == 2 {
            app = app.restart();
        }
    }
    let kinds: Vec<u16> = received.keys().copied().collect();
    let expected = [200, 201, 400, 401, 403, 404, 405, 415, 422, 429];
    assert_eq!(kinds, expected, "{received:?}");
    let owner = app.sign_in(Role::Owner);
    check(&usage(&owner, "range=30d"), &received);
    let from = app.clock.now() - TimeDelta::days(60);
    let query = format!("range=custom&from={}", from.format("%Y-%m-%dT%H:%M:%SZ"));
    check(&usage(&owner, &query), &received);
}

#[test]
fn answers_are_told_by_endpoint_status_and_key() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({"name": "Shop", "environment": "live", "permissions": ["contacts:read"]});
    let key = owner.create_key(&form);
    let other = owner.create_key(&form);
    for _ in 0..3 {
        key.get("/v1/contacts").expect(200);
    }
    key.get("/v1/campaigns").expect(403);
    key.get("/v1/nothing").expect(404);
    other.get("/v1/whoami").expect(200);
    owner.delete(&other.path()).expect(200);
    other.get("/v1/whoami").expect(401);
    let told = usage(&owner, "range=1h");
    let endpoint = |index: usize| {
        let entry = &told["endpoints"][index];
        let route = [&entry["method"], &entry["path"]].map(|text| text.as_str().unwrap());
        (
            route.join(" "),
            entry["requests"].clone(),
            entry["errors"].clone(),
        )
    };
    let expected = [
        ("GET /v1/contacts", 3, 0),
        // Refused before a handler was reached, and counted where it was aimed at.
        ("GET /v1/whoami", 2, 1),
        ("GET (unmatched)", 1, 1),
        ("GET /v1/campaigns", 1, 1),
    ];
    for (index, (route, requests, errors)) in expected.into_iter().enumerate() {
        assert_eq!(
            endpoint(index),
            (route.to_owned(), json!(requests), json!(errors))
        );
    }
    let first = &told["keys"][0];
    assert_eq!(
        (&first["key_id"], &first["name"]),
        (&json!(key.id), &json!("Shop"))
    );
    assert_eq!(
        (&first["requests"], &first["success_rate"]),
        (&json!(5), &json!(0.6))
    );
    assert_eq!(first["last_used_at"], json!(app.clock.now()));
    let shares = &told["errors"]["by_status"];
    assert_eq!(shares[0]["share"], json!(1.0 / 3.0), "{shares}");
    // With a clock that stands still nothing takes any time.
    assert_eq!(told["totals"]["latency_ms_avg"], 0.0);
    assert!(told["totals"]["latency_ms_p95"].as_f64().unwrap() < 0.01);
}

#[test]
fn usage_of_nothing_is_empty_and_not_wrong() {
    let app = TestApp::start();
    let told = usage(&app.sign_in(Role::Developer), "");
    check(&told, &Received::new());
    assert_eq!(told["range"]["bucket_seconds"], 3600);
    assert_eq!(told["series"].as_array().unwrap().len(), 25);
    for member in ["latency_ms_avg", "latency_ms_p50", "rate_limit_used"] {
        assert_eq!(told["totals"][member], Value::Null);
    }
    assert_eq!(told["rate_limit"]["peak"], Value::Null);
    assert_eq!(told["rate_limit"]["series"][0]["limit"], 300);
}

#[test]
fn the_period_before_is_of_the_same_length() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    key.get("/v1/whoami").expect(200);
    app.advance(TimeDelta::minutes(59));
    for _ in 0..2 {
        key.get("/v1/whoami").expect(200);
    }
    app.advance(TimeDelta::minutes(50));
    for _ in 0..4 {
        key.get("/v1/nothing").expect(404);
    }
    let owner = app.sign_in(Role::Owner);
    let told = usage(&owner, "range=1h");
    assert_eq!(told["totals"]["requests"], 6);
    assert_eq!(told["previous"]["requests"], 1);
    assert_eq!(told["previous"]["success_rate"], 1.0);
    let last = told["series"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["errors"], &last["partial"]),
        (&json!(4), &json!(true))
    );
    let told = usage(&owner, "range=24h");
    assert_eq!(
        (&told["totals"]["requests"], &told["previous"]["requests"]),
        (&json!(7), &json!(0))
    );
}

#[test]
fn a_key_is_asked_about_with_those_that_it_has_replaced() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({"name": "a", "environment": "test", "permissions": ["contacts:read"]});
    let (key, other) = (owner.create_key(&form), owner.create_key(&form));
    other.get("/v1/whoami").expect(200);
    key.get("/v1/whoami").expect(200);
    let rotated = owner.post(&key.action("rotate"), &json!({})).expect(201);
    let next = Key::shown(&app, &rotated);
    next.get("/v1/whoami").expect(200);
    key.get("/v1/nothing").expect(404);
    for id in [&key.id, &next.id] {
        let told = usage(&owner, &format!("key_id={id}"));
        check(&told, &Received::from([(200, 2), (404, 1)]));
        assert_eq!(told["keys"].as_array().unwrap().len(), 1);
        assert_eq!(told["keys"][0]["key_id"], json!(next.id));
        assert_eq!(told["keys"][0]["lineage_id"], json!(key.id));
        assert_eq!(told["errors"]["recent"][0]["key_id"], json!(key.id));
        assert_eq!(told["rate_limit"]["environment"], "test");
    }
    let all_of_test = usage(&owner, "environment=test");
    check(&all_of_test, &Received::from([(200, 3), (404, 1)]));
}

fn minute(app: &TestApp, minutes: i64) -> String {
    let start: DateTime<Utc> = app.clock.now() + TimeDelta::minutes(minutes);
    start.format("%Y-%m-%dT%H:%M:00Z").to_string()
}

#[test]
fn a_custom_range_is_cut_to_the_minute() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    for count in 1..=4 {
        for _ in 0..count {
            key.get("/v1/whoami").expect(200);
        }
        app.advance(TimeDelta::minutes(1));
    }
    let owner = app.sign_in(Role::Owner);
    let (from, to) = (minute(&app, -3), minute(&app, -1));
    let told = usage(&owner, &format!("range=custom&from={from}&to={to}"));
    check(&told, &Received::from([(200, 2 + 3)]));
    assert_eq!(
        told["range"],
        json!({"from": from, "to": to, "bucket_seconds": 60})
    );
    let counts: Vec<_> = told["series"].as_array().unwrap().iter().collect();
    let told: Vec<_> = counts
        .iter()
        .map(|point| (&point["total"], &point["partial"]))
        .collect();
    assert_eq!(
        told,
        [(&json!(2), &json!(false)), (&json!(3), &json!(false))]
    );
}

#[test]
fn what_cannot_be_asked_is_named() {
    let app = TestApp::start();
    app.add_tenant("other", Plan::Starter);
    let owner = app.sign_in(Role::Owner);
    let stranger = Session::sign_in(&app, "owner@other.test");
    for (query, fields) in [
        ("range=2h", &["range"][..]),
        (
            "range=x&from=y&to=z&key_id=msg_a",
            &["range", "from", "to", "key_id"],
        ),
        ("range=custom", &["from"]),
        ("range=24h&from=2026-01-01T00:00:00Z", &["from"]),
        ("to=2026-01-01T00:00:00Z", &["to"]),
        ("range=custom&from=2099-01-01T00:00:00Z", &["from"]),
        (
            "range=custom&from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z",
            &["to"],
        ),
        ("range=custom&from=2020-01-01T00:00:00Z", &["from"]),
        ("day=1", &["day"]),
    ] {
        for path in [PATH.to_owned(), format!("{PATH}/errors.csv")] {
            let answer = owner.get(&format!("{path}?{query}"));
            answer.problem_of_fields(400, "invalid_query", fields);
        }
    }
    let key = app.key(&["contacts:read"]);
    for id in [&key.id, "key_none"] {
        let answer = stranger.get(&format!("{PATH}?key_id={id}"));
        answer.problem(404, "not_found");
    }
    owner.get(&format!("{PATH}?key_id={}", key.id)).expect(200);
}

#[test]
fn an_answer_is_given_again_for_a_minute() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    let owner = app.sign_in(Role::Owner);
    key.get("/v1/whoami").expect(200);
    let told = usage(&owner, "range=24h");
    key.get("/v1/whoami").expect(200);
    app.advance(TimeDelta::seconds(40));
    app.flush();
    let answer = owner.get(&format!("{PATH}?range=24h"));
    assert_eq!(answer.json(), told);
    assert_eq!(answer.header("cache-control"), Some("private, max-age=60"));
    // A browser keeps it for what is left of the minute.
    assert_eq!(answer.header("age"), Some("40"));
    // Everybody else has his own.
    app.add_tenant("other", Plan::Starter);
    let stranger = Session::sign_in(&app, "owner@other.test");
    assert_eq!(usage(&stranger, "range=24h")["totals"]["requests"], 0);
    assert_eq!(usage(&owner, "range=1h")["totals"]["requests"], 2);
    app.advance(TimeDelta::seconds(20));
    assert_eq!(usage(&owner, "range=24h")["totals"]["requests"], 2);
}

#[test]
fn the_playground_counts_and_is_no_use_by_a_program() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({"name": "a", "environment": "test", "permissions": ["contacts:read"]});
    let key = owner.create_key(&form);
    key.playground_token(&owner).get("/v1/whoami").expect(200);
    let told = usage(&owner, "environment=test");
    check(&told, &Received::from([(200, 1)]));
    assert_eq!(told["keys"][0]["last_used_at"], Value::Null);
}

/// The events of use that an Owner's dashboard hears from now on.
fn usage_events(app: &TestApp) -> impl Iterator<Item = Value> {
    let owner = app.sign_in(Role::Owner);
    let mut stream = TcpStream::connect(app.addr).expect("connects");
    let head = "GET /api/v1/tenant/live HTTP/1.1";
    let request = format!(
        "{head}\r\nHost: {}\r\nCookie: pm_session={}\r\n\r\n",
        app.addr, owner.token
    );
    stream.write_all(request.as_bytes()).expect("asks");
    // An event that never comes is a failure, not a test without end.
    stream
        .set_read_timeout(Some(PATIENCE))
        .expect("has a timeout");
    let mut lines = BufReader::new(stream)
        .lines()
        .map(|line| line.expect("says something in time"));
    // The first event is on its way as soon as the stream is open.
    lines
        .find(|line| line.starts_with("event: rate_limit"))
        .expect("begins with the rate limit");
    lines
        .filter(|line| line.starts_with("data: {\"type\":\"usage\""))
        .map(|line| serde_json::from_str(line.trim_start_matches("data: ")).expect("is JSON"))
}

#[test]
fn new_requests_are_told_as_they_are_counted() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    let mut events = usage_events(&app);
    key.get("/v1/whoami").expect(200);
    let failed = key.get("/v1/nothing");
    failed.problem(404, "not_found");
    // The server may have written one of them before the other.
    let (mut requests, mut errors, mut newest) = (0, 0, Value::Null);
    while requests < 2 {
        app.flush();
        let event = events.next().unwrap();
        assert_eq!(event["keys"], json!([key.id]));
        requests += event["requests"].as_u64().unwrap();
        errors += event["errors"].as_u64().unwrap();
        newest = event["newest"][0].clone();
    }
    assert_eq!((requests, errors), (2, 1));
    let expected = json!({
        "request_id": failed.header("x-request-id"), "at": app.clock.now(), "key_id": key.id,
        "environment": "live", "lineage_id": key.id,
        "method": "GET", "path": "/v1/nothing", "status": 404, "duration_ms": 0
    });
    assert_eq!(newest, expected);
}

#[test]
fn a_request_that_was_counted_before_it_was_logged_is_told_too() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    let mut events = usage_events(&app);
    key.get("/v1/whoami").expect(200);
    // Its answer may be here before it is counted.
    let counted = || block_on(write_counts(&app.state.recorder, &app.state.db)).unwrap();
    while counted().is_empty() {}
    app.flush();
    let event = events.next().unwrap();
    assert_eq!(
        event["requests"], 0,
        "the counts were told by who counted them"
    );
    assert_eq!(event["newest"][0]["path"], "/v1/whoami");
}
