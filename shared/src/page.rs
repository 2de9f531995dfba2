//! Pagination, and the response to deleting a resource.

use serde::{Deserialize, Serialize};

/// Default number of items per page.
pub const DEFAULT_LIMIT: u32 = 20;
/// Maximum number of items per page.
pub const MAX_LIMIT: u32 = 100;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// Items on this page, at most `limit`.
    pub data: Vec<T>,
    /// Total number of matching items across all pages.
    pub total: u64,
    /// Value of the `cursor` parameter for the next page; `null` on the last page.
    pub next_cursor: Option<String>,
}

/// Confirmation that a resource was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deleted<Id> {
    /// Identifier of the deleted resource.
    pub id: Id,
    /// Always `true`, as a confirmation.
    pub deleted: bool,
}

impl<Id> Deleted<Id> {
    /// Confirms the deletion of the resource `id`.
    pub fn of(id: Id) -> Self {
        Self { id, deleted: true }
    }
}
