//! The process log, which operators collect on another machine.

use crate::util::{
    TestApp, json,
    process::{Process, furnished},
};
use backend::{db::after_commit, error::ApiError};
use serde_json::Value;
use shared::error::ErrorCode;
use std::{cell::Cell, fs::File, process::Command, rc::Rc};

#[test]
fn audit_events_are_logged_as_json_whatever_a_client_sends() {
    let place = furnished();
    let path = place.dir().join("server.log");
    let log = File::create(&path).expect("has a log");
    let server = Process::start_with(&place, |command: &mut Command| {
        command
            .arg("--access-log")
            .env("PENGUINMAILS_LOG", "info")
            .stdout(log.try_clone().expect("has two ends"))
            .stderr(log)
    });
    let cookie = server.owner();
    let created = server.create_key(&cookie);
    let forged =
        "a@acme.test\n{\"level\":\"INFO\",\"target\":\"audit\",\"forged\":true}\r\u{1b}[2J";
    let form = json!({"email": forged, "password": forged});
    server
        .request("POST", "/api/v1/auth/login")
        .header("User-Agent", "agent \u{9b}2J {\"forged\":true}")
        .header("X-Forwarded-For", "203.0.113.9, {\"forged\":true}")
        .json(&form)
        .send();
    server.request("GET", "/%0a%7B%22forged%22:true%7D").send();
    drop(server);

    let text = std::fs::read_to_string(&path).expect("has a log");
    let lines = text.lines().filter(|line| line.starts_with('{'));
    let entries: Vec<Value> = lines
        .map(|line| serde_json::from_str(line).expect("is JSON"))
        .collect();
    assert!(entries.iter().all(|entry| entry["forged"].is_null()));
    assert!(
        entries
            .iter()
            .all(|entry| entry["fields"]["forged"].is_null())
    );
    let audit: Vec<_> = entries
        .iter()
        .filter(|entry| entry["target"] == "audit")
        .collect();
    let key_created = audit
        .iter()
        .find(|entry| entry["fields"]["action"] == "key.created")
        .expect("the event is in the log");
    assert_eq!(key_created["fields"]["subject_id"], created["key"]["id"]);
    assert_eq!(key_created["fields"]["actor_kind"], "user");
    assert_eq!(key_created["fields"]["address"], "127.0.0.1");
    let when = key_created["timestamp"].as_str().expect("says when");
    assert!(when.ends_with('Z'), "{when} is UTC");
    for action in ["session.started", "session.sudo"] {
        let logged = audit
            .iter()
            .any(|entry| entry["fields"]["action"] == action);
        assert!(logged, "{action}");
    }
    assert!(
        !text.contains("owner@"),
        "email addresses stay in the database"
    );
}

#[test]
fn what_follows_a_commit_does_not_follow_a_rollback() {
    let app = TestApp::start_empty(&[]);
    let runs = Rc::new(Cell::new(0));
    let write = |result: Result<(), ApiError>| {
        let counter = runs.clone();
        app.state.db.write_blocking(|_| {
            after_commit(move || counter.set(counter.get() + 1));
            result
        })
    };
    assert!(write(Err(ErrorCode::NotFound.into())).is_err());
    assert_eq!(runs.get(), 0);
    assert!(write(Ok(())).is_ok());
    assert_eq!(runs.get(), 1);
    assert!(app.state.db.write_blocking(|_| Ok(())).is_ok());
    assert_eq!(runs.get(), 1);
}
