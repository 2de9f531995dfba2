//! `GET /api/v1/tenant/analytics/api-usage`.

use crate::util::{API_USAGE, Key, ResponseCounts, Session, TestApp, check_api_usage, json};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use shared::{plan::Plan, role::Role};

#[test]
fn get_200_by_endpoint_status_and_key() {
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
    let report = owner.api_usage("range=1h");
    // Rejected calls count for the endpoint that they were meant for.
    insta::assert_json_snapshot!(report["endpoints"], @r#"
    [
      {
        "method": "GET",
        "path": "/v1/contacts",
        "requests": 3,
        "success_rate": 1.0,
        "latency_ms_avg": 0.0,
        "latency_ms_p95": 0.0,
        "errors": 0
      },
      {
        "method": "GET",
        "path": "/v1/whoami",
        "requests": 2,
        "success_rate": 0.5,
        "latency_ms_avg": 0.0,
        "latency_ms_p95": 0.0,
        "errors": 1
      },
      {
        "method": "GET",
        "path": "(unmatched)",
        "requests": 1,
        "success_rate": 0.0,
        "latency_ms_avg": 0.0,
        "latency_ms_p95": 0.0,
        "errors": 1
      },
      {
        "method": "GET",
        "path": "/v1/campaigns",
        "requests": 1,
        "success_rate": 0.0,
        "latency_ms_avg": 0.0,
        "latency_ms_p95": 0.0,
        "errors": 1
      }
    ]
    "#);
    insta::assert_json_snapshot!(report["keys"], {
        "[].key_id" => "[key id]", "[].lineage_id" => "[key id]"
    }, @r#"
    [
      {
        "key_id": "[key id]",
        "lineage_id": "[key id]",
        "name": "Shop",
        "requests": 5,
        "success_rate": 0.6,
        "last_used_at": "2026-11-18T11:06:40Z"
      },
      {
        "key_id": "[key id]",
        "lineage_id": "[key id]",
        "name": "Shop",
        "requests": 2,
        "success_rate": 0.5,
        "last_used_at": "2026-11-18T11:06:40Z"
      }
    ]
    "#);
    assert_eq!(report["keys"][0]["key_id"], json!(key.id));
    let shares = &report["errors"]["by_status"];
    assert_eq!(shares[0]["share"], json!(1.0 / 3.0), "{shares}");
    // The clock stands still.
    assert_eq!(report["totals"]["latency_ms_avg"], 0.0);
    assert!(report["totals"]["latency_ms_p95"].as_f64().unwrap() < 0.01);
}

#[test]
fn get_200_without_requests_is_empty() {
    let app = TestApp::start();
    let report = app.sign_in(Role::Developer).api_usage("");
    check_api_usage(&report, &ResponseCounts::new());
    assert_eq!(report["range"]["bucket_seconds"], 3600);
    assert_eq!(report["series"].as_array().unwrap().len(), 25);
    insta::assert_json_snapshot!(report["totals"], @r#"
    {
      "requests": 0,
      "success_rate": null,
      "latency_ms_avg": null,
      "latency_ms_p50": null,
      "latency_ms_p95": null,
      "latency_ms_p99": null,
      "rate_limit_used": null
    }
    "#);
    assert_eq!(report["rate_limit"]["peak"], Value::Null);
    assert_eq!(report["rate_limit"]["series"][0]["limit"], 300);
}

#[test]
fn get_200_compares_with_the_previous_period_of_the_same_length() {
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
    let report = owner.api_usage("range=1h");
    assert_eq!(report["totals"]["requests"], 6);
    assert_eq!(report["previous"]["requests"], 1);
    assert_eq!(report["previous"]["success_rate"], 1.0);
    let last = report["series"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["errors"], &last["partial"]),
        (&json!(4), &json!(true))
    );
    let report = owner.api_usage("range=24h");
    assert_eq!(
        (
            &report["totals"]["requests"],
            &report["previous"]["requests"]
        ),
        (&json!(7), &json!(0))
    );
}

#[test]
fn get_200_for_a_key_includes_its_predecessors() {
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
        let report = owner.api_usage(&format!("key_id={id}"));
        check_api_usage(&report, &ResponseCounts::from([(200, 2), (404, 1)]));
        assert_eq!(report["keys"].as_array().unwrap().len(), 1);
        assert_eq!(report["keys"][0]["key_id"], json!(next.id));
        assert_eq!(report["keys"][0]["lineage_id"], json!(key.id));
        assert_eq!(report["errors"]["recent"][0]["key_id"], json!(key.id));
        assert_eq!(report["rate_limit"]["environment"], "test");
    }
    let all_of_test = owner.api_usage("environment=test");
    check_api_usage(&all_of_test, &ResponseCounts::from([(200, 3), (404, 1)]));
}

/// Returns the time this many minutes from now, truncated to the minute.
fn minute(app: &TestApp, minutes: i64) -> String {
    let start: DateTime<Utc> = app.clock.now() + TimeDelta::minutes(minutes);
    start.format("%Y-%m-%dT%H:%M:00Z").to_string()
}

#[test]
fn get_200_custom_range_is_truncated_to_the_minute() {
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
    let report = owner.api_usage(&format!("range=custom&from={from}&to={to}"));
    check_api_usage(&report, &ResponseCounts::from([(200, 2 + 3)]));
    assert_eq!(report["range"]["from"], from);
    assert_eq!(report["range"]["to"], to);
    let range = json!({"range": report["range"], "series": report["series"]});
    insta::assert_json_snapshot!(range, @r#"
    {
      "range": {
        "from": "2026-11-18T11:07:00Z",
        "to": "2026-11-18T11:09:00Z",
        "bucket_seconds": 60
      },
      "series": [
        {
          "t": "2026-11-18T11:07:00Z",
          "total": 2,
          "success": 2,
          "errors": 0,
          "partial": false
        },
        {
          "t": "2026-11-18T11:08:00Z",
          "total": 3,
          "success": 3,
          "errors": 0,
          "partial": false
        }
      ]
    }
    "#);
}

#[test]
fn get_400_names_the_invalid_parameters() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
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
        for path in [API_USAGE.to_owned(), format!("{API_USAGE}/errors.csv")] {
            let answer = owner.get(&format!("{path}?{query}"));
            answer.problem_of_fields(400, "invalid_query", fields);
        }
    }
}

