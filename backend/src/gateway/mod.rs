//! The hot path, in the order in which a request passes it: `admit` (size,
//! syntax, key, status, address), `limits`, the handler, `headers`, `record`.

pub mod address;
pub mod admit;
pub mod caller;
pub mod failed_attempts;
pub mod guard;
pub mod headers;
pub mod limits;
pub mod violations;
