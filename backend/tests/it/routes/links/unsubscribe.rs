//! `GET` and `POST /u/{token}`.

use crate::util::{
    Key, Session, TestApp,
    campaigns::{
        add_contacts, all_emails, analytics, completed, create, form, marketing_key, start,
    },
    emails::{event_kinds, path_of},
    eventually, json,
};
use backend::models::message::{NewMessage, Origin};
use shared::{
    ids::{CampaignId, ContactId},
    key::Environment,
    plan::Plan,
};
use std::collections::HashSet;

/// Sends a campaign email. Returns its id and the path of its List-Unsubscribe link.
fn campaign_email(app: &TestApp, to: &str) -> (String, String) {
    let new = NewMessage {
        tenant_id: app.tenant.clone(),
        environment: Environment::Live,
        origin: Origin::Campaign(
            CampaignId::new("cmp_1"),
            ContactId::new(format!("con_{to}")),
        ),
        sender: Some("a@acme.example".into()),
        recipient: to.into(),
        subject: "News".into(),
        html_body: Some("<p>News</p>".into()),
        text_body: None,
        variables: None,
        tags: Vec::new(),
        track_opens: true,
        track_clicks: true,
    };
    let now = app.clock.now_naive();
    let again = new.clone();
    let message = app.write(|conn| new.queue(conn, now)).expect("is new");
    assert!(
        app.write(|conn| again.queue(conn, now)).is_none(),
        "one email per contact"
    );
    let file = app.place.dir().join(format!("mail/{}.eml", message.id));
    let eml = eventually(|| std::fs::read_to_string(&file).ok());
    let header = eml
        .split("List-Unsubscribe: <")
        .nth(1)
        .expect("has the header");
    let url = header.split('>').next().unwrap_or_default();
    assert!(
        eml.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"),
        "{eml}"
    );
    (
        message.id,
        url.strip_prefix(&app.url).expect("is ours").to_owned(),
    )
}

#[test]
fn unsubscribe_200_asks_first_and_affects_one_tenant_and_environment() {
    let app = TestApp::start();
    app.add_tenant("other", Plan::Starter);
    let key = app.key(&["contacts:write", "emails:send"]);
    let test = app
        .key_from(&json!({"name": "t", "environment": "test", "permissions": ["contacts:write"]}));
    let other = Session::sign_in(&app, "owner@other.test")
        .with_sudo()
        .create_key(
            &json!({"name": "o", "environment": "live", "permissions": ["contacts:write"]}),
        );
    for key in [&key, &test, &other] {
        key.post(
            "/v1/contacts",
            &json!({"email": "ann@example.com", "tags": ["x"]}),
        )
        .expect(201);
    }
    let status = |key: &Key<'_>, name: &str| {
        let list = key.get(&format!("/v1/contacts?search={name}")).expect(200);
        list["data"][0]["status"].clone()
    };
    let (id, path) = campaign_email(&app, "Ann@example.com");
    let mail = json!({"id": id});
    // The email's file appears a moment before the transaction commits.
    eventually(|| (event_kinds(&key, &mail) == ["sent"]).then_some(()));
    let page = app.request("GET", &path).send();
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, Some("text/html; charset=utf-8"))
    );
    assert!(
        page.text().contains("<b>Ann@example.com</b>")
            && page.text().contains("<form method=\"post\">")
    );
    assert!(
        page.header("content-security-policy")
            .unwrap()
            .contains("form-action 'self'")
    );
    // The link is a secret of the recipient and must not be sent as a referrer.
    let policies = page.headers.iter();
    let policies = policies.filter(|(name, _)| name == "referrer-policy");
    let policies: Vec<_> = policies.map(|(_, value)| value.as_str()).collect();
    assert_eq!(policies, ["no-referrer"]);
    assert_eq!(status(&key, "ann"), "active", "the page changes nothing");

    // One-click unsubscribe (RFC 8058) works from any client.
    for _ in 0..2 {
        let post = app
            .request("POST", &path)
            .header("Origin", "https://mail.example");
        let done = post
            .body(
                "application/x-www-form-urlencoded",
                "List-Unsubscribe=One-Click",
            )
            .send();
        assert_eq!(done.status, 200);
        assert!(done.text().contains("You are unsubscribed"));
    }
    assert_eq!(status(&key, "ann"), "unsubscribed");
    assert_eq!(
        key.get("/v1/contacts?search=ann").expect(200)["data"][0]["tags"],
        json!(["x"])
    );
    assert_eq!(
        (status(&test, "ann"), status(&other, "ann")),
        (json!("active"), json!("active"))
    );
    assert_eq!(event_kinds(&key, &mail), ["sent", "unsubscribed"]);

    // Unsubscribing creates a contact if there is none.
    let (_, path) = campaign_email(&app, "new@example.com");
    assert_eq!(app.request("POST", &path).send().status, 200);
    assert_eq!(status(&key, "new"), "unsubscribed");
}

#[test]
fn unsubscribe_200_with_the_link_in_a_campaign_body() {
    let app = TestApp::start();
    let key = marketing_key(&app, "test");
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
    for mail in all_emails(&key) {
        let mail = key.get(&path_of(&mail)).expect(200);
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
    assert_eq!(links.len(), 2, "each contact has a different link");
    let left = key.get("/v1/contacts?status=unsubscribed").expect(200);
    assert_eq!(left["total"], 2);
}

#[test]
fn unsubscribe_200_with_the_list_unsubscribe_header() {
    let app = TestApp::start();
    let key = marketing_key(&app, "live");
    add_contacts(&app, Environment::Live, 1, &[]);
    let path = create(&key, &form());
    start(&key, &path);
    completed(&key, &path);
    let mail = all_emails(&key)[0].clone();
    let file = format!("{}.eml", mail["id"].as_str().unwrap());
    let file = std::fs::read_to_string(app.place.dir().join("mail").join(file)).unwrap();
    assert!(
        file.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"),
        "{file}"
    );
    let unfolded = file.replace("\r\n ", "");
    let url = unfolded
        .split(['"', '<', '>'])
        .find(|link| link.contains("/u/"));
    let url = url.unwrap_or_else(|| panic!("no link: {unfolded}"));
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
