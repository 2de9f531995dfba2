//! Slow requests and many connections.

use crate::util::{TestApp, eventually};
use shared::role::Role;
use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::Duration,
};

/// Reads until the server closes the connection. Panics if it does not.
#[track_caller]
fn read_to_close(stream: &mut TcpStream) -> String {
    let timeout = Some(Duration::from_secs(20));
    stream.set_read_timeout(timeout).expect("takes a timeout");
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        Err(error) => panic!("not closed: {error}: {}", String::from_utf8_lossy(&bytes)),
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn connect(app: &TestApp, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(app.addr).expect("connects");
    stream.write_all(request.as_bytes()).expect("writes");
    stream
}

const SIZED: &str = "Content-Length: 100\r\n\r\n{\"email\":";
const CHUNKED: &str = "Transfer-Encoding: chunked\r\n\r\n9\r\n{\"email\":\r\n";

#[test]
fn request_408_for_an_incomplete_body_closes_the_connection() {
    let app = TestApp::start_with(&["--body-timeout", "1"]);
    let key = app.key(&["contacts:write", "emails:send"]);
    let owner = app.sign_in(Role::Owner);
    let by_key = format!("Authorization: Bearer {}\r\n", key.plain);
    let by_session = format!(
        "Origin: {}\r\nCookie: pm_session={}\r\n",
        app.url, owner.token
    );
    let anonymous = format!("Origin: {}\r\n", app.url);
    for (line, by) in [
        ("POST /v1/contacts", &by_key),
        ("POST /v1/emails/send", &by_key),
        ("POST /api/v1/auth/login", &anonymous),
        ("POST /api/v1/auth/sudo", &by_session),
    ] {
        for body in [SIZED, CHUNKED] {
            let head = format!(
                "{line} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n{by}{body}",
                app.addr
            );
            let answer = read_to_close(&mut connect(&app, &head));
            assert!(answer.starts_with("HTTP/1.1 408 "), "{line}: {answer}");
            assert!(answer.contains("\"error\":\"request_timeout\""), "{answer}");
            assert!(answer.contains("application/problem+json"), "{answer}");
            assert!(
                answer.to_lowercase().contains("connection: close"),
                "{answer}"
            );
        }
    }
}

#[test]
fn request_408_although_single_bytes_keep_arriving() {
    let app = TestApp::start_with(&["--body-timeout", "1"]);
    let key = app.key(&["contacts:write"]);
    let head = format!(
        "POST /v1/contacts HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\n{SIZED}",
        app.addr, key.plain
    );
    let mut stream = connect(&app, &head);
    let mut drip = stream.try_clone().expect("has two ends");
    std::thread::spawn(move || {
        // Sending all missing bytes at this rate would take nine seconds.
        for _ in 0..90 {
            if drip.write_all(b" ").is_err() {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    let answer = read_to_close(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[test]
fn responses_do_not_wait_for_an_unread_body() {
    let app = TestApp::start();
    for (line, status) in [
        ("POST /v1/contacts", 401),
        ("PUT /v1/nothing", 401),
        ("POST /api/v1/platform/api-keys", 401),
        ("POST /u/nothing", 404),
        ("POST /healthz", 405),
        ("GET /v1/whoami", 401),
    ] {
        for body in [SIZED, CHUNKED] {
            let head = format!(
                "{line} HTTP/1.1\r\nHost: {}\r\nOrigin: {}\r\nContent-Type: application/json\r\n{body}",
                app.addr, app.url
            );
            let answer = read_to_close(&mut connect(&app, &head));
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status} ")),
                "{line}: {answer}"
            );
        }
    }
}

#[test]
fn connections_of_one_client_are_limited() {
    let app = TestApp::start_empty(&["--max-connections-per-client", "3"]);
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n", app.addr);
    // The response shows that the server has accepted the connection, which then stays idle.
    let hold = || {
        let mut stream = connect(&app, &format!("{request}\r\n"));
        let read = stream.read(&mut [0; 4096]).expect("answers");
        assert!(read > 0);
        stream.write_all(request.as_bytes()).expect("writes");
        stream
    };
    let mut open: Vec<_> = (0..3).map(|_| hold()).collect();
    let refused = || {
        let mut stream = connect(&app, &request);
        stream
            .set_read_timeout(Some(Duration::from_millis(200)))
            .ok()?;
        let read = stream.read(&mut [0; 16]);
        match read {
            Ok(0) => Some(()),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => Some(()),
            _ => None,
        }
    };
    eventually(refused);
    // Open connections still work, and closing one makes room.
    let mut first = open.remove(0);
    first
        .write_all(b"Connection: close\r\n\r\n")
        .expect("writes");
    let answer = read_to_close(&mut first);
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let answered = || {
        let mut stream = TcpStream::connect(app.addr).ok()?;
        let request = format!("{request}Connection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).ok()?;
        let mut text = String::new();
        stream.read_to_string(&mut text).ok()?;
        text.starts_with("HTTP/1.1 200 ").then_some(())
    };
    eventually(answered);
}
