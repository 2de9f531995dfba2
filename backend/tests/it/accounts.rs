//! Users manage their own account, and the operator manages all accounts.

use crate::util::{
    Answer, PASSWORD, Session, TestApp,
    app::Place,
    eventually, json,
    process::{Process, binary, furnished},
};
use backend::models::{session, user::User};
use serde_json::Value;
use shared::role::Role;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::Stdio,
    time::Duration,
};

const CHANGE: &str = "/api/v1/auth/password";
const LOGIN: &str = "/api/v1/auth/login";
const SESSION: &str = "/api/v1/auth/session";
const SESSIONS: &str = "/api/v1/auth/sessions";
const LOG: &str = "/api/v1/tenant/audit-log";
const NEW_PASSWORD: &str = "four quiet harbour lamps";

fn change(session: &Session<'_>, current: &str, new: &str) -> Answer {
    let form = json!({"current_password": current, "new_password": new});
    session.post(CHANGE, &form)
}

fn login(app: &TestApp, email: &str, password: &str) -> Answer {
    let form = json!({"email": email, "password": password});
    app.browser("POST", LOGIN).json(&form).send()
}

/// Lists the sessions of the session's user.
#[track_caller]
fn sessions(session: &Session<'_>) -> Vec<Value> {
    let page = session.get(SESSIONS).expect(200);
    let data = page["data"].as_array().expect("is a list").clone();
    assert_eq!(page["total"], data.len());
    data
}

#[track_caller]
fn id_of(session: &Session<'_>) -> String {
    let sessions = sessions(session);
    let current = sessions.iter().find(|entry| entry["current"] == true);
    let id = current.expect("lists itself")["id"].as_str();
    id.expect("has an id").to_owned()
}

/// Returns the emails in the directory, with soft line breaks removed.
fn emails(directory: &Path) -> Vec<String> {
    let files = std::fs::read_dir(directory.join("mail"));
    let files = files
        .into_iter()
        .flatten()
        .map(|file| file.expect("is read").path());
    let files = files.filter(|path| path.extension().is_some_and(|kind| kind == "eml"));
    // Quoted-printable breaks long lines.
    let text = |path| {
        std::fs::read_to_string(path)
            .expect("is read")
            .replace("=\r\n", "")
    };
    files.map(text).collect()
}

/// Opens an event stream.
fn open_stream(addr: SocketAddr, token: &str) -> BufReader<TcpStream> {
    let mut stream = TcpStream::connect(addr).expect("connects");
    let patience = Some(Duration::from_secs(10));
    stream.set_read_timeout(patience).expect("waits");
    let request = format!(
        "GET /api/v1/tenant/live HTTP/1.1\r\nHost: {addr}\r\nCookie: pm_session={token}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("sends");
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).expect("answers");
    assert!(line.starts_with("HTTP/1.1 200"), "{line}");
    stream
}

/// Waits for the stream's orderly end, which must come before the periodic check of the session.
#[track_caller]
fn ends(mut stream: BufReader<TcpStream>) {
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).expect("the stream ends");
    assert!(rest.ends_with(b"0\r\n\r\n"));
}

#[test]
fn password_200_ends_the_other_sessions_and_renews_this_one() {
    let app = TestApp::start();
    let mut here = app.sign_in(Role::Owner).with_sudo();
    let elsewhere = app.sign_in(Role::Owner);
    let colleague = app.sign_in(Role::Admin);
    let form = json!({"name": "a", "environment": "test", "permissions": ["contacts:read"]});
    let key = here.create_key(&form);
    let token = key.playground_token(&here);
    token.get("/v1/whoami").expect(200);
    let stream = open_stream(app.addr, &elsewhere.token);
    let id = id_of(&here);

    let answer = change(&here, PASSWORD, NEW_PASSWORD);
    assert_eq!(answer.expect(200), json!({"ended": 1}));
    elsewhere.get(SESSION).problem(401, "not_signed_in");
    ends(stream);
    // A copied cookie of this session is invalid from now on, too.
    here.get(SESSION).problem(401, "not_signed_in");
    token.get("/v1/whoami").problem(401, "invalid_token");
    here.token = answer.cookie("pm_session").expect("sets a new cookie");
    here.get(SESSION).expect(200);
    assert_eq!(id_of(&here), id);
    colleague.get(SESSION).expect(200);
    key.get("/v1/whoami").expect(200);

    login(&app, "owner@acme.test", PASSWORD).problem(401, "wrong_credentials");
    login(&app, "owner@acme.test", NEW_PASSWORD).expect(200);

    let entries = here
        .get(&format!("{LOG}?action=user.password_changed"))
        .expect(200);
    let entry = &entries["data"][0];
    assert_eq!(entry["subject_id"], "usr_acme_owner");
    assert_eq!(entry["actor"]["email"], "owner@acme.test");
    assert_eq!(entry["after"], json!({"sessions_ended": 1}));
}

