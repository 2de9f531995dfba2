//! API keys as secrets: their format, how they are stored, and how a presented
//! key is proved. What a key may do is the gateway's business.

pub mod cache;
pub mod format;
pub mod mint;
pub mod secret;
