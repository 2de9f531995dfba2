//! `POST /api/v1/auth/logout`.

use crate::util::{TestApp, event_stream::EventStream, json};
use shared::role::Role;

const KEYS: &str = "/api/v1/platform/api-keys";
const SESSION: &str = "/api/v1/auth/session";

#[test]
fn logout_204_ends_this_session_only() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    let other = app.sign_in(Role::Owner);
    let answer = owner.request("POST", "/api/v1/auth/logout").send();
    assert_eq!(answer.status, 204, "{}", answer.text());
    assert_eq!(answer.cookie("pm_session").as_deref(), Some(""));
    owner.get(SESSION).problem(401, "not_signed_in");
    owner.get(KEYS).problem(401, "not_signed_in");
    other.get(SESSION).expect(200);
}

#[test]
fn logout_ends_event_streams_in_other_processes() {
    let app = TestApp::start();
    let other = app.another();
    let here = app.sign_in(Role::Developer);
    let stream = EventStream::open(other.addr, &here.token);
    here.post("/api/v1/auth/logout", &json!({}));
    stream.expect_immediate_end();
}
