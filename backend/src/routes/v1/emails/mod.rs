//! `/v1/emails`

mod get;
mod list;
mod send;

// With what `utoipa` made of each, for `openapi`.
pub use get::*;
pub use list::*;
pub use send::*;
