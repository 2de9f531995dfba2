//! API keys as credentials: their format, storage and verification. Authorization is up to the
//! gateway.

pub mod cache;
pub mod format;
pub mod mint;
pub mod secret;
pub mod sunset;
