//! The published documentation.

mod effects;
mod guides;
mod openapi;
mod operations;
