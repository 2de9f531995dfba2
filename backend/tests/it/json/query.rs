//! Query strings and paths that exceed the length of any stored value.

use crate::util::TestApp;
use shared::role::Role;

const PUBLIC_API: [(&str, &str); 11] = [
    ("/v1/contacts", "search"),
    ("/v1/contacts", "tag"),
    ("/v1/contacts", "cursor"),
    ("/v1/contacts", "status"),
    ("/v1/emails", "to"),
    ("/v1/emails", "tag"),
    ("/v1/emails", "cursor"),
    ("/v1/templates", "cursor"),
    ("/v1/campaigns", "cursor"),
    ("/v1/campaigns", "status"),
    ("/v1/analytics/emails", "from"),
];

const DASHBOARD_API: [(&str, &str); 7] = [
    ("/api/v1/platform/api-keys", "search"),
    ("/api/v1/platform/api-keys", "cursor"),
    ("/api/v1/tenant/audit-log", "cursor"),
    ("/api/v1/tenant/audit-log", "subject_id"),
    ("/api/v1/tenant/analytics/api-usage", "key_id"),
    ("/api/v1/tenant/analytics/api-usage", "from"),
    ("/api/v1/tenant/analytics/api-usage/errors.csv", "range"),
];

#[test]
fn list_400_query_parameter_too_long() {
    let app = TestApp::start();
    let key = app.key(&["admin:full"]);
    let owner = app.sign_in(Role::Owner);
    // Letters, two-byte characters, and characters that are escaped in a LIKE pattern.
    for text in [
        "x".repeat(501),
        "x".repeat(60_000),
        "%C3%A9".repeat(501),
        "%25".repeat(20_000),
    ] {
        for (path, name) in PUBLIC_API {
            let answer = key.get(&format!("{path}?{name}={text}"));
            answer.problem_of_fields(400, "invalid_query", &[name]);
        }
        for (path, name) in DASHBOARD_API {
            let answer = owner.get(&format!("{path}?{name}={text}"));
            answer.problem_of_fields(400, "invalid_query", &[name]);
        }
    }
    let long_name = format!("/v1/contacts?{}=1", "x".repeat(60_000));
    key.get(&long_name).problem(400, "invalid_query");
    // Up to this length, the search is performed.
    for text in ["x".repeat(500), "%C3%A9".repeat(500), "%25".repeat(500)] {
        for (path, name) in [("/v1/contacts", "search"), ("/v1/emails", "tag")] {
            key.get(&format!("{path}?{name}={text}")).expect(200);
        }
        let path = format!("/api/v1/platform/api-keys?search={text}");
        owner.get(&path).expect(200);
    }
}

#[test]
fn get_404_id_too_long() {
    let app = TestApp::start();
    let key = app.key(&["admin:full"]);
    let owner = app.sign_in(Role::Owner);
    let long = "a".repeat(60_000);
    for path in [
        format!("/v1/contacts/con_{long}"),
        format!("/v1/emails/msg_{long}"),
        format!("/v1/campaigns/cmp_{long}"),
        format!("/v1/templates/{long}"),
    ] {
        key.get(&path).problem(404, "not_found");
    }
    for path in [
        format!("/api/v1/platform/api-keys/key_{long}"),
        format!("/api/v1/tenant/requests/req_{long}"),
    ] {
        owner.get(&path).problem(404, "not_found");
    }
    for path in ["/t/o/", "/t/c/", "/u/"] {
        app.request("GET", &format!("{path}{long}"))
            .send()
            .problem(404, "not_found");
    }
}
