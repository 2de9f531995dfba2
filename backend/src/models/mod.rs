//! All SQL: one file per family of tables, with its rows, inserts and queries. Queries on a
//! tenant's data take the tenant's id.

pub mod api_key;
pub mod audit;
pub mod backfill;
pub mod campaign;
pub mod change;
pub mod contact;
pub mod idempotency;
pub mod message;
pub mod pagination;
pub mod playground_token;
pub mod quota;
pub mod search;
pub mod secret_key;
pub mod session;
pub mod template;
pub mod tenant;
pub mod usage;
pub mod user;
