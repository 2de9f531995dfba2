//! `GET /api/v1/tenant/analytics/api-usage/errors.csv`.

use crate::util::{API_USAGE, Answer, Session, TestApp, json};
use chrono::TimeDelta;
use serde_json::Value;
use shared::{plan::Plan, role::Role};

/// Returns the rows of a CSV file, without the header.
fn rows(csv: &Answer) -> Vec<Vec<String>> {
    let text = csv.text();
    let body = text.strip_suffix("\r\n").expect("ends its last line");
    let lines = body.split("\r\n").skip(1);
    lines
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect()
}

#[test]
fn get_200_newest_first() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    let (key, other) = (app.key(&["contacts:read"]), app.key(&["contacts:read"]));
    key.get("/v1/whoami").expect(200);
    key.get("/v1/campaigns").expect(403);
    app.advance(TimeDelta::minutes(2));
    let newest = other.get("/v1/nothing");
    app.flush();
    let csv = owner.get(&format!("{API_USAGE}/errors.csv?range=1h"));
    assert_eq!(
        csv.header("content-type"),
        Some("text/csv; charset=utf-8; header=present")
    );
    let day = app.clock.now().format("%Y-%m-%d");
    let name = format!("attachment; filename=\"api-errors-live-{day}-to-{day}.csv\"");
    assert_eq!(csv.header("content-disposition"), Some(&*name));
    let head = "timestamp,method,path,status,error,message,refused_by,duration_ms,key_id,source,request_id";
    assert_eq!(csv.text().lines().next(), Some(head));
    let found = rows(&csv);
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
    let of_key = owner.get(&format!(
        "{API_USAGE}/errors.csv?range=1h&key_id={}",
        key.id
    ));
    assert_eq!(rows(&of_key).len(), 1);
    let from = (app.clock.now() - TimeDelta::minutes(1)).format("%Y-%m-%dT%H:%M:%SZ");
    let recent = owner.get(&format!("{API_USAGE}/errors.csv?range=custom&from={from}"));
    assert_eq!(rows(&recent).len(), 1);
    // Other companies find nothing.
    app.add_tenant("other", Plan::Starter);
    let stranger = Session::sign_in(&app, "owner@other.test");
    let nothing = stranger.get(&format!("{API_USAGE}/errors.csv"));
    assert_eq!(nothing.text(), format!("{head}\r\n"));
}

#[test]
fn get_403_without_both_scopes() {
    let app = TestApp::start();
    let path = format!("{API_USAGE}/errors.csv");
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
        .get(API_USAGE)
        .problem(403, "insufficient_scope");
    assert_eq!(none["required_scope"], json!(["analytics:read"]));
}
