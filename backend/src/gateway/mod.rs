//! The hot path of API requests, in this order: `admit` (size, syntax, key, status, IP address),
//! `rate_limit`, the handler, `headers`, recording.

pub mod address;
pub mod admit;
mod bearer;
pub mod caller;
pub mod context;
pub mod ip_violation_log;
mod record_ip_violation;
