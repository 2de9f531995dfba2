//! `/v1/campaigns`: drafts, sending and status.

mod create;
mod delete;
mod get;
mod list;
mod pause;
mod replace;
mod start;

// Including the types that `utoipa` generates for `openapi`.
pub use create::*;
pub use delete::*;
pub use get::*;
pub use list::*;
pub use pause::*;
pub use replace::*;
pub use start::*;
