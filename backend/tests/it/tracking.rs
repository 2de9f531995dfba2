//! Open and click tracking, and unsubscribing.

use crate::util::{Answer, Key, TestApp, eventually, json};
use backend::{
    mail::tracking::Kind,
    models::message::{NewMessage, Origin},
};
use chrono::TimeDelta;
use serde_json::Value;
use shared::{
    ids::{CampaignId, ContactId},
    key::Environment,
};

#[track_caller]
fn send(key: &Key<'_>, body: &Value) -> Value {
    let sent = key.post("/v1/emails/send", body).expect(200);
    let path = format!("/v1/emails/{}", sent["id"].as_str().expect("has an id"));
    eventually(|| Some(key.get(&path).expect(200)).filter(|mail| mail["status"] != "queued"))
}

/// Returns the paths of this server's links in the email.
fn links(app: &TestApp, mail: &Value) -> Vec<String> {
    let html = mail["html_as_sent"].as_str().expect("has HTML");
    let start = format!("\"{}", app.url);
    let parts = html.split(&start).skip(1);
    parts
        .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
        .collect()
}

fn kinds(key: &Key<'_>, mail: &Value) -> Vec<String> {
    let path = format!("/v1/emails/{}", mail["id"].as_str().expect("has an id"));
    let events = key.get(&path).expect(200)["events"].clone();
    let kind = |event: &Value| event["kind"].as_str().expect("has a kind").to_owned();
    events
        .as_array()
        .expect("is a list")
        .iter()
        .map(kind)
        .collect()
}

fn get(app: &TestApp, path: &str) -> Answer {
    app.request("GET", path).send()
}

#[test]
fn opens_and_clicks_are_noticed_end_to_end() {
    let app = TestApp::start();
    let form = json!({"name": "t", "environment": "test", "permissions": ["emails:send", "analytics:read"]});
    let key = app.key_from(&form);
    let html = "<body><p>See <a href='https://example.com/?a=1&amp;b=2#c'>this</a>, \
        <a href='mailto:x@example.com'>write</a> or <a name=x>stay</a></p></body>";
    let mail = send(
        &key,
        &json!({"to": "a@example.com", "subject": "Hi", "html_body": html}),
    );
    assert_eq!(mail["html_body"], html);
    let as_sent = mail["html_as_sent"].as_str().unwrap();
    assert!(
        as_sent.contains("href='mailto:x@example.com'") && as_sent.ends_with("\"></body>"),
        "{as_sent}"
    );
    let links = links(&app, &mail);
    let [click, open] = links.as_slice() else {
        panic!("{links:?}");
    };
    for _ in 0..3 {
        let answer = get(&app, open);
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, Some("image/gif"))
        );
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(answer.body.starts_with(b"GIF89a"));
    }
    for _ in 0..2 {
        let answer = get(&app, click);
        assert_eq!(
            (answer.status, answer.header("location")),
            (302, Some("https://example.com/?a=1&b=2#c"))
        );
    }
    assert_eq!(kinds(&key, &mail), ["sent", "opened", "clicked", "clicked"]);

    // This email's links are not clicked.
    send(
        &key,
        &json!({"to": "b@example.com", "subject": "Hi", "html_body": html}),
    );
    let analytics = key.get("/v1/analytics/emails").expect(200);
    let totals = &analytics["totals"];
    assert_eq!(
        (&totals["sent"], &totals["opened"], &totals["clicked"]),
        (&json!(2), &json!(1), &json!(1))
    );
    assert_eq!(analytics["rates"]["open_rate"], 0.5);
    let date = app.clock.now().date_naive();
    assert_eq!(
        analytics["days"],
        json!([{"date": date, "sent": 2, "opened": 1, "clicked": 1, "bounced": 0}])
    );
    let live = app.key(&["analytics:read"]);
    assert_eq!(
        live.get("/v1/analytics/emails").expect(200)["totals"]["sent"],
        0
    );
    app.advance(TimeDelta::days(31));
    let later = key.get("/v1/analytics/emails").expect(200);
    assert_eq!(
        (&later["totals"]["sent"], &later["rates"]["open_rate"]),
        (&json!(0), &json!(0.0))
    );
    let range = "from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z";
    assert_eq!(
        key.get(&format!("/v1/analytics/emails?{range}"))
            .expect(200)["totals"]["sent"],
        2
    );
    let range = "from=2027-01-01T00:00:00Z&to=2026-01-01T00:00:00Z";
    key.get(&format!("/v1/analytics/emails?{range}"))
        .problem_of_fields(400, "invalid_query", &["from"]);
    key.get("/v1/analytics/emails?from=yesterday")
        .problem(400, "invalid_query");
}

