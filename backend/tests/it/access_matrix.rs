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
enum Deed {
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

use Deed::{
    Approve, Disable, Enable, Get, Narrow, Playground, Reveal, Revoke, RevokeWithDescendants,
    Rotate, Widen,
};

const DEEDS: [Deed; 11] = [
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
    Key(Holder, Key<'a>),
    PlaygroundToken(Key<'a>),
}

/// A key used as the caller.
#[derive(Debug, Clone, Copy)]
struct Holder {
    name: &'static str,
    environment: &'static str,
    permissions: &'static [&'static str],
    approved: bool,
}

const HOLDERS: [Holder; 6] = [
    Holder {
        name: "a key without admin:keys",
        environment: "live",
        permissions: &["contacts:read", "emails:send"],
        approved: false,
    },
    Holder {
        name: "a narrow admin:keys key",
        environment: "live",
        permissions: &["admin:keys", "contacts:read"],
        approved: false,
    },
    Holder {
        name: "an admin:keys key whose bulk sending is pending",
        environment: "live",
        permissions: &["admin:keys", "contacts:read", BULK],
        approved: false,
    },
    Holder {
        name: "an admin:keys key whose bulk sending is approved",
        environment: "live",
        permissions: &["admin:keys", "contacts:read", BULK],
        approved: true,
    },
    Holder {
        name: "an admin:full key",
        environment: "live",
        permissions: &["admin:full"],
        approved: false,
    },
    Holder {
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
            Self::Key(holder, _) => holder.name,
            Self::PlaygroundToken(_) => "a playground token",
        }
    }

    /// Returns `true` if the caller could create a key with everything that this one holds.
    fn could_grant(&self, target: &Target) -> bool {
        match self {
            Self::User(Role::Owner | Role::Admin, _) => true,
            Self::User(_, _) => !target.permissions.contains(&"admin:full"),
            Self::Key(holder, _) => target.permissions.iter().all(|scope| {
                holder.permissions.contains(scope)
                    || holder.permissions.contains(&"admin:full") && *scope != BULK
            }),
            Self::PlaygroundToken(_) => false,
        }
    }

    /// Returns `true` if the caller may approve bulk sending, or is approved for it.
    fn has_approval(&self) -> bool {
        match self {
            Self::User(role, _) => matches!(role, Role::Owner | Role::Admin),
            Self::Key(holder, _) => holder.approved,
            Self::PlaygroundToken(_) => false,
        }
    }

    /// Returns the expected status and error code.
    fn verdict(&self, deed: Deed, target: &Target) -> (u16, &'static str) {
        match self {
            Self::PlaygroundToken(_) => return (401, "invalid_token"),
            Self::User(Role::Member, _) => return (403, "insufficient_role"),
            Self::User(Role::Developer, _) if deed == Approve => {
                return (403, "insufficient_role");
            }
            Self::Key(_, _) if matches!(deed, Disable | Enable | Approve | Reveal | Playground) => {
                return (401, "not_signed_in");
            }
            Self::Key(holder, _) if !holder.permissions[0].starts_with("admin:") => {
                return (403, "insufficient_scope");
            }
            Self::Key(holder, _) if holder.environment != target.environment => {
                return (404, "not_found");
            }
            Self::User(_, _) | Self::Key(_, _) => {}
        }
        let all = self.could_grant(target) && (!target.approved || self.has_approval());
        match deed {
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

    fn call(&self, deed: Deed, target: &Target, key: &Key<'_>) -> Answer {
        let (method, path, body) = request(deed, target, key);
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

fn request(deed: Deed, target: &Target, key: &Key<'_>) -> (&'static str, String, Option<Value>) {
    let body = match deed {
        Narrow if target.permissions.len() > 1 => {
            Some(json!({"permissions": target.permissions[..1]}))
        }
        Narrow => Some(json!({"name": "b"})),
        Widen => Some(json!({"ip_allowlist": ["127.0.0.0/8"]})),
        _ => None,
    };
    let (method, path) = match deed {
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
fn create<'a>(owner: &Session<'a>, target: &Target, deed: Deed) -> Key<'a> {
    let key = owner.create_key(&json!({
        "name": "a", "environment": target.environment, "permissions": target.permissions,
        "recoverable": true, "ip_allowlist": ["127.0.0.1"]
    }));
    if target.approved {
        owner.approve(&key);
    }
    if deed == Enable {
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
    for holder in HOLDERS {
        let key = owner.create_key(&json!({
            "name": holder.name, "environment": holder.environment,
            "permissions": holder.permissions
        }));
        if holder.approved {
            owner.approve(&key);
        }
        if holder.permissions == ["admin:full"] {
            let token = key.playground_token(&owner);
            callers.push(Caller::PlaygroundToken(token));
        }
        callers.push(Caller::Key(holder, key));
    }
    callers
}

/// Returns `true` if the credential can send in bulk.
fn sends_in_bulk(key: &Key<'_>) -> bool {
    let whoami = key.get("/v1/whoami").expect(200);
    let permissions = whoami["permissions"].as_array().expect("is a list");
    permissions.contains(&json!(BULK))
}

#[test]
fn every_deed_by_every_caller_on_every_key() {
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
            for deed in DEEDS {
                let key = create(&owner, target, deed);
                let answer = caller.call(deed, target, &key);
                let case = format!("{deed:?} of {} by {}", target.name, caller.name());
                let (status, code) = caller.verdict(deed, target);
                assert_eq!(answer.status, status, "{case}: {}", answer.text());
                if status >= 400 {
                    answer.problem(status, code);
                    continue;
                }
                let shown = answer.json();
                let mut copy = key.clone();
                match deed {
                    Rotate => copy.plain = shown["api_key"].as_str().unwrap().to_owned(),
                    Playground => copy.plain = shown["token"].as_str().unwrap().to_owned(),
                    _ => continue,
                }
                let bulk = target.approved && caller.has_approval();
                assert_eq!(sends_in_bulk(&copy), bulk, "{case}");
                if deed == Rotate && target.permissions.contains(&BULK) {
                    let pending = shown["key"]["pending_permissions"] == json!([BULK]);
                    assert_eq!(pending, !bulk, "{case}");
                }
            }
        }
    }
}

/// Operations on the account and on single requests require a live key with the scope.
#[test]
fn account_operations_by_keys_of_both_environments() {
    let app = TestApp::start();
    let key = |environment: &str, permissions: &[&str]| {
        app.key_from(&json!({
            "name": "a", "environment": environment, "permissions": permissions
        }))
    };
    for scope in ["admin:billing", "admin:full"] {
        let test = key("test", &[scope]);
        let live = key("live", &[scope]);
        let plan = "/api/v1/tenant/plan";
        test.get(plan).problem(403, "live_key_required");
        test.put(plan, &json!({"plan": "business"}))
            .problem(403, "live_key_required");
        live.get(plan).expect(200);
    }
    let log = "/api/v1/tenant/audit-log";
    key("live", &["admin:full"]).get(log).expect(200);
    key("test", &["admin:full"])
        .get(log)
        .problem(403, "live_key_required");
    let all_but_full = [
        "admin:keys",
        "admin:billing",
        "analytics:read",
        "analytics:export",
        "emails:send",
        "contacts:delete",
    ];
    let refused = key("live", &all_but_full).get(log);
    let refused = refused.problem(403, "insufficient_scope");
    assert_eq!(refused["required_scope"], json!(["admin:full"]));
    for role in [Role::Developer, Role::Admin, Role::Owner] {
        app.sign_in(role).get(log).expect(200);
    }
    let member = app.sign_in(Role::Member);
    member.get(log).problem(403, "insufficient_role");
}
