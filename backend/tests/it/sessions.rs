//! Sign-in, session lifetime and sudo.

use crate::util::{PASSWORD, Session, TestApp, json};
use backend::schema::sessions;
use chrono::TimeDelta;
use diesel::{QueryDsl, RunQueryDsl, TextExpressionMethods};
use shared::role::Role;

const SESSION: &str = "/api/v1/auth/session";
const LOGIN: &str = "/api/v1/auth/login";
const KEYS: &str = "/api/v1/platform/api-keys";

#[test]
fn login_200_says_who_is_signed_in() {
    let app = TestApp::start();
    let form = json!({"email": "ADMIN@acme.test", "password": PASSWORD});
    let answer = app.browser("POST", LOGIN).json(&form).send();
    let view = answer.expect(200);
    assert_eq!(view["user"]["email"], "admin@acme.test");
    assert_eq!(view["user"]["role"], "admin");
    assert_eq!(view["tenant"]["name"], "acme");
    assert_eq!(view["tenant"]["plan"], "professional");
    // Signing in does not start sudo.
    assert_eq!(view["sudo_expires_at"], json!(null));
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
fn login_401_alike_for_a_wrong_password_and_an_unknown_account() {
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
    let much = json!({"email": "owner@acme.test", "password": "x".repeat(2000)});
    app.browser("POST", LOGIN)
        .json(&much)
        .send()
        .problem(401, "wrong_credentials");
}

#[test]
fn login_429_after_too_many_wrong_passwords() {
    let app = TestApp::start();
    for email in ["owner@acme.test", "nobody@acme.test"] {
        let login = |password: &str| {
            let form = json!({"email": email, "password": password});
            app.browser("POST", LOGIN).json(&form).send()
        };
        for _ in 0..10 {
            login("wrong").problem(401, "wrong_credentials");
        }
        login("wrong").problem(429, "too_many_login_attempts");
        // Now even the right password is not checked.
        login(PASSWORD).problem(429, "too_many_login_attempts");
    }
    // Other users can still sign in.
    app.sign_in(Role::Admin);
    app.advance(TimeDelta::seconds(61));
    app.sign_in(Role::Owner);
}

#[test]
fn login_429_by_address_for_whoever_tries_many_accounts() {
    let app = TestApp::start_with(&["--trusted-proxy", "127.0.0.1/32"]);
    let login = |number: u32, address: &str| {
        let form = json!({"email": format!("user{number}@acme.test"), "password": "wrong"});
        let request = app
            .browser("POST", LOGIN)
            .header("X-Forwarded-For", address);
        request.json(&form).send()
    };
    for number in 0..30 {
        login(number, "203.0.113.7").problem(401, "wrong_credentials");
    }
    login(30, "203.0.113.7").problem(429, "too_many_login_attempts");
    login(31, "203.0.113.8").problem(401, "wrong_credentials");
}

#[test]
fn session_401_after_logout() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    let elsewhere = app.sign_in(Role::Owner);
    let answer = owner.request("POST", "/api/v1/auth/logout").send();
    assert_eq!(answer.status, 204, "{}", answer.text());
    assert_eq!(answer.cookie("pm_session").as_deref(), Some(""));
    owner.get(SESSION).problem(401, "not_signed_in");
    owner.get(KEYS).problem(401, "not_signed_in");
    elsewhere.get(SESSION).expect(200);
}

#[test]
fn session_401_after_a_day_without_a_request() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    app.advance(TimeDelta::hours(23));
    owner.get(SESSION).expect(200);
    app.advance(TimeDelta::hours(23));
    owner.get(SESSION).expect(200);
    app.advance(TimeDelta::hours(24));
    owner.get(SESSION).problem(401, "not_signed_in");
}

#[test]
fn session_401_after_a_week_whatever_happens() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    for _ in 0..8 {
        app.advance(TimeDelta::hours(20));
        owner.get(SESSION).expect(200);
    }
    app.advance(TimeDelta::hours(8) - TimeDelta::milliseconds(1));
    owner.get(SESSION).expect(200);
    app.advance(TimeDelta::milliseconds(1));
    owner.get(SESSION).problem(401, "not_signed_in");
}

