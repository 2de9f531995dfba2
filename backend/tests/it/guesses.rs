//! Password guessing: attackers are slowed down, and other users are not.

use crate::util::{Answer, PASSWORD, Session, TestApp, json};
use chrono::TimeDelta;
use serde_json::Value;
use shared::{plan::Plan, role::Role};
use std::sync::Mutex;

const LOGIN: &str = "/api/v1/auth/login";
const SUDO: &str = "/api/v1/auth/sudo";
const LOG: &str = "/api/v1/tenant/audit-log";
/// Lets a test set the client IP address of its requests.
const PROXIED: &[&str] = &["--trusted-proxy", "127.0.0.1/32"];

/// Signs in from an IP address, with a device cookie if given.
fn login(app: &TestApp, from: &str, email: &str, password: &str, device: Option<&str>) -> Answer {
    let mut request = app.browser("POST", LOGIN).header("X-Forwarded-For", from);
    if let Some(device) = device {
        request = request.header("Cookie", &format!("pm_device={device}"));
    }
    let form = json!({"email": email, "password": password});
    request.json(&form).send()
}

/// Guesses until the server rejects further attempts. Returns the number of attempts.
fn exhaust(app: &TestApp, from: &str, email: &str) -> usize {
    let mut evaluated = 0;
    while login(app, from, email, "wrong", None).status == 401 {
        evaluated += 1;
        assert!(evaluated < 200, "guesses without end");
    }
    evaluated
}

/// Sends `count` requests in parallel and returns their statuses.
fn at_once(count: usize, request: impl Fn(usize) -> Answer + Sync) -> Vec<u16> {
    let statuses = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for number in 0..count {
            let (request, statuses) = (&request, &statuses);
            scope.spawn(move || {
                let status = request(number).status;
                statuses.lock().expect("no thread panics").push(status);
            });
        }
    });
    statuses.into_inner().expect("no thread panics")
}

fn count(statuses: &[u16], wanted: u16) -> usize {
    statuses.iter().filter(|status| **status == wanted).count()
}

#[test]
fn a_guesser_elsewhere_does_not_lock_the_owner_out() {
    let app = TestApp::start_with(PROXIED);
    let owner = app.sign_in(Role::Owner);
    assert_eq!(exhaust(&app, "203.0.113.7", "owner@acme.test"), 10);
    // Addresses in the same IPv6 network share a limit.
    for host in 0..10 {
        let from = format!("2001:db8:1:2::{host}");
        login(&app, &from, "owner@acme.test", "wrong", None).problem(401, "wrong_credentials");
    }
    login(&app, "2001:db8:1:2::99", "owner@acme.test", "wrong", None)
        .problem(429, "too_many_login_attempts");

    login(&app, "198.51.100.1", "OWNER@acme.test", PASSWORD, None).expect(200);
    owner.post(SUDO, &json!({"password": PASSWORD})).expect(200);
}

#[test]
fn a_guesser_with_many_networks_is_slowed_down_and_does_not_lock_the_owner_out() {
    let app = TestApp::start_with(PROXIED);
    for network in 0..10 {
        let from = format!("203.0.113.{network}");
        assert_eq!(exhaust(&app, &from, "owner@acme.test"), 10);
    }
    for network in 10..13 {
        let from = format!("203.0.113.{network}");
        assert_eq!(exhaust(&app, &from, "owner@acme.test"), 2, "{from}");
    }
    // All networks of a site together get no more than one of them.
    assert_eq!(exhaust(&app, "2001:db8:7:1::1", "owner@acme.test"), 2);
    assert_eq!(exhaust(&app, "2001:db8:7:2::1", "owner@acme.test"), 0);
    login(&app, "198.51.100.1", "owner@acme.test", PASSWORD, None).expect(200);
    // Unknown accounts are limited in the same way.
    assert_eq!(exhaust(&app, "203.0.113.50", "nobody@acme.test"), 10);
}

#[test]
fn a_browser_that_signed_in_before_has_its_own_limit() {
    let app = TestApp::start_with(PROXIED);
    let from = "203.0.113.7";
    let answer = login(&app, from, "owner@acme.test", PASSWORD, None);
    answer.expect(200);
    let device = answer.cookie("pm_device").expect("remembers the browser");
    let attributes = answer
        .headers
        .iter()
        .find(|(name, value)| name == "set-cookie" && value.starts_with("pm_device="))
        .map(|(_, value)| value.clone())
        .unwrap();
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=15552000"] {
        assert!(attributes.contains(attribute), "{attributes}");
    }

    // Another client in the same network guesses.
    exhaust(&app, from, "owner@acme.test");
    login(&app, from, "owner@acme.test", PASSWORD, None).problem(429, "too_many_login_attempts");
    let known = |password| login(&app, from, "owner@acme.test", password, Some(&device));
    known(PASSWORD).expect(200);
    // Wrong passwords from a known browser are limited as well. Then it counts as a new browser.
    for _ in 0..10 {
        known("wrong").problem(401, "wrong_credentials");
    }
    known(PASSWORD).problem(429, "too_many_login_attempts");
    let elsewhere = login(
        &app,
        "198.51.100.1",
        "owner@acme.test",
        PASSWORD,
        Some(&device),
    );
    elsewhere.expect(200);
}

