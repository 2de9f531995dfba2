//! `/api/v1/auth/sessions`.

use crate::util::{PASSWORD, TestApp, event_stream::EventStream, json};
use chrono::TimeDelta;
use insta::assert_json_snapshot;
use serde_json::Value;
use shared::role::Role;

const LOG: &str = "/api/v1/tenant/audit-log";
const LOGIN: &str = "/api/v1/auth/login";
const SESSION: &str = "/api/v1/auth/session";
const SESSIONS: &str = "/api/v1/auth/sessions";

#[test]
fn list_200_own_sessions_only() {
    let app = TestApp::start();
    let here = app.sign_in(Role::Member);
    app.advance(TimeDelta::hours(1));
    let form = json!({"email": "member@acme.test", "password": PASSWORD});
    let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
    let login = app
        .browser("POST", LOGIN)
        .header("User-Agent", agent)
        .json(&form);
    let other = login.send().cookie("pm_session").expect("sets a cookie");
    app.sign_in(Role::Owner);
    app.advance(TimeDelta::minutes(1));
    here.get(SESSION).expect(200);

    let list = here.list_sessions();
    assert_json_snapshot!(list, {"[].id" => "[session id]"}, @r#"
    [
      {
        "id": "[session id]",
        "current": true,
        "browser": "Unknown browser",
        "address": "127.0.0.1",
        "started_at": "2026-11-18T11:06:40Z",
        "last_seen_at": "2026-11-18T12:07:40Z",
        "expires_at": "2026-11-25T11:06:40Z"
      },
      {
        "id": "[session id]",
        "current": false,
        "browser": "Chrome on Windows",
        "address": "127.0.0.1",
        "started_at": "2026-11-18T12:06:40Z",
        "last_seen_at": "2026-11-18T12:06:40Z",
        "expires_at": "2026-11-25T12:06:40Z"
      }
    ]
    "#);
    assert!(list[1]["id"].as_str().unwrap().starts_with("ses_"));
    let text = here.get(SESSIONS).text();
    for token in [&here.token, &other] {
        assert!(!text.contains(token) && !text.contains(&backend::auth::cookie::token_hash(token)));
    }
    // Expired sessions are not listed.
    for _ in 0..2 {
        app.advance(TimeDelta::hours(23));
        here.get(SESSION).expect(200);
    }
    assert_eq!(here.list_sessions().len(), 1);
}

#[test]
fn end_204_takes_effect_at_once() {
    let app = TestApp::start();
    let here = app.sign_in(Role::Developer).with_sudo();
    let other = app.sign_in(Role::Developer);
    let stream = EventStream::open(app.addr, &other.token);
    let path = format!("{SESSIONS}/{}", other.id());
    other.delete(&path).problem(403, "sudo_required");
    assert_eq!(here.delete(&path).expect(204), Value::Null);
    other.get(SESSION).problem(401, "not_signed_in");
    stream.expect_immediate_end();
    here.delete(&path).problem(404, "not_found");
    let entries = here.get(&format!("{LOG}?action=session.ended")).expect(200);
    assert_eq!(entries["total"], 1);
    assert_eq!(
        entries["data"][0]["subject_id"],
        path.rsplit('/').next().unwrap()
    );

    // Ending the current session has the effect of signing out.
    let answer = here.delete(&format!("{SESSIONS}/{}", here.id()));
    assert_eq!(answer.status, 204);
    assert_eq!(answer.cookie("pm_session").as_deref(), Some(""));
    here.get(SESSION).problem(401, "not_signed_in");
}

#[test]
fn end_404_session_of_another_user() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let other_user = app.sign_in(Role::Member);
    let id = other_user.id();
    for id in [
        id.as_str(),
        "ses_none",
        "usr_acme_member",
        "ses_",
        "ses_%00",
    ] {
        owner
            .delete(&format!("{SESSIONS}/{id}"))
            .problem(404, "not_found");
    }
    other_user.get(SESSION).expect(200);
}

#[test]
fn end_others_200_keeps_this_session_and_other_users_sessions() {
    let app = TestApp::start();
    let here = app.sign_in(Role::Admin).with_sudo();
    let other = [app.sign_in(Role::Admin), app.sign_in(Role::Admin)];
    let other_user = app.sign_in(Role::Owner);
    let path = format!("{SESSIONS}/end-others");
    let end = || here.request("POST", &path).send().expect(200);
    assert_eq!(end(), json!({"ended": 2}));
    for session in &other {
        session.get(SESSION).problem(401, "not_signed_in");
    }
    here.get(SESSION).expect(200);
    other_user.get(SESSION).expect(200);
    assert_eq!(end(), json!({"ended": 0}));
    let entries = here
        .get(&format!("{LOG}?action=user.sessions_ended"))
        .expect(200);
    assert_eq!(entries["total"], 1);
    assert_eq!(entries["data"][0]["after"], json!({"sessions_ended": 2}));
}
