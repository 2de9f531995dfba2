//! `GET /api/v1/platform/api-keys/{id}`.

use crate::util::{Key, TestApp, api_keys::key_form, eventually, json};
use chrono::TimeDelta;
use serde_json::Value;
use shared::role::Role;

#[test]
fn get_200_counts_usage_per_key_of_a_rotation_chain() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let mut chain = vec![owner.create_key(&key_form(&["contacts:read"]))];
    for _ in 0..3 {
        app.advance(TimeDelta::seconds(1));
        let rotated = owner.act(chain.last().unwrap(), "rotate").expect(201);
        chain.push(Key::shown(&app, &rotated));
    }
    for (key, calls) in chain.iter().zip([1, 2, 4, 8]) {
        for _ in 0..calls {
            key.get("/v1/contacts").expect(200);
        }
    }
    chain[1]
        .get("/v1/contacts?limit=0")
        .problem(400, "invalid_query");
    let counts = || -> Vec<[u64; 3]> {
        app.flush();
        let number = |view: &Value, name: &str| view["usage"][name].as_u64().unwrap();
        let views = chain.iter().map(|key| owner.key_view(&key.id));
        let numbers = |view| {
            ["total_requests", "last_24h", "successors_last_24h"].map(|name| number(&view, name))
        };
        views.map(numbers).collect()
    };
    let expected = [[1, 1, 15], [3, 3, 12], [4, 4, 8], [8, 8, 0]];
    eventually(|| (counts() == expected).then_some(()));
    let rate = |key: &Key<'_>| {
        owner.key_view(&key.id)["usage"]["error_rate"]
            .as_f64()
            .unwrap()
    };
    assert!((rate(&chain[1]) - 1.0 / 3.0).abs() < 1e-9);
    assert!(rate(&chain[0]).abs() < 1e-9);

    // Revoked successors are not counted, whether revoked by a user or by the end of their grace
    // period.
    owner.delete(&chain[2].path()).expect(200);
    assert_eq!(counts(), [[1, 1, 11], [3, 3, 8], [4, 4, 8], [8, 8, 0]]);
    owner.delete(&chain[3].path()).expect(200);
    assert_eq!(counts(), [[1, 1, 3], [3, 3, 0], [4, 4, 0], [8, 8, 0]]);
    let listed = owner.get("/api/v1/platform/api-keys").expect(200);
    let of_first = |row: &&Value| row["id"] == chain[0].id.as_str();
    let first = listed["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(of_first)
        .unwrap();
    assert_eq!(first["usage"]["successors_last_24h"], 3);
    app.advance(TimeDelta::hours(25));
    let owner = app.sign_in(Role::Owner);
    assert_eq!(owner.key_view(&chain[0].id)["usage"]["last_24h"], 0);
    assert_eq!(owner.key_view(&chain[0].id)["usage"]["total_requests"], 1);
}

#[test]
fn get_200_expired_exactly_at_the_expiry() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let mut form = key_form(&["contacts:read"]);
    form["expires_in_days"] = json!(1);
    let key = owner.create_key(&form);
    app.advance(TimeDelta::days(1) - TimeDelta::milliseconds(1));
    key.get("/v1/whoami").expect(200);
    app.advance(TimeDelta::milliseconds(1));
    key.get("/v1/whoami").problem(401, "invalid_token");
    let owner = app.sign_in(Role::Owner).with_sudo();
    assert_eq!(owner.key_view(&key.id)["status"], "expired");
    // An expired key can still be revoked.
    assert_eq!(owner.delete(&key.path()).expect(200)["status"], "revoked");
}
