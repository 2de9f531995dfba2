//! What the server and the dashboard have in common: data types, validation and
//! the tables that both must read the same way (scopes, operations, error codes,
//! plans).
//!
//! Pure data only. No I/O, no clock, no async: everything here builds for
//! WebAssembly and for the host and can be tested with plain `cargo test`.

#![warn(missing_docs)]

pub mod audit;
pub mod campaign;
pub mod contact;
pub mod docs;
pub mod email;
pub mod error;
pub mod ids;
pub mod key;
pub mod live;
pub mod name;
mod null;
pub mod operation;
pub mod page;
pub mod plan;
pub mod quota;
pub mod rate_limit;
pub mod role;
pub mod scope;
pub mod session;
pub mod template;
pub mod usage;
pub mod user_agent;
pub mod validate;
