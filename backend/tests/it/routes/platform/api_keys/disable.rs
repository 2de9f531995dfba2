//! `POST /api/v1/platform/api-keys/{id}/disable`.

use crate::util::TestApp;
use shared::role::Role;

#[test]
fn disable_200_takes_effect_at_once_and_without_sudo() {
    let app = TestApp::start();
    let key = app.key(&["contacts:read"]);
    key.get("/v1/whoami").expect(200);
    // Disabling needs no sudo, because it must be quick in an emergency.
    let developer = app.sign_in(Role::Developer);
    for _ in 0..2 {
        let disabled = developer.act(&key, "disable").expect(200);
        assert_eq!(disabled["status"], "disabled");
        key.get("/v1/whoami").problem(401, "invalid_token");
    }
}
