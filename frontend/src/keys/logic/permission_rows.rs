//! Rows of a key's permission list.

use shared::{
    key::KeyView,
    scope::{Scope, ScopeSet},
};

/// Permissions that every card shows, granted or not.
const SUMMARY: [Scope; 6] = [
    Scope::CampaignsRead,
    Scope::CampaignsWrite,
    Scope::ContactsRead,
    Scope::ContactsWrite,
    Scope::EmailsSend,
    Scope::AdminFull,
];

/// State of a permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowState {
    Granted,
    /// Takes effect once an Admin has approved it.
    Pending,
    Absent,
}

/// A row of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PermissionRow {
    pub label: &'static str,
    /// Explains the permission in a few words.
    pub description: &'static str,
    pub state: RowState,
}

/// Permission list of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionRows {
    /// The six common permissions, granted or not, followed by the others that were granted.
    pub shown: Vec<PermissionRow>,
    /// The remaining permissions.
    pub rest: Vec<PermissionRow>,
}

/// Builds the rows for `key`. Permissions that are included in another one count as granted.
pub fn permission_rows(key: &KeyView) -> PermissionRows {
    let granted: ScopeSet = key.permissions.iter().copied().collect();
    let row = |scope: Scope| PermissionRow {
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
    };
    let others = Scope::ALL
        .into_iter()
        .filter(|scope| !SUMMARY.contains(scope));
    let (given, rest): (Vec<_>, Vec<_>) = others.partition(|scope| granted.contains(*scope));
    PermissionRows {
        shown: SUMMARY.into_iter().chain(given).map(row).collect(),
        rest: rest.into_iter().map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::logic::test_key::test_key;
    use serde_json::json;

    fn rows(permissions: &[&str], pending: &[&str]) -> PermissionRows {
        let change = json!({ "permissions": permissions, "pending_permissions": pending });
        permission_rows(&test_key(change))
    }

    #[test]
    fn six_rows_are_always_there() {
        let PermissionRows { shown: rows, rest } = rows(&["contacts:write"], &[]);
        assert_eq!((rows.len(), rest.len()), (6, 7));
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
        let PermissionRows { shown: rows, rest } = rows(
            &["emails:send", "emails:send_bulk", "analytics:read"],
            &["emails:send_bulk"],
        );
        assert_eq!((rows.len(), rest.len()), (8, 5));
        assert_eq!(rows[6].label, "Read Analytics");
        assert_eq!(rows[7].state, RowState::Pending);
    }
}
