//! API keys.

mod create;
mod get;
mod list;
mod revoke;

pub use create::{NewKey, create_api_key, prepare};
pub use get::get_api_key;
pub use list::list_api_keys;
pub use revoke::revoke_api_key;
