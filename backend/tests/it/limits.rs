//! Rate limits of keys, and limits on failed attempts.

use crate::{
    gateway::with_wrong_check,
    util::{Answer, TestApp, json},
};
use backend::models::tenant::Tenant;
use chrono::TimeDelta;
use shared::{plan::PlanLimits, role::Role};
use std::sync::atomic::{AtomicUsize, Ordering};

fn remaining(answer: &Answer) -> u32 {
    let header = answer.header("x-ratelimit-remaining");
    header
        .and_then(|text| text.parse().ok())
        .expect("tells what remains")
}

#[test]
fn call_200_tells_the_state_of_the_limits() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    let answer = key.get("/v1/whoami");
    answer.expect(200);
    for (name, value) in [
        ("x-ratelimit-limit", "500"),
        ("x-ratelimit-remaining", "499"),
        ("x-ratelimit-reset", "1"),
        ("ratelimit-policy", "\"plan\";q=500;w=100"),
        ("ratelimit", "\"plan\";r=499;t=1"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    // Keys of one environment share a bucket; another environment has its own.
    assert_eq!(
        remaining(&app.key(&["contacts:read"]).get("/v1/whoami")),
        498
    );
    let test = json!({"name": "t", "environment": "test", "permissions": ["contacts:read"]});
    assert_eq!(remaining(&app.key_from(&test).get("/v1/whoami")), 499);
    app.advance(TimeDelta::seconds(1));
    assert_eq!(remaining(&key.get("/v1/whoami")), 499);
    let anonymous = app.request("GET", "/v1/whoami").send();
    assert_eq!(anonymous.header("x-ratelimit-limit"), None);
}

#[test]
fn refused_calls_use_up_nothing() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    assert_eq!(remaining(&key.get("/v1/whoami")), 499);
    for _ in 0..5 {
        let refused = key.post("/v1/contacts", &json!({"email": "a@example.com"}));
        refused.problem(403, "insufficient_scope");
        assert_eq!(remaining(&refused), 499);
        key.get(&format!("/v1/whoami?key={}", key.plain))
            .problem(400, "key_in_query");
        let wrong = format!("Bearer {}", with_wrong_check(&key.plain));
        let wrong = app
            .request("GET", "/v1/whoami")
            .header("Authorization", &wrong)
            .send();
        wrong.problem(401, "invalid_token");
    }
    assert_eq!(remaining(&key.get("/v1/whoami")), 498);
}

#[test]
fn a_thousand_calls_at_once_admit_exactly_the_burst() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    let (admitted, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let answer = key.get("/v1/whoami");
                    if answer.status == 200 {
                        admitted.fetch_add(1, Ordering::SeqCst);
                        continue;
                    }
                    let problem = answer.problem(429, "rate_limit_exceeded");
                    assert_eq!(problem["retry_after"], 1);
                    let sentence = "Rate limit exceeded. Try again in 1 seconds.";
                    assert_eq!(problem["message"], sentence);
                    assert_eq!(remaining(&answer), 0);
                    refused.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
    });
    assert_eq!(admitted.into_inner(), 500);
    assert_eq!(refused.into_inner(), 500);
    // Five tokens are added per second.
    app.advance(TimeDelta::seconds(1));
    for _ in 0..5 {
        key.get("/v1/whoami").expect(200);
    }
    key.get("/v1/whoami").problem(429, "rate_limit_exceeded");
}

#[test]
fn call_429_names_the_limit_that_refused_and_what_helps() {
    let app = TestApp::start();
    let limits = PlanLimits {
        rate_per_minute: 60,
        burst: 61,
    };
    app.write(|conn| Tenant::set_limits(conn, &app.tenant, limits));
    let owner = app.sign_in(Role::Owner);
    let key = app.key(&["emails:send"]);
    let mail = json!({"to": "a@sandbox.penguinmails.test", "subject": "a", "html_body": "a"});
    let send = || key.post("/v1/emails/send", &mail);
    for _ in 0..60 {
        send().expect(200);
    }
    let of_endpoint = send().problem(429, "rate_limit_exceeded");
    assert_eq!(of_endpoint["limit"], "send");
    let detail = of_endpoint["detail"].as_str().unwrap();
    assert!(detail.contains("A larger plan does not raise"), "{detail}");
    key.get("/v1/whoami").expect(200);
    let of_plan = key.get("/v1/whoami").problem(429, "rate_limit_exceeded");
    assert_eq!(of_plan["limit"], "plan");
    let detail = of_plan["detail"].as_str().unwrap();
    assert!(detail.contains("upgrade the plan"), "{detail}");
    // If both buckets are empty, the plan's limit is reported.
    assert_eq!(send().problem(429, "rate_limit_exceeded")["limit"], "plan");
    let refused = || {
        let view = owner.get("/api/v1/tenant/rate-limit").expect(200);
        let of_endpoint = &view["endpoints"][0]["refused_last_minute"];
        (view["refused_last_minute"].clone(), of_endpoint.clone())
    };
    assert_eq!(refused(), (json!(2), json!(1)));
    app.advance(TimeDelta::seconds(59));
    assert_eq!(refused(), (json!(2), json!(1)));
    app.advance(TimeDelta::seconds(1));
    assert_eq!(refused(), (json!(0), json!(0)));
}

#[test]
fn a_higher_limit_helps_at_once() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    let set_limits = |rate_per_minute, burst| {
        let limits = PlanLimits {
            rate_per_minute,
            burst,
        };
        let tenant = app.write(|conn| {
            Tenant::set_limits(conn, &app.tenant, limits)?;
            Tenant::get(conn, &app.tenant)
        });
        // Refreshes the limits like the job that polls the change log.
        app.state.tenants.limits(&tenant).unwrap();
    };
    set_limits(60, 100);
    for _ in 0..100 {
        key.get("/v1/whoami").expect(200);
    }
    key.get("/v1/whoami").problem(429, "rate_limit_exceeded");
    set_limits(60_000, 60_000);
    assert_eq!(remaining(&key.get("/v1/whoami")), 59_899);
    // After lowering the limits again, used requests still count, and no wait is longer than
    // refilling the bucket.
    set_limits(60, 100);
    let refused = key.get("/v1/whoami");
    let problem = refused.problem(429, "rate_limit_exceeded");
    assert_eq!(problem["retry_after"], 1);
    assert_eq!(refused.header("x-ratelimit-reset"), Some("100"));
}

#[test]
fn call_429_after_60_bad_keys_but_a_valid_one_still_works() {
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
fn failures_count_for_an_ipv4_address_or_an_ipv6_network() {
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
