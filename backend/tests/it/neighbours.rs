//! Two processes with one database: changes made by one take effect in the other.

use crate::{
    lifecycle::{act, simple},
    util::{
        Answer, Key, TestApp, eventually, json,
        process::{Process, binary, furnished},
    },
};
use chrono::TimeDelta;
use diesel::{RunQueryDsl, sql_query};
use shared::role::Role;

/// Returns the key for use with the other server.
fn at<'a>(app: &'a TestApp, key: &Key<'_>) -> Key<'a> {
    Key {
        app,
        id: key.id.clone(),
        plain: key.plain.clone(),
    }
}

fn limit(answer: &Answer) -> Option<&str> {
    answer.header("x-ratelimit-limit")
}

#[test]
fn a_change_of_a_key_reaches_the_neighbour() {
    let app = TestApp::start();
    let neighbour = app.another();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let narrowed = owner.create_key(&simple(&["contacts:read", "emails:send"]));
    let disabled = owner.create_key(&simple(&["contacts:read"]));
    let rotated = owner.create_key(&simple(&["contacts:read"]));
    let revoked = owner.create_key(&simple(&["contacts:read"]));
    let there = [&narrowed, &disabled, &rotated, &revoked].map(|key| at(&neighbour, key));
    for key in &there {
        key.get("/v1/contacts").expect(200);
    }
    let form = json!({"permissions": ["emails:send"]});
    owner.patch(&narrowed.path(), &form).expect(200);
    act(&owner, &disabled, "disable").expect(200);
    let at_once = json!({"grace_seconds": 0});
    owner.post(&rotated.action("rotate"), &at_once).expect(201);
    owner.delete(&revoked.path()).expect(200);
    for (key, expected) in there.iter().zip([403, 401, 401, 401]) {
        eventually(|| (key.get("/v1/contacts").status == expected).then_some(()));
    }
    act(&owner, &disabled, "enable").expect(200);
    eventually(|| (there[1].get("/v1/contacts").status == 200).then_some(()));
}

#[test]
fn a_change_of_the_plan_reaches_the_neighbour() {
    let app = TestApp::start();
    let neighbour = app.another();
    let key = app.key(&["contacts:read"]);
    let there = at(&neighbour, &key);
    assert_eq!(limit(&there.get("/v1/whoami")), Some("500"));
    let owner = app.sign_in(Role::Owner).with_sudo();
    let change = owner
        .request("PUT", "/api/v1/tenant/plan")
        .json(&json!({"plan": "business"}));
    change.send().expect(200);
    eventually(|| (limit(&there.get("/v1/whoami")) == Some("2000")).then_some(()));
}

#[test]
fn what_the_command_line_changes_reaches_a_running_server() {
    let place = furnished();
    let server = Process::start(&place);
    let created = server.create_key(&server.owner());
    let key = created["api_key"].as_str().expect("is shown");
    let told = |expected| {
        eventually(|| {
            let answer = server.whoami(key).expect("answers");
            (limit(&answer) == Some(expected)).then_some(())
        });
    };
    told("1000000");
    for (command, flags, expected) in [
        ("set-plan", &["--plan", "starter"][..], "100"),
        (
            "set-limits",
            &["--rate-per-minute", "7", "--burst", "9"],
            "9",
        ),
    ] {
        let mut command = binary(&place, &["admin", command, "--tenant", "acme"]);
        let output = command.args(flags).output().expect("runs");
        assert!(output.status.success(), "{output:?}");
        told(expected);
    }
}

/// Runs a statement that the server itself would never run.
fn run_sql(app: &TestApp, statement: &str) {
    app.write(|conn| {
        sql_query(statement).execute(conn)?;
        Ok(())
    });
}

#[test]
fn a_server_that_cannot_read_the_change_log_stops_trusting_its_cache() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    let other = app.key(&["contacts:read"]);
    for key in [&key, &other] {
        key.get("/v1/contacts").expect(200);
    }
    // From now on, this process cannot learn of changes by others.
    run_sql(&app, "ALTER TABLE changes RENAME TO changes_away");
    let revoke = format!(
        "UPDATE api_keys SET revoked_at = created_at WHERE id = '{}'",
        key.id
    );
    run_sql(&app, &revoke);
    app.advance(TimeDelta::seconds(5));
    key.get("/v1/contacts").expect(200);
    app.advance(TimeDelta::milliseconds(1));
    key.get("/v1/contacts").problem(401, "invalid_token");
    other.get("/v1/contacts").expect(200);
    // The management API and playground tokens bypass the cache as well.
    key.get("/api/v1/platform/api-keys")
        .problem(401, "invalid_token");
    // If the key cannot be loaded, the request is refused.
    run_sql(&app, "ALTER TABLE api_keys RENAME TO api_keys_away");
    other.get("/v1/contacts").problem(500, "internal_error");
    run_sql(&app, "ALTER TABLE api_keys_away RENAME TO api_keys");
    other.get("/v1/contacts").expect(200);
    // After one successful poll of the change log, the cache is used again.
    run_sql(&app, "ALTER TABLE changes_away RENAME TO changes");
    let is_current = || {
        let now = app.clock.monotonic();
        app.state.keys.is_current(now).then_some(())
    };
    eventually(is_current);
    key.get("/v1/contacts").problem(401, "invalid_token");
    other.get("/v1/contacts").expect(200);
}
