//! Recipients of a campaign, and what each of them receives.

use crate::util::{
    TestApp,
    campaigns::{
        add_contacts, all_emails, analytics, completed, create, form, id_of, marketing_key, start,
        start_and_pause,
    },
    emails::path_of,
    json,
};
use chrono::TimeDelta;
use diesel::{RunQueryDsl, sql_query, sql_types::Text};
use serde_json::Value;
use shared::key::Environment;

#[test]
fn a_campaign_skips_inactive_and_later_contacts() {
    let app = TestApp::start();
    let key = marketing_key(&app, "test");
    add_contacts(&app, Environment::Test, 5, &[]);
    let contact = |n: usize| format!("/v1/contacts/con_test{n:06}");
    let unsubscribed = json!({"status": "unsubscribed"});
    key.put(&contact(0), &unsubscribed).expect(200);
    let path = create(&key, &form());
    start_and_pause(&app, Environment::Test, &path, 2);
    // Two contacts are queued (1 and 2), two are not reached yet (3 and 4). One of each
    // unsubscribes.
    key.put(&contact(1), &unsubscribed).expect(200);
    key.delete(&contact(3)).expect(200);
    app.advance(TimeDelta::hours(1));
    key.post("/v1/contacts", &json!({"email": "later@example.com"}))
        .expect(201);
    start(&key, &path);
    let campaign = completed(&key, &path);
    let counts = ["recipients", "sent", "failed"].map(|name| campaign[name].clone());
    assert_eq!(counts, [json!(3), json!(2), json!(1)]);
    let mut outcomes: Vec<_> = all_emails(&key)
        .iter()
        .map(|mail| {
            format!(
                "{} {}",
                mail["to"].as_str().unwrap(),
                mail["status"].as_str().unwrap()
            )
        })
        .collect();
    outcomes.sort_unstable();
    assert_eq!(
        outcomes,
        [
            "p1@example.com failed",
            "p2@example.com sent",
            "p4@example.com sent"
        ]
    );
    let failed = key.get("/v1/emails?status=failed").expect(200)["data"][0]["id"].clone();
    let failed = key
        .get(&format!("/v1/emails/{}", failed.as_str().unwrap()))
        .expect(200);
    assert_eq!(
        failed["last_error"],
        "The contact has unsubscribed or was deleted."
    );
}

#[test]
fn only_emails_without_a_variable_fail() {
    let app = TestApp::start();
    let key = marketing_key(&app, "test");
    let contact = |email: &str, company: &Value| {
        let attributes = json!({"company": company, "first_name": "no"});
        let contact = json!({"email": email, "first_name": "Ann", "attributes": attributes});
        key.post("/v1/contacts", &contact)
    };
    contact("a@example.com", &json!("<Acme>")).expect(201);
    contact("b@example.com", &json!("Penguins")).expect(201);
    let mut form = form();
    form["html_body"] =
        json!("<p>{{ first_name }} {{ last_name }} of {{ company }}: {{ email }}</p>");
    let path = create(&key, &form);
    // The template could be rendered for both contacts when the campaign was started.
    start_and_pause(&app, Environment::Test, &path, 0);
    let without = json!({"email": "b@example.com", "attributes": {}});
    key.post("/v1/contacts", &without).expect(200);
    start(&key, &path);
    let campaign = completed(&key, &path);
    let counts = ["recipients", "sent", "failed"].map(|name| campaign[name].clone());
    assert_eq!(counts, [json!(2), json!(1), json!(1)]);
    for mail in all_emails(&key) {
        let path = format!("/v1/emails/{}", mail["id"].as_str().unwrap());
        let mail = key.get(&path).expect(200);
        if mail["to"] == "a@example.com" {
            assert_eq!(mail["subject"], "Hello Ann");
            assert_eq!(
                mail["html_body"],
                "<p>Ann  of &lt;Acme&gt;: a@example.com</p>"
            );
        } else {
            assert_eq!(mail["status"], "failed");
            let reason = mail["last_error"].as_str().unwrap();
            assert!(reason.contains("company"), "{reason}");
        }
    }
    assert_eq!(analytics(&key, &path)["failed"], 1);
}

#[test]
fn a_campaign_uses_the_template_as_of_its_start() {
    let app = TestApp::start();
    let key = marketing_key(&app, "test");
    add_contacts(&app, Environment::Test, 2, &[]);
    let template = |html: &str| json!({"subject": "Of the template", "html_body": html});
    key.put(
        "/v1/templates/news",
        &template("<p>old {{ first_name }}</p>"),
    )
    .expect(201);
    let form = json!({"name": "a", "subject": "Of the campaign", "template_id": "news"});
    let path = create(&key, &form);
    start_and_pause(&app, Environment::Test, &path, 1);
    key.put("/v1/templates/news", &template("<p>new</p>"))
        .expect(200);
    start(&key, &path);
    let campaign = completed(&key, &path);
    assert_eq!(campaign["html_body"], "<p>old {{ first_name }}</p>");
    assert_eq!(campaign["template_id"], "news");
    let last = all_emails(&key)
        .into_iter()
        .find(|mail| mail["to"] == "p1@example.com")
        .unwrap();
    assert_eq!(last["subject"], "Of the campaign");
    let last = key
        .get(&format!("/v1/emails/{}", last["id"].as_str().unwrap()))
        .expect(200);
    assert_eq!(last["html_body"], "<p>old P1</p>");
}

#[test]
fn a_body_that_fails_to_render_fails_its_own_emails_only() {
    let app = TestApp::start();
    let key = marketing_key(&app, "live");
    add_contacts(&app, Environment::Live, 3, &[]);
    let broken = create(&key, &form());
    start_and_pause(&app, Environment::Live, &broken, 3);
    app.write(|conn| {
        // Simulates a body that another server version stored.
        sql_query("UPDATE campaigns SET html_body = '{{ missing }}' WHERE id = $1")
            .bind::<Text, _>(id_of(&broken).as_str())
            .execute(conn)?;
        Ok(())
    });
    let valid = create(&key, &form());
    start(&key, &broken);
    start(&key, &valid);
    let campaign = completed(&key, &broken);
    let counts = ["recipients", "sent", "failed"].map(|name| campaign[name].clone());
    assert_eq!(counts, [json!(3), json!(0), json!(3)]);
    assert_eq!(completed(&key, &valid)["sent"], 3);
    let failed = key.get("/v1/emails?status=failed").expect(200);
    let mail = key.get(&path_of(&failed["data"][0])).expect(200);
    let reason = mail["last_error"].as_str().unwrap();
    assert!(reason.contains("variable missing"), "{reason}");
    assert_eq!(
        (&mail["html_body"], &mail["attempts"]),
        (&Value::Null, &json!(1))
    );
}
