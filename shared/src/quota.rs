//! Quotas: how much a tenant may have of something, in each environment on its own.

use serde::{Deserialize, Serialize};

/// Something of which a tenant may have only so much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quota {
    /// Templates.
    Templates,
    /// Contacts, whatever their status.
    Contacts,
    /// API keys that are neither revoked nor expired. A rotated key counts until its grace
    /// period ends.
    Keys,
    /// Bytes of emails, followed links, templates, campaigns, and contacts' tags and
    /// attributes.
    StoredBytes,
    /// Emails that were accepted and wait to be sent, those of campaigns included.
    QueuedEmails,
}

/// The largest value that each quota can have.
pub const QUOTA_MAX: u64 = 1 << 50;

impl Quota {
    /// Every quota, in the order in which they are shown.
    pub const ALL: [Self; 5] = [
        Self::Templates,
        Self::Contacts,
        Self::Keys,
        Self::StoredBytes,
        Self::QueuedEmails,
    ];

    /// The quota as it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Templates => "templates",
            Self::Contacts => "contacts",
            Self::Keys => "keys",
            Self::StoredBytes => "stored_bytes",
            Self::QueuedEmails => "queued_emails",
        }
    }

    /// What is counted, in a sentence: `100 templates`.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Templates => "templates",
            Self::Contacts => "contacts",
            Self::Keys => "API keys",
            Self::StoredBytes => "stored bytes",
            Self::QueuedEmails => "queued emails",
        }
    }

    /// How a tenant gets below the quota again.
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

/// A value for each quota: how much there may be, or how much there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quotas {
    /// Templates of the environment.
    pub templates: u64,
    /// Contacts of the environment.
    pub contacts: u64,
    /// API keys that are not revoked.
    pub keys: u64,
    /// Bytes that emails, campaigns and templates take.
    pub stored_bytes: u64,
    /// Emails that are waiting to be sent.
    pub queued_emails: u64,
}

impl Quotas {
    /// The value for `quota`.
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

/// `GET /api/v1/tenant/quotas`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuotasView {
    /// How much there may be, in each environment.
    pub limits: Quotas,
    /// How much there is in the live environment.
    pub live: Quotas,
    /// How much there is in the test environment.
    pub test: Quotas,
}

/// How close usage is to its quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotaLevel {
    /// Below 80 %.
    Normal,
    /// 80 % or more is used.
    Warning,
    /// All of it is used.
    Full,
    /// More is used than the quota allows now: it was lowered.
    Exceeded,
}

impl QuotaLevel {
    /// The level of `used` out of `limit`.
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
