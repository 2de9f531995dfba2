//! `/v1/contacts`: recipients of campaigns.

mod delete;
mod get;
mod list;
mod replace;
mod upsert;

// Including the types that `utoipa` generates for `openapi`.
pub use delete::*;
pub use get::*;
pub use list::*;
pub use replace::*;
pub use upsert::*;
