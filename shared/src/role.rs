//! What a person may do in the dashboard.

use crate::scope::Scope;
use serde::{Deserialize, Serialize};

/// A user's role within the tenant, weakest first so that roles compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Uses the product, has no business with keys.
    Member,
    /// Builds integrations: keys without administrative scopes.
    Developer,
    /// Runs the account: every key, the plan, approvals.
    Admin,
    /// An Admin whom every company has: the last one can be neither demoted nor disabled.
    Owner,
}

impl Role {
    /// Every role, weakest first.
    pub const ALL: [Self; 4] = [Self::Member, Self::Developer, Self::Admin, Self::Owner];

    /// The role as it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Developer => "developer",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// The role as a person reads it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Member => "Member",
            Self::Developer => "Developer",
            Self::Admin => "Admin",
            Self::Owner => "Owner",
        }
    }

    /// Whether someone in this role may put `scope` on a key. Whoever creates,
    /// widens, rotates or reveals a key must be able to grant all that it holds.
    pub const fn can_grant(self, scope: Scope) -> bool {
        match self {
            Self::Owner | Self::Admin => true,
            Self::Developer => !scope.is_admin(),
            Self::Member => false,
        }
    }

    /// Whether someone in this role may approve scopes that need an approval.
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

/// A text that names no [`Role`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownRole;

impl std::fmt::Display for UnknownRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a role is one of owner, admin, developer, member")
    }
}

impl std::error::Error for UnknownRole {}
