//! `GET /api/v1/tenant/analytics/api-usage`: peaks and events of the rate limit, as exact numbers.

use crate::util::{Key, Session, TestApp, json};
use chrono::{DurationRound, TimeDelta};
use serde_json::Value;
use shared::role::Role;

/// Returns the rate limit's part of the usage report.
#[track_caller]
fn rate_limit(session: &Session<'_>, query: &str) -> Value {
    let report = session.api_usage(query);
    let (used, peak) = (
        &report["totals"]["rate_limit_used"],
        &report["rate_limit"]["peak"],
    );
    let ratio = |peak: &Value| Some(peak["value"].as_f64()? / peak["limit"].as_f64()?);
    // Rounds, because one of the ratios was serialized as a decimal number.
    let rounded = |ratio: Option<f64>| ratio.map(|ratio| (ratio * 1e9).round());
    assert_eq!(rounded(used.as_f64()), rounded(ratio(peak)));
    report["rate_limit"].clone()
}

/// Makes requests and returns how many were admitted and rejected.
fn call(key: &Key<'_>, times: usize) -> (usize, usize) {
    let statuses: Vec<_> = (0..times).map(|_| key.get("/v1/whoami").status).collect();
    let count = |wanted: u16| statuses.iter().filter(|status| **status == wanted).count();
    let counts = (count(200), count(429));
    assert_eq!(counts.0 + counts.1, times, "{statuses:?}");
    counts
}

