//! Repeated sign-in from one browser, and sessions of event streams.

use crate::util::{PASSWORD, Session, TestApp, json};
use backend::{db::DbConnection, error::ApiError};
use chrono::TimeDelta;
use diesel::{RunQueryDsl, sql_query};
use shared::role::Role;
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

const SESSION: &str = "/api/v1/auth/session";
const LOGIN: &str = "/api/v1/auth/login";

/// Signs in from the browser that holds this session.
fn sign_in_again<'a>(session: &Session<'a>, email: &str) -> Session<'a> {
    let answer = session.post(LOGIN, &json!({"email": email, "password": PASSWORD}));
    answer.expect(200);
    Session {
        app: session.app,
        token: answer.cookie("pm_session").expect("sets a cookie"),
    }
}

#[test]
fn signing_in_again_ends_the_browsers_session_and_no_other() {
    let app = TestApp::start();
    let elsewhere = app.sign_in(Role::Owner);
    let first = app.sign_in(Role::Owner);
    let second = sign_in_again(&first, "owner@acme.test");
    first.get(SESSION).problem(401, "not_signed_in");
    // Signs in as another user, after sudo has rotated the token.
    let third = sign_in_again(&second.with_sudo(), "developer@acme.test");
    elsewhere.get(SESSION).expect(200);
    let view = third.get(SESSION).expect(200);
    assert_eq!(view["user"]["role"], "developer");
    assert_eq!(view["sudo_expires_at"], json!(null));
    let log = elsewhere.get("/api/v1/tenant/audit-log?action=session.ended");
    let log = log.expect(200);
    assert_eq!(log["total"], 2);
    for entry in log["data"].as_array().unwrap() {
        assert_eq!(entry["actor"]["email"], "owner@acme.test");
    }
    // A failed sign-in does not end the session.
    let wrong = json!({"email": "owner@acme.test", "password": "wrong"});
    third.post(LOGIN, &wrong).problem(401, "wrong_credentials");
    third.get(SESSION).expect(200);
}

/// An open event stream.
struct Stream(TcpStream);

impl Stream {
    fn open(session: &Session<'_>) -> Self {
        let mut stream = TcpStream::connect(session.app.addr).expect("connects");
        let head = "GET /api/v1/tenant/live HTTP/1.1";
        let request = format!(
            "{head}\r\nHost: {}\r\nCookie: pm_session={}\r\n\r\n",
            session.app.addr, session.token
        );
        stream.write_all(request.as_bytes()).expect("asks");
        let patience = Some(Duration::from_secs(20));
        stream.set_read_timeout(patience).expect("has a timeout");
        let mut start = [0; 12];
        stream.read_exact(&mut start).expect("answers");
        assert_eq!(&start, b"HTTP/1.1 200");
        Self(stream)
    }

    /// Reads until the server closes the stream.
    #[track_caller]
    fn expect_end(mut self) {
        let mut text = Vec::new();
        let mut buffer = [0; 4096];
        while !text.ends_with(b"0\r\n\r\n") {
            let read = self.0.read(&mut buffer).expect("ends in time");
            assert_ne!(read, 0, "the connection broke");
            text.extend_from_slice(&buffer[..read]);
        }
    }

    /// Reads until the server sends a keep-alive.
    #[track_caller]
    fn expect_alive(&mut self) {
        let mut text = String::new();
        let mut buffer = [0; 4096];
        while !text.contains(": still here") {
            let read = self.0.read(&mut buffer).expect("speaks in time");
            assert_ne!(read, 0, "the stream ended");
            text.push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
    }
}

#[test]
fn a_stream_ends_when_its_session_expires_and_does_not_keep_it_alive() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    let mut stream = Stream::open(&owner);
    app.advance(TimeDelta::hours(23));
    stream.expect_alive();
    // Streams that reconnect automatically do not count as user activity.
    let mut reopened = Stream::open(&owner);
    app.advance(TimeDelta::seconds(15));
    reopened.expect_alive();
    app.advance(TimeDelta::hours(1));
    stream.expect_end();
    owner.get(SESSION).problem(401, "not_signed_in");
}

#[test]
fn a_stream_ends_with_the_whole_lifetime_of_its_session() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    for _ in 0..8 {
        app.advance(TimeDelta::hours(20));
        owner.get(SESSION).expect(200);
    }
    let stream = Stream::open(&owner);
    app.advance(TimeDelta::hours(8));
    stream.expect_end();
}

#[test]
fn a_stream_ends_with_its_session_its_token_and_its_role() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    let stream = Stream::open(&owner);
    owner.post("/api/v1/auth/logout", &json!({}));
    app.advance(TimeDelta::seconds(15));
    stream.expect_end();

    let owner = app.sign_in(Role::Owner);
    let stream = Stream::open(&owner);
    let owner = owner.with_sudo();
    app.advance(TimeDelta::seconds(15));
    stream.expect_end();

    let stream = Stream::open(&owner);
    let demote = |conn: &mut DbConnection| -> Result<(), ApiError> {
        sql_query("UPDATE users SET role = 'member' WHERE id = 'usr_acme_owner'").execute(conn)?;
        Ok(())
    };
    app.write(demote);
    app.advance(TimeDelta::seconds(15));
    stream.expect_end();
}
