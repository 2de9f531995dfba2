//! Routing: unknown paths and methods, unusual spellings of paths, and HEAD requests.

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
fn unknown_paths_are_404_and_methods_405() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    let owner = app.sign_in(Role::Owner);
    for path in ["/v1/nothing", "/v1/contacts/a/b/c", "/v1/"] {
        key.get(path).problem(404, "not_found");
        // Without a key, the response reveals nothing.
        app.request("GET", path)
            .send()
            .problem(401, "invalid_token");
    }
    owner.get("/api/v1/nothing").problem(404, "not_found");
    owner.get("/api/nothing").problem(404, "not_found");
    let answer = key.request("PUT", "/v1/contacts").json(&json!({})).send();
    answer.problem(405, "method_not_allowed");
    assert_eq!(answer.header("allow"), Some("GET, HEAD, POST"));
    let answer = owner.delete("/api/v1/auth/session");
    answer.problem(405, "method_not_allowed");
    assert_eq!(answer.header("allow"), Some("GET"));
}

#[test]
fn percent_encoded_paths_have_the_headers_and_checks_of_plain_ones() {
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
fn paths_that_only_resemble_the_api_are_404() {
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
fn head_responds_like_get_without_a_body() {
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
    let usage = owner.api_usage("");
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
