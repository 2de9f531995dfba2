//! Sessions from other sites and under other host names.

use crate::util::{PASSWORD, TestApp, http::raw, json};
use shared::role::Role;

const KEYS: &str = "/api/v1/platform/api-keys";
const LOGIN: &str = "/api/v1/auth/login";
const SESSION: &str = "/api/v1/auth/session";

#[test]
fn change_403_cross_site_request() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let cookie = format!("pm_session={}", owner.token);
    let form = json!({"name": "a", "environment": "live", "permissions": ["contacts:read"]});
    let create = |headers: &[(&str, &str)]| {
        let mut request = app
            .request("POST", KEYS)
            .header("Cookie", &cookie)
            .json(&form);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.send()
    };
    let own = app.url.as_str();
    let same_host = format!("https://{}", app.addr);
    for headers in [
        &[][..],
        &[("Origin", "https://evil.example")],
        &[("Origin", "null")],
        &[("Origin", same_host.as_str())],
        &[("Origin", own), ("Sec-Fetch-Site", "cross-site")],
        &[("Origin", own), ("Sec-Fetch-Site", "same-site")],
        &[("Sec-Fetch-Site", "none")],
    ] {
        create(headers).problem(403, "cross_site_request");
    }
    assert_eq!(owner.get(KEYS).expect(200)["total"], 0);
    create(&[("Origin", own)]).expect(201);
    create(&[("Sec-Fetch-Site", "same-origin")]).expect(201);
    let login = json!({"email": "owner@acme.test", "password": PASSWORD});
    let login = app.request("POST", LOGIN).json(&login).send();
    login.problem(403, "cross_site_request");
}

#[test]
fn get_421_under_a_foreign_host_name() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    let cookie = format!("pm_session={}", owner.token);
    for path in [SESSION, "/", "/dashboard/settings/developers/api-keys"] {
        for host in ["evil.example", "127.0.0.1.evil.example", "evil.example:80"] {
            let request = format!(
                "GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
            );
            let answer = raw(app.addr, request.as_bytes());
            answer.problem(421, "misdirected_request");
        }
    }
    let local = format!(
        "GET {SESSION} HTTP/1.1\r\nHost: localhost:{}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n",
        app.addr.port()
    );
    raw(app.addr, local.as_bytes()).expect(200);
}
