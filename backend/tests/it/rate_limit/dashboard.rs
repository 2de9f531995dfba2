//! The limit on changes that a user makes in the dashboard.

use crate::util::{TestApp, json};
use chrono::TimeDelta;
use shared::role::Role;

#[test]
fn change_429_per_user() {
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
    let answer = rename(0);
    let problem = answer.problem(429, "rate_limit_exceeded");
    assert_eq!(problem["limit"], "dashboard");
    assert_eq!(answer.header("retry-after"), Some("1"));
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
