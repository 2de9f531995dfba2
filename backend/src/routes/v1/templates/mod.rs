//! `/v1/templates`: stored email templates.

mod delete;
mod get;
mod list;
mod put;

// Including the types that `utoipa` generates for `openapi`.
pub use delete::*;
pub use get::*;
pub use list::*;
pub use put::*;
