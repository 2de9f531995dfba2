//! Peaks and events in the history of the rate limit, as exact numbers.

use crate::util::{Key, Session, TestApp, json};
use backend::models::tenant::Tenant;
use chrono::{DurationRound, TimeDelta};
use serde_json::Value;
use shared::{plan::PlanLimits, role::Role};

#[track_caller]
fn rate_limit(session: &Session<'_>, query: &str) -> Value {
    session.app.flush();
    let path = format!("/api/v1/tenant/analytics/api-usage?{query}");
    let told = session.get(&path).expect(200);
    let (used, peak) = (
        &told["totals"]["rate_limit_used"],
        &told["rate_limit"]["peak"],
    );
    let ratio = |peak: &Value| Some(peak["value"].as_f64()? / peak["limit"].as_f64()?);
    // Rounds, because one of the ratios was serialized as a decimal number.
    let rounded = |ratio: Option<f64>| ratio.map(|ratio| (ratio * 1e9).round());
    assert_eq!(rounded(used.as_f64()), rounded(ratio(peak)));
    told["rate_limit"].clone()
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
fn peaks_and_refusals_are_exact_and_keep_the_limit_of_their_time() {
    let app = TestApp::start();
    let limits = PlanLimits {
        rate_per_minute: 60,
        burst: 10,
    };
    app.write(|conn| Tenant::set_limits(conn, &app.tenant, limits));
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
    let busiest = json!({"value": 12, "limit": 60, "at": minute(1)});
    assert_eq!(history["environment"], "live");
    assert_eq!(history["peak"], busiest);
    assert_eq!(history["exceeded_24h"], 4);
    let event = json!([{
        "at": minute(1), "refused": 4, "refused_by_endpoints": 0, "admitted": 12, "limit": 60
    }]);
    assert_eq!(history["events"], event);
    let points = history["series"].as_array().unwrap();
    assert_eq!(points.len(), 61);
    assert_eq!(points[60], json!({"t": minute(0), "peak": 5, "limit": 60}));
    assert_eq!(points[59], json!({"t": minute(1), "peak": 12, "limit": 60}));
    assert_eq!(points[58], json!({"t": minute(2), "peak": 0, "limit": 60}));
    let of_test = rate_limit(&owner, &format!("range=1h&key_id={}", test.id));
    assert_eq!(
        of_test["peak"],
        json!({"value": 4, "limit": 60, "at": minute(1)})
    );
    assert_eq!(of_test["exceeded_24h"], 0);

    // Another plan in another hour does not change the history.
    app.advance(TimeDelta::hours(2));
    app.write(|conn| {
        let limits = PlanLimits {
            rate_per_minute: 1000,
            burst: 2000,
        };
        Tenant::set_limits(conn, &app.tenant, limits)
    });
    let tenant = app.write(|conn| Tenant::get(conn, &app.tenant));
    app.state.tenants.limits(&tenant).unwrap();
    assert_eq!(call(&live, 15), (15, 0));
    // 12 of 60 requests are a larger share than 15 of 1,000.
    let twelve_of_sixty = json!({"value": 12, "limit": 60, "at": minute(121)});
    let history = rate_limit(&owner, "range=24h");
    assert_eq!(history["peak"], twelve_of_sixty);
    assert_eq!(history["exceeded_24h"], 4);
    let points = history["series"].as_array().unwrap();
    let told: Vec<_> = points[22..]
        .iter()
        .map(|point| (&point["peak"], &point["limit"]))
        .collect();
    let [twelve, none, fifteen] = [12, 0, 15].map(|peak| json!(peak));
    let [old, new] = [60, 1000].map(|limit| json!(limit));
    assert_eq!(told, [(&twelve, &old), (&none, &old), (&fifteen, &new)]);
    // The peak of a day is the largest share of all its hours.
    let history = rate_limit(&owner, "range=30d");
    assert_eq!(history["peak"], twelve_of_sixty);
}

#[test]
fn the_peak_is_the_largest_share_of_the_limit_of_its_minute() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = app.key(&["contacts:read"]);
    let set_limits = |rate_per_minute, burst| {
        let limits = PlanLimits {
            rate_per_minute,
            burst,
        };
        let tenant = app.write(|conn| {
            Tenant::set_limits(conn, &app.tenant, limits)?;
            Tenant::get(conn, &app.tenant)
        });
        app.state.tenants.limits(&tenant).unwrap();
    };
    let peak = |range: &str| {
        let peak = rate_limit(&owner, &format!("range={range}"))["peak"].clone();
        (peak["value"].clone(), peak["limit"].clone())
    };
    // A minute at 168 %, then one with more requests that is at 43 % of a higher limit.
    set_limits(30, 504);
    assert_eq!(call(&key, 50), (50, 0));
    app.flush();
    set_limits(300, 500);
    app.advance(TimeDelta::minutes(1));
    assert_eq!(call(&key, 129), (129, 0));
    for range in ["1h", "24h", "7d", "30d"] {
        assert_eq!(peak(range), (json!(50), json!(30)), "{range}");
    }
    // A minute keeps its share if the limit is raised before it ends.
    set_limits(30, 500);
    app.advance(TimeDelta::minutes(30));
    assert_eq!(call(&key, 60), (60, 0));
    set_limits(3000, 3000);
    assert_eq!(call(&key, 5), (5, 0));
    for range in ["1h", "24h", "30d"] {
        assert_eq!(peak(range), (json!(60), json!(30)), "{range}");
    }
}

#[test]
fn what_no_limit_looked_at_is_in_no_history() {
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
    let refused = (0..62)
        .filter(|_| sender.post("/v1/emails/send", &mail).status == 429)
        .count();
    assert_eq!(refused, 2);
    let history = rate_limit(&owner, "range=7d");
    assert_eq!(
        (&history["exceeded_24h"], &history["peak"]["value"]),
        (&json!(2), &json!(61))
    );
    assert_eq!(history["exceeded_24h_by_endpoints"], 2);
    assert_eq!(history["events"][0]["refused_by_endpoints"], 2);
    // Rejections are counted for a day.
    app.advance(TimeDelta::hours(24) + TimeDelta::minutes(1));
    let owner = app.sign_in(Role::Owner);
    assert_eq!(rate_limit(&owner, "range=7d")["exceeded_24h"], 0);
}
