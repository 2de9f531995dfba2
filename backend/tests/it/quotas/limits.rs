//! Requests at the quota: those that would exceed it are refused, all others work.

use super::{
    add_contact, key_of, put_template, queued_emails, refused, send, set_quotas, stored_bytes, used,
};
use crate::util::{
    Answer, Key, Session, TestApp, eventually, json,
    process::{Process, binary, furnished},
};
use backend::models::{contact::Contact, quota::QuotaOverrides};
use chrono::TimeDelta;
use serde_json::Value;
use shared::{ids::ContactId, key::Environment, role::Role};

#[test]
fn every_plan_has_quotas_and_the_operators_replace_them() {
    let app = TestApp::start();
    let session = app.sign_in(Role::Developer);
    let limits = || session.get("/api/v1/tenant/quotas").expect(200)["limits"].clone();
    let professional = json!({"templates": 500, "contacts": 100_000, "keys": 200,
        "stored_bytes": 26_843_545_600_u64, "queued_emails": 50_000});
    assert_eq!(limits(), professional);
    let own = QuotaOverrides {
        templates: Some(7),
        ..QuotaOverrides::default()
    };
    set_quotas(&app, own);
    assert_eq!(limits()["templates"], 7);
    let key = key_of(&app, "live");
    let change = json!({"plan": "starter"});
    key.put("/api/v1/tenant/plan", &change).expect(200);
    let starter = json!({"templates": 7, "contacts": 10_000, "keys": 50,
        "stored_bytes": 5_368_709_120_u64, "queued_emails": 10_000});
    assert_eq!(limits(), starter, "the operator's own stay");
}

#[test]
fn templates_are_limited_in_each_environment() {
    let app = TestApp::start();
    let [live, test] = ["live", "test"].map(|environment| key_of(&app, environment));
    let own = QuotaOverrides {
        templates: Some(2),
        ..QuotaOverrides::default()
    };
    set_quotas(&app, own);
    put_template(&live, "a", 10).expect(201);
    let problem = refused(&put_template(&live, "b", 10), "templates", "live", 2);
    assert_eq!(problem["title"], "Quota exceeded");
    live.get("/v1/templates/b").problem(404, "not_found");
    put_template(&live, "a", 20).expect(200);
    put_template(&test, "a", 10).expect(201);
    refused(&put_template(&test, "b", 10), "templates", "test", 2);
    live.delete("/v1/templates/welcome-v1").expect(200);
    put_template(&live, "b", 10).expect(201);
    // The quota is lowered below the current usage.
    let lower = QuotaOverrides {
        templates: Some(1),
        ..QuotaOverrides::default()
    };
    set_quotas(&app, lower);
    put_template(&live, "b", 30).expect(200);
    refused(&put_template(&live, "c", 10), "templates", "live", 1);
}

#[test]
fn contacts_are_limited_and_unsubscribing_is_not() {
    let app = TestApp::start();
    let key = key_of(&app, "live");
    let own = QuotaOverrides {
        contacts: Some(2),
        ..QuotaOverrides::default()
    };
    set_quotas(&app, own);
    for email in ["a@example.com", "b@example.com"] {
        add_contact(&key, email).expect(201);
    }
    refused(&add_contact(&key, "c@example.com"), "contacts", "live", 2);
    let named = json!({"email": "A@example.com", "first_name": "Ann", "tags": ["vip"]});
    let id = key.post("/v1/contacts", &named).expect(200)["id"].clone();
    let now = app.clock.now_naive();
    app.write(|conn| {
        let id = ContactId::new("con_new");
        Contact::unsubscribe(
            conn,
            &app.tenant,
            Environment::Live,
            id,
            "d@example.com",
            now,
        )
    });
    assert_eq!(used(&app, "live")["contacts"], 3);
    let path = format!("/v1/contacts/{}", id.as_str().unwrap());
    key.put(&path, &json!({"attributes": {"a": "b"}}))
        .expect(200);
    key.delete(&path).expect(200);
    refused(&add_contact(&key, "c@example.com"), "contacts", "live", 2);
    assert_eq!(used(&app, "live")["contacts"], 2);
}

