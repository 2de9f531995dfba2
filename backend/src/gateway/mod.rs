//! The hot path of API requests, in this order: `admit` (size, syntax, key, status, IP address),
//! `limits`, the handler, `headers`, recording.

pub mod address;
pub mod admit;
mod bearer;
pub mod caller;
pub mod guard;
pub mod guess_limiter;
pub mod headers;
pub mod limits;
mod record_violation;
pub mod violations;
