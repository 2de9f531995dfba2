//! API keys.

mod approve;
mod change;
mod create;
mod disable;
mod get;
mod list;
mod playground_token;
mod reveal;
mod revoke;
mod rotate;
mod update;

pub use approve::approve_api_key;
pub use create::{Creator, create_api_key, row};
pub use disable::{disable_api_key, enable_api_key};
pub use get::get_api_key;
pub use list::list_api_keys;
pub use playground_token::create_playground_token;
pub use reveal::reveal_api_key;
pub use revoke::revoke_api_key;
pub use rotate::rotate_api_key;
pub use update::update_api_key;