#[test]
fn stored_bytes_limit_whatever_grows() {
    let app = TestApp::start();
    let key = key_of(&app, "live");
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
fn queued_emails_are_limited_until_they_are_sent() {
    let app = TestApp::start();
    let key = key_of(&app, "live");
    set_quotas(&app, queued_emails(0));
    refused(&send(&key, 10), "queued emails", "live", 0);
    assert_eq!(key.get("/v1/emails").expect(200)["total"], 0);
    set_quotas(&app, queued_emails(1));
    for _ in 0..3 {
        let sent = send(&key, 10).expect(200);
        let path = format!("/v1/emails/{}", sent["id"].as_str().unwrap());
        eventually(|| (key.get(&path).expect(200)["status"] == "sent").then_some(()));
    }
    assert_eq!(used(&app, "live")["queued_emails"], 0);
}

#[test]
fn a_refused_send_can_be_repeated_with_its_idempotency_key() {
    let app = TestApp::start();
    let key = key_of(&app, "live");
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

#[test]
fn a_campaign_waits_for_room_in_the_queue_and_leaves_some() {
    let app = TestApp::start();
    let key = key_of(&app, "live");
    for n in 0..5 {
        add_contact(&key, &format!("p{n}@sandbox.penguinmails.test")).expect(201);
    }
    let form = json!({"name": "n", "subject": "s", "html_body": "x"});
    let created = key.post("/v1/campaigns", &form).expect(201);
    let path = format!("/v1/campaigns/{}", created["id"].as_str().unwrap());
    set_quotas(&app, queued_emails(0));
    assert_eq!(
        key.post(&format!("{path}/start"), &json!({})).expect(200)["recipients"],
        5
    );
    backend_step(&app);
    let waiting = || {
        let campaign = key.get(&path).expect(200);
        assert_eq!(campaign["queued"], 0);
        campaign["waiting_for"].clone()
    };
    assert_eq!(waiting(), "queued_emails");
    let pause = key.post(&format!("{path}/pause"), &json!({}));
    assert_eq!(pause.expect(200)["waiting_for"], Value::Null);
    let start = key.post(&format!("{path}/start"), &json!({}));
    assert_eq!(start.expect(200)["waiting_for"], "queued_emails");
    set_quotas(&app, stored_bytes(1));
    backend_step(&app);
    assert_eq!(waiting(), "stored_bytes");
    set_quotas(&app, queued_emails(2));
    let campaign = eventually(|| {
        let queued = used(&app, "live")["queued_emails"].as_u64().unwrap();
        assert!(
            queued <= 1,
            "campaigns may fill half of the queue, not {queued}"
        );
        Some(key.get(&path).expect(200)).filter(|it| it["status"] == "completed")
    });
    assert_eq!(
        (&campaign["sent"], &campaign["recipients"]),
        (&json!(5), &json!(5))
    );
    assert_eq!(campaign["waiting_for"], Value::Null);
}

fn backend_step(app: &TestApp) {
    let state = app.state.clone();
    crate::util::block_on(backend::mail::campaign::advance(state));
}

#[test]
fn keys_are_limited_and_can_be_rotated_at_the_limit() {
    let app = TestApp::start();
    let own = QuotaOverrides {
        keys: Some(2),
        ..QuotaOverrides::default()
    };
    set_quotas(&app, own);
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = |environment: &str, expires_in_days: Option<u32>| {
        json!({"name": "k", "environment": environment, "permissions": ["contacts:read"],
            "expires_in_days": expires_in_days})
    };
    let create = |form: &Value| owner.post("/api/v1/platform/api-keys", form);
    let first = Key::shown(&app, &create(&form("live", None)).expect(201));
    let short = Key::shown(&app, &create(&form("live", Some(1))).expect(201));
    refused(&create(&form("live", None)), "API keys", "live", 2);
    create(&form("test", None)).expect(201);
    let rotated = owner.post(&first.action("rotate"), &json!({})).expect(201);
    let successor = Key::shown(&app, &rotated);
    refused(&create(&form("live", None)), "API keys", "live", 2);
    owner
        .post(&successor.action("disable"), &json!({}))
        .expect(200);
    refused(&create(&form("live", None)), "API keys", "live", 2);

    app.advance(TimeDelta::days(2));
    let owner = app.sign_in(Role::Owner).with_sudo();
    let create = |form: &Value| owner.post("/api/v1/platform/api-keys", form);
    assert_eq!(
        used(&app, "live")["keys"],
        1,
        "an expired key does not count"
    );
    let third = Key::shown(&app, &create(&form("live", None)).expect(201));
    let revive = || owner.patch(&short.path(), &json!({"expires_at": null}));
    refused(&revive(), "API keys", "live", 2);
    owner
        .patch(&short.path(), &json!({"name": "old"}))
        .expect(200);
    owner.delete(&third.path()).expect(200);
    revive().expect(200);
    assert_eq!(used(&app, "live")["keys"], 2);
}

#[test]
fn rotating_again_and_again_leaves_five_earlier_keys_at_most() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({"name": "k", "environment": "live", "permissions": ["contacts:read"]});
    let mut newest = owner.create_key(&form);
    let rotate = |key: &Key<'_>, grace: u32| {
        owner.post(&key.action("rotate"), &json!({"grace_seconds": grace}))
    };
    let mut earlier = Vec::new();
    for _ in 0..5 {
        let rotated = rotate(&newest, 3600).expect(201);
        earlier.push(std::mem::replace(&mut newest, Key::shown(&app, &rotated)));
    }
    rotate(&newest, 3600).problem(403, "quota_exceeded");
    newest.get("/v1/whoami").expect(200);
    // A rotation without a grace period does not increase the number of keys.
    newest = Key::shown(&app, &rotate(&newest, 0).expect(201));
    owner.delete(&earlier[0].path()).expect(200);
    newest = Key::shown(&app, &rotate(&newest, 3600).expect(201));
    app.advance(TimeDelta::hours(1));
    let owner = app.sign_in(Role::Owner).with_sudo();
    owner
        .post(&newest.action("rotate"), &json!({"grace_seconds": 3600}))
        .expect(201);
}

