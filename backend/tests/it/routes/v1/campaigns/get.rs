//! `GET /v1/campaigns/{id}`.

use crate::util::{
    Session, TestApp,
    campaigns::{add_contacts, create, form, marketing_key},
    json,
};
use shared::{key::Environment, plan::Plan};

#[test]
fn get_404_in_another_tenant_or_environment() {
    let app = TestApp::start();
    let live = marketing_key(&app, "live");
    add_contacts(&app, Environment::Live, 1, &[]);
    let path = create(&live, &form());
    app.add_tenant("other", Plan::Starter);
    let owner = Session::sign_in(&app, "owner@other.test").with_sudo();
    let other = owner.create_key(&json!({"name": "a", "environment": "live",
        "permissions": ["admin:full", "emails:send_bulk"]}));
    owner.approve(&other);
    for stranger in [marketing_key(&app, "test"), other] {
        assert_eq!(stranger.get("/v1/campaigns").expect(200)["total"], 0);
        stranger.get(&path).problem(404, "not_found");
        stranger.put(&path, &form()).problem(404, "not_found");
        stranger.delete(&path).problem(404, "not_found");
        for action in ["start", "pause"] {
            let answer = stranger.post(&format!("{path}/{action}"), &json!({}));
            answer.problem(404, "not_found");
        }
        let path = path.replace("/v1/", "/v1/analytics/");
        stranger.get(&path).problem(404, "not_found");
        // A campaign of these callers does not reach the contacts.
        let own = create(&stranger, &form());
        let answer = stranger.post(&format!("{own}/start"), &json!({}));
        answer.problem(409, "no_recipients");
    }
    assert_eq!(live.get(&path).expect(200)["status"], "draft");
}
