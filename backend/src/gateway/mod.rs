//! The hot path, in the order in which a request passes it: `admit` (size,
//! syntax, key, status, address), `limits`, the handler, `headers`, `record`.

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
