//! Content security policy, HSTS and other security headers.

use crate::util::{Answer, TestApp};

fn get(app: &TestApp, path: &str) -> Answer {
    app.request("GET", path).send()
}

#[test]
fn every_response_forbids_framing_and_a_foreign_base() {
    let app = TestApp::start();
    for path in [
        "/",
        "/nothing.js",
        "/v1",
        "/v1/whoami",
        "/v1/nothing",
        "/api",
        "/api/v1/auth/session",
        "/openapi.json",
        "/healthz",
        "/metrics",
        "/t/o/nothing",
        "/u/nothing",
    ] {
        let answer = get(&app, path);
        let policy = answer.header("content-security-policy").unwrap_or_default();
        for rule in [
            "default-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert!(answer.header("cross-origin-resource-policy").is_some());
    }
}

#[test]
fn hsts_includes_subdomains_if_configured() {
    for (more, expected) in [
        (
            &["--public-url", "https://portal.example.com"][..],
            "max-age=31536000",
        ),
        (
            &[
                "--public-url",
                "https://portal.example.com",
                "--hsts-include-subdomains",
            ],
            "max-age=31536000; includeSubDomains",
        ),
    ] {
        let app = TestApp::start_empty(more);
        let answer = get(&app, "/healthz");
        assert_eq!(answer.header("strict-transport-security"), Some(expected));
    }
    let app = TestApp::start_empty(&["--hsts-include-subdomains"]);
    assert_eq!(
        get(&app, "/healthz").header("strict-transport-security"),
        None
    );
}
