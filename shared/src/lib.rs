//! Types, validation and tables shared by the server and the dashboard: scopes, operations, error
//! codes and plans.
//!
//! Pure data: no I/O, no clock, no async. The crate builds for WebAssembly and the host, and
//! plain `cargo test` covers it.

#![warn(missing_docs)]

pub mod audit;
pub mod campaign;
pub mod code_samples;
pub mod contact;
pub mod demo;
pub mod docs;
pub mod email;
pub mod error;
pub mod highlight;
pub mod ids;
pub mod key;
pub mod live;
pub mod name;
mod null;
pub mod number;
pub mod operation;
pub mod page;
pub mod plan;
pub mod quota;
pub mod rate_limit;
pub mod reference;
pub mod role;
pub mod scope;
pub mod session;
pub mod template;
pub mod usage;
pub mod user_agent;
pub mod validate;
