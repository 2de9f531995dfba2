//! `POST /api/v1/auth/login`: the device cookie, which gives a known browser separate limits.

use crate::util::{
    PASSWORD, TestApp,
    accounts::{PROXIED, exhaust_guesses, login_from},
    json,
};
use chrono::TimeDelta;

const LOGIN: &str = "/api/v1/auth/login";

#[test]
fn a_known_browser_has_a_separate_limit() {
    let app = TestApp::start_with(PROXIED);
    let from = "203.0.113.7";
    let answer = login_from(&app, from, "owner@acme.test", PASSWORD, None);
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
    exhaust_guesses(&app, from, "owner@acme.test");
    login_from(&app, from, "owner@acme.test", PASSWORD, None)
        .problem(429, "too_many_login_attempts");
    let known = |password| login_from(&app, from, "owner@acme.test", password, Some(&device));
    known(PASSWORD).expect(200);
    // Wrong passwords from a known browser are limited as well. Then it counts as a new browser.
    for _ in 0..10 {
        known("wrong").problem(401, "wrong_credentials");
    }
    known(PASSWORD).problem(429, "too_many_login_attempts");
    let other_network = login_from(
        &app,
        "198.51.100.1",
        "owner@acme.test",
        PASSWORD,
        Some(&device),
    );
    other_network.expect(200);
}

#[test]
fn a_device_cookie_is_valid_for_its_account_and_180_days() {
    let app = TestApp::start_with(PROXIED);
    let from = "203.0.113.7";
    let answer = login_from(&app, from, "developer@acme.test", PASSWORD, None);
    let device = answer.cookie("pm_device").unwrap();
    exhaust_guesses(&app, from, "developer@acme.test");
    let used = |device: &str| login_from(&app, from, "developer@acme.test", PASSWORD, Some(device));
    used(&device).expect(200);
    let mut changed = device.clone().into_bytes();
    changed[3] ^= 1;
    let changed = String::from_utf8(changed).unwrap();
    for forged in [changed.as_str(), "", "x", &device[..40], &"A".repeat(4000)] {
        used(forged).problem(429, "too_many_login_attempts");
    }
    // Guesses on another account.
    exhaust_guesses(&app, from, "member@acme.test");
    login_from(&app, from, "member@acme.test", PASSWORD, Some(&device))
        .problem(429, "too_many_login_attempts");
    app.advance(TimeDelta::days(180));
    exhaust_guesses(&app, from, "developer@acme.test");
    used(&device).problem(429, "too_many_login_attempts");
}

#[test]
fn cookies_are_bound_to_the_host_over_https() {
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