#[test]
fn a_device_cookie_counts_for_its_account_and_its_time_only() {
    let app = TestApp::start_with(PROXIED);
    let from = "203.0.113.7";
    let answer = login(&app, from, "developer@acme.test", PASSWORD, None);
    let device = answer.cookie("pm_device").unwrap();
    exhaust(&app, from, "developer@acme.test");
    let used = |device: &str| login(&app, from, "developer@acme.test", PASSWORD, Some(device));
    used(&device).expect(200);
    let mut changed = device.clone().into_bytes();
    changed[3] ^= 1;
    let changed = String::from_utf8(changed).unwrap();
    for forged in [changed.as_str(), "", "x", &device[..40], &"A".repeat(4000)] {
        used(forged).problem(429, "too_many_login_attempts");
    }
    // Guesses on another account.
    exhaust(&app, from, "member@acme.test");
    login(&app, from, "member@acme.test", PASSWORD, Some(&device))
        .problem(429, "too_many_login_attempts");
    app.advance(TimeDelta::days(180));
    exhaust(&app, from, "developer@acme.test");
    used(&device).problem(429, "too_many_login_attempts");
}

#[test]
fn the_device_cookie_is_bound_to_the_host_over_https() {
    let origin = "https://portal.example.com";
    let app = TestApp::start_with(&["--public-url", origin]);
    let form = json!({"email": "owner@acme.test", "password": PASSWORD});
    let request = app.request("POST", LOGIN).header("Origin", origin);
    let answer = request.json(&form).send();
    answer.expect(200);
    for name in ["__Host-pm_session", "__Host-pm_device"] {
        let cookies = answer.headers.iter().map(|(_, value)| value);
        let cookie = cookies
            .filter(|value| value.starts_with(&format!("{name}=")))
            .collect::<Vec<_>>();
        assert_eq!(cookie.len(), 1, "{:?}", answer.headers);
        assert!(cookie[0].contains("Secure") && cookie[0].contains("HttpOnly"));
    }
}

#[test]
fn guesses_at_once_are_evaluated_as_often_as_the_burst_allows() {
    let app = TestApp::start_with(PROXIED);
    let guess = |_| login(&app, "203.0.113.7", "owner@acme.test", "wrong", None);
    let statuses = at_once(30, guess);
    assert_eq!(count(&statuses, 401), 10, "{statuses:?}");
    assert_eq!(count(&statuses, 429), 20, "{statuses:?}");

    // Guesses on many accounts from one network. Attempts that found the queue full were not
    // checked.
    let guess = |number| {
        login(
            &app,
            "203.0.113.8",
            &format!("u{number}@acme.test"),
            "x",
            None,
        )
    };
    let statuses = at_once(60, guess);
    assert!(count(&statuses, 401) <= 30, "{statuses:?}");
    assert_eq!(
        count(&statuses, 401) + count(&statuses, 429) + count(&statuses, 503),
        60,
        "{statuses:?}"
    );

    let owner = app.sign_in(Role::Owner);
    let statuses = at_once(30, |_| owner.post(SUDO, &json!({"password": "wrong"})));
    assert_eq!(count(&statuses, 403), 10, "{statuses:?}");
    assert_eq!(count(&statuses, 429), 20, "{statuses:?}");
}

#[test]
fn right_passwords_use_nothing_up() {
    let app = TestApp::start();
    for _ in 0..40 {
        app.sign_in(Role::Owner);
    }
    let mut owner = app.sign_in(Role::Owner);
    for _ in 0..15 {
        owner = owner.with_sudo();
    }
}

