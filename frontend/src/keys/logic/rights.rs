//! Actions that a role can perform on a key. These are the server's rules, so that the page can
//! disable a button with a reason instead of showing an error.

use crate::keys::logic::action::KeyAction;
use shared::{
    key::{KeyGrant, KeyView},
    role::Role,
    scope::{Scope, ScopeSet},
};

/// Returns the scopes that `role` can't grant.
pub fn not_grantable(role: Role, scopes: ScopeSet) -> ScopeSet {
    scopes
        .iter()
        .filter(|scope| !role.can_grant(*scope))
        .collect()
}

/// Returns the scopes of a key that `role` can't grant, and its approved scopes if `role` can't
/// approve. While there are any, the user can't widen, enable or reveal the key.
pub fn beyond_rights(role: Role, grant: &KeyGrant) -> ScopeSet {
    let approved = if role.can_approve() {
        ScopeSet::EMPTY
    } else {
        grant.approved()
    };
    not_grantable(role, grant.scopes).union(approved)
}

/// Returns the current grant of a key.
pub fn grant_of(key: &KeyView) -> KeyGrant {
    let ranges = key.ip_allowlist.iter();
    KeyGrant {
        scopes: ScopeSet::of(&key.permissions),
        pending: ScopeSet::of(&key.pending_permissions),
        environment: key.environment,
        expires_at: key.expires_at,
        ip_ranges: ranges
            .filter_map(|range| shared::validate::ip_range(range))
            .collect(),
    }
}

/// Returns true if rotating the key as `role` makes its successor wait for approval again.
pub fn loses_approval(role: Role, key: &KeyView) -> bool {
    !role.can_approve() && !grant_of(key).approved().is_empty()
}

/// Returns the reason why `role` can't perform the action; `None` if it can.
pub fn refusal(action: KeyAction, role: Role, key: &KeyView) -> Option<String> {
    let (verb, beyond) = match action {
        KeyAction::Rotate => {
            let beyond = not_grantable(role, ScopeSet::of(&key.permissions));
            ("rotate", beyond)
        }
        KeyAction::Enable => ("enable", beyond_rights(role, &grant_of(key))),
        KeyAction::Edit
        | KeyAction::Disable
        | KeyAction::Approve
        | KeyAction::Narrow
        | KeyAction::Revoke => return None,
    };
    because(verb, beyond)
}

/// Returns the reason why `role` can't reveal the key.
pub fn reveal_refusal(role: Role, key: &KeyView) -> Option<String> {
    because("reveal", beyond_rights(role, &grant_of(key)))
}

/// Formats the reason why the permissions in `beyond` forbid an action.
pub fn because(verb: &str, beyond: ScopeSet) -> Option<String> {
    let names: Vec<_> = beyond.iter().map(Scope::label).collect();
    (!names.is_empty()).then(|| {
        format!(
            "Only an Owner or Admin can {verb} this key, because it has {}.",
            names.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::logic::test_key::test_key;
    use serde_json::json;

    const ALL: [KeyAction; 7] = [
        KeyAction::Edit,
        KeyAction::Rotate,
        KeyAction::Disable,
        KeyAction::Enable,
        KeyAction::Approve,
        KeyAction::Narrow,
        KeyAction::Revoke,
    ];

    fn refused(role: Role, key: &KeyView) -> Vec<KeyAction> {
        let refused = |action: &KeyAction| refusal(*action, role, key).is_some();
        ALL.into_iter().filter(refused).collect()
    }

    #[test]
    fn a_developer_gives_back_nothing_that_only_others_can_give() {
        let admin = test_key(json!({"permissions": ["contacts:read", "admin:full"]}));
        let expected = [KeyAction::Rotate, KeyAction::Enable];
        assert_eq!(refused(Role::Developer, &admin), expected);
        assert!(refused(Role::Admin, &admin).is_empty());
        let why = refusal(KeyAction::Enable, Role::Developer, &admin);
        let why = why.unwrap_or_default();
        assert!(why.contains("Full Account Access"), "{why}");
        assert!(!why.contains("Read Contacts"), "{why}");
        let plain = test_key(json!({}));
        assert!(refused(Role::Developer, &plain).is_empty());
        assert_eq!(reveal_refusal(Role::Developer, &plain), None);
    }

    #[test]
    fn an_approval_is_lost_by_rotating_and_stops_enabling() {
        let approved = test_key(json!({"permissions": ["campaigns:write", "emails:send_bulk"]}));
        assert_eq!(refused(Role::Developer, &approved), [KeyAction::Enable]);
        assert!(loses_approval(Role::Developer, &approved));
        assert!(!loses_approval(Role::Owner, &approved));
        assert!(reveal_refusal(Role::Developer, &approved).is_some());
        let pending = test_key(json!({
            "permissions": ["emails:send_bulk"], "pending_permissions": ["emails:send_bulk"]
        }));
        assert!(refused(Role::Developer, &pending).is_empty());
        assert!(!loses_approval(Role::Developer, &pending));
    }
}
