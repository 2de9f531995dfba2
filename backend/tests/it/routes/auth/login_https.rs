//! Cookies of `POST /api/v1/auth/login` on https.

use crate::util::{PASSWORD, TestApp, json};

#[test]
fn login_200_cookie_is_bound_to_the_host_and_hidden_from_scripts() {
    let app = TestApp::start_with(&["--public-url", "https://portal.example.com"]);
    let form = json!({"email": "owner@acme.test", "password": PASSWORD});
    let request = app.request("POST", "/api/v1/auth/login");
    let answer = request
        .header("Host", "portal.example.com")
        .header("Origin", "https://portal.example.com")
        .json(&form)
        .send();
    answer.expect(200);
    let cookies: Vec<_> = answer
        .headers
        .iter()
        .filter(|(name, _)| name == "set-cookie")
        .map(|(_, cookie)| cookie)
        .collect();
    assert!(!cookies.is_empty());
    for cookie in cookies {
        assert!(cookie.starts_with("__Host-"), "{cookie}");
        for attribute in ["Secure", "HttpOnly", "SameSite=", "Path=/"] {
            assert!(cookie.contains(attribute), "{attribute}: {cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    let token = answer.cookie("__Host-pm_session").expect("is signed in");
    assert!(!answer.text().contains(&token));
    let hsts = answer.header("strict-transport-security");
    assert!(hsts.is_some_and(|value| value.starts_with("max-age=31536000")));
}
