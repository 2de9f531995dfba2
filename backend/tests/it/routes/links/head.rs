//! `HEAD` on links, which mail scanners send.

use crate::util::{
    TestApp,
    emails::{event_kinds, links, send_and_settle},
    json,
};
use backend::mail::links::Kind;

#[test]
fn head_responds_like_get_and_counts_nothing() {
    let app = TestApp::start();
    let key = app.key(&["emails:send", "analytics:read"]);
    let html = "<body><a href='https://example.com'>this</a></body>";
    let mail = send_and_settle(
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
        let head = app.request("HEAD", path).send();
        assert!(head.body.is_empty());
        assert_eq!(event_kinds(&key, &mail), ["sent"], "{path}");
        let get = app.request("GET", path).send();
        for header in ["location", "content-type", "cache-control"] {
            assert_eq!(head.header(header), get.header(header), "{path}");
        }
        assert_eq!(head.status, get.status);
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
