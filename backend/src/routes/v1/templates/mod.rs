//! `/v1/templates`

mod delete;
mod get;
mod list;
mod put;

// With what `utoipa` made of each, for `openapi`.
pub use delete::*;
pub use get::*;
pub use list::*;
pub use put::*;