#[test]
fn tracking_only_where_it_is_wanted() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    let html = "<a href=\"https://example.com\">this</a>";
    for (opens, clicks, count) in [(false, false, 0), (true, false, 1), (false, true, 1)] {
        let body = json!({"to": "a@example.com", "subject": "Hi", "html_body": html,
            "track_opens": opens, "track_clicks": clicks});
        let mail = send(&key, &body);
        assert_eq!(links(&app, &mail).len(), count);
        let file = format!("mail/{}.eml", mail["id"].as_str().unwrap());
        let file = std::fs::read_to_string(app.place.dir().join(file)).unwrap();
        let file = file.replace("=\r\n", "");
        assert_eq!(file.contains("/t/o/"), opens);
        assert_eq!(file.contains("/t/c/"), clicks);
    }
}

#[test]
fn damaged_links_are_a_page_for_people_and_json_for_programs() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    let html = "<a href='https://example.com'>this</a>";
    let mail = send(
        &key,
        &json!({"to": "a@example.com", "subject": "Hi", "html_body": html}),
    );
    let click = links(&app, &mail)[0].clone();
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let mut pages = Vec::new();
    for path in [
        click[..click.len() - 4].to_owned(),
        format!("{click}="),
        format!("{click}/more"),
        click.replace("/t/c/", "/u/"),
        click.replace("/t/c/", "/t/x/"),
        "/t/c/".to_owned(),
        "/t/o/%20".to_owned(),
        "/u/".to_owned(),
        "/u/a%2Fb".to_owned(),
    ] {
        let answer = app.request("GET", &path).header("Accept", browser).send();
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(
            answer.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
        pages.push(answer.text());
        for accept in ["application/json", "*/*", "text/html;q=0, application/json"] {
            let answer = app.request("GET", &path).header("Accept", accept).send();
            answer.problem(404, "not_found");
        }
    }
    assert!(pages[0].contains("This link does not work"), "{}", pages[0]);
    // The response does not reveal why a link is invalid.
    pages.dedup();
    assert_eq!(pages.len(), 1);
    let wrong_method = app
        .request("DELETE", &click)
        .header("Accept", browser)
        .send();
    assert_eq!(wrong_method.status, 405);
    assert!(
        wrong_method
            .text()
            .contains("<h1>This link does not work</h1>")
    );
    assert!(wrong_method.header("allow").is_some());
    let posted = app.request("POST", "/u/x").header("Accept", browser).send();
    assert_eq!(posted.status, 404);
    assert!(posted.text().starts_with("<!doctype html>"));
}

#[test]
fn head_on_a_link_answers_as_get_and_counts_nothing() {
    let app = TestApp::start();
    let key = app.key(&["emails:send", "analytics:read"]);
    let html = "<body><a href='https://example.com'>this</a></body>";
    let mail = send(
        &key,
        &json!({"to": "a@sandbox.penguinmails.test", "subject": "Hi", "html_body": html}),
    );
    let mut paths = links(&app, &mail);
    let id = mail["id"].as_str().expect("has an id");
    let unsubscribe = app.state.links().make(Kind::Unsubscribe, id, "");
    let origin = &app.state.public_url.origin;
    paths.push(
        unsubscribe
            .strip_prefix(origin)
            .expect("is ours")
            .to_owned(),
    );
    assert_eq!(paths.len(), 3);
    for path in &paths {
        let looked = app.request("HEAD", path).send();
        assert!(looked.body.is_empty());
        assert_eq!(kinds(&key, &mail), ["sent"], "{path}");
        let got = get(&app, path);
        for header in ["location", "content-type", "cache-control"] {
            assert_eq!(looked.header(header), got.header(header), "{path}");
        }
        assert_eq!(looked.status, got.status);
        // Deletes the event, so that the next request is counted again.
        app.write(|conn| {
            use diesel::RunQueryDsl;
            let readers = "DELETE FROM message_events WHERE kind <> 'sent'";
            Ok(diesel::sql_query(readers).execute(conn)?)
        });
    }
    let damaged = app.request("HEAD", "/u/x").send();
    assert_eq!((damaged.status, damaged.body.len()), (404, 0));
}

