//! `DELETE /v1/campaigns/{id}`.

use crate::util::{
    TestApp,
    campaigns::{add_contacts, create, form, id_of, marketing_key, start_directly},
    json,
    quotas::used,
};
use backend::models::campaign::Campaign;
use shared::{
    audit::{Actor, ActorKind},
    key::Environment,
};

#[test]
fn delete_200_once() {
    let app = TestApp::start();
    let key = marketing_key(&app, "live");
    let path = create(&key, &form());
    assert_eq!(
        key.delete(&path).expect(200),
        json!({"id": id_of(&path), "deleted": true})
    );
    key.get(&path).problem(404, "not_found");
    key.delete(&path).problem(404, "not_found");
}

#[test]
fn delete_200_frees_the_storage_of_an_unsent_campaign() {
    let app = TestApp::start();
    let key = marketing_key(&app, "test");
    add_contacts(&app, Environment::Test, 1, &[]);
    let path = create(&key, &form());
    let (id, now) = (id_of(&path), app.clock.now_naive());
    let stored_bytes = || {
        used(&app, "test")["stored_bytes"]
            .as_i64()
            .expect("is a number")
    };
    let before = stored_bytes();
    let operator = Actor {
        kind: ActorKind::Operator,
        id: String::new(),
        email: String::new(),
        address: String::new(),
    };
    app.write(|conn| {
        start_directly(&app, conn, Environment::Test, &id);
        Campaign::stop(conn, &id, operator, now)?;
        Ok(())
    });
    key.delete(&path).expect(200);
    assert!(stored_bytes() < before);
}
