//! `/v1/emails`: sending and looking up emails.

mod get;
mod list;
mod send;

// Including the types that `utoipa` generates for `openapi`.
pub use get::*;
pub use list::*;
pub use send::*;
