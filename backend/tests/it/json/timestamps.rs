//! Times in requests that clients could not parse in responses.

use crate::util::{Answer, TestApp, json};
use shared::role::Role;

/// Rejected timestamps, each with a word from the expected error.
const REJECTED: [(&str, &str); 4] = [
    ("2026-12-31T23:59:60Z", "Leap seconds"),
    ("2026-12-31T12:34:60.5Z", "Leap seconds"),
    ("2027-01-01T00:59:60%2B01:00", "Leap seconds"),
    ("%2B10026-12-31T00:00:00Z", "year"),
];

#[track_caller]
fn assert_rejected(answer: &Answer, code: &str, field: &str, part: &str) {
    let problem = answer.problem_of_fields(400, code, &[field]);
    let message = problem["errors"][0]["message"].as_str().expect("is a text");
    assert!(message.contains(part), "{message}");
}

#[test]
fn an_expiry_in_a_leap_second_is_rejected() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = |expires_at: &str| {
        json!({"name": "a", "environment": "live", "permissions": ["contacts:read"],
            "expires_at": expires_at})
    };
    let key = owner.create_key(&form("2026-12-31T23:59:59Z"));
    for (text, part) in REJECTED {
        let text = text.replace("%2B", "+");
        let created = owner.post("/api/v1/platform/api-keys", &form(&text));
        assert_rejected(&created, "invalid_field", "expires_at", part);
        let changed = owner.patch(&key.path(), &json!({"expires_at": text}));
        assert_rejected(&changed, "invalid_field", "expires_at", part);
    }
    let view = owner.get(&key.path()).expect(200);
    assert_eq!(view["expires_at"], "2026-12-31T23:59:59Z");
}

#[test]
fn a_range_with_a_leap_second_or_five_digit_year_is_rejected() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    let key = app.key(&["analytics:read"]);
    for (text, part) in REJECTED {
        for field in ["from", "to"] {
            let emails = key.get(&format!("/v1/analytics/emails?{field}={text}"));
            assert_rejected(&emails, "invalid_query", field, part);
            let other = if field == "to" {
                "&from=2026-11-01T00:00:00Z"
            } else {
                ""
            };
            let usage =
                format!("/api/v1/tenant/analytics/api-usage?range=custom&{field}={text}{other}");
            assert_rejected(&owner.get(&usage), "invalid_query", field, part);
        }
    }
    for edge in [
        "from=0000-01-01T00:00:00Z&to=0000-12-31T00:00:00Z",
        "from=9999-01-01T00:00:00Z&to=9999-12-31T23:59:59Z",
    ] {
        key.get(&format!("/v1/analytics/emails?{edge}")).expect(200);
    }
    key.get("/v1/analytics/emails?from=-0001-01-01T00:00:00Z&to=-0001-12-31T00:00:00Z")
        .problem_of_fields(400, "invalid_query", &["from", "to"]);
}
