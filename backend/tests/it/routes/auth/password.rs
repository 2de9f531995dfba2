//! `POST /api/v1/auth/password` and `POST /api/v1/auth/password/check`.

use crate::util::{
    Answer, PASSWORD, Session, TestApp, accounts::stored_emails, event_stream::EventStream,
    eventually, json,
};
use backend::models::user::User;
use serde_json::Value;
use shared::role::Role;

const LOG: &str = "/api/v1/tenant/audit-log";
const LOGIN: &str = "/api/v1/auth/login";
const SESSION: &str = "/api/v1/auth/session";
const CHANGE: &str = "/api/v1/auth/password";
const NEW_PASSWORD: &str = "four quiet harbour lamps";

fn change(session: &Session<'_>, current: &str, new: &str) -> Answer {
    let form = json!({"current_password": current, "new_password": new});
    session.post(CHANGE, &form)
}

fn login(app: &TestApp, email: &str, password: &str) -> Answer {
    let form = json!({"email": email, "password": password});
    app.browser("POST", LOGIN).json(&form).send()
}

#[test]
fn change_200_ends_other_sessions_and_renews_this_one() {
    let app = TestApp::start();
    let mut here = app.sign_in(Role::Owner).with_sudo();
    let other = app.sign_in(Role::Owner);
    let other_user = app.sign_in(Role::Admin);
    let form = json!({"name": "a", "environment": "test", "permissions": ["contacts:read"]});
    let key = here.create_key(&form);
    let token = key.playground_token(&here);
    token.get("/v1/whoami").expect(200);
    let stream = EventStream::open(app.addr, &other.token);
    let id = here.id();

    let answer = change(&here, PASSWORD, NEW_PASSWORD);
    assert_eq!(answer.expect(200), json!({"ended": 1}));
    other.get(SESSION).problem(401, "not_signed_in");
    stream.expect_immediate_end();
    // A copied cookie of this session is invalid from now on, too.
    here.get(SESSION).problem(401, "not_signed_in");
    token.get("/v1/whoami").problem(401, "invalid_token");
    here.token = answer.cookie("pm_session").expect("sets a new cookie");
    here.get(SESSION).expect(200);
    assert_eq!(here.id(), id);
    other_user.get(SESSION).expect(200);
    key.get("/v1/whoami").expect(200);

    login(&app, "owner@acme.test", PASSWORD).problem(401, "wrong_credentials");
    login(&app, "owner@acme.test", NEW_PASSWORD).expect(200);

    let entries = here
        .get(&format!("{LOG}?action=user.password_changed"))
        .expect(200);
    let entry = &entries["data"][0];
    assert_eq!(entry["subject_id"], "usr_acme_owner");
    assert_eq!(entry["actor"]["email"], "owner@acme.test");
    assert_eq!(entry["after"], json!({"sessions_ended": 1}));
}

#[test]
fn change_200_notifies_the_user_by_email() {
    let app = TestApp::start();
    let member = app.sign_in(Role::Member);
    let form = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD});
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
    let request = member.request("POST", CHANGE).header("User-Agent", agent);
    request.json(&form).send().expect(200);
    let email = eventually(|| stored_emails(app.place.dir()).pop());
    for part in [
        "To: member@acme.test",
        "Your password was changed",
        "127.0.0.1",
        "Firefox on Linux",
    ] {
        assert!(email.contains(part), "{part}: {email}");
    }
    for secret in [PASSWORD, NEW_PASSWORD] {
        assert!(!email.contains(secret), "{email}");
    }
}

#[test]
fn change_400_names_the_invalid_fields() {
    let app = TestApp::start();
    let member = app.sign_in(Role::Member);
    let wrong = |current: &str, new: &str, fields: &[&str]| {
        change(&member, current, new).problem_of_fields(400, "invalid_field", fields);
    };
    wrong(PASSWORD, "short", &["new_password"]);
    wrong(PASSWORD, &"x".repeat(1025), &["new_password"]);
    wrong("", NEW_PASSWORD, &["current_password"]);
    wrong("", "", &["current_password", "new_password"]);
    wrong(PASSWORD, PASSWORD, &["new_password"]);
    for easy in ["password1234", "penguinmails2026", "Member-acme-1!"] {
        wrong(PASSWORD, easy, &["new_password"]);
    }
    // An invalid new password does not reveal whether the current one was right.
    wrong("not the password", "short", &["new_password"]);
    let form = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD, "user": "x"});
    member
        .post(CHANGE, &form)
        .problem_of_fields(400, "unknown_field", &["user"]);
    login(&app, "member@acme.test", PASSWORD).expect(200);
    assert_eq!(member.list_sessions().len(), 2);
    assert!(stored_emails(app.place.dir()).is_empty());
}

#[test]
fn change_403_for_a_wrong_current_password_counts_as_a_guess() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    change(&owner, "not the password", NEW_PASSWORD).problem(403, "wrong_password");
    owner.get(SESSION).expect(200);
    eventually(|| {
        let answer = change(&owner, "not the password", NEW_PASSWORD);
        (answer.status == 429).then(|| answer.problem(429, "too_many_login_attempts"))
    });
    change(&owner, PASSWORD, NEW_PASSWORD).problem(429, "too_many_login_attempts");
    let sudo = owner.post("/api/v1/auth/sudo", &json!({"password": PASSWORD}));
    sudo.problem(429, "too_many_login_attempts");
    app.sign_in(Role::Admin);
}

/// Signing in checks this after the password, which takes a while.
#[test]
fn a_user_read_before_the_change_is_not_current_after_it() {
    let app = TestApp::start();
    let read = |email: &str| app.write(|conn| Ok(User::by_email(conn, email)?.unwrap()));
    let before = read("member@acme.test");
    assert!(app.write(|conn| before.is_current(conn)));
    change(&app.sign_in(Role::Member), PASSWORD, NEW_PASSWORD).expect(200);
    assert!(!app.write(|conn| before.is_current(conn)));
    let mut disabled = read("owner@acme.test");
    let before = disabled.clone();
    disabled.disabled_at = Some(app.clock.now_naive());
    app.write(|conn| disabled.save(conn));
    assert!(!app.write(|conn| before.is_current(conn)));
}

#[test]
fn check_200_agrees_with_the_change_and_stores_nothing() {
    let app = TestApp::start();
    let member = app.sign_in(Role::Member);
    let rate = |password: &str| {
        let answer = member.post(&format!("{CHANGE}/check"), &json!({"password": password}));
        answer.expect(200)["problem"].clone()
    };
    assert_eq!(rate(NEW_PASSWORD), Value::Null);
    for password in [
        "",
        "short",
        "password1234",
        "member-acme-penguin",
        &"x".repeat(2000),
    ] {
        let problem = rate(password);
        let refused = change(&member, PASSWORD, password).problem(400, "invalid_field");
        assert_eq!(problem, refused["errors"][0]["message"], "{password}");
    }
    login(&app, "member@acme.test", PASSWORD).expect(200);
}
