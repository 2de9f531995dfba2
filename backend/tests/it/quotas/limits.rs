//! Requests at the limit of a quota.

use crate::util::{
    Answer, Key, TestApp, json,
    quotas::{add_contact, put_template, quota_key, refused, send, set_quotas, stored_bytes, used},
};
use backend::models::quota::QuotaOverrides;
use shared::role::Role;

#[test]
fn stored_bytes_limit_every_change_that_adds_data() {
    let app = TestApp::start();
    let key = quota_key(&app, "live");
    let add = |attributes: usize| {
        let form = json!({"email": "a@sandbox.penguinmails.test",
            "attributes": {"a": "x".repeat(attributes)}});
        key.post("/v1/contacts", &form)
    };
    let contact = add(10).expect(201)["id"].clone();
    let contact = format!("/v1/contacts/{}", contact.as_str().unwrap());
    let draft = json!({"name": "n", "subject": "s", "html_body": "x".repeat(100)});
    let campaign = key.post("/v1/campaigns", &draft).expect(201)["id"].clone();
    let campaign = format!("/v1/campaigns/{}", campaign.as_str().unwrap());
    put_template(&key, "a", 100).expect(201);
    let bytes = used(&app, "live")["stored_bytes"].as_u64().unwrap();
    let limit = bytes + 50;
    set_quotas(&app, stored_bytes(limit.cast_signed()));
    let over = |answer: &Answer| refused(answer, "stored bytes", "live", limit);
    let longer = json!({"name": "n", "subject": "s", "html_body": "x".repeat(151)});
    over(&send(&key, 50));
    over(&put_template(&key, "a", 151));
    over(&put_template(&key, "b", 51));
    over(&add(61));
    over(&key.put(&contact, &json!({"attributes": {"a": "x".repeat(61)}})));
    over(&key.post("/v1/campaigns", &draft));
    over(&key.put(&campaign, &longer));
    assert_eq!(
        used(&app, "live")["stored_bytes"],
        bytes,
        "nothing was kept"
    );
    put_template(&key, "a", 150).expect(200);
    assert_eq!(used(&app, "live")["stored_bytes"], limit);

    // After lowering the quota, changes that do not increase usage are still possible.
    set_quotas(&app, stored_bytes(1));
    put_template(&key, "a", 149).expect(200);
    add(9).expect(200);
    key.put(&contact, &json!({})).expect(200);
    key.put(&campaign, &draft).expect(200);
    refused(
        &key.post(&format!("{campaign}/start"), &json!({})),
        "stored bytes",
        "live",
        1,
    );
    assert_eq!(key.get(&campaign).expect(200)["status"], "draft");
    key.delete(&campaign).expect(200);
    key.delete("/v1/templates/a").expect(200);
    key.delete(&contact).expect(200);
}

#[test]
fn one_of_two_concurrent_requests_is_accepted_at_the_limit() {
    let app = TestApp::start();
    let other = app.another();
    let key = quota_key(&app, "live");
    let owner = app.sign_in(Role::Owner).with_sudo();
    let there = Key {
        app: &other,
        ..key.clone()
    };
    let new_key = json!({"name": "k", "environment": "live", "permissions": ["contacts:read"]});
    let create_key = |app: &TestApp| {
        let cookie = format!("pm_session={}", owner.token);
        let request = app.browser("POST", "/api/v1/platform/api-keys");
        request.header("Cookie", &cookie).json(&new_key).send()
    };
    for round in 0..4_i64 {
        let now = used(&app, "live");
        let limit = |name: &str, more: i64| Some(now[name].as_i64().unwrap() + more);
        set_quotas(
            &app,
            QuotaOverrides {
                templates: limit("templates", 1),
                contacts: limit("contacts", 1),
                keys: limit("keys", 1),
                ..QuotaOverrides::default()
            },
        );
        both(&key, &there, |key, side| {
            put_template(key, &format!("t{round}-{side}"), 10)
        });
        both(&key, &there, |key, side| {
            add_contact(key, &format!("a{round}-{side}@example.com"))
        });
        both(&key, &there, |key, _| create_key(key.app));
        let bytes = used(&app, "live")["stored_bytes"].as_i64().unwrap();
        set_quotas(&app, stored_bytes(bytes + 150));
        both(&key, &there, |key, _| send(key, 99));
    }
}

/// Calls both servers at once. Exactly one of them must refuse.
#[track_caller]
fn both(here: &Key<'_>, there: &Key<'_>, call: impl Fn(&Key<'_>, &str) -> Answer + Sync) {
    let answers = std::thread::scope(|scope| {
        let first = scope.spawn(|| call(here, "here"));
        let second = scope.spawn(|| call(there, "there"));
        [first, second].map(|thread| thread.join().expect("answers"))
    });
    let refused = answers.iter().filter(|answer| answer.status == 403);
    assert_eq!(refused.count(), 1, "{answers:?}");
    let admitted = answers.iter().filter(|answer| answer.status < 300);
    assert_eq!(admitted.count(), 1, "{answers:?}");
}
