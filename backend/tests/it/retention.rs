//! Pruning of usage data, which must not change any totals.

use crate::util::{Session, TestApp, block_on};
use backend::{
    schema::{rate_limit_rollups, usage_rollups},
    usage::{resolution::Resolution, retention},
};
use chrono::TimeDelta;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use serde_json::Value;
use shared::role::Role;

/// Returns the number of usage rows and of rate limit rows with this resolution.
fn rows(app: &TestApp, resolution: Resolution) -> (i64, i64) {
    let secs = resolution.secs();
    app.write(|conn| {
        let counts = usage_rollups::table.filter(usage_rollups::resolution_secs.eq(secs));
        let history =
            rate_limit_rollups::table.filter(rate_limit_rollups::resolution_secs.eq(secs));
        Ok((
            counts.count().get_result(conn)?,
            history.count().get_result(conn)?,
        ))
    })
}

/// Returns the usage of the last 200 days, by day.
#[track_caller]
fn year(session: &Session<'_>) -> Value {
    session.app.flush();
    let from = (session.app.clock.now() - TimeDelta::days(200)).format("%Y-%m-%dT00:00:00Z");
    let path = format!("/api/v1/tenant/analytics/api-usage?range=custom&from={from}");
    let told = session.get(&path).expect(200);
    let limit = &told["rate_limit"];
    let parts = [
        &told["totals"],
        &told["endpoints"],
        &told["keys"],
        &limit["peak"],
        &limit["events"],
    ];
    parts.into_iter().cloned().collect()
}

fn forget(app: &TestApp) {
    block_on(retention::forget_old(&app.state)).expect("forgets");
}

#[test]
fn minutes_and_hours_are_forgotten_and_totals_stay() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read", "emails:send"]);
    let kept = key.get("/v1/nothing");
    for _ in 0..3 {
        key.get("/v1/contacts").expect(200);
        app.advance(TimeDelta::minutes(40));
    }
    let mail = serde_json::json!({"to": "nonsense", "subject": "a", "html_body": "a"});
    let refused = (0..61)
        .filter(|_| key.post("/v1/emails/send", &mail).status == 429)
        .count();
    assert_eq!(refused, 1);
    let before = year(&app.sign_in(Role::Owner));
    assert_eq!(before[0]["requests"], 1 + 3 + 61);
    let (minutes, hours) = (rows(&app, Resolution::Minute), rows(&app, Resolution::Hour));
    assert!(minutes.0 > 4 && minutes.1 == 4, "{minutes:?}");
    forget(&app);
    assert_eq!(
        rows(&app, Resolution::Minute),
        minutes,
        "nothing is old yet"
    );

    app.advance(TimeDelta::days(8) + TimeDelta::hours(2));
    forget(&app);
    // Of the minute rows, only the one with a rejected request remains.
    assert_eq!(rows(&app, Resolution::Minute), (0, 1));
    assert_eq!(rows(&app, Resolution::Hour), hours);
    let owner = app.sign_in(Role::Owner);
    assert_eq!(year(&owner), before);
    let look_up = format!(
        "/api/v1/tenant/requests/{}",
        kept.header("x-request-id").unwrap()
    );
    owner.get(&look_up).expect(200);

    app.advance(TimeDelta::days(23));
    forget(&app);
    let owner = app.sign_in(Role::Owner);
    owner.get(&look_up).problem(404, "not_found");
    assert_eq!(year(&owner), before);

    app.advance(TimeDelta::days(93));
    forget(&app);
    assert_eq!(rows(&app, Resolution::Minute), (0, 0));
    assert_eq!(rows(&app, Resolution::Hour), (0, 0));
    let after = year(&app.sign_in(Role::Owner));
    for part in 0..4 {
        assert_eq!(after[part], before[part]);
    }
}
