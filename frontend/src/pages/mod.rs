//! The pages, one module each.

pub mod account;
pub mod api_docs_browser;
pub mod api_key_manager;
pub mod billing;
pub mod developer_overview;
pub mod error_catalogue;
pub mod esp_webhooks;
pub mod login;
pub mod no_access;
pub mod not_found;
pub mod setup;
pub mod usage_analytics;
pub mod webhooks;
