//! The HTTP handlers, one operation per file, organized by path.

pub mod auth;
pub mod docs;
pub mod links;
pub mod ops;
pub mod platform;
pub mod tenant;
pub mod v1;
