//! IP allowlists of keys, with and without a trusted proxy.

use crate::util::{TestApp, json};
use serde_json::Value;

fn form() -> Value {
    json!({
        "name": "a", "environment": "live", "permissions": ["contacts:read"],
        "ip_allowlist": ["203.0.113.0/24"]
    })
}

#[test]
fn call_403_from_an_ip_address_not_on_the_list() {
    let app = TestApp::start();
    let key = app.key_from(&form());
    let problem = key.get("/v1/whoami").problem(403, "ip_not_allowed");
    assert!(
        problem["detail"].as_str().unwrap().contains("127.0.0.1"),
        "{problem}"
    );
    // The header is ignored without a trusted proxy.
    let forged = key
        .request("GET", "/v1/whoami")
        .header("X-Forwarded-For", "203.0.113.7");
    forged.send().problem(403, "ip_not_allowed");
}

#[test]
fn call_403_unless_the_trusted_proxy_names_an_address_on_the_list() {
    let app = TestApp::start_with(&["--trusted-proxy", "127.0.0.1/32"]);
    let key = app.key_from(&form());
    let from = |forwarded_for: &str| {
        let request = key.request("GET", "/v1/whoami");
        request.header("X-Forwarded-For", forwarded_for).send()
    };
    from("203.0.113.7").expect(200);
    from("198.51.100.1, 203.0.113.7").expect(200);
    from("::ffff:203.0.113.7").expect(200);
    from("203.0.113.7, 198.51.100.1").problem(403, "ip_not_allowed");
    // Some proxies add a port or brackets.
    from("203.0.113.7:51008").expect(200);
    from("[::ffff:203.0.113.7]:443").expect(200);
    from("203.0.113.7,").expect(200);
    // The proxy's address must not be added to the allowlist, so the response does not suggest
    // it.
    for nonsense in ["203.0.113.7, nonsense", "unknown", "203.0.113.7:x"] {
        let problem = from(nonsense).problem(403, "ip_not_allowed");
        let detail = problem["detail"].as_str().unwrap();
        let expected = "The proxy at 127.0.0.1 sent no usable client address.";
        assert!(detail.starts_with(expected), "{nonsense}: {detail}");
    }
    key.get("/v1/whoami").problem(403, "ip_not_allowed");
}
