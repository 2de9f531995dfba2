//! The process log, which operators collect on another machine.

use crate::util::{
    json,
    process::{Process, furnished},
};
use serde_json::Value;
use std::{fs::File, process::Command};

#[test]
fn audit_events_are_logged_as_json_despite_forged_input() {
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