#[test]
fn links_404_that_are_not_ours() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    let html = "<a href='https://example.com'>this</a>";
    let mail = send(
        &key,
        &json!({"to": "a@example.com", "subject": "Hi", "html_body": html}),
    );
    let links = links(&app, &mail);
    let token = links[0].strip_prefix("/t/c/").unwrap();
    let (start, end) = token.split_at(token.len() / 2);
    let changed = format!(
        "{start}{}{}",
        if end.starts_with('A') { 'B' } else { 'A' },
        &end[1..]
    );
    for path in [
        format!("/t/c/{changed}"),
        format!("/t/c/{}", &token[..token.len() - 4]),
        format!("/t/o/{token}"),
        format!("/u/{token}"),
        "/t/c/https:%2F%2Fevil.example".to_owned(),
        "/t/o/x".to_owned(),
        "/u/x".to_owned(),
    ] {
        let answer = get(&app, &path);
        answer.problem(404, "not_found");
        assert_eq!(answer.header("location"), None);
    }
    app.request("POST", "/u/x").send().problem(404, "not_found");
    // The signature is valid, but the email was deleted: the link still works.
    let gone = app
        .state
        .links()
        .make(Kind::Click, "msg_gone", "https://example.com/");
    let gone = get(
        &app,
        gone.strip_prefix(&app.state.public_url.origin).unwrap(),
    );
    assert_eq!(gone.status, 302);
}

#[test]
fn clicks_are_bounded() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    let html = "<a href='https://example.com'>this</a>";
    let mail = send(
        &key,
        &json!({"to": "a@example.com", "subject": "Hi", "html_body": html}),
    );
    let click = links(&app, &mail)[0].clone();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..260).for_each(|_| assert_eq!(get(&app, &click).status, 302)));
        }
    });
    let clicks = kinds(&key, &mail)
        .into_iter()
        .filter(|kind| kind == "clicked");
    assert_eq!(clicks.count(), 100);
}

/// Sends a campaign email. Returns its id and the path of its List-Unsubscribe link.
fn campaign_mail(app: &TestApp, to: &str) -> (String, String) {
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
        "one mail a contact"
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
fn unsubscribing_asks_first_and_is_for_this_tenant_and_environment() {
    let app = TestApp::start();
    app.add_tenant("other", shared::plan::Plan::Starter);
    let key = app.key(&["contacts:write", "emails:send"]);
    let test = app
        .key_from(&json!({"name": "t", "environment": "test", "permissions": ["contacts:write"]}));
    let other = crate::util::Session::sign_in(&app, "owner@other.test")
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
    let (id, path) = campaign_mail(&app, "Ann@example.com");
    let mail = json!({"id": id});
    // The email's file appears a moment before the transaction commits.
    eventually(|| (kinds(&key, &mail) == ["sent"]).then_some(()));
    let page = get(&app, &path);
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
    assert_eq!(status(&key, "ann"), "active", "looking changes nothing");

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
    assert_eq!(kinds(&key, &mail), ["sent", "unsubscribed"]);

    // Unsubscribing creates a contact if there is none.
    let (_, path) = campaign_mail(&app, "new@example.com");
    assert_eq!(app.request("POST", &path).send().status, 200);
    assert_eq!(status(&key, "new"), "unsubscribed");
}
