//! `POST /v1/emails/send` with an `Idempotency-Key`.

use crate::util::{
    Answer, Key, TestApp, json,
    quotas::{queued_emails, quota_key, refused, set_quotas},
};
use backend::{
    keys::secret::SecretKeys, models::idempotency::IdempotentRequest, schema::idempotency_keys,
};
use chrono::TimeDelta;
use diesel::{QueryDsl, RunQueryDsl, TextExpressionMethods};
use serde_json::Value;
use shared::key::Environment;

fn send(key: &Key<'_>, idempotency_key: &str, body: &Value) -> Answer {
    let request = key.request("POST", "/v1/emails/send").json(body);
    request.header("Idempotency-Key", idempotency_key).send()
}

fn mail() -> Value {
    json!({"to": "a@example.com", "subject": "Hello", "html_body": "Hello"})
}

#[test]
fn send_200_replays_the_response_for_a_day() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    let first = send(&key, "order-1", &mail());
    let id = first.expect(200)["id"].clone();
    assert_eq!(first.header("idempotent-replayed"), None);
    let (plain, key_id) = (key.plain.clone(), key.id.clone());
    let app = app.restart();
    let key = Key {
        app: &app,
        id: key_id,
        plain,
    };
    let again = send(&key, "order-1", &mail());
    assert_eq!(again.text(), first.text());
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.header("content-type"), Some("application/json"));
    // The parsed body is compared, not its formatting.
    let written =
        r#"{ "html_body":"Hello", "subject":"Hello", "to":"a@example.com", "track_opens":true }"#;
    let request = key
        .request("POST", "/v1/emails/send")
        .body("application/json", written);
    let again = request.header("Idempotency-Key", "order-1").send();
    assert_eq!(again.expect(200)["id"], id);
    assert_eq!(key.get("/v1/emails").expect(200)["total"], 1);

    app.advance(TimeDelta::hours(24));
    let next = send(&key, "order-1", &mail());
    assert_ne!(next.expect(200)["id"], id);
    assert_eq!(next.header("idempotent-replayed"), None);
}

#[test]
fn send_422_idempotency_key_with_another_body() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    send(&key, "order-1", &mail()).expect(200);
    let mut other = mail();
    other["to"] = json!("b@example.com");
    send(&key, "order-1", &other).problem(422, "idempotency_key_reused");
    send(&key, "order-2", &other).expect(200);
    // Idempotency keys of another environment are independent.
    let form = json!({"name": "t", "environment": "test", "permissions": ["emails:send"]});
    send(&app.key_from(&form), "order-1", &other).expect(200);
}

#[test]
fn send_400_invalid_idempotency_key_or_body() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    for bad in ["", "a b", &"x".repeat(256), "caf\u{e9}"] {
        let answer = send(&key, bad, &mail());
        answer.problem_of_fields(400, "invalid_field", &["Idempotency-Key"]);
    }
    send(&key, &"x".repeat(255), &mail()).expect(200);
    let mut bad = mail();
    bad["to"] = json!("nobody");
    send(&key, "order-1", &bad).problem(400, "invalid_email");
    send(&key, "order-1", &mail()).expect(200);
}

#[test]
fn send_409_while_the_first_request_is_in_flight() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    let mut statuses = Vec::new();
    for round in 0..5 {
        let name = format!("order-{round}");
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| send(&key, &name, &mail())))
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        let mut ids: Vec<Value> = Vec::new();
        for answer in answers {
            statuses.push(answer.status);
            if answer.status == 409 {
                answer.problem(409, "idempotency_in_flight");
            } else {
                ids.push(answer.expect(200)["id"].clone());
            }
        }
        ids.dedup();
        assert_eq!(ids.len(), 1, "one email");
    }
    assert_eq!(key.get("/v1/emails").expect(200)["total"], 5);
    // Simulates a request with the key that is still in progress.
    let request = IdempotentRequest {
        tenant_id: app.tenant.clone(),
        environment: Environment::Live,
        key_digests: app.state.secrets.idempotency_digests("mine"),
        body_digest: String::new(),
    };
    let held = app.state.idempotency.reserve(&request);
    send(&key, "mine", &mail()).problem(409, "idempotency_in_flight");
    drop(held);
    send(&key, "mine", &mail()).expect(200);
}

#[test]
fn send_200_stores_only_a_digest_of_the_idempotency_key() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    let first = send(&key, "order-1", &mail());
    let id = first.expect(200)["id"].clone();
    let in_plain_text: i64 = app.write(|conn| {
        let rows = idempotency_keys::table.filter(idempotency_keys::key.like("%order-1%"));
        Ok(rows.count().get_result(conn)?)
    });
    assert_eq!(in_plain_text, 0);
    for secret in [&*key.plain, &format!("x-{}-y", key.plain)] {
        let answer = send(&key, secret, &mail());
        answer.problem_of_fields(400, "invalid_field", &["Idempotency-Key"]);
        assert!(!answer.text().contains(secret));
    }
    // Adding a new secret key does not affect repeated requests.
    let file = app.place.dir().join("secret.key");
    let old = std::fs::read_to_string(&file).unwrap();
    let new = SecretKeys::generate().unwrap();
    std::fs::write(&file, format!("{}\n{old}", new.expose())).unwrap();
    let (plain, key_id) = (key.plain.clone(), key.id.clone());
    let app = app.restart();
    let key = Key {
        app: &app,
        id: key_id,
        plain,
    };
    let again = send(&key, "order-1", &mail());
    assert_eq!(again.expect(200)["id"], id);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
}

#[test]
fn send_403_over_quota_is_not_replayed() {
    let app = TestApp::start();
    let key = quota_key(&app, "live");
    let mail = json!({"to": "a@sandbox.penguinmails.test", "subject": "s", "html_body": "x"});
    let attempt = || {
        let request = key.request("POST", "/v1/emails/send");
        request
            .header("Idempotency-Key", "order-1")
            .json(&mail)
            .send()
    };
    set_quotas(&app, queued_emails(0));
    refused(&attempt(), "queued emails", "live", 0);
    set_quotas(&app, queued_emails(1));
    attempt().expect(200);
}