#[test]
fn password_200_is_told_to_the_user_by_email() {
    let app = TestApp::start();
    let member = app.sign_in(Role::Member);
    let form = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD});
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
    let request = member.request("POST", CHANGE).header("User-Agent", agent);
    request.json(&form).send().expect(200);
    let email = eventually(|| emails(app.place.dir()).pop());
    for part in [
        "To: member@acme.test",
        "Your password was changed",
        "127.0.0.1",
        "Firefox on Linux",
    ] {
        assert!(email.contains(part), "{part}: {email}");
    }
    for secret in [PASSWORD, NEW_PASSWORD] {
        assert!(!email.contains(secret), "{email}");
    }
}

#[test]
fn password_400_for_a_form_that_is_wrong() {
    let app = TestApp::start();
    let member = app.sign_in(Role::Member);
    let wrong = |current: &str, new: &str, fields: &[&str]| {
        change(&member, current, new).problem_of_fields(400, "invalid_field", fields);
    };
    wrong(PASSWORD, "short", &["new_password"]);
    wrong(PASSWORD, &"x".repeat(1025), &["new_password"]);
    wrong("", NEW_PASSWORD, &["current_password"]);
    wrong("", "", &["current_password", "new_password"]);
    wrong(PASSWORD, PASSWORD, &["new_password"]);
    for easy in ["password1234", "penguinmails2026", "Member-acme-1!"] {
        wrong(PASSWORD, easy, &["new_password"]);
    }
    // An invalid new password does not reveal whether the current one was right.
    wrong("not the password", "short", &["new_password"]);
    let form = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD, "user": "x"});
    member
        .post(CHANGE, &form)
        .problem_of_fields(400, "unknown_field", &["user"]);
    login(&app, "member@acme.test", PASSWORD).expect(200);
    assert_eq!(sessions(&member).len(), 2);
    assert!(emails(app.place.dir()).is_empty());
}

#[test]
fn check_200_rates_as_the_change_does_and_stores_nothing() {
    let app = TestApp::start();
    let member = app.sign_in(Role::Member);
    let rate = |password: &str| {
        let answer = member.post(&format!("{CHANGE}/check"), &json!({"password": password}));
        answer.expect(200)["problem"].clone()
    };
    assert_eq!(rate(NEW_PASSWORD), Value::Null);
    for password in [
        "",
        "short",
        "password1234",
        "member-acme-penguin",
        &"x".repeat(2000),
    ] {
        let problem = rate(password);
        let refused = change(&member, PASSWORD, password).problem(400, "invalid_field");
        assert_eq!(problem, refused["errors"][0]["message"], "{password}");
    }
    login(&app, "member@acme.test", PASSWORD).expect(200);

    let app = TestApp::start_empty(&[]);
    let rate = |token: &str, password: &str| {
        let form = json!({
            "token": token, "tenant_name": "Northwind Traders", "name": "", "email": "",
            "password": password
        });
        let path = "/api/v1/auth/setup/check-password";
        app.browser("POST", path).json(&form).send()
    };
    rate("", NEW_PASSWORD).problem(403, "setup_link_invalid");
    *app.state.setup_token.lock() = Some("the-token".into());
    rate("another", NEW_PASSWORD).problem(403, "setup_link_invalid");
    assert_eq!(
        rate("the-token", NEW_PASSWORD).expect(200),
        json!({"problem": null})
    );
    let problem = rate("the-token", "northwind-2026").expect(200)["problem"].clone();
    assert!(problem.as_str().unwrap().contains("company"), "{problem}");
}

#[test]
fn password_403_for_a_wrong_current_one_counts_as_a_guess() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner);
    change(&owner, "not the password", NEW_PASSWORD).problem(403, "wrong_password");
    owner.get(SESSION).expect(200);
    eventually(|| {
        let answer = change(&owner, "not the password", NEW_PASSWORD);
        (answer.status == 429).then(|| answer.problem(429, "too_many_login_attempts"))
    });
    change(&owner, PASSWORD, NEW_PASSWORD).problem(429, "too_many_login_attempts");
    let sudo = owner.post("/api/v1/auth/sudo", &json!({"password": PASSWORD}));
    sudo.problem(429, "too_many_login_attempts");
    app.sign_in(Role::Admin);
}

