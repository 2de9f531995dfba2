//! `GET /api/v1/tenant/live`: a stream ends with its session.

use crate::util::{TestApp, event_stream::EventStream, json};
use backend::{db::DbConnection, error::ApiError};
use chrono::TimeDelta;
use diesel::{RunQueryDsl, sql_query};
use shared::role::Role;

const SESSION: &str = "/api/v1/auth/session";

#[test]
fn a_stream_ends_when_its_session_expires_and_does_not_extend_it() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    let mut stream = EventStream::open(app.addr, &owner.token);
    app.advance(TimeDelta::hours(23));
    stream.expect_alive();
    // Streams that reconnect automatically do not count as user activity.
    let mut reopened = EventStream::open(app.addr, &owner.token);
    app.advance(TimeDelta::seconds(15));
    reopened.expect_alive();
    app.advance(TimeDelta::hours(1));
    stream.expect_end();
    owner.get(SESSION).problem(401, "not_signed_in");
}

#[test]
fn a_stream_ends_with_the_maximum_lifetime_of_its_session() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    for _ in 0..8 {
        app.advance(TimeDelta::hours(20));
        owner.get(SESSION).expect(200);
    }
    let stream = EventStream::open(app.addr, &owner.token);
    app.advance(TimeDelta::hours(8));
    stream.expect_end();
}

#[test]
fn a_stream_ends_when_session_token_or_role_change() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    let stream = EventStream::open(app.addr, &owner.token);
    owner.post("/api/v1/auth/logout", &json!({}));
    app.advance(TimeDelta::seconds(15));
    stream.expect_end();

    let owner = app.sign_in(Role::Owner);
    let stream = EventStream::open(app.addr, &owner.token);
    let owner = owner.with_sudo();
    app.advance(TimeDelta::seconds(15));
    stream.expect_end();

    let stream = EventStream::open(app.addr, &owner.token);
    let demote = |conn: &mut DbConnection| -> Result<(), ApiError> {
        sql_query("UPDATE users SET role = 'member' WHERE id = 'usr_acme_owner'").execute(conn)?;
        Ok(())
    };
    app.write(demote);
    app.advance(TimeDelta::seconds(15));
    stream.expect_end();
}
