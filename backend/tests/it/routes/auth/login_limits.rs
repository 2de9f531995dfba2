//! `POST /api/v1/auth/login`: limits on password guesses, per account and network.

use crate::util::{
    Answer, PASSWORD, TestApp,
    accounts::{PROXIED, exhaust_guesses, login_from},
    json,
};
use chrono::TimeDelta;
use shared::role::Role;
use std::sync::Mutex;

const LOGIN: &str = "/api/v1/auth/login";
const SUDO: &str = "/api/v1/auth/sudo";

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
fn login_429_after_ten_wrong_passwords() {
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
fn login_429_per_network_across_accounts() {
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
fn guesses_from_one_network_do_not_lock_the_user_out() {
    let app = TestApp::start_with(PROXIED);
    let owner = app.sign_in(Role::Owner);
    assert_eq!(exhaust_guesses(&app, "203.0.113.7", "owner@acme.test"), 10);
    // Addresses in the same IPv6 network share a limit.
    for host in 0..10 {
        let from = format!("2001:db8:1:2::{host}");
        login_from(&app, &from, "owner@acme.test", "wrong", None).problem(401, "wrong_credentials");
    }
    login_from(&app, "2001:db8:1:2::99", "owner@acme.test", "wrong", None)
        .problem(429, "too_many_login_attempts");

    login_from(&app, "198.51.100.1", "OWNER@acme.test", PASSWORD, None).expect(200);
    owner.post(SUDO, &json!({"password": PASSWORD})).expect(200);
}

#[test]
fn guesses_from_many_networks_are_slowed_down_without_locking_the_user_out() {
    let app = TestApp::start_with(PROXIED);
    for network in 0..10 {
        let from = format!("203.0.113.{network}");
        assert_eq!(exhaust_guesses(&app, &from, "owner@acme.test"), 10);
    }
    for network in 10..13 {
        let from = format!("203.0.113.{network}");
        assert_eq!(exhaust_guesses(&app, &from, "owner@acme.test"), 2, "{from}");
    }
    // All networks of a site together get no more than one of them.
    assert_eq!(
        exhaust_guesses(&app, "2001:db8:7:1::1", "owner@acme.test"),
        2
    );
    assert_eq!(
        exhaust_guesses(&app, "2001:db8:7:2::1", "owner@acme.test"),
        0
    );
    login_from(&app, "198.51.100.1", "owner@acme.test", PASSWORD, None).expect(200);
    // Unknown accounts are limited in the same way.
    assert_eq!(
        exhaust_guesses(&app, "203.0.113.50", "nobody@acme.test"),
        10
    );
}

#[test]
fn concurrent_guesses_do_not_exceed_the_burst() {
    let app = TestApp::start_with(PROXIED);
    let guess = |_| login_from(&app, "203.0.113.7", "owner@acme.test", "wrong", None);
    let statuses = at_once(30, guess);
    assert_eq!(count(&statuses, 401), 10, "{statuses:?}");
    assert_eq!(count(&statuses, 429), 20, "{statuses:?}");

    // Guesses on many accounts from one network. Attempts that found the queue full were not
    // checked.
    let guess = |number| {
        login_from(
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
fn correct_passwords_do_not_count() {
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
fn login_401_for_overlong_fields_counts_for_the_network() {
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
