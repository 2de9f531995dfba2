//! `/v1/contacts`

mod delete;
mod get;
mod list;
mod replace;
mod upsert;

// With what `utoipa` made of each, for `openapi`.
pub use delete::*;
pub use get::*;
pub use list::*;
pub use replace::*;
pub use upsert::*;
