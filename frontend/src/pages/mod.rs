//! The pages, one module each.

pub mod esp_webhooks;
pub mod login;
pub mod no_access;
pub mod not_found;
pub mod setup;
pub mod webhooks;
