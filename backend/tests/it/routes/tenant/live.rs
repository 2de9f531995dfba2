//! `GET /api/v1/tenant/live`: usage events.

use crate::util::{TestApp, block_on, json};
use backend::jobs::flush_usage::write_rollups;
use serde_json::Value;
use shared::role::Role;
use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    time::Duration,
};

/// Maximum time to wait for an event.
const EVENT_TIMEOUT: Duration = Duration::from_secs(10);

/// Opens the live stream as the owner, and returns its usage events.
fn usage_events(app: &TestApp) -> impl Iterator<Item = Value> {
    let owner = app.sign_in(Role::Owner);
    let mut stream = TcpStream::connect(app.addr).expect("connects");
    let head = "GET /api/v1/tenant/live HTTP/1.1";
    let request = format!(
        "{head}\r\nHost: {}\r\nCookie: pm_session={}\r\n\r\n",
        app.addr, owner.token
    );
    stream.write_all(request.as_bytes()).expect("asks");
    stream
        .set_read_timeout(Some(EVENT_TIMEOUT))
        .expect("has a timeout");
    let mut lines = BufReader::new(stream)
        .lines()
        .map(|line| line.expect("sends an event in time"));
    // The first event is sent as soon as the stream is open.
    lines
        .find(|line| line.starts_with("event: rate_limit"))
        .expect("begins with the rate limit");
    lines
        .filter(|line| line.starts_with("data: {\"type\":\"usage\""))
        .map(|line| serde_json::from_str(line.trim_start_matches("data: ")).expect("is JSON"))
}

#[test]
fn stream_200_sends_requests_as_they_are_counted() {
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
fn stream_200_sends_requests_that_were_counted_before_they_were_logged() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    let mut events = usage_events(&app);
    key.get("/v1/whoami").expect(200);
    // The response may arrive before the request is counted.
    let mut rollups = Vec::new();
    while rollups.is_empty() {
        app.state.recorder.collect(&mut rollups);
    }
    block_on(write_rollups(&mut rollups, &app.state.db)).unwrap();
    app.flush();
    let event = events.next().unwrap();
    assert_eq!(event["requests"], 0, "the writer of the counts sent them");
    assert_eq!(event["newest"][0]["path"], "/v1/whoami");
}
