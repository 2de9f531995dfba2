//! `/v1/templates`

mod delete;
mod get;
mod list;
mod put;

// Including the types that `utoipa` generates for `openapi`.
pub use delete::*;
pub use get::*;
pub use list::*;
pub use put::*;
