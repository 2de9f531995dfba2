//! `GET /api/v1/auth/session`.

use crate::util::TestApp;
use chrono::TimeDelta;
use shared::role::Role;

const SESSION: &str = "/api/v1/auth/session";

#[test]
fn get_401_after_a_day_without_requests() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    app.advance(TimeDelta::hours(23));
    owner.get(SESSION).expect(200);
    app.advance(TimeDelta::hours(23));
    owner.get(SESSION).expect(200);
    app.advance(TimeDelta::hours(24));
    owner.get(SESSION).problem(401, "not_signed_in");
}

#[test]
fn get_401_after_a_week_despite_requests() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    for _ in 0..8 {
        app.advance(TimeDelta::hours(20));
        owner.get(SESSION).expect(200);
    }
    app.advance(TimeDelta::hours(8) - TimeDelta::milliseconds(1));
    owner.get(SESSION).expect(200);
    app.advance(TimeDelta::milliseconds(1));
    owner.get(SESSION).problem(401, "not_signed_in");
}
