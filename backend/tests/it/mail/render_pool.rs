//! Threads and waiting places for rendering templates.

use crate::util::{
    Key, TestApp, block_on,
    campaigns::{add_contacts, completed, create, form, marketing_key, start, start_and_pause},
    emails::path_of,
    eventually, json,
    smtp::SmtpServer,
};
use backend::{clock::Clock, schema::messages};
use chrono::TimeDelta;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};
use futures_util::{FutureExt, future::join_all};
use parking_lot::Mutex;
use serde_json::Value;
use shared::{error::ErrorCode, key::Environment};
use std::{
    collections::HashSet,
    sync::{
        Arc,
        mpsc::{Sender, channel},
    },
    thread::JoinHandle,
};

/// Slow templates of the company that occupy the template threads until this is dropped.
struct SlowTemplates {
    release: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl SlowTemplates {
    /// Queues `count` of them. Returns when both template threads are busy.
    fn start(app: &TestApp, count: usize) -> Self {
        let (release, released) = channel::<()>();
        let released = Arc::new(Mutex::new(released));
        let (started, has_started) = channel();
        let (queued, is_queued) = channel();
        let (state, tenant) = (app.state.clone(), app.tenant.clone());
        let thread = std::thread::spawn(move || {
            let jobs = (0..count).map(|_| {
                let (released, started) = (released.clone(), started.clone());
                let job = move |_: &Clock| {
                    let _ = started.send(());
                    let _ = released.lock().recv();
                };
                state.mail.templates.run(&tenant, job)
            });
            block_on(async {
                let mut jobs = join_all(jobs);
                // The first poll queues all of them.
                assert!((&mut jobs).now_or_never().is_none());
                let _ = queued.send(());
                jobs.await
            });
        });
        is_queued.recv().expect("are queued");
        for _ in 0..2 {
            has_started.recv().expect("is run");
        }
        Self {
            release: Some(release),
            thread: Some(thread),
        }
    }
}

impl Drop for SlowTemplates {
    fn drop(&mut self) {
        drop(self.release.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Returns the email to this address.
#[track_caller]
fn email_to(key: &Key<'_>, to: &str) -> Value {
    let found = key.get(&format!("/v1/emails?to={to}")).expect(200);
    key.get(&path_of(&found["data"][0])).expect(200)
}

#[test]
fn a_slow_campaign_does_not_delay_other_emails() {
    let smtp = SmtpServer::start();
    let app = TestApp::start_with(&["--smtp-url", &smtp.url()]);
    let key = marketing_key(&app, "live");
    add_contacts(&app, Environment::Live, 40, &[]);
    let path = create(&key, &form());
    start_and_pause(&app, Environment::Live, &path, 40);
    let slow = SlowTemplates::start(&app, 4);
    start(&key, &path);
    let claimed = || {
        let claimed: i64 = app.write(|conn| {
            let rows = messages::table
                .filter(messages::campaign_id.is_not_null())
                .filter(messages::claimed_until.is_not_null());
            Ok(rows.count().get_result(conn)?)
        });
        claimed
    };
    eventually(|| (claimed() == 8).then_some(()));
    for n in 0..20 {
        let mail = json!({"to": format!("other{n}@example.com"), "subject": "s",
            "html_body": "<p>Hello</p>"});
        key.post("/v1/emails/send", &mail).expect(200);
    }
    let mails = smtp.wait_for(20);
    assert!(mails.iter().all(|mail| mail.recipient.starts_with("other")));
    assert_eq!(claimed(), 8, "half of the places");
    drop(slow);
    assert_eq!(completed(&key, &path)["sent"], 40);
    let mails = smtp.mails();
    let recipients: HashSet<_> = mails.iter().map(|mail| &mail.recipient).collect();
    assert_eq!((mails.len(), recipients.len()), (60, 60));
}

#[test]
fn emails_are_deferred_while_the_render_queue_is_full() {
    let app = TestApp::start();
    let key = marketing_key(&app, "live");
    let reader = app.key(&["analytics:read"]);
    add_contacts(&app, Environment::Live, 2, &[]);
    let path = create(&key, &form());
    start_and_pause(&app, Environment::Live, &path, 2);
    // Fills the queue's four places, and all waiting places behind it.
    let slow = SlowTemplates::start(&app, 36);
    let one_more = app.state.mail.templates.run(&app.tenant, |_| ());
    let refused = block_on(one_more).expect_err("is one too many");
    assert_eq!(refused.code(), ErrorCode::Overloaded);
    start(&key, &path);
    let next = json!(app.clock.now() + TimeDelta::seconds(5));
    for n in 0..2 {
        let mail = eventually(|| {
            let mail = email_to(&reader, &format!("p{n}@example.com"));
            (mail["next_attempt_at"] == next).then_some(mail)
        });
        assert_eq!(
            (&mail["status"], &mail["attempts"]),
            (&json!("queued"), &json!(0))
        );
        let busy = key.get(&path_of(&mail));
        assert_eq!((busy.status, busy.header("retry-after")), (503, Some("1")));
    }
    drop(slow);
    app.advance(TimeDelta::seconds(5));
    assert_eq!(completed(&key, &path)["sent"], 2);
    let mail = email_to(&key, "p1@example.com");
    assert_eq!(
        (&mail["attempts"], &mail["last_error"]),
        (&json!(1), &Value::Null)
    );
}
