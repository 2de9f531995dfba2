//! Access to every operation of the route table by every type of caller. The tests are generated
//! from the table, so new operations are covered automatically.

mod expected;

use crate::util::{Answer, Key, Session, TestApp, http::Request, json};
use chrono::TimeDelta;
use expected::{
    Verdict::{Admitted, Refused},
    insufficient, verdict_on_person, verdict_on_program, verdict_on_stranger,
};
use serde_json::Value;
use shared::{
    key::Environment,
    operation::{Access, OPERATIONS, Operation, Sudo},
    plan::Plan,
    role::Role,
    scope::{Scope, ScopeSet},
};

/// Returns the row's path with this id.
fn path(row: &Operation, id: &str) -> String {
    row.path.replace("{id}", id).replace("{request_id}", id)
}

/// Creates a resource for the row and returns its id.
fn subject(row: &Operation, full: &Key<'_>, owner: &Session<'_>) -> String {
    let (collection, form) = if row.path.starts_with("/v1/contacts/") {
        ("/v1/contacts", json!({"email": "a@example.com"}))
    } else if row.path.starts_with("/v1/templates/") {
        let form = json!({"subject": "a", "html_body": "a"});
        full.put("/v1/templates/a", &form);
        return "a".to_owned();
    } else if row.path.starts_with("/v1/emails/") {
        let form = json!({"to": "a@example.com", "subject": "a", "html_body": "a"});
        ("/v1/emails/send", form)
    } else if row.path.starts_with("/api/v1/auth/sessions/{id}") {
        return session_id(&full.app.sign_in(Role::Owner));
    } else if row.path.contains("{request_id}") {
        let answer = full.get("/v1/whoami");
        full.app.flush();
        return answer.header("x-request-id").expect("has an id").to_owned();
    } else if row.path.contains("/campaigns/") {
        let form = json!({"name": "a", "subject": "a", "html_body": "a"});
        ("/v1/campaigns", form)
    } else {
        let form = json!({"name": "a", "environment": "live", "permissions": ["contacts:read"]});
        return owner.create_key(&form).id;
    };
    let created = full.post(collection, &form).json();
    created["id"].as_str().expect("has an id").to_owned()
}

/// Returns the id of the session itself.
fn session_id(session: &Session<'_>) -> String {
    let sessions = session.get("/api/v1/auth/sessions").expect(200);
    let sessions = sessions["data"].as_array().expect("is a list");
    let current = sessions.iter().find(|entry| entry["current"] == true);
    current.expect("lists itself")["id"]
        .as_str()
        .expect("has an id")
        .to_owned()
}

/// Rows that end sessions of the caller.
const ENDS_SESSIONS: [&str; 3] = ["logout", "end_session", "end_other_sessions"];

/// Returns a body valid enough for a 404 response, for rows with an id and a body.
fn form(row: &Operation) -> Option<Value> {
    match row.id {
        "update_api_key" => Some(json!({"name": "b"})),
        "replace_contact" => Some(json!({"email": "b@example.com"})),
        "replace_campaign" => Some(json!({"name": "b", "subject": "b", "html_body": "b"})),
        _ => None,
    }
}

struct World<'a> {
    owner: Session<'a>,
    full: Key<'a>,
}

impl<'a> World<'a> {
    fn new(app: &'a TestApp) -> Self {
        let owner = app.sign_in(Role::Owner).with_sudo();
        let full = app.key(&["admin:full", "emails:send_bulk"]);
        owner.approve(&full);
        Self { owner, full }
    }

    /// Returns the row's path with the id of a new resource.
    fn path(&self, row: &Operation) -> String {
        path(row, &subject(row, &self.full, &self.owner))
    }

    /// Creates a key with exactly these scopes, approved if necessary.
    fn key(&self, scopes: ScopeSet) -> Key<'a> {
        // Without this, the limit on a user's changes would be exceeded.
        self.owner.app.advance(TimeDelta::milliseconds(600));
        let form = json!({"name": "a", "environment": "live", "permissions": scopes});
        let key = self.owner.create_key(&form);
        if scopes.contains(Scope::EmailsSendBulk) {
            self.owner.approve(&key);
        }
        key
    }
}

/// Calls a row from an IP address used only for that row, so that failed attempts do not add up.
fn call(row: &Operation, caller: Request<'_>) -> Answer {
    let number = OPERATIONS.iter().position(|other| other.id == row.id);
    let address = format!("198.51.100.{}", number.unwrap_or_default());
    let request = caller.header("X-Forwarded-For", &address);
    match form(row) {
        Some(form) => request.json(&form).send(),
        None => request.send(),
    }
}

#[test]
fn every_operation_by_users_in_each_role() {
    let app = TestApp::start_with(&["--trusted-proxy", "127.0.0.1/32"]);
    let world = World::new(&app);
    let users = Role::ALL.map(|role| (role, app.sign_in(role).with_sudo()));
    app.add_tenant("leaving", Plan::Professional);
    for row in OPERATIONS {
        let path = world.path(row);
        let answer = call(row, app.browser(row.method, &path));
        verdict_on_person(row, None).check(row, "an anonymous caller", &answer);
        for (role, session) in &users {
            // These rows are called by separate users, so that the others stay signed in.
            let leaving = ENDS_SESSIONS.contains(&row.id).then(|| {
                Session::sign_in(&app, &format!("{}@leaving.test", role.as_str())).with_sudo()
            });
            let path = match &leaving {
                Some(session) => self::path(row, &session_id(session)),
                None => world.path(row),
            };
            let session = leaving.as_ref().unwrap_or(session);
            let answer = call(row, session.request(row.method, &path));
            verdict_on_person(row, Some(*role)).check(row, role.as_str(), &answer);
        }
    }
}

