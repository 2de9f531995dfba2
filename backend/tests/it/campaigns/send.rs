//! Sending campaigns: recipients, pauses and restarts, unsubscribing.

use super::{add_contacts, completed, create, form, id_of, marketer, start, start_directly};
use crate::util::{Key, TestApp, eventually, json};
use backend::models::{
    campaign::{Campaign, Made, Prepared, Step},
    message::new_id,
};
use chrono::TimeDelta;
use serde_json::Value;
use shared::key::Environment;
use std::collections::HashSet;

/// Returns all emails, from every page of the list.
pub fn mails(key: &Key<'_>) -> Vec<Value> {
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

/// Returns the same key on a restarted server.
fn again<'a>(app: &'a TestApp, plain: &str) -> Key<'a> {
    Key {
        app,
        id: String::new(),
        plain: plain.to_owned(),
    }
}

#[test]
fn campaign_mails_1200_contacts_once_each_over_restarts() {
    let app = TestApp::start();
    let key = marketer(&app, "live");
    add_contacts(&app, Environment::Live, 1200, &[]);
    let path = create(&key, &form());
    // The server is restarted twice: while the campaign is paused, and while it is being sent.
    start_and_pause(&app, Environment::Live, &path, 500);
    let plain = key.plain.clone();
    let app = app.restart();
    let key = again(&app, &plain);
    let campaign = key.get(&path).expect(200);
    assert_eq!(
        (&campaign["status"], &campaign["queued"]),
        (&json!("paused"), &json!(500))
    );
    assert_eq!(start(&key, &path)["recipients"], 1200);
    eventually(|| (key.get(&path).expect(200)["sent"] != 0).then_some(()));
    let app = app.restart();
    let key = again(&app, &plain);
    let campaign = eventually_slowly(|| {
        let campaign = key.get(&path).expect(200);
        (campaign["status"] == "completed").then_some(campaign)
    });
    assert_eq!(campaign["recipients"], 1200);
    assert_eq!(campaign["sent"], 1200);
    assert_eq!(campaign["queued"], 0);
    let mails = mails(&key);
    let recipients: HashSet<_> = mails.iter().map(|mail| mail["to"].as_str()).collect();
    assert_eq!((mails.len(), recipients.len()), (1200, 1200));
    let files = std::fs::read_dir(app.place.dir().join("mail")).unwrap();
    let files = files.filter(|file| {
        let name = file.as_ref().unwrap().file_name();
        name.to_string_lossy().ends_with(".eml")
    });
    assert_eq!(files.count(), 1200);
}

