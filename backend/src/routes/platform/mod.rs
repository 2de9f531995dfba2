//! The platform API: what belongs to the account as a whole.

pub mod api_keys;
