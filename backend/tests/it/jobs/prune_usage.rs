//! Pruning of usage data, which must not change any totals.

use crate::util::{Session, TestApp, block_on, json};
use backend::{
    jobs::prune_usage,
    schema::{rate_limit_rollups, usage_rollups},
    usage::rollup_interval::RollupInterval,
};
use chrono::TimeDelta;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use serde_json::Value;
use shared::role::Role;

/// Returns the number of usage rows and of rate limit rows with this resolution.
fn rows(app: &TestApp, resolution: RollupInterval) -> (i64, i64) {
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
fn usage_by_day(session: &Session<'_>) -> Value {
    let from = (session.app.clock.now() - TimeDelta::days(200)).format("%Y-%m-%dT00:00:00Z");
    let report = session.api_usage(&format!("range=custom&from={from}"));
    let limit = &report["rate_limit"];
    let parts = [
        &report["totals"],
        &report["endpoints"],
        &report["keys"],
        &limit["peak"],
        &limit["events"],
    ];
    parts.into_iter().cloned().collect()
}

fn prune(app: &TestApp) {
    block_on(prune_usage::prune(&app.state)).expect("prunes");
}

#[test]
fn prune_removes_minutes_and_hours_and_keeps_totals() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read", "emails:send"]);
    let kept = key.get("/v1/nothing");
    for _ in 0..3 {
        key.get("/v1/contacts").expect(200);
        app.advance(TimeDelta::minutes(40));
    }
    let mail = json!({"to": "nonsense", "subject": "a", "html_body": "a"});
    let rejected = (0..61)
        .filter(|_| key.post("/v1/emails/send", &mail).status == 429)
        .count();
    assert_eq!(rejected, 1);
    let before = usage_by_day(&app.sign_in(Role::Owner));
    assert_eq!(before[0]["requests"], 1 + 3 + 61);
    let (minutes, hours) = (
        rows(&app, RollupInterval::Minute),
        rows(&app, RollupInterval::Hour),
    );
    assert!(minutes.0 > 4 && minutes.1 == 4, "{minutes:?}");
    prune(&app);
    assert_eq!(
        rows(&app, RollupInterval::Minute),
        minutes,
        "nothing is old yet"
    );

    app.advance(TimeDelta::days(8) + TimeDelta::hours(2));
    prune(&app);
    // Of the minute rows, only the one with a rejected request remains.
    assert_eq!(rows(&app, RollupInterval::Minute), (0, 1));
    assert_eq!(rows(&app, RollupInterval::Hour), hours);
    let owner = app.sign_in(Role::Owner);
    assert_eq!(usage_by_day(&owner), before);
    let look_up = format!(
        "/api/v1/tenant/requests/{}",
        kept.header("x-request-id").unwrap()
    );
    owner.get(&look_up).expect(200);

    app.advance(TimeDelta::days(23));
    prune(&app);
    let owner = app.sign_in(Role::Owner);
    owner.get(&look_up).problem(404, "not_found");
    assert_eq!(usage_by_day(&owner), before);

    app.advance(TimeDelta::days(93));
    prune(&app);
    assert_eq!(rows(&app, RollupInterval::Minute), (0, 0));
    assert_eq!(rows(&app, RollupInterval::Hour), (0, 0));
    let after = usage_by_day(&app.sign_in(Role::Owner));
    for part in 0..4 {
        assert_eq!(after[part], before[part]);
    }
}
