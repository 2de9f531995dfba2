//! Drafts, and the changes that each campaign status allows.

use super::{
    OWN_ADDRESS, add_contacts, completed, create, form, id_of, marketer, start, start_directly,
};
use crate::util::{Session, TestApp, json};
use backend::{
    entity_tag::Preconditions,
    models::{
        message::{NewMessage, Origin},
        template::Template,
        tenant::Tenant,
    },
};
use chrono::TimeDelta;
use diesel::{
    RunQueryDsl, sql_query,
    sql_types::{Bool, Text},
};
use serde_json::Value;
use shared::{ids::ContactId, key::Environment, plan::Plan, role::Role};

#[test]
fn create_campaign_201_a_draft_that_can_be_changed() {
    let app = TestApp::start();
    let key = marketer(&app, "live");
    let created = key.post("/v1/campaigns", &form()).expect(201);
    let id = created["id"].as_str().unwrap();
    let path = format!("/v1/campaigns/{id}");
    let expected = json!({"id": id, "name": "Autumn sale", "subject": "Hello {{ first_name }}",
        "html_body": form()["html_body"], "text_body": null, "template_id": null, "from": null,
        "contact_tags": [], "status": "draft", "recipients": 0, "queued": 0, "sent": 0, "failed": 0,
        "created_at": "2026-11-18T11:06:40Z", "updated_at": "2026-11-18T11:06:40Z",
        "started_at": null, "completed_at": null, "failure_reason": null, "waiting_for": null});
    assert_eq!(created, expected);
    assert_eq!(key.get(&path).expect(200), expected);

    app.advance(TimeDelta::hours(1));
    let change = json!({"name": "Welcome", "subject": "Hi", "template_id": "welcome-v1",
        "from": "Acme <news@penguinmails.test>", "contact_tags": ["vip"]});
    let replaced = key.put(&path, &change).expect(200);
    assert_eq!(replaced["template_id"], "welcome-v1");
    assert_eq!(
        replaced["html_body"],
        Value::Null,
        "the template may yet change"
    );
    assert_eq!(replaced["from"], "Acme <news@penguinmails.test>");
    assert_eq!(replaced["contact_tags"], json!(["vip"]));
    assert_eq!(replaced["updated_at"], "2026-11-18T12:06:40Z");

    let page = key.get("/v1/campaigns").expect(200);
    assert_eq!(page["total"], 1);
    assert_eq!(page["data"][0]["id"], id);
    assert!(page["data"][0].get("html_body").is_none(), "{page}");

    assert_eq!(
        key.delete(&path).expect(200),
        json!({"id": id, "deleted": true})
    );
    key.get(&path).problem(404, "not_found");
    key.delete(&path).problem(404, "not_found");
}

