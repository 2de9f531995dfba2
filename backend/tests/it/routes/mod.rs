//! Tests of the endpoints, in a tree that mirrors their URLs.

mod auth;
mod docs;
mod links;
mod ops;
mod platform;
mod static_files;
mod tenant;
mod v1;
mod well_known;
