//! Authentication of API requests, the hot path: `admit` checks size, syntax, key, status and IP
//! address, then `caller` checks scopes and charges the rate limits.

pub mod address;
pub mod admit;
mod bearer;
pub mod caller;
pub mod context;
pub mod ip_violation_log;
mod record_ip_violation;
