//! Responses that a type of caller must get.

use crate::util::{Answer, json};
use shared::{
    operation::{Access, Operation, ScopeRequirement},
    role::Role,
    scope::{Scope, ScopeSet},
};

/// Returns the largest sets of scopes that are insufficient. Scopes that wait for approval have
/// no effect.
pub fn insufficient(needed: ScopeRequirement) -> Vec<ScopeSet> {
    let without = |lacking: ScopeSet| -> ScopeSet {
        let implies_none = |scope: &Scope| !ScopeSet::of(&[*scope]).effective().intersects(lacking);
        Scope::ALL.into_iter().filter(implies_none).collect()
    };
    let lacking_one = needed.all_of.iter().map(|scope| ScopeSet::of(&[scope]));
    let lacking_any = Some(needed.any_of).filter(|scopes| !scopes.is_empty());
    lacking_one.chain(lacking_any).map(without).collect()
}

/// The expected response for a type of caller.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// The caller is admitted. Errors in the request are possible.
    Admitted,
    /// The caller is rejected with this status and error code.
    Refused(u16, &'static str),
}

use Verdict::{Admitted, Refused};

impl Verdict {
    #[track_caller]
    pub fn check(self, row: &Operation, who: &str, answer: &Answer) {
        let status = answer.status;
        match self {
            Admitted => assert!(
                !matches!(status, 401 | 403 | 404 | 405 | 500..),
                "{} by {who}: {status} {}",
                row.id,
                answer.text()
            ),
            Refused(expected, code) => {
                let found = (status, answer.json()["error"].clone());
                assert_eq!(found, (expected, json!(code)), "{} by {who}", row.id);
                answer.problem(expected, code);
            }
        }
    }
}

/// Returns the expected response for a signed-in user with this role.
pub fn verdict_on_person(row: &Operation, role: Option<Role>) -> Verdict {
    let needed = match row.access {
        Access::Public => return Admitted,
        Access::Key { .. } => return Refused(401, "invalid_token"),
        Access::SignedIn => Role::Member,
        Access::Dashboard { role } | Access::DashboardOrKey { role, .. } => role,
    };
    match role {
        None => Refused(401, "not_signed_in"),
        Some(role) if role < needed => Refused(403, "insufficient_role"),
        Some(_) => Admitted,
    }
}

/// Returns the expected response for a key with or without the required scopes.
pub fn verdict_on_program(row: &Operation, has_scope: bool) -> Verdict {
    match row.access {
        Access::Public => Admitted,
        Access::SignedIn | Access::Dashboard { .. } => Refused(401, "not_signed_in"),
        Access::Key { .. } | Access::DashboardOrKey { .. } if has_scope => Admitted,
        Access::Key { .. } | Access::DashboardOrKey { .. } => Refused(403, "insufficient_scope"),
    }
}

/// Returns the expected response for another company's access to this one's resources.
pub fn verdict_on_stranger(row: &Operation) -> Verdict {
    // Template ids are chosen by clients, separately in each company.
    if row.path.contains('{') && row.id != "put_template" {
        Refused(404, "not_found")
    } else {
        Admitted
    }
}
