//! Limits on calls with invalid keys.

use crate::util::{TestApp, with_wrong_check};
use chrono::TimeDelta;

#[test]
fn call_429_after_60_invalid_keys_but_a_valid_key_still_works() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    let bad = format!("Bearer {}", with_wrong_check(&key.plain));
    let bad = || {
        app.request("GET", "/v1/whoami")
            .header("Authorization", &bad)
            .send()
    };
    for _ in 0..60 {
        bad().problem(401, "invalid_token");
    }
    bad().problem(429, "too_many_failed_attempts");
    key.get("/v1/whoami").expect(200);
    // Keys that this process has not cached work, too.
    app.key(&["contacts:read"]).get("/v1/whoami").expect(200);
    bad().problem(429, "too_many_failed_attempts");
    app.advance(TimeDelta::seconds(2));
    bad().problem(401, "invalid_token");
}

#[test]
fn failures_count_per_ipv4_address_and_ipv6_network() {
    let app = TestApp::start_with(&["--trusted-proxy", "127.0.0.1/32"]);
    let key = app.key(&["contacts:read"]);
    let from = |plain: &str, address: &str| {
        app.request("GET", "/v1/whoami")
            .header("Authorization", &format!("Bearer {plain}"))
            .header("X-Forwarded-For", address)
            .send()
    };
    let bad = with_wrong_check(&key.plain);
    for host in 0..60 {
        let host = format!("2001:db8:1:2:{host:x}::1");
        from(&bad, &host).problem(401, "invalid_token");
        from(&bad, "203.0.113.7").problem(401, "invalid_token");
    }
    for (address, other) in [
        ("2001:db8:1:2:ffff::2", "2001:db8:1:3::1"),
        ("::ffff:203.0.113.7", "203.0.113.8"),
    ] {
        from(&bad, address).problem(429, "too_many_failed_attempts");
        from(&bad, other).problem(401, "invalid_token");
        from(&key.plain, address).expect(200);
    }
}
