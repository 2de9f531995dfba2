//! `penguinmails admin`: users and their sessions.

use crate::util::{
    Answer, PASSWORD,
    accounts::stored_emails,
    admin::{add_user, admin_fails, admin_ok},
    event_stream::EventStream,
    eventually, json,
    process::{Process, furnished},
};

const LOG: &str = "/api/v1/tenant/audit-log";
const LOGIN: &str = "/api/v1/auth/login";
const SESSION: &str = "/api/v1/auth/session";
const NEW_PASSWORD: &str = "four quiet harbour lamps";

const DEV: &str = "dev@acme.test";

fn log_in(server: &Process, email: &str, password: &str) -> Answer {
    let form = json!({"email": email, "password": password});
    server.request("POST", LOGIN).json(&form).send()
}

/// Signs in and returns the token of the session cookie.
#[track_caller]
fn token(server: &Process, email: &str, password: &str) -> String {
    let answer = log_in(server, email, password);
    answer.expect(200);
    answer.cookie("pm_session").expect("sets a cookie")
}

fn get(server: &Process, token: &str, path: &str) -> Answer {
    let cookie = format!("pm_session={token}");
    server.request("GET", path).header("Cookie", &cookie).send()
}

#[test]
fn disable_user_ends_sessions_streams_and_playground_tokens() {
    let place = furnished();
    add_user(&place, DEV, "developer");
    let server = Process::start(&place);
    let session = token(&server, DEV, PASSWORD);
    let form = json!({"password": PASSWORD});
    let cookie = |token: &str| format!("pm_session={token}");
    let sudo = server
        .request("POST", "/api/v1/auth/sudo")
        .header("Cookie", &cookie(&session));
    let session = sudo
        .json(&form)
        .send()
        .cookie("pm_session")
        .expect("sets a cookie");
    let created = server.create_key(&cookie(&session));
    let key = created["api_key"].as_str().unwrap();
    let id = created["key"]["id"].as_str().unwrap();
    let path = format!("/api/v1/platform/api-keys/{id}/playground-token");
    let play = server
        .request("POST", &path)
        .header("Cookie", &cookie(&session));
    let play = play.send().expect(201)["token"]
        .as_str()
        .unwrap()
        .to_owned();
    server.whoami(&play).unwrap().expect(200);
    let stream = EventStream::open(server.addr, &session);

    let output = admin_ok(&place, &["disable-user", "--email", "DEV@acme.test"], "");
    assert!(output.contains("Ended 1 session."), "{output}");
    assert!(output.contains(id), "{output}");
    get(&server, &session, SESSION).problem(401, "not_signed_in");
    server.whoami(&play).unwrap().problem(401, "invalid_token");
    stream.expect_immediate_end();
    // The key belongs to the company and still works.
    server.whoami(key).unwrap().expect(200);
    let problem = |answer: Answer| {
        let mut body = answer.problem(401, "wrong_credentials");
        body.as_object_mut().unwrap().remove("request_id");
        body
    };
    let correct = problem(log_in(&server, DEV, PASSWORD));
    assert_eq!(
        correct,
        problem(log_in(&server, "nobody@acme.test", PASSWORD))
    );
    let again = admin_ok(&place, &["disable-user", "--email", DEV], "");
    assert!(
        again.contains("disabled already") && again.contains(id),
        "{again}"
    );

    admin_ok(&place, &["enable-user", "--email", DEV], "");
    get(&server, &session, SESSION).problem(401, "not_signed_in");
    token(&server, DEV, PASSWORD);
    let owner = server.owner();
    for (action, before) in [("user.disabled", false), ("user.enabled", true)] {
        let log = server.request("GET", &format!("{LOG}?action={action}"));
        let log = log.header("Cookie", &owner).send().expect(200);
        assert_eq!(log["total"], 1, "{log}");
        let entry = &log["data"][0];
        assert_eq!(entry["actor"]["type"], "operator");
        assert_eq!(entry["before"]["disabled"], before);
        assert_eq!(entry["after"]["disabled"], !before);
    }
}

#[test]
fn the_last_enabled_owner_cannot_be_disabled_or_demoted() {
    let place = furnished();
    let owner = "owner@acme.test";
    let disable = ["disable-user", "--email", owner];
    let demote = ["set-role", "--email", owner, "--role", "admin"];
    for arguments in [&disable[..], &demote[..]] {
        let output = admin_fails(&place, arguments, "");
        assert!(output.contains("last enabled Owner"), "{output}");
    }
    add_user(&place, "second@acme.test", "owner");
    admin_ok(&place, &["disable-user", "--email", "second@acme.test"], "");
    // An owner of another company does not count.
    let other_owner = "owner@other.test";
    let create = [
        "create-user",
        "--email",
        other_owner,
        "--role",
        "owner",
        "--tenant",
        "other",
    ];
    admin_ok(&place, &create, PASSWORD);
    admin_fails(&place, &disable, "");
    admin_ok(&place, &["enable-user", "--email", "second@acme.test"], "");
    admin_ok(&place, &demote, "");
    admin_ok(&place, &disable, "");
    admin_fails(&place, &["disable-user", "--email", "second@acme.test"], "");
    admin_fails(&place, &["disable-user", "--email", other_owner], "");
}

