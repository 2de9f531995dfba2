//! The HTTP handlers, organized by path: a file for each small resource, and for each long action.

pub mod auth;
pub mod docs;
pub mod links;
pub mod ops;
pub mod platform;
pub mod tenant;
pub mod v1;
pub mod well_known;
