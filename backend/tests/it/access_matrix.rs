//! Access matrix: every operation on a key, by every type of caller, on every type of key. The
//! expected response is computed from the caller's rights by the rules of SECURITY.md ("Rights"),
//! independently of the server's code.

use crate::util::{Answer, Key, Session, TestApp, json};
use backend::models::tenant::Tenant;
use chrono::TimeDelta;
use serde_json::Value;
use shared::{plan::Plan, role::Role};

const BULK: &str = "emails:send_bulk";

/// The key on which an operation is performed.
#[derive(Debug, Clone, Copy)]
struct Target {
    name: &'static str,
    environment: &'static str,
    permissions: &'static [&'static str],
    approved: bool,
}

const TARGETS: [Target; 5] = [
    Target {
        name: "a live key",
        environment: "live",
        permissions: &["contacts:read"],
        approved: false,
    },
    Target {
        name: "a test key",
        environment: "test",
        permissions: &["contacts:read"],
        approved: false,
    },
    Target {
        name: "an admin key",
        environment: "live",
        permissions: &["admin:full"],
        approved: false,
    },
    Target {
        name: "a key whose bulk sending is pending",
        environment: "live",
        permissions: &["contacts:read", BULK],
        approved: false,
    },
    Target {
        name: "a key whose bulk sending is approved",
        environment: "live",
        permissions: &["contacts:read", BULK],
        approved: true,
    },
];

/// An operation on a key.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Operation {
    Get,
    /// Removes a permission, or renames the key if it has only one.
    Narrow,
    /// Allows more IP addresses.
    Widen,
    Disable,
    Enable,
    Approve,
    Reveal,
    Rotate,
    Playground,
    Revoke,
    RevokeWithDescendants,
}

use Operation::{
    Approve, Disable, Enable, Get, Narrow, Playground, Reveal, Revoke, RevokeWithDescendants,
    Rotate, Widen,
};

const OPERATIONS: [Operation; 11] = [
    Get,
    Narrow,
    Widen,
    Disable,
    Enable,
    Approve,
    Reveal,
    Rotate,
    Playground,
    Revoke,
    RevokeWithDescendants,
];

/// The caller of an operation.
enum Caller<'a> {
    User(Role, Session<'a>),
    Key(CallingKey, Key<'a>),
    PlaygroundToken(Key<'a>),
}

/// A key used as the caller.
#[derive(Debug, Clone, Copy)]
struct CallingKey {
    name: &'static str,
    environment: &'static str,
    permissions: &'static [&'static str],
    approved: bool,
}

const CALLING_KEYS: [CallingKey; 6] = [
    CallingKey {
        name: "a key without admin:keys",
        environment: "live",
        permissions: &["contacts:read", "emails:send"],
        approved: false,
    },
    CallingKey {
        name: "a narrow admin:keys key",
        environment: "live",
        permissions: &["admin:keys", "contacts:read"],
        approved: false,
    },
    CallingKey {
        name: "an admin:keys key whose bulk sending is pending",
        environment: "live",
        permissions: &["admin:keys", "contacts:read", BULK],
        approved: false,
    },
    CallingKey {
        name: "an admin:keys key whose bulk sending is approved",
        environment: "live",
        permissions: &["admin:keys", "contacts:read", BULK],
        approved: true,
    },
    CallingKey {
        name: "an admin:full key",
        environment: "live",
        permissions: &["admin:full"],
        approved: false,
    },
    CallingKey {
        name: "a test key with admin:keys",
        environment: "test",
        permissions: &["admin:keys", "contacts:read"],
        approved: false,
    },
];

impl Caller<'_> {
    fn name(&self) -> &'static str {
        match self {
            Self::User(role, _) => role.as_str(),
            Self::Key(calling_key, _) => calling_key.name,
            Self::PlaygroundToken(_) => "a playground token",
        }
    }

    /// Returns `true` if the caller could create a key with everything that this one holds.
    fn could_grant(&self, target: &Target) -> bool {
        match self {
            Self::User(Role::Owner | Role::Admin, _) => true,
            Self::User(_, _) => !target.permissions.contains(&"admin:full"),
            Self::Key(calling_key, _) => target.permissions.iter().all(|scope| {
                calling_key.permissions.contains(scope)
                    || calling_key.permissions.contains(&"admin:full") && *scope != BULK
            }),
            Self::PlaygroundToken(_) => false,
        }
    }

    /// Returns `true` if the caller may approve bulk sending, or is approved for it.
    fn has_approval(&self) -> bool {
        match self {
            Self::User(role, _) => matches!(role, Role::Owner | Role::Admin),
            Self::Key(calling_key, _) => calling_key.approved,
            Self::PlaygroundToken(_) => false,
        }
    }

    /// Returns the expected status and error code.
    fn expected(&self, operation: Operation, target: &Target) -> (u16, &'static str) {
        match self {
            Self::PlaygroundToken(_) => return (401, "invalid_token"),
            Self::User(Role::Member, _) => return (403, "insufficient_role"),
            Self::User(Role::Developer, _) if operation == Approve => {
                return (403, "insufficient_role");
            }
            Self::Key(_, _)
                if matches!(operation, Disable | Enable | Approve | Reveal | Playground) =>
            {
                return (401, "not_signed_in");
            }
            Self::Key(calling_key, _) if !calling_key.permissions[0].starts_with("admin:") => {
                return (403, "insufficient_scope");
            }
            Self::Key(calling_key, _) if calling_key.environment != target.environment => {
                return (404, "not_found");
            }
            Self::User(_, _) | Self::Key(_, _) => {}
        }
        let all = self.could_grant(target) && (!target.approved || self.has_approval());
        match operation {
            Approve if target.approved || !target.permissions.contains(&BULK) => {
                (409, "nothing_to_approve")
            }
            Get | Narrow | Disable | Approve | Revoke | RevokeWithDescendants => (200, ""),
            Widen | Enable | Reveal if all => (200, ""),
            Rotate | Playground if self.could_grant(target) => (201, ""),
            Widen | Enable | Reveal | Rotate | Playground => (403, "beyond_your_rights"),
        }
    }

    /// Enters the password again, if the caller is a user.
    fn with_sudo(self) -> Self {
        match self {
            Self::User(role, session) => Self::User(role, session.with_sudo()),
            key => key,
        }
    }

    fn call(&self, operation: Operation, target: &Target, key: &Key<'_>) -> Answer {
        let (method, path, body) = request(operation, target, key);
        let request = match self {
            Self::User(_, session) => session.request(method, &path),
            Self::Key(_, caller) | Self::PlaygroundToken(caller) => caller.request(method, &path),
        };
        match body {
            Some(body) => request.json(&body).send(),
            None => request.send(),
        }
    }
}

