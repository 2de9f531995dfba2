//! Usage from before it was separated by environment is split when the server starts.

use crate::util::{Session, TestApp, call_with_both, json};
use backend::{db::DbConnection, schema::usage_rollups};
use chrono::TimeDelta;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, connection::SimpleConnection};
use serde_json::Value;
use shared::{plan::Plan, role::Role};

/// The migration's statements, the same on both databases.
const UP: &str =
    include_str!("../../../migrations/sqlite/2026-11-28-000111_split_usage_by_environment/up.sql");
const DOWN_SQLITE: &str = include_str!(
    "../../../migrations/sqlite/2026-11-28-000111_split_usage_by_environment/down.sql"
);
const DOWN_POSTGRES: &str = include_str!(
    "../../../migrations/postgres/2026-11-28-000111_split_usage_by_environment/down.sql"
);

fn form(environment: &str) -> Value {
    json!({
        "name": environment, "environment": environment,
        "permissions": ["contacts:read", "analytics:read", "analytics:export"],
    })
}

/// Runs the migration's statements, without recording that it ran.
fn migrate(conn: &mut DbConnection, is_up: bool) {
    let down = match conn {
        DbConnection::Postgres(_) => DOWN_POSTGRES,
        DbConnection::Sqlite(_) => DOWN_SQLITE,
    };
    let statements = if is_up { UP } else { down };
    conn.batch_execute(statements).expect("runs");
}

/// Returns the number of rows of all keys of a tenant together: live, test and not yet split.
fn rows(app: &TestApp, tenant: &str) -> [i64; 3] {
    ["live", "test", ""].map(|lineage| {
        app.write(|conn| {
            let rows = usage_rollups::table
                .filter(usage_rollups::tenant_id.eq(tenant))
                .filter(usage_rollups::lineage_id.eq(lineage));
            Ok(rows.count().get_result(conn)?)
        })
    })
}

/// Returns the usage of each environment, by day and by minute.
fn reports(app: &TestApp, user: &str) -> Vec<Value> {
    let session = Session::sign_in(app, user);
    let mut reports = Vec::new();
    for environment in ["live", "test"] {
        for range in ["1h", "24h", "30d"] {
            let query = format!("range={range}&environment={environment}");
            let usage = session.api_usage(&query);
            let parts = [
                "totals",
                "previous",
                "series",
                "endpoints",
                "keys",
                "not_logged",
            ];
            reports.extend(parts.map(|part| usage[part].clone()));
        }
    }
    reports
}

#[test]
fn start_splits_usage_by_environment() {
    let app = TestApp::start();
    let keys = {
        let owner = app.sign_in(Role::Owner).with_sudo();
        app.add_tenant("other", Plan::Starter);
        let stranger = Session::sign_in(&app, "owner@other.test").with_sudo();
        let live = owner.create_key(&form("live"));
        let second = owner.create_key(&form("live"));
        let test = owner.create_key(&form("test"));
        let theirs = stranger.create_key(&form("test"));
        for hours in [30, 2, 0] {
            call_with_both(&live, &test);
            call_with_both(&second, &test);
            theirs.get("/v1/whoami").expect(200);
            app.flush();
            app.advance(TimeDelta::hours(hours));
        }
        [live, second, test].map(|key| key.plain)
    };
    let before = [
        reports(&app, "owner@acme.test"),
        reports(&app, "owner@other.test"),
    ];
    let split = [rows(&app, app.tenant.as_str()), rows(&app, "ten_other")];
    assert!(
        split[0][0] > 0 && split[0][1] > 0 && split[0][2] == 0,
        "{split:?}"
    );

    app.write(|conn| {
        migrate(conn, false);
        Ok(())
    });
    let [live, test, both] = rows(&app, app.tenant.as_str());
    assert!(live == 0 && test == 0 && both > 0);
    app.write(|conn| {
        migrate(conn, true);
        Ok(())
    });
    assert_eq!(
        rows(&app, app.tenant.as_str()),
        [0, 0, both],
        "have to be added up"
    );
    assert_eq!(rows(&app, "ten_other"), split[1], "need a new name only");

    let app = app.restart();
    assert_eq!(rows(&app, app.tenant.as_str()), split[0]);
    assert_eq!(
        [
            reports(&app, "owner@acme.test"),
            reports(&app, "owner@other.test")
        ],
        before
    );

    // As if another process had counted more requests before this one began to split.
    app.write(|conn| {
        migrate(conn, false);
        migrate(conn, true);
        Ok(())
    });
    let call = |secret: &str| {
        app.request("GET", "/v1/whoami")
            .header("Authorization", &format!("Bearer {secret}"))
            .send()
            .expect(200);
    };
    for secret in &keys {
        call(secret);
    }
    app.flush();
    let app = app.restart();
    let owner = Session::sign_in(&app, "owner@acme.test");
    for (environment, requests) in [("live", 3 * 6 + 2), ("test", 3 * 4 + 1)] {
        let report = owner.api_usage(&format!("range=30d&environment={environment}"));
        assert_eq!(report["totals"]["requests"], requests, "{environment}");
    }
    assert_eq!(rows(&app, app.tenant.as_str())[2], 0);
}
