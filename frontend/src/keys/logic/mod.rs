//! Browser-independent logic of the keys' pages.

pub mod action;
pub mod draft;
pub mod edit;
pub mod endpoints;
pub mod ip_list;
pub mod permission_rows;
pub mod presets;
pub mod query;
pub mod refusal;
pub mod rights;
pub mod rotation;
pub mod snippet;
pub mod summary;
#[cfg(test)]
pub mod test_key;
pub mod text;