#[test]
fn campaign_chunk_is_queued_once_by_two_processes() {
    let app = TestApp::start();
    let key = marketer(&app, "test");
    add_contacts(&app, Environment::Test, 3, &[]);
    let path = create(&key, &form());
    let (id, now) = (id_of(&path), app.clock.now_naive());
    app.write(|conn| {
        start_directly(&app, conn, Environment::Test, &id);
        let chunks = [
            Campaign::next_step(conn, &id, now)?,
            Campaign::next_step(conn, &id, now)?,
        ];
        for step in chunks {
            let Step::Make(chunk) = step else {
                panic!("there is nothing to do");
            };
            let chunk = *chunk;
            let failed = |contact| Made {
                contact,
                message_id: new_id().unwrap(),
                mail: Err("as an example".to_owned()),
            };
            let made = chunk.contacts.into_iter().map(failed).collect();
            Campaign::queue(conn, &chunk.campaign, made, chunk.is_last, now)?;
        }
        Ok(())
    });
    let campaign = completed(&key, &path);
    assert_eq!(
        (&campaign["recipients"], &campaign["failed"]),
        (&json!(3), &json!(3))
    );
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

#[test]
fn pause_campaign_holds_what_is_queued_and_start_goes_on() {
    let app = TestApp::start();
    let key = marketer(&app, "test");
    add_contacts(&app, Environment::Test, 10, &[]);
    let path = create(&key, &form());
    start_and_pause(&app, Environment::Test, &path, 4);
    // Once these are sent, the queue has passed over the campaign.
    for to in ["a@example.com", "b@example.com"] {
        let mail = json!({"to": to, "subject": "a", "html_body": "a"});
        let id = key.post("/v1/emails/send", &mail).expect(200)["id"].clone();
        let path = format!("/v1/emails/{}", id.as_str().unwrap());
        eventually(|| (key.get(&path).expect(200)["status"] == "sent").then_some(()));
    }
    let campaign = key.get(&path).expect(200);
    let counts = ["status", "recipients", "queued", "sent"].map(|name| campaign[name].clone());
    assert_eq!(counts, [json!("paused"), json!(10), json!(4), json!(0)]);

    app.advance(TimeDelta::hours(1));
    let resumed = start(&key, &path);
    assert_eq!(resumed["started_at"], campaign["started_at"]);
    let campaign = completed(&key, &path);
    assert_eq!(campaign["sent"], 10);
    assert_eq!(campaign["completed_at"], "2026-11-18T12:06:40Z");
    let to: HashSet<_> = mails(&key)
        .iter()
        .map(|mail| mail["to"].to_string())
        .collect();
    assert_eq!(to.len(), 12, "ten contacts and two others");
}

#[test]
fn campaign_passes_over_who_is_not_active_or_came_later() {
    let app = TestApp::start();
    let key = marketer(&app, "test");
    add_contacts(&app, Environment::Test, 5, &[]);
    let contact = |n: usize| format!("/v1/contacts/con_test{n:06}");
    let quit = json!({"status": "unsubscribed"});
    key.put(&contact(0), &quit).expect(200);
    let path = create(&key, &form());
    start_and_pause(&app, Environment::Test, &path, 2);
    // Two contacts are queued (1 and 2), two are not reached yet (3 and 4). One of each
    // unsubscribes.
    key.put(&contact(1), &quit).expect(200);
    key.delete(&contact(3)).expect(200);
    app.advance(TimeDelta::hours(1));
    key.post("/v1/contacts", &json!({"email": "late@example.com"}))
        .expect(201);
    start(&key, &path);
    let campaign = completed(&key, &path);
    let counts = ["recipients", "sent", "failed"].map(|name| campaign[name].clone());
    assert_eq!(counts, [json!(3), json!(2), json!(1)]);
    let mut ends: Vec<_> = mails(&key)
        .iter()
        .map(|mail| {
            format!(
                "{} {}",
                mail["to"].as_str().unwrap(),
                mail["status"].as_str().unwrap()
            )
        })
        .collect();
    ends.sort_unstable();
    assert_eq!(
        ends,
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
fn campaign_fails_for_contacts_that_lack_a_variable_only() {
    let app = TestApp::start();
    let key = marketer(&app, "test");
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
    for mail in mails(&key) {
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
fn campaign_of_a_template_says_what_that_said_at_the_start() {
    let app = TestApp::start();
    let key = marketer(&app, "test");
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
    let last = mails(&key)
        .into_iter()
        .find(|mail| mail["to"] == "p1@example.com")
        .unwrap();
    assert_eq!(last["subject"], "Of the campaign");
    let last = key
        .get(&format!("/v1/emails/{}", last["id"].as_str().unwrap()))
        .expect(200);
    assert_eq!(last["html_body"], "<p>old P1</p>");
}

#[track_caller]
fn analytics(key: &Key<'_>, path: &str) -> Value {
    key.get(&path.replace("/v1/", "/v1/analytics/")).expect(200)
}

/// Returns the first URL in `text` that contains `part`.
fn link(text: &str, part: &str) -> String {
    let mut links = text
        .split(['"', '<', '>'])
        .filter(|link| link.contains(part));
    links
        .next()
        .unwrap_or_else(|| panic!("no {part}: {text}"))
        .to_owned()
}

#[test]
fn get_campaign_analytics_200_tells_what_readers_did() {
    let app = TestApp::start();
    let key = marketer(&app, "test");
    for name in ["delivered", "bounced", "complained"] {
        let contact = json!({"email": format!("{name}@sandbox.penguinmails.test")});
        key.post("/v1/contacts", &contact).expect(201);
    }
    key.post("/v1/contacts", &json!({"email": "reader@example.com"}))
        .expect(201);
    let path = create(&key, &form());
    let empty = analytics(&key, &path);
    assert_eq!(
        (&empty["recipients"], &empty["rates"]["open_rate"]),
        (&json!(0), &json!(0.0))
    );
    start(&key, &path);
    completed(&key, &path);

    let mails = mails(&key);
    let mail = mails
        .iter()
        .find(|mail| mail["to"] == "reader@example.com")
        .unwrap();
    let mail = key
        .get(&format!("/v1/emails/{}", mail["id"].as_str().unwrap()))
        .expect(200);
    let html = mail["html_as_sent"].as_str().unwrap();
    let follow = |part: &str| {
        let url = link(html, part);
        app.request("GET", url.strip_prefix(&app.url).unwrap())
            .send()
    };
    for _ in 0..2 {
        assert_eq!(follow("/t/o/").status, 200);
        let answer = follow("/t/c/");
        assert_eq!(answer.status, 302);
        assert_eq!(answer.header("location"), Some("https://acme.example/sale"));
    }

    let numbers = analytics(&key, &path);
    let expected = json!({"campaign_id": id_of(&path), "name": "Autumn sale", "status": "completed",
        "recipients": 4, "sent": 4, "delivered": 2, "opened": 1, "clicked": 1, "bounced": 1,
        "complained": 1, "unsubscribed": 0, "failed": 0,
        "rates": {"delivery_rate": 0.5, "open_rate": 0.25, "click_rate": 0.25,
            "bounce_rate": 0.25, "complaint_rate": 0.25, "unsubscribe_rate": 0.0},
        "links": [{"url": "https://acme.example/sale", "clicks": 2}],
        "started_at": "2026-11-18T11:06:40Z", "completed_at": "2026-11-18T11:06:40Z"});
    assert_eq!(numbers, expected);
    let bounced = key.get("/v1/contacts?status=bounced").expect(200);
    assert_eq!(
        bounced["data"][0]["email"],
        "bounced@sandbox.penguinmails.test"
    );
}

#[test]
fn campaign_bodies_have_an_unsubscribe_link() {
    let app = TestApp::start();
    let key = marketer(&app, "test");
    add_contacts(&app, Environment::Test, 2, &[]);
    let mut form = form();
    // A contact attribute of the same name must not override the link.
    let attributes = json!({"unsubscribe_url": "https://elsewhere.example"});
    let contact = json!({"email": "p0@example.com", "attributes": attributes});
    key.post("/v1/contacts", &contact).expect(200);
    form["html_body"] = json!("<p><a href=\"{{ unsubscribe_url }}\">Unsubscribe</a></p>");
    form["text_body"] = json!("Unsubscribe: {{ unsubscribe_url }}");
    let path = create(&key, &form);
    start(&key, &path);
    completed(&key, &path);
    let mut links = HashSet::new();
    for mail in mails(&key) {
        let mail = key
            .get(&format!("/v1/emails/{}", mail["id"].as_str().unwrap()))
            .expect(200);
        let html = mail["html_as_sent"].as_str().unwrap();
        let html = html.replace("&#x2f;", "/");
        assert!(
            !html.contains("/t/c/"),
            "it is not counted as a click: {html}"
        );
        let text = mail["text_body"].as_str().unwrap();
        let url = text.strip_prefix("Unsubscribe: ").unwrap().to_owned();
        assert!(html.contains(&url), "{html}");
        let page = url.strip_prefix(&app.url).expect("leads to this server");
        assert_eq!(app.request("GET", page).send().status, 200);
        let posted = app.request("POST", page).body(
            "application/x-www-form-urlencoded",
            "List-Unsubscribe=One-Click",
        );
        assert_eq!(posted.send().status, 200);
        links.insert(url);
    }
    assert_eq!(links.len(), 2, "each contact has a link of its own");
    let left = key.get("/v1/contacts?status=unsubscribed").expect(200);
    assert_eq!(left["total"], 2);
}

#[test]
fn campaign_mails_have_a_way_out() {
    let app = TestApp::start();
    let key = marketer(&app, "live");
    add_contacts(&app, Environment::Live, 1, &[]);
    let path = create(&key, &form());
    start(&key, &path);
    completed(&key, &path);
    let mail = mails(&key)[0].clone();
    let file = format!("{}.eml", mail["id"].as_str().unwrap());
    let file = std::fs::read_to_string(app.place.dir().join("mail").join(file)).unwrap();
    assert!(
        file.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"),
        "{file}"
    );
    let unfolded = file.replace("\r\n ", "");
    let url = link(&unfolded, "/u/");
    let one_click = app
        .request("POST", url.trim().strip_prefix(&app.url).unwrap())
        .body(
            "application/x-www-form-urlencoded",
            "List-Unsubscribe=One-Click",
        );
    assert_eq!(one_click.send().status, 200);
    let contact = key.get("/v1/contacts").expect(200)["data"][0].clone();
    assert_eq!(contact["status"], "unsubscribed");
    let numbers = analytics(&key, &path);
    assert_eq!(numbers["unsubscribed"], 1);
    assert_eq!(numbers["rates"]["unsubscribe_rate"], 1.0);
    let again = create(&key, &form());
    key.post(&format!("{again}/start"), &json!({}))
        .problem(409, "no_recipients");
}
