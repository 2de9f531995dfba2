//! Emails that are captured: those of test keys, and those to the sandbox domain.

use crate::util::{
    TestApp,
    emails::{new_email, send_and_settle},
    json,
    smtp::SmtpServer,
};

#[test]
fn emails_of_test_keys_and_to_the_sandbox_are_captured() {
    let smtp = SmtpServer::start();
    let app = TestApp::start_with(&["--smtp-url", &smtp.url()]);
    let form = json!({"name": "t", "environment": "test", "permissions": ["emails:send", "contacts:write", "analytics:read"]});
    let test = app.key_from(&form);
    let live = app.key(&["emails:send"]);
    let bounced = "bounced@sandbox.penguinmails.test";
    test.post("/v1/contacts", &json!({"email": bounced}))
        .expect(201);
    let at = json!(app.clock.now());
    for (to, status, events) in [
        ("bob@example.com", "sent", vec!["sent"]),
        (
            "delivered@sandbox.penguinmails.test",
            "delivered",
            vec!["sent", "delivered"],
        ),
        (bounced, "bounced", vec!["sent", "bounced"]),
        (
            "Complained+a@SANDBOX.penguinmails.test",
            "complained",
            vec!["sent", "delivered", "complained"],
        ),
        ("else@sandbox.penguinmails.test", "sent", vec!["sent"]),
    ] {
        for key in [&test, &live] {
            if key.id == live.id && !to.to_lowercase().ends_with("sandbox.penguinmails.test") {
                continue;
            }
            let mail = send_and_settle(key, &new_email(to));
            let events: Vec<_> = events
                .iter()
                .map(|kind| json!({"kind": kind, "at": at}))
                .collect();
            assert_eq!(
                (&mail["status"], &mail["events"]),
                (&json!(status), &json!(events)),
                "{to}"
            );
            assert_eq!(
                (&mail["captured"], &mail["attempts"]),
                (&json!(true), &json!(1))
            );
        }
    }
    assert_eq!(
        test.get("/v1/contacts").expect(200)["data"][0]["status"],
        "bounced"
    );
    let totals = &test.get("/v1/analytics/emails").expect(200)["totals"];
    assert_eq!(
        *totals,
        json!({"sent": 5, "delivered": 2, "opened": 0, "clicked": 0,
        "bounced": 1, "complained": 1, "unsubscribed": 0, "failed": 0})
    );
    // If the others were delivered, they would arrive before this one.
    send_and_settle(&live, &new_email("bob@example.com"));
    assert_eq!(smtp.wait_for(1)[0].recipient, "bob@example.com");
    assert_eq!(smtp.mails().len(), 1);
}
