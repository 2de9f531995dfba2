//! `POST /api/v1/auth/sudo`.

use crate::util::{PASSWORD, Session, TestApp, json};
use backend::models::session;
use chrono::TimeDelta;
use shared::role::Role;

const KEYS: &str = "/api/v1/platform/api-keys";
const SUDO: &str = "/api/v1/auth/sudo";
const SESSION: &str = "/api/v1/auth/session";

#[test]
fn sudo_200_replaces_the_session_token() {
    let app = TestApp::start();
    let before = app.sign_in(Role::Owner);
    let after = before.clone().with_sudo();
    assert_ne!(before.token, after.token);
    let form = json!({"name": "a", "environment": "live", "permissions": ["contacts:read"]});
    after.post(KEYS, &form).expect(201);
    // The old token still works for requests in flight, but without sudo.
    before.get(SESSION).expect(200);
    before.post(KEYS, &form).problem(403, "sudo_required");
    app.advance(TimeDelta::seconds(10));
    before.get(SESSION).problem(401, "not_signed_in");
    after.get(SESSION).expect(200);
}

#[test]
fn sudo_403_wrong_password() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    let answer = owner.post("/api/v1/auth/sudo", &json!({"password": "wrong"}));
    answer.problem(403, "wrong_password");
    assert_eq!(answer.cookie("pm_session"), None);
    let session = owner.get(SESSION).expect(200);
    assert_eq!(session["sudo_expires_at"], json!(null));
    for _ in 0..9 {
        owner.post("/api/v1/auth/sudo", &json!({"password": "wrong"}));
    }
    let answer = owner.post("/api/v1/auth/sudo", &json!({"password": "wrong"}));
    answer.problem(429, "too_many_login_attempts");
}

#[test]
fn sudo_429_for_this_session_only() {
    let app = TestApp::start();
    let stolen = app.sign_in(Role::Owner);
    let owner = app.sign_in(Role::Owner);
    let guess = |session: &Session<'_>| session.post(SUDO, &json!({"password": "wrong"}));
    for _ in 0..10 {
        guess(&stolen).problem(403, "wrong_password");
    }
    guess(&stolen).problem(429, "too_many_login_attempts");
    stolen
        .post(SUDO, &json!({"password": PASSWORD}))
        .problem(429, "too_many_login_attempts");
    owner.clone().with_sudo();
    app.sign_in(Role::Owner);
    app.advance(TimeDelta::seconds(61));
    stolen.with_sudo();
}

#[test]
fn sudo_expires_after_15_minutes() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({"name": "a", "environment": "live", "permissions": ["contacts:read"]});
    app.advance(TimeDelta::minutes(15) - TimeDelta::milliseconds(1));
    owner.post(KEYS, &form).expect(201);
    app.advance(TimeDelta::milliseconds(1));
    owner.post(KEYS, &form).problem(403, "sudo_required");
    assert_eq!(
        owner.get(SESSION).expect(200)["sudo_expires_at"],
        json!(null)
    );
}

#[test]
fn sudo_fails_if_the_session_has_changed_meanwhile() {
    let app = TestApp::start();
    // Entering the password again does not issue a token to a session that was ended meanwhile.
    let session = app.sign_in(Role::Admin);
    let now = app.clock.now_naive();
    let renewed = app.state.db.write_blocking(|conn| {
        let id = session.id();
        session::Session::elevate(conn, &id, "an old digest", "a new digest", now, now)
    });
    assert!(renewed.is_err());
    session.get(SESSION).expect(200);
}
