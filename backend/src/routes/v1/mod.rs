//! The public REST API, behind the gateway.

pub mod analytics;
pub mod campaigns;
pub mod contacts;
pub mod emails;
pub mod templates;
pub mod whoami;