#[test]
fn a_password_checked_before_the_change_opens_no_session_after_it() {
    let app = TestApp::start();
    let read = |email: &str| app.write(|conn| Ok(User::by_email(conn, email)?.unwrap()));
    let before = read("member@acme.test");
    assert!(app.write(|conn| before.is_current(conn)));
    change(&app.sign_in(Role::Member), PASSWORD, NEW_PASSWORD).expect(200);
    assert!(!app.write(|conn| before.is_current(conn)));
    let mut disabled = read("owner@acme.test");
    let before = disabled.clone();
    disabled.disabled_at = Some(app.clock.now_naive());
    app.write(|conn| disabled.save(conn));
    assert!(!app.write(|conn| before.is_current(conn)));

    // Entering the password again does not issue a token to a session that was ended meanwhile.
    let session = app.sign_in(Role::Admin);
    let now = app.clock.now_naive();
    let renewed = app.state.db.write_blocking(|conn| {
        let id = id_of(&session);
        session::Session::elevate(conn, &id, "an old digest", "a new digest", now, now)
    });
    assert!(renewed.is_err());
    session.get(SESSION).expect(200);
}

#[test]
fn sessions_200_lists_the_users_own() {
    let app = TestApp::start();
    let here = app.sign_in(Role::Member);
    app.advance(chrono::TimeDelta::hours(1));
    let form = json!({"email": "member@acme.test", "password": PASSWORD});
    let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
    let login = app
        .browser("POST", LOGIN)
        .header("User-Agent", agent)
        .json(&form);
    let elsewhere = login.send().cookie("pm_session").expect("sets a cookie");
    app.sign_in(Role::Owner);
    app.advance(chrono::TimeDelta::minutes(1));
    here.get(SESSION).expect(200);

    let list = sessions(&here);
    assert_eq!(list.len(), 2);
    let [first, second] = list.as_slice() else {
        unreachable!()
    };
    assert_eq!(
        (&first["current"], &second["current"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(second["browser"], "Chrome on Windows");
    assert_eq!(second["address"], "127.0.0.1");
    assert!(second["id"].as_str().unwrap().starts_with("ses_"));
    assert_eq!(second["started_at"], second["last_seen_at"]);
    assert!(first["started_at"].as_str() < second["started_at"].as_str());
    assert_eq!(first["last_seen_at"], json!(app.clock.now()));
    let text = here.get(SESSIONS).text();
    for token in [&here.token, &elsewhere] {
        assert!(!text.contains(token) && !text.contains(&backend::auth::cookie::token_hash(token)));
    }
    // Expired sessions are not listed.
    for _ in 0..2 {
        app.advance(chrono::TimeDelta::hours(23));
        here.get(SESSION).expect(200);
    }
    assert_eq!(sessions(&here).len(), 1);
}

#[test]
fn end_session_204_ends_that_session_at_once() {
    let app = TestApp::start();
    let here = app.sign_in(Role::Developer).with_sudo();
    let elsewhere = app.sign_in(Role::Developer);
    let stream = open_stream(app.addr, &elsewhere.token);
    let path = format!("{SESSIONS}/{}", id_of(&elsewhere));
    elsewhere.delete(&path).problem(403, "sudo_required");
    assert_eq!(here.delete(&path).expect(204), Value::Null);
    elsewhere.get(SESSION).problem(401, "not_signed_in");
    ends(stream);
    here.delete(&path).problem(404, "not_found");
    let entries = here.get(&format!("{LOG}?action=session.ended")).expect(200);
    assert_eq!(entries["total"], 1);
    assert_eq!(
        entries["data"][0]["subject_id"],
        path.rsplit('/').next().unwrap()
    );

    // Ending the current session has the effect of signing out.
    let answer = here.delete(&format!("{SESSIONS}/{}", id_of(&here)));
    assert_eq!(answer.status, 204);
    assert_eq!(answer.cookie("pm_session").as_deref(), Some(""));
    here.get(SESSION).problem(401, "not_signed_in");
}

#[test]
fn end_session_404_for_a_session_of_someone_else() {
    let app = TestApp::start();
    let owner = app.sign_in(Role::Owner).with_sudo();
    let colleague = app.sign_in(Role::Member);
    let id = id_of(&colleague);
    for id in [
        id.as_str(),
        "ses_none",
        "usr_acme_member",
        "ses_",
        "ses_%00",
    ] {
        owner
            .delete(&format!("{SESSIONS}/{id}"))
            .problem(404, "not_found");
    }
    colleague.get(SESSION).expect(200);
}

#[test]
fn end_other_sessions_200_leaves_this_one_and_those_of_others() {
    let app = TestApp::start();
    let here = app.sign_in(Role::Admin).with_sudo();
    let elsewhere = [app.sign_in(Role::Admin), app.sign_in(Role::Admin)];
    let colleague = app.sign_in(Role::Owner);
    let path = format!("{SESSIONS}/end-others");
    let end = || here.request("POST", &path).send().expect(200);
    assert_eq!(end(), json!({"ended": 2}));
    for session in &elsewhere {
        session.get(SESSION).problem(401, "not_signed_in");
    }
    here.get(SESSION).expect(200);
    colleague.get(SESSION).expect(200);
    assert_eq!(end(), json!({"ended": 0}));
    let entries = here
        .get(&format!("{LOG}?action=user.sessions_ended"))
        .expect(200);
    assert_eq!(entries["total"], 1);
    assert_eq!(entries["data"][0]["after"], json!({"sessions_ended": 2}));
}

#[test]
fn an_ended_session_ends_its_stream_in_the_other_process() {
    let app = TestApp::start();
    let neighbour = app.another();
    let here = app.sign_in(Role::Developer);
    let stream = open_stream(neighbour.addr, &here.token);
    here.post("/api/v1/auth/logout", &json!({}));
    ends(stream);
}

/// Runs an admin command. Returns its success and output.
fn admin(place: &Place, arguments: &[&str], input: &str) -> (bool, String) {
    let (command, rest) = arguments.split_first().expect("names a command");
    let mut child = binary(place, &["admin", command]);
    child
        .args(rest)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = child.spawn().expect("starts");
    let mut stdin = child.stdin.take().expect("has an input");
    // A command that fails early does not read its input.
    let _ = writeln!(stdin, "{input}");
    drop(stdin);
    let output = child.wait_with_output().expect("ends");
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8(text).expect("is text"),
    )
}

#[track_caller]
fn works(place: &Place, arguments: &[&str], input: &str) -> String {
    let (worked, text) = admin(place, arguments, input);
    assert!(worked, "{text}");
    text
}

#[track_caller]
fn refused(place: &Place, arguments: &[&str], input: &str) -> String {
    let (worked, text) = admin(place, arguments, input);
    assert!(!worked && text.starts_with("error: "), "{text}");
    text
}

fn add_user(place: &Place, email: &str, role: &str) {
    let arguments = [
        "create-user",
        "--email",
        email,
        "--role",
        role,
        "--tenant",
        "acme",
    ];
    works(place, &arguments, PASSWORD);
}

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

const DEV: &str = "dev@acme.test";

#[test]
fn disable_user_ends_everything_the_user_has_open() {
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
    let stream = open_stream(server.addr, &session);

    let said = works(&place, &["disable-user", "--email", "DEV@acme.test"], "");
    assert!(said.contains("Ended 1 session."), "{said}");
    assert!(said.contains(id), "{said}");
    get(&server, &session, SESSION).problem(401, "not_signed_in");
    server.whoami(&play).unwrap().problem(401, "invalid_token");
    ends(stream);
    // The key belongs to the company and still works.
    server.whoami(key).unwrap().expect(200);
    let told = |answer: Answer| {
        let mut problem = answer.problem(401, "wrong_credentials");
        problem.as_object_mut().unwrap().remove("request_id");
        problem
    };
    let right = told(log_in(&server, DEV, PASSWORD));
    assert_eq!(right, told(log_in(&server, "nobody@acme.test", PASSWORD)));
    let again = works(&place, &["disable-user", "--email", DEV], "");
    assert!(
        again.contains("disabled already") && again.contains(id),
        "{again}"
    );

    works(&place, &["enable-user", "--email", DEV], "");
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
fn the_last_enabled_owner_stays() {
    let place = furnished();
    let owner = "owner@acme.test";
    let disable = ["disable-user", "--email", owner];
    let demote = ["set-role", "--email", owner, "--role", "admin"];
    for arguments in [&disable[..], &demote[..]] {
        let said = refused(&place, arguments, "");
        assert!(said.contains("last enabled Owner"), "{said}");
    }
    add_user(&place, "second@acme.test", "owner");
    works(&place, &["disable-user", "--email", "second@acme.test"], "");
    // An owner of another company does not count.
    let elsewhere = "owner@other.test";
    let create = [
        "create-user",
        "--email",
        elsewhere,
        "--role",
        "owner",
        "--tenant",
        "other",
    ];
    works(&place, &create, PASSWORD);
    refused(&place, &disable, "");
    works(&place, &["enable-user", "--email", "second@acme.test"], "");
    works(&place, &demote, "");
    works(&place, &disable, "");
    refused(&place, &["disable-user", "--email", "second@acme.test"], "");
    refused(&place, &["disable-user", "--email", elsewhere], "");
}

#[test]
fn set_role_counts_at_once() {
    let place = furnished();
    add_user(&place, DEV, "admin");
    let server = Process::start(&place);
    let before = token(&server, DEV, PASSWORD);
    get(&server, &before, LOG).expect(200);
    let stream = open_stream(server.addr, &before);
    let said = works(
        &place,
        &["set-role", "--email", DEV, "--role", "member"],
        "",
    );
    assert!(said.contains("is member now. Ended 1 session."), "{said}");
    get(&server, &before, LOG).problem(401, "not_signed_in");
    ends(stream);
    let after = token(&server, DEV, PASSWORD);
    get(&server, &after, LOG).problem(403, "insufficient_role");
    let again = works(
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
    assert!(refused(&place, &unknown, "").contains("no user with the email address"));
}

#[test]
fn set_role_names_the_keys_that_hold_more() {
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
    let said = works(
        &place,
        &["set-role", "--email", DEV, "--role", "developer"],
        "",
    );
    assert!(said.contains(&powerful) && !said.contains(&plain), "{said}");
}

#[test]
fn set_password_ends_the_sessions_and_tells_the_user() {
    let place = furnished();
    add_user(&place, DEV, "developer");
    let server = Process::start(&place);
    let before = token(&server, DEV, PASSWORD);
    let set = ["set-password", "--email", DEV];
    let said = refused(&place, &set, "short");
    assert!(said.contains("password"), "{said}");
    refused(&place, &set, "password1234");
    get(&server, &before, SESSION).expect(200);
    let said = works(&place, &set, NEW_PASSWORD);
    assert!(
        said.contains("Ended 1 session.") && !said.contains(NEW_PASSWORD),
        "{said}"
    );
    get(&server, &before, SESSION).problem(401, "not_signed_in");
    log_in(&server, DEV, PASSWORD).problem(401, "wrong_credentials");
    token(&server, DEV, NEW_PASSWORD);
    let email = eventually(|| emails(place.dir()).pop());
    assert!(email.contains("To: dev@acme.test"), "{email}");
    assert!(
        email.contains("operator") && !email.contains(NEW_PASSWORD),
        "{email}"
    );
}

#[test]
fn end_sessions_of_one_of_a_company_or_of_everyone() {
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
    works(&place, &create, PASSWORD);
    let server = Process::start(&place);
    let users = ["owner@acme.test", DEV, "a@other.test"];
    let mut tokens = users.map(|email| token(&server, email, PASSWORD));
    let open = |tokens: &[String; 3]| {
        let is_open = |token: &String| get(&server, token, SESSION).status == 200;
        tokens.iter().map(is_open).collect::<Vec<_>>()
    };
    assert!(works(&place, &["end-sessions", "--email", DEV], "").contains("Ended 1 session."));
    assert_eq!(open(&tokens), [true, false, true]);
    works(&place, &["end-sessions", "--tenant", "acme"], "");
    assert_eq!(open(&tokens), [false, false, true]);
    tokens = users.map(|email| token(&server, email, PASSWORD));
    assert!(works(&place, &["end-sessions", "--everyone"], "").contains("Ended 4 sessions."));
    assert_eq!(open(&tokens), [false, false, false]);
    for arguments in [
        &["end-sessions"][..],
        &["end-sessions", "--everyone", "--tenant", "acme"],
    ] {
        refused(&place, arguments, "");
    }
}

#[test]
fn list_users_shows_roles_and_sessions() {
    let place = furnished();
    add_user(&place, DEV, "developer");
    works(&place, &["disable-user", "--email", DEV], "");
    let server = Process::start(&place);
    token(&server, "owner@acme.test", PASSWORD);
    for filter in [&["list-users"][..], &["list-users", "--tenant", "acme"]] {
        let said = works(&place, filter, "");
        let row = |email: &str| {
            let line = said
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
    refused(&place, &["list-users", "--tenant", "none"], "");
}
