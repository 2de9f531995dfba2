//! The published documentation.

mod effects;
mod guides;
mod markdown;
mod openapi;
mod operations;