#[test]
fn get_404_for_the_key_of_another_tenant() {
    let app = TestApp::start();
    app.add_tenant("other", Plan::Starter);
    let owner = app.sign_in(Role::Owner);
    let stranger = Session::sign_in(&app, "owner@other.test");
    let key = app.key(&["contacts:read"]);
    for id in [&key.id, "key_none"] {
        let answer = stranger.get(&format!("{API_USAGE}?key_id={id}"));
        answer.problem(404, "not_found");
    }
    owner
        .get(&format!("{API_USAGE}?key_id={}", key.id))
        .expect(200);
}

#[test]
fn get_200_is_cached_for_a_minute() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    let owner = app.sign_in(Role::Owner);
    key.get("/v1/whoami").expect(200);
    let report = owner.api_usage("range=24h");
    key.get("/v1/whoami").expect(200);
    app.advance(TimeDelta::seconds(40));
    app.flush();
    let answer = owner.get(&format!("{API_USAGE}?range=24h"));
    assert_eq!(answer.json(), report);
    assert_eq!(answer.header("cache-control"), Some("private, max-age=60"));
    // Browsers cache it for the rest of the minute.
    assert_eq!(answer.header("age"), Some("40"));
    // Other tenants and other queries have their own cache entries.
    app.add_tenant("other", Plan::Starter);
    let stranger = Session::sign_in(&app, "owner@other.test");
    assert_eq!(stranger.api_usage("range=24h")["totals"]["requests"], 0);
    assert_eq!(owner.api_usage("range=1h")["totals"]["requests"], 2);
    app.advance(TimeDelta::seconds(20));
    assert_eq!(owner.api_usage("range=24h")["totals"]["requests"], 2);
}

#[test]
fn get_200_counts_playground_calls_without_using_the_key() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({"name": "a", "environment": "test", "permissions": ["contacts:read"]});
    let key = owner.create_key(&form);
    key.playground_token(&owner).get("/v1/whoami").expect(200);
    let report = owner.api_usage("environment=test");
    check_api_usage(&report, &ResponseCounts::from([(200, 1)]));
    assert_eq!(report["keys"][0]["last_used_at"], Value::Null);
}
