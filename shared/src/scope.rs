//! Scopes of API keys and the rules between them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Permission that can be granted to an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Scope {
    /// View campaigns and templates.
    #[serde(rename = "campaigns:read")]
    CampaignsRead,
    /// Create and update campaigns and templates.
    #[serde(rename = "campaigns:write")]
    CampaignsWrite,
    /// Delete campaigns and templates.
    #[serde(rename = "campaigns:delete")]
    CampaignsDelete,
    /// View contacts and their attributes.
    #[serde(rename = "contacts:read")]
    ContactsRead,
    /// Create and update contacts.
    #[serde(rename = "contacts:write")]
    ContactsWrite,
    /// Delete contacts, which cannot be undone.
    #[serde(rename = "contacts:delete")]
    ContactsDelete,
    /// View analytics, sent emails without their content, and API usage.
    #[serde(rename = "analytics:read")]
    AnalyticsRead,
    /// Export analytics and error logs.
    #[serde(rename = "analytics:export")]
    AnalyticsExport,
    /// Send transactional emails and view them with their content.
    #[serde(rename = "emails:send")]
    EmailsSend,
    /// Start campaigns. Has no effect until an Admin approves it.
    #[serde(rename = "emails:send_bulk")]
    EmailsSendBulk,
    /// Full account access, except for bulk sending.
    #[serde(rename = "admin:full")]
    AdminFull,
    /// Create, update and revoke API keys.
    #[serde(rename = "admin:keys")]
    AdminKeys,
    /// View and change the plan. Requires a live key.
    #[serde(rename = "admin:billing")]
    AdminBilling,
}

/// A section of the permission matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScopeGroup {
    /// Heading of the section.
    pub label: &'static str,
    /// Scopes of the section, in display order.
    pub scopes: &'static [Scope],
}

/// The permission matrix: every scope once, in display order.
pub const GROUPS: [ScopeGroup; 5] = [
    ScopeGroup {
        label: "Campaigns",
        scopes: &[
            Scope::CampaignsRead,
            Scope::CampaignsWrite,
            Scope::CampaignsDelete,
        ],
    },
    ScopeGroup {
        label: "Contacts",
        scopes: &[
            Scope::ContactsRead,
            Scope::ContactsWrite,
            Scope::ContactsDelete,
        ],
    },
    ScopeGroup {
        label: "Analytics",
        scopes: &[Scope::AnalyticsRead, Scope::AnalyticsExport],
    },
    ScopeGroup {
        label: "Emails",
        scopes: &[Scope::EmailsSend, Scope::EmailsSendBulk],
    },
    ScopeGroup {
        label: "Admin",
        scopes: &[Scope::AdminFull, Scope::AdminKeys, Scope::AdminBilling],
    },
];

/// Scopes preselected for a new key.
pub const DEFAULT_SCOPES: [Scope; 6] = [
    Scope::CampaignsRead,
    Scope::CampaignsWrite,
    Scope::ContactsRead,
    Scope::ContactsWrite,
    Scope::AnalyticsRead,
    Scope::EmailsSend,
];

impl Scope {
    /// Every scope, in the order of the permission matrix.
    pub const ALL: [Self; 13] = [
        Self::CampaignsRead,
        Self::CampaignsWrite,
        Self::CampaignsDelete,
        Self::ContactsRead,
        Self::ContactsWrite,
        Self::ContactsDelete,
        Self::AnalyticsRead,
        Self::AnalyticsExport,
        Self::EmailsSend,
        Self::EmailsSendBulk,
        Self::AdminFull,
        Self::AdminKeys,
        Self::AdminBilling,
    ];

