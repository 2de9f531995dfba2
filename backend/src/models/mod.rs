//! All SQL: one file for each family of tables, with its row, its insert and its
//! queries. Every query on a tenant's data takes the tenant's id.

pub mod api_key;
pub mod change;
pub mod contact;
pub mod secret_key;
pub mod session;
pub mod tenant;
pub mod usage;
pub mod user;
