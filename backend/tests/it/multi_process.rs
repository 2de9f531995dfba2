//! Two processes with one database: changes made by one take effect in the other.

use crate::util::{
    Answer, Key, TestApp,
    admin::admin_ok,
    api_keys::key_form,
    eventually, json,
    process::{Process, furnished},
};
use shared::role::Role;

/// Returns the key for use with the other server.
fn at<'a>(app: &'a TestApp, key: &Key<'_>) -> Key<'a> {
    Key {
        app,
        id: key.id.clone(),
        plain: key.plain.clone(),
    }
}

fn limit(answer: &Answer) -> Option<&str> {
    answer.header("x-ratelimit-limit")
}

#[test]
fn key_changes_take_effect_in_the_other_process() {
    let app = TestApp::start();
    let other = app.another();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let narrowed = owner.create_key(&key_form(&["contacts:read", "emails:send"]));
    let disabled = owner.create_key(&key_form(&["contacts:read"]));
    let rotated = owner.create_key(&key_form(&["contacts:read"]));
    let revoked = owner.create_key(&key_form(&["contacts:read"]));
    let there = [&narrowed, &disabled, &rotated, &revoked].map(|key| at(&other, key));
    for key in &there {
        key.get("/v1/contacts").expect(200);
    }
    let form = json!({"permissions": ["emails:send"]});
    owner.patch(&narrowed.path(), &form).expect(200);
    owner.act(&disabled, "disable").expect(200);
    let at_once = json!({"grace_seconds": 0});
    owner.post(&rotated.action("rotate"), &at_once).expect(201);
    owner.delete(&revoked.path()).expect(200);
    for (key, expected) in there.iter().zip([403, 401, 401, 401]) {
        eventually(|| (key.get("/v1/contacts").status == expected).then_some(()));
    }
    owner.act(&disabled, "enable").expect(200);
    eventually(|| (there[1].get("/v1/contacts").status == 200).then_some(()));
}

#[test]
fn plan_changes_take_effect_in_the_other_process() {
    let app = TestApp::start();
    let other = app.another();
    let key = app.key(&["contacts:read"]);
    let there = at(&other, &key);
    assert_eq!(limit(&there.get("/v1/whoami")), Some("500"));
    let owner = app.sign_in(Role::Owner).with_sudo();
    let change = owner
        .request("PUT", "/api/v1/tenant/plan")
        .json(&json!({"plan": "business"}));
    change.send().expect(200);
    eventually(|| (limit(&there.get("/v1/whoami")) == Some("2000")).then_some(()));
}

#[test]
fn admin_commands_take_effect_in_a_running_server() {
    let place = furnished();
    let server = Process::start(&place);
    let created = server.create_key(&server.owner());
    let key = created["api_key"].as_str().expect("is shown");
    let wait_for = |expected| {
        eventually(|| {
            let answer = server.whoami(key).expect("answers");
            (limit(&answer) == Some(expected)).then_some(())
        });
    };
    wait_for("1000000");
    for (command, flags, expected) in [
        ("set-plan", &["--plan", "starter"][..], "100"),
        (
            "set-limits",
            &["--rate-per-minute", "7", "--burst", "9"],
            "9",
        ),
    ] {
        let arguments = [&[command, "--tenant", "acme"][..], flags].concat();
        admin_ok(&place, &arguments, "");
        wait_for(expected);
    }
}
