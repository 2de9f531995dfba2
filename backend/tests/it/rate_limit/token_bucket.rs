//! Token buckets of plans and endpoints.

use crate::util::{TestApp, json};
use chrono::TimeDelta;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn concurrent_calls_admit_exactly_the_burst() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    let (admitted, rejected) = (AtomicUsize::new(0), AtomicUsize::new(0));
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
                    let sentence = "Rate limit exceeded. Try again in 1 second.";
                    assert_eq!(problem["message"], sentence);
                    assert_eq!(answer.header("x-ratelimit-remaining"), Some("0"));
                    rejected.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
    });
    assert_eq!(admitted.into_inner(), 500);
    assert_eq!(rejected.into_inner(), 500);
    // Five tokens are added per second.
    app.advance(TimeDelta::seconds(1));
    for _ in 0..5 {
        key.get("/v1/whoami").expect(200);
    }
    key.get("/v1/whoami").problem(429, "rate_limit_exceeded");
}

#[test]
fn call_429_names_the_exceeded_limit_and_the_remedy() {
    let app = TestApp::start();
    app.set_rate_limits(60, 61);
    let key = app.key(&["emails:send"]);
    let mail = json!({"to": "a@sandbox.penguinmails.test", "subject": "a", "html_body": "a"});
    let send = || key.post("/v1/emails/send", &mail);
    for _ in 0..60 {
        send().expect(200);
    }
    let of_endpoint = send().problem(429, "rate_limit_exceeded");
    insta::assert_json_snapshot!(of_endpoint, {".type" => "[url]", ".request_id" => "[request id]"}, @r#"
    {
      "type": "[url]",
      "title": "Rate limit exceeded",
      "status": 429,
      "detail": "Wait for `retry_after` seconds and spread the calls out. A larger plan does not raise this limit.",
      "error": "rate_limit_exceeded",
      "message": "Rate limit exceeded. Try again in 1 second.",
      "request_id": "[request id]",
      "retry_after": 1,
      "limit": "send"
    }
    "#);
    key.get("/v1/whoami").expect(200);
    let of_plan = key.get("/v1/whoami").problem(429, "rate_limit_exceeded");
    insta::assert_json_snapshot!(of_plan, {".type" => "[url]", ".request_id" => "[request id]"}, @r#"
    {
      "type": "[url]",
      "title": "Rate limit exceeded",
      "status": 429,
      "detail": "Wait for `retry_after` seconds and spread requests out, combine several into one, or upgrade the plan.",
      "error": "rate_limit_exceeded",
      "message": "Rate limit exceeded. Try again in 1 second.",
      "request_id": "[request id]",
      "retry_after": 1,
      "limit": "plan"
    }
    "#);
    // If both buckets are empty, the plan's limit is reported.
    assert_eq!(send().problem(429, "rate_limit_exceeded")["limit"], "plan");
}

#[test]
fn a_raised_limit_takes_effect_immediately() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    app.set_rate_limits(60, 100);
    for _ in 0..100 {
        key.get("/v1/whoami").expect(200);
    }
    key.get("/v1/whoami").problem(429, "rate_limit_exceeded");
    app.set_rate_limits(60_000, 60_000);
    assert_eq!(
        key.get("/v1/whoami").header("x-ratelimit-remaining"),
        Some("59899")
    );
    // After lowering the limits again, used requests still count, and no wait is longer than
    // refilling the bucket.
    app.set_rate_limits(60, 100);
    let rejected = key.get("/v1/whoami");
    let problem = rejected.problem(429, "rate_limit_exceeded");
    assert_eq!(problem["retry_after"], 1);
    assert_eq!(rejected.header("x-ratelimit-reset"), Some("100"));
}
