//! `GET /t/o/{token}`.

use crate::util::{
    TestApp,
    emails::{event_kinds, links, send_and_settle},
    json,
};

#[test]
fn open_200_is_counted_once() {
    let app = TestApp::start();
    let key =
        app.key_from(&json!({"name": "t", "environment": "test", "permissions": ["emails:send"]}));
    let html = "<body><p>Hello</p></body>";
    let mail = send_and_settle(
        &key,
        &json!({"to": "a@example.com", "subject": "Hi", "html_body": html}),
    );
    assert_eq!(mail["html_body"], html);
    let as_sent = mail["html_as_sent"].as_str().unwrap();
    assert!(as_sent.ends_with("\"></body>"), "{as_sent}");
    let links = links(&app, &mail);
    let [open] = links.as_slice() else {
        panic!("{links:?}");
    };
    for _ in 0..3 {
        let answer = app.request("GET", open).send();
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, Some("image/gif"))
        );
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(answer.body.starts_with(b"GIF89a"));
    }
    assert_eq!(event_kinds(&key, &mail), ["sent", "opened"]);
}