fn request(
    operation: Operation,
    target: &Target,
    key: &Key<'_>,
) -> (&'static str, String, Option<Value>) {
    let body = match operation {
        Narrow if target.permissions.len() > 1 => {
            Some(json!({"permissions": target.permissions[..1]}))
        }
        Narrow => Some(json!({"name": "b"})),
        Widen => Some(json!({"ip_allowlist": ["127.0.0.0/8"]})),
        _ => None,
    };
    let (method, path) = match operation {
        Get => ("GET", key.path()),
        Narrow | Widen => ("PATCH", key.path()),
        Disable => ("POST", key.action("disable")),
        Enable => ("POST", key.action("enable")),
        Approve => ("POST", key.action("approve")),
        Reveal => ("POST", key.action("reveal")),
        Rotate => ("POST", key.action("rotate")),
        Playground => ("POST", key.action("playground-token")),
        Revoke => ("DELETE", key.path()),
        RevokeWithDescendants => ("DELETE", format!("{}?descendants=true", key.path())),
    };
    (method, path, body)
}

/// Creates a key of this type, disabled if it is to be enabled.
fn create<'a>(owner: &Session<'a>, target: &Target, operation: Operation) -> Key<'a> {
    let key = owner.create_key(&json!({
        "name": "a", "environment": target.environment, "permissions": target.permissions,
        "recoverable": true, "ip_allowlist": ["127.0.0.1"]
    }));
    if target.approved {
        owner.approve(&key);
    }
    if operation == Enable {
        let disabled = owner.request("POST", &key.action("disable")).send();
        disabled.expect(200);
    }
    key
}

fn callers(app: &TestApp) -> Vec<Caller<'_>> {
    let owner = app.sign_in(Role::Owner).with_sudo();
    let mut callers: Vec<_> = Role::ALL
        .into_iter()
        .map(|role| Caller::User(role, app.sign_in(role).with_sudo()))
        .collect();
    for calling_key in CALLING_KEYS {
        let key = owner.create_key(&json!({
            "name": calling_key.name, "environment": calling_key.environment,
            "permissions": calling_key.permissions
        }));
        if calling_key.approved {
            owner.approve(&key);
        }
        if calling_key.permissions == ["admin:full"] {
            let token = key.playground_token(&owner);
            callers.push(Caller::PlaygroundToken(token));
        }
        callers.push(Caller::Key(calling_key, key));
    }
    callers
}

/// Returns `true` if the credential can send in bulk.
fn can_send_bulk(key: &Key<'_>) -> bool {
    let whoami = key.get("/v1/whoami").expect(200);
    let permissions = whoami["permissions"].as_array().expect("is a list");
    permissions.contains(&json!(BULK))
}

#[test]
fn every_operation_by_every_caller_on_every_key() {
    let app = TestApp::start();
    // The test needs more keys than smaller plans allow.
    let tenant = app.tenant.clone();
    app.write(|conn| Tenant::set_plan(conn, &tenant, Plan::Enterprise));
    for caller in callers(&app) {
        // The test makes more calls than a user's burst allows.
        app.advance(TimeDelta::minutes(3));
        let owner = app.sign_in(Role::Owner).with_sudo();
        let caller = caller.with_sudo();
        for target in &TARGETS {
            for operation in OPERATIONS {
                let key = create(&owner, target, operation);
                let answer = caller.call(operation, target, &key);
                let case = format!("{operation:?} of {} by {}", target.name, caller.name());
                let (status, code) = caller.expected(operation, target);
                assert_eq!(answer.status, status, "{case}: {}", answer.text());
                if status >= 400 {
                    answer.problem(status, code);
                    continue;
                }
                let shown = answer.json();
                let mut credential = key.clone();
                match operation {
                    Rotate => credential.plain = shown["api_key"].as_str().unwrap().to_owned(),
                    Playground => credential.plain = shown["token"].as_str().unwrap().to_owned(),
                    _ => continue,
                }
                let bulk = target.approved && caller.has_approval();
                assert_eq!(can_send_bulk(&credential), bulk, "{case}");
                if operation == Rotate && target.permissions.contains(&BULK) {
                    let pending = shown["key"]["pending_permissions"] == json!([BULK]);
                    assert_eq!(pending, !bulk, "{case}");
                }
            }
        }
    }
}
