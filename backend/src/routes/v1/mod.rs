//! The public REST API, behind the gateway.

pub mod contacts;
pub mod whoami;
