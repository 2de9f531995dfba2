//! HTTP/1.1 framing (request smuggling) and methods.

use crate::util::{
    TestApp,
    http::{Answer, raw},
};

/// A chunked body that ends early, followed by a second request. A proxy that determines the
/// length differently would treat that request as part of the first (request smuggling).
const HIDDEN: &str = "0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Sends a request with these header lines and [`HIDDEN`] as its body.
fn send_ambiguous(app: &TestApp, line: &str, headers: &str) -> Answer {
    let request = format!("{line}\r\nHost: {}\r\n{headers}\r\n{HIDDEN}", app.addr);
    raw(app.addr, request.as_bytes())
}

#[test]
fn request_400_ambiguous_length() {
    let app = TestApp::start();
    let length = HIDDEN.len();
    let both = format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n");
    let reversed = format!("Transfer-Encoding: chunked\r\nContent-Length: {length}\r\n");
    let mut ambiguous = vec![both, reversed];
    for encoding in [
        "xchunked",
        "chunked, identity",
        "identity, chunked",
        "chunked,chunked",
        "\u{b}chunked",
        "'chunked'",
        "chunked;q=1",
        "gzip, chunked",
        "chunked\r\nTransfer-Encoding: identity",
    ] {
        ambiguous.push(format!("Transfer-Encoding: {encoding}\r\n"));
    }
    for size in [
        "2, 2",
        "+2",
        "-2",
        "0x2",
        "2;",
        "2.0",
        "1e1",
        "18446744073709551618",
        "2\r\nContent-Length: 0",
        "0\r\nContent-Length: 60",
    ] {
        ambiguous.push(format!("Content-Length: {size}\r\n"));
    }
    for header in [
        "Transfer-Encoding : chunked",
        "Transfer-Encoding:\r\n chunked",
        "A: b\rContent-Length: 60",
        "A: b\0",
    ] {
        ambiguous.push(format!("Content-Length: {length}\r\n{header}\r\n"));
    }
    for headers in ambiguous {
        // The connection must be closed as well, or `raw` would wait for its end.
        let answer = send_ambiguous(&app, "POST /v1/contacts HTTP/1.1", &headers);
        assert_eq!(answer.status, 400, "{headers:?}");
        assert_eq!(answer.text(), "", "{headers:?}");
    }
    let old = "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n";
    let answer = send_ambiguous(&app, "POST /v1/contacts HTTP/1.0", old);
    assert_eq!(answer.status, 400);
}

#[test]
fn request_401_invalid_chunks_end_the_connection() {
    let app = TestApp::start();
    for chunk in ["0x0", "+0", "-0", " 0", "", "1\r\nZZ0", "10000000000000000"] {
        let request = format!(
            "POST /v1/contacts HTTP/1.1\r\nHost: {}\r\nTransfer-Encoding: chunked\r\n\r\n\
             {chunk}\r\n{HIDDEN}",
            app.addr
        );
        let answer = raw(app.addr, request.as_bytes());
        answer.problem(401, "invalid_token");
    }
}

#[test]
fn trace_405_without_an_echo() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    for path in ["/", "/v1/contacts", "/api/v1/auth/session", "/healthz"] {
        let answer = key.request("TRACE", path).header("X-Note", "hidden").send();
        assert_eq!(answer.status, 405, "{path}: {}", answer.text());
        assert!(!answer.text().contains("hidden"), "{path}");
        assert!(!answer.text().contains(&key.plain), "{path}");
    }
}
