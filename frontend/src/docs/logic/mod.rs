//! Guides, navigation and search of the documentation. `openapi` has the OpenAPI document.

pub mod guide;
pub mod navigation;
pub mod search;
