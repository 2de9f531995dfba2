//! Invalid links.

use crate::util::{
    TestApp,
    emails::{links, send_and_settle},
    json,
};
use backend::mail::links::Kind;

#[test]
fn link_404_as_html_for_browsers_and_json_for_other_clients() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    let html = "<a href='https://example.com'>this</a>";
    let mail = send_and_settle(
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
fn link_404_with_an_invalid_token() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    let html = "<a href='https://example.com'>this</a>";
    let mail = send_and_settle(
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
        let answer = app.request("GET", &path).send();
        answer.problem(404, "not_found");
        assert_eq!(answer.header("location"), None);
    }
    app.request("POST", "/u/x").send().problem(404, "not_found");
    // The signature is valid, but the email was deleted: the link still works.
    let gone = app
        .state
        .links()
        .make(Kind::Click, "msg_gone", "https://example.com/");
    let gone = gone.strip_prefix(&app.state.public_url.origin).unwrap();
    let gone = app.request("GET", gone).send();
    assert_eq!(gone.status, 302);
}
