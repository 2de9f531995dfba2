//! Roles of dashboard users.

use crate::scope::Scope;
use serde::{Deserialize, Serialize};

/// Role of a user within the tenant. Ordered from least to most privileged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Uses the product without access to API keys.
    Member,
    /// Manages API keys without administrative scopes.
    Developer,
    /// Manages the account: every key, the plan and approvals.
    Admin,
    /// Has the rights of an Admin. A tenant's last Owner cannot be demoted or disabled.
    Owner,
}

impl Role {
    /// Every role, from least to most privileged.
    pub const ALL: [Self; 4] = [Self::Member, Self::Developer, Self::Admin, Self::Owner];

    /// Returns the value used in JSON and the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Developer => "developer",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// Returns the name shown in the dashboard.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Member => "Member",
            Self::Developer => "Developer",
            Self::Admin => "Admin",
            Self::Owner => "Owner",
        }
    }

    /// Returns `true` if the role may grant `scope` to a key. Creating, widening, rotating or
    /// revealing a key requires the right to grant each of its scopes.
    pub const fn can_grant(self, scope: Scope) -> bool {
        match self {
            Self::Owner | Self::Admin => true,
            Self::Developer => !scope.is_admin(),
            Self::Member => false,
        }
    }

    /// Returns `true` if the role may approve scopes that need approval.
    pub const fn can_approve(self) -> bool {
        matches!(self, Self::Owner | Self::Admin)
    }
}

impl std::str::FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(UnknownRole)
    }
}

/// Error returned when parsing an unknown [`Role`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownRole;

impl std::fmt::Display for UnknownRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a role is one of owner, admin, developer, member")
    }
}

impl std::error::Error for UnknownRole {}