    /// Returns the value used in JSON and the database: `resource:action`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CampaignsRead => "campaigns:read",
            Self::CampaignsWrite => "campaigns:write",
            Self::CampaignsDelete => "campaigns:delete",
            Self::ContactsRead => "contacts:read",
            Self::ContactsWrite => "contacts:write",
            Self::ContactsDelete => "contacts:delete",
            Self::AnalyticsRead => "analytics:read",
            Self::AnalyticsExport => "analytics:export",
            Self::EmailsSend => "emails:send",
            Self::EmailsSendBulk => "emails:send_bulk",
            Self::AdminFull => "admin:full",
            Self::AdminKeys => "admin:keys",
            Self::AdminBilling => "admin:billing",
        }
    }

    /// Returns the name shown in the permission matrix.
    pub const fn label(self) -> &'static str {
        match self {
            Self::CampaignsRead => "Read Campaigns",
            Self::CampaignsWrite => "Write Campaigns",
            Self::CampaignsDelete => "Delete Campaigns",
            Self::ContactsRead => "Read Contacts",
            Self::ContactsWrite => "Write Contacts",
            Self::ContactsDelete => "Delete Contacts",
            Self::AnalyticsRead => "Read Analytics",
            Self::AnalyticsExport => "Export Data",
            Self::EmailsSend => "Send Emails",
            Self::EmailsSendBulk => "Send Bulk Emails",
            Self::AdminFull => "Full Account Access",
            Self::AdminKeys => "Manage API Keys",
            Self::AdminBilling => "Manage Billing",
        }
    }

    /// Returns the description shown in the permission matrix.
    pub const fn description(self) -> &'static str {
        match self {
            Self::CampaignsRead => "View campaign data.",
            Self::CampaignsWrite => "Create and modify campaigns.",
            Self::CampaignsDelete => "Delete campaigns and templates for good.",
            Self::ContactsRead => "View contact lists.",
            Self::ContactsWrite => "Add and update contacts.",
            Self::ContactsDelete => "Delete contacts for good.",
            Self::AnalyticsRead => "View email, campaign and API usage metrics.",
            Self::AnalyticsExport => "Download error logs and metrics.",
            Self::EmailsSend => "Send transactional emails.",
            Self::EmailsSendBulk => "Start campaigns. Requires approval.",
            Self::AdminFull => "Full account access (dangerous).",
            Self::AdminKeys => "Create, change and revoke API keys (dangerous).",
            Self::AdminBilling => "View and change the plan (dangerous).",
        }
    }

    /// Returns `true` if only Owners and Admins may grant the scope.
    pub const fn is_admin(self) -> bool {
        matches!(self, Self::AdminFull | Self::AdminKeys | Self::AdminBilling)
    }

    /// Returns `true` if the scope has no effect until an Admin approves it.
    pub const fn needs_approval(self) -> bool {
        matches!(self, Self::EmailsSendBulk)
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or(UnknownScope)
    }
}

/// Error returned when parsing an unknown [`Scope`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownScope;

impl std::fmt::Display for UnknownScope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("unknown scope; see the permission list on the keys page")
    }
}

impl std::error::Error for UnknownScope {}

/// A set of scopes, stored as a bit mask. Serialized as a sorted list of names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct ScopeSet(u16);

impl ScopeSet {
    /// The empty set.
    pub const EMPTY: Self = Self(0);

    /// Creates a set of the given scopes.
    pub const fn of(scopes: &[Scope]) -> Self {
        let mut bits = 0;
        let mut index = 0;
        while index < scopes.len() {
            bits |= scopes[index].bit();
            index += 1;
        }
        Self(bits)
    }

    /// Returns `true` if the set is empty.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns `true` if the set contains `scope` itself. To check a key's access, call
    /// [`Self::effective`] first.
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Returns `true` if the sets have a scope in common.
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Returns `true` if `other` is a subset of this set.
    pub const fn contains_all(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Returns the scopes that have no effect until they are approved.
    #[must_use]
    pub fn needing_approval(self) -> Self {
        self.iter().filter(|scope| scope.needs_approval()).collect()
    }

    /// Returns the union of both sets.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns the intersection of both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Returns the scopes of this set that are not in `other`.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Returns the set with `scope` added.
    #[must_use]
    pub const fn with(self, scope: Scope) -> Self {
        Self(self.0 | scope.bit())
    }

    /// Returns the set with `scope` removed.
    #[must_use]
    pub const fn without(self, scope: Scope) -> Self {
        Self(self.0 & !scope.bit())
    }

    /// Iterates over the scopes, in the order of the permission matrix.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL
            .into_iter()
            .filter(move |scope| self.contains(*scope))
    }

