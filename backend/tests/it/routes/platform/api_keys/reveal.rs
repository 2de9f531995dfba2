//! `POST /api/v1/platform/api-keys/{id}/reveal`.

use crate::util::{
    Key, TestApp, accounts::stored_emails, api_keys::full_key_form, eventually, json,
};
use chrono::TimeDelta;
use shared::role::Role;

#[test]
fn reveal_200_returns_a_recoverable_key() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let mut form = full_key_form();
    form["recoverable"] = json!(true);
    let created = owner.post("/api/v1/platform/api-keys", &form).expect(201);
    assert!(
        !created["warning"]
            .as_str()
            .unwrap()
            .contains("won't be able")
    );
    assert_eq!(created["key"]["recoverable"], true);
    let key = Key::shown(&app, &created);
    assert_eq!(
        owner.act(&key, "reveal").expect(200),
        json!({"api_key": key.plain})
    );
    // Revealing requires a more recent password entry than other operations.
    app.advance(TimeDelta::minutes(5));
    owner.act(&key, "reveal").problem(403, "sudo_required");
    owner.act(&key, "enable").expect(200);
    let owner = owner.with_sudo();
    // The successor of a recoverable key is recoverable, too.
    let new = Key::shown(&app, &owner.act(&key, "rotate").expect(201));
    assert_eq!(
        owner.act(&new, "reveal").expect(200)["api_key"],
        new.plain.as_str()
    );
    owner.delete(&new.path()).expect(200);
    owner
        .act(&new, "reveal")
        .problem(409, "key_already_revoked");
    assert_eq!(owner.key_view(&new.id)["recoverable"], false);

    let plain = owner.create_key(&full_key_form());
    owner
        .act(&plain, "reveal")
        .problem(409, "key_not_recoverable");
    let mut expiring = full_key_form();
    expiring["recoverable"] = json!(true);
    expiring["expires_at"] = json!(app.clock.now() + TimeDelta::minutes(1));
    expiring.as_object_mut().unwrap().remove("expires_in_days");
    let expiring = owner.create_key(&expiring);
    app.advance(TimeDelta::minutes(1));
    owner
        .act(&expiring, "reveal")
        .problem(409, "key_not_recoverable");
    assert_eq!(owner.key_view(&expiring.id)["recoverable"], false);
    // The encrypted key was deleted at expiry, even if the key's expiry is removed later.
    owner
        .patch(&expiring.path(), &json!({"expires_at": null}))
        .expect(200);
    expiring.get("/v1/whoami").expect(200);
    owner
        .act(&expiring, "reveal")
        .problem(409, "key_not_recoverable");
}

#[test]
fn reveal_200_notifies_owners_and_admins() {
    let app = TestApp::start();
    let mut form = full_key_form();
    form["recoverable"] = json!(true);
    let developer = app.sign_in(Role::Developer).with_sudo();
    let key = developer.create_key(&form);
    developer.act(&key, "reveal").expect(200);
    let mails =
        eventually(|| Some(stored_emails(app.place.dir())).filter(|mails| mails.len() == 2));
    for to in ["owner@acme.test", "admin@acme.test"] {
        let mail = mails
            .iter()
            .find(|mail| mail.contains(&format!("To: {to}")));
        let mail = mail.expect("is notified");
        assert!(
            mail.contains("Production App") && mail.contains(&key.id),
            "{mail}"
        );
        assert!(
            mail.contains("developer@acme.test") && mail.contains("127.0.0.1"),
            "{mail}"
        );
    }
    // Emails sent by the portal itself are not listed for the tenant.
    let mails = app.key(&["emails:send"]).get("/v1/emails").expect(200);
    assert_eq!(mails["total"], 0);
}
