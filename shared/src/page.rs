//! Answers that every resource has in common: lists that come in pages, and what
//! is said of something deleted.

use serde::{Deserialize, Serialize};

/// How many rows a page has when the client does not say.
pub const DEFAULT_LIMIT: u32 = 20;
/// How many rows a page has at most.
pub const MAX_LIMIT: u32 = 100;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The rows of this page.
    pub data: Vec<T>,
    /// How many rows match in all, over every page.
    pub total: u64,
    /// What to pass as `cursor` for the next page; `null` on the last one.
    pub next_cursor: Option<String>,
}

/// Something that was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deleted<Id> {
    /// Its identifier.
    pub id: Id,
    /// Always true.
    pub deleted: bool,
}

impl<Id> Deleted<Id> {
    /// The answer for what had this identifier.
    pub fn of(id: Id) -> Self {
        Self { id, deleted: true }
    }
}
