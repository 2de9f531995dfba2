//! `X-RateLimit-*` and `RateLimit` headers.

use crate::util::{Answer, TestApp, json, with_wrong_check};
use chrono::TimeDelta;

fn remaining(answer: &Answer) -> u32 {
    let header = answer.header("x-ratelimit-remaining");
    header
        .and_then(|text| text.parse().ok())
        .expect("tells what remains")
}

#[test]
fn call_200_has_the_state_of_the_plan_limit() {
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
fn rejected_calls_consume_no_tokens() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    assert_eq!(remaining(&key.get("/v1/whoami")), 499);
    for _ in 0..5 {
        let rejected = key.post("/v1/contacts", &json!({"email": "a@example.com"}));
        rejected.problem(403, "insufficient_scope");
        assert_eq!(remaining(&rejected), 499);
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
