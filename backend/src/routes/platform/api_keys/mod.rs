//! Management of API keys.

mod approve;
mod change;
mod create;
mod disable;
mod example;
mod get;
mod list;
mod playground_token;
mod reveal;
mod revoke;
mod rotate;
mod update;

pub use approve::approve_api_key;
pub use disable::{disable_api_key, enable_api_key};
pub use playground_token::create_playground_token;
pub use reveal::reveal_api_key;
// Including the types that `utoipa` generates for `openapi`.
pub use create::*;
pub use get::*;
pub use list::*;
pub use revoke::*;
pub use rotate::*;
pub use update::*;
