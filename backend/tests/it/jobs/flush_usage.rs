//! Writing buffered usage to the database.

use crate::util::{Key, ResponseCounts, Session, TestApp, check_api_usage, eventually, json};
use chrono::TimeDelta;
use serde_json::Value;
use shared::role::Role;

/// Makes calls with as many different responses as possible.
fn call_in_every_way(key: &Key<'_>, dead: &Key<'_>, round: u32, received: &mut ResponseCounts) {
    let mail = json!({"to": "a@example.com", "subject": "a", "html_body": "a"});
    let other_mail = json!({"to": "b@example.com", "subject": "a", "html_body": "a"});
    let address = format!("a{round}@example.com");
    let once = format!("once-{round}");
    let send = |mail: &Value| {
        let request = key.request("POST", "/v1/emails/send").json(mail);
        request.header("Idempotency-Key", &once)
    };
    let answers = [
        key.get("/v1/whoami"),
        key.get("/v1/contacts"),
        key.post("/v1/contacts", &json!({"email": address})),
        key.post("/v1/contacts", &json!({"email": address})),
        key.post("/v1/contacts", &json!({"email": "nonsense"})),
        key.get("/v1/contacts?limit=0"),
        key.get(&format!("/v1/contacts?key={}", key.plain)),
        key.get("/v1/campaigns"),
        key.get("/v1/contacts/con_none"),
        key.get("/v1/nothing"),
        key.delete("/v1/whoami"),
        key.request("POST", "/v1/contacts")
            .body("text/plain", "a")
            .send(),
        send(&mail).send(),
        send(&other_mail).send(),
        dead.get("/v1/contacts"),
        key.get("/api/v1/tenant/rate-limit"),
        key.get("/v1/whoami"),
        key.get("/v1/whoami"),
    ];
    for answer in answers {
        *received.entry(answer.status).or_default() += 1;
    }
}

#[test]
fn totals_match_the_responses_across_restarts_and_rollup_boundaries() {
    let mut app = TestApp::start();
    app.set_rate_limits(60, 11);
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({
        "name": "a", "environment": "live", "permissions": ["contacts:write", "emails:send"]
    });
    let (key, dead) = (owner.create_key(&form), owner.create_key(&form));
    owner.delete(&dead.path()).expect(200);
    let keys = [key, dead].map(|key| (key.id, key.plain));
    let mut received = ResponseCounts::new();
    // Within a minute, to the next one, and across the boundaries of an hour and of days.
    let steps = [
        TimeDelta::seconds(20),
        TimeDelta::seconds(59),
        TimeDelta::minutes(61),
        TimeDelta::hours(23),
        TimeDelta::days(3),
        TimeDelta::milliseconds(1),
        TimeDelta::days(9),
    ];
    for (round, step) in (0..).zip(steps) {
        let [key, dead] = keys.clone().map(|(id, plain)| Key {
            app: &app,
            id,
            plain,
        });
        call_in_every_way(&key, &dead, round, &mut received);
        if round % 2 == 1 {
            app.flush();
        }
        app.advance(step);
        if round % 3 == 2 {
            app = app.restart();
        }
    }
    let kinds: Vec<u16> = received.keys().copied().collect();
    let expected = [200, 201, 400, 401, 403, 404, 405, 415, 422, 429];
    assert_eq!(kinds, expected, "{received:?}");
    let owner = app.sign_in(Role::Owner);
    check_api_usage(&owner.api_usage("range=30d"), &received);
    let from = app.clock.now() - TimeDelta::days(60);
    let query = format!("range=custom&from={}", from.format("%Y-%m-%dT%H:%M:%SZ"));
    check_api_usage(&owner.api_usage(&query), &received);
}

#[test]
fn usage_survives_a_restart() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({"name": "a", "environment": "live", "permissions": ["contacts:read"]});
    let key = owner.create_key(&form);
    for _ in 0..5 {
        key.get("/v1/whoami").expect(200);
    }
    let (id, plain, token) = (key.id, key.plain, owner.token);
    let app = app.restart();
    let owner = Session { app: &app, token };
    assert_eq!(owner.key_view(&id)["usage"]["total_requests"], 5);
    let key = Key {
        app: &app,
        id,
        plain,
    };
    key.get("/v1/whoami").expect(200);
    let total = || {
        app.flush();
        owner.key_view(&key.id)["usage"]["total_requests"].clone()
    };
    eventually(|| (total() == 6).then_some(()));
}
