//! Quotas limit how much data a tenant may have in each environment.

use serde::{Deserialize, Serialize};

/// A resource that is limited by a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quota {
    /// Templates of the environment.
    Templates,
    /// Contacts of any status.
    Contacts,
    /// API keys that are neither revoked nor expired. A rotated key counts until its grace period
    /// ends.
    Keys,
    /// Size of emails, followed links, templates, campaigns, and contacts' tags and attributes,
    /// in bytes.
    StoredBytes,
    /// Accepted emails that wait to be sent, including those of campaigns.
    QueuedEmails,
}

/// Maximum value of any quota.
pub const QUOTA_MAX: u64 = 1 << 50;

impl Quota {
    /// Every quota, in display order.
    pub const ALL: [Self; 5] = [
        Self::Templates,
        Self::Contacts,
        Self::Keys,
        Self::StoredBytes,
        Self::QueuedEmails,
    ];

    /// Returns the name used in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Templates => "templates",
            Self::Contacts => "contacts",
            Self::Keys => "keys",
            Self::StoredBytes => "stored_bytes",
            Self::QueuedEmails => "queued_emails",
        }
    }

    /// Returns the noun to use after a number: `100 templates`.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Templates => "templates",
            Self::Contacts => "contacts",
            Self::Keys => "API keys",
            Self::StoredBytes => "stored bytes",
            Self::QueuedEmails => "queued emails",
        }
    }

    /// Returns advice on getting below the quota again.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Templates => "Delete templates that you no longer need",
            Self::Contacts => "Delete contacts that you no longer need",
            Self::Keys => "Revoke keys that you no longer need",
            Self::StoredBytes => "Delete templates, drafts and contacts that you no longer need",
            Self::QueuedEmails => "Wait until queued emails are sent, or resume paused campaigns",
        }
    }
}

/// One value for each quota: a limit or the current usage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quotas {
    /// Number of templates in the environment.
    pub templates: u64,
    /// Number of contacts in the environment, of any status.
    pub contacts: u64,
    /// Number of API keys that are neither revoked nor expired. A rotated key counts until its
    /// grace period ends.
    pub keys: u64,
    /// Size of emails, followed links, templates, campaigns, and contacts' tags and attributes,
    /// in bytes.
    pub stored_bytes: u64,
    /// Number of emails that wait to be sent, including those of campaigns.
    pub queued_emails: u64,
}

impl Quotas {
    /// Returns the value for `quota`.
    pub const fn get(&self, quota: Quota) -> u64 {
        match quota {
            Quota::Templates => self.templates,
            Quota::Contacts => self.contacts,
            Quota::Keys => self.keys,
            Quota::StoredBytes => self.stored_bytes,
            Quota::QueuedEmails => self.queued_emails,
        }
    }
}

/// Response of `GET /api/v1/tenant/quotas`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuotasView {
    /// Limits that apply to each environment separately.
    pub limits: Quotas,
    /// Current usage of the live environment.
    pub live: Quotas,
    /// Current usage of the test environment.
    pub test: Quotas,
}

/// Usage in relation to a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotaLevel {
    /// Less than 80 % is used.
    Normal,
    /// At least 80 % is used.
    Warning,
    /// Exactly 100 % is used.
    Full,
    /// Usage is above the quota, because the quota was lowered.
    Exceeded,
}

impl QuotaLevel {
    /// Computes the level of `used` out of `limit`.
    pub const fn of(used: u64, limit: u64) -> Self {
        if used > limit {
            Self::Exceeded
        } else if used == limit {
            Self::Full
        } else if used as u128 * 100 >= limit as u128 * 80 {
            Self::Warning
        } else {
            Self::Normal
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_serde() {
        let all = serde_json::to_value(Quotas::default()).unwrap();
        for quota in Quota::ALL {
            assert_eq!(serde_json::to_value(quota).unwrap(), quota.as_str());
            assert_eq!(all[quota.as_str()], 0);
        }
        assert_eq!(all.as_object().unwrap().len(), Quota::ALL.len());
    }

    #[test]
    fn levels_change_at_80_and_100_percent() {
        use QuotaLevel::{Exceeded, Full, Normal, Warning};
        for (used, limit, level) in [
            (0, 100, Normal),
            (79, 100, Normal),
            (80, 100, Warning),
            (99, 100, Warning),
            (100, 100, Full),
            (101, 100, Exceeded),
            (0, 0, Full),
            (u64::MAX - 1, u64::MAX, Warning),
        ] {
            assert_eq!(QuotaLevel::of(used, limit), level, "{used} of {limit}");
        }
    }
}
