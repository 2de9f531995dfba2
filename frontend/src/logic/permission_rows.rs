//! The rows of a key's permission list.

use shared::{
    key::KeyView,
    scope::{Scope, ScopeSet},
};

/// The permissions that every card shows, ticked or not.
const SUMMARY: [Scope; 6] = [
    Scope::CampaignsRead,
    Scope::CampaignsWrite,
    Scope::ContactsRead,
    Scope::ContactsWrite,
    Scope::EmailsSend,
    Scope::AdminFull,
];

/// Whether the key has a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowState {
    /// Yes.
    Granted,
    /// Only once an Admin has approved it.
    Pending,
    /// No.
    Absent,
}

/// One row of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PermissionRow {
    /// The permission's name.
    pub label: &'static str,
    /// The permission in a few words.
    pub description: &'static str,
    /// Whether the key has it.
    pub state: RowState,
}

/// The six usual permissions, whether `key` has them or not, then the others that
/// it was given. What follows from another permission counts as given.
pub fn permission_rows(key: &KeyView) -> Vec<PermissionRow> {
    let granted: ScopeSet = key.permissions.iter().copied().collect();
    let others = Scope::ALL
        .into_iter()
        .filter(|scope| !SUMMARY.contains(scope) && granted.contains(*scope));
    SUMMARY
        .into_iter()
        .chain(others)
        .map(|scope| PermissionRow {
            label: match scope {
                Scope::AdminFull => "Admin Access",
                _ => scope.label(),
            },
            description: scope.description(),
            state: if key.pending_permissions.contains(&scope) {
                RowState::Pending
            } else if granted.effective().contains(scope) {
                RowState::Granted
            } else {
                RowState::Absent
            },
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(permissions: &[&str], pending: &[&str]) -> Vec<PermissionRow> {
        let key = serde_json::json!({
            "id": "key_abc123def456", "name": "App", "description": "",
            "environment": "live", "masked_key": "pm_live_abc...xyz",
            "permissions": permissions, "pending_permissions": pending,
            "status": "active", "created_at": "2025-11-01T15:45:00Z",
            "created_by": { "type": "user", "id": "usr_1", "email": "john@company.com" },
            "last_used_at": null, "expires_at": null, "grace_until": null,
            "ip_allowlist": [], "recoverable": false, "lineage_id": "lin_1",
            "usage": { "total_requests": 0, "last_24h": 0, "error_rate": 0.0 },
        });
        permission_rows(&serde_json::from_value(key).unwrap())
    }

    #[test]
    fn six_rows_are_always_there() {
        let rows = rows(&["contacts:write"], &[]);
        assert_eq!(rows.len(), 6);
        let granted: Vec<_> = rows
            .iter()
            .filter(|row| row.state == RowState::Granted)
            .map(|row| row.label)
            .collect();
        assert_eq!(granted, ["Read Contacts", "Write Contacts"]);
        assert_eq!(rows[5].label, "Admin Access");
    }

    #[test]
    fn other_permissions_follow() {
        let rows = rows(
            &["emails:send", "emails:send_bulk", "analytics:read"],
            &["emails:send_bulk"],
        );
        assert_eq!(rows.len(), 8);
        assert_eq!(rows[6].label, "Read Analytics");
        assert_eq!(rows[7].state, RowState::Pending);
    }
}
