//! What the documentation pages are made of, apart from the OpenAPI document: the
//! guides, the way from page to page, the search.

pub mod guide;
pub mod navigation;
pub mod search;
