//! Emails for tests: sending, waiting and links.

use super::{Key, TestApp, eventually, json};
use serde_json::Value;

/// Returns the smallest valid email to this address.
pub fn new_email(to: &str) -> Value {
    json!({"to": to, "subject": "Hello", "html_body": "<h1>Hello World</h1>"})
}

/// Returns the path of an email from a response.
pub fn path_of(mail: &Value) -> String {
    format!("/v1/emails/{}", mail["id"].as_str().expect("has an id"))
}

/// Waits until the email is no longer queued and returns it.
#[track_caller]
pub fn settled(key: &Key<'_>, id: &Value) -> Value {
    let path = format!("/v1/emails/{}", id.as_str().expect("is an id"));
    eventually(|| Some(key.get(&path).expect(200)).filter(|mail| mail["status"] != "queued"))
}

/// Sends an email, waits until it is no longer queued and returns it.
#[track_caller]
pub fn send_and_settle(key: &Key<'_>, body: &Value) -> Value {
    let sent = key.post("/v1/emails/send", body).expect(200);
    settled(key, &sent["id"])
}

/// Returns the paths of this server's links in the email.
pub fn links(app: &TestApp, mail: &Value) -> Vec<String> {
    let html = mail["html_as_sent"].as_str().expect("has HTML");
    let start = format!("\"{}", app.url);
    let parts = html.split(&start).skip(1);
    parts
        .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
        .collect()
}

/// Returns the kinds of the email's events, in order.
pub fn event_kinds(key: &Key<'_>, mail: &Value) -> Vec<String> {
    let events = key.get(&path_of(mail)).expect(200)["events"].clone();
    let kind = |event: &Value| event["kind"].as_str().expect("has a kind").to_owned();
    events
        .as_array()
        .expect("is a list")
        .iter()
        .map(kind)
        .collect()
}
