//! The public REST API, protected by the gateway.

pub mod analytics;
pub mod campaigns;
pub mod contacts;
pub mod emails;
pub mod templates;
pub mod whoami;
