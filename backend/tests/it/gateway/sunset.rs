//! `Deprecation` and `Sunset` headers.

use crate::util::{Key, TestApp, json};
use chrono::TimeDelta;
use shared::role::Role;

#[test]
fn call_200_announces_when_the_key_stops_working() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let form = |days: u32| {
        json!({
            "name": "a", "environment": "live", "permissions": ["contacts:read"],
            "expires_in_days": days
        })
    };
    let headers = |key: &Key<'_>| {
        let answer = key.get("/v1/whoami");
        answer.expect(200);
        ["deprecation", "sunset"].map(|name| answer.header(name).map(str::to_owned))
    };
    // The clock starts at 2026-11-18T11:06:40Z.
    let (late, soon) = (owner.create_key(&form(8)), owner.create_key(&form(3)));
    assert_eq!(headers(&late), [None, None]);
    let expected = ["@1794654400", "Sat, 21 Nov 2026 11:06:40 GMT"].map(|text| Some(text.into()));
    assert_eq!(headers(&soon), expected);
    app.advance(TimeDelta::days(1));
    let expected = ["@1795086400", "Thu, 26 Nov 2026 11:06:40 GMT"].map(|text| Some(text.into()));
    assert_eq!(headers(&late), expected);

    let owner = app.sign_in(Role::Owner).with_sudo();
    let rotated = json!({"grace_seconds": 60});
    owner.post(&late.action("rotate"), &rotated).expect(201);
    let expected = ["@1795086400", "Thu, 19 Nov 2026 11:07:40 GMT"].map(|text| Some(text.into()));
    assert_eq!(headers(&late), expected);
}
