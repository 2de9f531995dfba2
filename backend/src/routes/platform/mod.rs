//! The platform API, for the account as a whole.

pub mod api_keys;
