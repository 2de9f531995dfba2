//! `GET /api/v1/tenant/rate-limit`.

use crate::util::{TestApp, json};
use chrono::TimeDelta;
use shared::role::Role;

#[test]
fn get_200_counts_rejections_of_the_last_minute() {
    let app = TestApp::start();
    app.set_rate_limits(60, 61);
    let owner = app.sign_in(Role::Owner);
    let key = app.key(&["emails:send"]);
    let mail = json!({"to": "a@sandbox.penguinmails.test", "subject": "a", "html_body": "a"});
    let send = || key.post("/v1/emails/send", &mail);
    for _ in 0..60 {
        send().expect(200);
    }
    assert_eq!(send().problem(429, "rate_limit_exceeded")["limit"], "send");
    key.get("/v1/whoami").expect(200);
    key.get("/v1/whoami").problem(429, "rate_limit_exceeded");
    assert_eq!(send().problem(429, "rate_limit_exceeded")["limit"], "plan");
    let view = || owner.get("/api/v1/tenant/rate-limit").expect(200);
    insta::assert_json_snapshot!(view(), @r#"
    {
      "plan": "professional",
      "rate_per_minute": 60,
      "burst": 61,
      "used_last_minute": 61,
      "refused_last_minute": 2,
      "burst_remaining": 0,
      "reset_seconds": 61,
      "endpoints": [
        {
          "method": "POST",
          "path": "/v1/emails/send",
          "rate_per_minute": 60,
          "burst": 60,
          "refused_last_minute": 1,
          "burst_remaining": 0,
          "reset_seconds": 60
        }
      ]
    }
    "#);
    let rejected = || {
        let view = view();
        let of_endpoint = &view["endpoints"][0]["refused_last_minute"];
        (view["refused_last_minute"].clone(), of_endpoint.clone())
    };
    app.advance(TimeDelta::seconds(59));
    assert_eq!(rejected(), (json!(2), json!(1)));
    app.advance(TimeDelta::seconds(1));
    assert_eq!(rejected(), (json!(0), json!(0)));
}
