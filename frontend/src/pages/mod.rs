//! Pages that belong to no feature folder.

pub mod esp_webhooks;
pub mod login;
pub mod no_access;
pub mod not_found;
pub mod setup;
pub mod webhooks;
