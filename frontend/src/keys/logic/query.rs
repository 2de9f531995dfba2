//! Filters of the key list, in the page's URL and in the request.

use shared::key::KeyStatus;

/// Sort criterion of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeySort {
    /// Creation time of the key.
    #[default]
    Created,
    /// Last use of the key.
    LastUsed,
    Name,
}

impl KeySort {
    /// All criteria, in the order of the drop-down.
    pub const ALL: [Self; 3] = [Self::Created, Self::LastUsed, Self::Name];

    /// Returns the value used in URLs and requests.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::LastUsed => "last_used",
            Self::Name => "name",
        }
    }

    /// Returns the label in the drop-down.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Created => "Created Date",
            Self::LastUsed => "Last Used",
            Self::Name => "Name",
        }
    }

    /// Returns the default direction: newest first for times, A to Z for names.
    pub const fn natural_order(self) -> SortOrder {
        match self {
            Self::Created | Self::LastUsed => SortOrder::Descending,
            Self::Name => SortOrder::Ascending,
        }
    }

    /// Parses the value used in URLs. Unknown values yield the default.
    pub fn parse(text: &str) -> Self {
        let known = Self::ALL.into_iter().find(|sort| sort.as_str() == text);
        known.unwrap_or_default()
    }
}

/// A sort direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortOrder {
    /// Smallest, oldest or A first.
    Ascending,
    /// Largest, newest or Z first.
    Descending,
}

impl SortOrder {
    /// Returns the value used in URLs and requests.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ascending => "asc",
            Self::Descending => "desc",
        }
    }

    /// Returns the opposite direction.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }

    /// Parses the value used in URLs.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "asc" => Some(Self::Ascending),
            "desc" => Some(Self::Descending),
            _ => None,
        }
    }
}

/// Statuses of the filter, in the order of the drop-down.
pub const STATUSES: [KeyStatus; 5] = [
    KeyStatus::Active,
    KeyStatus::Revoked,
    KeyStatus::Rotating,
    KeyStatus::Disabled,
    KeyStatus::Expired,
];

/// Returns the value of a status in URLs and requests.
pub const fn status_param(status: KeyStatus) -> &'static str {
    match status {
        KeyStatus::Active => "active",
        KeyStatus::Rotating => "rotating",
        KeyStatus::Disabled => "disabled",
        KeyStatus::Expired => "expired",
        KeyStatus::Revoked => "revoked",
    }
}

/// Parses the value of a status. Unknown values yield no filter.
pub fn parse_status(text: &str) -> Option<KeyStatus> {
    STATUSES
        .into_iter()
        .find(|status| status_param(*status) == text)
}

/// Filters and order of the key list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyQuery {
    /// Part of a name, or a key id; empty for no filter.
    pub search: String,
    pub status: Option<KeyStatus>,
    pub sort: KeySort,
    pub order: SortOrder,
}

impl KeyQuery {
    /// Creates a query for a single key.
    pub fn one(id: &str) -> Self {
        Self {
            search: id.into(),
            status: None,
            sort: KeySort::default(),
            order: KeySort::default().natural_order(),
        }
    }

    /// Returns true if a filter is set.
    pub fn is_filtered(&self) -> bool {
        !self.search.is_empty() || self.status.is_some()
    }

    /// Returns the query parameters of the request. Empty filters are left out.
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
