//! `GET /t/c/{token}`.

use crate::util::{
    TestApp,
    emails::{event_kinds, links, send_and_settle},
    json,
};

#[test]
fn click_302_is_counted_each_time() {
    let app = TestApp::start();
    let key =
        app.key_from(&json!({"name": "t", "environment": "test", "permissions": ["emails:send"]}));
    let html = "<body><p>See <a href='https://example.com/?a=1&amp;b=2#c'>this</a>, \
        <a href='mailto:x@example.com'>write</a> or <a name=x>stay</a></p></body>";
    let mail = send_and_settle(
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
    let [click, _open] = links.as_slice() else {
        panic!("{links:?}");
    };
    for _ in 0..2 {
        let answer = app.request("GET", click).send();
        assert_eq!(
            (answer.status, answer.header("location")),
            (302, Some("https://example.com/?a=1&b=2#c"))
        );
    }
    assert_eq!(event_kinds(&key, &mail), ["sent", "clicked", "clicked"]);
}

#[test]
fn click_302_is_counted_100_times_at_most() {
    let app = TestApp::start();
    let key = app.key(&["emails:send"]);
    let html = "<a href='https://example.com'>this</a>";
    let mail = send_and_settle(
        &key,
        &json!({"to": "a@example.com", "subject": "Hi", "html_body": html}),
    );
    let click = links(&app, &mail)[0].clone();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..260 {
                    assert_eq!(app.request("GET", &click).send().status, 302);
                }
            });
        }
    });
    let clicks = event_kinds(&key, &mail)
        .into_iter()
        .filter(|kind| kind == "clicked");
    assert_eq!(clicks.count(), 100);
}