#[test]
fn set_role_takes_effect_at_once() {
    let place = furnished();
    add_user(&place, DEV, "admin");
    let server = Process::start(&place);
    let before = token(&server, DEV, PASSWORD);
    get(&server, &before, LOG).expect(200);
    let stream = EventStream::open(server.addr, &before);
    let output = admin_ok(
        &place,
        &["set-role", "--email", DEV, "--role", "member"],
        "",
    );
    assert!(
        output.contains("is member now. Ended 1 session."),
        "{output}"
    );
    get(&server, &before, LOG).problem(401, "not_signed_in");
    stream.expect_immediate_end();
    let after = token(&server, DEV, PASSWORD);
    get(&server, &after, LOG).problem(403, "insufficient_role");
    let again = admin_ok(
        &place,
        &["set-role", "--email", DEV, "--role", "member"],
        "",
    );
    assert!(again.contains("already"), "{again}");
    get(&server, &after, SESSION).expect(200);
    let unknown = [
        "set-role",
        "--email",
        "nobody@acme.test",
        "--role",
        "member",
    ];
    assert!(admin_fails(&place, &unknown, "").contains("no user with the email address"));
}

#[test]
fn set_role_lists_keys_beyond_the_new_role() {
    let place = furnished();
    add_user(&place, DEV, "admin");
    let server = Process::start(&place);
    let session = token(&server, DEV, PASSWORD);
    let sudo = server.request("POST", "/api/v1/auth/sudo");
    let sudo = sudo.header("Cookie", &format!("pm_session={session}"));
    let sudo = sudo.json(&json!({"password": PASSWORD})).send();
    let cookie = format!("pm_session={}", sudo.cookie("pm_session").unwrap());
    let create = |scope: &str| {
        let form = json!({"name": scope, "environment": "live", "permissions": [scope]});
        let request = server.request("POST", "/api/v1/platform/api-keys");
        let created = request
            .header("Cookie", &cookie)
            .json(&form)
            .send()
            .expect(201);
        created["key"]["id"].as_str().unwrap().to_owned()
    };
    let (plain, powerful) = (create("contacts:read"), create("admin:keys"));
    let output = admin_ok(
        &place,
        &["set-role", "--email", DEV, "--role", "developer"],
        "",
    );
    assert!(
        output.contains(&powerful) && !output.contains(&plain),
        "{output}"
    );
}

#[test]
fn set_password_ends_sessions_and_notifies_the_user() {
    let place = furnished();
    add_user(&place, DEV, "developer");
    let server = Process::start(&place);
    let before = token(&server, DEV, PASSWORD);
    let set = ["set-password", "--email", DEV];
    let output = admin_fails(&place, &set, "short");
    assert!(output.contains("password"), "{output}");
    admin_fails(&place, &set, "password1234");
    get(&server, &before, SESSION).expect(200);
    let output = admin_ok(&place, &set, NEW_PASSWORD);
    assert!(
        output.contains("Ended 1 session.") && !output.contains(NEW_PASSWORD),
        "{output}"
    );
    get(&server, &before, SESSION).problem(401, "not_signed_in");
    log_in(&server, DEV, PASSWORD).problem(401, "wrong_credentials");
    token(&server, DEV, NEW_PASSWORD);
    let email = eventually(|| stored_emails(place.dir()).pop());
    assert!(email.contains("To: dev@acme.test"), "{email}");
    assert!(
        email.contains("operator") && !email.contains(NEW_PASSWORD),
        "{email}"
    );
}

#[test]
fn end_sessions_of_a_user_a_tenant_or_everyone() {
    let place = furnished();
    add_user(&place, DEV, "developer");
    let create = [
        "create-user",
        "--email",
        "a@other.test",
        "--role",
        "owner",
        "--tenant",
        "other",
    ];
    admin_ok(&place, &create, PASSWORD);
    let server = Process::start(&place);
    let users = ["owner@acme.test", DEV, "a@other.test"];
    let mut tokens = users.map(|email| token(&server, email, PASSWORD));
    let open = |tokens: &[String; 3]| {
        let is_open = |token: &String| get(&server, token, SESSION).status == 200;
        tokens.iter().map(is_open).collect::<Vec<_>>()
    };
    assert!(admin_ok(&place, &["end-sessions", "--email", DEV], "").contains("Ended 1 session."));
    assert_eq!(open(&tokens), [true, false, true]);
    admin_ok(&place, &["end-sessions", "--tenant", "acme"], "");
    assert_eq!(open(&tokens), [false, false, true]);
    tokens = users.map(|email| token(&server, email, PASSWORD));
    assert!(admin_ok(&place, &["end-sessions", "--everyone"], "").contains("Ended 4 sessions."));
    assert_eq!(open(&tokens), [false, false, false]);
    for arguments in [
        &["end-sessions"][..],
        &["end-sessions", "--everyone", "--tenant", "acme"],
    ] {
        admin_fails(&place, arguments, "");
    }
}

#[test]
fn list_users_shows_roles_and_sessions() {
    let place = furnished();
    add_user(&place, DEV, "developer");
    admin_ok(&place, &["disable-user", "--email", DEV], "");
    let server = Process::start(&place);
    token(&server, "owner@acme.test", PASSWORD);
    for filter in [&["list-users"][..], &["list-users", "--tenant", "acme"]] {
        let output = admin_ok(&place, filter, "");
        let row = |email: &str| {
            let line = output
                .lines()
                .find(|line| line.starts_with(email))
                .expect("is listed");
            line.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let owner = row("owner@acme.test");
        assert_eq!(owner[1..5], ["owner", "acme", "enabled", "1"]);
        assert_eq!(row(DEV)[1..4], ["developer", "acme", "disabled"]);
    }
    admin_fails(&place, &["list-users", "--tenant", "none"], "");
}
