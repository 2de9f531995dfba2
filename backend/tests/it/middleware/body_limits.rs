//! Maximum size of request bodies.

use crate::util::{TestApp, http::raw};

#[test]
fn call_413_for_a_body_over_1_mib() {
    let app = TestApp::start();
    let key = app.key(&["contacts:write"]);
    let big = format!("{{\"email\":\"{}\"}}", "x".repeat(2 * 1024 * 1024));
    let head = format!(
        "POST /v1/contacts HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nConnection: close\r\n",
        app.addr, key.plain
    );
    let sized = format!("{head}Content-Length: {}\r\n\r\n", big.len());
    raw(app.addr, sized.as_bytes()).problem(413, "body_too_large");
    let chunked = format!(
        "{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{big}\r\n0\r\n\r\n",
        big.len()
    );
    raw(app.addr, chunked.as_bytes()).problem(413, "body_too_large");
    // A body of exactly 1 MiB is accepted.
    let spaces = " ".repeat(1024 * 1024 - 25);
    let most = format!("{{\"email\":\"a@example.com\"{spaces}}}");
    assert_eq!(most.len(), 1024 * 1024);
    let answer = key
        .request("POST", "/v1/contacts")
        .body("application/json", most.clone());
    answer.send().expect(201);
    key.request("POST", "/v1/contacts")
        .chunked(most.clone())
        .send()
        .expect(200);
    let answer = key
        .request("POST", "/v1/contacts")
        .chunked(format!("{most} "));
    answer.send().problem(413, "body_too_large");
}

#[test]
fn login_413_for_a_body_over_4_kib() {
    let app = TestApp::start();
    let big = format!("{{\"email\":\"{}\"}}", "x".repeat(5 * 1024));
    let login = || app.browser("POST", "/api/v1/auth/login");
    for answer in [
        login().body("application/json", big.clone()).send(),
        login().chunked(big.clone()).send(),
    ] {
        let problem = answer.problem(413, "body_too_large");
        assert_eq!(problem["message"], "The request body is larger than 4 KiB.");
    }
}
