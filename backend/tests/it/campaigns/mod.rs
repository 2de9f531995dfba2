//! Campaigns from draft to analytics.

mod attempts;
mod bodies;
mod edit;
mod send;

use crate::util::{Key, TestApp, eventually, json};
use backend::{
    db::DbConnection,
    models::{campaign::Campaign, contact::Contact},
};
use serde_json::Value;
use shared::{
    contact::UpsertContact,
    ids::{CampaignId, ContactId},
    key::Environment,
    role::Role,
};

const OWN_ADDRESS: &str = "no-reply@penguinmails.test";

/// Creates a key with all scopes for these tests, approved for bulk sending.
#[track_caller]
fn marketer<'a>(app: &'a TestApp, environment: &str) -> Key<'a> {
    let form = json!({"name": "Marketing", "environment": environment, "permissions": [
        "campaigns:write", "campaigns:delete", "contacts:write", "contacts:delete",
        "analytics:read", "emails:send", "emails:send_bulk"]});
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&form);
    owner.approve(&key);
    key
}

fn form() -> Value {
    json!({"name": "Autumn sale", "subject": "Hello {{ first_name }}",
        "html_body": "<p>{{ first_name }}, <a href=\"https://acme.example/sale\">look</a></p>"})
}

/// Adds contacts `p0@example.com` and so on.
fn add_contacts(app: &TestApp, environment: Environment, count: usize, tags: &[&str]) {
    let now = app.clock.now_naive();
    app.write(|conn| {
        for n in 0..count {
            let id = ContactId::new(format!("con_{}{n:06}", environment.as_str()));
            let input = json!({"email": format!("p{n}@example.com"), "first_name": format!("P{n}"),
                "tags": tags});
            let input: UpsertContact = serde_json::from_value(input).expect("is a contact");
            Contact::upsert(conn, &app.tenant, environment, id, input, now)?;
        }
        Ok(())
    });
}

#[track_caller]
fn create(key: &Key<'_>, form: &Value) -> String {
    let created = key.post("/v1/campaigns", form).expect(201);
    format!(
        "/v1/campaigns/{}",
        created["id"].as_str().expect("has an id")
    )
}

fn id_of(path: &str) -> CampaignId {
    CampaignId::new(path.rsplit('/').next().expect("ends with the id"))
}

/// Starts a campaign in the database, without checking its templates.
fn start_directly(
    app: &TestApp,
    conn: &mut DbConnection,
    environment: Environment,
    id: &CampaignId,
) {
    let (tenant, now) = (&app.tenant, app.clock.now_naive());
    let checked = Campaign::to_check(conn, tenant, environment, id, OWN_ADDRESS, now);
    let checked = checked.expect("reads").map(|(campaign, _)| campaign);
    let checked = checked.as_ref();
    let started = Campaign::start(conn, tenant, environment, id, OWN_ADDRESS, checked, now);
    assert!(started.expect("writes").is_some(), "it was not started");
}

#[track_caller]
fn start(key: &Key<'_>, path: &str) -> Value {
    key.post(&format!("{path}/start"), &json!({})).expect(200)
}

/// Waits until the campaign is completed and returns it.
#[track_caller]
fn completed(key: &Key<'_>, path: &str) -> Value {
    eventually(|| {
        let campaign = key.get(path).expect(200);
        (campaign["status"] == "completed").then_some(campaign)
    })
}
