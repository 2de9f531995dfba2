//! The PenguinMails server. A row of `shared::operation` leads to a handler in `routes`, which calls
//! queries in `models`; there is no layer in between. `gateway` protects the public
//! API, `auth` the management API, and `middleware` wraps all requests.

pub mod accept;
pub mod admin;
pub mod auth;
pub mod clock;
pub mod coalesce;
pub mod config;
pub mod connections;
pub mod db;
pub mod demo;
pub mod docs;
pub mod endpoint;
pub mod entity_tag;
pub mod error;
pub mod file_access;
pub mod gateway;
pub mod idempotency;
pub mod jobs;
pub mod json;
pub mod json_body;
pub mod keys;
pub mod live;
pub mod mail;
pub mod metrics;
pub mod middleware;
pub mod models;
pub mod names;
pub mod openapi;
pub mod random;
pub mod rate_limit;
pub mod router;
pub mod routes;
pub mod schema;
pub mod server;
pub mod state;
pub mod static_files;
pub mod tenants;
pub mod usage;