#[test]
fn change_403_from_another_site() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let cookie = format!("pm_session={}", owner.token);
    let form = json!({"name": "a", "environment": "live", "permissions": ["contacts:read"]});
    let create = |headers: &[(&str, &str)]| {
        let mut request = app
            .request("POST", KEYS)
            .header("Cookie", &cookie)
            .json(&form);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.send()
    };
    let own = app.url.as_str();
    let same_host = format!("https://{}", app.addr);
    for headers in [
        &[][..],
        &[("Origin", "https://evil.example")],
        &[("Origin", "null")],
        &[("Origin", same_host.as_str())],
        &[("Origin", own), ("Sec-Fetch-Site", "cross-site")],
        &[("Origin", own), ("Sec-Fetch-Site", "same-site")],
        &[("Sec-Fetch-Site", "none")],
    ] {
        create(headers).problem(403, "cross_site_request");
    }
    assert_eq!(owner.get(KEYS).expect(200)["total"], 0);
    create(&[("Origin", own)]).expect(201);
    create(&[("Sec-Fetch-Site", "same-origin")]).expect(201);
    let login = json!({"email": "owner@acme.test", "password": PASSWORD});
    let login = app.request("POST", LOGIN).json(&login).send();
    login.problem(403, "cross_site_request");
}

#[test]
fn dashboard_421_under_a_foreign_host_name() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    let cookie = format!("pm_session={}", owner.token);
    for path in [SESSION, "/", "/dashboard/settings/developers/api-keys"] {
        for host in ["evil.example", "127.0.0.1.evil.example", "evil.example:80"] {
            let request = format!(
                "GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
            );
            let answer = crate::util::http::raw(app.addr, request.as_bytes());
            answer.problem(421, "misdirected_request");
        }
    }
    let local = format!(
        "GET {SESSION} HTTP/1.1\r\nHost: localhost:{}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n",
        app.addr.port()
    );
    crate::util::http::raw(app.addr, local.as_bytes()).expect(200);
}

#[test]
fn keys_403_for_a_member() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    let member = app.sign_in(Role::Member).with_sudo();
    member.get(KEYS).problem(403, "insufficient_role");
    member.get(&key.path()).problem(403, "insufficient_role");
    member.delete(&key.path()).problem(403, "insufficient_role");
    let form = json!({"name": "a", "environment": "live", "permissions": ["contacts:read"]});
    member.post(KEYS, &form).problem(403, "insufficient_role");
    member.get(SESSION).expect(200);
}

#[test]
fn sudo_200_changes_the_token_and_ends_the_old_one() {
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
fn sudo_403_for_a_wrong_password() {
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
fn sudo_ends_after_15_minutes_whatever_happens() {
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
fn setup_201_once() {
    let app = TestApp::start_empty(&[]);
    let set_up = |token: &str, password: &str| {
        let form = json!({
            "token": token, "tenant_name": "First", "name": "Olga",
            "email": "olga@first.test", "password": password
        });
        app.browser("POST", "/api/v1/auth/setup").json(&form).send()
    };
    set_up("", PASSWORD).problem(403, "setup_link_invalid");
    *app.state.setup_token.lock() = Some("the-token".into());
    set_up("another", PASSWORD).problem(403, "setup_link_invalid");
    // Too short, common, or based on words from the account.
    for password in [
        "short",
        "password1234",
        "PenguinMails-1",
        "Olga@first.test!",
        "First-2026-First",
    ] {
        set_up("the-token", password).problem_of_fields(400, "invalid_field", &["password"]);
    }
    let answer = set_up("the-token", PASSWORD);
    let view = answer.expect(201);
    assert_eq!(view["user"]["role"], "owner");
    assert_eq!(view["tenant"]["name"], "First");
    let session = Session {
        app: &app,
        token: answer.cookie("pm_session").unwrap(),
    };
    session.get(SESSION).expect(200);
    set_up("the-token", PASSWORD).problem(403, "setup_link_invalid");
    Session::sign_in(&app, "olga@first.test");
}

#[test]
fn a_key_in_the_user_agent_is_not_stored() {
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

#[test]
fn changes_in_the_dashboard_are_limited_for_each_user() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({"name": "n", "environment": "live", "permissions": ["contacts:read"]});
    let key = owner.create_key(&form);
    let rename = |number: usize| {
        let name = json!({"name": format!("n{number}")});
        owner.patch(&key.path(), &name)
    };
    // Signing in used no token of the bucket, sudo and the key one each.
    let made = (0..300).take_while(|number| rename(*number).status == 200);
    assert_eq!(made.count(), 238);
    let refused = rename(0);
    let problem = refused.problem(429, "rate_limit_exceeded");
    assert_eq!(problem["limit"], "dashboard");
    assert_eq!(refused.header("retry-after"), Some("1"));
    let guess = json!({"password": "correct horse battery staple"});
    let answer = owner.post("/api/v1/auth/password/check", &guess);
    answer.problem(429, "rate_limit_exceeded");
    // Reading, other users and API keys are not limited.
    owner.get(&key.path()).expect(200);
    let other = app.sign_in(Role::Admin).with_sudo();
    other
        .patch(&key.path(), &json!({"name": "other"}))
        .expect(200);
    key.get("/v1/contacts").expect(200);
    app.advance(TimeDelta::seconds(1));
    rename(1).expect(200);
    rename(2).problem(429, "rate_limit_exceeded");
}
