//! The cache of keys: revocation takes effect, and lookups avoid the database.

use crate::util::{TestApp, eventually, json, with_wrong_check};
use backend::keys::format::PlainKey;
use chrono::TimeDelta;
use diesel::{RunQueryDsl, sql_query};
use shared::{key::Environment, role::Role};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs a statement that the server itself would never run.
fn run_sql(app: &TestApp, statement: &str) {
    app.write(|conn| {
        sql_query(statement).execute(conn)?;
        Ok(())
    });
}

#[test]
fn call_401_for_wrong_check_characters_without_the_database() {
    let app = TestApp::start();
    let never_seen = PlainKey::mint(Environment::Live, &app.state.secrets).expect("mints");
    let call = |plain: &str| {
        app.request("GET", "/v1/whoami")
            .header("Authorization", &format!("Bearer {plain}"))
            .send()
    };
    call(never_seen.expose()).problem(401, "invalid_token");
    run_sql(&app, "ALTER TABLE api_keys RENAME TO gone");
    call(never_seen.expose()).problem(500, "internal_error");
    call(&with_wrong_check(never_seen.expose())).problem(401, "invalid_token");
}

#[test]
fn no_call_succeeds_after_the_response_to_a_revocation() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({"name": "a", "environment": "live", "permissions": ["contacts:read"]});
    for _ in 0..10 {
        let key = owner.create_key(&form);
        let revoked = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let was_revoked = revoked.load(Ordering::SeqCst) == 1;
                        let status = key.get("/v1/whoami").status;
                        if was_revoked {
                            assert_ne!(status, 200);
                            return;
                        }
                        if status != 200 {
                            return;
                        }
                    }
                });
            }
            owner.delete(&key.path()).expect(200);
            revoked.store(1, Ordering::SeqCst);
        });
        app.advance(TimeDelta::minutes(1));
    }
}

#[test]
fn the_cache_is_bypassed_while_the_change_log_cannot_be_read() {
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