#[test]
fn sudo_counts_for_its_session_alone() {
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
fn long_forms_are_refused_before_anything_else_and_count_for_the_network() {
    let app = TestApp::start();
    for (email, password) in [
        ("a".repeat(2000), "wrong".to_owned()),
        (format!("{}@acme.test", "a".repeat(300)), "wrong".to_owned()),
        ("owner@acme.test".to_owned(), "x".repeat(2000)),
    ]
    .into_iter()
    .cycle()
    .take(30)
    {
        let form = json!({"email": email, "password": password});
        let answer = app.browser("POST", LOGIN).json(&form).send();
        answer.problem(401, "wrong_credentials");
    }
    // A body larger than any sign-in is rejected without being read.
    let form = json!({"email": "a".repeat(1_000_000), "password": "wrong"});
    let answer = app.browser("POST", LOGIN).json(&form).send();
    answer.problem(413, "body_too_large");
    let form = json!({"email": "a".repeat(2000), "password": "wrong"});
    let answer = app.browser("POST", LOGIN).json(&form).send();
    answer.problem(429, "too_many_login_attempts");
}

/// Returns the owner's audit log entries with this action, newest first.
fn entries(app: &TestApp, owner: &Session<'_>, action: &str) -> Vec<Value> {
    app.flush();
    let page = owner
        .get(&format!("{LOG}?limit=100&action={action}"))
        .expect(200);
    page["data"].as_array().expect("a page has rows").clone()
}

#[test]
fn refused_sign_ins_are_in_the_audit_log_once_an_hour_with_a_count() {
    let app = TestApp::start_with(PROXIED);
    app.add_tenant("other", Plan::Starter);
    let owner = app.sign_in(Role::Owner);
    exhaust(&app, "203.0.113.7", "developer@acme.test");
    exhaust(&app, "2001:db8:1:2::3", "Developer@acme.test");
    exhaust(&app, "203.0.113.9", "nobody@acme.test");
    exhaust(&app, "203.0.113.10", "owner@other.test");
    let written = entries(&app, &owner, "session.login_failed");
    let told: Vec<_> = written
        .iter()
        .map(|entry| {
            let details = &entry["after"];
            assert_eq!(details["reason"], "wrong_credentials");
            assert_eq!(details["attempts"], 1);
            assert_eq!(entry["actor"]["type"], "anonymous");
            assert_eq!(entry["subject_id"], "usr_acme_developer");
            (
                entry["actor"]["address"].as_str().unwrap(),
                details["network"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("2001:db8:1:2::3", "2001:db8:1:2::"),
            ("203.0.113.7", "203.0.113.7")
        ]
    );
    // The repetitions are recorded at the end of the hour.
    app.advance(TimeDelta::hours(1));
    let written = entries(&app, &owner, "session.login_failed");
    assert_eq!(written.len(), 4);
    for entry in &written[..2] {
        assert_eq!(entry["after"]["attempts"], 9, "{entry}");
    }
    assert!(!serde_json::to_string(&written).unwrap().contains("wrong\""));
}

#[test]
fn a_guesser_with_many_networks_does_not_fill_the_audit_log() {
    let app = TestApp::start_with(PROXIED);
    let owner = app.sign_in(Role::Owner);
    for network in 0..40 {
        let from = format!("203.0.113.{network}");
        login(&app, &from, "member@acme.test", "wrong", None).problem(401, "wrong_credentials");
    }
    assert_eq!(entries(&app, &owner, "session.login_failed").len(), 20);
    app.advance(TimeDelta::hours(1));
    let written = entries(&app, &owner, "session.login_failed");
    assert_eq!(written.len(), 21);
    assert_eq!(written[0]["after"]["attempts"], 20);
}

#[test]
fn wrong_sudo_passwords_and_refused_calls_are_in_the_audit_log() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    let member = app.sign_in(Role::Member);
    for _ in 0..3 {
        member
            .post(SUDO, &json!({"password": "not my password"}))
            .problem(403, "wrong_password");
        member
            .get("/api/v1/platform/api-keys")
            .problem(403, "insufficient_role");
    }
    // The role may not change anything, but the session is valid.
    let foreign = app
        .request("POST", "/api/v1/auth/logout")
        .header("Cookie", &format!("pm_session={}", member.token))
        .header("Origin", "https://evil.example");
    foreign.send().problem(403, "cross_site_request");
    // A request for the password is not recorded as a refusal.
    let form = json!({"name": "a", "environment": "live", "permissions": ["contacts:read"]});
    owner
        .post("/api/v1/platform/api-keys", &form)
        .problem(403, "sudo_required");
    for (action, reasons) in [
        ("session.sudo_failed", &["wrong_password"][..]),
        (
            "session.call_refused",
            &["cross_site_request", "insufficient_role"],
        ),
    ] {
        let written = entries(&app, &owner, action);
        let told: Vec<_> = written
            .iter()
            .map(|entry| {
                assert_eq!(entry["actor"]["email"], "member@acme.test");
                assert_eq!(entry["actor"]["address"], "127.0.0.1");
                entry["after"]["reason"].as_str().unwrap()
            })
            .collect();
        assert_eq!(told, reasons, "{action}");
        assert!(!serde_json::to_string(&written).unwrap().contains("not my"));
    }
}
