//! Campaigns for tests: contacts, drafts and their progress.

use super::{Key, TestApp, eventually, json};
use backend::{
    db::DbConnection,
    models::{
        campaign::{Campaign, Made, Prepared, Step},
        contact::Contact,
    },
    random::new_id,
};
use serde_json::Value;
use shared::{
    contact::UpsertContact,
    ids::{CampaignId, ContactId},
    key::Environment,
    role::Role,
};

pub const OWN_ADDRESS: &str = "no-reply@penguinmails.test";

/// Creates a key with all scopes for these tests, approved for bulk sending.
#[track_caller]
pub fn marketing_key<'a>(app: &'a TestApp, environment: &str) -> Key<'a> {
    let form = json!({"name": "Marketing", "environment": environment, "permissions": [
        "campaigns:write", "campaigns:delete", "contacts:write", "contacts:delete",
        "analytics:read", "emails:send", "emails:send_bulk"]});
    let owner = app.sign_in(Role::Owner).with_sudo();
    let key = owner.create_key(&form);
    owner.approve(&key);
    key
}

/// Returns a campaign form with a personal subject and a link.
pub fn form() -> Value {
    json!({"name": "Autumn sale", "subject": "Hello {{ first_name }}",
        "html_body": "<p>{{ first_name }}, <a href=\"https://acme.example/sale\">look</a></p>"})
}

/// Adds contacts `p0@example.com` and so on.
pub fn add_contacts(app: &TestApp, environment: Environment, count: usize, tags: &[&str]) {
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

/// Creates a draft. Returns its path.
#[track_caller]
pub fn create(key: &Key<'_>, form: &Value) -> String {
    let created = key.post("/v1/campaigns", form).expect(201);
    format!(
        "/v1/campaigns/{}",
        created["id"].as_str().expect("has an id")
    )
}

pub fn id_of(path: &str) -> CampaignId {
    CampaignId::new(path.rsplit('/').next().expect("ends with the id"))
}

/// Starts a campaign in the database, without checking its templates.
pub fn start_directly(
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
pub fn start(key: &Key<'_>, path: &str) -> Value {
    key.post(&format!("{path}/start"), &json!({})).expect(200)
}

/// Starts a campaign, queues its first emails and pauses it before any is sent.
pub fn start_and_pause(app: &TestApp, environment: Environment, path: &str, queued: usize) {
    let (id, now) = (id_of(path), app.clock.now_naive());
    app.write(|conn| {
        start_directly(app, conn, environment, &id);
        let Step::Make(chunk) = Campaign::next_step(conn, &id, now)? else {
            panic!("there is nothing to do");
        };
        let chunk = *chunk;
        let made = chunk.contacts.into_iter().take(queued).map(|contact| {
            let variables = contact.variables().expect("has variables");
            let mail = Prepared {
                subject: format!("Hello {}", contact.email()),
                variables: serde_json::to_string(&variables).expect("is JSON"),
            };
            let message_id = new_id().expect("makes an id");
            Made {
                contact,
                message_id,
                mail: Ok(mail),
            }
        });
        Campaign::queue(conn, &chunk.campaign, made.collect(), false, now)?;
        Campaign::pause(conn, &app.tenant, environment, &id, now).map(drop)
    });
}

/// Waits until the campaign is completed and returns it.
#[track_caller]
pub fn completed(key: &Key<'_>, path: &str) -> Value {
    eventually(|| {
        let campaign = key.get(path).expect(200);
        (campaign["status"] == "completed").then_some(campaign)
    })
}

/// Like [`eventually`], with a timeout of one minute.
#[track_caller]
pub fn eventually_slowly<T>(mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("it did not happen within a minute");
}

/// Returns all emails, from every page of the list.
pub fn all_emails(key: &Key<'_>) -> Vec<Value> {
    let mut all = Vec::new();
    let mut path = "/v1/emails?limit=100".to_owned();
    loop {
        let page = key.get(&path).expect(200);
        all.extend(page["data"].as_array().into_iter().flatten().cloned());
        let Some(cursor) = page["next_cursor"].as_str() else {
            return all;
        };
        path = format!("/v1/emails?limit=100&cursor={cursor}");
    }
}

/// Returns the analytics of the campaign with this path.
#[track_caller]
pub fn analytics(key: &Key<'_>, path: &str) -> Value {
    key.get(&path.replace("/v1/", "/v1/analytics/")).expect(200)
}
