//! Headers and checks that depend on the path, for all spellings of the path.

use crate::util::{
    Answer, TestApp,
    http::{Request, raw},
    json,
};
use shared::role::Role;

/// Sends an unmodified request line. HTTP clients would normalize some of these paths.
fn get(app: &TestApp, path: &str) -> Answer {
    let head = format!(
        "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        app.addr
    );
    raw(app.addr, head.as_bytes())
}

#[test]
fn every_response_forbids_frames_and_a_foreign_base() {
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
fn an_encoded_path_has_the_headers_and_guards_of_the_plain_one() {
    let app = TestApp::start();
    for path in ["/%61pi/v1/auth/session", "/api/%761/%61uth/session"] {
        let answer = get(&app, path);
        answer.problem(401, "not_signed_in");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(answer.header("x-frame-options"), None, "{path}: not a page");
    }
    for path in ["/%761/whoami", "/v%31/whoami", "/v1/%77hoami"] {
        let answer = get(&app, path);
        answer.problem(401, "invalid_token");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
    }
    // A request made by another site.
    let login = app
        .request("POST", "/%61pi/v1/auth/login")
        .json(&json!({"email": "owner@acme.test", "password": "x"}));
    login.send().problem(403, "cross_site_request");
    // A host name that was rebound to this address (DNS rebinding).
    let rebound = |path: &str| {
        Request::new(&app.agent, "GET", &format!("{}{path}", app.url))
            .header("Host", "evil.example")
            .send()
    };
    rebound("/%61pi/v1/auth/session").problem(421, "misdirected_request");
    rebound("/%761/whoami").problem(401, "invalid_token");
    assert_eq!(rebound("/%68ealthz").status, 200);
}

#[test]
fn what_only_looks_like_an_api_path_is_not_routed_there() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    for path in [
        "//v1/contacts",
        "///api/v1/auth/session",
        "/%2Fv1/contacts",
        "/./v1/contacts",
        "/x/../v1/contacts",
        "/%2e%2e/v1/contacts",
        "/v1%2Fcontacts",
        "/V1/contacts",
        "/API/v1/auth/session",
        "/v1/../api/v1/platform/api-keys",
        "/v1/%2e%2e/api/v1/platform/api-keys",
    ] {
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
             Accept: application/json\r\nConnection: close\r\n\r\n",
            app.addr, key.plain
        );
        raw(app.addr, head.as_bytes()).problem(404, "not_found");
    }
}

#[test]
fn subdomains_are_included_in_hsts_if_asked_for() {
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

#[test]
fn metrics_404_for_whatever_came_through_a_proxy() {
    let app = TestApp::start_empty(&[]);
    assert_eq!(app.request("GET", "/metrics").send().status, 200);
    for header in [
        "Forwarded",
        "Via",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Real-IP",
    ] {
        let request = app.request("GET", "/metrics").header(header, "x");
        request.send().problem(404, "not_found");
    }
    // This proxy adds no header, and passes on its own address as the host.
    let app = TestApp::start_empty(&["--public-url", "https://portal.example.com"]);
    app.request("GET", "/metrics")
        .send()
        .problem(404, "not_found");
}

#[test]
fn head_is_answered_as_get_without_the_body() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    let key = app.key(&["contacts:read"]);
    let sorted = |answer: &Answer| {
        let headers = answer.headers.iter();
        let telling = headers.filter(|(name, _)| {
            !matches!(name.as_str(), "date" | "x-request-id") && !name.contains("ratelimit")
        });
        let mut telling: Vec<_> = telling.cloned().collect();
        telling.sort();
        telling
    };
    for (path, status) in [
        ("/v1/whoami", 200),
        ("/v1/contacts?limit=1", 200),
        ("/v1/contacts?limit=0", 400),
        ("/v1/campaigns", 403),
        ("/v1/contacts/con_none", 404),
        ("/v1/nothing", 404),
        ("/v1/emails/send", 405),
        ("/openapi.json", 200),
        ("/healthz", 200),
    ] {
        let [get, head] = ["GET", "HEAD"].map(|method| key.request(method, path).send());
        assert_eq!((get.status, head.status), (status, status), "{path}");
        assert_eq!(head.text(), "", "{path}");
        assert_eq!(sorted(&get), sorted(&head), "{path}");
    }
    // HEAD requests count as GET requests for usage and limits.
    app.flush();
    let usage = owner.get("/api/v1/tenant/analytics/api-usage").expect(200);
    let whoami = usage["endpoints"].as_array().unwrap().iter();
    let whoami: Vec<_> = whoami.filter(|it| it["path"] == "/v1/whoami").collect();
    assert_eq!(whoami.len(), 1);
    assert_eq!(
        (&whoami[0]["method"], &whoami[0]["requests"]),
        (&json!("GET"), &json!(2))
    );
    // Without a key, HEAD reveals as little as GET.
    let refused = app.request("HEAD", "/v1/whoami").send();
    assert_eq!((refused.status, refused.text()), (401, String::new()));
}
