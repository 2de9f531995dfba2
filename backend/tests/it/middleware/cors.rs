//! Cross-origin requests.

use crate::util::TestApp;

#[test]
fn other_origins_get_no_access_headers() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    for path in ["/", "/openapi.json", "/v1/contacts", "/api/v1/auth/session"] {
        for method in ["GET", "OPTIONS"] {
            let answer = key
                .request(method, path)
                .header("Origin", "https://evil.example")
                .header("Access-Control-Request-Method", "GET")
                .header("Access-Control-Request-Headers", "authorization")
                .send();
            let mut names = answer.headers.iter().map(|(name, _)| name);
            let allows = names.any(|name| name.starts_with("access-control-"));
            assert!(!allows, "{method} {path}");
        }
    }
}