    /// Adds all implied scopes: write access includes read access to the same resource, and
    /// `admin:full` includes everything except bulk sending, which must be granted and approved
    /// explicitly.
    #[must_use]
    pub const fn effective(self) -> Self {
        let mut set = self;
        if set.contains(Scope::AdminFull) {
            set = Self(set.0 | (Self::of(&Scope::ALL).0 & !Scope::EmailsSendBulk.bit()));
        }
        if set.contains(Scope::CampaignsWrite) {
            set = set.with(Scope::CampaignsRead);
        }
        if set.contains(Scope::ContactsWrite) {
            set = set.with(Scope::ContactsRead);
        }
        set
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        scopes.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl Serialize for ScopeSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for ScopeSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<Scope>::deserialize(deserializer).map(Self::from_iter)
    }
}

/// Formats the set as `a:b,c:d`, the format stored in the database.
impl std::fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, scope) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            f.write_str(scope.as_str())?;
        }
        Ok(())
    }
}

impl std::str::FromStr for ScopeSet {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        text.split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(str::parse)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_hold_every_scope_once() {
        let grouped: Vec<_> = GROUPS
            .iter()
            .flat_map(|group| group.scopes)
            .copied()
            .collect();
        assert_eq!(grouped, Scope::ALL);
    }

    #[test]
    fn names_round_trip_and_match_serde() {
        for scope in Scope::ALL {
            assert_eq!(scope.as_str().parse(), Ok(scope));
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.as_str());
        }
        let set = ScopeSet::of(&[Scope::EmailsSend, Scope::CampaignsRead]);
        assert_eq!(set.to_string(), "campaigns:read,emails:send");
        assert_eq!(set.to_string().parse(), Ok(set));
    }

    #[test]
    fn write_includes_read_of_the_same_resource_only() {
        let set = ScopeSet::of(&[Scope::ContactsWrite]).effective();
        assert!(set.contains(Scope::ContactsRead));
        assert!(!set.contains(Scope::CampaignsRead));
        assert!(!set.contains(Scope::ContactsDelete));
        assert!(
            !ScopeSet::of(&[Scope::ContactsDelete])
                .effective()
                .contains(Scope::ContactsRead),
            "delete does not come with read"
        );
    }

    #[test]
    fn full_access_does_not_include_bulk_sending() {
        let full = ScopeSet::of(&[Scope::AdminFull]).effective();
        for scope in Scope::ALL {
            assert_eq!(
                full.contains(scope),
                scope != Scope::EmailsSendBulk,
                "{scope}"
            );
        }
    }

    #[test]
    fn what_a_set_can_do_is_what_its_scopes_can_do() {
        let implied_by_one = |held: Scope, scope: Scope| match held {
            Scope::AdminFull => scope != Scope::EmailsSendBulk,
            Scope::CampaignsWrite => scope == Scope::CampaignsRead || scope == held,
            Scope::ContactsWrite => scope == Scope::ContactsRead || scope == held,
            _ => scope == held,
        };
        for bits in 0..1 << Scope::ALL.len() {
            let set = ScopeSet(bits);
            let effective = set.effective();
            assert_eq!(effective.effective(), effective, "{set}");
            for scope in Scope::ALL {
                let implied = set.iter().any(|held| implied_by_one(held, scope));
                assert_eq!(effective.contains(scope), implied, "{scope} in {set}");
            }
            assert_eq!(set.to_string().parse(), Ok(set));
        }
    }
}
