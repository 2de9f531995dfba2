//! The key list's filters: how they stand in the page's URL and in the request.

use shared::key::KeyStatus;

/// What the list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeySort {
    /// When the key was created.
    #[default]
    Created,
    /// When it was last used.
    LastUsed,
    /// By name.
    Name,
}

impl KeySort {
    /// Every order, as the drop-down shows them.
    pub const ALL: [Self; 3] = [Self::Created, Self::LastUsed, Self::Name];

    /// As it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::LastUsed => "last_used",
            Self::Name => "name",
        }
    }

    /// As a person reads it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Created => "Created Date",
            Self::LastUsed => "Last Used",
            Self::Name => "Name",
        }
    }

    /// The direction that one expects first: newest first, but A to Z.
    pub const fn natural_order(self) -> SortOrder {
        match self {
            Self::Created | Self::LastUsed => SortOrder::Descending,
            Self::Name => SortOrder::Ascending,
        }
    }

    /// Reads the form that is sent; anything else is the default.
    pub fn parse(text: &str) -> Self {
        let known = Self::ALL.into_iter().find(|sort| sort.as_str() == text);
        known.unwrap_or_default()
    }
}

/// A direction of sorting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortOrder {
    /// Smallest, oldest, A first.
    Ascending,
    /// Largest, newest, Z first.
    Descending,
}

impl SortOrder {
    /// As it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ascending => "asc",
            Self::Descending => "desc",
        }
    }

    /// The other direction.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }

    /// Reads the form that is sent.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "asc" => Some(Self::Ascending),
            "desc" => Some(Self::Descending),
            _ => None,
        }
    }
}

/// The statuses of the filter, as the drop-down shows them.
pub const STATUSES: [KeyStatus; 5] = [
    KeyStatus::Active,
    KeyStatus::Revoked,
    KeyStatus::Rotating,
    KeyStatus::Disabled,
    KeyStatus::Expired,
];

/// A status as it is sent.
pub const fn status_param(status: KeyStatus) -> &'static str {
    match status {
        KeyStatus::Active => "active",
        KeyStatus::Rotating => "rotating",
        KeyStatus::Disabled => "disabled",
        KeyStatus::Expired => "expired",
        KeyStatus::Revoked => "revoked",
    }
}

/// Reads the form that is sent; anything else is no filter.
pub fn parse_status(text: &str) -> Option<KeyStatus> {
    STATUSES
        .into_iter()
        .find(|status| status_param(*status) == text)
}

/// Which keys to list, and in what order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyQuery {
    /// Part of a name, or a key id; empty for no restriction.
    pub search: String,
    /// One status only.
    pub status: Option<KeyStatus>,
    /// What to sort by.
    pub sort: KeySort,
    /// In which direction.
    pub order: SortOrder,
}

impl KeyQuery {
    /// The key with one id.
    pub fn one(id: &str) -> Self {
        Self {
            search: id.into(),
            status: None,
            sort: KeySort::default(),
            order: KeySort::default().natural_order(),
        }
    }

    /// Whether some keys may be left out by it.
    pub fn is_filtered(&self) -> bool {
        !self.search.is_empty() || self.status.is_some()
    }

    /// The request's parameters. What is absent or the default is left out.
    pub fn params(&self) -> Vec<(&'static str, &str)> {
        let mut params = Vec::new();
        if !self.search.is_empty() {
            params.push(("search", self.search.as_str()));
        }
        if let Some(status) = self.status {
            params.push(("status", status_param(status)));
        }
        params.push(("sort", self.sort.as_str()));
        params.push(("order", self.order.as_str()));
        params
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_round_trip() {
        for sort in KeySort::ALL {
            assert_eq!(KeySort::parse(sort.as_str()), sort);
        }
        for status in STATUSES {
            assert_eq!(parse_status(status_param(status)), Some(status));
            assert_eq!(
                serde_json::to_value(status).unwrap(),
                status_param(status),
                "the server reads the same word"
            );
        }
        assert_eq!(parse_status("all"), None);
    }

    #[test]
    fn empty_filters_are_not_sent() {
        let mut query = KeyQuery {
            search: String::new(),
            status: None,
            sort: KeySort::Created,
            order: SortOrder::Descending,
        };
        assert!(!query.is_filtered());
        assert_eq!(query.params(), [("sort", "created"), ("order", "desc")]);
        query.status = Some(KeyStatus::Revoked);
        assert!(query.is_filtered());
        assert_eq!(query.params()[0], ("status", "revoked"));
    }
}
