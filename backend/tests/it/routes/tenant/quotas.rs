//! `GET /api/v1/tenant/quotas`.

use crate::util::{
    TestApp, json,
    quotas::{quota_key, set_quotas, templates},
};
use shared::role::Role;

#[test]
fn get_200_limits_of_the_plan_or_the_operator() {
    let app = TestApp::start();
    let session = app.sign_in(Role::Developer);
    let limits = || session.get("/api/v1/tenant/quotas").expect(200)["limits"].clone();
    let professional = json!({"templates": 500, "contacts": 100_000, "keys": 200,
        "stored_bytes": 26_843_545_600_u64, "queued_emails": 50_000});
    assert_eq!(limits(), professional);
    set_quotas(&app, templates(7));
    assert_eq!(limits()["templates"], 7);
    let key = quota_key(&app, "live");
    let change = json!({"plan": "starter"});
    key.put("/api/v1/tenant/plan", &change).expect(200);
    let starter = json!({"templates": 7, "contacts": 10_000, "keys": 50,
        "stored_bytes": 5_368_709_120_u64, "queued_emails": 10_000});
    assert_eq!(limits(), starter, "overrides outlive a change of plan");
}