#[test]
fn list_campaigns_200_by_status_and_text_page_by_page() {
    let app = TestApp::start();
    let key = marketer(&app, "live");
    for n in 0..3 {
        let mut form = form();
        form["name"] = json!(format!("Sale {n}"));
        create(&key, &form);
        app.advance(TimeDelta::seconds(1));
    }
    let names = |query: &str| -> Vec<String> {
        let page = key.get(&format!("/v1/campaigns?{query}")).expect(200);
        let data = page["data"].as_array().unwrap().iter();
        data.map(|c| c["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("status=draft"), ["Sale 2", "Sale 1", "Sale 0"]);
    assert_eq!(names("status=sending"), [""; 0]);
    assert_eq!(names("search=SALE%201"), ["Sale 1"]);
    assert_eq!(names("search=hello").len(), 3);
    let first = key.get("/v1/campaigns?limit=2").expect(200);
    assert_eq!(first["total"], 3);
    let cursor = first["next_cursor"].as_str().unwrap();
    assert_eq!(names(&format!("limit=2&cursor={cursor}")), ["Sale 0"]);
    key.get("/v1/campaigns?status=gone")
        .problem(400, "invalid_query");
    key.get("/v1/campaigns?cursor=x")
        .problem(400, "invalid_query");
}

#[test]
fn campaign_404_for_everyone_else() {
    let app = TestApp::start();
    let live = marketer(&app, "live");
    add_contacts(&app, Environment::Live, 1, &[]);
    let path = create(&live, &form());
    app.add_tenant("other", Plan::Starter);
    let owner = Session::sign_in(&app, "owner@other.test").with_sudo();
    let other = owner.create_key(&json!({"name": "a", "environment": "live",
        "permissions": ["admin:full", "emails:send_bulk"]}));
    owner.approve(&other);
    for stranger in [marketer(&app, "test"), other] {
        assert_eq!(stranger.get("/v1/campaigns").expect(200)["total"], 0);
        stranger.get(&path).problem(404, "not_found");
        stranger.put(&path, &form()).problem(404, "not_found");
        stranger.delete(&path).problem(404, "not_found");
        for action in ["start", "pause"] {
            let answer = stranger.post(&format!("{path}/{action}"), &json!({}));
            answer.problem(404, "not_found");
        }
        let path = path.replace("/v1/", "/v1/analytics/");
        stranger.get(&path).problem(404, "not_found");
        // A campaign of these callers does not reach the contacts.
        let own = create(&stranger, &form());
        let answer = stranger.post(&format!("{own}/start"), &json!({}));
        answer.problem(409, "no_recipients");
    }
    assert_eq!(live.get(&path).expect(200)["status"], "draft");
}

#[test]
fn create_campaign_400_says_what_could_not_be_sent() {
    let app = TestApp::start();
    let key = marketer(&app, "live");
    let refused = |change: Value, code: &str, field: &str| {
        let mut form = form();
        for (name, value) in change.as_object().unwrap() {
            form[name] = value.clone();
        }
        let problem = key.post("/v1/campaigns", &form).problem(400, code);
        assert_eq!(problem["errors"][0]["field"], field, "{problem}");
        problem["errors"][0]["message"].as_str().unwrap().to_owned()
    };
    refused(json!({"name": ""}), "invalid_field", "name");
    refused(json!({"subject": "a\nBcc: b"}), "invalid_field", "subject");
    refused(json!({"html_body": null}), "invalid_field", "html_body");
    refused(json!({"from": "nobody"}), "invalid_field", "from");
    refused(
        json!({"contact_tags": ["a", ""]}),
        "invalid_field",
        "contact_tags[1]",
    );
    refused(
        json!({"template_id": "welcome-v1"}),
        "invalid_field",
        "html_body",
    );
    refused(json!({"colour": "red"}), "unknown_field", "colour");
    let message = refused(
        json!({"html_body": "a\n{{ first_name"}),
        "invalid_field",
        "html_body",
    );
    assert!(message.contains("Line 2"), "{message}");
    let unknown = json!({"html_body": null, "template_id": "nothing"});
    refused(unknown, "unknown_template", "template_id");
    app.write(|conn| Tenant::set_sender(conn, &app.tenant, "a@acme.test", &["acme.test".into()]));
    refused(
        json!({"from": "a@evil.example"}),
        "sender_not_allowed",
        "from",
    );
    create(&key, &form());
}

#[test]
fn every_step_that_a_campaign_cannot_take_is_409() {
    let app = TestApp::start();
    let key = marketer(&app, "live");
    add_contacts(&app, Environment::Live, 1, &[]);
    let editable = "campaign_not_editable";
    let illegal = "illegal_transition";
    for (status, put, delete, start, pause) in [
        ("draft", None, None, None, Some(illegal)),
        (
            "sending",
            Some(editable),
            Some(editable),
            Some(illegal),
            None,
        ),
        (
            "paused",
            Some(editable),
            Some(editable),
            None,
            Some(illegal),
        ),
        (
            "completed",
            Some(editable),
            None,
            Some(illegal),
            Some(illegal),
        ),
        ("failed", Some(editable), None, Some(illegal), Some(illegal)),
    ] {
        for (action, refused) in [
            ("put", put),
            ("delete", delete),
            ("start", start),
            ("pause", pause),
        ] {
            let path = create(&key, &form());
            put_into(&app, &path, status);
            let answer = match action {
                "put" => key.put(&path, &form()),
                "delete" => key.delete(&path),
                action => key.post(&format!("{path}/{action}"), &json!({})),
            };
            let Some(code) = refused else {
                answer.expect(200);
                continue;
            };
            let problem = answer.problem(409, code);
            let message = problem["message"].as_str().unwrap();
            assert!(message.contains(status), "{action} {status}: {message}");
            assert_eq!(key.get(&path).expect(200)["status"], status, "{action}");
        }
    }
}

/// Moves a draft to this status, with one email that waits until tomorrow.
fn put_into(app: &TestApp, path: &str, status: &str) {
    let id = id_of(path);
    app.write(|conn| {
        if status != "draft" {
            let now = app.clock.now_naive();
            start_directly(app, conn, Environment::Live, &id);
            let message = NewMessage {
                tenant_id: app.tenant.clone(),
                environment: Environment::Live,
                origin: Origin::Campaign(id.clone(), ContactId::new("con_live000000")),
                sender: Some(OWN_ADDRESS.into()),
                recipient: "p0@example.com".into(),
                subject: "a".into(),
                html_body: None,
                text_body: None,
                variables: None,
                tags: Vec::new(),
                track_opens: false,
                track_clicks: false,
            };
            message.queue(conn, now + TimeDelta::days(1))?;
        }
        sql_query("UPDATE campaigns SET status = $1, all_queued = $2 WHERE id = $3")
            .bind::<Text, _>(status)
            .bind::<Bool, _>(status != "draft")
            .bind::<Text, _>(id.as_str())
            .execute(conn)?;
        Ok(())
    });
}

#[test]
fn start_campaign_403_until_bulk_sending_is_approved() {
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
fn start_campaign_409_without_anyone_to_send_it_to() {
    let app = TestApp::start();
    let key = marketer(&app, "live");
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
fn start_campaign_400_when_it_can_no_longer_be_sent() {
    let app = TestApp::start();
    let key = marketer(&app, "live");
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
fn start_campaign_400_when_it_cannot_be_filled_for_a_contact() {
    let app = TestApp::start();
    let key = marketer(&app, "live");
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
