//! `POST /v1/campaigns/{id}/start`.

use crate::util::{
    TestApp,
    campaigns::{add_contacts, completed, create, form, marketing_key, start},
    eventually, json,
};
use backend::{
    entity_tag::Preconditions,
    models::{template::Template, tenant::Tenant},
    schema::campaigns,
};
use chrono::TimeDelta;
use diesel::{ExpressionMethods, RunQueryDsl};
use shared::{key::Environment, role::Role};

#[test]
fn start_403_until_bulk_sending_is_approved() {
    let app = TestApp::start();
    add_contacts(&app, Environment::Live, 1, &[]);
    let owner = app.sign_in(Role::Owner).with_sudo();
    let author = app.key(&["campaigns:write"]);
    let path = create(&author, &form());
    let answer = author.post(&format!("{path}/start"), &json!({}));
    let problem = answer.problem(403, "insufficient_scope");
    assert_eq!(problem["required_scope"], json!(["emails:send_bulk"]));

    let sender = app.key(&["emails:send_bulk"]);
    let problem = sender
        .post(&format!("{path}/start"), &json!({}))
        .problem(403, "insufficient_scope");
    let both = json!(["campaigns:write", "emails:send_bulk"]);
    assert_eq!(problem["required_scope"], both);
    owner.approve(&sender);
    let problem = sender
        .post(&format!("{path}/start"), &json!({}))
        .problem(403, "insufficient_scope");
    assert_eq!(problem["required_scope"], json!(["campaigns:write"]));

    let key = app.key(&["campaigns:write", "emails:send_bulk"]);
    let problem = key
        .post(&format!("{path}/start"), &json!({}))
        .problem(403, "insufficient_scope");
    assert_eq!(problem["required_scope"], json!(["emails:send_bulk"]));
    assert!(
        problem["detail"].as_str().unwrap().contains("approve"),
        "{problem}"
    );
    owner.approve(&key);
    assert_eq!(start(&key, &path)["status"], "sending");
}

#[test]
fn start_409_no_recipients() {
    let app = TestApp::start();
    let key = marketing_key(&app, "live");
    add_contacts(&app, Environment::Live, 2, &["vip"]);
    let mut form = form();
    form["contact_tags"] = json!(["VIP", "v"]);
    let path = create(&key, &form);
    key.post(&format!("{path}/start"), &json!({}))
        .problem(409, "no_recipients");
    assert_eq!(key.get(&path).expect(200)["status"], "draft");
    form["contact_tags"] = json!(["v", "vip"]);
    key.put(&path, &form).expect(200);
    assert_eq!(start(&key, &path)["recipients"], 2);
    assert_eq!(completed(&key, &path)["sent"], 2);
}

#[test]
fn start_400_sender_or_template_removed_since_creation() {
    let app = TestApp::start();
    let key = marketing_key(&app, "live");
    add_contacts(&app, Environment::Live, 1, &[]);
    let template = json!({"name": "a", "subject": "b", "template_id": "welcome-v1",
        "from": "a@acme.test"});
    app.write(|conn| Tenant::set_sender(conn, &app.tenant, "a@acme.test", &[]));
    let path = create(&key, &template);
    app.write(|conn| Tenant::set_sender(conn, &app.tenant, "a@b.test", &["b.test".into()]));
    let answer = key.post(&format!("{path}/start"), &json!({}));
    assert_eq!(
        answer.problem(400, "sender_not_allowed")["errors"][0]["field"],
        "from"
    );
    app.write(|conn| {
        Tenant::set_sender(conn, &app.tenant, "a@acme.test", &[])?;
        Template::delete(
            conn,
            &app.tenant,
            Environment::Live,
            "welcome-v1",
            &Preconditions::default(),
        )
    });
    let answer = key.post(&format!("{path}/start"), &json!({}));
    let problem = answer.problem(400, "unknown_template");
    assert_eq!(problem["errors"][0]["field"], "template_id");
    assert_eq!(key.get(&path).expect(200)["status"], "draft");
}

#[test]
fn start_400_sender_domain_removed_while_paused() {
    let app = TestApp::start();
    let key = marketing_key(&app, "live");
    let set_domains = |domains: &[String]| {
        app.write(|conn| Tenant::set_sender(conn, &app.tenant, "hi@acme.example", domains));
    };
    set_domains(&["sale.example".into()]);
    add_contacts(&app, Environment::Live, 1, &[]);
    let form =
        json!({"name": "Sale", "from": "a@sale.example", "subject": "Hi", "html_body": "Hi"});
    let path = create(&key, &form);
    let now = app.clock.now_naive();
    app.write(|conn| {
        // Simulates a pause right after the start, because a running campaign may complete first.
        diesel::update(campaigns::table)
            .set((
                campaigns::status.eq("paused"),
                campaigns::started_at.eq(now),
            ))
            .execute(conn)
            .map_err(Into::into)
    });
    set_domains(&[]);
    key.post(&format!("{path}/start"), &json!({}))
        .problem_of_fields(400, "sender_not_allowed", &["from"]);
    assert_eq!(key.get(&path).expect(200)["status"], "paused");
    set_domains(&["sale.example".into()]);
    key.post(&format!("{path}/start"), &json!({})).expect(200);
    eventually(|| (key.get(&path).expect(200)["status"] == "completed").then_some(()));
}

#[test]
fn start_400_template_fails_for_a_contact() {
    let app = TestApp::start();
    let key = marketing_key(&app, "live");
    add_contacts(&app, Environment::Live, 3, &[]);
    app.advance(TimeDelta::seconds(1));
    let odd = json!({"email": "odd@example.com", "attributes": {"plan": 7}});
    key.post("/v1/contacts", &odd).expect(201);
    for (html, code, field, part) in [
        (
            "Hello {{ firstname }}",
            "missing_variable",
            "variables.firstname",
            "The contact p0@example.com does not have it.",
        ),
        (
            "{{ plan|default('none') }}{% for x in plan|default([]) %}{% endfor %}",
            "invalid_field",
            "html_body",
            "Line 1: ",
        ),
        (
            "{% for x in plan|default('') %}{% endfor %}",
            "invalid_field",
            "variables",
            "only lists and objects can be looped over. This happens for the contact p0@example.com.",
        ),
        (
            "{% if plan is defined %}{{ plan.name }}{% endif %}",
            "missing_variable",
            "variables.plan.name",
            "The contact odd@example.com does not have it.",
        ),
    ] {
        let mut form = form();
        form["html_body"] = json!(html);
        let answer = key.post("/v1/campaigns", &form);
        let answer = match answer.status {
            201 => {
                let created = answer.expect(201);
                let path = format!("/v1/campaigns/{}", created["id"].as_str().unwrap());
                let answer = key.post(&format!("{path}/start"), &json!({}));
                assert_eq!(key.get(&path).expect(200)["status"], "draft");
                answer
            }
            _ => answer,
        };
        let problem = answer.problem_of_fields(400, code, &[field]);
        let message = problem["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(part), "{html}: {message}");
    }
}