#[test]
fn every_operation_by_keys() {
    let app = TestApp::start_with(&["--trusted-proxy", "127.0.0.1/32"]);
    let world = World::new(&app);
    for row in OPERATIONS {
        let Some(needed) = row.scopes() else {
            let (key, path) = (
                world.key(ScopeSet::of(&[Scope::CampaignsDelete])),
                world.path(row),
            );
            let answer = call(row, key.request(row.method, &path));
            verdict_on_program(row, true).check(row, "a key", &answer);
            continue;
        };
        let one_of = needed.any_of.iter().map(|scope| needed.all_of.with(scope));
        let mut enough: Vec<ScopeSet> = one_of.collect();
        if needed.is_empty() {
            enough.push(ScopeSet::of(&[Scope::CampaignsDelete]));
        } else if enough.is_empty() {
            enough.push(needed.all_of);
        }
        for scopes in enough {
            // A key may only change keys that do not exceed it.
            let scopes = match row.access {
                Access::DashboardOrKey { .. } => scopes.with(Scope::ContactsRead),
                _ => scopes,
            };
            let (key, path) = (world.key(scopes), world.path(row));
            let answer = call(row, key.request(row.method, &path));
            verdict_on_program(row, true).check(row, "a key with scope", &answer);
        }
        for held in insufficient(needed) {
            let (key, path) = (world.key(held), world.path(row));
            let answer = call(row, key.request(row.method, &path));
            verdict_on_program(row, false).check(row, "a key without scope", &answer);
            let missing = needed.missing(held.effective());
            assert_eq!(
                answer.json()["required_scope"],
                json!(missing),
                "{}",
                row.id
            );
        }
        let path = world.path(row);
        let token = world.full.playground_token(&world.owner);
        let answer = token.request(row.method, &path);
        let answer = match form(row) {
            Some(form) => answer.json(&form).send(),
            None => answer.send(),
        };
        let verdict = match row.access {
            Access::Public | Access::Key { .. } => Admitted,
            _ => Refused(401, "invalid_token"),
        };
        verdict.check(row, "a playground token", &answer);
    }
}

#[test]
fn every_operation_by_test_keys_on_live_data() {
    let app = TestApp::start_with(&["--trusted-proxy", "127.0.0.1/32"]);
    let world = World::new(&app);
    let form = json!({
        "name": "a", "environment": "test", "permissions": ["admin:full", "emails:send_bulk"]
    });
    let test = world.owner.create_key(&form);
    world.owner.approve(&test);
    for row in OPERATIONS {
        let path = world.path(row);
        let answer = call(row, test.request(row.method, &path));
        let verdict = match verdict_on_program(row, true) {
            Admitted if row.environment == Some(Environment::Live) => {
                Refused(403, "live_key_required")
            }
            Admitted if row.access == Access::Public => Admitted,
            Admitted => verdict_on_stranger(row),
            refused @ Refused(..) => refused,
        };
        verdict.check(row, "a test key", &answer);
    }
}

#[test]
fn every_operation_by_another_tenant() {
    let app = TestApp::start_with(&["--trusted-proxy", "127.0.0.1/32"]);
    let world = World::new(&app);
    app.add_tenant("other", Plan::Professional);
    let person = Session::sign_in(&app, "owner@other.test").with_sudo();
    let full = json!({
        "name": "a", "environment": "live", "permissions": ["admin:full", "emails:send_bulk"]
    });
    let program = person.create_key(&full);
    person.approve(&program);
    for row in OPERATIONS {
        let path = world.path(row);
        if verdict_on_person(row, Some(Role::Owner)) == Admitted && row.id != "logout" {
            let answer = call(row, person.request(row.method, &path));
            verdict_on_stranger(row).check(row, "another company", &answer);
        }
        if verdict_on_program(row, true) == Admitted {
            let answer = call(row, program.request(row.method, &path));
            verdict_on_stranger(row).check(row, "another company's key", &answer);
        }
    }
}

#[test]
fn every_operation_rejects_other_sites_and_requires_sudo() {
    let app = TestApp::start();
    let world = World::new(&app);
    let without_sudo = app.sign_in(Role::Owner);
    for row in OPERATIONS {
        if row.is_public_api() || row.access == Access::Public {
            continue;
        }
        let path = world.path(row);
        if row.method != "GET" {
            let cookie = format!("pm_session={}", world.owner.token);
            let foreign = app.request(row.method, &path).header("Cookie", &cookie);
            let refused = Refused(403, "cross_site_request");
            refused.check(row, "another site", &foreign.send());
        }
        let answer = without_sudo.request(row.method, &path);
        match row.sudo {
            Sudo::Needed | Sudo::Fresh => {
                let refused = Refused(403, "sudo_required");
                refused.check(row, "a session without sudo", &answer.send());
            }
            // Tested together with the handlers.
            Sudo::NotNeeded | Sudo::Sometimes => {}
        }
    }
}
