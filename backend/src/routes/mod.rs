//! The handlers, one action a file, at the path they are called at.

pub mod auth;
pub mod docs;
pub mod links;
pub mod ops;
pub mod platform;
pub mod tenant;
pub mod v1;
