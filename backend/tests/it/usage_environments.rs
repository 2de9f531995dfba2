//! Usage is of one environment, never of both together; and counts from before that was so.

use crate::util::{Key, Session, TestApp, json};
use backend::{db::DbConnection, schema::usage_rollups};
use chrono::TimeDelta;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, connection::SimpleConnection};
use serde_json::Value;
use shared::{plan::Plan, role::Role};

const PATH: &str = "/api/v1/tenant/analytics/api-usage";

fn form(environment: &str) -> Value {
    json!({
        "name": environment, "environment": environment,
        "permissions": ["contacts:read", "analytics:read", "analytics:export"],
    })
}

#[track_caller]
fn usage(session: &Session<'_>, query: &str) -> Value {
    session.app.flush();
    session.get(&format!("{PATH}?{query}")).expect(200)
}

/// Calls with three live requests, one of which fails, and two failing test requests.
fn call_both(live: &Key<'_>, test: &Key<'_>) {
    live.get("/v1/whoami").expect(200);
    live.get("/v1/contacts").expect(200);
    live.get("/v1/nothing").expect(404);
    test.get("/v1/campaigns").expect(403);
    test.get("/v1/nothing").expect(404);
}

#[test]
fn every_part_of_an_answer_is_of_one_environment() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let [live, test] = ["live", "test"].map(|environment| owner.create_key(&form(environment)));
    call_both(&live, &test);
    app.advance(TimeDelta::hours(30));
    call_both(&live, &test);
    let owner = app.sign_in(Role::Owner);
    for (query, environment, key, requests, errors) in [
        ("range=24h", "live", &live, 3, 1),
        ("range=24h&environment=live", "live", &live, 3, 1),
        ("range=24h&environment=test", "test", &test, 2, 2),
    ] {
        let told = usage(&owner, query);
        assert_eq!(told["environment"], environment, "{query}");
        assert_eq!(told["rate_limit"]["environment"], environment);
        assert_eq!(told["totals"]["requests"], requests);
        assert_eq!(told["previous"]["requests"], requests);
        let sum = |list: &str, member: &str| -> u64 {
            let list = told[list].as_array().expect("is a list").iter();
            list.map(|entry| entry[member].as_u64().expect("is a number"))
                .sum()
        };
        assert_eq!(
            [sum("series", "total"), sum("endpoints", "requests")],
            [requests; 2]
        );
        assert_eq!(sum("series", "errors"), errors);
        let keys = told["keys"].as_array().expect("is a list");
        assert_eq!(keys.len(), 1);
        assert_eq!(keys[0]["key_id"], json!(key.id));
        let recent = told["errors"]["recent"].as_array().expect("is a list");
        assert_eq!(recent.len() as u64, errors);
        assert!(recent.iter().all(|error| error["key_id"] == json!(key.id)));
        let csv = owner.get(&format!("{PATH}/errors.csv?{query}"));
        let name = csv.header("content-disposition").expect("has a name");
        assert!(
            name.contains(&format!("api-errors-{environment}-")),
            "{name}"
        );
        let lines = csv.text();
        assert_eq!(lines.lines().count() as u64, 1 + errors, "{lines}");
        assert!(lines.lines().skip(1).all(|line| line.contains(&key.id)));
    }
}

#[test]
fn a_key_and_an_environment_must_agree() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let [live, test] = ["live", "test"].map(|environment| owner.create_key(&form(environment)));
    call_both(&live, &test);
    app.flush();
    for (key, own, other) in [(&live, "live", "test"), (&test, "test", "live")] {
        let of_key = format!("key_id={}", key.id);
        for query in [of_key.clone(), format!("{of_key}&environment={own}")] {
            assert_eq!(usage(&owner, &query)["environment"], own);
        }
        for path in [PATH.to_owned(), format!("{PATH}/errors.csv")] {
            let answer = owner.get(&format!("{path}?{of_key}&environment={other}"));
            answer.problem_of_fields(400, "invalid_query", &["environment"]);
            let message = &answer.json()["errors"][0]["message"];
            let expected = format!("The key is a {own} key. Leave this out.");
            assert_eq!(message, &json!(expected));
            owner
                .get(&format!("{path}?environment=both"))
                .problem_of_fields(400, "invalid_query", &["environment"]);

            // A key sees its own environment and is refused the other one.
            let answer = key.get(&format!("{path}?environment={own}"));
            assert_eq!(answer.status, 200, "{}", answer.text());
            key.get(&format!("{path}?environment={other}"))
                .problem_of_fields(403, "beyond_your_rights", &["environment"]);
        }
        assert_eq!(key.get(PATH).expect(200)["environment"], own);
    }
    let foreign = format!("{PATH}?key_id={}", live.id);
    test.get(&foreign).problem(404, "not_found");
}

/// The migration's statements, the same on both databases.
const UP: &str =
    include_str!("../../migrations/sqlite/2026-11-28-000111_split_usage_by_environment/up.sql");
const DOWN_SQLITE: &str =
    include_str!("../../migrations/sqlite/2026-11-28-000111_split_usage_by_environment/down.sql");
const DOWN_POSTGRES: &str =
    include_str!("../../migrations/postgres/2026-11-28-000111_split_usage_by_environment/down.sql");

/// Runs the migration's statements, without noting that it did.
fn migrate(conn: &mut DbConnection, is_up: bool) {
    let down = match conn {
        DbConnection::Postgres(_) => DOWN_POSTGRES,
        DbConnection::Sqlite(_) => DOWN_SQLITE,
    };
    let statements = if is_up { UP } else { down };
    conn.batch_execute(statements).expect("runs");
}

/// How many rows all keys of a tenant together have: of live, of test and of both.
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

/// All that is told about each environment, by day and by minute.
fn told(app: &TestApp, user: &str) -> Vec<Value> {
    let session = Session::sign_in(app, user);
    let mut told = Vec::new();
    for environment in ["live", "test"] {
        for range in ["1h", "24h", "30d"] {
            let query = format!("range={range}&environment={environment}");
            let usage = usage(&session, &query);
            let parts = [
                "totals",
                "previous",
                "series",
                "endpoints",
                "keys",
                "not_logged",
            ];
            told.extend(parts.map(|part| usage[part].clone()));
        }
    }
    told
}

#[test]
fn counts_of_both_environments_are_split_at_start() {
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
            call_both(&live, &test);
            call_both(&second, &test);
            theirs.get("/v1/whoami").expect(200);
            app.flush();
            app.advance(TimeDelta::hours(hours));
        }
        [live, second, test].map(|key| key.plain)
    };
    let before = [
        told(&app, "owner@acme.test"),
        told(&app, "owner@other.test"),
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
            told(&app, "owner@acme.test"),
            told(&app, "owner@other.test")
        ],
        before
    );

    // As if another process had counted on already, before this one began to split.
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
        let told = usage(&owner, &format!("range=30d&environment={environment}"));
        assert_eq!(told["totals"]["requests"], requests, "{environment}");
    }
    assert_eq!(rows(&app, app.tenant.as_str())[2], 0);
}
