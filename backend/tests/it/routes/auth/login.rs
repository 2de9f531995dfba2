//! `POST /api/v1/auth/login`.

use crate::util::{PASSWORD, Session, TestApp, json};
use backend::schema::sessions;
use diesel::{QueryDsl, RunQueryDsl, TextExpressionMethods};
use insta::assert_json_snapshot;
use shared::role::Role;

const LOGIN: &str = "/api/v1/auth/login";
const SESSION: &str = "/api/v1/auth/session";

/// Signs in from the browser that holds this session.
fn sign_in_again<'a>(session: &Session<'a>, email: &str) -> Session<'a> {
    let answer = session.post(LOGIN, &json!({"email": email, "password": PASSWORD}));
    answer.expect(200);
    Session {
        app: session.app,
        token: answer.cookie("pm_session").expect("sets a cookie"),
    }
}

#[test]
fn login_200_returns_the_user_and_tenant() {
    let app = TestApp::start();
    let form = json!({"email": "ADMIN@acme.test", "password": PASSWORD});
    let answer = app.browser("POST", LOGIN).json(&form).send();
    let view = answer.expect(200);
    // Signing in does not start sudo.
    assert_json_snapshot!(view, @r#"
    {
      "user": {
        "id": "usr_acme_admin",
        "email": "admin@acme.test",
        "name": "Admin",
        "role": "admin"
      },
      "tenant": {
        "id": "ten_acme",
        "name": "acme",
        "plan": "professional",
        "allow_recoverable": true
      },
      "sudo_expires_at": null,
      "demo": false,
      "address": "127.0.0.1"
    }
    "#);
    let cookie = answer.header("set-cookie").unwrap();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let session = Session {
        app: &app,
        token: answer.cookie("pm_session").unwrap(),
    };
    assert_eq!(session.get(SESSION).expect(200), view);
}

#[test]
fn login_401_same_response_for_wrong_password_and_unknown_account() {
    let app = TestApp::start();
    let mut answers = Vec::new();
    for email in ["owner@acme.test", "nobody@acme.test"] {
        let form = json!({"email": email, "password": "wrong"});
        let answer = app.browser("POST", LOGIN).json(&form).send();
        let mut problem = answer.problem(401, "wrong_credentials");
        problem.as_object_mut().unwrap().remove("request_id");
        let mut headers: Vec<_> = answer
            .headers
            .iter()
            .map(|(name, _)| name.clone())
            .collect();
        headers.sort();
        answers.push((problem, headers));
    }
    assert_eq!(answers[0], answers[1]);
    let long = json!({"email": "owner@acme.test", "password": "x".repeat(2000)});
    app.browser("POST", LOGIN)
        .json(&long)
        .send()
        .problem(401, "wrong_credentials");
}

#[test]
fn login_200_ends_the_browsers_previous_session_only() {
    let app = TestApp::start();
    let other = app.sign_in(Role::Owner);
    let first = app.sign_in(Role::Owner);
    let second = sign_in_again(&first, "owner@acme.test");
    first.get(SESSION).problem(401, "not_signed_in");
    // Signs in as another user, after sudo has rotated the token.
    let third = sign_in_again(&second.with_sudo(), "developer@acme.test");
    other.get(SESSION).expect(200);
    let view = third.get(SESSION).expect(200);
    assert_eq!(view["user"]["role"], "developer");
    assert_eq!(view["sudo_expires_at"], json!(null));
    let log = other.get("/api/v1/tenant/audit-log?action=session.ended");
    let log = log.expect(200);
    assert_eq!(log["total"], 2);
    for entry in log["data"].as_array().unwrap() {
        assert_eq!(entry["actor"]["email"], "owner@acme.test");
    }
    // A failed sign-in does not end the session.
    let wrong = json!({"email": "owner@acme.test", "password": "wrong"});
    third.post(LOGIN, &wrong).problem(401, "wrong_credentials");
    third.get(SESSION).expect(200);
}

#[test]
fn login_200_does_not_store_a_key_in_the_user_agent() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    let form = json!({"email": "owner@acme.test", "password": PASSWORD});
    let login = app.browser("POST", "/api/v1/auth/login").json(&form);
    let agent = format!("curl {}", key.plain);
    login.header("User-Agent", &agent).send().expect(200);
    let stored: i64 = app.write(|conn| {
        let rows = sessions::table.filter(sessions::user_agent.like("%pm_live%"));
        Ok(rows.count().get_result(conn)?)
    });
    assert_eq!(stored, 0);
}