#[test]
fn get_200_peaks_and_rejections_keep_the_limit_of_their_minute() {
    let app = TestApp::start();
    app.set_rate_limits(60, 10);
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = |environment| json!({"name": "a", "environment": environment, "permissions": ["contacts:read"]});
    let (live, test) = (
        owner.create_key(&form("live")),
        owner.create_key(&form("test")),
    );
    let minute = |ago: i64| {
        let at = app.clock.now() - TimeDelta::minutes(ago);
        json!(at.duration_trunc(TimeDelta::minutes(1)).unwrap())
    };
    assert_eq!(call(&live, 13), (10, 3));
    assert_eq!(call(&test, 4), (4, 0));
    // One minute's requests are written in two parts.
    app.flush();
    app.advance(TimeDelta::seconds(2));
    assert_eq!(call(&live, 3), (2, 1));
    app.advance(TimeDelta::minutes(1));
    assert_eq!(call(&live, 5), (5, 0));
    let history = rate_limit(&owner, "range=1h");
    insta::assert_json_snapshot!(history, {".series" => "[series]"}, @r#"
    {
      "environment": "live",
      "series": "[series]",
      "exceeded_24h": 4,
      "exceeded_24h_by_endpoints": 0,
      "peak": {
        "value": 12,
        "limit": 60,
        "at": "2026-11-18T11:06:00Z"
      },
      "events": [
        {
          "at": "2026-11-18T11:06:00Z",
          "refused": 4,
          "refused_by_endpoints": 0,
          "admitted": 12,
          "limit": 60
        }
      ]
    }
    "#);
    let points = history["series"].as_array().unwrap();
    assert_eq!(points.len(), 61);
    insta::assert_json_snapshot!(points[58..], @r#"
    [
      {
        "t": "2026-11-18T11:05:00Z",
        "peak": 0,
        "limit": 60
      },
      {
        "t": "2026-11-18T11:06:00Z",
        "peak": 12,
        "limit": 60
      },
      {
        "t": "2026-11-18T11:07:00Z",
        "peak": 5,
        "limit": 60
      }
    ]
    "#);
    let of_test = rate_limit(&owner, &format!("range=1h&key_id={}", test.id));
    assert_eq!(
        of_test["peak"],
        json!({"value": 4, "limit": 60, "at": minute(1)})
    );
    assert_eq!(of_test["exceeded_24h"], 0);

    // Another plan in another hour does not change the history.
    app.advance(TimeDelta::hours(2));
    app.set_rate_limits(1000, 2000);
    assert_eq!(call(&live, 15), (15, 0));
    // 12 of 60 requests are a larger share than 15 of 1,000.
    let twelve_of_sixty = json!({"value": 12, "limit": 60, "at": minute(121)});
    let history = rate_limit(&owner, "range=24h");
    assert_eq!(history["peak"], twelve_of_sixty);
    assert_eq!(history["exceeded_24h"], 4);
    let points = history["series"].as_array().unwrap();
    let hours: Vec<_> = points[22..]
        .iter()
        .map(|point| (&point["peak"], &point["limit"]))
        .collect();
    let [twelve, none, fifteen] = [12, 0, 15].map(|peak| json!(peak));
    let [old, new] = [60, 1000].map(|limit| json!(limit));
    assert_eq!(hours, [(&twelve, &old), (&none, &old), (&fifteen, &new)]);
    // The peak of a day is the largest share of all its hours.
    let history = rate_limit(&owner, "range=30d");
    assert_eq!(history["peak"], twelve_of_sixty);
}

#[test]
fn get_200_peak_is_the_largest_share_of_its_minutes_limit() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = app.key(&["contacts:read"]);
    let peak = |range: &str| {
        let peak = rate_limit(&owner, &format!("range={range}"))["peak"].clone();
        (peak["value"].clone(), peak["limit"].clone())
    };
    // A minute at 168 %, then one with more requests that is at 43 % of a higher limit.
    app.set_rate_limits(30, 504);
    assert_eq!(call(&key, 50), (50, 0));
    app.flush();
    app.set_rate_limits(300, 500);
    app.advance(TimeDelta::minutes(1));
    assert_eq!(call(&key, 129), (129, 0));
    for range in ["1h", "24h", "7d", "30d"] {
        assert_eq!(peak(range), (json!(50), json!(30)), "{range}");
    }
    // A minute keeps its share if the limit is raised before it ends.
    app.set_rate_limits(30, 500);
    app.advance(TimeDelta::minutes(30));
    assert_eq!(call(&key, 60), (60, 0));
    app.set_rate_limits(3000, 3000);
    assert_eq!(call(&key, 5), (5, 0));
    for range in ["1h", "24h", "30d"] {
        assert_eq!(peak(range), (json!(60), json!(30)), "{range}");
    }
}

#[test]
fn get_200_history_leaves_out_requests_that_no_limit_checked() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = app.key(&["contacts:read"]);
    key.get("/v1/campaigns").expect(403);
    key.get("/v1/nothing").expect(404);
    assert_eq!(rate_limit(&owner, "range=1h")["peak"], Value::Null);
    key.get("/v1/contacts?limit=0").expect(400);
    assert_eq!(rate_limit(&owner, "range=24h")["peak"]["value"], 1);
    // Rejections by an endpoint's own limit count as rejections.
    let sender = app.key(&["emails:send"]);
    let mail = json!({"to": "a@sandbox.penguinmails.test", "subject": "a", "html_body": "a"});
    let rejected = (0..62)
        .filter(|_| sender.post("/v1/emails/send", &mail).status == 429)
        .count();
    assert_eq!(rejected, 2);
    let history = rate_limit(&owner, "range=7d");
    insta::assert_json_snapshot!(history, {".series" => "[series]"}, @r#"
    {
      "environment": "live",
      "series": "[series]",
      "exceeded_24h": 2,
      "exceeded_24h_by_endpoints": 2,
      "peak": {
        "value": 61,
        "limit": 300,
        "at": "2026-11-18T11:06:00Z"
      },
      "events": [
        {
          "at": "2026-11-18T11:06:00Z",
          "refused": 2,
          "refused_by_endpoints": 2,
          "admitted": 61,
          "limit": 300
        }
      ]
    }
    "#);
    // Rejections are counted for a day.
    app.advance(TimeDelta::hours(24) + TimeDelta::minutes(1));
    let owner = app.sign_in(Role::Owner);
    assert_eq!(rate_limit(&owner, "range=7d")["exceeded_24h"], 0);
}