#[test]
fn a_rotated_key_counts_until_its_grace_period_ends() {
    let app = TestApp::start();
    let own = QuotaOverrides {
        keys: Some(2),
        ..QuotaOverrides::default()
    };
    set_quotas(&app, own);
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = json!({"name": "k", "environment": "live", "permissions": ["contacts:read"]});
    let create = |owner: &Session<'_>| owner.post("/api/v1/platform/api-keys", &form);
    let old = Key::shown(&app, &create(&owner).expect(201));
    let week = json!({"grace_seconds": 604_800});
    let rotated = owner.post(&old.action("rotate"), &week).expect(201);
    let new = Key::shown(&app, &rotated);
    refused(&create(&owner), "API keys", "live", 2);
    // Revoking the successor makes room for one key: the old key still works.
    owner.delete(&new.path()).expect(200);
    create(&owner).expect(201);
    refused(&create(&owner), "API keys", "live", 2);
    app.advance(TimeDelta::days(7));
    let owner = app.sign_in(Role::Owner).with_sudo();
    assert_eq!(used(&app, "live")["keys"], 1);
    create(&owner).expect(201);
}

#[test]
fn of_two_requests_at_the_limit_one_is_admitted() {
    let app = TestApp::start();
    let other = app.another();
    let key = key_of(&app, "live");
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
        let room = |name: &str, more: i64| Some(now[name].as_i64().unwrap() + more);
        set_quotas(
            &app,
            QuotaOverrides {
                templates: room("templates", 1),
                contacts: room("contacts", 1),
                keys: room("keys", 1),
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

#[test]
fn the_operator_sets_quotas_and_may_exceed_that_of_keys() {
    let place = furnished();
    let run = |arguments: &[&str]| {
        let mut all = vec!["admin"];
        all.extend(arguments);
        let output = binary(&place, &all).output().expect("runs");
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&text).into_owned(),
        )
    };
    let (worked, text) = run(&["set-quota", "--tenant", "acme"]);
    assert!(!worked && text.contains("--reset"), "{text}");
    let (worked, text) = run(&[
        "set-quota",
        "--tenant",
        "acme",
        "--keys",
        "1",
        "--templates",
        "9",
    ]);
    assert!(
        worked && text.contains("9 templates") && text.contains("1 API keys"),
        "{text}"
    );
    let (worked, text) = run(&["set-quota", "--tenant", "acme", "--contacts", "5"]);
    assert!(
        worked && text.contains("9 templates") && text.contains("5 contacts"),
        "{text}"
    );
    let out = place.dir().join("keys");
    let (worked, text) = run(&[
        "create-keys",
        "--tenant",
        "acme",
        "--count",
        "3",
        "--environment",
        "live",
        "--scopes",
        "contacts:read",
        "--out",
        out.to_str().unwrap(),
    ]);
    assert!(worked, "{text}");
    let server = Process::start(&place);
    let quotas = server
        .request("GET", "/api/v1/tenant/quotas")
        .header("Cookie", &server.owner())
        .send()
        .expect(200);
    assert_eq!(quotas["live"]["keys"], 3);
    assert_eq!(quotas["limits"]["keys"], 1);
    let (worked, text) = run(&["set-quota", "--tenant", "acme", "--reset", "--keys", "70"]);
    assert!(
        worked && text.contains("70 API keys") && !text.contains("9 templates,"),
        "{text}"
    );
    let log = server
        .request("GET", "/api/v1/tenant/audit-log?action=quota.changed")
        .header("Cookie", &server.owner())
        .send()
        .expect(200);
    assert_eq!(log["total"], 3);
    assert_eq!(log["data"][2]["after"]["templates_quota"], 9);
}
