//! `/api/v1/tenant/plan`.

use crate::util::{Session, TestApp, json};
use backend::models::tenant::Tenant;
use serde_json::Value;
use shared::{plan::PlanLimits, role::Role};

#[test]
fn change_200_applies_to_the_next_request() {
    let app = TestApp::start();
    let admin = app.sign_in(Role::Admin).with_sudo();
    let key = app.key(&["contacts:read"]);
    assert_eq!(
        key.get("/v1/whoami").header("x-ratelimit-limit"),
        Some("500")
    );
    let put = |session: &Session<'_>, body: Value| {
        session
            .request("PUT", "/api/v1/tenant/plan")
            .json(&body)
            .send()
    };
    let plan = put(&admin, json!({"plan": "starter"})).expect(200);
    assert_eq!(
        plan,
        json!({"plan": "starter", "rate_per_minute": 60, "burst": 100})
    );
    assert_eq!(
        key.get("/v1/whoami").header("x-ratelimit-limit"),
        Some("100")
    );
    put(&app.sign_in(Role::Admin), json!({"plan": "business"})).problem(403, "sudo_required");
    let developer = app.sign_in(Role::Developer);
    assert_eq!(developer.get("/api/v1/tenant/plan").expect(200), plan);
    put(&developer, json!({"plan": "business"})).problem(403, "insufficient_role");
    put(&admin, json!({"plan": "gold"})).problem_of_fields(400, "invalid_field", &["plan"]);
    put(&admin, json!({})).problem_of_fields(400, "invalid_field", &["plan"]);
    let billing = app.key(&["admin:billing"]);
    let changed = billing
        .request("PUT", "/api/v1/tenant/plan")
        .json(&json!({"plan": "business"}));
    changed.send().expect(200);
    assert_eq!(
        key.get("/v1/whoami").header("x-ratelimit-limit"),
        Some("2000")
    );

    // The tenant cannot lift limits set by the operator.
    let limits = PlanLimits {
        rate_per_minute: 7,
        burst: 9,
    };
    app.write(|conn| Tenant::set_limits(conn, &app.tenant, limits));
    let plan = put(&admin, json!({"plan": "enterprise"})).expect(200);
    assert_eq!(
        plan,
        json!({"plan": "enterprise", "rate_per_minute": 7, "burst": 9})
    );
    assert_eq!(key.get("/v1/whoami").header("x-ratelimit-limit"), Some("9"));
}
